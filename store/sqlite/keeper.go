package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
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
	// wipeStep is how many pages are overwritten while nothing can be written.
	wipeStep = 1024
)

// oweSweep counts, in the transaction that forgets a person, what the keeper has
// to do after it. It outlives a crash.
const oweSweep = "UPDATE messenger_sweeps SET owed = owed + 1"

// errPinned reports that a reader still needs the write-ahead log.
var errPinned = errors.New("a read transaction is open, or another program uses the file")

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
		"CREATE TABLE IF NOT EXISTS messenger_sweeps (owed INTEGER NOT NULL, wiped INTEGER NOT NULL)",
		"INSERT INTO messenger_sweeps SELECT 0, 0 WHERE NOT EXISTS (SELECT 1 FROM messenger_sweeps)",
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
	if _, err := k.conn.ExecContext(k.work, "PRAGMA wal_checkpoint(PASSIVE)"); err != nil {
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

// sweepOwed removes what forgotten people left in the files, and then lets those
// go on who wait for it.
func (k *keeper) sweepOwed() {
	k.wanted.Lock()
	waiting := k.waiting
	k.waiting = nil
	k.wanted.Unlock()
	defer func() {
		for _, done := range waiting {
			close(done)
		}
	}()
	err := k.sweep()
	switch {
	case err == nil || k.work.Err() != nil:
		k.failed = false
	case !k.failed:
		k.failed = true
		k.log.Warn("cannot overwrite the deleted data of a forgotten person yet; retrying", "error", err)
	}
}

// sweep overwrites what is unused in the database, and cuts the log.
func (k *keeper) sweep() error {
	owed, err := k.begin()
	if err != nil || owed == 0 {
		return err
	}
	l, err := readLayout(k.files.db)
	if err != nil {
		return err
	}
	pages, err := l.soiled(k.files.db)
	if errors.Is(err, errTooLarge) {
		k.log.Warn("unused parts of the file may still hold copies of deleted rows: the file has too many pages to search", "path", k.files.path)
	} else if err != nil {
		return err
	}
	for step := range slices.Chunk(pages, wipeStep) {
		if err := k.wipe(step); err != nil {
			return err
		}
	}
	if err := k.files.db.Sync(); err != nil {
		return fmt.Errorf("sqlite: %w", err)
	}
	k.gate.Lock()
	defer k.gate.Unlock()
	if _, err := k.conn.ExecContext(k.work, "UPDATE messenger_sweeps SET owed = owed - ?", owed); err != nil {
		return err
	}
	return k.truncate()
}

// begin reports how many people were forgotten since the last sweep. If there were
// any, all of the log is in the database when it returns: as it was after the
// deletion, or later.
func (k *keeper) begin() (owed int, err error) {
	k.gate.Lock()
	defer k.gate.Unlock()
	if err := k.conn.QueryRowContext(k.work, "SELECT owed FROM messenger_sweeps").Scan(&owed); err != nil || owed == 0 {
		return 0, err
	}
	if err := k.files.check(); err != nil {
		return 0, err
	}
	return owed, k.truncate()
}

// wipe overwrites what pages do not use. Nothing else may write meanwhile, and the
// log must be empty: a page in it would be written over the one in the file. The
// transaction changes something, so that every other connection drops what it
// keeps of the file in memory, the old unused bytes among it.
func (k *keeper) wipe(pages []int64) error {
	k.gate.Lock()
	defer k.gate.Unlock()
	for range 3 {
		if err := k.truncate(); err != nil {
			return err
		}
		done, err := k.wipeNow(pages)
		if done || err != nil {
			return err
		}
	}
	return errPinned
}

// wipeNow overwrites what pages do not use, unless the log is no longer empty. An
// empty log also means that nothing else writes to the file: a checkpoint has nothing
// to move. Where pages of the pointer map are is read anew, since a VACUUM may have
// changed it. The end of the keeper does not interrupt it: of an interrupted BEGIN it
// is unknown whether it took effect.
func (k *keeper) wipeNow(pages []int64) (done bool, err error) {
	ctx := context.WithoutCancel(k.work)
	if _, err := k.conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return false, err
	}
	defer func() {
		if !done {
			_, e := k.conn.ExecContext(ctx, "ROLLBACK")
			err = errors.Join(err, e)
		}
	}()
	if err := k.files.check(); err != nil {
		return false, err // the log that is looked at is another one
	}
	if size, err := k.walSize(); err != nil || size > 0 {
		return false, err // another connection was faster
	}
	l, err := readLayout(k.files.db)
	if err != nil {
		return false, err
	}
	for _, page := range pages {
		if err := l.wipe(k.files.db, page); err != nil {
			return false, err
		}
	}
	if _, err := k.conn.ExecContext(ctx, "UPDATE messenger_sweeps SET wiped = wiped + ?", len(pages)); err != nil {
		return false, err
	}
	_, err = k.conn.ExecContext(ctx, "COMMIT")
	return err == nil, err
}

func (k *keeper) walSize() (int64, error) {
	info, err := os.Stat(k.files.wal())
	if err != nil {
		return 0, fmt.Errorf("sqlite: %w", err)
	}
	return info.Size(), nil
}

// truncate moves all of the log into the database and cuts it to no bytes. Most is
// moved first while others may write.
func (k *keeper) truncate() error {
	for _, mode := range []string{"PASSIVE", "TRUNCATE", "TRUNCATE", "TRUNCATE"} {
		var busy, logged, moved int
		row := k.conn.QueryRowContext(k.work, "PRAGMA wal_checkpoint("+mode+")")
		if err := row.Scan(&busy, &logged, &moved); err != nil {
			return err
		}
		if busy == 0 && mode == "TRUNCATE" {
			return nil
		}
	}
	return errPinned
}
