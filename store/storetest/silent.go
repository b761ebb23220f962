package storetest

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
)

// remember stores something of each kind of what is kept of a person, and nothing that
// waits.
func (s *suite) remember(conv store.Conversation, at time.Time) {
	s.Helper()
	is := conv.PSID
	s.apply(
		touch(conv, at),
		store.AddLocation{Location: store.Location{PageID: conv.PageID, PSID: is, At: at}},
		store.SaveMessage{Received: store.Received{PageID: conv.PageID, PSID: is, Key: "k", Body: json.RawMessage(`1`), At: at}},
		store.SaveSent{Sent: store.Sent{PageID: conv.PageID, PSID: is, Key: "k", At: at}},
		store.SaveSession{PageID: conv.PageID, PSID: is, Name: "s", Data: json.RawMessage(`1`)},
	)
}

func (s *suite) purgeSilent(before time.Time) {
	s.Helper()
	require.NoError(s, s.Purge(s.ctx, store.Cutoffs{People: before}))
}

var silentPromises = []promise{
	{"people who have been silent are forgotten", func(s *suite) {
		s.remember(ann, start)
		s.remember(bob, start.Add(time.Second))
		s.put(ann, "handled")
		s.finish(s.one(ann))
		require.NoError(s, s.Purge(s.ctx, store.Cutoffs{}))
		require.Equal(s, 5, s.known(ann), "without a cutoff nobody is")
		s.purgeSilent(start)
		require.Equal(s, 5, s.known(ann), "who acted at the cutoff has not been silent since")
		s.purgeSilent(start.Add(time.Second))
		require.Zero(s, s.known(ann))
		require.Equal(s, 5, s.known(bob))

		// Who comes back is a new person; what was handled stays handled.
		s.clock.advance(time.Hour)
		s.put(ann, "handled")
		s.none()
		s.put(ann, "again")
		lease := s.one(ann)
		require.Equal(s, store.Person{PageID: ann.PageID, PSID: ann.PSID}, lease.Person)
		s.commit(store.Outcome{Lease: lease.LeaseID, Event: done(lease), Writes: []store.Write{touch(ann, s.clock.Now())}, Release: true})
		require.Equal(s, s.clock.Now(), s.person(ann).FirstSeen)
	}},
	{"people without an act are silent since they were first seen", func(s *suite) {
		s.apply(thumb(ann))
		s.clock.advance(time.Minute)
		s.apply(thumb(bob))
		s.purgeSilent(start.Add(time.Minute))
		require.Zero(s, s.known(ann))
		require.Equal(s, 1, s.known(bob))
	}},
	{"people for whom something waits are not forgotten", func(s *suite) {
		cutoff := start.Add(time.Hour)
		purge := func(want int, why string) {
			s.Helper()
			s.purgeSilent(cutoff)
			require.Equal(s, want, s.known(ann), why)
		}
		s.remember(ann, start)
		s.put(ann, "a")
		purge(5, "an event waits")
		lease := s.one(ann)
		s.commit(store.Outcome{Lease: lease.LeaseID, Event: done(lease)})
		purge(5, "a turn is under way")
		s.commit(store.Outcome{Lease: lease.LeaseID, Sends: []store.Send{delayed(ann, "later", time.Minute)}, Release: true})
		purge(5, "a send waits for its time")
		s.clock.advance(time.Minute)
		s.finish(s.one(ann))
		s.put(ann, "bad")
		s.bury(s.one(ann), store.Failure{Error: "e"})
		purge(5, "a dead letter waits for whoever runs the bot")
		require.NoError(s, s.Drop(s.ctx, s.letters(store.DeadQuery{})[0].ID))
		purge(0, "nothing is left to do")
	}},
	{"a lease that expired keeps no silent person", func(s *suite) {
		s.remember(ann, start)
		s.put(ann, "a")
		lease := s.one(ann)
		s.commit(store.Outcome{Lease: lease.LeaseID, Event: done(lease)})
		s.clock.advance(ttl)
		s.purgeSilent(s.clock.Now())
		require.Zero(s, s.known(ann))
		s.refuses(store.ErrFenced, store.Outcome{Lease: lease.LeaseID, Writes: []store.Write{thumb(ann)}, Release: true})
		require.Zero(s, s.known(ann))
	}},
	{"more people are forgotten than fit one step", func(s *suite) {
		const silent = 1203
		var writes []store.Write
		for i := range silent {
			writes = append(writes, touch(store.Conversation{PageID: fmt.Sprint("page", i%3), PSID: fmt.Sprint(i)}, start))
			if i%100 == 50 {
				writes = append(writes, touch(store.Conversation{PageID: fmt.Sprint("page", i%3), PSID: fmt.Sprint(i)}, start.Add(time.Hour)))
			}
		}
		s.apply(writes...)
		s.purgeSilent(start.Add(time.Minute))
		for i := range silent {
			_, err := s.Person(s.ctx, fmt.Sprint("page", i%3), fmt.Sprint(i))
			if i%100 == 50 {
				require.NoError(s, err, i)
			} else {
				require.ErrorIs(s, err, store.ErrNotFound, i)
			}
		}
	}},
	{"who comes back while people are forgotten is handled", func(s *suite) {
		const people = 60
		conv := func(i int) store.Conversation {
			return store.Conversation{PageID: "page", PSID: fmt.Sprint(i)}
		}
		for i := range people {
			s.apply(touch(conv(i), start), thumb(conv(i)))
		}
		later := start.Add(time.Hour)
		ctx := context.WithoutCancel(s.ctx)
		var working sync.WaitGroup
		working.Go(func() {
			for range 10 {
				assert.NoError(s, s.Purge(ctx, store.Cutoffs{People: start.Add(time.Minute)}))
			}
		})
		for part := range 3 {
			working.Go(func() {
				for i := part; i < people; i += 3 {
					assert.NoError(s, s.Put(ctx, event(conv(i), fmt.Sprint(i))))
				}
			})
		}
		working.Wait()
		handled := map[store.Conversation]bool{}
		for len(handled) < people {
			leases := s.claim(all)
			require.NotEmpty(s, leases, "an event was lost")
			for _, lease := range leases {
				handled[lease.Conversation] = true
				// All of what was known is there, or nothing.
				if lease.Person.ThumbUps == 0 {
					require.Zero(s, lease.Person.LastAct)
				} else {
					require.Equal(s, start, lease.Person.LastAct)
				}
				s.commit(store.Outcome{Lease: lease.LeaseID, Event: done(lease), Writes: []store.Write{touch(lease.Conversation, later)}, Release: true})
			}
		}
		s.purgeSilent(start.Add(time.Minute))
		for i := range people {
			require.Equal(s, later, s.person(conv(i)).LastAct)
		}
	}},
}
