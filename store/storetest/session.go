package storetest

import (
	"encoding/json"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
)

func place(latitude, longitude float64) store.Write {
	return store.AddLocation{Location: store.Location{
		PageID: ann.PageID, PSID: ann.PSID, Latitude: latitude, Longitude: longitude, At: start,
	}}
}

func session(version int64, data string) store.SaveSession {
	return store.SaveSession{PageID: ann.PageID, PSID: ann.PSID, Name: "order", Data: json.RawMessage(data), Version: version}
}

var sessionPromises = []promise{
	{"a session is saved from its newest version only", func(s *suite) {
		_, err := s.Session(s.ctx, ann.PageID, ann.PSID, "order")
		require.ErrorIs(s, err, store.ErrNotFound)
		require.ErrorIs(s, s.Apply(s.ctx, session(1, `1`)), store.ErrConflict)
		s.apply(session(0, `{"step": 1}`))
		got, err := s.Session(s.ctx, ann.PageID, ann.PSID, "order")
		require.NoError(s, err)
		require.Equal(s, store.Session{
			PageID: ann.PageID, PSID: ann.PSID, Name: "order", Data: json.RawMessage(`{"step": 1}`), Version: 1,
		}, got)
		require.ErrorIs(s, s.Apply(s.ctx, session(0, `2`)), store.ErrConflict)
		require.ErrorIs(s, s.Apply(s.ctx, session(2, `2`)), store.ErrConflict)
		s.apply(session(1, `2`), session(2, `3`))
		got, err = s.Session(s.ctx, ann.PageID, ann.PSID, "order")
		require.NoError(s, err)
		require.Equal(s, int64(3), got.Version)
		require.JSONEq(s, `3`, string(got.Data))
	}},
	{"an expired session is none", func(s *suite) {
		w := session(0, `1`)
		w.Expires = start.Add(time.Minute)
		s.apply(w)
		s.clock.advance(time.Minute)
		_, err := s.Session(s.ctx, ann.PageID, ann.PSID, "order")
		require.ErrorIs(s, err, store.ErrNotFound)
		require.ErrorIs(s, s.Apply(s.ctx, session(1, `2`)), store.ErrConflict)
		s.apply(session(0, `2`))
		got, err := s.Session(s.ctx, ann.PageID, ann.PSID, "order")
		require.NoError(s, err)
		require.Equal(s, int64(1), got.Version)
		require.Zero(s, got.Expires)
	}},
	{"the life of a session is counted by the store's clock from the commit", func(s *suite) {
		stored := func() store.Session {
			got, err := s.Session(s.ctx, ann.PageID, ann.PSID, "order")
			require.NoError(s, err)
			return got
		}
		w := session(0, `1`)
		w.Life, w.Expires = time.Minute, start.Add(time.Second)
		s.clock.advance(time.Hour)
		s.put(ann, "a")
		lease := s.one(ann)
		s.clock.advance(time.Second)
		_, err := s.Commit(s.ctx, store.Outcome{Lease: lease.LeaseID, Writes: []store.Write{w}})
		require.NoError(s, err)
		require.Equal(s, s.clock.Now().Add(time.Minute), stored().Expires, "Expires does not count")
		s.clock.advance(time.Minute - time.Microsecond)
		w.Version = 1
		s.apply(w) // lives anew
		s.clock.advance(time.Minute - time.Microsecond)
		require.Equal(s, int64(2), stored().Version)
		s.clock.advance(time.Microsecond)
		_, err = s.Session(s.ctx, ann.PageID, ann.PSID, "order")
		require.ErrorIs(s, err, store.ErrNotFound)

		brief := session(0, `2`)
		brief.Life = time.Nanosecond
		s.apply(brief, brief)
		w = session(0, `3`)
		w.Life, w.Expires = -time.Minute, s.clock.Now().Add(time.Second)
		s.apply(w)
		require.Equal(s, w.Expires, stored().Expires, "a life below 1 is none")
	}},
	{"a deleted session is none", func(s *suite) {
		gone := store.DeleteSession{PageID: ann.PageID, PSID: ann.PSID, Name: "order"}
		s.apply(gone)
		s.apply(session(0, `1`), gone, session(0, `2`), session(1, `3`))
		s.apply(gone)
		_, err := s.Session(s.ctx, ann.PageID, ann.PSID, "order")
		require.ErrorIs(s, err, store.ErrNotFound)
	}},
	{"sessions have names", func(s *suite) {
		other := session(0, `2`)
		other.Name = "other"
		s.apply(session(0, `1`), other)
		got, err := s.Session(s.ctx, ann.PageID, ann.PSID, "order")
		require.NoError(s, err)
		require.JSONEq(s, `1`, string(got.Data))
	}},
}
