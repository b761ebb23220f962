package gormstore

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/internal/database"
)

// groupSize is the most operations that share one commit.
const groupSize = 256

// tries is how often a transaction is begun that fails because of what others
// do at the same time.
const tries = 5

// writer makes operations durable, many in one commit.
type writer struct {
	db            *database.Database
	clock         func() time.Time // nil is the database's, or else the process's
	commitTimeout time.Duration
	bound         int
	hint          func()

	queue   chan *operation
	closed  chan struct{}
	lanes   []*lane
	ended   sync.WaitGroup
	calls   callGroup
	backlog backlog
	// strangers are pages that claims leave to others.
	strangers strangers
}

// lane is one goroutine of the writer, with a connection of its own that writes.
// Where several processes may write at once one process may, too: one lane
// gathers while the other waits for the disk.
type lane struct {
	*writer
	// session is nil after the connection broke, until it is needed again.
	session *session
	// joined is set once the tables are there: then each connection joins the
	// other processes.
	joined bool
	// latest is the time of what was stored last.
	latest time.Time
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

// loop is the lane's goroutine. It ends when the store is closed, after the
// operations that it has taken.
func (w *lane) loop() {
	var next *operation
	for {
		if next == nil {
			select {
			case next = <-w.queue:
			case <-w.closed:
				return
			}
		}
		var group []*operation
		group, next = w.gather(next)
		w.finish(group)
	}
}

// gather takes what waits. An operation that cannot join the others ends the
// group and is returned beside it.
func (w *lane) gather(first *operation) (group []*operation, next *operation) {
	group = append(group, first)
	if first.alone() {
		return group, nil
	}
	// Those who were just answered get a chance to come back with more.
	runtime.Gosched()
	leases := map[store.LeaseID]bool{}
	if first.outcome != nil {
		leases[first.outcome.Lease] = true
	}
	for len(group) < groupSize {
		select {
		case op := <-w.queue:
			if op.alone() || op.outcome != nil && leases[op.outcome.Lease] {
				return group, op
			}
			if op.outcome != nil {
				leases[op.outcome.Lease] = true
			}
			group = append(group, op)
		default:
			return group, nil
		}
	}
	return group, nil
}

// finish commits operations and answers their callers. If one costs all of them
// the transaction, halves of the group are tried, until it fails alone.
func (w *lane) finish(group []*operation) {
	var err error
	shared := false
	for range tries {
		shared, err = w.commit(group)
		if err == nil || !errors.Is(err, errStartedMeanwhile) && !w.db.Dialect.Again(err) {
			break
		}
	}
	if err != nil && !shared && len(group) > 1 {
		w.finish(group[:len(group)/2])
		w.finish(group[len(group)/2:])
		return
	}
	for _, op := range group {
		if op.err == nil {
			op.err = w.explain(err)
		}
		op.done <- op.err
	}
}

// explain says what an error of the database means, in front of it.
func (w *writer) explain(err error) error {
	if err == nil || w.db.Meaning == nil {
		return err
	}
	if meaning := w.db.Meaning(err); meaning != "" && !strings.Contains(err.Error(), meaning) {
		return fmt.Errorf("%s: %w", meaning, err)
	}
	return err
}

// commit runs operations in one transaction. An error that is shared is no
// operation's own fault.
func (w *lane) commit(group []*operation) (shared bool, err error) {
	ctx, cancel := w.deadline(group...)
	defer cancel()
	if w.db.Gate != nil {
		w.db.Gate.Lock()
		defer w.db.Gate.Unlock()
	}
	if err := w.verify(); err != nil {
		return true, err
	}
	if err := w.backlog.refresh(ctx, w.db.Pool); err != nil {
		return true, err
	}
	t, err := w.begin(ctx, group)
	if err != nil {
		return true, err
	}
	if err = t.keepTime(); err == nil {
		err = t.run(group)
	}
	t.endCalls()
	if err != nil {
		t.rollback()
		return w.reset(err), err
	}
	if err := t.commit(); err != nil {
		if w.db.Dialect.Refused(err) {
			t.rollback()
			return w.reset(err), t.refusedBy(err)
		}
		// It is unknown whether it took effect.
		w.backlog.doubt()
		t.rollback()
		w.reset(err)
		return true, fmt.Errorf("store: commit: %w", err)
	}
	w.latest = t.now
	w.backlog.add(t.delta)
	if err := w.verify(); err != nil {
		return true, err
	}
	if t.hint {
		w.hint()
	}
	return false, nil
}

// verify reports whether the database is still the one that the next start will
// open.
func (w *writer) verify() error {
	if w.db.Verify == nil {
		return nil
	}
	if err := w.db.Verify(); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return nil
}

// deadline is the writer's own: a caller's context never ends a transaction
// that others share. Users' functions have their time on top of the store's.
func (w *writer) deadline(group ...*operation) (context.Context, context.CancelFunc) {
	limit := w.db.Timeout
	if limit == 0 {
		return context.Background(), func() {}
	}
	if slices.ContainsFunc(group, (*operation).calls) {
		limit += w.commitTimeout
	}
	return context.WithTimeout(context.Background(), limit)
}

// begin opens a transaction for operations.
func (w *lane) begin(ctx context.Context, group []*operation) (*txn, error) {
	for again := true; ; again = false {
		if w.session == nil {
			if err := w.connect(ctx); err != nil {
				return nil, err
			}
		}
		w.session.within(ctx)
		t := &txn{session: w.session, w: w, delta: map[string]int{}, freed: map[string]bool{}, over: map[string]bool{}}
		err := t.begin(group)
		if err == nil {
			return t, nil
		}
		t.rollback()
		if !w.reset(err) || !again || ctx.Err() != nil {
			return nil, err
		}
	}
}

func (w *lane) connect(ctx context.Context) error {
	s, err := newSession(ctx, w.db)
	if err != nil {
		return err
	}
	if w.db.Cluster != nil && w.joined {
		if s.holder, err = w.db.Cluster.Join(ctx, s.conn); err != nil {
			// Another connection may do: this one may be to a server that is read-only.
			s.discard()
			return err
		}
	}
	w.session = s
	return nil
}

// now is the process's time, or that of the store's own clock.
func (w *writer) now() time.Time {
	clock := w.clock
	if clock == nil {
		clock = time.Now
	}
	return clock().UTC().Truncate(time.Microsecond)
}

// reset gives up the connection if it broke, and reports whether it did.
func (w *lane) reset(err error) bool {
	if w.session != nil && w.session.broken(err) {
		w.session.discard()
		w.session = nil
	}
	return w.session == nil
}

// close ends the writer after the operations that it has taken.
func (w *writer) close() {
	close(w.closed)
	w.ended.Wait()
	w.calls.wait(w.commitTimeout)
	for _, lane := range w.lanes {
		if lane.session != nil {
			lane.session.close()
		}
	}
}
