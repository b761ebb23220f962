package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
)

// cancelTimeout is how long a request to cancel stays connected at most.
const cancelTimeout = 15 * time.Second

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
//
// No statement follows on the connection: the cancellation could reach that one instead.
type canceller struct{ conn *pgconn.PgConn }

// HandleCancel implements ctxwatch.Handler.
func (c *canceller) HandleCancel(context.Context) {
	_ = c.conn.Conn().SetDeadline(time.Now().Add(grace))
	go func() { //nolint:gosec // G118: the context has ended, which is why this runs
		ctx, cancel := context.WithTimeout(context.Background(), cancelTimeout)
		defer cancel()
		_ = c.conn.CancelRequest(ctx)
	}()
}

// HandleUnwatchAfterCancel implements ctxwatch.Handler.
func (c *canceller) HandleUnwatchAfterCancel() {
	_ = c.conn.Conn().SetDeadline(time.Unix(1, 0)) // which is over: the next use finds a broken connection
}
