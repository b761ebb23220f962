package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	"gorm.io/gorm"

	"github.com/djmessenger/messenger/store"
)

// Calls are the users' functions of one transaction. They share a timeout, which begins with the first.
type Calls struct {
	// DB makes the functions' handles.
	DB *gorm.DB
	// Timeout is how long the functions may take together.
	Timeout time.Duration
	// Running counts the functions that run, those that were given up included.
	Running *sync.WaitGroup

	ctx    context.Context
	cancel context.CancelFunc
	route  string // of the function that ran last
}

// Run runs one function on a connection, whose transaction the context bounds. It returns a [store.CallError] if the
// function fails. When it returns, the function can run no statement.
func (c *Calls) Run(ctx context.Context, conn *sql.Conn, guard Guard, call store.Call) error {
	if c.ctx == nil {
		c.ctx, c.cancel = context.WithTimeout(context.Background(), c.Timeout)
	}
	c.route = call.Route
	if err := guard.Enter(ctx, conn, c.Timeout); err != nil {
		return fmt.Errorf("store: database: %w", err)
	}
	pool := &callPool{ctx: c.ctx, conn: conn, guard: guard}
	err := c.run(pool, call)
	fault := pool.end()
	if err == nil {
		err = fault
	}
	left := guard.Leave(ctx, conn, err == nil)
	if err == nil && left != nil && !guard.Intact(conn) {
		return fmt.Errorf("store: database: %w", left) // which is not the function's fault
	}
	if err = errors.Join(err, left); err != nil {
		return &store.CallError{Route: call.Route, Err: err}
	}
	return nil
}

// run calls a function and waits for it, or for the timeout.
func (c *Calls) run(pool *callPool, call store.Call) error {
	db := c.DB.Session(&gorm.Session{NewDB: true, SkipDefaultTransaction: true, Context: c.ctx})
	// A session that prepares its statements starts from the second of these.
	db.Statement.ConnPool, db.ConnPool = pool, pool
	result := make(chan error, 1)
	c.Running.Go(func() {
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
	case <-c.ctx.Done():
		return fmt.Errorf("not done within %v: %w", c.Timeout, c.ctx.Err())
	}
}

// End frees what the functions have left.
func (c *Calls) End() {
	if c.cancel != nil {
		c.cancel()
	}
}

// Refused makes an error of the COMMIT itself, which the database has refused, that of the function that ran last: a deferred
// constraint of the functions is violated. What the store's own statements violate is not their fault.
func (c *Calls) Refused(err error) error { return &store.CallError{Route: c.route, Err: err} }
