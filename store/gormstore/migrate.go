package gormstore

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// SchemaError is returned when a database was written by a newer version of this library than the program has, and when it is only to be used as
// it is, as by postgres.Attach, and was written by an older one.
type SchemaError struct {
	// Found is the version of the tables, Known the newest that this program understands.
	Found, Known int
}

func (e *SchemaError) Error() string {
	if e.Found < e.Known {
		return fmt.Sprintf("gormstore: the tables have version %d, and this program needs version %d and may not change them; "+
			"use a program built with the version of the library that the bots have, or start a bot of this version, which migrates them", e.Found, e.Known)
	}
	return fmt.Sprintf("gormstore: the tables have version %d, this program knows versions up to %d; "+
		"run a program built with a newer version of the library, or take the tables back as docs/database.md says", e.Found, e.Known)
}

// readCommitted is what the order of locks relies on, whatever the database's own default is.
var readCommitted = &sql.TxOptions{Isolation: sql.LevelReadCommitted}

// migrate runs the steps that have not run yet, all in one transaction, and then what a process runs that owns the tables.
// It first looks, without a lock, whether there are any steps. If so, it waits until the transactions of other processes
// have ended, and keeps new ones out until the tables are as they should be: otherwise a change of a table could deadlock
// with them.
func (s *Store) migrate(ctx context.Context) error {
	if s.db.Attached {
		return s.checkVersion(ctx)
	}
	if s.db.Gate != nil {
		s.db.Gate.Lock()
		defer s.db.Gate.Unlock()
	}
	steps := s.db.Migrations
	if s.config.steps != nil {
		steps = s.config.steps(steps)
	}
	var found int
	err := s.pool.QueryRowContext(ctx, s.db.Queries.Version).Scan(&found)
	if err == nil && found > len(steps) {
		return &SchemaError{Found: found, Known: len(steps)}
	}
	if err != nil || found < len(steps) { // an error means that there are no tables yet
		if err := s.migrateTo(ctx, steps); err != nil {
			return err
		}
	}
	if s.config.migrated != nil || len(s.db.Opened) == 0 {
		return s.config.migrated
	}
	return s.inTransaction(ctx, func(tx *sql.Tx) error { return runAll(ctx, tx, s.db.Opened) })
}

// checkVersion refuses tables of another version than the program's.
func (s *Store) checkVersion(ctx context.Context) error {
	var found int
	if err := s.pool.QueryRowContext(ctx, s.db.Queries.Version).Scan(&found); err != nil {
		return fmt.Errorf("gormstore: no tables of this library can be read; the database or the schema may be another than that of the bots, or no bot was started yet: %w", err)
	}
	if known := len(s.db.Migrations); found != known {
		return &SchemaError{Found: found, Known: known}
	}
	return nil
}

func (s *Store) migrateTo(ctx context.Context, steps [][]string) error {
	return s.inTransaction(ctx, func(tx *sql.Tx) error {
		if s.db.Migrating != "" {
			if err := runAll(ctx, tx, []string{s.db.Migrating}); err != nil {
				return err
			}
		}
		if err := runAll(ctx, tx, []string{s.db.Queries.Schema}); err != nil {
			return err
		}
		var found int
		if err := tx.QueryRowContext(ctx, s.db.Queries.Version).Scan(&found); err != nil {
			return fmt.Errorf("store: database: %w", err)
		}
		if found > len(steps) {
			return &SchemaError{Found: found, Known: len(steps)}
		}
		for i, step := range steps[found:] {
			if err := runAll(ctx, tx, step); err != nil {
				return fmt.Errorf("gormstore: migration to tables version %d: %w", found+i+1, err)
			}
			at := time.Now().UnixMicro()
			if _, err := tx.ExecContext(ctx, s.db.Queries.Migrated, found+i+1, at); err != nil {
				return fmt.Errorf("store: database: %w", err)
			}
		}
		return nil
	})
}

// inTransaction runs a function in a transaction of the pool.
func (s *Store) inTransaction(ctx context.Context, run func(*sql.Tx) error) error {
	tx, err := s.pool.BeginTx(ctx, readCommitted)
	if err != nil {
		return fmt.Errorf("store: database: %w", err)
	}
	defer func() { _ = tx.Rollback() }()
	if err := run(tx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("store: commit: %w", err)
	}
	return nil
}

func runAll(ctx context.Context, tx *sql.Tx, statements []string) error {
	for _, statement := range statements {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("store: database: %w", err)
		}
	}
	return nil
}
