package storetest

import (
	"fmt"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
)

// timer is an event that is raised after a delay. It replaces that of its key.
func timer(conv store.Conversation, key string, delay time.Duration) store.Raise {
	return store.Raise{Conversation: conv, Key: key, Body: []byte(key), Delay: delay, Replace: true}
}

// signal is an event that is raised now, once.
func signal(conv store.Conversation, key string) store.Raise {
	return store.Raise{Conversation: conv, Key: key, Body: []byte(key)}
}

func cancelRaise(conv store.Conversation, key string) store.Write {
	return store.CancelRaise{Conversation: conv, Key: key}
}

// raisedKeys are the keys of a lease's raised events, and of its others.
func raisedKeys(lease store.Lease) []string {
	keys := []string{}
	for _, ev := range lease.Events {
		if ev.Raised.Is() {
			keys = append(keys, ev.Raised.Key)
		} else {
			keys = append(keys, ev.Key)
		}
	}
	return keys
}

// fires expects that the first event of the only conversation that can be claimed is a raised one, and ends it.
func (s *suite) fires(conv store.Conversation, key string) {
	s.Helper()
	lease := s.one(conv)
	require.Equal(s, []string{key}, raisedKeys(lease))
	s.finish(lease)
}

// timers are the keys of the raised events of a conversation that wait.
func (s *suite) timers(conv store.Conversation) []string {
	s.Helper()
	found, err := s.Timers.Timers(s.ctx, conv, store.TimerQuery{})
	require.NoError(s, err)
	keys := []string{}
	for _, timer := range found {
		keys = append(keys, timer.Key)
	}
	return keys
}

