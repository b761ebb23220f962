package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
)

const (
	// cancelTimeout is how long a request to cancel stays connected at most.
	cancelTimeout = 15 * time.Second
	// settle is how long a cancellation may take to reach the statement after the
	// server has taken the request. It must not meet the next statement.
	settle = 100 * time.Millisecond
)

// cancelling copies a configuration so that its connections ask the server to
// cancel a statement when its context ends. Otherwise the statement would go
// on, and keep its locks.
func cancelling(config *pgx.ConnConfig) *pgx.ConnConfig {
	config = config.Copy()
	config.BuildContextWatcherHandler = func(conn *pgconn.PgConn) ctxwatch.Handler { return &canceller{conn: conn} }
	return config
}

// canceller requests that a connection's statement is cancelled when its context has
// ended. The request stays connected until the server, or the pooler before it, has
// closed it, also if the statement ends by itself meanwhile: PgBouncer up to 1.19 exits,
// and takes all of its clients along, when the client of a request that it is passing on
// goes away (pgbouncer issue 801). The handler of pgconn goes away.
type canceller struct {
	conn  *pgconn.PgConn
	taken chan struct{} // closed when the request is over
}

// HandleCancel implements ctxwatch.Handler.
func (c *canceller) HandleCancel(context.Context) {
	taken := make(chan struct{})
	c.taken = taken
	_ = c.conn.Conn().SetDeadline(time.Now().Add(grace))
	go func() { //nolint:gosec // G118: the context has ended, which is why this runs
		defer close(taken)
		ctx, cancel := context.WithTimeout(context.Background(), cancelTimeout)
		defer cancel()
		if c.conn.CancelRequest(ctx) == nil {
			pause(ctx, settle)
		}
	}()
}

// HandleUnwatchAfterCancel implements ctxwatch.Handler.
func (c *canceller) HandleUnwatchAfterCancel() {
	select {
	case <-c.taken:
		_ = c.conn.Conn().SetDeadline(time.Time{})
	case <-time.After(grace):
		// The request may yet come through, and would cancel the next statement: there
		// is none on a connection whose time is over.
		_ = c.conn.Conn().SetDeadline(time.Unix(1, 0))
	}
}
