package storetest

import (
	"context"
	"fmt"
	"sync"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
)

var pingPromises = []promise{
	{"a ping leaves nothing behind", func(s *suite) {
		require.NoError(s, s.Ping(s.ctx))
		require.Equal(s, store.Stats{}, s.stats())
		s.none()
		s.put(ann, "a")
		s.enqueue(send(bob, "s"))
		before := s.stats()
		var pinging sync.WaitGroup
		for range 8 {
			pinging.Go(func() {
				for range 5 {
					assert.NoError(s, s.Ping(context.WithoutCancel(s.ctx)))
				}
			})
		}
		pinging.Wait()
		require.Equal(s, before, s.stats())
		leases := s.claim(all)
		require.Len(s, leases, 2, "nothing but what was put is there to handle")
		for _, lease := range leases {
			require.NoError(s, s.Ping(s.ctx))
			s.finish(lease)
		}
		require.Equal(s, store.Stats{}, s.stats())
		replicas, err := s.Heartbeat(s.ctx, store.Replica{Owner: "a", TTL: ttl})
		require.NoError(s, err)
		require.Len(s, replicas, 1)
	}},
	{"a ping needs no room in a page", func(s *suite) {
		for i := range backlog {
			s.put(ann, fmt.Sprint(i))
		}
		var over *store.BacklogError
		require.ErrorAs(s, s.Put(s.ctx, event(ann, "one more")), &over)
		require.NoError(s, s.Ping(s.ctx))
		require.Equal(s, backlog, s.stats().Events)
	}},
	{"a ping waits no longer than its context", func(s *suite) {
		ctx, cancel := context.WithCancel(s.ctx)
		cancel()
		require.ErrorIs(s, s.Ping(ctx), context.Canceled)
	}},
}
