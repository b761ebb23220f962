package storetest

import (
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
)

// echo is an event that proves a send.
func echo(conv store.Conversation, key, confirms string) store.Event {
	ev := event(conv, key)
	ev.EchoOf = confirms
	return ev
}

var echoPromises = []promise{
	{"an echo settles a started send", func(s *suite) {
		s.enqueue(send(ann, "k"), send(ann, "l"))
		lease := s.one(ann)
		s.start(lease, "k")
		s.clock.advance(time.Second)
		require.NoError(s, s.Put(s.ctx, echo(ann, "e", "k")), "while the conversation is leased")
		s.results(lease, "k", store.SendFinished)
		sent, err := s.Sent(s.ctx, ann.PageID, ann.PSID, 10)
		require.NoError(s, err)
		require.Equal(s, []store.Sent{{
			PageID: ann.PageID, PSID: ann.PSID, Key: "k", Outcome: store.OutcomeEchoed, At: start.Add(time.Second),
		}}, sent)
		s.release(lease)
		lease = s.one(ann)
		require.Equal(s, []string{"l"}, sendKeys(lease))
		require.Equal(s, []string{"e"}, eventKeys(lease))
	}},
	{"an echoed send cannot be started again", func(s *suite) {
		s.enqueue(send(ann, "k"))
		lease := s.one(ann)
		s.start(lease, "k")
		s.release(lease)
		lease = s.one(ann)
		require.NoError(s, s.Put(s.ctx, echo(ann, "e", "k")))
		s.dueAfter(store.Outcome{Lease: lease.LeaseID, Start: "k", Due: 10})
	}},
	{"an echo that settles a send is itself due", func(s *suite) {
		s.enqueue(send(ann, "k"))
		lease := s.one(ann)
		s.start(lease, "k")
		s.release(lease)
		require.NoError(s, s.Put(s.ctx, echo(ann, "e", "k")))
		lease = s.one(ann)
		require.Empty(s, lease.Sends)
		require.Equal(s, []string{"e"}, eventKeys(lease))
	}},
	{"an echo settles nothing else", func(s *suite) {
		s.enqueue(send(ann, "k"), send(ann, "not started"))
		lease := s.one(ann)
		s.start(lease, "k")
		require.NoError(s, s.Put(s.ctx, echo(ann, "e1", "not started"), echo(eve, "e2", "k"), echo(ann, "e3", "unknown")))
		require.NoError(s, s.Put(s.ctx, event(ann, "seen")))
		require.NoError(s, s.Put(s.ctx, echo(ann, "seen", "k")), "a seen event takes no effect")
		require.Equal(s, 2, s.stats().Sends)
		sent, err := s.Sent(s.ctx, ann.PageID, ann.PSID, 10)
		require.NoError(s, err)
		require.Empty(s, sent)
	}},
}