var raisePromises = []promise{
	{"a raised event is handed out when it is due and not before", func(s *suite) {
		s.apply(timer(ann, "k", time.Minute))
		s.none()
		require.Equal(s, store.Stats{Timers: 1}, s.stats())
		s.clock.advance(time.Minute - time.Microsecond)
		s.none()
		waiting, err := s.Waiting(s.ctx)
		require.NoError(s, err)
		require.Empty(s, waiting)
		s.clock.advance(time.Microsecond)
		due := start.Add(time.Minute)
		require.Equal(s, store.Stats{Events: 1, Oldest: due}, s.stats())
		waiting, err = s.Waiting(s.ctx)
		require.NoError(s, err)
		require.Equal(s, map[string]store.Waiting{ann.PageID: {Events: 1, OldestEvent: due}}, waiting)
		lease := s.one(ann)
		require.Len(s, lease.Events, 1)
		ev := lease.Events[0]
		require.Negative(s, ev.Seq)
		require.True(s, strings.HasPrefix(ev.Key, "signal-"), ev.Key)
		require.NotContains(s, ev.Key, "ann")
		ev.Seq, ev.Key = 0, ""
		require.Equal(s, store.QueuedEvent{
			Event:      store.Event{Conversation: ann, Time: due, Body: []byte("k"), Raised: store.Raised{Key: "k", At: start}},
			ReceivedAt: due,
		}, ev)
		s.finish(lease)
		require.Equal(s, store.Stats{}, s.stats())
		s.none()
	}},
	{"a raised event delays nothing before it is due", func(s *suite) {
		s.apply(timer(ann, "k", time.Minute))
		s.put(ann, "a")
		lease := s.one(ann)
		require.Equal(s, []string{"a"}, raisedKeys(lease))
		require.False(s, lease.Background)
		s.commit(store.Outcome{Lease: lease.LeaseID, Event: done(lease), Sends: []store.Send{send(ann, "reply"), delayed(ann, "later", time.Hour)}, Release: true})
		lease = s.one(ann)
		require.Equal(s, []string{"reply"}, sendKeys(lease))
		s.finish(lease)
		s.none()
		s.clock.advance(time.Minute)
		s.fires(ann, "k")
		s.none()
		s.clock.advance(time.Hour)
		require.Equal(s, []string{"later"}, sendKeys(s.one(ann)))
	}},
	{"the time of a timer survives all other work of its conversation", func(s *suite) {
		s.apply(timer(ann, "k", time.Minute), timer(ann, "l", 2*time.Minute))
		for i := range 5 {
			s.put(ann, fmt.Sprint("a", i))
			lease := s.one(ann)
			switch i {
			case 0:
				s.finish(lease)
			case 1:
				s.commit(store.Outcome{Lease: lease.LeaseID, Event: again(lease), Release: true, After: time.Second})
				s.none()
				s.clock.advance(time.Second)
				s.finish(s.one(ann))
			case 2:
				s.bury(lease, store.Failure{Error: "e"})
			case 3:
				s.release(lease)
				s.finish(s.one(ann))
			case 4: // the process ends
				s.clock.advance(ttl)
				require.Equal(s, 2, s.one(ann).Deliveries)
				s.clock.advance(ttl)
				lease = s.one(ann)
				require.Equal(s, []string{"a4"}, raisedKeys(lease), "it is before the timers")
				s.finish(lease)
			}
			if i < 4 {
				s.none()
			}
		}
		s.fires(ann, "k")
		s.fires(ann, "l")
		s.none()
	}},
	{"a pause of a conversation holds its timers back, and a timer ends a rest until an event", func(s *suite) {
		for _, until := range []bool{false, true} {
			s.put(ann, fmt.Sprint("a", until))
			lease := s.one(ann)
			s.commit(store.Outcome{
				Lease: lease.LeaseID, Event: done(lease), Writes: []store.Write{timer(ann, "k", time.Second)},
				Sends: []store.Send{send(ann, fmt.Sprint("s", until))}, Release: true, After: time.Minute, UntilEvent: until,
			})
			s.clock.advance(time.Second - time.Microsecond)
			s.none()
			s.clock.advance(time.Microsecond)
			if !until {
				s.none()
				s.clock.advance(time.Minute - time.Second)
			}
			lease = s.one(ann)
			require.Equal(s, []string{"k"}, raisedKeys(lease))
			s.finish(lease)
		}
	}},
	{"raised events are ordered by due time and then by arrival", func(s *suite) {
		s.apply(timer(ann, "second", 2*time.Second), timer(ann, "first", time.Second), timer(ann, "third", 2*time.Second))
		late, between := event(ann, "late"), event(ann, "between")
		late.Time, between.Time = start.Add(3*time.Second), start.Add(time.Second+time.Millisecond)
		require.NoError(s, s.Put(s.ctx, late, between))
		s.clock.advance(3 * time.Second)
		same := event(ann, "same")
		same.Time = start.Add(2 * time.Second)
		require.NoError(s, s.Put(s.ctx, same))
		var order []string
		for range 6 {
			lease := s.one(ann)
			order = append(order, raisedKeys(lease)[0])
			s.commit(store.Outcome{Lease: lease.LeaseID, Event: done(lease), Release: true})
		}
		require.Equal(s, []string{"first", "between", "second", "third", "same", "late"}, order)
	}},
	{"a lease has a raised event as its first only", func(s *suite) {
		s.apply(timer(ann, "k", time.Second), timer(ann, "l", 3*time.Second))
		for i, at := range []time.Duration{0, 2 * time.Second, 4 * time.Second} {
			ev := event(ann, fmt.Sprint("a", i))
			ev.Time = start.Add(at)
			require.NoError(s, s.Put(s.ctx, ev))
		}
		s.clock.advance(5 * time.Second)
		for _, want := range [][]string{{"a0"}, {"k", "a1"}, {"l", "a2"}} {
			lease := s.one(ann)
			require.Equal(s, want, raisedKeys(lease))
			s.finish(lease)
		}
		s.none()
	}},
	{"a raised event is retried in its place and becomes a dead letter that stays raised", func(s *suite) {
		s.apply(signal(ann, "k"))
		lease := s.one(ann)
		first := lease.Events[0]
		s.commit(store.Outcome{Lease: lease.LeaseID, Event: again(lease), Release: true, After: time.Second})
		s.refuses(store.ErrFenced, store.Outcome{Lease: lease.LeaseID, Event: done(lease)})
		require.Equal(s, []store.Blocked{{Conversation: ann, Attempts: 1, Since: start}}, briefly(s.stats().Blocked))
		s.put(ann, "a")
		s.none()
		s.clock.advance(time.Second)
		lease = s.one(ann)
		require.Equal(s, []string{"k", "a"}, raisedKeys(lease))
		require.Equal(s, 1, lease.Events[0].Attempts)
		require.Equal(s, first.Key, lease.Events[0].Key, "stable over retries")
		stale := again(lease)
		stale.Attempts = 0
		s.refuses(store.ErrNotFound, store.Outcome{Lease: lease.LeaseID, Event: stale})
		result := done(lease)
		result.Failures = []store.Failure{{Route: "r", Error: "e"}}
		s.commit(store.Outcome{Lease: lease.LeaseID, Event: result})
		s.refuses(store.ErrNotFound, store.Outcome{Lease: lease.LeaseID, Event: result})
		s.commit(store.Outcome{Lease: lease.LeaseID, Event: end(lease.Events[1]), Release: true})
		s.none()
		letters := s.letters(store.DeadQuery{Key: first.Key})
		require.Len(s, letters, 1)
		require.Equal(s, first.Event, letters[0].Event)
		require.Equal(s, 2, letters[0].Attempts)

		s.clock.advance(time.Second)
		later := event(ann, "later")
		later.Time = start.Add(time.Hour)
		require.NoError(s, s.Put(s.ctx, later))
		require.NoError(s, s.Replay(s.ctx, letters[0].ID))
		require.Empty(s, s.timers(ann), "a replay is no timer")
		require.False(s, s.cancelRaised(ann, "k"))
		lease = s.one(ann)
		require.Equal(s, []string{"later"}, raisedKeys(lease), "it comes last")
		s.finish(lease)
		lease = s.one(ann)
		replayed := lease.Events[0]
		replayed.Seq = 0
		require.Equal(s, store.QueuedEvent{Event: first.Event, Only: []string{"r"}, ReceivedAt: start.Add(2 * time.Second)}, replayed)
		s.bury(lease, store.Failure{Error: "again"})
		require.Equal(s, first.Key, s.letters(store.DeadQuery{})[0].Key)
	}},
	{"each raise has an event key of its own", func(s *suite) {
		keys := map[string]bool{}
		for range 3 {
			s.apply(timer(ann, "k", 0), timer(bob, "k", 0))
			leases := s.claim(all)
			require.Len(s, leases, 2)
			for _, lease := range leases {
				keys[lease.Events[0].Key] = true
				s.finish(lease)
			}
		}
		require.Len(s, keys, 6)
	}},
	{"the key of a raised event and that of a platform's event are not the same", func(s *suite) {
		s.put(ann, "k")
		s.apply(signal(ann, "k"))
		require.Equal(s, 2, s.stats().Events)
		lease := s.one(ann)
		require.Equal(s, []string{"k", "k"}, raisedKeys(lease))
		require.True(s, lease.Events[0].Raised.Is())
		s.finish(lease)
		s.put(ann, lease.Events[0].Key, "k")
		require.Equal(s, 1, s.stats().Events, "the key of a raised event is no dedup key of events")
	}},
	{"timers are background work and signals are not", func(s *suite) {
		s.apply(timer(ann, "t", time.Second), signal(bob, "s"))
		s.clock.advance(time.Hour)
		s.put(eve, "a")
		foreground := all
		foreground.Background = 0
		leases := s.claim(foreground)
		require.Len(s, leases, 2)
		for _, lease := range leases {
			require.False(s, lease.Background)
			require.NotEqual(s, ann, lease.Conversation)
		}
		lease := s.one(ann)
		require.True(s, lease.Background)
		s.release(lease)
		s.put(ann, "b")
		leases = s.claim(foreground)
		require.Len(s, leases, 1)
		require.Equal(s, []string{"b"}, raisedKeys(leases[0]))
		s.finish(leases[0])
		require.Empty(s, s.claim(foreground), "the timer is background work again")
		s.fires(ann, "t")
	}},
	{"raised events that are due are no backlog of a page", func(s *suite) {
		for i := range 2 * backlog {
			s.apply(timer(store.Conversation{PageID: ann.PageID, PSID: fmt.Sprint("p", i)}, "k", time.Second))
		}
		s.clock.advance(time.Second)
		s.put(ann, "a")
		require.Equal(s, 2*backlog+1, s.stats().Events)
	}},
	{"a raise gives a hint", func(s *suite) {
		hints := make(chan struct{}, 100)
		stop := s.Wake(func() { hints <- struct{}{} })
		defer stop()
		s.apply(signal(ann, "k"))
		<-hints
	}},
}
