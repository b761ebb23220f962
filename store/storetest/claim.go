package storetest

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
)

// interrupted makes conversations that were claimed without a commit: so many, so
// many times. Those that were interrupted most often come first, and have waited
// longest.
func (s *suite) interrupted(groups ...group) {
	s.Helper()
	claim := all
	claim.TTL = 0
	put := 0
	for times := groups[0].times; times >= 0; times-- {
		for _, g := range groups {
			for i := range g.conversations {
				if g.times == times {
					key := fmt.Sprint(times, "/", i)
					s.put(store.Conversation{PageID: "p", PSID: key}, key)
					s.clock.advance(time.Millisecond)
					put++
				}
			}
		}
		if times > 0 {
			require.Len(s, s.claim(claim), put)
		}
	}
}

type group struct{ conversations, times int }

// levels are those on which leases run, the lowest first.
func levels(leases []store.Lease) []int {
	out := []int{}
	for _, lease := range leases {
		out = append(out, isolated(lease.Deliveries-1))
	}
	slices.Sort(out)
	return out
}

var claimPromises = []promise{
	{"a leased conversation is not claimed", func(s *suite) {
		s.put(ann, "a")
		s.one(ann)
		s.put(ann, "b")
		s.enqueue(send(ann, "s"))
		s.none()
		s.clock.advance(ttl - time.Microsecond)
		s.none()
	}},
	{"an expired lease is claimed with a higher fencing token", func(s *suite) {
		s.put(ann, "a")
		first := s.one(ann)
		require.Equal(s, 1, first.Deliveries)
		s.clock.advance(ttl)
		second := s.one(ann)
		require.Equal(s, 2, second.Deliveries)
		require.Greater(s, second.Token, first.Token)
		require.Equal(s, first.Events, second.Events)
	}},
	{"a lease says when it was claimed by the store's clock", func(s *suite) {
		s.clock.advance(time.Hour + time.Nanosecond)
		s.put(ann, "a")
		require.Equal(s, start.Add(time.Hour), s.one(ann).Now)
		s.clock.advance(ttl)
		require.Equal(s, start.Add(time.Hour+ttl), s.one(ann).Now)
	}},
	{"the store's clock can be read without a lease", func(s *suite) {
		for range 2 {
			s.clock.advance(time.Hour + time.Nanosecond)
			now, err := s.Now(s.ctx)
			require.NoError(s, err)
			require.Equal(s, s.clock.Now().Truncate(time.Microsecond), now)
		}
		ended, end := context.WithCancel(s.ctx)
		end()
		_, err := s.Now(ended)
		require.ErrorIs(s, err, context.Canceled)
	}},
	{"a claim is bounded", func(s *suite) {
		for i := range 10 {
			conv := store.Conversation{PageID: "p", PSID: fmt.Sprint(i)}
			for j := range 5 {
				s.put(conv, fmt.Sprint("e", i, j))
				s.enqueue(send(conv, fmt.Sprint("s", i, j)))
			}
		}
		require.Empty(s, s.claim(store.Claim{Owner: "w", Events: 10, TTL: ttl}))
		leases := s.claim(store.Claim{Owner: "w", Conversations: 4, Events: 3, TTL: ttl})
		require.Len(s, leases, 4)
		for _, lease := range leases {
			require.Len(s, lease.Events, 3)
			require.Len(s, lease.Sends, 3)
		}
		require.Len(s, s.claim(store.Claim{Owner: "w", Conversations: 100, TTL: ttl}), 6)
	}},
	{"a conversation interrupted once is handed out with the fresh", func(s *suite) {
		s.interrupted(group{5, 1})
		s.put(ann, "a")
		claim := all
		claim.Suspects = store.Suspects{}
		leases := s.claim(claim)
		require.Len(s, leases, 6)
		for _, lease := range leases[:5] {
			require.Equal(s, 2, lease.Deliveries, "they have waited longest")
		}
		require.Equal(s, ann, leases[5].Conversation)
	}},
	{"suspects are bounded on each level and delay no others", func(s *suite) {
		s.interrupted(group{2, 9}, group{3, 4}, group{5, 3}, group{5, 2}, group{5, 1}, group{5, 0})
		claim := all
		for _, step := range []struct {
			room store.Suspects
			want []int
		}{
			{store.Suspects{}, []int{0, 0, 0, 0, 0, 0, 0, 0, 0, 0}},
			{store.Suspects{0, -1, -1}, []int{}},
			{store.Suspects{2, 0, -1}, []int{1, 1}},
			{store.Suspects{0, 3, 0}, []int{2, 2, 2}},
			{store.Suspects{0, 0, 1}, []int{3}},
			{store.Suspects{1, 1, 3}, []int{1, 2, 3, 3, 3}},
		} {
			claim.Suspects = step.room
			require.Equal(s, step.want, levels(s.claim(claim)))
		}
		claim.Suspects = all.Suspects
		claim.Conversations = 3
		require.Len(s, s.claim(claim), 3)
		require.Len(s, s.claim(claim), 1)
		s.none()
	}},
	{"a level without room hides none behind it", func(s *suite) {
		s.interrupted(group{20, 4}, group{3, 3}, group{2, 2})
		s.put(ann, "a")
		claim := all
		claim.Conversations = 4
		claim.Suspects = store.Suspects{1, 1, 1}
		require.Equal(s, []int{0, 1, 2, 3}, levels(s.claim(claim)))
	}},
	{"a mark is fenced, and neither commits nor extends the lease", func(s *suite) {
		s.put(ann, "a")
		first := s.one(ann)
		require.NoError(s, s.MarkAlone(s.ctx, first.LeaseID, first.Events[0].Seq))
		require.NoError(s, s.MarkAlone(s.ctx, first.LeaseID, 0))
		require.NoError(s, s.MarkAlone(s.ctx, first.LeaseID, first.Events[0].Seq))
		s.clock.advance(ttl)
		second := s.one(ann)
		require.Equal(s, 2, second.Deliveries)
		require.ErrorIs(s, s.MarkAlone(s.ctx, first.LeaseID, 1), store.ErrFenced)
		s.release(second)
		require.ErrorIs(s, s.MarkAlone(s.ctx, second.LeaseID, 1), store.ErrFenced)
		require.ErrorIs(s, s.MarkAlone(s.ctx, store.LeaseID{Conversation: bob, Token: 1}, 1), store.ErrFenced)
	}},
	{"an expired lease leaves no fatal event while its process lives", func(s *suite) {
		s.put(ann, "a")
		for range 8 {
			lease := s.one(ann)
			require.Zero(s, lease.Fatal)
			require.NoError(s, s.MarkAlone(s.ctx, lease.LeaseID, lease.Events[0].Seq))
			s.clock.advance(ttl)
		}
	}},
	{"a commit resets the deliveries", func(s *suite) {
		s.put(ann, "a")
		s.one(ann)
		s.clock.advance(ttl)
		lease := s.one(ann)
		require.Equal(s, 2, lease.Deliveries)
		s.commit(store.Outcome{Lease: lease.LeaseID})
		s.clock.advance(ttl)
		lease = s.one(ann)
		require.Equal(s, 1, lease.Deliveries)
		s.release(lease)
		require.Equal(s, 1, s.one(ann).Deliveries)
	}},
	{"no lease is handed out without work", func(s *suite) {
		s.put(ann, "a")
		lease := s.one(ann)
		later := send(ann, "later")
		later.Delay = time.Hour
		s.commit(store.Outcome{Lease: lease.LeaseID, Event: done(lease), Sends: []store.Send{later}})
		s.clock.advance(ttl)
		s.none()
		s.clock.advance(time.Hour)
		require.Equal(s, []string{"later"}, sendKeys(s.one(ann)))
	}},
	{"a lease outlasts the work that it was given for", func(s *suite) {
		s.enqueue(send(ann, "a"))
		lease := s.one(ann)
		s.commit(store.Outcome{Lease: lease.LeaseID, Writes: []store.Write{store.CancelSend{Conversation: ann, Key: "a"}}})
		s.release(lease)
		s.none()
	}},
	{"conversations without work leave the room of a claim to others", func(s *suite) {
		for i := range 4 {
			conv := store.Conversation{PageID: ann.PageID, PSID: fmt.Sprint("idle", i)}
			s.put(conv, fmt.Sprint("done", i))
			lease := s.one(conv)
			later := send(conv, fmt.Sprint("later", i))
			later.Delay = time.Hour
			s.commit(store.Outcome{Lease: lease.LeaseID, Event: done(lease), Sends: []store.Send{later}})
			s.clock.advance(time.Microsecond)
		}
		s.clock.advance(ttl)
		s.put(ann, "a")
		few := all
		few.Conversations = 2
		leases := s.claim(few)
		require.Len(s, leases, 1)
		require.Equal(s, []string{"a"}, eventKeys(leases[0]))
	}},
	{"a claim hands out a conversation once, however short its lease", func(s *suite) {
		s.put(ann, "a")
		s.put(eve, "b")
		short := store.Claim{Owner: "w", Conversations: 2, TTL: -time.Hour, Serves: func(pageID string) bool { return pageID == ann.PageID }}
		require.Len(s, s.claim(short), 1)
		require.Len(s, s.claim(short), 1, "the lease has expired")
	}},
	{"a renewed lease lasts", func(s *suite) {
		s.put(ann, "a")
		s.put(bob, "b")
		leases := s.claim(all)
		require.Len(s, leases, 2)
		s.clock.advance(ttl / 2)
		lost, err := s.Renew(s.ctx, ttl, leases[0].LeaseID)
		require.NoError(s, err)
		require.Empty(s, lost)
		s.clock.advance(ttl / 2)
		require.Equal(s, leases[1].Conversation, s.one(leases[1].Conversation).Conversation)
	}},
	{"a lease is lost when somebody else has it", func(s *suite) {
		s.put(ann, "a")
		first := s.one(ann)
		s.clock.advance(2 * ttl)
		lost, err := s.Renew(s.ctx, ttl, first.LeaseID)
		require.NoError(s, err)
		require.Empty(s, lost, "it has expired, but nobody has claimed it")
		s.none()
		s.clock.advance(2 * ttl)
		second := s.one(ann)
		lost, err = s.Renew(s.ctx, ttl, first.LeaseID, second.LeaseID)
		require.NoError(s, err)
		require.Equal(s, []store.LeaseID{first.LeaseID}, lost)
		s.release(second)
		lost, err = s.Renew(s.ctx, ttl, second.LeaseID)
		require.NoError(s, err)
		require.Equal(s, []store.LeaseID{second.LeaseID}, lost)
	}},
	{"the due are claimed when the clock has come to them", func(s *suite) {
		s.put(ann, "a")
		lease := s.one(ann)
		s.commit(store.Outcome{
			Lease: lease.LeaseID, Release: true, After: time.Second,
			Event: again(lease),
		})
		s.put(ann, "b")
		s.enqueue(send(ann, "s"))
		s.clock.advance(time.Second - time.Microsecond)
		s.none()
		s.clock.advance(time.Microsecond)
		lease = s.one(ann)
		require.Equal(s, []string{"a", "b"}, eventKeys(lease))
		require.Equal(s, []string{"s"}, sendKeys(lease))
	}},
	{"an idle conversation is held too", func(s *suite) {
		s.put(ann, "a")
		lease := s.one(ann)
		s.commit(store.Outcome{Lease: lease.LeaseID, Event: done(lease), Release: true, After: time.Second})
		s.put(ann, "b")
		s.none()
		s.clock.advance(time.Second)
		require.Equal(s, []string{"b"}, eventKeys(s.one(ann)))
	}},
}

// isolated is the level of isolation after so many interruptions, as the contract says it.
func isolated(interruptions int) int {
	switch interruptions {
	case 0, 1:
		return 0
	case 2:
		return 1
	case 3:
		return 2
	default:
		return 3
	}
}
