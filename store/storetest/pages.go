package storetest

import (
	"fmt"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
)

// only serves one page.
func only(pageID string) func(string) bool { return func(page string) bool { return page == pageID } }

// serving claims everything of the pages that are served.
func serving(serves func(pageID string) bool) store.Claim {
	claim := all
	claim.Serves = serves
	return claim
}

func (s *suite) waiting() map[string]store.Waiting {
	s.Helper()
	waiting, err := s.Waiting(s.ctx)
	require.NoError(s, err)
	return waiting
}

var pagePromises = []promise{
	{"a page that is not served is left to others", func(s *suite) {
		s.put(ann, "a")
		s.enqueue(send(bob, "b"))
		s.put(eve, "e")
		first := s.claim(serving(only(eve.PageID)))
		require.Len(s, first, 1)
		require.Equal(s, eve, first[0].Conversation)
		require.Empty(s, s.claim(serving(only(eve.PageID))))
		second := s.claim(serving(only(ann.PageID)))
		require.Len(s, second, 2)
		for _, lease := range second {
			require.Equal(s, 1, lease.Deliveries, "a claim that passed over it changed nothing")
		}
	}},
	{"a page that is served again is claimed again", func(s *suite) {
		s.put(ann, "a")
		served := map[string]bool{}
		serves := func(page string) bool { return served[page] }
		for range 3 {
			require.Empty(s, s.claim(serving(serves)))
			served[ann.PageID] = true
			leases := s.claim(serving(serves))
			require.Len(s, leases, 1)
			s.release(leases[0])
			delete(served, ann.PageID)
		}
		require.Empty(s, s.claim(serving(serves)))
		s.one(ann)
	}},
	{"a removed page keeps its lease", func(s *suite) {
		s.put(ann, "a", "b")
		lease := s.one(ann)
		require.Empty(s, s.claim(serving(only(eve.PageID))))
		s.commit(store.Outcome{Lease: lease.LeaseID, Event: done(lease), Sends: []store.Send{send(ann, "s")}, Release: true})
		require.Empty(s, s.claim(serving(only(eve.PageID))))
		require.Equal(s, []string{"b"}, eventKeys(s.one(ann)))
	}},
	{"pages that are not served hide none behind them", func(s *suite) {
		const pages, people = 40, 5
		for page := range pages {
			for person := range people {
				s.put(store.Conversation{PageID: fmt.Sprint("other ", page), PSID: fmt.Sprint(person)}, fmt.Sprint(page, "/", person))
			}
			s.clock.advance(time.Millisecond)
		}
		s.put(ann, "a")
		s.put(bob, "b")
		s.put(eve, "e")
		claim := serving(only(ann.PageID))
		claim.Conversations = 2
		require.Len(s, s.claim(claim), 2)
		claim.Serves = only(eve.PageID)
		require.Len(s, s.claim(claim), 1)
		claim.Serves = func(string) bool { return false }
		require.Empty(s, s.claim(claim))
		require.Len(s, s.claim(all), pages*people)
	}},
	{"the oldest due are claimed first whatever their pages", func(s *suite) {
		var want []string
		for i := range 12 {
			conv := store.Conversation{PageID: fmt.Sprint("page ", i%4), PSID: fmt.Sprint(i)}
			s.put(conv, fmt.Sprint("e", i))
			s.clock.advance(time.Millisecond)
			if i%4 != 2 {
				want = append(want, conv.PSID)
			}
		}
		claim := serving(func(page string) bool { return page != "page 2" })
		claim.Conversations = 3
		for len(want) > 0 {
			var got []string
			for _, lease := range s.claim(claim) {
				got = append(got, lease.PSID)
			}
			require.ElementsMatch(s, want[:3], got)
			want = want[3:]
		}
		require.Empty(s, s.claim(claim))
	}},
	{"what is left to others for long hides nothing", func(s *suite) {
		mine := serving(only(ann.PageID))
		long := 5 * time.Minute
		pass := func() {
			s.Helper()
			for range 3 {
				require.Empty(s, s.claim(mine))
				s.clock.advance(long)
			}
		}
		s.put(eve, "e")
		pass()
		s.put(ann, "a", "b")
		first := s.claim(mine)
		require.Len(s, first, 1, "it arrived just now")
		require.Empty(s, s.claim(mine))
		s.clock.advance(long)
		second := s.claim(mine)
		require.Len(s, second, 1, "its lease has expired")
		s.commit(store.Outcome{Lease: second[0].LeaseID, Event: again(second[0]), Release: true, After: 2 * long})
		require.Empty(s, s.claim(mine))
		s.clock.advance(2 * long)
		third := s.claim(mine)
		require.Len(s, third, 1, "its rest is over")
		s.commit(store.Outcome{Lease: third[0].LeaseID, Sends: []store.Send{send(ann, "1"), send(ann, "2"), send(ann, "3")}, Start: "1"})
		s.finish(third[0])
		fourth := s.claim(mine)
		require.Len(s, fourth, 1, "its sends are left")
		s.commit(store.Outcome{
			Lease: fourth[0].LeaseID, Release: true, After: 10 * long, Awaits: "1",
			Results: []store.SendResult{{Key: "1", State: store.SendUnknown}},
		})
		pass()
		require.Empty(s, s.claim(mine))
		echo := event(store.Conversation{PageID: ann.PageID, PSID: "echo"}, "echo")
		echo.EchoOf = "1"
		require.NoError(s, s.Put(s.ctx, echo))
		found, err := s.Cancel(s.ctx, ann, "3")
		require.NoError(s, err)
		require.True(s, found)
		require.Len(s, s.claim(mine), 2, "an echo has ended its rest")
		require.Len(s, s.claim(serving(only(eve.PageID))), 1)
		require.Equal(s, 1, s.waiting()[eve.PageID].Events)
	}},
	{"suspects are counted among the served pages only", func(s *suite) {
		s.put(ann, "a")
		s.clock.advance(time.Millisecond)
		s.put(eve, "e")
		interrupt := all
		interrupt.TTL = 0
		for range 2 {
			require.Len(s, s.claim(interrupt), 2)
		}
		claim := serving(only(eve.PageID))
		claim.Suspects = store.Suspects{1, 0, 0}
		leases := s.claim(claim)
		require.Len(s, leases, 1)
		require.Equal(s, 3, leases[0].Deliveries)
		require.Equal(s, 3, s.one(ann).Deliveries)
	}},
	{"what waits is counted by page", func(s *suite) {
		require.Empty(s, s.waiting())
		s.put(ann, "a")
		s.clock.advance(time.Second)
		s.put(bob, "b")
		later := send(bob, "later")
		later.Delay = time.Hour
		s.enqueue(later, send(bob, "now"))
		s.clock.advance(time.Second)
		s.enqueue(later, send(eve, "e"))
		want := map[string]store.Waiting{
			"page1": {Events: 2, Sends: 2, OldestEvent: start, OldestSend: start.Add(time.Second)},
			"page2": {Sends: 1, OldestSend: start.Add(2 * time.Second)},
		}
		require.Equal(s, want, s.waiting())
		for _, lease := range s.claim(all) {
			s.finish(lease)
		}
		require.Equal(s, map[string]store.Waiting{"page1": {Sends: 1, OldestSend: start.Add(time.Second + time.Hour)}}, s.waiting())
		require.NoError(s, s.Forget(s.ctx, bob))
		require.Empty(s, s.waiting())
	}},
}

// servings are the pages that processes serve: all, one of the two, or none.
var servings = []func(pageID string) bool{
	nil, func(string) bool { return true }, only(ann.PageID), only(eve.PageID), func(string) bool { return false },
}
