package storetest

import (
	"fmt"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
)

// next commits an outcome and returns the raised event that it hands out, if any.
func (s *suite) next(o store.Outcome) []store.QueuedEvent {
	s.Helper()
	var handed []store.QueuedEvent
	o.Next = func(ev store.QueuedEvent) { handed = append(handed, ev) }
	s.commit(o)
	return handed
}

// handsOut expects that an outcome hands out the raised event of a key, and returns it.
func (s *suite) handsOut(key string, o store.Outcome) store.QueuedEvent {
	s.Helper()
	handed := s.next(o)
	require.Len(s, handed, 1)
	require.Equal(s, key, handed[0].Raised.Key)
	return handed[0]
}

var raiseNextPromises = []promise{
	{"raised events of a conversation that are due take one lease", func(s *suite) {
		for i := range 5 {
			s.apply(timer(ann, fmt.Sprint(i), time.Duration(i+1)*time.Second))
		}
		s.apply(timer(ann, "later", time.Hour), timer(bob, "of another", time.Minute))
		s.clock.advance(5 * time.Second)
		lease := s.one(ann)
		ev := lease.Events[0]
		for i := range 4 {
			require.Equal(s, fmt.Sprint(i), ev.Raised.Key)
			following := s.handsOut(fmt.Sprint(i+1), store.Outcome{Lease: lease.LeaseID, Event: end(ev), Release: true})
			s.refuses(store.ErrNotFound, store.Outcome{Lease: lease.LeaseID, Event: end(ev)})
			ev = following
		}
		require.Equal(s, start.Add(5*time.Second), ev.ReceivedAt)
		require.Equal(s, store.Event{Conversation: ann, Key: ev.Key, Time: ev.ReceivedAt, Body: []byte("4"), Raised: store.Raised{Key: "4", At: start}}, ev.Event)
		require.Empty(s, s.next(store.Outcome{Lease: lease.LeaseID, Event: end(ev), Release: true}), "the last is not due")
		s.refuses(store.ErrFenced, store.Outcome{Lease: lease.LeaseID})
		require.Equal(s, []string{"later"}, s.timers(ann))
		s.clock.advance(time.Minute)
		s.fires(bob, "of another")
		s.clock.advance(time.Hour)
		s.fires(ann, "later")
	}},
	{"a lease that goes on is kept and expires as any other", func(s *suite) {
		s.apply(timer(ann, "k", time.Second), timer(ann, "l", time.Second))
		s.clock.advance(time.Second)
		lease := s.one(ann)
		ev := s.handsOut("l", store.Outcome{Lease: lease.LeaseID, Event: done(lease), Release: true})
		require.Equal(s, 1, s.stats().InFlight)
		s.none()
		s.clock.advance(ttl)
		again := s.one(ann)
		require.Equal(s, []string{"l"}, raisedKeys(again))
		require.Equal(s, ev.Key, again.Events[0].Key)
		require.Equal(s, 1, again.Deliveries, "the commit has reset them")
		s.refuses(store.ErrFenced, store.Outcome{Lease: lease.LeaseID, Event: end(ev)})
		s.finish(again)
		s.none()
	}},
	{"what a turn takes back is not handed out after it", func(s *suite) {
		s.apply(timer(ann, "k", time.Second), timer(ann, "gone", 2*time.Second), timer(ann, "moved", 3*time.Second), timer(ann, "l", 4*time.Second))
		s.clock.advance(time.Minute)
		lease := s.one(ann)
		o := store.Outcome{
			Lease: lease.LeaseID, Event: done(lease), Release: true, Writes: []store.Write{cancelRaise(ann, "gone"), timer(ann, "moved", time.Hour)},
		}
		if handed := s.next(o); len(handed) > 0 { // a store may leave it to the next lease
			require.Equal(s, "l", handed[0].Raised.Key)
			s.commit(store.Outcome{Lease: lease.LeaseID, Event: end(handed[0]), Release: true})
		} else {
			s.fires(ann, "l")
		}
		s.none()
		s.clock.advance(time.Hour)
		s.fires(ann, "moved")
	}},
	{"from outside, the one that was handed out stays and those behind it do not", func(s *suite) {
		s.apply(timer(ann, "k", time.Second), timer(ann, "l", time.Second), timer(ann, "m", time.Second), timer(ann, "n", time.Second))
		s.clock.advance(time.Second)
		lease := s.one(ann)
		require.True(s, s.cancelRaised(ann, "l"))
		ev := s.handsOut("m", store.Outcome{Lease: lease.LeaseID, Event: done(lease), Release: true})
		require.False(s, s.cancelRaised(ann, "m"), "its turn may run")
		require.True(s, s.cancelRaised(ann, "n"))
		require.Empty(s, s.next(store.Outcome{Lease: lease.LeaseID, Event: end(ev), Release: true}))
		s.none()
	}},
	{"an event of the inbox, a retry, and sends that are due come before the next raised event", func(s *suite) {
		s.apply(timer(ann, "k", time.Second), timer(ann, "l", time.Second))
		s.clock.advance(time.Second)
		lease := s.one(ann)
		require.Empty(s, s.next(store.Outcome{Lease: lease.LeaseID, Event: again(lease), Release: true}))
		lease = s.one(ann)
		require.Equal(s, 1, lease.Events[0].Attempts)
		s.put(ann, "a")
		require.Empty(s, s.next(store.Outcome{Lease: lease.LeaseID, Event: done(lease), Release: true}))
		lease = s.one(ann)
		require.Equal(s, []string{"a"}, raisedKeys(lease), "it has happened before")
		s.finish(lease)
		s.apply(timer(ann, "m", 0), timer(ann, "n", 0))
		lease = s.one(ann)
		require.Equal(s, []string{"l"}, raisedKeys(lease))
		s.enqueue(send(ann, "s"))
		require.Empty(s, s.next(store.Outcome{Lease: lease.LeaseID, Event: done(lease), Release: true}))
		lease = s.one(ann)
		require.Equal(s, []string{"s"}, sendKeys(lease))
		require.Equal(s, []string{"m"}, raisedKeys(lease))
		s.commit(store.Outcome{Lease: lease.LeaseID, Results: []store.SendResult{{Key: "s", State: store.SendFinished}}})
		ev := s.handsOut("n", store.Outcome{Lease: lease.LeaseID, Event: done(lease), Sends: []store.Send{send(ann, "reply")}, Due: 1})
		s.commit(store.Outcome{Lease: lease.LeaseID, Results: []store.SendResult{{Key: "reply", State: store.SendFinished}}})
		s.commit(store.Outcome{Lease: lease.LeaseID, Event: end(ev), Release: true})
		s.none()
	}},
	{"a dead letter is followed by the next raised event, and a replay is handed out too", func(s *suite) {
		s.apply(signal(ann, "k"), signal(ann, "l"))
		lease := s.one(ann)
		result := done(lease)
		result.Failures = []store.Failure{{Route: "r", Error: "e"}}
		s.clock.advance(time.Second)
		ev := s.handsOut("l", store.Outcome{Lease: lease.LeaseID, Event: result, Release: true})
		require.NoError(s, s.Replay(s.ctx, s.letters(store.DeadQuery{})[0].ID))
		replayed := s.handsOut("k", store.Outcome{Lease: lease.LeaseID, Event: end(ev), Release: true})
		require.Equal(s, lease.Events[0].Key, replayed.Key)
		require.Equal(s, []string{"r"}, replayed.Only)
		s.commit(store.Outcome{Lease: lease.LeaseID, Event: end(replayed), Release: true})
		s.none()
	}},
	{"what a turn raises is handed out by the next lease", func(s *suite) {
		s.apply(signal(ann, "k"))
		lease := s.one(ann)
		o := store.Outcome{Lease: lease.LeaseID, Event: done(lease), Release: true, Writes: []store.Write{signal(ann, "l"), timer(ann, "m", 0)}}
		for _, ev := range s.next(o) { // a store may do so at once, with its number
			require.Equal(s, "l", ev.Raised.Key)
			require.Negative(s, ev.Seq)
			s.commit(store.Outcome{Lease: lease.LeaseID, Release: true})
		}
		s.fires(ann, "l")
		s.fires(ann, "m")
		s.none()
	}},
	{"a refused outcome hands out nothing", func(s *suite) {
		s.apply(timer(ann, "k", time.Second), timer(ann, "l", time.Second))
		s.clock.advance(time.Second)
		lease := s.one(ann)
		o := store.Outcome{
			Lease: lease.LeaseID, Event: done(lease), Release: true, Next: func(store.QueuedEvent) { s.Error("it was handed out") },
			Writes: []store.Write{store.Raise{Conversation: bob, Key: "k", Known: true}},
		}
		s.refuses(store.ErrNoPerson, o)
		o.Writes, o.Lease.Token = nil, o.Lease.Token-1
		s.refuses(store.ErrFenced, o)
		s.finish(lease)
		s.fires(ann, "l")
	}},
}
