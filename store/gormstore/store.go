package gormstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"

	"gorm.io/gorm"

	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/internal/database"
	"github.com/djmessenger/messenger/store/memory"
)

// Store is a [store.Store] in an SQL database, with all capabilities: [store.CallRunner], [store.Clock],
// [store.DeadLetters], [store.Inspector], [store.Interruptible], [store.Isolator], [store.OnceKeeper], [store.Peeker],
// [store.Replicas], [store.Timers] and [store.Viewer]. It is safe for concurrent use.
type Store struct {
	operations

	db     *database.Database
	pool   *sql.DB // of db.Pool
	config config
	writer *writer
	person *sql.Stmt // reads a person, as most turns do; nil where the driver prepares statements by itself
	hints  queue.Hints
	within *memory.Store // knows the replicas of a database that belongs to this process

	watching sync.WaitGroup
	unwatch  func()
	close    sync.Once
	closed   error
}

var (
	_ store.Store         = (*Store)(nil)
	_ store.CallRunner    = (*Store)(nil)
	_ store.Clock         = (*Store)(nil)
	_ store.DeadLetters   = (*Store)(nil)
	_ store.Inspector     = (*Store)(nil)
	_ store.Isolator      = (*Store)(nil)
	_ store.OnceKeeper    = (*Store)(nil)
	_ store.Interruptible = (*Store)(nil)
	_ store.Replicas      = (*Store)(nil)
	_ store.Timers        = (*Store)(nil)
	_ store.Peeker        = (*Store)(nil)
	_ store.Viewer        = (*Store)(nil)
	_ store.Broadcasts    = (*Store)(nil)
)

// Open makes a store of an open database. It is for the packages of this module that know a kind of database, such as sqlite:
// programs call theirs, and cannot name the type of db. It
// migrates the tables, and refuses those of a newer version of this library with a [SchemaError]. The database is closed
// with the store, and if Open fails.
func Open(db *database.Database, opts ...Option) (*Store, error) {
	s := &Store{db: db, config: newConfig(opts)}
	s.within = memory.New(memory.Config{Now: s.config.now})
	err := s.open()
	if err != nil {
		return nil, errors.Join(err, s.release())
	}
	s.writer.start()
	s.watch()
	for _, note := range db.Notes {
		s.config.logger.Info("database notice", "note", note)
	}
	if db.Start != nil {
		db.Start(s.config.logger)
	}
	return s, nil
}

// open prepares the database. It starts nothing.
func (s *Store) open() (err error) {
	if d := s.config.commitTimeout; d <= 0 || d > maxCommitTimeout {
		return fmt.Errorf("gormstore: a commit timeout of %v; it must be more than 0 and at most %v", d, maxCommitTimeout)
	}
	if err := database.Unprepared(s.db.Pool); err != nil {
		return fmt.Errorf("gormstore: %w", err)
	}
	if s.pool, err = s.db.Pool.DB(); err != nil {
		return fmt.Errorf("store: database: %w", err)
	}
	if err := s.migrate(context.Background()); err != nil {
		return err
	}
	s.writer = newWriter(s.db, s.pool, s.config, s.changed)
	s.operations = queue.NewOperations(s.writer.do, api, s.db.Erased)
	if err := s.writer.backlog.count(context.Background()); err != nil {
		return err
	}
	if !s.db.Prepares {
		if s.person, err = s.pool.PrepareContext(context.Background(), s.db.Queries.Person); err != nil {
			return fmt.Errorf("store: database: %w", err)
		}
	}
	return s.writer.connect()
}

// watch looks after other processes until the store is closed.
func (s *Store) watch() {
	ctx, cancel := context.WithCancel(context.Background())
	s.unwatch = func() {
		cancel()
		s.watching.Wait()
	}
	if s.db.Cluster != nil && !s.db.Attached {
		rejoin := func() { _ = s.writer.do(ctx, queue.Touch()) }
		s.watching.Go(func() { s.db.Cluster.Watch(ctx, s.hints.Call, rejoin) })
	}
}

// changed notifies this process, and the others, that something may be due.
func (s *Store) changed() {
	s.hints.Call()
	if s.db.Cluster != nil {
		s.db.Cluster.Notify()
	}
}

// DB returns the database for the program's own reads, migrations and writes beside turns. It is another handle than the
// one the store writes through: in a function given to [OnCommit] it would wait for the turn that waits for it.
func (s *Store) DB() *gorm.DB { return s.db.Pool }

// Interruptible implements [store.Interruptible].
func (s *Store) Interruptible() store.Store { return s }

// Close implements [store.Store].
func (s *Store) Close() error {
	s.close.Do(func() {
		s.unwatch()
		s.writer.close()
		s.closed = s.release()
	})
	return s.closed
}

// release closes the database, after the statement that is prepared on it.
func (s *Store) release() error {
	if s.person == nil {
		return s.db.Close()
	}
	return errors.Join(s.person.Close(), s.db.Close())
}
