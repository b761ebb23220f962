package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/internal/database"
)

// tx implements queue.Tx. Statements wait until an answer is needed, and then travel to the server together: what begins the
// transaction with the locks and reads of Read, and what Apply changes with the commit.
type tx struct {
	ctx  context.Context //nolint:containedctx // it bounds the transaction
	conn *conn
	// calls runs users' functions; nil if there are none.
	calls *database.Calls

	waiting []statement
	// sent is set when statements were sent, ready when the settings were answered, and answered when all that travelled with them were.
	sent, ready, answered bool
	// err is the first error. It costs the transaction.
	err error

	// now is the transaction's time, if it is known: it is the store's clock, or what the server answers to the settings.
	now    int64
	known  bool
	owners map[string]store.Conversation
}

// errOver is what is returned for a transaction that has ended.
var errOver = errors.New("postgres: the transaction has ended")

// begun reads the answer of the settings.
func (t *tx) begun(rows pgx.Rows) error {
	t.ready = true
	var answer string
	var now int64
	if err := rows.Scan(&answer, &now); err != nil {
		return err
	}
	if !t.known {
		t.now, t.known = now, true
	}
	return checkSettings(answer)
}

// Now implements queue.Tx. If it fails, so does everything else.
func (t *tx) Now() int64 {
	if !t.known {
		_ = t.sync()
	}
	return t.now
}

// at is the time for a statement that may run before the database's time is known: then it is NULL, and the statement takes
// that time itself.
func (t *tx) at() *int64 {
	if !t.known {
		return nil
	}
	return &t.now
}

// Holder implements queue.Tx.
func (t *tx) Holder() int64 { return t.conn.holder }

// Owners implements queue.Tx.
func (t *tx) Owners() map[string]store.Conversation { return t.owners }

// later has a statement wait for the next answer that is needed.
func (t *tx) later(s statement) { t.waiting = append(t.waiting, s) }

// change has a statement wait that only changes rows.
func (t *tx) change(text string, args ...any) { t.later(statement{text: text, args: args}) }

// read has a statement wait whose rows are scanned.
func (t *tx) read(text string, scan func(pgx.Rows) error, args ...any) {
	t.later(statement{text: text, args: args, scan: scan})
}

// ask runs a statement with all that wait, and scans its rows.
func (t *tx) ask(text string, scan func(pgx.Rows) error, args ...any) error {
	t.read(text, scan, args...)
	return t.sync()
}

// sync runs the statements that wait.
func (t *tx) sync() error {
	if t.err != nil || len(t.waiting) == 0 {
		return t.err
	}
	waiting := t.waiting
	t.waiting = nil
	t.sent = true
	if err := t.conn.run(t.ctx, waiting); err != nil {
		return t.fail(err)
	}
	t.answered = true
	return nil
}

// fail notes the error that costs the transaction. If that has done nothing yet, another connection may do.
func (t *tx) fail(err error) error {
	unfit, ok := errors.AsType[unfitError](err)
	if ok {
		err = unfit
	} else {
		err = fmt.Errorf("store: database: %w", err)
	}
	switch {
	case !t.ready && lockTimeout(err):
		err = &blockedError{err}
	case !t.answered && !refused(err) && t.ctx.Err() == nil:
		err = &beginError{err}
	}
	t.err = err
	return err
}

// Call implements queue.Tx.
func (t *tx) Call(call store.Call) error {
	if err := t.sync(); err != nil {
		return err
	}
	if t.calls == nil {
		return fmt.Errorf("store: a %s call in a transaction for none: %w", call.API, errors.ErrUnsupported)
	}
	return t.calls.Run(t.ctx, t.conn.sql, t.conn.guard, call)
}

// Savepoint implements queue.Tx.
func (t *tx) Savepoint() error {
	t.change(savepoint)
	return t.err
}

// Undo implements queue.Tx.
func (t *tx) Undo() error {
	t.change(undo)
	return t.err
}

// Touch implements queue.Tx. It need not do anything: a ping has put an event and taken it back, which has numbered the transaction and
// is in the server's log, so that the server writes the commit to its log, too, and waits for the disk and its standbys.
func (t *tx) Touch() error { return t.err }

// Commit implements queue.Tx. COMMIT travels with the changes that wait.
func (t *tx) Commit(ctx context.Context) error {
	// What waits goes first if nothing was answered, because a connection that breaks then is no commit of unknown outcome, and if
	// users' functions have run, because they are not to blame for it.
	if !t.answered || t.calls != nil {
		if err := t.sync(); err != nil {
			return err
		}
	}
	t.ctx = ctx
	t.change(commit)
	if err := t.sync(); err != nil {
		if t.calls != nil && refused(err) {
			err = t.calls.Refused(err)
		}
		return err
	}
	t.err = errOver
	return nil
}

// Rollback implements queue.Tx.
func (t *tx) Rollback() {
	t.waiting = nil
	if t.err == nil {
		t.err = errOver
	}
	if t.sent {
		if err := t.conn.run(t.ctx, []statement{{text: rollback}}); err != nil {
			t.conn.lost = true
		}
	}
}
