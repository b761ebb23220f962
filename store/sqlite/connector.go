package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"

	"gorm.io/driver/sqlite"
)

// journalLimit is the size, in bytes, to which the write-ahead log is cut when it
// starts over. It has room for what the log usually gathers, so that the file
// does not grow and shrink all the time.
const journalLimit = (checkpoint + checkpoint/8) * 4096

// connector opens connections to a file that is still the one that was locked.
type connector struct {
	driver driver.Driver
	source string
	files  *files
}

// newPool makes a pool of at most size connections.
func newPool(source string, f *files, size int) (*sql.DB, error) {
	named, err := sql.Open(sqlite.DriverName, source)
	if err != nil {
		return nil, fmt.Errorf("sqlite: %s: %w", f.path, err)
	}
	if err := named.Close(); err != nil { // it was only asked for its driver, and has opened nothing
		return nil, fmt.Errorf("sqlite: %s: %w", f.path, err)
	}
	pool := sql.OpenDB(&connector{named.Driver(), source, f})
	pool.SetMaxOpenConns(size)
	pool.SetMaxIdleConns(size)
	return pool, nil
}

func (c *connector) Driver() driver.Driver { return c.driver }

// Connect implements driver.Connector. SQLite opens files by name. It checks the files
// before and after, because a connection to another file or log would read and write
// data that no restart finds.
func (c *connector) Connect(ctx context.Context) (driver.Conn, error) {
	if err := c.files.check(); err != nil {
		return nil, err
	}
	conn, err := c.driver.Open(c.source)
	if err != nil {
		return nil, err
	}
	exec, ok := conn.(driver.ExecerContext)
	if !ok {
		return nil, errors.Join(errors.ErrUnsupported, conn.Close())
	}
	for _, pragma := range []string{
		fmt.Sprintf("PRAGMA wal_autocheckpoint = %d", checkpoint),
		fmt.Sprintf("PRAGMA journal_size_limit = %d", journalLimit),
	} {
		if _, err := exec.ExecContext(ctx, pragma, nil); err != nil {
			return nil, errors.Join(err, conn.Close())
		}
	}
	if err := c.files.check(); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return conn, nil
}
