package engine

import (
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A turn that waits to run alone, and gives up because its lease is lost or because
// the bot stops, holds up no others.
func TestWhatNoLongerWaitsToRunAloneHoldsUpNothing(t *testing.T) {
	t.Parallel()
	for name, ends := range map[string]func(lost, draining chan struct{}){
		"lost":     func(lost, _ chan struct{}) { close(lost) },
		"draining": func(_, draining chan struct{}) { close(draining) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var ts turnstile
				require.True(t, ts.enter(nil, nil))
				lost, draining := make(chan struct{}), make(chan struct{})
				alone, second, beside := make(chan bool, 1), make(chan bool, 1), make(chan bool, 1)
				go func() { alone <- ts.enterAlone(lost, draining) }()
				synctest.Wait()
				go func() { second <- ts.enterAlone(nil, nil) }()
				synctest.Wait()
				ends(lost, draining)
				require.False(t, <-alone)
				synctest.Wait()
				require.Empty(t, second, "a turn runs still")
				go func() { beside <- ts.enter(nil, nil) }()
				synctest.Wait()
				require.Empty(t, beside, "the second one waits to run alone")
				ts.leave()
				require.True(t, <-second)
				ts.leaveAlone()
				require.True(t, <-beside)
				ts.leave()
				_, closed := ts.closed()
				require.False(t, closed)
			})
		})
	}
}

// Turns that run alone run one after another, and each waits for one that no longer
// runs alone but goes on.
func TestTurnsRunAloneOneAfterAnother(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var ts turnstile
		running, most := 0, 0
		done := make(chan struct{})
		const turns = 20
		for i := range turns {
			go func() {
				assert.True(t, ts.enterAlone(nil, nil))
				running++ // nothing else runs: the race detector would see it
				most = max(most, running)
				synctest.Wait()
				if i%2 == 0 {
					ts.share()
					synctest.Wait()
					running--
					ts.leave()
				} else {
					running--
					ts.leaveAlone()
				}
				done <- struct{}{}
			}()
		}
		for range turns {
			<-done
		}
		require.Equal(t, 1, most)
	})
}
