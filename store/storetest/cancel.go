package storetest

import (
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
)

var cancelPromises = []promise{
	{"a waiting send can be taken back", func(s *suite) {
		s.enqueue(delayed(ann, "later", time.Minute), send(bob, "now"))
		require.False(s, s.cancel(bob, "later"), "another conversation's")
		require.True(s, s.cancel(ann, "later"))
		require.False(s, s.cancel(ann, "later"))
		require.False(s, s.cancel(ann, "unknown"))
		require.True(s, s.cancel(bob, "now"))
		s.clock.advance(time.Hour)
		s.none()
	}},
	{"the key of a send that was taken back is free again", func(s *suite) {
		s.enqueue(delayed(ann, "k", time.Minute))
		require.True(s, s.cancel(ann, "k"))
		s.enqueue(delayed(ann, "k", time.Hour), send(ann, "k"))
		s.clock.advance(time.Minute)
		s.none()
		s.clock.advance(time.Hour)
		require.Equal(s, []string{"k"}, sendKeys(s.one(ann)))
	}},
	{"a group of sends is taken back as one", func(s *suite) {
		one, two, three := delayed(ann, "1", time.Minute), delayed(ann, "2", time.Hour), delayed(ann, "3", time.Minute)
		one.Group, two.Group, three.Group = "g", "g", "other"
		s.enqueue(one, two, three)
		require.True(s, s.cancel(ann, "g"))
		require.Equal(s, 1, s.stats().Sends)
		s.enqueue(one)
		require.Equal(s, 2, s.stats().Sends, "its key is free again")
	}},
	{"a turn takes sends back, and may send under the same key", func(s *suite) {
		s.enqueue(delayed(ann, "later", time.Second), delayed(ann, "moved", time.Second), delayed(bob, "bobs", time.Second))
		s.put(ann, "a")
		lease := s.one(ann)
		s.clock.advance(time.Second) // all are due by now
		held := s.one(bob)
		out := store.Outcome{Lease: lease.LeaseID, Writes: []store.Write{
			store.CancelSend{Conversation: ann, Key: "later"}, store.CancelSend{Conversation: ann, Key: "moved"},
			store.CancelSend{Conversation: bob, Key: "bobs"}, store.CancelSend{Conversation: ann, Key: "unknown"},
		}, Sends: []store.Send{delayed(ann, "moved", time.Hour)}}
		stale := out
		stale.Lease.Token--
		s.refuses(store.ErrFenced, stale)
		require.Equal(s, 3, s.stats().Sends, "a refused turn takes nothing back")
		s.commit(out)
		require.Equal(s, 2, s.stats().Sends, "bob's may be on its way")
		s.finish(held)
		s.release(lease)
		s.clock.advance(time.Hour)
		require.Equal(s, []string{"moved"}, sendKeys(s.one(ann)))
	}},
	{"a send that may be on its way cannot be taken back", func(s *suite) {
		s.enqueue(send(ann, "k"), delayed(ann, "later", time.Hour))
		lease := s.one(ann)
		require.False(s, s.cancel(ann, "k"), "it is due and leased")
		require.True(s, s.cancel(ann, "later"), "it is not due")
		s.start(lease, "k")
		s.release(lease)
		require.False(s, s.cancel(ann, "k"), "it is started")
		lease = s.one(ann)
		s.results(lease, "k", store.SendAgain)
		s.release(lease)
		require.True(s, s.cancel(ann, "k"))
		s.none()
	}},
	{"taking a send back keeps the place of its conversation", func(s *suite) {
		s.enqueue(send(ann, "first"), send(ann, "second"))
		s.clock.advance(time.Second)
		s.enqueue(send(bob, "bobs"))
		s.clock.advance(time.Second)
		require.True(s, s.cancel(ann, "first"))
		oldest := all
		oldest.Conversations = 1
		require.Equal(s, ann, s.claim(oldest)[0].Conversation)
	}},
	{"taking a send back leaves the others due", func(s *suite) {
		s.enqueue(delayed(ann, "first", time.Minute), delayed(ann, "second", time.Hour))
		require.True(s, s.cancel(ann, "first"))
		s.clock.advance(time.Minute)
		s.none()
		s.put(ann, "a")
		require.True(s, s.cancel(ann, "second"))
		require.Equal(s, []string{"a"}, eventKeys(s.one(ann)))
	}},
}
