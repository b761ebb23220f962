package engine

import (
	"context"
	"errors"
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// journal is a log that many write.
type journal struct {
	mu   sync.Mutex
	text strings.Builder
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

// guarded is a guard in a bubble, and what it has logged.
func guarded(t *testing.T, test func(t *testing.T, g *Guard, log *journal)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		var log journal
		test(t, NewGuard(slog.New(slog.NewTextHandler(&log, nil))), &log)
	})
}

// waitDeaf does not return before the channel is closed, whatever its context says. The log names
// it.
func waitDeaf(end <-chan struct{}) { <-end }

func TestRunReturnsWhateverTheCodeDoes(t *testing.T) {
	t.Parallel()
	errMine := errors.New("mine")
	for name, c := range map[string]struct {
		do    func(ctx context.Context) (int, error)
		value int
		err   string
		after time.Duration
	}{
		"returns":            {func(context.Context) (int, error) { return 7, nil }, 7, "", 0},
		"fails":              {func(context.Context) (int, error) { return 7, errMine }, 7, "mine", 0},
		"panics":             {func(context.Context) (int, error) { panic("wild") }, 0, "panic: wild", 0},
		"ends its goroutine": {func(context.Context) (int, error) { runtime.Goexit(); return 7, nil }, 0, "code ended its goroutine with runtime.Goexit", 0},
		"heeds its context": {func(ctx context.Context) (int, error) { <-ctx.Done(); return 7, context.Cause(ctx) },
			7, "context deadline exceeded", 10 * time.Second},
		"returns a moment later": {func(ctx context.Context) (int, error) {
			<-ctx.Done()
			<-time.After(stuckAfter - 1)
			return 7, nil
		}, 7, "", 10*time.Second + stuckAfter - 1},
		"returns too late": {func(ctx context.Context) (int, error) {
			<-ctx.Done()
			<-time.After(stuckAfter + 1)
			return 7, nil
		}, 0, "code did not return after its context had ended", 10*time.Second + stuckAfter},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			guarded(t, func(t *testing.T, g *Guard, log *journal) {
				began := time.Now()
				value, err := run(t.Context(), g, code{name: "code", limit: 10 * time.Second}, c.do)
				require.Equal(t, c.value, value)
				require.Equal(t, c.after, time.Since(began))
				stuck, ever := g.Stuck()
				if c.err == "" {
					require.NoError(t, err)
				} else {
					require.EqualError(t, err, c.err)
				}
				require.Equal(t, errors.Is(err, errStuck), stuck == 1)
				require.Equal(t, errors.Is(err, errStuck), ever == 1)
				require.Equal(t, name == "panics", strings.Contains(log.String(), "code panicked"))
				<-time.After(time.Minute)
				stuck, _ = g.Stuck()
				require.Zero(t, stuck)
			})
		})
	}
}

func TestCodeThatIsStuckIsCountedAndItsStackLogged(t *testing.T) {
	t.Parallel()
	guarded(t, func(t *testing.T, g *Guard, log *journal) {
		end := make(chan struct{})
		late := 0
		_, err := run(t.Context(), g, code{name: "a handler", about: []any{"event", "e1"}, limit: time.Second}, func(ctx context.Context) (int, error) {
			waitDeaf(end)
			whenLate(ctx, func() { late++ })
			return 0, nil
		})
		require.ErrorIs(t, err, errStuck)
		stuck, ever := g.Stuck()
		require.Equal(t, 1, stuck)
		require.EqualValues(t, 1, ever)
		require.Contains(t, log.String(), `code="a handler"`)
		require.Regexp(t, `event=e1 .*stack=`, log.String(), "what it is about stands before the stack, which is long")
		require.Contains(t, log.String(), "engine.waitDeaf(", "where it hangs")
		require.NotContains(t, log.String(), "TestCodeThatIsStuckIsCountedAndItsStackLogged(", "no other goroutine")
		close(end)
		synctest.Wait()
		stuck, ever = g.Stuck()
		require.Zero(t, stuck, "it has returned")
		require.EqualValues(t, 1, ever)
		require.Equal(t, 1, late)
		require.Contains(t, log.String(), "has returned")
	})
}

func TestWhatIsCalledWhenLateIsNotCalledInTime(t *testing.T) {
	t.Parallel()
	guarded(t, func(t *testing.T, g *Guard, _ *journal) {
		_, err := run(t.Context(), g, code{name: "code"}, func(ctx context.Context) (int, error) {
			whenLate(ctx, func() { t.Error("called") })
			return 0, nil
		})
		require.NoError(t, err)
	})
}

