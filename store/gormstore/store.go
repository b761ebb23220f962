package gormstore

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"gorm.io/gorm"

	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/internal/database"
	"github.com/djmessenger/messenger/store/memory"
)

// Store is a [store.Store] in an SQL database. It is safe for concurrent use.
type Store struct {
	db     *database.Database
	writer *writer
	person *lookup
	config config
	hints  hints
	within *memory.Store // knows the replicas of a database that belongs to this process

	watching sync.WaitGroup
	unwatch  func()
	close    sync.Once
	closed   error
}

var (
	_ store.Store       = (*Store)(nil)
	_ store.Clock       = (*Store)(nil)
	_ store.DeadLetters = (*Store)(nil)
	_ store.Inspector   = (*Store)(nil)
	_ store.Isolator    = (*Store)(nil)
	_ store.Replicas    = (*Store)(nil)
	_ store.CallRunner  = (*Store)(nil)
)

// Option changes a setting of a store.
type Option func(*config)

type config struct {
	backlog       int
	now           func() time.Time
	commitTimeout time.Duration
	logger        *slog.Logger
	steps         [][]string
}

// maxCommitTimeout is far beyond what any program should use.
const maxCommitTimeout = 10 * time.Minute

// WithBacklog sets how many events of one page may wait before Put returns a
// [store.BacklogError]. The default is 100,000. Where several processes share
// the database, each counts what the others put about once a second, so that a
// page may get past its bound by what they put meanwhile.
func WithBacklog(events int) Option {
	return func(c *config) { c.backlog = events }
}

// WithClock sets the store's clock. The default is [time.Now] for a database
// that belongs to one process, and the database's own clock for one that
// several share, so that they need not agree on the time.
func WithClock(now func() time.Time) Option {
	return func(c *config) { c.now = now }
}

// WithCommitTimeout sets how long the functions that a turn has queued with
// [OnCommit] may take together: more than 0, at most 10 minutes. The default is
// 500 ms.
//
// It is a bound for accidents, not a budget. While a function runs, an SQLite store
// stores nothing else. A PostgreSQL store has a second connection, but whatever needs
// the same conversation waits, and fails after 5 s. Leases cannot be renewed meanwhile:
// with a function that takes longer than about 5 s, other turns of the process may lose
// their leases and be repeated. The function's own turn is not affected, as its
// conversation is locked, except that what it sends may wait until its lease has expired.
func WithCommitTimeout(d time.Duration) Option {
	return func(c *config) { c.commitTimeout = d }
}

// WithLogger sets where the store logs what it finds out about its database: when
// it is opened, and later what needs attention and is no operation's error. The
// default is [slog.Default].
func WithLogger(logger *slog.Logger) Option {
	return func(c *config) { c.logger = logger }
}

// Open makes a store of an open database. It is for the packages that know a
// kind of database, such as sqlite. It migrates the tables, and refuses those
// of a newer version of this library with a [SchemaError]. The database is
// closed with the store, and if Open fails.
func Open(db *database.Database, opts ...Option) (*Store, error) {
	s := &Store{db: db, config: config{backlog: 100_000, commitTimeout: 500 * time.Millisecond, logger: slog.Default(), steps: migrations}}
	for _, opt := range opts {
		opt(&s.config)
	}
	if d := s.config.commitTimeout; d <= 0 || d > maxCommitTimeout {
		return nil, errors.Join(fmt.Errorf("gormstore: a commit timeout of %v; it must be more than 0 and at most %v", d, maxCommitTimeout), db.Close())
	}
	if err := unprepared(db.Pool); err != nil {
		return nil, errors.Join(fmt.Errorf("gormstore: %w", err), db.Close())
	}
	s.within = memory.New(memory.Config{Now: s.config.now})
	s.writer = &writer{
		db: db, clock: s.config.now, commitTimeout: s.config.commitTimeout, bound: s.config.backlog, hint: s.changed,
		queue: make(chan *operation), closed: make(chan struct{}), backlog: backlog{shared: db.Cluster != nil},
	}
	var err error
	if s.person, err = newLookup(db, "SELECT "+personColumns+" FROM messenger_people WHERE "+ofPerson); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	for range max(db.Writers, 1) {
		s.writer.lanes = append(s.writer.lanes, &lane{writer: s.writer})
	}
	if err := s.writer.lanes[0].prepare(s.config.steps); err != nil {
		if session := s.writer.lanes[0].session; session != nil {
			session.close()
		}
		return nil, errors.Join(err, db.Close())
	}
	for _, lane := range s.writer.lanes {
		lane.joined = true
		s.writer.ended.Go(lane.loop)
	}
	s.watch()
	for _, note := range db.Notes {
		s.config.logger.Info("database notice", "note", note)
	}
	if db.Start != nil {
		db.Start(s.config.logger)
	}
	return s, nil
}

// prepare migrates the tables, and voids the leases of dead processes if they
// cannot be of another that lives.
func (w *lane) prepare(steps [][]string) error {
	if err := w.migrate(steps); err != nil {
		return err
	}
	w.joined = true
	if w.db.Cluster == nil {
		_, err := w.session.exec("UPDATE messenger_mailbox SET lease_until = NULL, owner = '' WHERE lease_until IS NOT NULL")
		return errors.Join(err, w.remember())
	}
	// The connection joins the others now that there are tables for it.
	w.session.close()
	w.session = nil
	ctx, cancel := w.deadline()
	defer cancel()
	return w.connect(ctx)
}

// watch looks after other processes until the store is closed.
func (s *Store) watch() {
	ctx, cancel := context.WithCancel(context.Background())
	s.unwatch = func() {
		cancel()
		s.watching.Wait()
	}
	if s.db.Cluster != nil {
		rejoin := func() { _ = s.touch(ctx) }
		s.watching.Go(func() { s.db.Cluster.Watch(ctx, s.hints.call, rejoin) })
	}
}

// changed notifies this process, and the others, that something may be due.
func (s *Store) changed() {
	s.hints.call()
	if s.db.Cluster != nil {
		s.db.Cluster.Notify()
	}
}

// moment is the store's time as an argument of a read: a number, or the
// database's own clock.
func (s *Store) moment() any {
	if clock := s.db.Dialect.Clock(); clock != "" && s.config.now == nil {
		return gorm.Expr(clock)
	}
	return micros(s.writer.now())
}

// DB returns the database for the program's own reads, migrations and writes
// beside turns. It is another handle than the one the store writes through:
// in a function given to [OnCommit] it would wait for the turn that waits for
// it.
func (s *Store) DB() *gorm.DB { return s.db.Pool }

// RunsCalls implements [store.CallRunner]: the store runs what [OnCommit] queues.
func (s *Store) RunsCalls(name string) bool { return name == api }

// Wake implements [store.Queuer].
func (s *Store) Wake(hint func()) (stop func()) { return s.hints.add(hint) }

// Close implements [store.Store].
func (s *Store) Close() error {
	s.close.Do(func() {
		s.unwatch()
		s.writer.close()
		s.closed = errors.Join(s.person.close(), s.db.Close())
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
