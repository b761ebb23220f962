package gormstore

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"sync"
	"time"

	"gorm.io/gorm"

	"github.com/djmessenger/messenger/store"
)

var errBadConn = driver.ErrBadConn

var (
	errRolledBack = errors.New("gormstore: the transaction of the turn was rolled back")
	errIgnored    = errors.New("gormstore: a statement failed outside of a nested transaction")
	errReturned   = errors.New("gormstore: the OnCommit function of this transaction has ended")
)

// callGroup counts the functions that still run, those that were given up
// included.
type callGroup struct{ sync.WaitGroup }

// wait waits for the functions that were given up, at most for the limit.
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

// calls are the users' functions of one transaction. They share the commit timeout.
type calls struct {
	ctx    context.Context
	cancel context.CancelFunc
	route  string // of the function that ran last
}

// call runs one function in the transaction.
func (t *txn) call(call store.Call) error {
	if err := t.sync(); err != nil {
		return err
	}
	if t.calls == nil {
		t.calls = &calls{}
		t.calls.ctx, t.calls.cancel = context.WithTimeout(context.Background(), t.w.commitTimeout)
	}
	t.calls.route = call.Route
	if err := t.guard.Enter(t.ctx, t.conn, t.w.commitTimeout); err != nil {
		return fmt.Errorf("store: database: %w", err)
	}
	pool := &callPool{ctx: t.calls.ctx, conn: t.conn, dialect: t.dialect, guard: t.guard}
	err := t.runCall(pool, call)
	fault := pool.end()
	if err == nil {
		err = fault
	}
	left := t.guard.Leave(t.ctx, t.conn, err == nil)
	if err == nil && left != nil && !t.dialect.Intact(t.conn) {
		return fmt.Errorf("store: database: %w", left) // which is not the function's fault
	}
	if err = errors.Join(err, left); err != nil {
		return &store.CallError{Route: call.Route, Err: err}
	}
	return nil
}

// runCall calls a function and waits for it, or for the timeout.
func (t *txn) runCall(pool *callPool, call store.Call) error {
	db := t.w.db.Pool.Session(&gorm.Session{NewDB: true, SkipDefaultTransaction: true, Context: pool.ctx})
	// A session that prepares its statements starts from the second of these.
	db.Statement.ConnPool, db.ConnPool = pool, pool
	result := make(chan error, 1)
	t.w.calls.Go(func() {
		err := errors.New("the function did not return")
		defer func() {
			if p := recover(); p != nil {
				err = fmt.Errorf("panic: %v", p)
			}
			result <- err
		}()
		err = call.Run(db)
	})
	select {
	case err := <-result:
		return err
	case <-pool.ctx.Done():
		return fmt.Errorf("not done within %v: %w", t.w.commitTimeout, pool.ctx.Err())
	}
}

// endCalls frees what the functions of the transaction have left.
func (t *txn) endCalls() {
	if t.calls != nil {
		t.calls.cancel()
	}
}

// refusedBy returns the error of a COMMIT that the database has refused. If users'
// functions ran, one of their deferred constraints was violated.
func (t *txn) refusedBy(err error) error {
	if t.calls == nil {
		return err
	}
	return &store.CallError{Route: t.calls.route, Err: err}
}
