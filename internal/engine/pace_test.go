package engine

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// TestBackgroundWorkLeavesTheRateToReplies: while replies wait for the rate of a page, nothing else
// is sent, and what waits of it delays no reply.
func TestBackgroundWorkLeavesTheRateToReplies(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPace(textRate, func() {}, &timers{})
		for range 10_000 {
			p.wait(time.Now(), 1, 1, true)
		}
		require.Greater(t, p.wait(time.Now(), 1, 1, true), 30*time.Second, "it is far behind in its line")
		rest := p.wait(time.Now(), 1, 1, false)
		require.Positive(t, rest, "no message may go out now")
		require.Less(t, rest, 10*time.Millisecond, "it is the first of its line")
		time.Sleep(2 * rest)
		require.Positive(t, p.wait(time.Now(), 1, 1, true), "the reply has not been found yet")
		require.Zero(t, p.wait(time.Now(), 1, 1, false))
		time.Sleep(2*lookEvery + time.Millisecond)
		require.Zero(t, p.wait(time.Now(), 1, 1, true), "no reply waits")
		time.Sleep(time.Minute)
	})
}

// TestWhatCanBeLeftOutTakesNoPlaceOfAReply: such as a typing mark.
func TestWhatCanBeLeftOutTakesNoPlaceOfAReply(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPace(textRate, func() {}, &timers{})
		spare := 0
		for p.spare(time.Now(), 1, 1) {
			spare++
		}
		require.Positive(t, spare)
		require.LessOrEqual(t, spare, textRate, "it counts as what is sent")
		time.Sleep(time.Second)
		for waits := false; !waits; {
			waits = p.wait(time.Now(), 1, 1, false) > 0
		}
		time.Sleep(5 * time.Millisecond) // there is room again, and a reply waits for it
		require.False(t, p.spare(time.Now(), 1, 1))
		require.Zero(t, p.wait(time.Now(), 1, 1, false))
		time.Sleep(time.Second)
		require.True(t, p.spare(time.Now(), 1, 1))
		time.Sleep(time.Minute)
	})
}
