package engine

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
)

func TestStoreClock(t *testing.T) {
	t.Parallel()
	shown := time.Date(2031, 5, 6, 7, 8, 9, 123_456_789, time.UTC)
	synctest.Test(t, func(t *testing.T) {
		clock := newStoreClock(shown, time.Now())
		require.Equal(t, shown.Truncate(time.Microsecond), clock.now())
		require.Equal(t, clock.now(), clock.claimed())
		<-time.After(time.Hour)
		require.Equal(t, shown.Truncate(time.Microsecond).Add(time.Hour), clock.now())

		read := time.Now()
		for name, unknown := range map[string]storeClock{"a store that does not say": newStoreClock(time.Time{}, read), "no lease yet": new(latestClock).get()} {
			require.Equal(t, time.Now(), unknown.now(), name)
		}
		require.Equal(t, read, newStoreClock(time.Time{}, read).claimed())
	})
}

// TestOnlyReplicaNotesEchoesByTheStoresClock: a worker compares the time with the store's clock.
func TestOnlyReplicaNotesEchoesByTheStoresClock(t *testing.T) {
	t.Parallel()
	now := time.Date(2031, 5, 6, 7, 8, 9, 0, time.UTC)
	echo := func(pageID string) store.QueuedEvent {
		return store.QueuedEvent{Event: store.Event{Conversation: store.Conversation{PageID: pageID}, EchoOf: "k"}}
	}
	o := &onlyReplica{echoed: map[string]time.Time{}}
	o.note([]store.Lease{{Now: now, Events: []store.QueuedEvent{echo("1"), {}}}, {Events: []store.QueuedEvent{echo("2")}}})
	for pageID, want := range map[string]time.Time{"1": now, "2": time.Now(), "3": {}} {
		at, err := o.EchoedAt(t.Context(), pageID)
		require.NoError(t, err)
		require.WithinDuration(t, want, at, time.Minute, pageID)
	}
}
