package storetest

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
)

var raiseBoundPromises = []promise{
	{"what may wait in a conversation is bounded", func(s *suite) {
		var writes []store.Write
		for i := range store.MaxRaised {
			writes = append(writes, timer(ann, fmt.Sprint(i), time.Duration(i+1)*time.Second))
		}
		s.apply(writes...)
		more := timer(ann, "more", time.Hour)
		err := s.Apply(s.ctx, thumb(ann), more)
		refused, ok := errors.AsType[*store.RaiseLimitError](err)
		require.True(s, ok, "%v", err)
		require.Equal(s, &store.RaiseLimitError{Conversation: ann, Bound: store.MaxRaised}, refused)
		s.apply(timer(ann, "7", time.Hour), timer(bob, "more", time.Hour))
		s.apply(cancelRaise(ann, "7"), more, timer(ann, "more", time.Hour))

		s.put(ann, "a")
		lease := s.one(ann)
		over := timer(ann, "over", 0)
		over.Route = "r"
		_, err = s.Commit(s.ctx, store.Outcome{Lease: lease.LeaseID, Event: done(lease), Writes: []store.Write{cancelRaise(ann, "1"), over, timer(ann, "over", 0), timer(ann, "one more", 0)}})
		refused, ok = errors.AsType[*store.RaiseLimitError](err)
		require.True(s, ok, "%v", err)
		require.Equal(s, &store.RaiseLimitError{Conversation: ann, Bound: store.MaxRaised}, refused, "the last has no route")
		_, err = s.Commit(s.ctx, store.Outcome{Lease: lease.LeaseID, Event: done(lease), Writes: []store.Write{over}})
		refused, ok = errors.AsType[*store.RaiseLimitError](err)
		require.True(s, ok, "%v", err)
		require.Equal(s, "r", refused.Route)
		s.finish(lease)
		s.clock.advance(time.Second)
		lease = s.one(ann)
		require.Equal(s, []string{"0"}, raisedKeys(lease))
		s.commit(store.Outcome{Lease: lease.LeaseID, Event: done(lease), Writes: []store.Write{over}, Release: true})
		s.fires(ann, "over")
	}},
	{"where as many wait as may, a timer can still be moved, also while its turn runs", func(s *suite) {
		writes := []store.Write{timer(ann, "k", time.Second)}
		for i := range store.MaxRaised - 1 {
			writes = append(writes, timer(ann, fmt.Sprint(i), time.Hour))
		}
		s.apply(writes...)
		refused := func(writes ...store.Write) {
			s.Helper()
			_, ok := errors.AsType[*store.RaiseLimitError](s.Apply(s.ctx, writes...))
			require.True(s, ok)
		}
		refused(timer(ann, "more", time.Hour))
		s.apply(timer(ann, "0", time.Minute), timer(ann, "k", time.Second))
		refused(cancelRaise(ann, "k"), timer(ann, "more", time.Hour), timer(ann, "k", time.Second))
		s.clock.advance(time.Second)
		lease := s.one(ann)
		require.Equal(s, []string{"k"}, raisedKeys(lease))
		refused(timer(ann, "more", time.Hour))
		refused(signal(ann, "k"))
		s.apply(timer(ann, "k", time.Hour))
		s.apply(timer(ann, "k", 2*time.Hour), timer(ann, "0", time.Hour))
		refused(timer(ann, "more", time.Hour))
		s.commit(store.Outcome{Lease: lease.LeaseID, Event: done(lease), Writes: []store.Write{timer(ann, "k", 3*time.Hour)}, Release: true})
		require.Equal(s, store.MaxRaised, s.stats().Timers)
		refused(timer(ann, "more", time.Hour))
	}},
	{"bad input of a raise", func(s *suite) {
		long := signal(ann, strings.Repeat("k", store.MaxRaiseKey+1))
		large := signal(ann, "k")
		large.Body = make([]byte, store.MaxRaiseBody+1)
		for name, w := range map[string]store.Raise{
			"no key": signal(ann, ""), "long key": long, "zero byte": signal(ann, "k\x00"), "control character": signal(ann, "k\n"), "not UTF-8": signal(ann, "k\xff"), "large body": large, "long delay": timer(ann, "k", store.MaxRaiseDelay+1),
		} {
			err := s.Apply(s.ctx, thumb(ann), w)
			found, ok := errors.AsType[*store.RaiseError](err)
			require.True(s, ok, "%s: %v", name, err)
			require.True(s, found.Permanent())
			require.Less(s, len(err.Error()), 400)
		}
		require.ErrorIs(s, s.Apply(s.ctx, signal(store.Conversation{PageID: "p"}, "k")), store.ErrEmptyID)
		s.none()
		require.Equal(s, store.Stats{}, s.stats())

		most := timer(ann, strings.Repeat("k", store.MaxRaiseKey), store.MaxRaiseDelay)
		most.Body = make([]byte, store.MaxRaiseBody)
		s.apply(most)
		s.apply(timer(ann, "past", -time.Hour))
		s.fires(ann, "past")
		require.Equal(s, 1, s.stats().Timers)
		s.clock.advance(store.MaxRaiseDelay)
		require.Equal(s, most.Body, s.one(ann).Events[0].Body)
	}},
}
