package storetest

import (
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
)

var delayPromises = []promise{
	{"a delayed send holds nothing back", func(s *suite) {
		s.enqueue(delayed(ann, "later", time.Minute))
		s.none()
		s.enqueue(send(ann, "now"))
		lease := s.one(ann)
		require.Equal(s, []string{"now"}, sendKeys(lease))
		s.finish(lease)
		s.none()
		s.clock.advance(time.Minute - time.Microsecond)
		s.none()
		s.clock.advance(time.Microsecond)
		require.Equal(s, []string{"later"}, sendKeys(s.one(ann)))
	}},
	{"the sooner of two delayed sends wakes", func(s *suite) {
		s.enqueue(delayed(ann, "second", time.Hour))
		s.enqueue(delayed(ann, "first", time.Minute))
		s.clock.advance(time.Minute)
		lease := s.one(ann)
		require.Equal(s, []string{"first"}, sendKeys(lease))
		s.finish(lease)
		s.none()
		s.clock.advance(time.Hour)
		require.Equal(s, []string{"second"}, sendKeys(s.one(ann)))
	}},
	{"a hold outlasts a delay", func(s *suite) {
		s.put(ann, "a")
		lease := s.one(ann)
		s.commit(store.Outcome{
			Lease: lease.LeaseID, Event: done(lease), Sends: []store.Send{delayed(ann, "soon", time.Second)},
			Release: true, After: time.Minute,
		})
		s.enqueue(delayed(ann, "sooner", time.Millisecond))
		s.clock.advance(time.Minute - time.Microsecond)
		s.none()
		s.clock.advance(time.Microsecond)
		require.Equal(s, []string{"soon", "sooner"}, sendKeys(s.one(ann)))
	}},
	{"a backward clock step lets no send overtake another", func(s *suite) {
		for conv, step := range map[store.Conversation]time.Duration{ann: time.Millisecond, bob: 900 * time.Millisecond, {PageID: "page1", PSID: "cid"}: time.Minute} {
			s.enqueue(send(conv, "first of "+conv.PSID))
			s.clock.advance(-step)
			s.put(conv, "event of "+conv.PSID)
			lease := s.one(conv)
			for _, key := range []string{"second of ", "third of "} {
				due, err := s.Commit(s.ctx, store.Outcome{Lease: lease.LeaseID, Sends: []store.Send{send(conv, key+conv.PSID)}, Due: 10})
				require.NoError(s, err)
				if len(due) > 0 {
					require.Equal(s, "first of "+conv.PSID, due[0].Key)
				}
			}
			s.commit(store.Outcome{Lease: lease.LeaseID, Event: done(lease), Release: true})
			s.enqueue(send(conv, "fourth of "+conv.PSID))
			s.clock.advance(step)
			lease = s.one(conv)
			require.Equal(s, []string{"first of " + conv.PSID, "second of " + conv.PSID, "third of " + conv.PSID, "fourth of " + conv.PSID}, sendKeys(lease))
			for _, key := range sendKeys(lease) {
				s.results(lease, key, store.SendFinished)
			}
			s.release(lease)
		}
	}},
	{"a negative delay is none", func(s *suite) {
		s.enqueue(delayed(ann, "a", -time.Hour))
		waiting, err := s.Waiting(s.ctx)
		require.NoError(s, err)
		require.Equal(s, start, waiting[ann.PageID].OldestSend)
	}},
}
