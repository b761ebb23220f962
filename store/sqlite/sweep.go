package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
)

// wipeStep is how many pages are overwritten while nothing can be written.
const wipeStep = 1024

// errPinned reports that a reader still needs the write-ahead log.
var errPinned = errors.New("a read transaction is open, or another program uses the file")

// sweepOwed removes what forgotten people left in the files, and then wakes whoever
// waits for it.
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
	if _, err := k.conn.ExecContext(k.work, sweepDone, owed); err != nil {
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
	if err := k.conn.QueryRowContext(k.work, sweepsOwed).Scan(&owed); err != nil || owed == 0 {
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
	if _, err := k.conn.ExecContext(ctx, beginTransaction); err != nil {
		return false, err
	}
	defer func() {
		if !done {
			_, e := k.conn.ExecContext(ctx, rollbackTransaction)
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
	if _, err := k.conn.ExecContext(ctx, notePagesWiped, len(pages)); err != nil {
		return false, err
	}
	_, err = k.conn.ExecContext(ctx, commitTransaction)
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
	for _, checkpoint := range []string{checkpointPassive, checkpointTruncate, checkpointTruncate, checkpointTruncate} {
		var busy, logged, moved int
		row := k.conn.QueryRowContext(k.work, checkpoint)
		if err := row.Scan(&busy, &logged, &moved); err != nil {
			return err
		}
		if busy == 0 && checkpoint == checkpointTruncate {
			return nil
		}
	}
	return errPinned
}
