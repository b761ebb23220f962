package engine

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/djmessenger/messenger/store"
)

const (
	// storeTimeout is the least that a call to the store may take, and storeWindow how much
	// more it may take.
	storeTimeout = 10 * time.Second
	storeWindow  = 2 * time.Second
	// purgeTimeout bounds one purge.
	purgeTimeout = 5 * time.Minute
	// callsStuck is how many calls of one operation of the store may be stuck before it is
	// no longer called.
	callsStuck = 4
)

// storeCalls bounds calls to the store. A call of the store has no context of its own,
// since one with a deadline costs more than a short call does: all calls that begin within
// storeWindow share one.
type storeCalls struct {
	base context.Context

	mu    sync.Mutex
	ctx   context.Context
	began time.Time
	end   context.CancelFunc // is not called
}

func newStoreCalls(base context.Context) *storeCalls { return &storeCalls{base: base} }

// context returns one that ends after storeTimeout, or up to storeWindow later, and with
// the base.
func (c *storeCalls) context() context.Context {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := time.Now(); c.ctx == nil || now.Sub(c.began) >= storeWindow {
		// Each ends by its time or with the base, not with the next one: calls still use it.
		c.ctx, c.end = context.WithTimeout(c.base, storeTimeout+storeWindow) //nolint:gosec // as above
		c.began = now
	}
	return c.ctx
}

// reading returns the context of a call to the store that changes nothing, or nothing that
// must be known. It ends when the grace period does.
func (e *Engine) reading() context.Context { return e.reads.context() }

// writing returns the context of a call to the store that gives something back. It ends
// just before Run returns. When it ends during a call, it is unknown whether that took
// effect; the caller makes the same call again.
func (e *Engine) writing() context.Context { return e.writes.context() }

// The functions below call the store in the goroutine of the caller. A panic is an error, as
// in the calls that [run] makes.

func commitTo(ctx context.Context, log *slog.Logger, st store.Store, out store.Outcome) (due []store.QueuedSend, err error) {
	err = recovered(log, "the store's Commit", func() (err error) {
		due, err = st.Commit(ctx, out)
		return err
	})
	return due, err
}

func applyTo(ctx context.Context, log *slog.Logger, st store.Store, writes ...store.Write) error {
	return recovered(log, "the store's Apply", func() error { return st.Apply(ctx, writes...) })
}

func (w *worker) markAlone(seq int64) error {
	return recovered(w.log, "the store's MarkAlone", func() error {
		return w.e.isolator.MarkAlone(w.e.writing(), w.lease.LeaseID, seq)
	})
}
