package storetest

import (
	"fmt"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
)

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
	{"an expired lease is claimed with a higher epoch", func(s *suite) {
		s.put(ann, "a")
		first := s.one(ann)
		require.Equal(s, 1, first.Starts)
		s.clock.advance(ttl)
		second := s.one(ann)
		require.Equal(s, 2, second.Starts)
		require.Greater(s, second.Epoch, first.Epoch)
		require.Equal(s, first.Events, second.Events)
	}},
	{"a claim is bounded", func(s *suite) {
		for i := range 10 {
			conv := store.Conversation{PageID: "p", PersonID: fmt.Sprint(i)}
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
	{"suspects are bounded and keep nobody waiting", func(s *suite) {
		for i := range 5 {
			s.put(store.Conversation{PageID: "p", PersonID: fmt.Sprint("suspect", i)}, fmt.Sprint("s", i))
		}
		require.Len(s, s.claim(all), 5)
		s.clock.advance(ttl)
		s.put(ann, "a")
		s.put(bob, "b")

		claim := all
		claim.Suspects = 0
		claim.Conversations = 1
		fresh := s.claim(claim)
		require.Len(s, fresh, 1)
		require.Equal(s, 1, fresh[0].Starts)
		claim.Conversations = 10
		require.Len(s, s.claim(claim), 1)
		claim.Suspects = 2
		suspects := s.claim(claim)
		require.Len(s, suspects, 2)
		for _, lease := range suspects {
			require.Equal(s, 2, lease.Starts)
		}
		claim.Suspects = 10
		require.Len(s, s.claim(claim), 3)
	}},
	{"a commit resets the starts", func(s *suite) {
		s.put(ann, "a")
		s.one(ann)
		s.clock.advance(ttl)
		lease := s.one(ann)
		require.Equal(s, 2, lease.Starts)
		s.commit(store.Outcome{Lease: lease.LeaseID})
		s.clock.advance(ttl)
		lease = s.one(ann)
		require.Equal(s, 1, lease.Starts)
		s.release(lease)
		require.Equal(s, 1, s.one(ann).Starts)
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
