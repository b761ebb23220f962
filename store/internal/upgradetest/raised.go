package upgradetest

import (
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
)

// waiting is a conversation in which a raised event waits. Fixtures of tables without raised events have none.
var waiting = conv(page5, "waiting")

var (
	raisedAt = at(59 * time.Minute)
	dueAt    = at(4 * time.Hour)
	reminder = store.Raise{Conversation: waiting, Key: "reminder", Body: []byte("body of reminder"), Delay: dueAt.Sub(raisedAt)}
)

// raise leaves an event that is not due.
func (f *filler) raise() {
	f.Helper()
	f.clock.set(raisedAt)
	require.NoError(f, f.st.Apply(f.Context(), reminder))
	f.marks.Raised = 1
}

// raised checks that what was raised is handed out at its time, and that its key is known.
func (c *checker) raised() {
	c.Helper()
	if c.marks.Raised == 0 {
		return
	}
	require.NoError(c, c.st.Apply(c.Context(), reminder))
	timers, err := c.st.Timers(c.Context(), waiting, store.TimerQuery{})
	require.NoError(c, err)
	require.Len(c, timers, 1)
	c.clock.set(dueAt.Add(-time.Microsecond))
	c.claim()
	c.clock.set(dueAt)
	leases, err := c.st.Claim(c.Context(), claimOf("new", time.Minute))
	require.NoError(c, err)
	require.Len(c, leases, 1)
	require.Len(c, leases[0].Events, 1)
	ev := leases[0].Events[0]
	ev.Seq, ev.Key = 0, ""
	require.Equal(c, store.QueuedEvent{
		Event:      store.Event{Conversation: waiting, Time: dueAt, Body: reminder.Body, Raised: store.Raised{Key: "reminder", At: raisedAt}},
		ReceivedAt: dueAt,
	}, ev)
	c.finish(leases)
	require.NoError(c, c.st.Apply(c.Context(), reminder))
}
