package upgradetest

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/gormstore"
)

// checker compares a store with the scenario.
type checker struct {
	*testing.T
	st    *gormstore.Store
	clock *Clock
	marks marks
}

// Check opens a copy of a fixture, which open does, and compares everything in it with
// the scenario: that nothing is lost, duplicated or reordered, each value, what the dedup
// keys refuse, that old leases are fenced and taken over, and that no number is drawn
// again. The store must use the clock and is closed by Check.
func Check(t *testing.T, open func(now func() time.Time) *gormstore.Store) {
	t.Helper()
	clock := NewClock()
	clock.set(ended)
	require.NoError(t, open(clock.Now).Close(), "the migrated tables are opened again")
	c := &checker{T: t, st: open(clock.Now), clock: clock}
	t.Cleanup(func() { require.NoError(t, c.st.Close()) })

	c.readMarks()
	c.recover()
	c.counts()
	c.people()
	c.records()
	c.letters()
	c.sessions()
	c.broadcasts()
	c.dedup()

	leases := c.claim(due(c.marks.Raised > 0)...)
	c.fencing(leases)
	c.finish(leases)
	c.echo()
	c.time()
	c.replays()
	c.numbers()
	c.unsends()
	c.purge()
}

func (c *checker) readMarks() {
	c.Helper()
	s, err := c.st.Session(c.Context(), marksIn.PageID, marksIn.PSID, marksIn.Name)
	require.NoError(c, err)
	require.NoError(c, json.Unmarshal(s.Data, &c.marks))
	require.Len(c, c.marks.Leases, 3)
	require.Positive(c, c.marks.Letter)
}

// patience is how long what happens beside the test may take.
const patience = time.Minute

// recover waits until the leases of the dead process are void, which they are before
// they expire.
func (c *checker) recover() {
	c.Helper()
	require.Eventually(c, func() bool {
		stats, err := c.st.Stats(c.Context())
		return err == nil && stats.InFlight == 0
	}, patience, 10*time.Millisecond)
	all, err := c.st.Heartbeat(c.Context(), store.Replica{Owner: "new", TTL: time.Minute})
	require.NoError(c, err)
	require.Equal(c, []store.Replica{{Owner: "new"}}, all, "the dead process is no replica")
}

// counts checks what Stats and Waiting say.
func (c *checker) counts() {
	c.Helper()
	stats, err := c.st.Stats(c.Context())
	require.NoError(c, err)
	for i, b := range stats.Blocked {
		require.Equal(c, c.marks.Failures, b.Failures, "of the last try, if the tables had a place for them")
		require.NotEmpty(c, b.Key)
		require.NotEmpty(c, b.Body)
		require.False(c, b.NextAt.IsZero())
		stats.Blocked[i] = store.Blocked{Conversation: b.Conversation, Attempts: b.Attempts, Since: b.Since}
	}
	require.Equal(c, store.Stats{
		Events: 18, Timers: c.marks.Raised, Sends: 8, Dead: 3, Oldest: crash1.put,
		Blocked: []store.Blocked{
			{Conversation: paused, Attempts: 1, Since: pause1.put}, {Conversation: resting, Attempts: 1, Since: rest1.put},
			{Conversation: retried, Attempts: 3, Since: retry1.put},
		},
	}, stats)
	waiting, err := c.st.Waiting(c.Context())
	require.NoError(c, err)
	require.Equal(c, map[string]store.Waiting{
		page1: {Events: 9, Sends: 8, OldestEvent: crash1.put, OldestSend: answerStarted},
		page2: {Events: 9, OldestEvent: rest1.put},
	}, waiting)
	for pageID, had := range map[string]time.Time{page1: {}, page2: arrivals[len(arrivals)-1].put} {
		at, err := c.st.EchoedAt(c.Context(), pageID)
		require.NoError(c, err)
		if had.IsZero() {
			require.Zero(c, at, pageID)
			continue
		}
		require.False(c, at.After(had), pageID)
		require.Less(c, had.Sub(at), store.EchoedWithin, pageID)
	}
}

// claim expects these leases, under tokens and with numbers of new events that were not
// drawn before.
func (c *checker) claim(want ...lease) []store.Lease {
	c.Helper()
	leases, err := c.st.Claim(c.Context(), claimOf("new", time.Minute))
	require.NoError(c, err)
	var got []lease
	for _, l := range leases {
		got = append(got, leaseOf(l, c.clock.Now()))
		require.Greater(c, markOf(l.LeaseID).Token, c.marks.Token)
		for _, ev := range l.Events {
			if !ev.ReceivedAt.Before(ended) {
				require.Greater(c, ev.Seq, c.marks.Seq, "the number of event %s was drawn before", ev.Key)
			}
		}
	}
	require.Equal(c, want, got)
	return leases
}

// finish ends all that leases have handed out, and gives them back.
func (c *checker) finish(leases []store.Lease) {
	c.Helper()
	for _, l := range leases {
		for _, ev := range l.Events {
			c.commit(store.Outcome{Lease: l.LeaseID, Event: endOf(ev)})
		}
		o := store.Outcome{Lease: l.LeaseID, Release: true}
		for _, s := range l.Sends {
			o.Results = append(o.Results, store.SendResult{Key: s.Key, State: store.SendFinished})
		}
		c.commit(o)
	}
}

func (c *checker) commit(o store.Outcome) {
	c.Helper()
	_, err := c.st.Commit(c.Context(), o)
	require.NoError(c, err)
}
