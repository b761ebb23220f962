package engine

import (
	"context"
	"sync"
	"time"

	"github.com/djmessenger/messenger/store"
)

// findCapabilities asks the store for what not every store has.
func (e *Engine) findCapabilities() {
	var found bool
	if e.replicas, found = store.As[store.Replicas](e.cfg.Store); !found {
		e.only = &onlyReplica{echoed: map[string]time.Time{}}
		e.replicas = e.only
	}
	e.feeder.st, _ = store.As[store.Broadcasts](e.cfg.Store)
	if e.isolator, found = store.As[store.Isolator](e.cfg.Store); !found {
		e.isolator = unmarked{}
	}
}

// unmarked stands in for a store that cannot remember which event runs alone.
type unmarked struct{}

func (unmarked) MarkAlone(context.Context, store.LeaseID, int64) error { return nil }

// onlyReplica stands in for a store that does not know of replicas: this process is the
// only one, and a page is known to be echoed once this process has leased an echo.
type onlyReplica struct {
	mu     sync.Mutex
	echoed map[string]time.Time // by page
}

func (*onlyReplica) Heartbeat(_ context.Context, replica store.Replica) ([]store.Replica, error) {
	return []store.Replica{replica}, nil
}

func (o *onlyReplica) EchoedAt(_ context.Context, pageID string) (time.Time, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.echoed[pageID], nil
}

// note remembers the echoes among leased events.
func (o *onlyReplica) note(leases []store.Lease) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, lease := range leases {
		for _, ev := range lease.Events {
			if ev.EchoOf != "" {
				o.echoed[ev.PageID] = newStoreClock(lease.Now, time.Now()).claimed()
			}
		}
	}
}
