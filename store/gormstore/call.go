package gormstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"sync"
	"time"

	"gorm.io/gorm"

	"github.com/djmessenger/messenger/store"
)

// api names GORM in a [store.Call].
const api = "gorm"

var errBadConn = driver.ErrBadConn

// errBroken reports that the database has ended the transaction by itself.
var errBroken = errors.New("store: the database rolled back the transaction")

// OnCommit queues a function into the turn of a context. It runs inside the
// transaction that commits the turn, in the order in which it was queued among
// the turn's writes: what it stores through tx becomes durable together with
// them, or not at all.
//
// The function may use tx and nothing else: no network, and no other handle on
// the database, which would wait for this transaction. It must end within the
// store's commit timeout ([WithCommitTimeout]). An error, a panic, an attempt
// to end the transaction, or an expired context fail the commit with a
// [store.CallError], and nothing of the turn is stored. The bot takes it as a
// failure of the route that queued the function: the event is tried again, or,
// if the error is a handling.Permanent one or it was the last try, the other
// routes take effect and this one becomes a dead letter. Nested tx.Transaction works,
// with savepoints; prepared statements are refused.
//
// OnCommit returns [store.ErrNoTurn] outside of a turn, [store.ErrTurnOver]
// after it, and [errors.ErrUnsupported] if the turn's store is not one of this
// package. A turn that uses it commits alone and so more slowly than others.
// Where several processes share the database, the function may be run again if
// it and another one waited for each other: the first run has then left nothing.
func OnCommit(ctx context.Context, run func(tx *gorm.DB) error) error {
	return store.Queue(ctx, store.Call{API: api, Run: func(tx any) error {
		db, ok := tx.(*gorm.DB)
		if !ok {
			return fmt.Errorf("gormstore: OnCommit got a %T: %w", tx, errors.ErrUnsupported)
		}
		return run(db)
	}})
}

// callGroup counts the functions that still run, those that were given up
// included.
type callGroup struct{ sync.WaitGroup }

// wait waits for the functions that were given up, but not for ever.
func (g *callGroup) wait(limit time.Duration) {
	done := make(chan struct{})
	go func() {
		g.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(limit):
	}
}

// calls runs users' functions within one transaction.
type calls struct {
	w      *lane
	pool   *callPool
	cancel context.CancelFunc
}

func newCalls(w *lane, tx *sql.Tx) *calls {
	ctx, cancel := context.WithTimeout(context.Background(), w.commitTimeout)
	return &calls{w: w, cancel: cancel, pool: &callPool{ctx: ctx, tx: tx, conn: w.session.conn, dialect: w.db.Dialect}}
}

// call runs one function in the transaction. All of a transaction share the
// commit timeout.
func (t *txn) call(call store.Call) error {
	if err := t.sync(); err != nil {
		return err
	}
	if t.calls == nil {
		t.calls = newCalls(t.w, t.tx)
	}
	return t.calls.run(call)
}

// endCalls takes the transaction from the functions.
func (t *txn) endCalls() {
	if t.calls != nil {
		t.calls.end()
	}
}

// end makes every later statement of the functions fail.
func (c *calls) end() {
	c.pool.end(errors.New("gormstore: the transaction of OnCommit has ended"))
	c.cancel()
}

// run calls one function and waits for it, or for the timeout.
func (c *calls) run(call store.Call) error {
	db := c.w.db.Pool.Session(&gorm.Session{NewDB: true, SkipDefaultTransaction: true, Context: c.pool.ctx})
	// A session that prepares its statements starts from the second of these.
	db.Statement.ConnPool, db.ConnPool = c.pool, c.pool
	result := make(chan error, 1)
	c.w.calls.Go(func() {
		err := errors.New("the function did not return")
		defer func() {
			if p := recover(); p != nil {
				err = fmt.Errorf("panic: %v", p)
			}
			result <- err
		}()
		err = call.Run(db)
	})
	var err error
	select {
	case err = <-result:
	case <-c.pool.ctx.Done():
		err = fmt.Errorf("not done within %v: %w", c.w.commitTimeout, c.pool.ctx.Err())
	}
	if fault := c.pool.failed(); err == nil {
		err = fault
	}
	if err == nil {
		err = c.pool.mend()
	}
	if err != nil {
		c.end()
		return &store.CallError{Route: call.Route, Err: err}
	}
	return nil
}
