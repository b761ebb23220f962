package storetest

import (
	"errors"
	"math"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
)

// everything is an outcome with a part of each kind, for a lease on ann with
// an event and a send.
func everything(lease store.Lease) store.Outcome {
	result := done(lease)
	result.Failures = []store.Failure{{Route: "r", Error: "e"}}
	return store.Outcome{
		Lease:   lease.LeaseID,
		Event:   result,
		Writes:  []store.Write{thumb(ann), store.SaveSession{PageID: ann.PageID, PSID: ann.PSID, Name: "s", Data: []byte("1")}},
		Sends:   []store.Send{send(ann, "new"), send(bob, "for bob")},
		Results: []store.SendResult{{Key: lease.Sends[0].Key, State: store.SendFinished}},
		Release: true,
	}
}

// untouched expects that nothing of an outcome made by everything took effect,
// and that the lease still holds.
func (s *suite) untouched(lease store.Lease) {
	s.Helper()
	s.none()
	_, err := s.Person(s.ctx, ann.PageID, ann.PSID)
	require.ErrorIs(s, err, store.ErrNotFound)
	_, err = s.Session(s.ctx, ann.PageID, ann.PSID, "s")
	require.ErrorIs(s, err, store.ErrNotFound)
	stats := s.stats()
	require.Equal(s, 1, stats.Events)
	require.Equal(s, 1, stats.Sends)
	require.Zero(s, stats.Dead)
	s.commit(everything(lease))
	stats = s.stats()
	require.Zero(s, stats.Events)
	require.Equal(s, 2, stats.Sends)
	require.Equal(s, 1, stats.Dead)
	require.Equal(s, 1, s.person(ann).ThumbUps)
}

// refused is a promise that an outcome which is spoiled in one way fails, and
// that nothing of it takes effect.
func refused(name string, want error, spoil func(o *store.Outcome)) promise {
	return promise{name, func(s *suite) {
		s.put(ann, "a")
		s.enqueue(send(ann, "old"))
		lease := s.one(ann)
		o := everything(lease)
		spoil(&o)
		_, err := s.Commit(s.ctx, o)
		require.Error(s, err)
		if want != nil {
			require.ErrorIs(s, err, want)
		}
		s.untouched(lease)
	}}
}

