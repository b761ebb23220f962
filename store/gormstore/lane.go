package gormstore

import (
	"context"
	"fmt"
	"runtime"
	"slices"

	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/internal/database"
)

// groupSize is the most operations that share one commit.
const groupSize = 256

// tries is how often a transaction is begun that fails because of what others do at the same time, or
// on a connection that was broken before it.
const tries = 5

// lane is one goroutine of the writer, with a connection of its own that writes. An SQLite store has
// one, because one transaction at a time can write. A PostgreSQL store has two: one gathers while
// the other waits for the disk. One more only renews leases, which wait for no lock.
type lane struct {
	*writer
	// from has the operations that the lane takes.
	from chan *request
	// conn is nil after the connection broke, until it is needed again.
	conn database.Conn
}

// loop is the lane's goroutine. It ends when the store is closed, after the operations that it has
// taken.
func (l *lane) loop() {
	var next *request
	for {
		if next == nil {
			select {
			case next = <-l.from:
			case <-l.closed:
				return
			}
		}
		var group []*request
		group, next = l.gather(next)
		l.finish(group)
	}
}

// gather takes the operations that wait. One that cannot join the others ends the group and is
// returned beside it.
func (l *lane) gather(first *request) (group []*request, next *request) {
	group = append(group, first)
	if first.Exclusive() {
		return group, nil
	}
	// Callers that were just answered get a chance to come back with more.
	runtime.Gosched()
	ending := map[store.Conversation]bool{}
	if conv, ok := first.Commits(); ok {
		ending[conv] = true
	}
	for len(group) < groupSize {
		select {
		case r := <-l.from:
			conv, commits := r.Commits()
			if r.Exclusive() || commits && ending[conv] {
				return group, r
			}
			if commits {
				ending[conv] = true
			}
			group = append(group, r)
		default:
			return group, nil
		}
	}
	return group, nil
}

// finish commits a group and answers its callers. If an operation fails the transaction, the halves
// of the group are tried, until the operation fails alone.
func (l *lane) finish(group []*request) {
	group = slices.DeleteFunc(group, func(r *request) bool {
		err := r.ctx.Err()
		if err != nil {
			r.done <- err
		}
		return err != nil
	})
	if len(group) == 0 {
		return
	}
	shared, err := l.transact(group)
	for n := 1; n < tries && err != nil && l.passing(err); n++ {
		shared, err = l.transact(group)
	}
	if err != nil && !shared && !l.blocked(err) {
		if parts := l.parts(group, err); len(parts) > 1 {
			for _, part := range parts {
				l.finish(part)
			}
			return
		}
	}
	err = l.explain(err)
	for _, r := range group {
		if err == nil {
			r.done <- r.Err
		} else {
			r.done <- err // why an operation was refused may rest on another one that took no effect
		}
	}
}

// parts divides a group that one of its operations has failed: into halves, or, if a lock was
// waited for too long, by conversations, so that the wait for one conversation is repeated once and
// not in every half. A group that cannot be divided is one part.
func (l *lane) parts(group []*request, err error) (parts [][]*request) {
	switch {
	case len(group) == 1:
		return [][]*request{group}
	case l.db.LockTimeout == nil || !l.db.LockTimeout(err):
		return [][]*request{group[:len(group)/2], group[len(group)/2:]}
	}
	of := map[store.Conversation]int{}
	for _, r := range group {
		conv, one := r.About()
		i, known := of[conv]
		if one && known {
			parts[i] = append(parts[i], r)
			continue
		}
		if one {
			of[conv] = len(parts)
		}
		parts = append(parts, []*request{r})
	}
	return parts
}

// transact runs operations in one transaction. An error that is shared is no operation's own fault:
// the connection broke, or it is unknown whether the COMMIT took effect, or it did and the database
// turned out to be another one. To divide the group would help none of these.
func (l *lane) transact(group []*request) (shared bool, err error) {
	ops := make([]*queue.Operation, len(group))
	for i, r := range group {
		ops[i] = r.Operation
	}
	calls := l.callsOf(ops)
	ctx, cancel := l.deadline(calls)
	defer cancel()
	if l.db.Gate != nil {
		l.db.Gate.Lock()
		defer l.db.Gate.Unlock()
	}
	if err := l.verify(); err != nil {
		return true, err
	}
	l.recount()
	tx, err := l.begin(ctx, ops, calls)
	if err != nil { // an adapter may look for the sends of echoes with its first statements
		return l.conn == nil || !l.refused(err), err
	}
	effects, err := l.machine.Run(tx, ops)
	if calls != nil {
		calls.End()
	}
	if err != nil {
		tx.Rollback()
		return l.reset(ctx, err), err
	}
	l.backlog.begin()
	if err := tx.Commit(ctx); err != nil {
		l.backlog.end(nil)
		tx.Rollback()
		broke := l.reset(ctx, err)
		if l.refused(err) {
			return broke, err
		}
		// It is unknown whether it took effect.
		l.backlog.doubt()
		return true, fmt.Errorf("store: commit: %w", err)
	}
	l.backlog.end(effects.Backlog())
	if err := l.verify(); err != nil {
		return true, err
	}
	if effects.Hint {
		l.hint()
	}
	return false, nil
}

// callsOf makes what runs the users' functions of operations, or nil.
func (l *lane) callsOf(ops []*queue.Operation) *database.Calls {
	if !slices.ContainsFunc(ops, (*queue.Operation).HasCalls) {
		return nil
	}
	return &database.Calls{DB: l.db.Pool, Timeout: l.config.commitTimeout, Running: &l.userCode}
}

// begin opens a transaction for operations. If the connection turns out to be broken, another one
// is tried. PostgreSQL sends nothing yet, unless the group has echoes: there a broken connection shows
// at the first answer, and finish repeats the transaction.
func (l *lane) begin(ctx context.Context, ops []*queue.Operation, calls *database.Calls) (queue.Tx, error) {
	options := database.BeginOptions{Calls: calls, Clock: l.config.now}
	for _, op := range ops {
		options.EchoOf = op.EchoOf(options.EchoOf)
	}
	slices.Sort(options.EchoOf)
	options.EchoOf = slices.Compact(options.EchoOf)
	for again := true; ; again = false {
		if l.conn == nil {
			if err := l.connect(ctx); err != nil {
				return nil, err
			}
		}
		tx, err := l.conn.Begin(ctx, options)
		if err == nil {
			return tx, nil
		}
		if !l.reset(ctx, err) || !again || ctx.Err() != nil {
			return nil, err
		}
	}
}

func (l *lane) connect(ctx context.Context) error {
	conn, err := l.db.Connect(ctx)
	if err != nil {
		return err
	}
	l.conn = conn
	return nil
}

// reset gives up the connection if it broke, and reports whether it did.
func (l *lane) reset(ctx context.Context, err error) bool {
	if l.conn != nil && !l.conn.Usable(ctx, err) {
		l.conn.Discard()
		l.conn = nil
	}
	return l.conn == nil
}

func (l *lane) close() {
	if l.conn != nil {
		l.conn.Close()
	}
}
