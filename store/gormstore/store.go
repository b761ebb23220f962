package gormstore

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"gorm.io/gorm"

	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/internal/database"
)

// Store is a [store.Store] in an SQL database. It is safe for concurrent use.
type Store struct {
	db     *database.Database
	writer *writer
	config config
	hints  hints
	close  sync.Once
	closed error
}

var (
	_ store.Store  = (*Store)(nil)
	_ store.Caller = (*Store)(nil)
)

// Option changes a setting of a store.
type Option func(*config)

type config struct {
	backlog       int
	now           func() time.Time
	commitTimeout time.Duration
}

// WithBacklog sets how many events of one page may wait before Put returns a
// [store.BacklogError]. The default is 100,000.
func WithBacklog(events int) Option {
	return func(c *config) { c.backlog = events }
}

// WithClock sets the store's clock. The default is [time.Now].
func WithClock(now func() time.Time) Option {
	return func(c *config) { c.now = now }
}

// WithCommitTimeout sets how long the functions that a turn has queued with
// [OnCommit] may take together. Nothing else is stored meanwhile. The default
// is 500 ms.
func WithCommitTimeout(d time.Duration) Option {
	return func(c *config) { c.commitTimeout = d }
}

// Open makes a store of an open database. It is for the packages that know a
// kind of database, such as sqlite. It migrates the tables, and refuses those
// of a newer version of this library with a [SchemaError]. The database is
// closed with the store, and if Open fails.
func Open(db *database.Database, opts ...Option) (*Store, error) {
	s := &Store{db: db, config: config{backlog: 100_000, now: time.Now, commitTimeout: 500 * time.Millisecond}}
	for _, opt := range opts {
		opt(&s.config)
	}
	s.writer = &writer{
		db: db, commitTimeout: s.config.commitTimeout, hint: s.hints.call,
		now:   func() time.Time { return s.config.now().UTC().Truncate(time.Microsecond) },
		queue: make(chan *operation), closed: make(chan struct{}), ended: make(chan struct{}),
		backlog: map[string]int{},
	}
	if err := s.writer.prepare(); err != nil {
		if s.writer.session != nil {
			s.writer.session.close()
		}
		return nil, errors.Join(err, db.Close())
	}
	go s.writer.loop()
	return s, nil
}

// prepare migrates the tables, voids the leases of dead processes and counts
// what waits.
func (w *writer) prepare() error {
	tx, err := w.begin()
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	if err := migrate(w.session, w.now()); err != nil {
		return err
	}
	if w.db.Dialect.Exclusive() {
		_, err := w.session.exec("UPDATE messenger_mailbox SET lease_until = NULL, owner = '' WHERE lease_until IS NOT NULL")
		if err != nil {
			return err
		}
	}
	if err := w.countBacklog(); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("store: commit: %w", err)
	}
	return nil
}

// DB returns the database for the program's own reads, migrations and writes
// beside turns. It is another handle than the one the store writes through:
// in a function given to [OnCommit] it would wait for the turn that waits for
// it.
func (s *Store) DB() *gorm.DB { return s.db.Pool }

// RunsCalls implements [store.Caller]: the store runs what [OnCommit] queues.
func (s *Store) RunsCalls(name string) bool { return name == api }

// Ping implements [store.Queuer]. It begins a transaction that could write.
func (s *Store) Ping(ctx context.Context) error {
	return s.do(ctx, func(*txn) error { return nil })
}

// Wake implements [store.Queuer].
func (s *Store) Wake(hint func()) (stop func()) { return s.hints.add(hint) }

// Close implements [store.Store].
func (s *Store) Close() error {
	s.close.Do(func() {
		s.writer.close()
		s.closed = s.db.Close()
	})
	return s.closed
}

func (s *Store) do(ctx context.Context, run func(*txn) error) error {
	return s.writer.do(ctx, &operation{run: run})
}

// read returns the handle for one read.
func (s *Store) read(ctx context.Context) (*gorm.DB, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	select {
	case <-s.writer.closed:
		return nil, store.ErrClosed
	default:
		return s.db.Pool.WithContext(ctx), nil
	}
}

// readError gives the error of a read its place in the store's errors.
func (s *Store) readError(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, gorm.ErrRecordNotFound):
		return store.ErrNotFound
	case ctx.Err() != nil:
		return ctx.Err()
	}
	select {
	case <-s.writer.closed:
		return store.ErrClosed
	default:
		return fmt.Errorf("store: database: %w", err)
	}
}

// hints are the functions to call when something may have become due.
type hints struct {
	mu   sync.Mutex
	next int
	all  map[int]func()
}

func (h *hints) add(hint func()) (stop func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.all == nil {
		h.all = map[int]func(){}
	}
	h.next++
	id := h.next
	h.all[id] = hint
	return func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.all, id)
	}
}

func (h *hints) call() {
	h.mu.Lock()
	all := make([]func(), 0, len(h.all))
	for _, hint := range h.all {
		all = append(all, hint)
	}
	h.mu.Unlock()
	for _, hint := range all {
		hint()
	}
}
