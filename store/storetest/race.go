package storetest

import (
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
)

// together runs a function many times at once and waits for all.
func together(n int, run func(i int)) {
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { run(i) })
	}
	wg.Wait()
}

var racePromises = []promise{
	{"a key that is put at once by many takes effect once", func(s *suite) {
		together(64, func(int) {
			assert.NoError(s, s.Put(s.ctx, event(ann, "k"), event(ann, "l")))
			assert.NoError(s, s.Enqueue(s.ctx, send(ann, "k")))
		})
		lease := s.one(ann)
		require.Equal(s, []string{"k", "l"}, eventKeys(lease))
		require.Equal(s, []string{"k"}, sendKeys(lease))
	}},
	{"thumbs that are counted at once all count", func(s *suite) {
		together(16, func(int) {
			for range 10 {
				assert.NoError(s, s.Apply(s.ctx, thumb(ann)))
			}
		})
		require.Equal(s, 160, s.person(ann).ThumbUps)
	}},
	{"of sessions that are saved at once one wins", func(s *suite) {
		var won atomic.Int64
		together(16, func(i int) {
			err := s.Apply(s.ctx, session(0, fmt.Sprint(i)))
			if err == nil {
				won.Add(1)
				return
			}
			assert.ErrorIs(s, err, store.ErrConflict)
		})
		require.EqualValues(s, 1, won.Load())
	}},
	{"no conversation is claimed twice", func(s *suite) {
		for i := range 100 {
			s.put(store.Conversation{PageID: "p", PSID: fmt.Sprint(i)}, fmt.Sprint(i))
		}
		var mu sync.Mutex
		holders := map[store.Conversation]int{}
		together(8, func(int) {
			for {
				leases, err := s.Claim(s.ctx, store.Claim{Owner: "w", Conversations: 3, Events: 1, TTL: ttl})
				if !assert.NoError(s, err) || len(leases) == 0 {
					return
				}
				mu.Lock()
				for _, lease := range leases {
					holders[lease.Conversation]++
				}
				mu.Unlock()
			}
		})
		require.Len(s, holders, 100)
		for conv, n := range holders {
			require.Equal(s, 1, n, conv)
		}
	}},
	{"no wake-up is lost between puts and releases", func(s *suite) {
		const writers, each, people = 8, 40, 5
		var producing sync.WaitGroup
		for w := range writers {
			producing.Go(func() {
				for i := range each {
					conv := store.Conversation{PageID: fmt.Sprint("p", w), PSID: fmt.Sprint(i % people)}
					assert.NoError(s, s.Put(s.ctx, event(conv, fmt.Sprint(w, "/", i))))
				}
			})
		}
		produced := make(chan struct{})
		go func() {
			producing.Wait()
			close(produced)
		}()
		var mu sync.Mutex
		handled := map[store.Conversation][]string{}
		held := map[store.Conversation]bool{}
		together(4, func(int) {
			for last := false; ; {
				select {
				case <-produced:
					// What is there now must be found: nothing is put any more.
					last = true
				default:
				}
				leases, err := s.Claim(s.ctx, store.Claim{Owner: "w", Conversations: 4, Events: 2, TTL: ttl})
				if !assert.NoError(s, err) {
					return
				}
				for _, lease := range leases {
					mu.Lock()
					assert.False(s, held[lease.Conversation], "two at a time")
					held[lease.Conversation] = true
					mu.Unlock()
					mu.Lock()
					handled[lease.Conversation] = append(handled[lease.Conversation], eventKeys(lease)...)
					held[lease.Conversation] = false
					mu.Unlock()
					for i, ev := range lease.Events {
						_, err := s.Commit(s.ctx, store.Outcome{
							Lease: lease.LeaseID, Event: end(ev), Release: i == len(lease.Events)-1,
						})
						assert.NoError(s, err)
					}
				}
				if last && len(leases) == 0 {
					return
				}
			}
		})
		s.none()
		require.Zero(s, s.stats().Events)
		total := 0
		for conv, keys := range handled {
			total += len(keys)
			previous := -1
			for _, key := range keys {
				var w, i int
				_, err := fmt.Sscanf(key, "%d/%d", &w, &i)
				require.NoError(s, err)
				require.Greater(s, i, previous, "out of order: %v %v", conv, keys)
				previous = i
			}
		}
		require.Equal(s, writers*each, total)
	}},
}
