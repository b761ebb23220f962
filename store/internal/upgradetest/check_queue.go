package upgradetest

import (
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
)

// dedup checks that nothing that the store has seen takes effect again.
func (c *checker) dedup() {
	c.Helper()
	before, err := c.st.Stats(c.Context())
	require.NoError(c, err)
	for _, ev := range known() {
		again := ev
		again.Time, again.Body, again.Unsends = ev.Time.Add(time.Second), []byte("again"), store.Unsent{}
		require.NoError(c, c.st.Put(c.Context(), again))
		c.unchanged(before, "event "+ev.Key)
		again.Conversation = conv(page3, "another")
		require.NoError(c, c.st.Put(c.Context(), again))
		c.unchanged(before, "event "+ev.Key+" in another conversation")
	}
	require.NoError(c, c.st.Put(c.Context(), known()...))
	for _, s := range knownSends() {
		require.NoError(c, c.st.Enqueue(c.Context(), once1.in(), s))
		if s.Key != s.Group && s.Group != once1.group {
			require.NoError(c, c.st.Enqueue(c.Context(), s))
		}
		c.unchanged(before, "send "+s.Key)
	}
	require.NoError(c, c.st.Enqueue(c.Context(), knownSends()...))
	c.unchanged(before, "all of them together")
}

func (c *checker) unchanged(before store.Stats, what string) {
	c.Helper()
	now, err := c.st.Stats(c.Context())
	require.NoError(c, err)
	require.Equal(c, before, now, what)
}

// fencing checks that the leases of the dead process are worth nothing after new ones.
func (c *checker) fencing(leases []store.Lease) {
	c.Helper()
	var old []store.LeaseID
	for i, m := range c.marks.Leases {
		old = append(old, m.id())
		require.Equal(c, m.id().Conversation, leases[i].Conversation)
		_, err := c.st.Commit(c.Context(), store.Outcome{Lease: m.id(), Event: endOf(leases[i].Events[0]), Release: true})
		require.ErrorIs(c, err, store.ErrFenced)
		require.ErrorIs(c, c.st.MarkAlone(c.Context(), m.id(), leases[i].Events[0].Seq), store.ErrFenced)
	}
	lost, err := c.st.Renew(c.Context(), time.Hour, old...)
	require.NoError(c, err)
	require.ElementsMatch(c, old, lost)
}

// echo checks that an echo settles a send whose outcome was unknown before the upgrade,
// and that its conversation then goes on.
func (c *checker) echo() {
	c.Helper()
	ev := text(unknown, "echo-of-unknown", c.clock.Now())
	ev.echoOf = unknownA.key
	require.NoError(c, c.st.Put(c.Context(), ev.in()))
	c.finish(c.claim(lease{Conversation: unknown, deliveries: 1, person: personOf(unknown), events: []event{ev}, sends: []send{unknownB}}))
	settled, err := c.st.Sent(c.Context(), unknown.PageID, unknown.PSID, 10)
	require.NoError(c, err)
	require.Equal(c, []store.Sent{{
		PageID: unknown.PageID, PSID: unknown.PSID, Key: unknownA.key, Outcome: store.OutcomeEchoed, At: c.clock.Now(),
	}}, settled)
}

// time checks when pauses and delays end.
func (c *checker) time() {
	c.Helper()
	late := text(resting, "arrives in the pause", c.clock.Now())
	require.NoError(c, c.st.Put(c.Context(), late.in()))
	for _, wait := range []struct {
		until time.Time
		due   lease
	}{{pauseEnds, dueAfterPause()}, {restEnds, dueAfterRest(late)}, {delayedUntil, dueAfterDelay()}} {
		c.clock.set(wait.until.Add(-time.Microsecond))
		c.claim()
		c.clock.set(wait.until)
		c.finish(c.claim(wait.due))
	}
	c.raised()
	stats, err := c.st.Stats(c.Context())
	require.NoError(c, err)
	require.Equal(c, store.Stats{Dead: 3}, stats, "nothing is left but the dead letters")
}

