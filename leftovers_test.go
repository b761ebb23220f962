package messenger_test

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"runtime"
	"runtime/pprof"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
)

// TestMain runs the tests and fails if a goroutine of the library is left by any of them.
func TestMain(m *testing.M) {
	code := m.Run()
	if left := awaitNone(ourGoroutines); code == 0 && left != "" {
		fmt.Fprintln(os.Stderr, "goroutines of the library are left after all tests:\n"+left)
		code = 1
	}
	os.Exit(code)
}

// ours are frames of what the library runs by itself.
var ours = regexp.MustCompile(`github\.com/djmessenger/messenger(/internal/engine)?\.\(?\*?`)

// ourGoroutines returns the stacks of the library's goroutines, of all bots.
func ourGoroutines() string {
	text := make([]byte, 16<<20)
	var found []string
	for stack := range strings.SplitSeq(string(text[:runtime.Stack(text, true)]), "\n\n") {
		if ours.MatchString(stack) {
			found = append(found, stack)
		}
	}
	return strings.Join(found, "\n\n")
}

// awaitNone returns what is left, once nothing is, or after a minute. Goroutines that have done their work end in a moment.
func awaitNone(left func() string) string {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	end := time.NewTimer(time.Minute)
	defer end.Stop()
	for {
		found := left()
		if found == "" {
			return ""
		}
		select {
		case <-tick.C:
		case <-end.C:
			return found
		}
	}
}

// botLabel is the label of the goroutines that a bot's Run has started, and those that they have.
const botLabel = "messenger_test_bot"

var botsRun atomic.Int64

// runLabelled runs a bot until ctx ends, and returns a function that waits for that and checks that Run has left nothing.
func runLabelled(ctx context.Context, bot *messenger.Bot) (wait func(t *testing.T, settle func())) {
	id := fmt.Sprint(botsRun.Add(1))
	ended := make(chan error, 1)
	go pprof.Do(ctx, pprof.Labels(botLabel, id), func(ctx context.Context) { ended <- bot.Run(ctx) })
	return func(t *testing.T, settle func()) {
		t.Helper()
		require.NoError(t, <-ended)
		require.Zero(t, bot.Timers(), "no timer outlives Run")
		settle()
		left := labelled(id)
		require.LessOrEqual(t, len(left), bot.Stuck(), "no goroutine of the library outlives Run, except those that are counted as stuck:\n%s",
			strings.Join(left, "\n\n"))
	}
}

// labelled returns the goroutines of the library that have a bot's label, as the profile shows them.
func labelled(id string) (found []string) {
	var profile strings.Builder
	_ = pprof.Lookup("goroutine").WriteTo(&profile, 1)
	for stack := range strings.SplitSeq(profile.String(), "\n\n") {
		label := fmt.Sprintf("%q:%q", botLabel, id)
		lines := strings.Split(strings.TrimSpace(stack), "\n")
		if !strings.Contains(stack, label) || !ours.MatchString(lines[len(lines)-1]) {
			continue // of another bot, or a goroutine that the test's code has started
		}
		var n int
		_, _ = fmt.Sscan(lines[0], &n)
		for range n {
			found = append(found, stack)
		}
	}
	return found
}
