package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"time"

	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/store/internal/database"
)

// writer opens the connections that write, one after the other, and knows what must outlive each of them.
type writer struct {
	files *files
	pool  *sql.DB
	// latest is the time of what was stored last, in microseconds; -1 before it was read.
	latest int64
	// woken is the time up to which conversations of timers that became due have rows. Before the first claim it is 0.
	woken int64
}

func newWriter(f *files, pool *sql.DB) *writer { return &writer{files: f, pool: pool, latest: -1} }

// connect implements Connect of a database.Database.
func (w *writer) connect(ctx context.Context) (database.Conn, error) {
	sqlConn, err := w.pool.Conn(ctx)
	if err != nil {
		return nil, explain(w.files.path, err)
	}
	if err := readBack(ctx, sqlConn); err != nil {
		return nil, errors.Join(explain(w.files.path, err), sqlConn.Close())
	}
	return w.use(sqlConn)
}

// use makes a connection the one that writes.
func (w *writer) use(sqlConn *sql.Conn) (database.Conn, error) {
	c := &conn{writer: w, sql: sqlConn, statements: map[string]*prepared{}, list: make([]any, 0, 32), guard: &guard{}}
	err := sqlConn.Raw(func(raw any) error {
		var ok bool
		if c.raw, ok = raw.(driver.Conn); !ok {
			return errDriver
		}
		return nil
	})
	if err != nil {
		return nil, errors.Join(err, sqlConn.Close())
	}
	return c, nil
}

// Begin implements database.Conn.
func (c *conn) Begin(ctx context.Context, options database.BeginOptions) (queue.Tx, error) {
	t := &tx{conn: c, ctx: ctx, calls: options.Calls, now: c.time(options.Clock)}
	if err := t.exec(beginTransaction); err != nil {
		return nil, err
	}
	err := t.keepTime()
	if err == nil {
		t.owners, err = c.ownersOf(sendOwner, options.EchoOf)
	}
	if err != nil {
		t.Rollback()
		return nil, err
	}
	return t, nil
}

// time is that of the process's clock, or of the store's own.
func (w *writer) time(clock func() time.Time) int64 {
	if clock == nil {
		clock = time.Now
	}
	return clock().UnixMicro()
}
