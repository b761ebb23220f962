package engine

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/turnctx"
)

// TestPauseOfTheProcessIsNotAWaitForTheProfile: what counts are steps in which the process runs.
func TestPauseOfTheProcessIsNotAWaitForTheProfile(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		steps    int // before the answer, of which each may have taken any time
		answered bool
		want     bool
	}{
		"an answer after a pause":        {1, true, true},
		"an answer with the last step":   {profileSteps, true, true},
		"an answer before the last step": {profileSteps - 1, true, true},
		"no answer":                      {profileSteps, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for range 20_000 { // select chooses at random, and all steps before the answer once in a thousand times
				l := &lookup{done: make(chan struct{})}
				steps := make(chan time.Time, c.steps)
				for range c.steps {
					steps <- time.Now()
				}
				if c.answered {
					close(l.done)
				}
				require.Equal(t, c.want, l.answers(t.Context(), steps))
			}
		})
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.False(t, (&lookup{done: make(chan struct{})}).answers(ctx, nil), "the turn has ended")
}

// TestLookupsOfProfilesAreBounded: while the platform does not answer no more than 1000 look-ups
// wait, one for each person.
func TestLookupsOfProfilesAreBounded(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	p := newProfiles(&Engine{killed: ctx})
	for range profilesAtOnce { // the look-ups that wait for the platform
		p.slots <- struct{}{}
	}
	of := func(i int) *lookup {
		return p.start(turnctx.ProfileQuery{PageID: "1", PSID: fmt.Sprint(i)}, time.Now)
	}
	for i := range profilesWaiting {
		require.NotNil(t, of(i), i)
	}
	require.Nil(t, of(profilesWaiting), "one too many")
	looked := of(7)
	require.Same(t, looked, of(7), "who is looked up already")
	stop()
	p.close()
	<-p.calls.done()
	require.Empty(t, p.flying)
	require.Nil(t, of(7), "after the end")
}
