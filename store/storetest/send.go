package storetest

import (
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
)

// results commits what became of sends and keeps the lease.
func (s *suite) results(lease store.Lease, key string, state store.SendState) {
	s.Helper()
	s.commit(store.Outcome{Lease: lease.LeaseID, Results: []store.SendResult{{Key: key, State: state}}})
}

func (s *suite) cancel(conv store.Conversation, key string) bool {
	s.Helper()
	ok, err := s.Cancel(s.ctx, conv, key)
	require.NoError(s, err)
	return ok
}

func delayed(conv store.Conversation, key string, d time.Duration) store.Send {
	out := send(conv, key)
	out.Delay = d
	return out
}

// grouped is a send of a group; it is the head if the group has its key.
func grouped(conv store.Conversation, key, group string) store.Send {
	out := send(conv, key)
	out.Group = group
	return out
}

var sendPromises = []promise{
	{"a send comes out as it went in", func(s *suite) {
		in := store.Send{Conversation: ann, Key: "k", Group: "g", Body: []byte("\x00\xff"), Delay: time.Second}
		s.enqueue(in)
		s.clock.advance(time.Second)
		require.Equal(s, []store.QueuedSend{{Send: in}}, undated(s.one(ann).Sends))
	}},
	{"a send says when it was added, by the store's clock", func(s *suite) {
		added := s.clock.Now()
		s.enqueue(delayed(ann, "outside", time.Hour), delayed(ann, "at once", -time.Hour))
		s.clock.advance(time.Minute)
		s.put(ann, "a")
		lease := s.one(ann)
		require.Equal(s, added, lease.Sends[0].AddedAt)
		due, err := s.Commit(s.ctx, store.Outcome{
			Lease: lease.LeaseID, Event: done(lease), Sends: []store.Send{send(ann, "of the turn")}, Due: 2,
			Results: []store.SendResult{{Key: "at once", State: store.SendAgain}}, Release: true,
		})
		require.NoError(s, err)
		require.Equal(s, []time.Time{added, s.clock.Now()}, []time.Time{due[0].AddedAt, due[1].AddedAt}, "an attempt that failed changes nothing")
		s.clock.advance(time.Hour)
		lease = s.one(ann)
		require.Equal(s, []string{"outside", "at once", "of the turn"}, sendKeys(lease))
		for i, want := range []time.Time{added, added, added.Add(time.Minute)} {
			require.Equal(s, want, lease.Sends[i].AddedAt)
		}
	}},
	{"sends go in the order in which they were added", func(s *suite) {
		s.enqueue(send(ann, "3"), send(ann, "1"))
		s.put(ann, "a")
		lease := s.one(ann)
		s.commit(store.Outcome{Lease: lease.LeaseID, Sends: []store.Send{send(ann, "2"), send(ann, "0")}, Release: true})
		require.Equal(s, []string{"3", "1", "2", "0"}, sendKeys(s.one(ann)))
	}},
	{"a send takes effect once", func(s *suite) {
		s.enqueue(send(ann, "k"), send(ann, "k"))
		s.enqueue(send(ann, "k"), send(ann, "l"))
		lease := s.one(ann)
		require.Equal(s, []string{"k", "l"}, sendKeys(lease))
		s.commit(store.Outcome{Lease: lease.LeaseID, Sends: []store.Send{send(ann, "k"), send(bob, "l"), send(bob, "m")}})
		s.finish(lease)
		s.enqueue(send(ann, "k"), send(bob, "l"))
		require.Equal(s, []string{"m"}, sendKeys(s.one(bob)))
	}},
	{"a group whose head was seen before is left out", func(s *suite) {
		s.enqueue(grouped(ann, "g/0", "g"), grouped(ann, "g", "g"), grouped(ann, "g/1", "g"))
		lease := s.one(ann)
		require.Equal(s, []string{"g/0", "g", "g/1"}, sendKeys(lease))
		s.finish(lease)
		fresh := grouped(ann, "g/4", "g")
		fresh.Fresh = true
		s.enqueue(fresh, grouped(ann, "g/2", "g"), grouped(ann, "g", "g"), grouped(ann, "g/3", "g"),
			grouped(ann, "h", "h"), grouped(ann, "h/1", "h"), grouped(ann, "h", "h"), send(ann, "i"))
		lease = s.one(ann)
		require.Equal(s, []string{"h", "h/1", "i"}, sendKeys(lease))
		s.finish(lease)
		s.enqueue(grouped(ann, "g/2", "g"))
		require.Equal(s, []string{"g/2"}, sendKeys(s.one(ann)), "it came without its head")
	}},
	{"a group that was taken back may come again", func(s *suite) {
		s.enqueue(grouped(ann, "g", "g"), grouped(ann, "g/1", "g"))
		require.True(s, s.cancel(ann, "g"))
		s.enqueue(grouped(ann, "g", "g"), grouped(ann, "g/2", "g"))
		require.Equal(s, []string{"g", "g/2"}, sendKeys(s.one(ann)))
	}},
	{"what is due is told to who holds the lease", func(s *suite) {
		s.enqueue(delayed(ann, "later", 2*time.Second))
		s.put(ann, "a")
		lease := s.one(ann)
		s.due(lease, 10)
		s.enqueue(grouped(ann, "1", "g"), delayed(ann, "2", time.Second), send(bob, "bobs"))
		one, two, three := store.QueuedSend{Send: grouped(ann, "1", "g")}, store.QueuedSend{Send: delayed(ann, "2", time.Second)},
			store.QueuedSend{Send: send(ann, "3")}
		s.dueAfter(store.Outcome{
			Lease: lease.LeaseID, Due: 10, Sends: []store.Send{send(ann, "3"), send(bob, "also bobs"), delayed(ann, "much later", time.Hour)},
		}, one, three)
		s.clock.advance(time.Second)
		three.Attempts = 1
		s.dueAfter(store.Outcome{
			Lease: lease.LeaseID, Due: 10, Results: []store.SendResult{{Key: "3", State: store.SendAgain}},
		}, one, two, three)
		s.due(lease, 10, one, two, three)
		s.due(lease, 2, one, two)
		s.due(lease, 0)
		s.due(lease, -1)
		one.Started = true
		s.dueAfter(store.Outcome{Lease: lease.LeaseID, Due: 10, Start: "1"}, one, two, three)
		s.clock.advance(time.Millisecond)
		one.StartedAgo = time.Millisecond
		s.due(lease, 10, one, two, three)
		s.dueAfter(store.Outcome{
			Lease: lease.LeaseID, Due: 10, Results: []store.SendResult{{Key: "1", State: store.SendFinished}},
		}, two, three)
		s.dueAfter(store.Outcome{Lease: lease.LeaseID, Due: 10, Release: true}, two, three)
		s.clock.advance(time.Second)
		require.True(s, s.cancel(bob, "bobs"))
		require.True(s, s.cancel(bob, "also bobs"))
		lease = s.one(ann)
		require.Len(s, lease.Sends, 3)
		s.due(lease, 10, lease.Sends...)
	}},
	{"what is due is told to nobody else", func(s *suite) {
		fenced := func(lease store.Lease) {
			s.Helper()
			s.refuses(store.ErrFenced, store.Outcome{Lease: lease.LeaseID, Due: 10})
		}
		fenced(store.Lease{LeaseID: store.LeaseID{Conversation: ann}})
		s.enqueue(send(ann, "k"))
		fenced(store.Lease{LeaseID: store.LeaseID{Conversation: ann}})
		first := s.one(ann)
		s.clock.advance(ttl)
		s.due(first, 10, first.Sends...)
		second := s.one(ann)
		fenced(first)
		s.due(second, 10, second.Sends...)
		s.release(second)
		fenced(second)
		third := s.one(ann)
		require.NoError(s, s.Forget(s.ctx, ann))
		fenced(third)
	}},
	{"the first send is started, and no other", func(s *suite) {
		s.put(ann, "a")
		lease := s.one(ann)
		one, two, three := store.QueuedSend{Send: send(ann, "1"), Started: true}, store.QueuedSend{Send: send(ann, "2")},
			store.QueuedSend{Send: send(ann, "3")}
		later := delayed(ann, "later", time.Second)
		s.dueAfter(store.Outcome{
			Lease: lease.LeaseID, Event: done(lease), Due: 10, Start: "1", Sends: []store.Send{later, one.Send, two.Send},
		}, one, two)
		s.dueAfter(store.Outcome{
			Lease: lease.LeaseID, Due: 10, Start: "3", Sends: []store.Send{three.Send},
			Results: []store.SendResult{{Key: "1", State: store.SendFinished}},
		}, two, three)
		s.dueAfter(store.Outcome{Lease: lease.LeaseID, Due: 10, Start: "later"}, two, three)
		s.dueAfter(store.Outcome{Lease: lease.LeaseID, Due: 10, Start: "1"}, two, three)
		two.Started, three.Started = true, true
		s.dueAfter(store.Outcome{Lease: lease.LeaseID, Due: 1, Start: "2"}, two)
		s.dueAfter(store.Outcome{
			Lease: lease.LeaseID, Due: 10, Start: "3", Results: []store.SendResult{{Key: "2", State: store.SendFinished}},
		}, three)
		s.start(lease, "later")
		s.release(lease)
		require.Equal(s, []store.QueuedSend{three}, undated(s.one(ann).Sends))
	}},
	{"a send that was left out is not started", func(s *suite) {
		s.enqueue(send(bob, "k"))
		s.put(ann, "a")
		for _, lease := range s.claim(all) {
			if lease.Conversation == ann {
				s.dueAfter(store.Outcome{
					Lease: lease.LeaseID, Event: done(lease), Due: 10, Start: "k", Sends: []store.Send{send(ann, "k"), send(ann, "l")},
				}, store.QueuedSend{Send: send(ann, "l")})
			}
			s.release(lease)
		}
		for _, lease := range s.claim(all) {
			require.False(s, lease.Sends[0].Started)
		}
	}},
	{"a fresh key is not remembered", func(s *suite) {
		fresh := send(ann, "k")
		fresh.Fresh = true
		for range 2 {
			s.enqueue(fresh)
			lease := s.one(ann)
			require.Equal(s, []store.QueuedSend{{Send: send(ann, "k")}}, undated(lease.Sends))
			s.commit(store.Outcome{
				Lease: lease.LeaseID, Release: true, Results: []store.SendResult{{Key: "k", State: store.SendFinished}},
			})
		}
		s.put(ann, "a")
		lease := s.one(ann)
		s.dueAfter(store.Outcome{
			Lease: lease.LeaseID, Event: done(lease), Sends: []store.Send{fresh}, Start: "k", Due: 1, Release: true,
		}, store.QueuedSend{Send: send(ann, "k"), Started: true})
		require.Len(s, s.one(ann).Sends, 1)
	}},
	{"a batch of sends is stored whole or not at all", func(s *suite) {
		require.Error(s, s.Enqueue(s.ctx, send(ann, "k"), send(ann, "")))
		s.none()
		s.enqueue(send(ann, "k"))
		s.one(ann)
	}},
	{"a started send is known as such", func(s *suite) {
		s.enqueue(send(ann, "k"), send(ann, "l"))
		lease := s.one(ann)
		s.start(lease, "k")
		s.clock.advance(time.Second)
		s.release(lease)
		lease = s.one(ann)
		require.Equal(s, []store.QueuedSend{
			{Send: send(ann, "k"), Started: true, StartedAgo: time.Second}, {Send: send(ann, "l")},
		}, undated(lease.Sends))
		s.results(lease, "k", store.SendAgain)
		s.release(lease)
		lease = s.one(ann)
		require.Equal(s, store.QueuedSend{Send: send(ann, "k"), Attempts: 1}, undated(lease.Sends)[0])
		s.commit(store.Outcome{
			Lease: lease.LeaseID, Release: true, Start: "l", Results: []store.SendResult{{Key: "k", State: store.SendFinished}},
		})
		lease = s.one(ann)
		require.Equal(s, []string{"l"}, sendKeys(lease))
		require.True(s, lease.Sends[0].Started)
		s.clock.advance(-time.Second)
		s.due(lease, 1, store.QueuedSend{Send: send(ann, "l"), Started: true}) // never less than now
	}},
	{"the end of a send that is gone is ignored", func(s *suite) {
		s.enqueue(send(ann, "k"))
		lease := s.one(ann)
		s.results(lease, "k", store.SendFinished)
		s.results(lease, "k", store.SendFinished)
		s.results(lease, "k", store.SendAgain)
		s.results(lease, "k", store.SendUnknown)
		s.dueAfter(store.Outcome{Lease: lease.LeaseID, Start: "k", Due: 10})
	}},
	{"a send of another conversation is out of reach", func(s *suite) {
		s.enqueue(send(bob, "bobs"))
		s.one(bob)
		s.put(ann, "a")
		lease := s.one(ann)
		s.results(lease, "bobs", store.SendFinished)
		require.Equal(s, 1, s.stats().Sends)
	}},
	{"a send with unknown outcome is handed out again, and its echo settles it", func(s *suite) {
		s.enqueue(send(ann, "k"))
		lease := s.one(ann)
		s.start(lease, "k")
		s.results(lease, "k", store.SendUnknown)
		s.release(lease)
		require.False(s, s.cancel(ann, "k"), "it may have been sent")
		lease = s.one(ann)
		require.True(s, lease.Sends[0].Started)
		require.Equal(s, 1, lease.Sends[0].Attempts)
		require.NoError(s, s.Put(s.ctx, echo(ann, "e", "k")))
		require.Zero(s, s.stats().Sends)
		s.results(lease, "k", store.SendUnknown)
		require.Zero(s, s.stats().Sends)
	}},
}
