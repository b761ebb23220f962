package engine

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/djmessenger/messenger/store"
)

// errLeaseLost ends the context of a lease that another worker has, or may soon have.
var errLeaseLost = errors.New("the lease on the conversation was lost")

// keeper renews leases, and ends the context of each that it could not renew,
// at 80 % of its time by this process's own monotonic clock.
type keeper struct {
	cfg  Config
	mu   sync.Mutex
	held map[store.Conversation]*lease // the newest of each conversation
}

// lease is one that this process holds.
type lease struct {
	keeper *keeper
	id     store.LeaseID
	parent context.Context // of ctx; it does not end with the lease
	ctx    context.Context
	end    context.CancelCauseFunc
	timer  *time.Timer
	asked  atomic.Pointer[time.Time] // when it was last asked for
	// before is the newest older lease on the conversation that a worker of this process has not
	// dropped yet, or nil. The keeper's mutex guards it.
	before *lease
	// gone is closed when the worker drops the lease. It is nil until there is a newer lease.
	gone chan struct{}
}

// safe reports whether the lease is still surely this process's. The clock is
// asked as well as the context: after a pause of the process the worker may run
// before the timer does.
func (l *lease) safe() bool {
	return l.ctx.Err() == nil && l.keeper.left(*l.asked.Load()) > 0
}

func newKeeper(cfg Config) *keeper {
	return &keeper{cfg: cfg, held: map[store.Conversation]*lease{}}
}

// hold starts to keep a lease that was asked for at that time.
//
// The store may grant it while another worker of this process has the conversation: when a
// renewal failed, or the store's clock was set forward. That one begins nothing more, and its
// lease is not renewed; a request that is under way goes on.
func (k *keeper) hold(parent context.Context, id store.LeaseID, asked time.Time) *lease {
	ctx, end := context.WithCancelCause(parent)
	l := &lease{keeper: k, id: id, parent: parent, ctx: ctx, end: end}
	l.asked.Store(&asked)
	k.mu.Lock()
	defer k.mu.Unlock()
	l.timer = time.AfterFunc(k.left(asked), func() { end(errLeaseLost) })
	if other := k.held[id.Conversation]; other != nil {
		other.asked.Store(&time.Time{})
		if other.gone == nil {
			other.gone = make(chan struct{})
		}
		l.before = other
	}
	k.held[id.Conversation] = l
	return l
}

// left is how long a lease that was asked for at that time is still safe.
func (k *keeper) left(asked time.Time) time.Duration {
	return time.Until(asked.Add(k.cfg.LeaseTTL * 4 / 5))
}

// drop stops keeping the lease and ends its context.
func (l *lease) drop() {
	l.keeper.mu.Lock()
	l.keeper.unlink(l)
	if l.gone != nil {
		close(l.gone)
	}
	l.keeper.mu.Unlock()
	l.timer.Stop()
	l.end(context.Canceled)
}

// unlink removes a lease from those of its conversation. What waits for its worker then waits for
// the one before: a worker that leaves without having waited leaves that one behind.
func (k *keeper) unlink(l *lease) {
	conv := l.id.Conversation
	switch newer := k.held[conv]; {
	case newer != l:
		for newer.before != l {
			newer = newer.before
		}
		newer.before = l.before
	case l.before != nil:
		k.held[conv] = l.before
	default:
		delete(k.held, conv)
	}
}

// awaitBefore waits until no worker of this process has an older lease on the conversation. It
// returns false if the lease ends first.
func (l *lease) awaitBefore() bool {
	for {
		l.keeper.mu.Lock()
		before := l.before
		l.keeper.mu.Unlock()
		if before == nil {
			return true
		}
		select {
		case <-before.gone:
		case <-l.ctx.Done():
			return false
		}
	}
}

// stop stops the timers of leases whose workers have not ended with Run.
func (k *keeper) stop() {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, l := range k.held {
		for ; l != nil; l = l.before {
			l.timer.Stop()
		}
	}
}

// run renews all leases three times within their time, until ctx ends.
func (k *keeper) run(ctx context.Context) {
	ticker := time.NewTicker(k.cfg.LeaseTTL / 3)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			k.renew(ctx)
		}
	}
}

func (k *keeper) renew(ctx context.Context) {
	leases := map[store.LeaseID]*lease{}
	k.mu.Lock()
	for _, l := range k.held {
		if l.safe() { // its worker may be stuck, and another one is to go on
			leases[l.id] = l
		}
	}
	k.mu.Unlock()
	if len(leases) == 0 {
		return
	}
	ids := make([]store.LeaseID, 0, len(leases))
	for id := range leases {
		ids = append(ids, id)
	}
	asked := time.Now()
	lost, err := run(ctx, k.cfg.Guard, code{name: "the store's Renew", limit: k.cfg.LeaseTTL / 3, most: callsStuck},
		func(ctx context.Context) ([]store.LeaseID, error) {
			return k.cfg.Store.Renew(ctx, k.cfg.LeaseTTL, ids...)
		})
	if err != nil && ctx.Err() != nil {
		return // the engine has stopped and needs its leases no longer
	}
	if locked, ok := errors.AsType[*store.RenewError](err); ok {
		k.cfg.Logger.Warn("some leases cannot be renewed now", "error", err)
		for _, id := range locked.Leases {
			delete(leases, id)
		}
	} else if err != nil {
		k.cfg.Logger.Error("cannot renew leases", "error", err, "leases", len(ids))
		return
	}
	for _, id := range lost {
		if l := leases[id]; l != nil {
			l.end(errLeaseLost)
			delete(leases, id)
		}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, l := range leases {
		if k.held[l.id.Conversation] != l {
			continue // it was dropped, or a newer one was granted, meanwhile
		}
		// A timer that has fired has ended the lease's context.
		if l.timer.Stop() {
			l.asked.Store(&asked)
			l.timer.Reset(k.left(asked))
		}
	}
}
