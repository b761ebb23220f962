package gormstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/internal/database"
)

// writer makes operations durable, many in one commit. An outcome of a turn, as every other
// operation, takes this path:
//
//	Store.Commit       checks the outcome, copies it into a queue.Operation, and calls do
//	writer.do          offers the operation to the lanes, on one channel without a buffer, and waits
//	lane.gather        takes from all callers who wait there at that moment, at most 256 operations, as one group
//	lane.transact      begins a transaction on the lane's connection (database.Conn)
//	queue.Machine.Run  locks and reads what the group needs, validates and plans each operation in Go, and applies
//	                   the changes of rows; an operation that it refuses, such as one whose lease is lost, changes
//	                   nothing and carries its error
//	lane.transact      commits (on PostgreSQL the changes travel with the COMMIT): from here on the group is durable
//	lane.finish        answers each caller with the error of its operation; if the transaction failed, it repeats it
//	                   after a deadlock, a serialization failure, or a connection that broke before its first answer, or
//	                   divides the group until the operation that fails it is alone
//
// The machine is the same for all databases. What an adapter (store/sqlite, store/postgres) does is
// in queue.Tx: it executes statements, and decides nothing.
type writer struct {
	db      *database.Database
	config  config
	machine *queue.Machine
	backlog *backlog
	hint    func()

	queue chan *request
	// renewals are those that a lane of their own takes; without one it is the queue.
	renewals chan *request
	closed   chan struct{}
	lanes    []*lane
	ended    sync.WaitGroup
	// userCode are users' functions that run, counting are counts of the backlog, which end with the
	// context.
	userCode sync.WaitGroup
	counting sync.WaitGroup
	ctx      context.Context
	cancel   context.CancelFunc
}

// request is an operation whose caller waits.
type request struct {
	*queue.Operation
	ctx  context.Context
	done chan error
}

func newWriter(db *database.Database, pool *sql.DB, c config, hint func()) *writer {
	w := &writer{
		db: db, config: c, hint: hint, queue: make(chan *request), closed: make(chan struct{}),
		backlog: newBacklog(openSnapshots(pool, &db.Queries), db.Cluster != nil),
	}
	w.machine = &queue.Machine{
		Bound: c.backlog, Backlog: w.backlog.waiting, Unserved: &queue.Unserved{Longest: db.Timeout + c.commitTimeout},
	}
	w.ctx, w.cancel = context.WithCancel(context.Background())
	for range max(db.Writers, 1) {
		w.lanes = append(w.lanes, &lane{writer: w, from: w.queue})
	}
	w.renewals = w.queue
	if db.Renewer {
		w.renewals = make(chan *request)
		w.lanes = append(w.lanes, &lane{writer: w, from: w.renewals})
	}
	return w
}

// do hands an operation to the writer and waits until it is durable, or refused, or the context has
// ended. In the last case it may still take effect.
func (w *writer) do(ctx context.Context, op *queue.Operation) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	r := &request{Operation: op, ctx: ctx, done: make(chan error, 1)}
	select {
	case <-w.closed:
		return store.ErrClosed
	default:
	}
	queue := w.queue
	if op.Renews() {
		queue = w.renewals
	}
	select {
	case queue <- r:
	case <-ctx.Done():
		return ctx.Err()
	case <-w.closed:
		return store.ErrClosed
	}
	select {
	case err := <-r.done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// connect opens the first connection.
func (w *writer) connect() error {
	ctx, cancel := w.deadline(nil)
	defer cancel()
	return w.lanes[0].connect(ctx)
}

func (w *writer) start() {
	for _, lane := range w.lanes {
		w.ended.Go(lane.loop)
	}
}

// recount counts the waiting events beside the transactions, if it is time for that.
func (w *writer) recount() {
	count := w.backlog.refresh()
	if count == nil {
		return
	}
	w.counting.Go(func() {
		ctx, cancel := context.WithTimeout(w.ctx, countTimeout)
		defer cancel()
		_ = count(ctx) // the numbers stay as they are, and the next transaction tries again
	})
}

// explain adds what an error of the database means in front of it.
func (w *writer) explain(err error) error {
	if err == nil || w.db.Meaning == nil {
		return err
	}
	if meaning := w.db.Meaning(err); meaning != "" && !strings.Contains(err.Error(), meaning) {
		return fmt.Errorf("%s: %w", meaning, err)
	}
	return err
}

// verify reports whether the database is still the one that the next start will open.
func (w *writer) verify() error {
	if w.db.Verify == nil {
		return nil
	}
	if err := w.db.Verify(); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return nil
}

// deadline is the writer's own: a caller's context never ends a transaction that others share.
func (w *writer) deadline(calls *database.Calls) (context.Context, context.CancelFunc) {
	timeout := w.db.Timeout
	if timeout == 0 {
		return context.Background(), func() {}
	}
	if calls != nil {
		timeout += calls.Timeout
	}
	return context.WithTimeout(context.Background(), timeout)
}

// passing reports whether a transaction that failed may succeed if it is tried again.
func (w *writer) passing(err error) bool {
	return errors.Is(err, queue.ErrRetry) || w.db.Again != nil && w.db.Again(err)
}

// refused reports that the database itself said that a statement failed.
func (w *writer) refused(err error) bool { return w.db.Refused != nil && w.db.Refused(err) }

// blocked reports that all transactions are kept out, so that to divide a group would repeat its
// wait.
func (w *writer) blocked(err error) bool { return w.db.Blocked != nil && w.db.Blocked(err) }

// close ends the writer after the operations that it has taken. Users' functions that were given up
// get a moment to end.
func (w *writer) close() {
	close(w.closed)
	w.ended.Wait()
	w.cancel()
	w.counting.Wait()
	done := make(chan struct{})
	go func() {
		w.userCode.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(w.config.commitTimeout):
	}
	for _, lane := range w.lanes {
		lane.close()
	}
}
