package storetest

import (
	"fmt"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
)

func (s *suite) blocked(limit int) []store.Blocked {
	s.Helper()
	blocked, err := s.Blocked(s.ctx, limit)
	require.NoError(s, err)
	return blocked
}

func (s *suite) outbox(conv store.Conversation, limit int) []store.QueuedSend {
	s.Helper()
	waiting, err := s.Outbox(s.ctx, conv, limit)
	require.NoError(s, err)
	return waiting
}

func (s *suite) sessionsOf(conv store.Conversation, after string, limit int) (names []string) {
	s.Helper()
	found, err := s.SessionsOf(s.ctx, conv, after, limit)
	require.NoError(s, err)
	for _, one := range found {
		require.Equal(s, conv.PageID, one.PageID)
		require.Equal(s, conv.PSID, one.PSID)
		names = append(names, one.Name)
	}
	return names
}

// briefly leaves out what the promise about why conversations are blocked is about.
func briefly(all []store.Blocked) (brief []store.Blocked) {
	for _, b := range all {
		brief = append(brief, store.Blocked{Conversation: b.Conversation, Attempts: b.Attempts, Since: b.Since})
	}
	return brief
}

var viewPromises = []promise{
	{"a blocked conversation says which event failed last, why, and when it is tried again", func(s *suite) {
		failed := func(lease store.Lease, why string) *store.EventResult {
			result := again(lease)
			if why != "" {
				result.Failures = []store.Failure{{Route: "r", Error: why}, {Error: "all"}}
			}
			return result
		}
		want := func(want store.Blocked) {
			s.Helper()
			require.Equal(s, []store.Blocked{want}, s.blocked(10))
			require.Equal(s, []store.Blocked{want}, s.stats().Blocked)
		}
		require.NoError(s, s.Put(s.ctx, store.Event{Conversation: ann, Key: "a", Time: start, Body: []byte("body")}))
		lease := s.one(ann)
		s.commit(store.Outcome{Lease: lease.LeaseID, Event: failed(lease, "first \x00 \"ü\""), Release: true, After: time.Minute})
		blocked := store.Blocked{
			Conversation: ann, Attempts: 1, Since: start, Key: "a", Body: []byte("body"), NextAt: start.Add(time.Minute),
			Failures: []store.Failure{{Route: "r", Error: "first \x00 \"ü\""}, {Error: "all"}},
		}
		want(blocked)
		s.clock.advance(time.Minute)
		lease = s.one(ann)
		blocked.NextAt = time.Time{}
		want(blocked) // a worker has it
		s.commit(store.Outcome{Lease: lease.LeaseID, Event: failed(lease, "second"), Release: true, After: time.Hour})
		blocked.Attempts, blocked.NextAt, blocked.Failures[0].Error = 2, s.clock.now.Add(time.Hour), "second"
		want(blocked)
		s.clock.advance(time.Hour)
		lease = s.one(ann)
		s.commit(store.Outcome{Lease: lease.LeaseID, Event: failed(lease, ""), Release: true, After: time.Hour})
		blocked.Attempts, blocked.NextAt, blocked.Failures = 3, s.clock.now.Add(time.Hour), nil
		want(blocked)
		require.NoError(s, s.Forget(s.ctx, ann))
		require.Empty(s, s.blocked(10))

		s.apply(signal(ann, "paid"))
		lease = s.one(ann)
		s.commit(store.Outcome{Lease: lease.LeaseID, Event: failed(lease, "third"), Release: true, After: time.Minute})
		want(store.Blocked{
			Conversation: ann, Attempts: 1, Since: s.clock.now, Raised: "paid", Body: lease.Events[0].Body, NextAt: s.clock.now.Add(time.Minute),
			Failures: []store.Failure{{Route: "r", Error: "third"}, {Error: "all"}},
		})
		s.clock.advance(time.Minute)
		lease = s.one(ann)
		dead := done(lease)
		dead.Failures = []store.Failure{{Route: "r", Error: "last"}}
		s.commit(store.Outcome{Lease: lease.LeaseID, Event: dead, Release: true})
		require.Empty(s, s.blocked(10))
		letters, err := s.Dead(s.ctx, store.DeadQuery{})
		require.NoError(s, err)
		require.Equal(s, dead.Failures, letters[0].Failures, "those of the tries before are gone")
	}},
	{"all blocked conversations are listed, the first that waited first", func(s *suite) {
		require.Empty(s, s.blocked(10))
		for i := range store.MaxBlocked + 2 {
			conv := store.Conversation{PageID: ann.PageID, PSID: fmt.Sprintf("p%02d", i)}
			s.put(conv, conv.PSID)
			lease := s.one(conv)
			s.commit(store.Outcome{Lease: lease.LeaseID, Event: again(lease), Release: true, After: time.Hour})
			s.clock.advance(time.Second)
		}
		require.Len(s, s.stats().Blocked, store.MaxBlocked)
		all := s.blocked(store.MaxBlockedList + 1)
		require.Len(s, all, store.MaxBlocked+2)
		require.Equal(s, s.stats().Blocked, all[:store.MaxBlocked])
		require.Equal(s, all[:2], s.blocked(2))
		require.Empty(s, s.blocked(0))
		require.Empty(s, s.blocked(-1))
	}},
	{"what waits to be sent to a person can be seen without a lease", func(s *suite) {
		require.Empty(s, s.outbox(ann, 10))
		late := send(ann, "late")
		late.Delay, late.Group = time.Hour, "group"
		s.enqueue(late, send(ann, "1"), send(ann, "2"), send(bob, "other"))
		waiting := s.outbox(ann, 10)
		require.Len(s, waiting, 3)
		require.Equal(s, store.QueuedSend{Send: late, AddedAt: start}, waiting[0])
		require.Equal(s, "1", waiting[1].Key)
		require.Len(s, s.outbox(ann, 2), 2)
		require.Empty(s, s.outbox(ann, 0))
		require.Empty(s, s.outbox(ann, -1))

		lease := s.claim(store.Claim{Owner: "me", Conversations: 1, Events: 9, Background: 9, TTL: time.Minute})[0]
		s.start(lease, "1")
		s.clock.advance(time.Second)
		for _, one := range s.outbox(lease.Conversation, 10) {
			require.Equal(s, one.Key == "1", one.Started, one.Key)
			if one.Started {
				require.Equal(s, time.Second, one.StartedAgo)
			}
		}
	}},
	{"the sessions of a person are listed by name, without those that have expired", func(s *suite) {
		require.Empty(s, s.sessionsOf(ann, "", 10))
		for _, name := range []string{"b", "a", "c"} {
			s.apply(store.SaveSession{PageID: ann.PageID, PSID: ann.PSID, Name: name, Data: []byte(`{}`)})
		}
		s.apply(store.SaveSession{PageID: ann.PageID, PSID: ann.PSID, Name: "brief", Data: []byte(`{}`), Life: time.Second})
		s.apply(store.SaveSession{PageID: bob.PageID, PSID: bob.PSID, Name: "x", Data: []byte(`{}`)})
		require.Equal(s, []string{"a", "b", "brief", "c"}, s.sessionsOf(ann, "", 10))
		require.Equal(s, []string{"b", "brief"}, s.sessionsOf(ann, "a", 2))
		require.Empty(s, s.sessionsOf(ann, "c", 2))
		require.Empty(s, s.sessionsOf(ann, "", 0))
		s.clock.advance(time.Second)
		require.Equal(s, []string{"a", "b", "c"}, s.sessionsOf(ann, "", 10))
	}},
	{"the places of a person in broadcasts are listed until they are counted or forgotten", func(s *suite) {
		places := func(conv store.Conversation, after string, limit int) []store.Place {
			found, err := s.PlacesOf(s.ctx, conv, after, limit)
			require.NoError(s, err)
			return found
		}
		require.Empty(s, places(ann, "", 10))
		s.broadcast("b", ann.PSID, bob.PSID)
		s.broadcast("c", bob.PSID)
		s.broadcast("d", ann.PSID)
		require.NoError(s, s.DraftBroadcast(s.ctx, draft("e")))
		require.NoError(s, s.AddRecipients(s.ctx, "e", ann.PSID))
		all := places(ann, "", 10)
		require.Equal(s, []store.Place{
			{ID: "b", Key: "b", State: store.BroadcastRunning}, {ID: "d", Key: "d", State: store.BroadcastRunning},
			{ID: "e", Key: "news", State: store.BroadcastDraft},
		}, all)
		require.Equal(s, all[1:2], places(ann, "b", 1))
		require.Empty(s, places(ann, "e", 10))
		require.Empty(s, places(ann, "", 0))
		require.Empty(s, places(store.Conversation{PageID: "another", PSID: ann.PSID}, "", 10))
		s.feeds("d", []string{ann.PSID}, "m") // the store does not know her
		require.Equal(s, store.RecipientEnded, places(ann, "b", 1)[0].Stage)
		require.Equal(s, store.RecipientUnknown, places(ann, "b", 1)[0].Result)
		_, err := s.CountBroadcast(s.ctx, "d")
		require.NoError(s, err)
		require.Len(s, places(ann, "", 10), 2)
		require.NoError(s, s.Forget(s.ctx, ann))
		require.Empty(s, places(ann, "", 10))
		require.Len(s, places(bob, "", 10), 2)
	}},
}
