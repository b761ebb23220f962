package bubble

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
)

// Main runs a package's tests, and returns the code to exit with. It fails if a goroutine of
// the library is left by any of them.
func Main(m *testing.M) int {
	code := m.Run()
	if left := awaitNone(goroutines); code == 0 && left != "" {
		fmt.Fprintln(os.Stderr, "goroutines of the library are left after all tests:\n"+left)
		code = 1
	}
	return code
}

// ours are frames of what the library runs by itself.
var ours = regexp.MustCompile(`github\.com/djmessenger/messenger(/internal/engine)?\.\(?\*?`)

// goroutines returns the stacks of the library's goroutines, of all bots.
func goroutines() string {
	text := make([]byte, 16<<20)
	var found []string
	for stack := range strings.SplitSeq(string(text[:runtime.Stack(text, true)]), "\n\n") {
		if ours.MatchString(stack) {
			found = append(found, stack)
		}
	}
	return strings.Join(found, "\n\n")
}

// awaitNone returns what is left, once nothing is, or after a minute. Goroutines that have
// done their work end in a moment.
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

// Running is a bot or an engine.
type Running struct {
	// Run works until ctx ends.
	Run func(ctx context.Context) error
	// Stuck returns how many calls of the program's code do not return now.
	Stuck func() int
	// Timers returns how many timers wait.
	Timers func() int
}

// label is the label of the goroutines that a run has started, and those that they have.
const label = "messenger_test_bot"

var runs atomic.Int64

// runLabelled runs a bot until ctx ends, and returns a function that waits for that and
// checks that Run has left nothing. The function settle waits until goroutines that have
// done their work have ended.
func runLabelled(ctx context.Context, bot Running) (wait func(t *testing.T, settle func())) {
	id := fmt.Sprint(runs.Add(1))
	ended := make(chan error, 1)
	go pprof.Do(ctx, pprof.Labels(label, id), func(ctx context.Context) { ended <- bot.Run(ctx) })
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

// labelled returns the goroutines of the library that have a run's label, as the profile
// shows them.
func labelled(id string) (found []string) {
	var profile strings.Builder
	_ = pprof.Lookup("goroutine").WriteTo(&profile, 1)
	for stack := range strings.SplitSeq(profile.String(), "\n\n") {
		lines := strings.Split(strings.TrimSpace(stack), "\n")
		if !strings.Contains(stack, fmt.Sprintf("%q:%q", label, id)) || !ours.MatchString(lines[len(lines)-1]) {
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
