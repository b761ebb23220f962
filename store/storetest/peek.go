package storetest

import (
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
)

// peeked returns the events of a conversation that a store shows, without what each store numbers as it likes.
func peeked(r *suite, from store.Peeker, conv store.Conversation, limit int) []store.QueuedEvent {
	r.Helper()
	waiting, err := from.Peek(r.ctx, conv, limit)
	require.NoError(r, err)
	for i := range waiting {
		require.NotZero(r, waiting[i].Seq)
		waiting[i].Seq = 0
	}
	return waiting
}

var peekPromises = []promise{
	{"what waits can be seen without a lease, last first", func(s *suite) {
		require.Empty(s, peeked(s, s.Peeker, ann, 10))
		s.put(ann, "1", "2")
		s.put(bob, "other")
		early := event(ann, "0")
		early.Time = start.Add(-time.Minute)
		require.NoError(s, s.Put(s.ctx, early))
		s.apply(timer(ann, "k", 0))
		s.enqueue(send(ann, "s"))
		want := func(key string, at time.Time) store.QueuedEvent {
			return store.QueuedEvent{Event: store.Event{Conversation: ann, Key: key, Time: at, Body: []byte(key)}, ReceivedAt: start}
		}
		all := []store.QueuedEvent{want("2", start), want("1", start), want("0", early.Time)}
		require.Equal(s, all, peeked(s, s.Peeker, ann, 10))
		require.Equal(s, all[:2], peeked(s, s.Peeker, ann, 2))
		require.Empty(s, peeked(s, s.Peeker, ann, 0))
		require.Empty(s, peeked(s, s.Peeker, ann, -1))
		first := s.stats()
		require.Equal(s, 0, first.InFlight)
	}},
	{"what a worker handles waits until its end, and what comes meanwhile can be seen", func(s *suite) {
		s.put(ann, "1")
		lease := s.one(ann)
		s.put(ann, "2")
		waiting := peeked(s, s.Peeker, ann, 10)
		require.Len(s, waiting, 2)
		require.Equal(s, "2", waiting[0].Key)
		seen, err := s.Peek(s.ctx, ann, 10)
		require.NoError(s, err)
		require.Equal(s, lease.Events[0].Seq, seen[1].Seq, "by the number of the lease")
		s.finish(lease)
		require.Len(s, peeked(s, s.Peeker, ann, 10), 1)
		require.NoError(s, s.Forget(s.ctx, ann))
		require.Empty(s, peeked(s, s.Peeker, ann, 10))
	}},
}

// comparePeek holds what waits in a conversation against the model.
func (p *player) comparePeek(conv store.Conversation) {
	limit := p.rand.IntN(5)
	require.Equal(p, peeked(p.suite, p.model, conv, limit), peeked(p.suite, p.Peeker, conv, limit), p.step)
}
