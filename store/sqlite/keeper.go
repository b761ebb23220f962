package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

const (
	// restInterval is how often the keeper looks whether the store is at rest, and
	// tries again what it could not do.
	restInterval = 5 * time.Second
	// restCommits is the most transactions in that time with which a store is at
	// rest: as many as a readiness probe each second makes.
	restCommits = 10
	// keeperTimeout is how long the keeper's connection waits for others, in
	// milliseconds. While it waits for a reader, nothing can be written.
	keeperTimeout = 100
)

// keeper looks after the files of a database: it cuts the write-ahead log when the
// store is at rest, and removes what a forgotten person left in the files.
//
// Its connection is the first to be opened and the last to be closed. So the log
// stays the same file for as long as the store is open.
type keeper struct {
	files *files
	pool  *sql.DB
	log   *slog.Logger

	// gate is held by the writer for each transaction, and by the keeper while it uses
	// its connection: two that ask SQLite for the same lock would wait by polling, and
	// the keeper for ever while the store is busy.
	gate   sync.Mutex
	conn   *sql.Conn
	broken error // what verify found first
	failed bool  // what was owed could not be done, and the log says so

	asked   chan struct{}
	wanted  sync.Mutex
	waiting []chan struct{}

	ctx    context.Context // ends when the store is closed
	cancel context.CancelFunc
	ended  sync.WaitGroup
	work   context.Context // of its statements: ctx, until it does what is owed at the end
	seen   int64           // commits at the last look
	warned bool
}

func newKeeper(f *files, set settings) (*keeper, error) {
	k := &keeper{files: f, log: slog.Default(), asked: make(chan struct{}, 1)}
	k.ctx, k.cancel = context.WithCancel(context.Background())
	k.work = k.ctx
	var err error
	if k.pool, err = newPool(source(f.path, set), f, 1); err != nil {
		return nil, err
	}
	conn, err := k.pool.Conn(k.ctx)
	if err != nil {
		return nil, errors.Join(explain(f.path, err), k.pool.Close())
	}
	if err := setUp(k.ctx, conn); err != nil {
		return nil, errors.Join(explain(f.path, err), conn.Close(), k.pool.Close())
	}
	if err := f.remember(); err != nil {
		return nil, errors.Join(err, conn.Close(), k.pool.Close())
	}
	k.conn = conn
	return k, nil
}

// setUp makes what the keeper needs in a database.
func setUp(ctx context.Context, conn *sql.Conn) error {
	if err := readBack(ctx, conn); err != nil {
		return err
	}
	for _, statement := range []string{
		createSweeps,
		addSweeps,
		fmt.Sprintf("PRAGMA busy_timeout = %d", keeperTimeout),
	} {
		if _, err := conn.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// start begins the keeper's work.
func (k *keeper) start(log *slog.Logger) {
	k.log = log
	k.ended.Go(func() {
		ticker := time.NewTicker(restInterval)
		defer ticker.Stop()
		k.sweepOwed() // what a process that was killed has left
		for {
			select {
			case <-k.ctx.Done():
				return
			case <-k.asked:
				k.sweepOwed()
			case <-ticker.C:
				k.look()
			}
		}
	})
}

// close ends the keeper, and does what is owed: no connection of this process
// reads any more.
func (k *keeper) close() error {
	k.cancel()
	k.ended.Wait()
	k.work = context.Background()
	k.sweepOwed()
	k.gate.Lock()
	defer k.gate.Unlock()
	return errors.Join(k.conn.Close(), k.pool.Close())
}

// verify is asked before each transaction of the store, and after its commit,
// with the gate held.
func (k *keeper) verify() error {
	k.files.commits.Add(1)
	err := k.files.check()
	if err != nil {
		k.rescue(err)
	}
	return err
}

// rescue brings what was acknowledged from a deleted log into the database, which
// this process alone can. Where the log was replaced, or the database itself is
// gone, there is nothing to be done.
func (k *keeper) rescue(err error) {
	if k.broken != nil {
		return
	}
	k.broken = err
	k.log.Error("the database files are not the files that were opened; writes are refused", "error", err)
	if !k.files.onlySideMissing() {
		return
	}
	if _, err := k.conn.ExecContext(k.work, checkpointPassive); err != nil {
		k.log.Error("cannot save the contents of the deleted write-ahead log", "error", err)
	}
}

// erased is called when a person has been forgotten. It waits until nothing of
// them is left in the files, or the context ends, or it turns out that something
// stands in the way: then the keeper tries again later.
func (k *keeper) erased(ctx context.Context) {
	done := make(chan struct{})
	k.wanted.Lock()
	k.waiting = append(k.waiting, done)
	k.wanted.Unlock()
	select {
	case k.asked <- struct{}{}:
	default: // it has not looked yet
	}
	select {
	case <-done:
	case <-ctx.Done():
	case <-k.ctx.Done():
	}
}

// look is what the keeper does from time to time.
func (k *keeper) look() {
	if k.files.linked.Load() && !k.warned {
		k.warned = true
		k.log.Warn("the database file has a hard link; opening it by that name would corrupt it", "path", k.files.path)
	}
	k.sweepOwed()
	commits := k.files.commits.Load()
	// A transaction asks twice.
	atRest := commits-k.seen <= 2*restCommits
	k.seen = commits
	if !atRest {
		return
	}
	k.gate.Lock()
	defer k.gate.Unlock()
	if size, err := k.walSize(); err != nil || size == 0 || k.files.check() != nil {
		return
	}
	if err := k.truncate(); err != nil && !errors.Is(err, errPinned) && k.work.Err() == nil {
		k.log.Warn("cannot truncate the write-ahead log", "error", err)
	}
}
