package storetest

import (
	"fmt"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
)

// bury makes a dead letter of the first event of a lease and keeps the lease.
func (s *suite) bury(lease store.Lease, failures ...store.Failure) {
	s.Helper()
	result := done(lease)
	result.Failures = failures
	s.commit(store.Outcome{Lease: lease.LeaseID, Event: result, Release: true})
}

func (s *suite) letters(query store.DeadQuery) []store.DeadLetter {
	s.Helper()
	letters, err := s.Dead(s.ctx, query)
	require.NoError(s, err)
	return letters
}

var deadPromises = []promise{
	{"a dead letter tells what failed", func(s *suite) {
		ev := echo(ann, "k", "confirmed")
		require.NoError(s, s.Put(s.ctx, ev))
		lease := s.one(ann)
		s.commit(store.Outcome{Lease: lease.LeaseID, Event: again(lease), Release: true})
		s.clock.advance(time.Second)
		failures := []store.Failure{{Route: "r1", Error: "e1"}, {Route: "r2", Error: "e2"}}
		s.bury(s.one(ann), failures...)
		s.none()
		letters := s.letters(store.DeadQuery{})
		require.Len(s, letters, 1)
		require.NotZero(s, letters[0].ID)
		letters[0].ID = 0
		require.Equal(s, store.DeadLetter{Event: ev, Attempts: 2, Failures: failures, At: start.Add(time.Second)}, letters[0])
	}},
	{"dead letters are listed oldest first in pages", func(s *suite) {
		for i := range 5 {
			for _, conv := range []store.Conversation{ann, eve} {
				s.put(conv, fmt.Sprint(conv.PSID, i))
				s.bury(s.one(conv), store.Failure{Error: "e"})
			}
		}
		everything := s.letters(store.DeadQuery{})
		require.Len(s, everything, 10)
		for i := 1; i < 10; i++ {
			require.Greater(s, everything[i].ID, everything[i-1].ID)
		}
		require.Equal(s, everything[:4], s.letters(store.DeadQuery{Limit: 4}))
		require.Equal(s, everything[4:8], s.letters(store.DeadQuery{After: everything[3].ID, Limit: 4}))
		ofPage := s.letters(store.DeadQuery{PageID: eve.PageID, Limit: 3})
		require.Equal(s, []store.DeadLetter{everything[1], everything[3], everything[5]}, ofPage)
		require.Equal(s, everything[2:3], s.letters(store.DeadQuery{Key: everything[2].Key}))
		require.Equal(s, ofPage, s.letters(store.DeadQuery{PageID: eve.PageID, PSID: eve.PSID, Limit: 3}))
		require.Equal(s, everything[6:7], s.letters(store.DeadQuery{PSID: ann.PSID, PageID: ann.PageID, After: everything[5].ID, Limit: 1}))
		require.Empty(s, s.letters(store.DeadQuery{PageID: eve.PageID, PSID: "nobody"}))
		require.Equal(s, everything[2:3], s.letters(store.DeadQuery{PageID: ann.PageID, Key: everything[2].Key, Limit: 1}))
		require.Empty(s, s.letters(store.DeadQuery{PageID: eve.PageID, Key: everything[2].Key}))
		require.Empty(s, s.letters(store.DeadQuery{Key: everything[2].Key, After: everything[2].ID}))
		require.Empty(s, s.letters(store.DeadQuery{Key: "unknown"}))
	}},
	{"a replayed event comes last with what failed", func(s *suite) {
		s.put(ann, "k")
		s.bury(s.one(ann), store.Failure{Route: "r1"}, store.Failure{Route: "r2"}, store.Failure{Route: "r1"})
		later := event(ann, "later")
		later.Time = start.Add(time.Hour)
		require.NoError(s, s.Put(s.ctx, later))
		s.clock.advance(time.Second)
		id := s.letters(store.DeadQuery{})[0].ID
		require.NoError(s, s.Replay(s.ctx, id))
		require.ErrorIs(s, s.Replay(s.ctx, id), store.ErrNotFound)
		require.Empty(s, s.letters(store.DeadQuery{}))
		s.put(ann, "k")
		lease := s.one(ann)
		require.Equal(s, []string{"later", "k"}, eventKeys(lease))
		replayed := lease.Events[1]
		replayed.Seq = 0
		require.Equal(s, store.QueuedEvent{Event: event(ann, "k"), Only: []string{"r1", "r2"}, ReceivedAt: start.Add(time.Second)}, replayed)
	}},
	{"a replayed event wakes an idle conversation", func(s *suite) {
		s.put(ann, "k")
		s.bury(s.one(ann), store.Failure{Route: "r"})
		s.none()
		require.NoError(s, s.Replay(s.ctx, s.letters(store.DeadQuery{})[0].ID))
		s.one(ann)
	}},
	{"a failure without a route stands for all that were to run", func(s *suite) {
		s.put(ann, "k")
		s.bury(s.one(ann), store.Failure{Route: "r1"}, store.Failure{})
		require.NoError(s, s.Replay(s.ctx, s.letters(store.DeadQuery{})[0].ID))
		lease := s.one(ann)
		require.Empty(s, lease.Events[0].Only)
		s.bury(lease, store.Failure{Route: "r1"}, store.Failure{Route: "r2"})
		require.NoError(s, s.Replay(s.ctx, s.letters(store.DeadQuery{})[0].ID))
		s.bury(s.one(ann), store.Failure{Error: "killed"})
		require.NoError(s, s.Replay(s.ctx, s.letters(store.DeadQuery{})[0].ID))
		require.Equal(s, []string{"r1", "r2"}, s.one(ann).Events[0].Only)
	}},
	{"a dropped letter is gone", func(s *suite) {
		s.put(ann, "k")
		s.bury(s.one(ann), store.Failure{})
		id := s.letters(store.DeadQuery{})[0].ID
		require.NoError(s, s.Drop(s.ctx, id))
		require.ErrorIs(s, s.Drop(s.ctx, id), store.ErrNotFound)
		require.ErrorIs(s, s.Replay(s.ctx, id), store.ErrNotFound)
		require.Empty(s, s.letters(store.DeadQuery{}))
		s.put(ann, "k")
		s.none()
	}},
	{"an event that is done without failures leaves no letter", func(s *suite) {
		s.put(ann, "k")
		s.finish(s.one(ann))
		require.Empty(s, s.letters(store.DeadQuery{}))
	}},
}