// replays checks that dead letters are handled again, by the routes that failed.
func (c *checker) replays() {
	c.Helper()
	found, err := c.st.Dead(c.Context(), store.DeadQuery{})
	require.NoError(c, err)
	var want []event
	for i, l := range letters() {
		ev := l.event
		ev.attempts, ev.put, ev.only = 0, c.clock.Now(), replays[ev.key]
		want = append(want, ev)
		require.NoError(c, c.st.Replay(c.Context(), found[i].ID))
		require.ErrorIs(c, c.st.Replay(c.Context(), found[i].ID), store.ErrNotFound)
	}
	c.finish(c.claim(lease{Conversation: failed, deliveries: 1, person: personOf(failed), events: want}))
}

// numbers checks that no dead letter gets the number of an old one, and that the key of
// a send that was taken back is free.
func (c *checker) numbers() {
	c.Helper()
	fresh := text(failed, "new event", c.clock.Now())
	require.NoError(c, c.st.Put(c.Context(), fresh.in()))
	require.NoError(c, c.st.Enqueue(c.Context(), send{Conversation: handled, key: taken.key, group: taken.group}.in()))
	leases := c.claim(
		lease{Conversation: failed, deliveries: 1, person: personOf(failed), events: []event{fresh}},
		lease{Conversation: handled, deliveries: 1, person: personOf(handled), sends: []send{{Conversation: handled, key: taken.key, group: taken.group}}})
	c.finish(leases[1:])
	ev := leases[0].Events[0]
	end := endOf(ev)
	end.Failures = []store.Failure{{Error: "new"}}
	c.commit(store.Outcome{Lease: leases[0].LeaseID, Event: end, Release: true})
	found, err := c.st.Dead(c.Context(), store.DeadQuery{})
	require.NoError(c, err)
	require.Len(c, found, 1)
	require.Greater(c, found[0].ID, c.marks.Letter)
	require.NoError(c, c.st.Drop(c.Context(), found[0].ID))
}

// unsends checks that an event of the new version erases what the old one has kept.
func (c *checker) unsends() {
	c.Helper()
	kept := received()[0]
	ev := text(recorded, "deletes-again", c.clock.Now()).in()
	ev.Unsends = store.Unsent{Keys: []string{kept.Key}, MID: locations()[0].MID}
	require.NoError(c, c.st.Put(c.Context(), ev))
	for _, r := range c.received() {
		require.NotEqual(c, kept.Key, r.Key)
	}
	require.Len(c, c.received(), len(received())-1)
	left, err := c.st.Locations(c.Context(), recorded.PageID, recorded.PSID, 10)
	require.NoError(c, err)
	require.Len(c, left, len(locations())-1)
	require.NoError(c, c.st.Forget(c.Context(), recorded))
	stats, err := c.st.Stats(c.Context())
	require.NoError(c, err)
	require.Zero(c, stats)
}

// purge checks that the dedup keys have their ages.
func (c *checker) purge() {
	c.Helper()
	older, newer := crash1, arrivals[0]
	for _, step := range []struct {
		cutoff time.Time
		free   []event
	}{
		{older.put, nil}, {older.put.Add(time.Microsecond), []event{older}},
		{newer.put, nil}, {newer.put.Add(time.Microsecond), []event{newer}},
	} {
		require.NoError(c, c.st.Purge(c.Context(), store.Cutoffs{DedupKeys: step.cutoff}))
		require.NoError(c, c.st.Put(c.Context(), older.in(), newer.in()))
		var want []string
		for _, ev := range step.free {
			want = append(want, ev.key)
		}
		leases, err := c.st.Claim(c.Context(), claimOf("new", time.Minute))
		require.NoError(c, err)
		var got []string
		for _, l := range leases {
			for _, ev := range l.Events {
				got = append(got, ev.Key)
			}
		}
		require.Equal(c, want, got, "forgotten before %v", step.cutoff)
		c.finish(leases)
	}
}
