package storetest

import (
	"fmt"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
)

// backgroundPromises are about conversations in which background work and other work wait.
var backgroundPromises = []promise{
	{"a reply that waits for a later time is no background work beside a timer", func(s *suite) {
		foreground := all
		foreground.Background = 0
		reply := func(before ...store.Write) {
			s.Helper()
			s.put(ann, fmt.Sprint("a", s.clock.Now()))
			lease := s.one(ann)
			s.commit(store.Outcome{
				Lease: lease.LeaseID, Event: done(lease), Writes: before, Sends: []store.Send{delayed(ann, fmt.Sprint("r", s.clock.Now()), time.Minute)},
				Release: true,
			})
		}
		served := func() store.Lease { // as it would be if people's work took all workers
			s.Helper()
			leases := s.claim(foreground)
			require.Len(s, leases, 1)
			require.False(s, leases[0].Background)
			return leases[0]
		}
		for name, raise := range map[string]func(){
			"set in its turn":   func() { reply(timer(ann, "k", 30*time.Second)) },
			"set before it":     func() { s.apply(timer(ann, "k", 30*time.Second)); reply() },
			"set after it":      func() { reply(); s.apply(timer(ann, "k", 30*time.Second)) },
			"and what was sent": func() { reply(); s.enqueue(delayed(ann, "news", 30*time.Second)) },
		} {
			raise()
			s.clock.advance(30 * time.Second)
			lease := served()
			if name != "and what was sent" {
				require.True(s, lease.Events[0].Raised.Is(), name)
			}
			s.finish(lease)
			s.clock.advance(30 * time.Second)
			lease = served()
			require.Len(s, lease.Sends, 1, name)
			s.finish(lease)
		}
		// The timer that no worker had time for does not hide the reply.
		reply(timer(ann, "k", 30*time.Second))
		s.clock.advance(time.Minute)
		lease := served()
		require.Len(s, lease.Sends, 1)
		s.finish(lease)
		// A reply of the timer's own turn is a reply.
		s.apply(timer(ann, "k", time.Second))
		s.clock.advance(time.Second)
		lease = s.one(ann)
		require.True(s, lease.Background, "nothing else waits")
		s.commit(store.Outcome{Lease: lease.LeaseID, Event: done(lease), Sends: []store.Send{delayed(ann, "later", time.Minute)}, Release: true})
		s.clock.advance(time.Minute)
		s.finish(served())
		s.none()
	}},
	{"what is enqueued for a time after a timer does not depend on the timer", func(s *suite) {
		for name, change := range map[string]func(){
			"taken back": func() { require.True(s, s.cancelRaised(ann, "k")) },
			"moved":      func() { s.apply(timer(ann, "k", time.Hour)) },
		} {
			s.apply(timer(ann, "k", time.Minute))
			s.enqueue(delayed(ann, name, 2*time.Minute))
			change()
			s.clock.advance(2*time.Minute - time.Second)
			s.none()
			s.clock.advance(time.Second)
			lease := s.one(ann)
			require.Equal(s, []string{name}, sendKeys(lease))
			require.Empty(s, lease.Events)
			s.finish(lease)
			s.cancelRaised(ann, "k")
		}
		s.apply(timer(ann, "k", time.Minute))
		s.enqueue(delayed(ann, "t", 2*time.Minute))
		require.True(s, s.cancel(ann, "t"))
		s.clock.advance(time.Hour)
		s.fires(ann, "k")
		s.none()
	}},
}
