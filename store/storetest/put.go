package storetest

import (
	"context"
	"fmt"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
)

var putPromises = []promise{
	{"an event comes out as it went in", func(s *suite) {
		in := store.Event{
			Conversation: ann, Key: "k", Time: start.Add(-time.Hour + 123*time.Microsecond),
			Body: []byte("{\"text\":\"\\u0000 \xff 你好\"}"), EchoOf: "send",
		}
		body := in.Body
		in.Body = append([]byte(nil), body...)
		require.NoError(s, s.Put(s.ctx, in))
		in.Body[0] = 'X'
		in.Body = body
		lease := s.one(ann)
		require.Len(s, lease.Events, 1)
		require.NotZero(s, lease.Events[0].Seq)
		lease.Events[0].Seq = 0
		require.Equal(s, store.QueuedEvent{Event: in, ReceivedAt: start}, lease.Events[0])
		require.Empty(s, lease.Sends)
	}},
	{"a key takes effect once in a batch", func(s *suite) {
		require.NoError(s, s.Put(s.ctx, event(ann, "k"), event(ann, "k"), event(bob, "k"), event(ann, "l")))
		require.Equal(s, []string{"k", "l"}, eventKeys(s.one(ann)))
	}},
	{"a key with a time takes effect once in a batch", func(s *suite) {
		timed := func(key string, at time.Time) store.Event {
			ev := event(ann, key)
			ev.KeyTime = at
			return ev
		}
		require.NoError(s, s.Put(s.ctx, timed("k", start), timed("k", start), event(ann, "l"), timed("l", start)))
		require.Equal(s, []string{"k", "l"}, eventKeys(s.one(ann)))
	}},
	{"a key with another time is another key, in a batch and after it", func(s *suite) {
		at := func(seconds int) store.Event {
			ev := event(ann, "k")
			ev.KeyTime = start.Add(time.Duration(seconds) * time.Second)
			return ev
		}
		require.NoError(s, s.Put(s.ctx, at(1), at(2)))
		require.NoError(s, s.Put(s.ctx, at(2), at(3)))
		require.Len(s, s.one(ann).Events, 3)
	}},
	{"a key takes effect once while it waits", func(s *suite) {
		s.put(ann, "k", "k")
		require.Equal(s, []string{"k"}, eventKeys(s.one(ann)))
	}},
	{"a key takes effect once after it was handled", func(s *suite) {
		s.put(ann, "k")
		s.finish(s.one(ann))
		s.put(ann, "k")
		s.none()
	}},
	{"events and sends do not share keys", func(s *suite) {
		s.put(ann, "k")
		s.enqueue(send(ann, "k"))
		lease := s.one(ann)
		require.Equal(s, []string{"k"}, eventKeys(lease))
		require.Equal(s, []string{"k"}, sendKeys(lease))
	}},
	{"an event without a key is refused with its batch", func(s *suite) {
		require.Error(s, s.Put(s.ctx, event(ann, "k"), event(ann, "")))
		s.none()
		s.put(ann, "k")
		s.one(ann)
	}},
	{"a page past its bound refuses the whole batch", func(s *suite) {
		var events []store.Event
		for i := range backlog {
			events = append(events, event(ann, fmt.Sprint(i)))
		}
		require.NoError(s, s.Put(s.ctx, events[:backlog-1]...))
		var over *store.BacklogError
		require.ErrorAs(s, s.Put(s.ctx, event(eve, "other page"), events[backlog-1], event(bob, "one more")), &over)
		require.Equal(s, &store.BacklogError{PageIDs: []string{"page1"}, Bound: backlog}, over)
		require.Equal(s, backlog-1, s.stats().Events)

		// Its keys were not seen, and what was seen before needs no room.
		require.NoError(s, s.Put(s.ctx, append(events, event(eve, "other page"))...))
		require.NoError(s, s.Put(s.ctx, events...))
		require.ErrorAs(s, s.Put(s.ctx, event(bob, "one more")), &over)
		require.Equal(s, backlog+1, s.stats().Events)
	}},
	{"handled and forgotten events make room", func(s *suite) {
		for i := range backlog / 2 {
			require.NoError(s, s.Put(s.ctx, event(ann, fmt.Sprint("ann", i)), event(bob, fmt.Sprint("bob", i))))
		}
		var over *store.BacklogError
		require.ErrorAs(s, s.Put(s.ctx, event(bob, "one more")), &over)
		leases := s.claim(all)
		require.Len(s, leases, 2)
		for _, lease := range leases {
			if lease.Conversation == ann {
				s.commit(store.Outcome{Lease: lease.LeaseID, Event: done(lease)})
			}
		}
		s.put(bob, "one more")
		require.ErrorAs(s, s.Put(s.ctx, event(bob, "and more")), &over)
		require.NoError(s, s.Forget(s.ctx, ann))
		s.put(bob, "and more")
	}},
	{"an ended context puts nothing", func(s *suite) {
		ctx, cancel := context.WithCancel(s.ctx)
		cancel()
		require.ErrorIs(s, s.Put(ctx, event(ann, "k")), context.Canceled)
		s.none()
	}},
}

var orderPromises = []promise{
	{"events go by time then by arrival", func(s *suite) {
		at := func(key string, minutes int) store.Event {
			ev := event(ann, key)
			ev.Time = start.Add(time.Duration(minutes) * time.Minute)
			return ev
		}
		require.NoError(s, s.Put(s.ctx, at("c1", 3), at("b", 2)))
		require.NoError(s, s.Put(s.ctx, at("c2", 3), at("a", 1)))
		claim := all
		claim.Events = 3
		leases := s.claim(claim)
		require.Len(s, leases, 1)
		require.Equal(s, []string{"a", "b", "c1"}, eventKeys(leases[0]))
		require.NoError(s, s.Put(s.ctx, at("late", 0)))
		s.release(leases[0])
		require.Equal(s, []string{"late", "a", "b", "c1", "c2"}, eventKeys(s.one(ann)))
	}},
	{"a retried event stays at the head", func(s *suite) {
		s.put(ann, "a", "b")
		for attempt := range 3 {
			lease := s.one(ann)
			require.Equal(s, []string{"a", "b"}, eventKeys(lease))
			require.Equal(s, attempt, lease.Events[0].Attempts)
			require.Zero(s, lease.Events[1].Attempts)
			s.commit(store.Outcome{Lease: lease.LeaseID, Release: true, Event: again(lease)})
		}
	}},
	{"the conversation that is due longest comes first", func(s *suite) {
		for _, conv := range []store.Conversation{bob, ann, eve} {
			s.put(conv, conv.PSID)
			s.clock.advance(time.Second)
		}
		claim := all
		claim.Conversations = 2
		leases := s.claim(claim)
		require.Len(s, leases, 2)
		require.Equal(s, bob, leases[0].Conversation)
		require.Equal(s, ann, leases[1].Conversation)
		s.clock.advance(time.Second)
		// Given back with work left, it goes behind those who waited.
		s.release(leases[0])
		claim.Conversations = 1
		require.Equal(s, eve, s.claim(claim)[0].Conversation)
		require.Equal(s, bob, s.claim(claim)[0].Conversation)
	}},
}
