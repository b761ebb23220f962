package engine

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
)

// TestHintsDoNotHurryAStoreThatFails: only the poll asks it, and work goes on when it answers
// again.
func TestHintsDoNotHurryAStoreThatFails(t *testing.T) {
	t.Parallel()
	onFakeStore(t, Config{Workers: 4}, func(t *testing.T, c *claiming) {
		fails := func(err error) {
			c.fakeStore.mu.Lock()
			defer c.fakeStore.mu.Unlock()
			c.fail = err
		}
		fails(errors.New("away"))
		c.put("a", 1)
		synctest.Wait()
		before := len(c.asked())
		for range 500 { // ten seconds
			c.fakeStore.hint()
			time.Sleep(poll / 50)
		}
		require.LessOrEqual(t, len(c.asked())-before, 10)
		require.GreaterOrEqual(t, len(c.asked())-before, 9)
		require.Contains(t, c.log.String(), "cannot claim work from the store; retrying")
		fails(nil)
		time.Sleep(poll)
		require.Equal(t, 1, c.runs("a"))
		require.Contains(t, c.log.String(), "the store gives work again")
		c.put("a", 1)
		require.Equal(t, 2, c.runs("a"), "hints count again")
	})
}

// TestInterruptedConversationsAreBounded: so many of each level run at a time, the next starts when
// one has ended, and they delay no others.
func TestInterruptedConversationsAreBounded(t *testing.T) {
	t.Parallel()
	for level, width := range map[int]int{1: 16, 2: 4, 3: 1} {
		onFakeStore(t, Config{Workers: 64}, func(t *testing.T, c *claiming) {
			c.fakeStore.mu.Lock()
			c.level = level
			c.fakeStore.mu.Unlock()
			c.put("a", 20)
			require.Equal(t, width, c.runs("a"))
			for range 20 - width {
				c.end("a")
				require.Equal(t, width, c.runs("a"))
			}
			for range width {
				c.end("a")
			}
			require.Zero(t, c.runs("a"))
			require.Equal(t, newIsolation(64).width, c.isolation.room(), "all places are free again")
		})
	}
}

// TestRoomOfLevels: a claim asks for what is left of each level.
func TestRoomOfLevels(t *testing.T) {
	t.Parallel()
	for workers, width := range map[int]store.Suspects{64: {16, 4, 1}, 16: {4, 1, 1}, 2: {1, 1, 1}, 1: {1, 1, 1}} {
		i := newIsolation(workers)
		require.Equal(t, width, i.room())
		for level := range store.IsolationLevels + 1 {
			i.take(level)
		}
		require.Equal(t, store.Suspects{width[0] - 1, width[1] - 1, width[2] - 1}, i.room())
		i.take(1)
		i.free(0)
		i.free(2)
		require.Equal(t, store.Suspects{width[0] - 2, width[1], width[2] - 1}, i.room())
	}
}

// What a store leases beyond what it was asked for is handled, too. Until the workers are as few again as there may be, nothing is claimed.
func TestStoreThatLeasesMoreThanItWasAskedFor(t *testing.T) {
	t.Parallel()
	onFakeStore(t, Config{Workers: 4, SolePage: func() bool { return true }}, func(t *testing.T, c *claiming) {
		c.fakeStore.mu.Lock()
		c.over = 3
		c.fakeStore.mu.Unlock()
		c.put("page", 8)
		require.Equal(t, 7, c.runs("page"))
		c.fakeStore.mu.Lock()
		c.over = 0
		c.fakeStore.mu.Unlock()
		asked := len(c.asked())
		for running := 6; running > 3; running-- {
			c.end("page")
			time.Sleep(time.Minute)
			require.Equal(t, running, c.runs("page"))
			require.Len(t, c.asked(), asked, "nothing is claimed while %d run", running)
		}
		c.end("page")
		require.Equal(t, 4, c.runs("page"), "the last one")
	})
}
