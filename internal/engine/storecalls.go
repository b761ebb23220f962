package engine

import (
	"context"
	"log/slog"
	"reflect"
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

// isInterruptible reports whether calls of the store return when their contexts end, so that they need no [run]. A store that
// cannot be compared, such as a struct with a map, promises nothing.
func isInterruptible(st store.Store) bool {
	promises, ok := st.(store.Interruptible)
	return ok && reflect.ValueOf(st).Comparable() && promises.Interruptible() == st
}

// The functions below write to the store. The caller has what is to be written in its memory only,
// and must get on when the call ignores its context. So all go through [run], and each operation at
// most as often as there are workers, except for commits to a store that is interruptible.

func (c *Config) commit(ctx context.Context, log *slog.Logger, out store.Outcome) (due []store.QueuedSend, err error) {
	if c.interruptible {
		err = recovered(log, "the store's Commit", func() (err error) {
			due, err = c.Store.Commit(ctx, out)
			return err
		})
		return due, err
	}
	return c.commitGuarded(ctx, log, out)
}

// commitGuarded is a function of its own so that the outcome of commit stays on the stack.
func (c *Config) commitGuarded(ctx context.Context, log *slog.Logger, out store.Outcome) ([]store.QueuedSend, error) {
	return run(ctx, c.Guard, c.writing("the store's Commit", log), func(ctx context.Context) ([]store.QueuedSend, error) {
		return c.Store.Commit(ctx, out)
	})
}

func (c *Config) apply(ctx context.Context, writes ...store.Write) error {
	_, err := run(ctx, c.Guard, c.writing("the store's Apply", c.Logger), func(ctx context.Context) (struct{}, error) {
		return struct{}{}, c.Store.Apply(ctx, writes...)
	})
	return err
}

func (c *Config) writing(name string, log *slog.Logger) code {
	return code{name: name, log: log, most: max(c.Workers, callsStuck)}
}

func (w *worker) markAlone(seq int64) error {
	_, err := run(w.e.writing(), w.e.guard, w.e.cfg.writing("the store's MarkAlone", w.log), func(ctx context.Context) (struct{}, error) {
		return struct{}{}, w.e.isolator.MarkAlone(ctx, w.lease.LeaseID, seq)
	})
	return err
}
