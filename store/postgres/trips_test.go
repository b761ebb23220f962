package postgres_test

import (
	"fmt"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/internal/database"
)

// tripConn counts the round trips of a connection: how often an answer is read after something was sent.
type tripConn struct {
	net.Conn
	sent  atomic.Bool
	trips *atomic.Int64
}

func (c *tripConn) Write(b []byte) (int, error) {
	c.sent.Store(true)
	return c.Conn.Write(b)
}

func (c *tripConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if n > 0 && c.sent.Swap(false) {
		c.trips.Add(1)
	}
	return n, err
}

// What a group of any size costs in round trips to the server, once its statements are prepared.
func TestRoundTripsOfAGroup(t *testing.T) {
	t.Parallel()
	var trips atomic.Int64
	a := newAdapter(t, func(conn net.Conn) net.Conn { return &tripConn{Conn: conn, trips: &trips} })
	conn := a.connect(t)
	machine := &queue.Machine{Bound: 1000, Backlog: func(string) int { return 0 }, Unserved: &queue.Unserved{}}
	run := func(ops ...*queue.Operation) int64 {
		t.Helper()
		before := trips.Load()
		var options database.BeginOptions
		for _, op := range ops {
			options.EchoOf = op.EchoOf(options.EchoOf)
		}
		tx := begin(t, conn, options)
		_, err := machine.Run(tx, ops)
		require.NoError(t, err)
		require.NoError(t, tx.Commit(t.Context()))
		for _, op := range ops {
			require.NoError(t, op.Err)
		}
		return trips.Load() - before
	}
	operation := func(op *queue.Operation, err error) *queue.Operation {
		t.Helper()
		require.NoError(t, err)
		return op
	}
	for round := range 3 {
		for _, size := range []int{1, 8, 64} {
			got := map[string]int64{}
			var ops []*queue.Operation
			for i := range size {
				conv := person1(fmt.Sprint(i))
				ops = append(ops, operation(queue.Put([]store.Event{{Conversation: conv, Key: fmt.Sprint(round, size, i), Time: time.Unix(1, 0)}})))
			}
			got["put"] = run(ops...)
			claimed := queue.Claim(store.Claim{Owner: "w", Conversations: size, Events: 1, TTL: time.Minute})
			got["claim"] = run(claimed)
			require.Len(t, claimed.Leases, size)
			ops = nil
			for _, lease := range claimed.Leases {
				key := fmt.Sprint("send", round, size, lease.PSID)
				ops = append(ops, operation(queue.Commit(store.Outcome{
					Lease: lease.LeaseID, Event: &store.EventResult{Seq: lease.Events[0].Seq}, Start: key, Due: 1,
					Writes: []store.Write{store.TouchPerson{PageID: lease.PageID, PSID: lease.PSID, At: time.Unix(1, 0)}},
					Sends:  []store.Send{{Conversation: lease.Conversation, Key: key}},
				}, "")))
			}
			got["commit"] = run(ops...)
			var ids []store.LeaseID
			for i, op := range ops {
				require.Len(t, op.Due, 1)
				require.True(t, op.Due[0].Started)
				ids = append(ids, claimed.Leases[i].LeaseID)
			}
			renewal := queue.Renew(time.Minute, ids)
			got["renew"] = run(renewal)
			require.Empty(t, renewal.Lost)
			ops = nil
			for _, lease := range claimed.Leases {
				key := fmt.Sprint("send", round, size, lease.PSID)
				ops = append(ops, operation(queue.Commit(store.Outcome{
					Lease: lease.LeaseID, Results: []store.SendResult{{Key: key, State: store.SendFinished}},
					Writes:  []store.Write{store.SaveSent{Sent: store.Sent{PageID: lease.PageID, PSID: lease.PSID, Key: key}}},
					Release: true,
				}, "")))
			}
			got["settle"] = run(ops...)
			got["echo"] = run(operation(queue.Put([]store.Event{{
				Conversation: person1("echo"), Key: fmt.Sprint("echo", round, size), EchoOf: "another app's",
			}})))
			got["touch"] = run(queue.Touch())
			before := trips.Load()
			blind := begin(t, conn, database.BeginOptions{})
			require.NoError(t, blind.Apply(&queue.Changes{Echoed: []queue.PageTime{{PageID: "page", At: 1}}}))
			require.NoError(t, blind.Commit(t.Context()))
			got["changes alone"] = trips.Load() - before // a commit is sent when the transaction has begun
			if round > 0 {
				require.Equal(t, map[string]int64{"put": 2, "claim": 4, "commit": 2, "renew": 2, "settle": 2, "echo": 3, "touch": 2, "changes alone": 2}, got, "%d", size)
			}
			_, err := a.pool.ExecContext(t.Context(), "DELETE FROM messenger_inbox; DELETE FROM messenger_conversations")
			require.NoError(t, err)
		}
	}
	require.Zero(t, a.count(t, "SELECT COUNT(*) FROM messenger_outbox"))
}
