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
	{"a negative delay is none", func(s *suite) {
		s.enqueue(delayed(ann, "a", -time.Hour))
		waiting, err := s.Waiting(s.ctx)
		require.NoError(s, err)
		require.Equal(s, start, waiting[ann.PageID].OldestSend)
	}},
}
