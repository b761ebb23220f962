package storetest

import (
	"sync"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
)

// ends commits the outcomes of sends of a lease.
func (s *suite) ends(lease store.Lease, results ...store.RecipientResult) {
	s.Helper()
	o := store.Outcome{Lease: lease.LeaseID, Release: true}
	for i, result := range results {
		o.Results = append(o.Results, store.SendResult{Key: lease.Sends[i].Key, State: store.SendFinished, Recipient: result})
	}
	s.commit(o)
}

var broadcastEndPromises = []promise{
	{"a person is counted when the last of their messages has ended", func(s *suite) {
		s.apply(touch(ann, start))
		s.broadcast("b", "ann")
		s.feeds("b", []string{"ann"}, "1", "2")
		lease := s.one(ann)
		s.ends(lease, store.RecipientSent)
		s.counts("b", store.Broadcast{State: store.BroadcastRunning, Total: 1, Queued: 1})
		s.clock.advance(time.Second)
		s.ends(s.one(ann), store.RecipientSent)
		s.counts("b", store.Broadcast{State: store.BroadcastDone, Total: 1, Sent: 1})
		require.Equal(s, start.Add(time.Second), s.found("b").EndedAt)
		require.Empty(s, s.listed(store.BroadcastQuery{Open: true}))
		s.none()
	}},
	{"of several messages the highest result counts", func(s *suite) {
		for _, c := range []struct {
			id      string
			results []store.RecipientResult
			want    store.Broadcast
		}{
			{"refused", []store.RecipientResult{store.RecipientRefused, store.RecipientSent}, store.Broadcast{Refused: 1}},
			{"skipped", []store.RecipientResult{store.RecipientSent, store.RecipientSkipped}, store.Broadcast{Skipped: 1}},
			{"uncertain", []store.RecipientResult{store.RecipientUncertain, store.RecipientSkipped}, store.Broadcast{Uncertain: 1}},
			{"unsaid", []store.RecipientResult{store.RecipientSent, 0}, store.Broadcast{Uncertain: 1}},
			{"undefined", []store.RecipientResult{99, store.RecipientSent}, store.Broadcast{Uncertain: 1}},
		} {
			s.apply(touch(ann, start))
			s.broadcast(c.id, "ann")
			s.feeds(c.id, []string{"ann"}, "1", "2")
			s.ends(s.one(ann), c.results...)
			c.want.State, c.want.Total = store.BroadcastDone, 1
			s.counts(c.id, c.want)
		}
	}},
	{"an attempt that failed ends nothing", func(s *suite) {
		s.apply(touch(ann, start))
		s.broadcast("b", "ann")
		s.feeds("b", []string{"ann"}, "1")
		for _, state := range []store.SendState{store.SendAgain, store.SendUnknown, store.SendNotMade} {
			lease := s.one(ann)
			s.start(lease, lease.Sends[0].Key)
			s.commit(store.Outcome{Lease: lease.LeaseID, Release: true, Results: []store.SendResult{{
				Key: lease.Sends[0].Key, State: state, Recipient: store.RecipientRefused,
			}}})
			s.counts("b", store.Broadcast{State: store.BroadcastRunning, Total: 1, Queued: 1})
		}
	}},
	{"an echo or a settlement counts as sent", func(s *suite) {
		s.apply(touch(ann, start), touch(bob, start))
		s.broadcast("b", "ann", "bob")
		s.feeds("b", []string{"ann", "bob"}, "1")
		for _, lease := range s.claim(all) {
			s.start(lease, lease.Sends[0].Key)
			if lease.PSID == "bob" {
				s.apply(settles(bob, lease.Sends[0].Key, start))
				s.apply(settles(bob, lease.Sends[0].Key, start))
				continue
			}
			echo := event(ann, "echo")
			echo.EchoOf = lease.Sends[0].Key
			require.NoError(s, s.Put(s.ctx, echo))
		}
		s.counts("b", store.Broadcast{State: store.BroadcastDone, Total: 2, Sent: 2})
	}},
	{"a fenced outcome counts nothing", func(s *suite) {
		s.apply(touch(ann, start))
		s.broadcast("b", "ann")
		s.feeds("b", []string{"ann"}, "1")
		late := s.one(ann)
		s.clock.advance(ttl)
		lease := s.one(ann)
		_, err := s.Commit(s.ctx, store.Outcome{Lease: late.LeaseID, Results: []store.SendResult{{
			Key: late.Sends[0].Key, State: store.SendFinished, Recipient: store.RecipientRefused,
		}}})
		require.ErrorIs(s, err, store.ErrFenced)
		s.ends(lease, store.RecipientSent)
		s.counts("b", store.Broadcast{State: store.BroadcastDone, Total: 1, Sent: 1})
	}},
	{"a cancelled broadcast takes back what has not been started", func(s *suite) {
		for _, psid := range []string{"ann", "bob", "cay", "dan"} {
			s.apply(touch(store.Conversation{PageID: ann.PageID, PSID: psid}, start))
		}
		s.broadcast("b", "ann", "bob", "cay", "dan")
		s.feeds("b", []string{"ann", "bob"}, "1", "2")
		leases := s.claim(store.Claim{Owner: "w", Conversations: 1, Background: 1, Events: 10, TTL: ttl})
		require.Len(s, leases, 1)
		lease := leases[0]
		s.start(lease, lease.Sends[0].Key)
		b, err := s.CancelBroadcast(s.ctx, "b")
		require.NoError(s, err)
		require.Equal(s, store.BroadcastCancelling, b.State)
		again, err := s.CancelBroadcast(s.ctx, "b")
		require.NoError(s, err)
		require.Equal(s, b, again)
		s.feeds("b", []string{"cay"}, "1")
		s.feeds("b", []string{"ann", "bob", "dan"})
		s.counts("b", store.Broadcast{State: store.BroadcastCancelling, Total: 4, Cancelled: 3, Queued: 1})
		s.ends(lease, store.RecipientSent) // and what was not started of it can now be taken back
		s.feeds("b", []string{"ann", "bob"})
		s.counts("b", store.Broadcast{State: store.BroadcastCancelled, Total: 4, Cancelled: 4})
		s.none()
		b, err = s.CancelBroadcast(s.ctx, "b")
		require.NoError(s, err)
		require.Equal(s, store.BroadcastCancelled, b.State)
		s.feeds("b", []string{"ann"}, "9")
		s.none()
	}},
	{"a broadcast that is done cannot be cancelled", func(s *suite) {
		done := s.broadcast("b")
		b, err := s.CancelBroadcast(s.ctx, "b")
		require.NoError(s, err)
		require.Equal(s, done, b)
	}},
	{"a forgotten person is in no broadcast", func(s *suite) {
		s.apply(touch(ann, start), touch(bob, start), touch(eve, start))
		s.broadcast("waits", "ann", "bob")
		s.broadcast("queued", "ann")
		s.broadcast("ended", "ann", "bob")
		require.NoError(s, s.DraftBroadcast(s.ctx, draft("draft")))
		require.NoError(s, s.AddRecipients(s.ctx, "draft", "ann", "bob"))
		s.feeds("ended", []string{"ann"}, "1")
		s.ends(s.one(ann), store.RecipientSent)
		s.feeds("queued", []string{"ann"}, "1")
		require.NoError(s, s.Forget(s.ctx, store.Conversation{PageID: eve.PageID, PSID: "ann"}))
		s.in("waits", store.RecipientWaiting, "ann", "bob")
		require.NoError(s, s.Forget(s.ctx, ann))
		s.none()
		s.in("waits", store.RecipientWaiting, "bob")
		s.in("draft", store.RecipientWaiting, "bob")
		s.counts("waits", store.Broadcast{State: store.BroadcastRunning, Total: 2, Forgotten: 1})
		s.counts("queued", store.Broadcast{State: store.BroadcastDone, Total: 1, Forgotten: 1})
		s.counts("ended", store.Broadcast{State: store.BroadcastRunning, Total: 2, Sent: 1})
		b, err := s.StartBroadcast(s.ctx, "draft", "p")
		require.NoError(s, err)
		require.Equal(s, 1, b.Forgotten)
		require.Equal(s, 1, b.Remaining())
	}},
	{"messages that are taken back by their group are counted", func(s *suite) {
		s.apply(touch(ann, start), touch(bob, start))
		s.broadcast("b", "ann", "bob")
		s.feeds("b", []string{"ann", "bob"}, "1")
		found, err := s.Cancel(s.ctx, ann, store.BroadcastGroup("b"))
		require.NoError(s, err)
		require.True(s, found)
		s.in("b", store.RecipientLost)
		s.feeds("b", []string{"ann", "bob"})
		s.counts("b", store.Broadcast{State: store.BroadcastRunning, Total: 2, Cancelled: 1, Queued: 1})
	}},
	{"of an unknown person nothing stays", func(s *suite) {
		s.broadcast("b", "ann")
		s.feeds("b", []string{"ann"}, "1")
		s.counts("b", store.Broadcast{State: store.BroadcastDone, Total: 1, Unknown: 1})
		s.in("b", store.RecipientEnded)
		s.none()
		_, err := s.Person(s.ctx, ann.PageID, ann.PSID)
		require.ErrorIs(s, err, store.ErrNotFound)
	}},
	{"a purge deletes drafts that were left and broadcasts that ended long ago", func(s *suite) {
		s.apply(touch(ann, start))
		s.broadcast("old")
		s.broadcast("open", "ann")
		require.NoError(s, s.DraftBroadcast(s.ctx, draft("left")))
		require.NoError(s, s.AddRecipients(s.ctx, "left", "ann"))
		s.clock.advance(store.DraftLife)
		s.broadcast("new")
		require.NoError(s, s.DraftBroadcast(s.ctx, draft("fresh")))
		require.NoError(s, s.AddRecipients(s.ctx, "fresh", "ann"))
		require.NoError(s, s.Purge(s.ctx, store.Cutoffs{}))
		require.NoError(s, s.AddRecipients(s.ctx, "left", "bob"))
		s.clock.advance(store.DraftLife - time.Second)
		require.NoError(s, s.Purge(s.ctx, store.Cutoffs{Sent: start.Add(time.Second)}))
		require.Equal(s, []string{"new", "open"}, ids(s.listed(store.BroadcastQuery{})))
		s.clock.advance(2 * time.Second)
		require.NoError(s, s.Purge(s.ctx, store.Cutoffs{}))
		for _, id := range []string{"left", "fresh"} {
			_, err := s.StartBroadcast(s.ctx, id, "p")
			require.ErrorIs(s, err, store.ErrNotFound)
			s.in(id, store.RecipientWaiting)
		}
		s.broadcast("old") // its key is free again
		s.in("open", store.RecipientWaiting, "ann")
	}},
	{"a draft that was left is no draft any more, whether a purge has begun to delete it or not", func(s *suite) {
		require.NoError(s, s.DraftBroadcast(s.ctx, draft("b")))
		require.NoError(s, s.AddRecipients(s.ctx, "b", "ann"))
		s.clock.advance(store.DraftLife)
		require.NoError(s, s.AddRecipients(s.ctx, "b", "bob"), "which touches it")
		s.clock.advance(store.DraftLife + time.Second)
		require.ErrorIs(s, s.AddRecipients(s.ctx, "b", "cat"), store.ErrNotFound)
		_, err := s.StartBroadcast(s.ctx, "b", "p")
		require.ErrorIs(s, err, store.ErrNotFound)
		_, err = s.FindBroadcast(s.ctx, ann.PageID, "news")
		require.ErrorIs(s, err, store.ErrNotFound)
	}},
	{"of many drafts of a key that start at the same time one does", func(s *suite) {
		const drafts = 8
		first := make([]store.Broadcast, drafts)
		var all sync.WaitGroup
		for i := range drafts {
			d := draft(string(rune('a' + i)))
			require.NoError(s, s.DraftBroadcast(s.ctx, d))
			require.NoError(s, s.AddRecipients(s.ctx, d.ID, "ann"))
			all.Go(func() {
				var err error
				first[i], err = s.StartBroadcast(s.ctx, d.ID, "p")
				assert.NoError(s, err)
			})
		}
		all.Wait()
		for _, b := range first {
			require.Equal(s, first[0], b)
		}
		require.Len(s, s.listed(store.BroadcastQuery{}), 1)
	}},
	{"replicas that feed at the same time queue a person once", func(s *suite) {
		var psids []string
		for i := range 40 {
			psid := string(rune('a'+i/10)) + string(rune('0'+i%10))
			psids = append(psids, psid)
			s.apply(touch(store.Conversation{PageID: ann.PageID, PSID: psid}, start))
		}
		s.broadcast("b", psids...)
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				for i := 0; i < len(psids); i += 10 {
					part := psids[i : i+10]
					assert.NoError(s, s.FeedBroadcast(s.ctx, "b", part, messagesTo("b", part, "1")...))
					_, err := s.CountBroadcast(s.ctx, "b")
					assert.NoError(s, err)
				}
			})
		}
		all.Wait()
		require.Equal(s, len(psids), s.stats().Sends)
		s.counts("b", store.Broadcast{State: store.BroadcastRunning, Total: len(psids), Queued: len(psids)})
	}},
}
