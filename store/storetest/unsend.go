package storetest

import (
	"encoding/json"
	"strconv"
	"sync"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
)

// unsending is an event that says that the message of another was deleted.
func unsending(conv store.Conversation, key string) store.Event {
	ev := event(conv, "unsends "+key)
	ev.Unsends = store.Unsent{Keys: []string{key, "echo of " + key}, Edits: editOf(key), MID: "mid of " + key}
	return ev
}

// editOf is what the keys of a message's edits begin with. Its first two parts are
// those of other messages' too.
func editOf(key string) string { return "edit/ü/" + key + "/" }

// edit is the nth edit of a message.
func edit(conv store.Conversation, key string, n int) store.Event {
	ev := event(conv, editOf(key)+strconv.Itoa(n))
	ev.EditOf = editOf(key)
	return ev
}

// kept writes what a turn may keep of an event.
func kept(conv store.Conversation, key string) []store.Write {
	return []store.Write{
		store.SaveMessage{Received: store.Received{PageID: conv.PageID, PSID: conv.PSID, Key: key, Body: json.RawMessage(`1`), At: start}},
		store.AddLocation{Location: store.Location{PageID: conv.PageID, PSID: conv.PSID, MID: "mid of " + key, At: start}},
	}
}

// keeps counts what is kept of a person's events.
func (s *suite) keeps(conv store.Conversation) int {
	s.Helper()
	locations, err := s.Locations(s.ctx, conv.PageID, conv.PSID, 10)
	require.NoError(s, err)
	received, err := s.Received(s.ctx, conv.PageID, conv.PSID, 10)
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
		received, err := s.Received(s.ctx, ann.PageID, ann.PSID, 10)
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
	{"a call unsends nothing of other conversations, nor what it puts under its own key", func(s *suite) {
		unsent := event(ann, "unsent")
		unsent.Unsends = store.Unsent{Keys: []string{"unsent", "bobs"}}
		require.NoError(s, s.Put(s.ctx, event(bob, "bobs"), unsent))
		leases := s.claim(all)
		require.Len(s, leases, 2)
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
	{"all that has the content of what was unsent waits no longer", func(s *suite) {
		others := []store.Event{edit(ann, "ab", 1), event(ann, "edit/ü/"), event(ann, "edit"), edit(ann, "A", 1), event(ann, "of a")}
		require.NoError(s, s.Put(s.ctx, others...))
		require.NoError(s, s.Put(s.ctx, event(ann, "a"), event(ann, "echo of a"), edit(ann, "a", 1), edit(ann, "a", 2), edit(bob, "a", 3)))
		require.NoError(s, s.Put(s.ctx, unsending(ann, "a")))
		require.Equal(s, len(others)+2, s.stats().Events)
		leases := s.claim(all)
		require.Len(s, leases, 2)
		for _, lease := range leases {
			if lease.Conversation == ann {
				require.ElementsMatch(s, append(eventKeysOf(others), "unsends a"), eventKeys(lease))
			} else {
				require.Equal(s, []string{edit(bob, "a", 3).Key}, eventKeys(lease), "another conversation is not concerned")
			}
			for _, ev := range lease.Events {
				require.Empty(s, ev.EditOf, "it has taken effect")
			}
		}
	}},
	{"an edit that comes after the deletion is not stored", func(s *suite) {
		require.NoError(s, s.Put(s.ctx, unsending(ann, "a")))
		require.NoError(s, s.Put(s.ctx, edit(ann, "a", 1), edit(ann, "ab", 1)))
		require.NoError(s, s.Put(s.ctx, event(ann, "echo of a"), edit(ann, "a", 2), edit(ann, "a", 1)))
		require.Equal(s, []string{"unsends a", edit(ann, "ab", 1).Key}, eventKeys(s.one(ann)))
		require.Equal(s, 2, s.stats().Events)
	}},
	{"an edit that comes before its message is erased with it", func(s *suite) {
		require.NoError(s, s.Put(s.ctx, edit(ann, "a", 1)))
		require.NoError(s, s.Put(s.ctx, unsending(ann, "a")))
		require.NoError(s, s.Put(s.ctx, event(ann, "a"), edit(ann, "a", 1)))
		require.Equal(s, []string{"unsends a"}, eventKeys(s.one(ann)))
	}},
	{"an edit in the same call as the deletion is not stored", func(s *suite) {
		require.NoError(s, s.Put(s.ctx, edit(ann, "a", 1), unsending(ann, "a"), edit(ann, "a", 2)))
		require.NoError(s, s.Put(s.ctx, edit(ann, "a", 1), edit(ann, "a", 2)))
		require.Equal(s, []string{"unsends a"}, eventKeys(s.one(ann)))
		require.Equal(s, 1, s.stats().Events)
	}},
	{"an edit of what was not unsent is stored once", func(s *suite) {
		for range 2 {
			require.NoError(s, s.Put(s.ctx, event(ann, "a"), edit(ann, "a", 1), edit(ann, "a", 2)))
			require.NoError(s, s.Put(s.ctx, unsending(ann, "b"), edit(ann, "a", 2), edit(ann, "a", 3)))
		}
		require.Equal(s, []string{"a", edit(ann, "a", 1).Key, edit(ann, "a", 2).Key, "unsends b", edit(ann, "a", 3).Key}, eventKeys(s.one(ann)))
	}},
	{"a turn of an edit that is unsent meanwhile has no effect", func(s *suite) {
		ev := edit(ann, "a", 1)
		require.NoError(s, s.Put(s.ctx, ev))
		lease := s.one(ann)
		require.NoError(s, s.Put(s.ctx, unsending(ann, "a")))
		s.refuses(store.ErrNotFound, store.Outcome{
			Lease: lease.LeaseID, Event: done(lease), Writes: kept(ann, ev.Key), Sends: []store.Send{send(ann, "s")}, Release: true,
		})
		require.Zero(s, s.keeps(ann))
		require.Zero(s, s.stats().Sends)
	}},
	{"what was kept of an edit goes with its message", func(s *suite) {
		for _, ev := range []store.Event{edit(ann, "a", 1), edit(ann, "a", 2), edit(ann, "ab", 1), event(ann, "echo of a")} {
			s.apply(kept(ann, ev.Key)[:1]...)
			s.apply(kept(bob, ev.Key)[:1]...)
		}
		require.NoError(s, s.Put(s.ctx, unsending(ann, "a")))
		require.Equal(s, 1, s.keeps(ann))
		require.Equal(s, 4, s.keeps(bob))
	}},
	{"the dead letter of an edit goes with its message", func(s *suite) {
		for _, ev := range []store.Event{edit(ann, "a", 1), edit(ann, "ab", 1)} {
			require.NoError(s, s.Put(s.ctx, ev))
			lease := s.one(ann)
			result := done(lease)
			result.Failures = []store.Failure{{Route: "r", Error: "e"}}
			s.commit(store.Outcome{Lease: lease.LeaseID, Event: result, Release: true})
		}
		require.NoError(s, s.Put(s.ctx, unsending(ann, "a")))
		letters, err := s.Dead(s.ctx, store.DeadQuery{})
		require.NoError(s, err)
		require.Len(s, letters, 1)
		require.Equal(s, edit(ann, "ab", 1).Key, letters[0].Key)
		require.Empty(s, letters[0].EditOf)
	}},
	{"edits of what was unsent need no room in the backlog", func(s *suite) {
		require.NoError(s, s.Put(s.ctx, edit(ann, "a", 1)))
		require.NoError(s, s.Put(s.ctx, edit(ann, "a", 2)))
		for i := range backlog - 3 {
			s.put(ann, strconv.Itoa(i))
		}
		require.NoError(s, s.Put(s.ctx, unsending(ann, "a")))
		s.put(ann, "one", "two")
		require.NoError(s, s.Put(s.ctx, edit(ann, "a", 3)), "it would be refused, were it stored")
		var over *store.BacklogError
		require.ErrorAs(s, s.Put(s.ctx, event(ann, "over")), &over)
	}},
	{"the deletion is remembered as long as a key", func(s *suite) {
		require.NoError(s, s.Put(s.ctx, unsending(ann, "a")))
		s.finish(s.one(ann))
		require.NoError(s, s.Purge(s.ctx, store.Cutoffs{DedupKeys: start}))
		require.NoError(s, s.Put(s.ctx, event(ann, "a"), edit(ann, "a", 1)))
		s.none()
		require.NoError(s, s.Purge(s.ctx, store.Cutoffs{DedupKeys: start.Add(time.Microsecond)}))
		require.NoError(s, s.Put(s.ctx, edit(ann, "a", 1)))
		require.Equal(s, []string{edit(ann, "a", 1).Key}, eventKeys(s.one(ann)))
	}},
	{"an edit and its deletion at the same time leave nothing", func(s *suite) {
		var all sync.WaitGroup
		errs := make(chan error, 3*20)
		for i := range 20 {
			key := strconv.Itoa(i)
			for _, ev := range []store.Event{edit(ann, key, 1), unsending(ann, key), edit(ann, key, 2)} {
				all.Go(func() { errs <- s.Put(s.ctx, ev) })
			}
		}
		all.Wait()
		close(errs)
		for err := range errs {
			require.NoError(s, err)
		}
		require.Equal(s, 20, s.stats().Events)
		for _, ev := range s.one(ann).Events {
			require.Contains(s, ev.Key, "unsends ")
		}
	}},
	{"an echo that is unsent by the same call still settles its send", func(s *suite) {
		s.enqueue(send(ann, "s"))
		s.start(s.one(ann), "s")
		echo := event(ann, "echo of a")
		echo.EchoOf = "s"
		require.NoError(s, s.Put(s.ctx, echo, unsending(ann, "a")))
		require.Zero(s, s.stats().Sends)
		require.Equal(s, 1, s.stats().Events)
	}},
}

func eventKeysOf(events []store.Event) (keys []string) {
	for _, ev := range events {
		keys = append(keys, ev.Key)
	}
	return keys
}
