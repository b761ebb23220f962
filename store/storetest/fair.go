package storetest

import (
	"fmt"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
)

// crowd puts an event for each of so many people of a page.
func (s *suite) crowd(page string, people int) {
	s.Helper()
	for i := range people {
		s.put(store.Conversation{PageID: page, PSID: fmt.Sprint(i)}, fmt.Sprint(page, "/", i))
		s.clock.advance(time.Millisecond)
	}
}

// perPage counts leases by page.
func perPage(leases []store.Lease) map[string]int {
	counts := map[string]int{}
	for _, lease := range leases {
		counts[lease.PageID]++
	}
	return counts
}

// rooms is a claim of at most so many conversations, with so much room for the pages that are named and no bound for the others.
func rooms(conversations int, of map[string]int) store.Claim {
	claim := all
	claim.Conversations = conversations
	claim.Room = func(page string) int {
		if room, bounded := of[page]; bounded {
			return room
		}
		return conversations
	}
	return claim
}

var fairPromises = []promise{
	{"a page has no more leases than there is room", func(s *suite) {
		s.crowd("hot", 40)
		s.crowd("warm", 3)
		s.crowd("cold", 1)
		leases := s.claim(rooms(10, map[string]int{"hot": 4, "none": 0}))
		require.Equal(s, map[string]int{"hot": 4, "warm": 3, "cold": 1}, perPage(leases))
		for i, lease := range leases[:4] {
			if lease.PageID == "hot" {
				require.Equal(s, fmt.Sprint(i), lease.PSID, "the oldest first")
			}
		}
	}},
	{"a page without room hides nothing behind it", func(s *suite) {
		s.crowd("hot", 300)
		s.crowd("warm", 50)
		hot := map[string]int{"hot": 2}
		require.Equal(s, map[string]int{"hot": 2, "warm": 8}, perPage(s.claim(rooms(10, hot))))
		hot["warm"] = 1
		require.Equal(s, map[string]int{"hot": 2, "warm": 1}, perPage(s.claim(rooms(10, hot))))
		for page := range 20 { // a newcomer each time, behind what waits for the others
			s.clock.advance(20 * time.Second)
			hot["hot"], hot["warm"] = page%3-1, page%2
			s.put(store.Conversation{PageID: fmt.Sprint("cold", page), PSID: "1"}, fmt.Sprint("cold", page))
			want := map[string]int{fmt.Sprint("cold", page): 1}
			for busy, room := range hot {
				if room > 0 {
					want[busy] = room
				}
			}
			claim := rooms(10, hot)
			claim.TTL = time.Hour
			require.Equal(s, want, perPage(s.claim(claim)))
		}
	}},
	{"a page that was busy is claimed in full when there is room", func(s *suite) {
		s.crowd("hot", 100)
		require.Len(s, s.claim(rooms(10, map[string]int{"hot": 1})), 1)
		require.Empty(s, s.claim(rooms(10, map[string]int{"hot": 0})))
		s.crowd("cold", 5)
		require.Equal(s, map[string]int{"cold": 5, "hot": 20}, perPage(s.claim(rooms(25, map[string]int{"hot": 20}))))
		require.Equal(s, map[string]int{"hot": 79}, perPage(s.claim(rooms(1000, map[string]int{"hot": 1000}))))
		s.crowd("again", 1)
		require.Len(s, s.claim(all), 1)
	}},
	{"room is counted among served pages only", func(s *suite) {
		s.crowd("other", 30)
		s.crowd("hot", 30)
		s.put(ann, "a")
		claim := rooms(10, map[string]int{"hot": 3, "other": 5})
		claim.Serves = func(page string) bool { return page != "other" }
		require.Equal(s, map[string]int{"hot": 3, ann.PageID: 1}, perPage(s.claim(claim)))
		claim.Serves = nil
		require.Equal(s, map[string]int{"hot": 3, "other": 5}, perPage(s.claim(claim)))
	}},
	{"suspects are counted over all that a claim looks at", func(s *suite) {
		put := func(page, psid string) {
			s.put(store.Conversation{PageID: page, PSID: psid}, page+psid)
			s.clock.advance(time.Millisecond)
		}
		put("mine", "suspect 1")
		put("mine", "suspect 2")
		interrupt := all
		interrupt.TTL = 0
		for range 2 {
			require.Len(s, s.claim(interrupt), 2)
		}
		claim := all
		claim.Suspects, claim.Conversations = store.Suspects{1, 0, 0}, 2
		claim.Serves = func(page string) bool { return page == "mine" }
		put("mine", "fresh")
		s.put(store.Conversation{PageID: "other", PSID: "1"}, "other")
		require.Equal(s, []int{0, 1}, levels(s.claim(claim)))
	}},
	{"what is enqueued comes after events", func(s *suite) {
		for i := range 50 {
			s.enqueue(send(store.Conversation{PageID: "p", PSID: fmt.Sprint(i)}, fmt.Sprint("news", i)))
			s.clock.advance(time.Millisecond)
		}
		s.put(ann, "a")
		claim := all
		claim.Conversations = 1
		leases := s.claim(claim)
		require.Len(s, leases, 1)
		require.Equal(s, ann, leases[0].Conversation)
		require.False(s, leases[0].Background)
		claim.Background = 0
		require.Empty(s, s.claim(claim), "background work was not asked for")
		s.put(bob, "b")
		claim.Conversations, claim.Background = 10, 4
		leases = s.claim(claim)
		require.Len(s, leases, 4)
		require.Equal(s, bob, leases[0].Conversation)
		for i, lease := range leases[1:] {
			require.True(s, lease.Background)
			require.Equal(s, []string{fmt.Sprint("news", i)}, sendKeys(lease), "the oldest first")
		}
	}},
	{"a claim can be for background work only", func(s *suite) {
		s.put(ann, "a")
		s.clock.advance(time.Millisecond)
		s.put(store.Conversation{PageID: "p", PSID: "1"}, "b")
		for i := range 3 {
			s.clock.advance(time.Millisecond)
			s.enqueue(send(store.Conversation{PageID: "p", PSID: fmt.Sprint(i)}, fmt.Sprint("news", i)))
		}
		claim := all
		claim.Conversations, claim.OnlyBackground = 1, true
		for _, key := range []string{"news0", "news2"} { // the other one is for someone who has written
			leases := s.claim(claim)
			require.Len(s, leases, 1)
			require.True(s, leases[0].Background)
			require.Equal(s, []string{key}, sendKeys(leases[0]))
		}
		require.Empty(s, s.claim(claim))
		claim.OnlyBackground = false
		require.Equal(s, ann, s.claim(claim)[0].Conversation, "nothing has changed for what people have written")
	}},
	{"an event makes its conversation foreground work", func(s *suite) {
		later := send(ann, "later")
		later.Delay = time.Hour
		s.enqueue(later, send(ann, "news"))
		s.put(ann, "a")
		claim := all
		claim.Background = 0
		leases := s.claim(claim)
		require.Len(s, leases, 1)
		require.False(s, leases[0].Background)
		require.Equal(s, []string{"news"}, sendKeys(leases[0]))
		s.finish(leases[0])
		s.clock.advance(time.Hour)
		require.Equal(s, []string{"later"}, sendKeys(s.one(ann)))
	}},
	{"background work stays in the background until an event comes", func(s *suite) {
		s.enqueue(send(ann, "1"), send(ann, "2"))
		lease := s.one(ann)
		require.True(s, lease.Background)
		s.commit(store.Outcome{
			Lease: lease.LeaseID, Results: []store.SendResult{{Key: "1", State: store.SendAgain}}, Release: true, After: time.Second,
		})
		s.clock.advance(time.Second - time.Microsecond)
		s.none()
		s.clock.advance(time.Microsecond)
		lease = s.one(ann)
		require.True(s, lease.Background)
		require.Equal(s, []string{"1", "2"}, sendKeys(lease))
		found, err := s.Cancel(s.ctx, ann, "2")
		require.NoError(s, err)
		require.False(s, found, "it may be on its way")
		s.clock.advance(ttl)
		lease = s.one(ann)
		require.True(s, lease.Background, "after its lease has expired")
		s.put(ann, "a")
		s.release(lease)
		require.False(s, s.one(ann).Background)
	}},
	{"a reply that waits is no background work", func(s *suite) {
		s.put(ann, "a")
		lease := s.one(ann)
		s.commit(store.Outcome{Lease: lease.LeaseID, Event: done(lease), Sends: []store.Send{send(ann, "reply")}})
		s.enqueue(send(ann, "news"))
		s.release(lease)
		lease = s.one(ann)
		require.False(s, lease.Background)
		require.Equal(s, []string{"reply", "news"}, sendKeys(lease))
	}},
	{"an event ends a rest that lasts until one comes", func(s *suite) {
		rest := func(lease store.Lease) {
			s.Helper()
			s.commit(store.Outcome{Lease: lease.LeaseID, Release: true, After: time.Hour, UntilEvent: true})
		}
		s.enqueue(send(ann, "news"))
		rest(s.one(ann))
		s.none()
		s.put(ann, "a")
		lease := s.one(ann)
		require.Equal(s, []string{"a"}, eventKeys(lease))
		require.Equal(s, []string{"news"}, sendKeys(lease))
		s.commit(store.Outcome{Lease: lease.LeaseID, Event: done(lease)})
		s.put(ann, "b")
		rest(lease)
		lease = s.one(ann)
		require.Equal(s, []string{"b"}, eventKeys(lease), "it came before the lease was given back")
		s.commit(store.Outcome{Lease: lease.LeaseID, Event: done(lease)})
		rest(lease)
		s.clock.advance(time.Hour - time.Microsecond)
		s.none()
		s.clock.advance(time.Microsecond)
		require.Equal(s, []string{"news"}, sendKeys(s.one(ann)))
	}},
	{"the room of a page is for background work too", func(s *suite) {
		for i := range 50 {
			s.enqueue(send(store.Conversation{PageID: "hot", PSID: fmt.Sprint(i)}, fmt.Sprint("news", i)))
			s.clock.advance(time.Millisecond)
		}
		s.enqueue(send(ann, "a"))
		require.Equal(s, map[string]int{"hot": 2, ann.PageID: 1}, perPage(s.claim(rooms(10, map[string]int{"hot": 2}))))
		s.put(store.Conversation{PageID: "hot", PSID: "7"}, "event")
		leases := s.claim(rooms(10, map[string]int{"hot": 1}))
		require.Len(s, leases, 1)
		require.Equal(s, []string{"event"}, eventKeys(leases[0]))
		require.Equal(s, map[string]int{"hot": 47}, perPage(s.claim(all)))
	}},
}
