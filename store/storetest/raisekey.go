package storetest

import (
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
)

func (s *suite) cancelRaised(conv store.Conversation, key string) bool {
	s.Helper()
	found, err := s.CancelRaised(s.ctx, conv, key)
	require.NoError(s, err)
	return found
}

var raiseKeyPromises = []promise{
	{"a timer replaces that of its key", func(s *suite) {
		s.apply(timer(ann, "k", time.Minute), timer(bob, "k", time.Minute), timer(ann, "other", time.Hour))
		sooner := timer(ann, "k", time.Second)
		sooner.Body = []byte("sooner")
		s.apply(sooner)
		require.Equal(s, 3, s.stats().Timers)
		s.clock.advance(time.Second)
		lease := s.one(ann)
		require.Equal(s, []byte("sooner"), lease.Events[0].Body)
		s.finish(lease)
		s.apply(timer(ann, "k", time.Second))
		s.apply(timer(ann, "k", time.Hour))
		s.clock.advance(time.Minute)
		s.fires(bob, "k")
		s.clock.advance(time.Hour - time.Minute - time.Second)
		s.fires(ann, "other")
		s.clock.advance(time.Second)
		s.fires(ann, "k")
		s.none()
	}},
	{"a timer replaces one that is due and was not handed out", func(s *suite) {
		s.apply(timer(ann, "k", time.Second))
		s.clock.advance(time.Second)
		s.apply(timer(ann, "k", time.Minute))
		s.none()
		s.clock.advance(time.Minute)
		s.fires(ann, "k")
		s.none()
	}},
	{"a signal is raised once for each key", func(s *suite) {
		s.apply(signal(ann, "k"), signal(ann, "k"), signal(bob, "k"))
		s.apply(signal(ann, "k"))
		require.Equal(s, 2, s.stats().Events)
		for _, lease := range s.claim(all) {
			s.finish(lease)
		}
		s.apply(signal(ann, "k"))
		s.none()
		require.NoError(s, s.Purge(s.ctx, store.Cutoffs{DedupKeys: start}))
		s.apply(signal(ann, "k"))
		s.none()
		s.clock.advance(time.Second)
		require.NoError(s, s.Purge(s.ctx, store.Cutoffs{DedupKeys: s.clock.Now()}))
		s.apply(signal(ann, "k"))
		s.fires(ann, "k")
	}},
	{"a signal that waits is raised once after a purge too", func(s *suite) {
		later := signal(ann, "k")
		later.Delay = time.Hour
		s.apply(later)
		s.clock.advance(time.Second)
		require.NoError(s, s.Purge(s.ctx, store.Cutoffs{DedupKeys: s.clock.Now()}))
		s.apply(signal(ann, "k"))
		require.Equal(s, store.Stats{Timers: 1}, s.stats())
	}},
	{"the keys of timers are not remembered", func(s *suite) {
		for range 2 {
			s.apply(timer(ann, "k", 0))
			s.fires(ann, "k")
		}
		s.apply(signal(ann, "k"))
		s.fires(ann, "k")
		s.apply(timer(ann, "k", 0))
		s.apply(signal(ann, "k"))
		s.fires(ann, "k")
		s.none()
	}},
	{"a raised event that waits can be taken back, and its key is free again", func(s *suite) {
		s.apply(signal(ann, "k"), timer(ann, "l", time.Minute), timer(ann, "m", time.Hour))
		require.False(s, s.cancelRaised(bob, "k"))
		require.False(s, s.cancelRaised(ann, "unknown"))
		require.True(s, s.cancelRaised(ann, "k"))
		require.False(s, s.cancelRaised(ann, "k"))
		s.none()
		s.apply(signal(ann, "k"))
		s.fires(ann, "k")
		require.True(s, s.cancelRaised(ann, "l"))
		s.clock.advance(time.Hour - time.Microsecond)
		s.none()
		s.clock.advance(time.Microsecond)
		s.fires(ann, "m")
		require.False(s, s.cancelRaised(ann, "m"))
		s.apply(signal(ann, "k"), timer(ann, "k", 0))
		require.True(s, s.cancelRaised(ann, "k"))
		s.apply(signal(ann, "k"))
		s.none()
	}},
	{"keys of signals and of timers are two sets", func(s *suite) {
		s.apply(timer(ann, "k", time.Second))
		s.apply(signal(ann, "k"))
		require.Equal(s, store.Stats{Events: 1, Timers: 1, Oldest: s.clock.Now()}, s.stats(), "a signal is not lost while a timer of its key waits")
		s.apply(timer(ann, "k", time.Minute))
		s.fires(ann, "k")
		s.clock.advance(time.Minute)
		s.fires(ann, "k")
		s.apply(signal(ann, "k"))
		s.none()

		s.apply(signal(ann, "l"), timer(ann, "l", time.Second))
		s.apply(store.CancelRaise{Conversation: ann, Key: "l", Replaceable: true})
		s.fires(ann, "l")
		s.clock.advance(time.Minute)
		s.none()

		s.apply(signal(ann, "m"), timer(ann, "m", time.Second), cancelRaise(ann, "m"))
		s.clock.advance(time.Minute)
		s.none()
		s.apply(signal(ann, "m"))
		s.fires(ann, "m")
	}},
	{"the writes of a turn apply in order", func(s *suite) {
		s.apply(timer(ann, "old", time.Second))
		s.put(ann, "a")
		lease := s.one(ann)
		out := store.Outcome{Lease: lease.LeaseID, Event: done(lease), Release: true, Writes: []store.Write{
			timer(ann, "twice", time.Second), timer(ann, "twice", time.Minute),
			timer(ann, "gone", time.Second), cancelRaise(ann, "gone"), cancelRaise(ann, "unknown"),
			cancelRaise(ann, "old"), timer(ann, "old", time.Hour),
			signal(ann, "s"), cancelRaise(ann, "s"), signal(ann, "s"),
		}}
		stale := out
		stale.Lease.Token--
		s.refuses(store.ErrFenced, stale)
		require.Equal(s, []string{"old"}, s.timers(ann), "a refused turn raises nothing")
		s.commit(out)
		require.Equal(s, []string{"s", "twice", "old"}, s.timers(ann))
		s.fires(ann, "s")
		s.clock.advance(time.Second)
		s.none()
		s.clock.advance(time.Hour)
		s.fires(ann, "twice")
		s.fires(ann, "old")
	}},
	{"a turn takes back what is due and was not handed out, but not its own event", func(s *suite) {
		s.apply(timer(ann, "own", time.Second), timer(ann, "next", 2*time.Second))
		s.clock.advance(time.Minute)
		lease := s.one(ann)
		require.Equal(s, []string{"own"}, raisedKeys(lease))
		s.commit(store.Outcome{Lease: lease.LeaseID, Event: again(lease), Writes: []store.Write{cancelRaise(ann, "own"), timer(ann, "own", time.Hour)}})
		retried := done(lease)
		retried.Attempts = 1
		s.commit(store.Outcome{
			Lease: lease.LeaseID, Event: retried, Release: true,
			Writes: []store.Write{cancelRaise(ann, "next"), cancelRaise(ann, "own"), timer(ann, "own", time.Minute)},
		})
		s.none()
		require.Equal(s, []string{"own"}, s.timers(ann))
		s.clock.advance(time.Minute)
		s.fires(ann, "own")
		s.clock.advance(time.Hour)
		s.none()
	}},
	{"from outside, an event that may be running stays", func(s *suite) {
		s.apply(timer(ann, "k", time.Second), timer(ann, "later", time.Hour))
		s.clock.advance(time.Minute)
		lease := s.one(ann)
		require.False(s, s.cancelRaised(ann, "k"), "its turn may run")
		require.True(s, s.cancelRaised(ann, "later"))
		again := timer(ann, "k", time.Second)
		again.Body = []byte("another")
		s.apply(again)
		s.finish(lease)
		s.clock.advance(time.Minute)
		lease = s.one(ann)
		require.Equal(s, []byte("another"), lease.Events[0].Body)
		s.finish(lease)
		s.none()
	}},
	{"what is raised again and again while a turn runs is one more event", func(s *suite) {
		s.apply(timer(ann, "k", 0), timer(ann, "l", 0))
		lease := s.one(ann)
		require.Equal(s, []string{"k"}, raisedKeys(lease))
		for i := range 3 {
			again := timer(ann, "k", 0)
			again.Body = []byte{byte(i)}
			s.apply(again)
		}
		require.True(s, s.cancelRaised(ann, "l"), "it is due, and its turn has not begun")
		s.finish(lease)
		lease = s.one(ann)
		require.Equal(s, []byte{2}, lease.Events[0].Body)
		s.finish(lease)
		s.none()
	}},
	{"another conversation's turn raises as from outside", func(s *suite) {
		s.apply(timer(bob, "k", time.Second))
		s.put(ann, "a")
		lease := s.one(ann)
		s.clock.advance(time.Second)
		held := s.one(bob)
		s.commit(store.Outcome{Lease: lease.LeaseID, Writes: []store.Write{cancelRaise(bob, "k"), timer(bob, "l", 0)}})
		s.finish(held)
		s.fires(bob, "l")
	}},
	{"an unknown person is refused if they must be known", func(s *suite) {
		known := signal(ann, "k")
		known.Known = true
		require.ErrorIs(s, s.Apply(s.ctx, thumb(bob), known), store.ErrNoPerson)
		s.none()
		_, err := s.Person(s.ctx, bob.PageID, bob.PSID)
		require.ErrorIs(s, err, store.ErrNotFound, "nothing took effect")
		s.put(ann, "a")
		first := s.one(ann)
		s.apply(known)
		s.finish(first)
		s.fires(ann, "k")
		require.ErrorIs(s, s.Apply(s.ctx, known), store.ErrNoPerson, "nothing has kept the person, and nothing of theirs waits")
		s.apply(thumb(ann))
		known.Key = "l"
		s.apply(known)
		s.fires(ann, "l")
		known.Key = "m"
		require.NoError(s, s.Forget(s.ctx, ann))
		require.ErrorIs(s, s.Apply(s.ctx, known), store.ErrNoPerson)
	}},
	{"timers are listed in pages", func(s *suite) {
		raise := timer(ann, "a", time.Minute)
		raise.Body = []byte("body")
		s.apply(raise, timer(ann, "b", time.Minute), timer(ann, "c", time.Second), timer(ann, "d", time.Hour), timer(bob, "e", time.Second))
		s.clock.advance(time.Minute)
		everything, err := s.Timers.Timers(s.ctx, ann, store.TimerQuery{})
		require.NoError(s, err)
		require.Equal(s, []string{"c", "a", "b", "d"}, s.timers(ann))
		require.NotZero(s, everything[1].ID)
		require.Equal(s, store.Timer{
			ID: everything[1].ID, Key: "a", Body: []byte("body"), Due: start.Add(time.Minute), Raised: start,
		}, everything[1])
		var paged []store.Timer
		for query := (store.TimerQuery{Limit: 1}); ; query.After = paged[len(paged)-1] {
			page, err := s.Timers.Timers(s.ctx, ann, query)
			require.NoError(s, err)
			if len(page) == 0 {
				break
			}
			require.Len(s, page, 1)
			paged = append(paged, page...)
		}
		require.Equal(s, everything, paged)
		require.Empty(s, s.timers(eve))
	}},
	{"what was raised is forgotten with the person, and a purge leaves it", func(s *suite) {
		s.apply(timer(ann, "k", time.Second), timer(ann, "l", time.Hour), timer(bob, "k", time.Hour), touch(ann, start), touch(bob, start), signal(ann, "s"))
		lease := s.one(ann)
		s.clock.advance(time.Minute)
		epochs := store.Cutoffs{People: s.clock.Now(), Received: s.clock.Now(), DedupKeys: s.clock.Now(), Sent: s.clock.Now()}
		require.NoError(s, s.Purge(s.ctx, epochs))
		require.Equal(s, []string{"s", "k", "l"}, s.timers(ann))
		require.Equal(s, []string{"k"}, s.timers(bob))
		s.person(bob)
		require.NoError(s, s.Forget(s.ctx, ann))
		require.Empty(s, s.timers(ann))
		s.refuses(store.ErrFenced, store.Outcome{Lease: lease.LeaseID, Event: done(lease), Writes: []store.Write{timer(ann, "n", 0)}})
		s.none()
		s.clock.advance(time.Hour)
		s.fires(bob, "k")
		require.NoError(s, s.Purge(s.ctx, store.Cutoffs{People: s.clock.Now()}))
		_, err := s.Person(s.ctx, bob.PageID, bob.PSID)
		require.ErrorIs(s, err, store.ErrNotFound)
		require.Equal(s, store.Stats{}, s.stats())
	}},
}