var commitPromises = []promise{
	refused("a conflict leaves nothing of the outcome", store.ErrConflict, func(o *store.Outcome) {
		o.Writes = append(o.Writes, store.SaveSession{PageID: ann.PageID, PSID: ann.PSID, Name: "s", Version: 7})
	}),
	refused("an unknown event leaves nothing of the outcome", store.ErrNotFound, func(o *store.Outcome) {
		o.Event = &store.EventResult{Seq: 1 << 40}
	}),
	refused("an unknown event to retry leaves nothing of the outcome", store.ErrNotFound, func(o *store.Outcome) {
		o.Event = &store.EventResult{Seq: 1 << 40, Retry: true}
	}),
	refused("an event of other attempts leaves nothing of the outcome", store.ErrNotFound, func(o *store.Outcome) {
		o.Event.Attempts++
	}),
	refused("an event of other attempts to retry leaves nothing of the outcome", store.ErrNotFound, func(o *store.Outcome) {
		o.Event.Attempts, o.Event.Retry = 1, true
	}),
	refused("a send without a key leaves nothing of the outcome", nil, func(o *store.Outcome) {
		o.Sends = append(o.Sends, send(ann, ""))
	}),
	refused("an unknown state leaves nothing of the outcome", nil, func(o *store.Outcome) {
		o.Results = append(o.Results, store.SendResult{Key: "old"})
	}),
	refused("a nil write leaves nothing of the outcome", nil, func(o *store.Outcome) {
		o.Writes = append(o.Writes, nil)
	}),
	refused("an unknown call leaves nothing of the outcome", errors.ErrUnsupported, func(o *store.Outcome) {
		o.Writes = append(o.Writes, store.Call{API: "nobody knows", Run: func(any) error { return nil }})
	}),
	refused("a pointer to a write leaves nothing of the outcome", nil, func(o *store.Outcome) {
		o.Writes = append(o.Writes, &store.AddThumbUp{PageID: ann.PageID, PSID: ann.PSID})
	}),
	refused("a place that is none leaves nothing of the outcome", nil, func(o *store.Outcome) {
		o.Writes = append(o.Writes, place(math.NaN(), 0))
	}),
	refused("a wrong fencing token leaves nothing of the outcome", store.ErrFenced, func(o *store.Outcome) { o.Lease.Token++ }),
	{"a conflict names its session", func(s *suite) {
		s.put(ann, "a")
		lease := s.one(ann)
		var conflict *store.ConflictError
		_, err := s.Commit(s.ctx, store.Outcome{Lease: lease.LeaseID, Writes: []store.Write{session(0, `1`), session(0, `2`)}})
		require.ErrorAs(s, err, &conflict)
		require.Equal(s, store.ConflictError{PageID: ann.PageID, PSID: ann.PSID, Name: "order"}, *conflict)
		conflict = nil
		require.ErrorAs(s, s.Apply(s.ctx, session(7, `1`)), &conflict)
		require.Equal(s, store.ConflictError{PageID: ann.PageID, PSID: ann.PSID, Name: "order"}, *conflict)
	}},
	{"an event that is retried twice by mistake counts once", func(s *suite) {
		s.put(ann, "a")
		lease := s.one(ann)
		retry := store.Outcome{Lease: lease.LeaseID, Event: again(lease), Writes: []store.Write{thumb(ann)}}
		s.commit(retry)
		s.refuses(store.ErrNotFound, retry)
		s.refuses(store.ErrNotFound, store.Outcome{Lease: lease.LeaseID, Event: done(lease)})
		s.release(lease)
		require.Equal(s, 1, s.person(ann).ThumbUps)
		lease = s.one(ann)
		require.Equal(s, 1, lease.Events[0].Attempts)
		s.finish(lease)
		s.none()
	}},
	{"an event that asked to wait stays at the head, and has no attempt more", func(s *suite) {
		s.put(ann, "a", "b")
		lease := s.one(ann)
		s.commit(store.Outcome{Lease: lease.LeaseID, Event: again(lease), Release: true})
		lease = s.one(ann)
		waits := again(lease)
		waits.Uncounted = true
		s.commit(store.Outcome{Lease: lease.LeaseID, Event: waits, Writes: []store.Write{thumb(ann)}, Release: true, After: time.Minute})
		s.none()
		s.clock.advance(time.Minute)
		lease = s.one(ann)
		require.Equal(s, []string{"a", "b"}, []string{lease.Events[0].Key, lease.Events[1].Key})
		require.Equal(s, 1, lease.Events[0].Attempts)
		require.Equal(s, 1, s.person(ann).ThumbUps)
		s.finish(lease)
	}},
	refused("an unknown event that asked to wait leaves nothing of the outcome", store.ErrNotFound, func(o *store.Outcome) {
		o.Event = &store.EventResult{Seq: 1 << 40, Retry: true, Uncounted: true}
	}),
	{"a stale lease is fenced", func(s *suite) {
		s.put(ann, "a")
		s.enqueue(send(ann, "old"))
		stale := s.one(ann)
		s.clock.advance(ttl)
		lease := s.one(ann)
		s.refuses(store.ErrFenced, everything(stale))
		s.untouched(lease)
	}},
	{"an expired lease commits while nobody has claimed", func(s *suite) {
		s.put(ann, "a")
		lease := s.one(ann)
		s.clock.advance(3 * ttl)
		s.commit(store.Outcome{Lease: lease.LeaseID, Event: done(lease), Release: true})
		s.none()
	}},
	{"a lease ends with its release", func(s *suite) {
		s.put(ann, "a")
		lease := s.one(ann)
		s.release(lease)
		s.refuses(store.ErrFenced, store.Outcome{Lease: lease.LeaseID, Event: done(lease)})
		require.Equal(s, []string{"a"}, eventKeys(s.one(ann)))
	}},
	{"a lease is kept unless it is released", func(s *suite) {
		s.put(ann, "a", "b")
		lease := s.one(ann)
		s.commit(store.Outcome{Lease: lease.LeaseID, Event: done(lease), Writes: []store.Write{thumb(ann)}})
		require.Equal(s, 1, s.person(ann).ThumbUps)
		s.none()
		s.commit(store.Outcome{Lease: lease.LeaseID, Event: end(lease.Events[1]), Release: true})
		s.none()
		require.Zero(s, s.stats().Events)
	}},
	{"what came during a lease is due after it", func(s *suite) {
		s.put(ann, "a")
		lease := s.one(ann)
		s.put(ann, "b")
		s.enqueue(send(ann, "s"))
		s.commit(store.Outcome{Lease: lease.LeaseID, Event: done(lease), Release: true})
		lease = s.one(ann)
		require.Equal(s, []string{"b"}, eventKeys(lease))
		require.Equal(s, []string{"s"}, sendKeys(lease))
	}},
	{"an event of another conversation cannot be ended", func(s *suite) {
		s.put(ann, "a")
		anns := s.one(ann)
		s.put(bob, "b")
		bobs := s.one(bob)
		_, err := s.Commit(s.ctx, store.Outcome{Lease: bobs.LeaseID, Event: done(anns)})
		require.ErrorIs(s, err, store.ErrNotFound)
		require.Equal(s, 2, s.stats().Events)
	}},
	{"a negative pause is none", func(s *suite) {
		s.put(ann, "a")
		s.commit(store.Outcome{Lease: s.one(ann).LeaseID, Release: true, After: -time.Hour})
		s.one(ann)
	}},
}
