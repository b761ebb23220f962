package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

// full is the lowest value of PRAGMA synchronous at which a commit in WAL mode
// is on the disk before it returns. The driver's own default for WAL is lower.
const full = 2

// readBack asks a connection for the settings that durability depends on. To
// have asked for them when it was opened is not enough: a build of SQLite, a
// file system or a later statement may have left it with others.
func readBack(ctx context.Context, conn *sql.Conn) error {
	var journal string
	if err := conn.QueryRowContext(ctx, "PRAGMA journal_mode").Scan(&journal); err != nil {
		return err
	}
	if !strings.EqualFold(journal, "wal") {
		return fmt.Errorf("journal_mode is %q where WAL is needed; does the file system have shared memory?", journal)
	}
	var synchronous int
	if err := conn.QueryRowContext(ctx, "PRAGMA synchronous").Scan(&synchronous); err != nil {
		return err
	}
	if synchronous < full {
		return fmt.Errorf("synchronous is %d where at least %d (FULL) is needed: a loss of power would take back what was acknowledged", synchronous, full)
	}
	return nil
}

// explain says what an error means for the file.
func explain(path string, err error) error {
	if lost, ok := errors.AsType[*FileError](err); ok {
		return lost
	}
	if what := meaning(err); what != "" {
		return fmt.Errorf("sqlite: %s %s: %w", path, what, err)
	}
	return fmt.Errorf("sqlite: %s: %w", path, err)
}
