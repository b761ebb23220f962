package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/internal/database"
)

// conn implements database.Conn.
type conn struct {
	sql *sql.Conn
	// holder is what leases carry that are taken on this connection, 0 behind a pooler.
	holder int64
	// guard keeps users' functions in their transaction.
	guard *guard
	// lost is set when the state of the connection's transaction is unknown.
	lost bool
}

// Begin implements database.Conn. It makes no round trip unless it has to: what begins the transaction travels with the first
// statement whose answer is needed.
func (c *conn) Begin(ctx context.Context, options database.BeginOptions) (queue.Tx, error) {
	t := &tx{ctx: ctx, conn: c, calls: options.Calls}
	if options.Clock != nil {
		t.now, t.known = options.Clock().UnixMicro(), true
	}
	t.later(statement{text: beginWrite})
	t.later(statement{text: settings, args: []any{limit(timeout)}, scan: t.begun})
	if len(options.EchoOf) == 0 {
		return t, nil
	}
	t.owners = make(map[string]store.Conversation, len(options.EchoOf))
	err := t.ask(ownersOfSends, func(rows pgx.Rows) error { return scanOwner(rows, t.owners) }, slices.Clone(options.EchoOf))
	if err != nil {
		t.Rollback()
		return nil, err
	}
	return t, nil
}

// limit is a bound of the server in its own form: milliseconds.
func limit(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }

// Usable implements database.Conn.
func (c *conn) Usable(ctx context.Context, err error) bool {
	if c.lost || errors.Is(err, sql.ErrConnDone) || errors.Is(err, driver.ErrBadConn) || ctx.Err() != nil {
		return false
	}
	return c.status() == 'I' && c.sql.PingContext(ctx) == nil
}

// Close implements database.Conn.
func (c *conn) Close() { _ = c.sql.Close() }

// Discard implements database.Conn.
func (c *conn) Discard() { drop(c.sql) }

// run runs statements in one round trip.
func (c *conn) run(ctx context.Context, statements []statement) error {
	return onConn(c.sql, func(conn *pgx.Conn) error { return run(ctx, conn, statements) })
}

// status is that of the connection's transaction: I for none, T for one that is open, E for one that has failed, and 0 for a
// connection that has ended.
func (c *conn) status() byte { return statusOf(c.sql) }

func statusOf(conn *sql.Conn) (status byte) {
	_ = onConn(conn, func(conn *pgx.Conn) error {
		if !conn.IsClosed() {
			status = conn.PgConn().TxStatus()
		}
		return nil
	})
	return status
}

// onConn gives a function the connection of the driver.
func onConn(conn *sql.Conn, run func(*pgx.Conn) error) error {
	return conn.Raw(func(raw any) error {
		c, ok := raw.(*stdlib.Conn)
		if !ok {
			return fmt.Errorf("a connection is a %T", raw)
		}
		return run(c.Conn())
	})
}

// drop closes a connection that would otherwise be used again.
func drop(conn *sql.Conn) {
	_ = conn.Raw(func(any) error { return driver.ErrBadConn })
	_ = conn.Close()
}

// checkSettings returns an error if what the settings answered means that a transaction cannot write, or not durably.
func checkSettings(answer string) error {
	synchronous, readOnly, _ := strings.Cut(answer, " ")
	switch {
	case readOnly != "off":
		return unfitError("the server is read-only; is it a standby?")
	case synchronous == "off":
		return unfitError("synchronous_commit is off and cannot be set: a loss of power would take back what was acknowledged")
	}
	return nil
}

// unfitError says why nothing can be stored on a connection; another may do.
type unfitError string

func (e unfitError) Error() string { return "postgres: " + string(e) }

func (unfitError) Is(target error) bool { return target == driver.ErrBadConn }

// timeout is how long a transaction of the writer may take, before it gives up the connection. It is well below a lease of 15
// s, and so are the server's own bounds: the wait for a lock is shorter, and the server ends the transaction of a process
// that hangs.
const timeout = 10 * time.Second
