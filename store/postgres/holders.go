package postgres

import (
	"context"
	"database/sql"
	"maps"
	"time"
)

// lookAfter voids the leases of dead processes, so that their conversations do not
// wait until they expire.
func (c *cluster) lookAfter(ctx context.Context, due, rejoin func()) {
	gone := absences{since: map[int64]time.Time{}}
	for pause(ctx, look) {
		found, err := c.absent(ctx)
		self := c.holder.Load()
		if c.pooled.Load() {
			self = 0 // its lock has ended with the connection that it had without a pooler
		}
		if err == nil && found[self] {
			rejoin()
		}
		if err != nil || found[self] {
			gone.outage(time.Now())
			continue
		}
		for _, holder := range gone.lasting(found, time.Now()) {
			if freed, err := c.void(ctx, holder); err == nil && freed {
				due()
			}
		}
	}
}

// absences are the holders that were seen to hold no lock.
type absences struct {
	since map[int64]time.Time
	calm  time.Time
}

// outage notes that the server went away, and all locks with it. Others that live may
// take longer than this process to come back.
func (a *absences) outage(now time.Time) {
	clear(a.since)
	a.calm = now.Add(recovery)
}

// lasting returns the holders, of those that hold no lock now, that have held none
// for so long that they have ended.
func (a *absences) lasting(found map[int64]bool, now time.Time) (ended []int64) {
	if now.Before(a.calm) {
		return nil
	}
	maps.DeleteFunc(a.since, func(holder int64, _ time.Time) bool { return !found[holder] })
	for holder := range found {
		since, known := a.since[holder]
		switch {
		case !known:
			a.since[holder] = now
		case now.Sub(since) >= absent:
			ended = append(ended, holder)
		}
	}
	return ended
}

// absent returns the holders that hold no lock. A lock that is tried for belongs
// to the statement and is gone with it.
func (c *cluster) absent(ctx context.Context) (map[int64]bool, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	rows, err := c.pool.QueryContext(ctx, absentHolders)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	found := map[int64]bool{}
	for rows.Next() {
		var holder int64
		if err := rows.Scan(&holder); err != nil {
			return nil, err
		}
		found[holder] = true
	}
	return found, rows.Err()
}

// void ends the leases and the announcement of a holder while it cannot come back,
// and deletes it when it has no leases left. It skips locked conversations; the next look
// finds them. It reports whether there were any.
func (c *cluster) void(ctx context.Context, holder int64) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	tx, err := c.pool.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelReadCommitted})
	if err != nil {
		return false, err
	}
	defer func() { _ = tx.Rollback() }()
	var answer string
	var now int64
	if err := tx.QueryRowContext(ctx, settings, limit(timeout)).Scan(&answer, &now); err != nil {
		return false, err
	}
	var mine bool
	err = tx.QueryRowContext(ctx, tryHolder, lockNumber(holder)).Scan(&mine)
	if err != nil || !mine {
		return false, err
	}
	result, err := tx.ExecContext(ctx, voidLeases, holder)
	if err != nil {
		return false, err
	}
	if _, err := tx.ExecContext(ctx, voidReplicas, holder); err != nil {
		return false, err
	}
	if _, err := tx.ExecContext(ctx, deleteHolder, holder); err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	if err != nil {
		return false, err
	}
	return n > 0, tx.Commit()
}