// Of nested code the innermost is stuck, although all contexts end together.
func TestTheInnermostCodeIsStuck(t *testing.T) {
	t.Parallel()
	guarded(t, func(t *testing.T, g *Guard, log *journal) {
		end := make(chan struct{})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		errInner := errors.New("inner")
		_, err := run(ctx, g, code{name: "outer"}, func(ctx context.Context) (int, error) {
			return run(context.WithoutCancel(ctx), g, code{name: "middle", limit: time.Second}, func(ctx context.Context) (int, error) {
				_, err := run(ctx, g, code{name: "inner"}, func(context.Context) (int, error) { waitDeaf(end); return 0, nil })
				require.ErrorIs(t, err, errStuck)
				return 0, errInner
			})
		})
		require.ErrorIs(t, err, errInner)
		stuck, ever := g.Stuck()
		require.Equal(t, 1, stuck)
		require.EqualValues(t, 1, ever)
		require.Contains(t, log.String(), "code=inner")
		close(end)
	})
}

// TestNestedCodeHasItsPatience: code inside of other code may go on as long as any when its own time
// is up, and half of that when the time of the other one is up too.
func TestNestedCodeHasItsPatience(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		outer, takes time.Duration
		value        int
		after        time.Duration
	}{
		"returns a moment later":               {time.Minute, time.Second + stuckAfter - 1, 7, time.Second + stuckAfter - 1},
		"returns too late":                     {time.Minute, time.Second + stuckAfter + 1, 0, time.Second + stuckAfter},
		"both end, returns a moment later":     {time.Second, time.Second + stuckAfter/2 - 1, 7, time.Second + stuckAfter/2 - 1},
		"both end, returns too late":           {time.Second, time.Second + stuckAfter/2 + 1, 0, time.Second + stuckAfter/2},
		"the outer one ends soon, is in time":  {1200 * time.Millisecond, 1700*time.Millisecond - 1, 7, 1700*time.Millisecond - 1},
		"the outer one ends soon, is too late": {1200 * time.Millisecond, 1700*time.Millisecond + 1, 0, 1700 * time.Millisecond},
		"the outer one ends late, is too late": {1900 * time.Millisecond, 2*time.Second + 1, 0, 2 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			guarded(t, func(t *testing.T, g *Guard, _ *journal) {
				began := time.Now()
				value, err := run(t.Context(), g, code{name: "outer", limit: c.outer}, func(ctx context.Context) (int, error) {
					return run(ctx, g, code{name: "inner", limit: time.Second}, func(context.Context) (int, error) {
						<-time.After(c.takes)
						return 7, nil
					})
				})
				require.Equal(t, c.value, value)
				require.Equal(t, c.after, time.Since(began))
				if c.value == 0 {
					require.EqualError(t, err, "inner did not return after its context had ended")
				} else {
					require.NoError(t, err)
				}
				<-time.After(time.Minute)
			})
		})
	}
}

func TestNoMoreCallsAreStuckThanAllowed(t *testing.T) {
	t.Parallel()
	guarded(t, func(t *testing.T, g *Guard, _ *journal) {
		end := make(chan struct{})
		var calls atomic.Int32
		call := func() error {
			_, err := run(t.Context(), g, code{name: "a hook", limit: time.Second, most: 2}, func(context.Context) (int, error) {
				calls.Add(1)
				waitDeaf(end)
				return 0, nil
			})
			return err
		}
		for range 3 {
			require.ErrorIs(t, call(), errStuck)
		}
		require.EqualValues(t, 2, calls.Load())
		close(end)
		synctest.Wait()
		require.NoError(t, call())
		require.EqualValues(t, 3, calls.Load())
	})
}

func TestHurryAbandonsWhatIgnoresItsContextImmediately(t *testing.T) {
	t.Parallel()
	guarded(t, func(t *testing.T, g *Guard, _ *journal) {
		end := make(chan struct{})
		g.Hurry()
		began := time.Now()
		_, err := run(t.Context(), g, code{name: "code", limit: time.Second}, func(context.Context) (int, error) { waitDeaf(end); return 0, nil })
		require.ErrorIs(t, err, errStuck)
		require.Equal(t, time.Second, time.Since(began), "not before its time")
		close(end)
	})
}

func TestTimersAreStopped(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var all timers
		var fired atomic.Int32
		all.after(time.Second, func() { fired.Add(1) })
		all.after(time.Minute, func() { fired.Add(1) })
		<-time.After(2 * time.Second)
		waiting := func() int {
			all.mu.Lock()
			defer all.mu.Unlock()
			return len(all.waiting)
		}
		require.EqualValues(t, 1, fired.Load())
		require.Equal(t, 1, waiting())
		all.stop()
		all.after(time.Second, func() { fired.Add(1) })
		require.Zero(t, waiting())
		<-time.After(time.Hour)
		require.EqualValues(t, 1, fired.Load())
	})
}

// Calls share a context, and each has at least storeTimeout and at most storeWindow more.
func TestCallsToTheStoreAreBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		base, cancel := context.WithCancel(t.Context())
		calls := newStoreCalls(base)
		for range 40 {
			ctx := calls.context()
			require.Same(t, ctx, calls.context())
			deadline, ok := ctx.Deadline()
			require.True(t, ok)
			require.Greater(t, time.Until(deadline), storeTimeout)
			require.LessOrEqual(t, time.Until(deadline), storeTimeout+storeWindow)
			<-time.After(300 * time.Millisecond)
		}
		cancel()
		require.Error(t, calls.context().Err())
	})
}
