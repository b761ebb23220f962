package storetest

import (
	"encoding/json"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
)

// unsending is an event that says that the message of another was deleted.
func unsending(conv store.Conversation, key string) store.Event {
	ev := event(conv, "unsends "+key)
	ev.Unsends = store.Unsent{Key: key, MID: "mid of " + key}
	return ev
}

// kept writes what a turn may keep of an event.
func kept(conv store.Conversation, key string) []store.Write {
	return []store.Write{
		store.SaveMessage{Received: store.Received{PageID: conv.PageID, PSID: conv.PersonID, Key: key, Body: json.RawMessage(`1`), At: start}},
		store.AddLocation{Location: store.Location{PageID: conv.PageID, PSID: conv.PersonID, MID: "mid of " + key, At: start}},
	}
}

// keeps counts what is kept of a person's events.
func (s *suite) keeps(conv store.Conversation) int {
	s.Helper()
	locations, err := s.Locations(s.ctx, conv.PageID, conv.PersonID, 10)
	require.NoError(s, err)
	received, err := s.Received(s.ctx, conv.PageID, conv.PersonID, 10)
	require.NoError(s, err)
	return len(locations) + len(received)
}

var unsendPromises = []promise{
	{"what was unsent is not kept", func(s *suite) {
		s.put(ann, "a", "b")
		lease := s.one(ann)
		s.commit(store.Outcome{Lease: lease.LeaseID, Event: done(lease), Writes: append(kept(ann, "a"), kept(ann, "b")...), Release: true})
		s.apply(kept(bob, "a")...)
		require.Equal(s, 4, s.keeps(ann))
		require.NoError(s, s.Put(s.ctx, unsending(ann, "a")))
		require.Equal(s, 2, s.keeps(ann))
		require.Equal(s, 2, s.keeps(bob), "another conversation is not concerned")
		received, err := s.Received(s.ctx, ann.PageID, ann.PersonID, 10)
		require.NoError(s, err)
		require.Equal(s, "b", received[0].Key)
		require.Equal(s, []string{"b", "unsends a"}, eventKeys(s.one(ann)), "the event that unsends is handled itself")
	}},
	{"what was unsent waits no longer", func(s *suite) {
		s.put(ann, "a", "b")
		require.NoError(s, s.Put(s.ctx, unsending(ann, "a")))
		require.Equal(s, 2, s.stats().Events)
		lease := s.one(ann)
		require.Equal(s, []string{"b", "unsends a"}, eventKeys(lease))
		require.Empty(s, lease.Events[1].Unsends, "it has taken effect")
	}},
	{"what was unsent before it came is not stored", func(s *suite) {
		require.NoError(s, s.Put(s.ctx, unsending(ann, "a")))
		s.put(ann, "a")
		require.Equal(s, []string{"unsends a"}, eventKeys(s.one(ann)))
	}},
	{"what the same call unsends is not stored", func(s *suite) {
		require.NoError(s, s.Put(s.ctx, event(ann, "a"), unsending(ann, "a")))
		require.NoError(s, s.Put(s.ctx, unsending(ann, "c"), event(ann, "c")))
		s.put(ann, "a", "c")
		require.Equal(s, []string{"unsends a", "unsends c"}, eventKeys(s.one(ann)))
		require.Equal(s, 2, s.stats().Events)
	}},
	{"a turn of what is unsent meanwhile has no effect", func(s *suite) {
		s.put(ann, "a")
		lease := s.one(ann)
		require.NoError(s, s.Put(s.ctx, unsending(ann, "a")))
		s.refuses(store.ErrNotFound, store.Outcome{
			Lease: lease.LeaseID, Event: done(lease), Writes: append(kept(ann, "a"), thumb(ann)), Sends: []store.Send{send(ann, "s")}, Release: true,
		})
		require.Zero(s, s.keeps(ann))
		require.Zero(s, s.stats().Sends)
		s.release(lease)
		require.Equal(s, []string{"unsends a"}, eventKeys(s.one(ann)))
	}},
	{"the dead letter of what was unsent is gone", func(s *suite) {
		s.put(ann, "a")
		lease := s.one(ann)
		result := done(lease)
		result.Failures = []store.Failure{{Route: "r", Error: "e"}}
		s.commit(store.Outcome{Lease: lease.LeaseID, Event: result, Release: true})
		letters, err := s.Dead(s.ctx, store.DeadQuery{})
		require.NoError(s, err)
		require.Len(s, letters, 1)
		require.NoError(s, s.Put(s.ctx, unsending(ann, "a")))
		require.ErrorIs(s, s.Replay(s.ctx, letters[0].ID), store.ErrNotFound)
		require.Zero(s, s.stats().Dead)
		s.put(ann, "a")
		require.Equal(s, []string{"unsends a"}, eventKeys(s.one(ann)))
	}},
	{"a replayed dead letter that is unsent waits no longer", func(s *suite) {
		s.put(ann, "a")
		lease := s.one(ann)
		result := done(lease)
		result.Failures = []store.Failure{{Route: "r", Error: "e"}}
		s.commit(store.Outcome{Lease: lease.LeaseID, Event: result, Release: true})
		letters, err := s.Dead(s.ctx, store.DeadQuery{})
		require.NoError(s, err)
		require.NoError(s, s.Replay(s.ctx, letters[0].ID))
		require.NoError(s, s.Put(s.ctx, unsending(ann, "a")))
		require.Equal(s, []string{"unsends a"}, eventKeys(s.one(ann)))
	}},
	{"an event that is put again unsends nothing again", func(s *suite) {
		require.NoError(s, s.Put(s.ctx, unsending(ann, "a")))
		s.apply(kept(ann, "a")...)
		require.NoError(s, s.Put(s.ctx, unsending(ann, "a")))
		require.Equal(s, 2, s.keeps(ann), "its own conversation's writes are the program's")
	}},
	{"what was unsent makes room in the backlog", func(s *suite) {
		s.put(ann, "a")
		for i := range backlog - 2 {
			s.put(ann, "more "+string(rune('a'+i)))
		}
		require.NoError(s, s.Put(s.ctx, unsending(ann, "a")))
		s.put(ann, "last")
		var over *store.BacklogError
		require.ErrorAs(s, s.Put(s.ctx, event(ann, "over")), &over)
	}},
}
