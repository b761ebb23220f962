package storetest

import (
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
)

// attend announces a replica and expects that these are there.
func (s *suite) attend(r store.Replica, want ...store.Replica) {
	s.Helper()
	got, err := s.Heartbeat(s.ctx, r)
	require.NoError(s, err)
	require.Equal(s, want, got)
}

var clusterPromises = []promise{
	{"replicas know of each other", func(s *suite) {
		first := store.Replica{Owner: "a", Pages: []string{"1", "2"}, Busy: []string{"2"}}
		second := store.Replica{Owner: "b"}
		announce := func(r store.Replica) store.Replica {
			r.TTL = ttl
			return r
		}
		s.attend(announce(second), second)
		s.attend(announce(first), first, second)
		s.clock.advance(ttl / 2)
		first.Pages = []string{"3"}
		s.attend(announce(first), first, second)
		s.clock.advance(ttl / 2)
		s.attend(announce(first), first)
		s.attend(store.Replica{Owner: "never announced"}, first)
		s.attend(store.Replica{Owner: "a"})
		s.attend(announce(second), second)
	}},
	{"it is known when a page had an echo", func(s *suite) {
		echo := func(key string) {
			ev := event(ann, key)
			ev.EchoOf = "of a send that is not there"
			require.NoError(s, s.Put(s.ctx, ev))
		}
		echoed := func(pageID string) time.Time {
			at, err := s.EchoedAt(s.ctx, pageID)
			require.NoError(s, err)
			return at
		}
		s.put(ann, "no echo")
		require.Zero(s, echoed("page1"))
		echo("e1")
		require.Equal(s, start, echoed("page1"))
		require.Zero(s, echoed("page2"))
		s.clock.advance(2 * store.EchoedWithin)
		echo("e1")
		require.Equal(s, start, echoed("page1"), "it was seen before")
		echo("e2")
		require.Equal(s, s.clock.Now(), echoed("page1"))
	}},
	{"an echo ends the rest that was for its send", func(s *suite) {
		s.enqueue(send(ann, "s"), send(ann, "next"))
		lease := s.one(ann)
		s.commit(store.Outcome{Lease: lease.LeaseID, Start: "s", Release: true, After: time.Hour, Awaits: "s"})
		s.none()
		ev := event(ann, "echo")
		ev.EchoOf = "s"
		require.NoError(s, s.Put(s.ctx, ev))
		lease = s.one(ann)
		require.Equal(s, []string{"next"}, sendKeys(lease))
		require.Equal(s, []string{"echo"}, eventKeys(lease))
	}},
	{"nobody rests for an echo that has come", func(s *suite) {
		s.enqueue(send(ann, "s"), send(ann, "next"))
		lease := s.one(ann)
		s.start(lease, "s")
		require.NoError(s, s.Put(s.ctx, echo(ann, "e", "s")))
		s.commit(store.Outcome{Lease: lease.LeaseID, Release: true, After: time.Hour, Awaits: "s"})
		lease = s.one(ann)
		require.Equal(s, []string{"next"}, sendKeys(lease))
		s.commit(store.Outcome{Lease: lease.LeaseID, Release: true, After: time.Hour, Awaits: "next"})
		s.none()
		s.clock.advance(time.Hour)
		s.one(ann)
	}},
	{"conversations whose head is tried again are named", func(s *suite) {
		s.put(ann, "a")
		s.clock.advance(time.Second)
		s.put(bob, "b", "c")
		for _, lease := range s.claim(all) {
			s.commit(store.Outcome{Lease: lease.LeaseID, Event: again(lease), Release: true})
		}
		require.Equal(s, []store.Blocked{
			{Conversation: ann, Attempts: 1, Since: start},
			{Conversation: bob, Attempts: 1, Since: start.Add(time.Second)},
		}, briefly(s.stats().Blocked))
		for _, lease := range s.claim(all) {
			s.finish(lease)
		}
		require.Empty(s, s.stats().Blocked)
	}},
}
