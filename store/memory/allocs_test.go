//go:build !race

// Under the race detector a sync.Pool drops some of what is put into it, so that the allocations cannot be counted.

package memory_test

import (
	"context"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
)

// life is the life of an event in the store: put, claim, the commit with one send, which starts, and the commit of its result.
func life(ctx context.Context, st *memory.Store, key string, body []byte, now time.Time) error {
	conv := store.Conversation{PageID: "page", PSID: "ann"}
	if err := st.Put(ctx, store.Event{Conversation: conv, Key: key, KeyTime: now, Time: now, Body: body}); err != nil {
		return err
	}
	leases, err := st.Claim(ctx, store.Claim{Owner: "worker", Conversations: 1, Events: 10, TTL: time.Minute})
	if err != nil {
		return err
	}
	lease, send := leases[0], key+"/0"
	_, err = st.Commit(ctx, store.Outcome{
		Lease: lease.LeaseID, Event: &store.EventResult{Seq: lease.Events[0].Seq},
		Writes: []store.Write{store.TouchPerson{PageID: "page", PSID: "ann", At: now}},
		Sends:  []store.Send{{Conversation: conv, Key: send, Fresh: true, Group: key, Body: body}}, Start: send, Due: 10,
	})
	if err != nil {
		return err
	}
	_, err = st.Commit(ctx, store.Outcome{
		Lease: lease.LeaseID, Results: []store.SendResult{{Key: send, State: store.SendFinished}},
		Writes: []store.Write{store.SaveSent{Sent: store.Sent{PageID: "page", PSID: "ann", Key: send, Body: body, At: now}}}, Due: 10, Release: true,
	})
	return err
}

// An operation that is alone in its group costs little: the lists and maps of the machine are used again.
//
//nolint:paralleltest // the allocations of others would be counted
func TestTheLifeOfAnEventAllocatesLittle(t *testing.T) {
	st := memory.New(memory.Config{})
	body, n := make([]byte, 200), 0
	now := time.Now()
	allocs := testing.AllocsPerRun(500, func() {
		n++
		require.NoError(t, life(t.Context(), st, strconv.Itoa(n), body, now))
	})
	require.LessOrEqual(t, allocs, 75.0)
}

func BenchmarkLife(b *testing.B) {
	st := memory.New(memory.Config{})
	body := make([]byte, 200)
	keys := make([]string, b.N)
	for i := range keys {
		keys[i] = time.Duration(i).String()
	}
	b.ReportAllocs()
	b.ResetTimer()
	for _, key := range keys {
		require.NoError(b, life(b.Context(), st, key, body, time.Now()))
	}
}
