package storetest

import (
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
)

func event(conv store.Conversation, key string) store.Event {
	return store.Event{Conversation: conv, Key: key, Time: start, Body: []byte(key)}
}

func send(conv store.Conversation, key string) store.Send {
	return store.Send{Conversation: conv, Key: key, Body: []byte(key)}
}

// put stores one event for each key.
func (s *suite) put(conv store.Conversation, keys ...string) {
	s.Helper()
	for _, key := range keys {
		require.NoError(s, s.Put(s.ctx, event(conv, key)))
	}
}

func (s *suite) enqueue(sends ...store.Send) {
	s.Helper()
	require.NoError(s, s.Enqueue(s.ctx, sends...))
}

func (s *suite) claim(claim store.Claim) []store.Lease {
	s.Helper()
	leases, err := s.Claim(s.ctx, claim)
	require.NoError(s, err)
	return leases
}

// one claims everything and expects a single conversation.
func (s *suite) one(conv store.Conversation) store.Lease {
	s.Helper()
	leases := s.claim(all)
	require.Len(s, leases, 1)
	require.Equal(s, conv, leases[0].Conversation)
	return leases[0]
}

// none expects that nothing can be claimed.
func (s *suite) none() {
	s.Helper()
	require.Empty(s, s.claim(all))
}

// due expects the sends of a leased conversation that are due.
func (s *suite) due(lease store.Lease, limit int, want ...store.QueuedSend) {
	s.Helper()
	s.dueAfter(store.Outcome{Lease: lease.LeaseID, Due: limit}, want...)
}

// dueAfter commits an outcome and expects what is due after it.
func (s *suite) dueAfter(o store.Outcome, want ...store.QueuedSend) {
	s.Helper()
	got, err := s.Commit(s.ctx, o)
	require.NoError(s, err)
	require.Equal(s, undated(want), undated(got))
}

// undated returns sends without the times when they were added, for promises that are
// about something else.
func undated(sends []store.QueuedSend) (out []store.QueuedSend) {
	for _, send := range sends {
		send.AddedAt = time.Time{}
		out = append(out, send)
	}
	return out
}

// start marks a send as the one to be made next, and keeps the lease.
func (s *suite) start(lease store.Lease, key string) {
	s.Helper()
	s.commit(store.Outcome{Lease: lease.LeaseID, Start: key})
}

func (s *suite) commit(o store.Outcome) {
	s.Helper()
	_, err := s.Commit(s.ctx, o)
	require.NoError(s, err)
}

// refuses expects that an outcome is refused.
func (s *suite) refuses(want error, o store.Outcome) {
	s.Helper()
	_, err := s.Commit(s.ctx, o)
	require.ErrorIs(s, err, want)
}

func (s *suite) apply(writes ...store.Write) {
	s.Helper()
	require.NoError(s, s.Apply(s.ctx, writes...))
}

// release gives a lease back and nothing else.
func (s *suite) release(lease store.Lease) {
	s.Helper()
	s.commit(store.Outcome{Lease: lease.LeaseID, Release: true})
}

// done ends the first event of a lease.
func done(lease store.Lease) *store.EventResult { return end(lease.Events[0]) }

// again leaves the first event of a lease to be tried again.
func again(lease store.Lease) *store.EventResult {
	result := done(lease)
	result.Retry = true
	return result
}

// end ends an event that was handed out.
func end(ev store.QueuedEvent) *store.EventResult {
	return &store.EventResult{Seq: ev.Seq, Attempts: ev.Attempts}
}

// finish ends all that a lease has handed out, and gives it back.
func (s *suite) finish(lease store.Lease) {
	s.Helper()
	for _, ev := range lease.Events {
		s.commit(store.Outcome{Lease: lease.LeaseID, Event: end(ev)})
	}
	var results []store.SendResult
	for _, send := range lease.Sends {
		results = append(results, store.SendResult{Key: send.Key, State: store.SendFinished})
	}
	s.commit(store.Outcome{Lease: lease.LeaseID, Results: results, Release: true})
}

func eventKeys(lease store.Lease) []string {
	keys := []string{}
	for _, ev := range lease.Events {
		keys = append(keys, ev.Key)
	}
	return keys
}

func sendKeys(lease store.Lease) []string {
	keys := []string{}
	for _, send := range lease.Sends {
		keys = append(keys, send.Key)
	}
	return keys
}

func (s *suite) stats() store.Stats {
	s.Helper()
	stats, err := s.Stats(s.ctx)
	require.NoError(s, err)
	return stats
}

func (s *suite) person(conv store.Conversation) store.Person {
	s.Helper()
	p, err := s.Person(s.ctx, conv.PageID, conv.PSID)
	require.NoError(s, err)
	return p
}

func thumb(conv store.Conversation) store.Write {
	return store.AddThumbUp(conv)
}
