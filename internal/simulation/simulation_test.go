package simulation_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"strconv"
	"sync/atomic"
	"testing"
	"testing/cryptotest"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/jitter"
)

// hidden is the weight of middleware that hides what the platform has answered, by a panic or
// the end of its goroutine.
const hidden = 1

// tracing reports whether what the bots log is in the trace.
var tracing = os.Getenv("SIM_SEED") != ""

// simulate runs one seed. What the library draws by itself comes from the seed too.
func simulate(t *testing.T, seed uint64) *world {
	t.Helper()
	cryptotest.SetGlobalRandom(t, seed)
	var drawn atomic.Int64
	defer jitter.Replace(func(most time.Duration) time.Duration {
		return time.Duration(dice(seed).at("jitter", int(drawn.Add(1))).below(int(most)))
	})()
	var w *world
	synctest.Test(t, func(*testing.T) {
		w = newWorld(newScenario(seed))
		w.run()
	})
	return w
}

// check runs a seed, and fails with its report and the line that repeats it.
func check(t *testing.T, seed uint64) *world {
	t.Helper()
	w := simulate(t, seed)
	if len(w.violations) > 0 {
		t.Errorf("seed %d breaks a promise; repeat it with\n\tSIM_SEED=%d go test -count=1 -run TestSeeds ./internal/simulation\n%s",
			seed, seed, w.report(true))
	}
	return w
}

func number(t *testing.T, variable string) (uint64, bool) {
	t.Helper()
	text := os.Getenv(variable)
	if text == "" {
		return 0, false
	}
	n, err := strconv.ParseUint(text, 10, 64)
	require.NoError(t, err, variable)
	return n, true
}

// oneProcessor lets goroutines run in nearly the same order each time.
func oneProcessor(t *testing.T) {
	t.Helper()
	before := runtime.GOMAXPROCS(1)
	t.Cleanup(func() { runtime.GOMAXPROCS(before) })
}

func TestSeeds(t *testing.T) { //nolint:paralleltest // it sets the number of processors
	oneProcessor(t)
	if seed, ok := number(t, "SIM_SEED"); ok {
		w := check(t, seed)
		fmt.Println(w.report(true))
		return
	}
	from, ok := number(t, "SIM_FROM")
	if !ok {
		from = rand.Uint64N(1 << 32)
	}
	seeds, counted := number(t, "SIM_SEEDS")
	seconds, timed := number(t, "SIM_SECONDS")
	if !counted && !timed {
		from, seeds, counted = 1, 12, true
	}
	began := time.Now()
	n := uint64(0)
	for ; (!counted || n < seeds) && (!timed || time.Since(began) < time.Duration(seconds)*time.Second); n++ {
		check(t, from+n)
	}
	t.Logf("%d seeds from %d in %v", n, from, time.Since(began).Round(time.Millisecond))
}
