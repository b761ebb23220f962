package storetest

import (
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
)

// settles is what a process writes that knows that a send was delivered.
func settles(conv store.Conversation, key string, at time.Time) store.Write {
	return store.SettleSend{Conversation: conv, Key: key, Sent: store.Sent{
		PageID: "any", PSID: "any", Key: "any", Type: "text", Outcome: store.OutcomeSent, MID: "m", At: at,
	}}
}

func (s *suite) sent(conv store.Conversation) []store.Sent {
	s.Helper()
	sent, err := s.Sent(s.ctx, conv.PageID, conv.PSID, 10)
	require.NoError(s, err)
	return sent
}

var settlePromises = []promise{
	{"a delivered send is settled whoever holds the lease, once", func(s *suite) {
		s.enqueue(send(ann, "k"), send(ann, "l"))
		first := s.one(ann)
		s.start(first, "k")
		s.clock.advance(ttl)
		second := s.one(ann)
		require.True(s, second.Sends[0].Started)
		at := s.clock.Now()
		s.apply(settles(ann, "k", at))
		s.dueAfter(store.Outcome{Lease: second.LeaseID, Start: "k", Due: 10}, store.QueuedSend{Send: send(ann, "l")})
		s.results(second, "k", store.SendUnknown)
		s.apply(settles(ann, "k", at), settles(ann, "never heard of", at), settles(eve, "l", at))
		want := store.Sent{PageID: ann.PageID, PSID: ann.PSID, Key: "k", Type: "text", Outcome: store.OutcomeSent, MID: "m", At: at}
		require.Equal(s, []store.Sent{want}, s.sent(ann))
		require.Empty(s, s.sent(eve))
		s.release(second)
		require.Equal(s, []string{"l"}, sendKeys(s.one(ann)))
	}},
	{"a delivered send is settled that another attempt has put back", func(s *suite) {
		s.enqueue(send(ann, "k"))
		lease := s.one(ann)
		s.results(lease, "k", store.SendAgain)
		s.apply(settles(ann, "k", s.clock.Now()))
		s.release(lease)
		s.none()
		require.Zero(s, s.stats().Sends)
	}},
	{"a conversation that rests for a send is due when that is settled", func(s *suite) {
		s.enqueue(send(ann, "k"), send(ann, "l"))
		lease := s.one(ann)
		s.start(lease, "k")
		s.commit(store.Outcome{Lease: lease.LeaseID, Release: true, After: time.Hour, Awaits: "k"})
		s.none()
		s.apply(settles(ann, "k", s.clock.Now()))
		require.Equal(s, []string{"l"}, sendKeys(s.one(ann)))
	}},
	{"an outcome settles a send of its own conversation", func(s *suite) {
		s.enqueue(send(ann, "k"), send(ann, "l"))
		lease := s.one(ann)
		s.start(lease, "k")
		s.dueAfter(store.Outcome{
			Lease: lease.LeaseID, Writes: []store.Write{settles(ann, "k", s.clock.Now())}, Start: "l", Due: 10,
		}, store.QueuedSend{Send: send(ann, "l"), Started: true})
		require.Len(s, s.sent(ann), 1)
		s.release(lease)
		require.Equal(s, []string{"l"}, sendKeys(s.one(ann)))
	}},
	{"nothing is kept of a settled send of a forgotten person", func(s *suite) {
		s.enqueue(send(ann, "k"))
		s.start(s.one(ann), "k")
		require.NoError(s, s.Forget(s.ctx, ann))
		s.apply(settles(ann, "k", s.clock.Now()))
		require.Empty(s, s.sent(ann))
	}},
	{"a send that was started and not made is as it was before", func(s *suite) {
		s.enqueue(send(ann, "k"))
		lease := s.one(ann)
		s.start(lease, "k")
		s.dueAfter(store.Outcome{
			Lease: lease.LeaseID, Due: 10, Results: []store.SendResult{{Key: "k", State: store.SendNotMade}},
		}, store.QueuedSend{Send: send(ann, "k")})
		s.start(lease, "k")
		s.results(lease, "k", store.SendUnknown)
		s.results(lease, "k", store.SendNotMade)
		s.due(lease, 10, store.QueuedSend{Send: send(ann, "k"), Attempts: 1})
	}},
	{"a lease names the one before it, and whether that ran out", func(s *suite) {
		s.enqueue(send(ann, "k"))
		first := s.one(ann)
		require.Zero(s, first.Previous)
		require.False(s, first.Expired)
		s.clock.advance(ttl)
		second := s.one(ann)
		require.Equal(s, first.Token, second.Previous)
		require.True(s, second.Expired)
		s.release(second)
		third := s.one(ann)
		require.Equal(s, second.Token, third.Previous)
		require.False(s, third.Expired, "it was given back")
		s.clock.advance(ttl)
		require.Equal(s, third.Token, s.one(ann).Previous)
	}},
}
