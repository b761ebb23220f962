package gormstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/internal/database"
)

// groupSize is the most operations that share one commit.
const groupSize = 256

// operation is one change of the store. It takes effect whole or not at all,
// and may be run again if nothing of it was committed.
type operation struct {
	ctx context.Context
	run func(*txn) error
	// alone operations run a user's code; they commit in a transaction of
	// their own.
	alone bool
	done  chan error

	err   error
	delta map[string]int
	hint  bool
}

// txn is what an operation works on.
type txn struct {
	*session
	now time.Time
	// held is the conversation whose lease the operation holds, if any.
	held store.Conversation
	// waiting returns how many events of a page wait, those of this
	// transaction included.
	waiting func(pageID string) int
	// delta is what the operation changes about that.
	delta map[string]int
	// hint is set if something may be due when it has committed.
	hint bool
	// call runs a user's code; nil in a group.
	call func(store.Call) error
}

// writer makes operations durable, many in one commit. It is a single
// goroutine, which owns the connection that all writes go through.
type writer struct {
	db            *database.Database
	now           func() time.Time
	commitTimeout time.Duration
	hint          func()

	queue  chan *operation
	closed chan struct{}
	ended  chan struct{}
	calls  callGroup

	// session is nil after the connection broke, until it is needed again.
	session *session
	// backlog counts the waiting events by page.
	backlog map[string]int
}

// do hands an operation to the writer and waits until it is durable, or
// refused, or the context has ended. In the last case it may take effect yet.
func (w *writer) do(ctx context.Context, op *operation) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	op.ctx = ctx
	op.done = make(chan error, 1)
	select {
	case <-w.closed:
		return store.ErrClosed
	default:
	}
	select {
	case w.queue <- op:
	case <-ctx.Done():
		return ctx.Err()
	case <-w.closed:
		return store.ErrClosed
	}
	select {
	case err := <-op.done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// loop is the writer's goroutine. It ends when the store is closed, after the
// operations that it has taken.
func (w *writer) loop() {
	defer close(w.ended)
	var next *operation
	for {
		if next == nil {
			select {
			case next = <-w.queue:
			case <-w.closed:
				return
			}
		}
		if next.alone {
			w.finish([]*operation{next}, w.commitAlone)
			next = nil
			continue
		}
		var group []*operation
		group, next = w.gather(next)
		w.finish(group, w.commitGroup)
	}
}

// gather takes what waits. An operation that must commit alone ends the group
// and is returned beside it.
func (w *writer) gather(first *operation) (group []*operation, alone *operation) {
	group = append(group, first)
	// Those who were just answered get a chance to come back with more.
	runtime.Gosched()
	for len(group) < groupSize {
		select {
		case op := <-w.queue:
			if op.alone {
				return group, op
			}
			group = append(group, op)
		default:
			return group, nil
		}
	}
	return group, nil
}

// finish commits operations and tells their callers.
func (w *writer) finish(group []*operation, commit func([]*operation) error) {
	err := commit(group)
	if errors.Is(err, errBroken) && len(group) > 1 {
		// One operation cost all of them the transaction. Each on its own
		// shows whose fault it was.
		for _, op := range group {
			w.finish([]*operation{op}, commit)
		}
		return
	}
	hint := false
	for _, op := range group {
		if op.err == nil {
			op.err = err
		}
		if op.err == nil {
			for page, n := range op.delta {
				if w.backlog[page] += n; w.backlog[page] == 0 {
					delete(w.backlog, page)
				}
			}
			hint = hint || op.hint
		}
		op.done <- op.err
	}
	if hint {
		w.hint()
	}
}

// errBroken reports that the database has ended the transaction by itself.
var errBroken = errors.New("store: the database has rolled back the transaction")

// begin opens a transaction that may write.
func (w *writer) begin() (*sql.Tx, error) {
	for again := true; ; again = false {
		if w.session == nil {
			s, err := newSession(w.db)
			if err != nil {
				return nil, err
			}
			w.session = s
		}
		tx, err := w.session.conn.BeginTx(context.Background(), nil)
		if err == nil {
			return tx, nil
		}
		w.reset(err)
		if w.session != nil || !again {
			return nil, fmt.Errorf("store: database: %w", err)
		}
	}
}

// reset gives up the connection if it broke.
func (w *writer) reset(err error) {
	if w.session != nil && (connBroken(err) || w.session.conn.PingContext(context.Background()) != nil) {
		w.session.close()
		w.session = nil
	}
}

// commitGroup runs operations in one transaction, each behind a savepoint, so
// that one that fails takes nothing else with it.
func (w *writer) commitGroup(group []*operation) error {
	tx, err := w.begin()
	if err != nil {
		return err
	}
	delta := map[string]int{}
	for _, op := range group {
		if err := w.runInGroup(op, delta); err != nil {
			_ = tx.Rollback()
			w.reset(err)
			return err
		}
	}
	if err := tx.Commit(); err != nil {
		w.reset(err)
		return fmt.Errorf("store: commit: %w", err)
	}
	return nil
}

// runInGroup runs one operation. It returns an error only if the group is lost;
// the operation's own error stays in it.
func (w *writer) runInGroup(op *operation, delta map[string]int) error {
	op.err, op.delta, op.hint = nil, nil, false
	if op.err = op.ctx.Err(); op.err != nil {
		return nil //nolint:nilerr // op keeps its own error, and the group goes on
	}
	if _, err := w.session.exec("SAVEPOINT operation"); err != nil {
		return err
	}
	t := w.txn(delta)
	if op.err = op.run(t); op.err == nil {
		if _, err := w.session.exec("RELEASE SAVEPOINT operation"); err != nil {
			return err
		}
		for page, n := range t.delta {
			delta[page] += n
		}
		op.delta, op.hint = t.delta, t.hint
		return nil
	}
	if !w.db.Dialect.Intact(w.session.conn) {
		return fmt.Errorf("%w: %w", errBroken, op.err)
	}
	if _, err := w.session.exec("ROLLBACK TO SAVEPOINT operation"); err != nil {
		return fmt.Errorf("%w: %w", errBroken, err)
	}
	_, err := w.session.exec("RELEASE SAVEPOINT operation")
	return err
}

func (w *writer) txn(group map[string]int) *txn {
	t := &txn{session: w.session, now: w.now(), delta: map[string]int{}}
	t.waiting = func(pageID string) int { return w.backlog[pageID] + group[pageID] + t.delta[pageID] }
	return t
}

// commitAlone runs one operation in a transaction of its own, within the
// commit timeout.
func (w *writer) commitAlone(group []*operation) error {
	op := group[0]
	if op.err = op.ctx.Err(); op.err != nil {
		return nil
	}
	tx, err := w.begin()
	if err != nil {
		return err
	}
	calls := newCalls(w, tx)
	defer calls.end()
	t := w.txn(nil)
	t.call = calls.run
	if op.err = op.run(t); op.err != nil {
		calls.end()
		_ = tx.Rollback()
		w.reset(op.err)
		return nil
	}
	calls.end()
	if err := tx.Commit(); err != nil {
		w.reset(err)
		return fmt.Errorf("store: commit: %w", err)
	}
	op.delta, op.hint = t.delta, t.hint
	return nil
}

// close ends the writer after the operations that it has taken.
func (w *writer) close() {
	close(w.closed)
	<-w.ended
	w.calls.wait(w.commitTimeout)
	if w.session != nil {
		w.session.close()
	}
}

func connBroken(err error) bool {
	return errors.Is(err, sql.ErrConnDone) || errors.Is(err, errBadConn)
}
