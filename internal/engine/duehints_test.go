package engine

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// What becomes due together gives one hint, and has one timer of the process.
func TestAllThatIsDueInOneMillisecondGivesOneHint(t *testing.T) {
	t.Parallel()
	onFakeStore(t, Config{Workers: 16}, func(t *testing.T, c *claiming) {
		pass := func(took time.Duration) {
			time.Sleep(took)
			synctest.Wait()
		}
		timers, claims := c.Timers(), len(c.asked())
		for range 10_000 {
			c.HintAfter(99*time.Millisecond + time.Microsecond)
		}
		c.HintAfter(98*time.Millisecond + time.Microsecond)
		c.HintAfter(100 * time.Millisecond) // with the many
		c.HintAfter(0)
		c.HintAfter(hintWithin + 1)
		require.Equal(t, timers+2, c.Timers())
		pass(99 * time.Millisecond)
		require.Len(t, c.asked(), claims)
		pass(time.Millisecond)
		require.Len(t, c.asked(), claims+1)
		pass(time.Millisecond)
		require.Len(t, c.asked(), claims+2)
		require.Equal(t, timers, c.Timers())
		c.HintAfter(time.Millisecond)
		pass(2 * time.Millisecond)
		require.Len(t, c.asked(), claims+3, "a time that is over is not noted any more")
	})
}

// Background work of which the process knows when it is due is looked for then, and not first after the usual time between two
// such looks.
func TestBackgroundWorkIsLookedForWhenItIsDue(t *testing.T) {
	t.Parallel()
	onFakeStore(t, Config{Workers: 16}, func(t *testing.T, c *claiming) {
		for n := 1; n <= 3; n++ {
			c.HintAfter(time.Millisecond)
			c.fakeStore.mu.Lock()
			c.news = 1
			c.fakeStore.mu.Unlock()
			time.Sleep(2 * time.Millisecond)
			synctest.Wait()
			require.Equal(t, n, c.runs("news"))
		}
	})
}

// A program may raise signals after Run, for other processes: of them nothing is kept.
func TestNoHintIsKeptAfterRun(t *testing.T) {
	t.Parallel()
	onFakeStore(t, Config{Workers: 16}, func(t *testing.T, c *claiming) {
		c.Engine.timers.stop()
		c.HintAfter(time.Second)
		require.Empty(t, c.dueHints.waiting)
	})
}
