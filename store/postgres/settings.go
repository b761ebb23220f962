package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// timeout is how long a transaction of the writer may take, before it gives up
// the connection. It is well below a lease of 15 s, and so are the server's own
// bounds: the wait for a lock is shorter, and the server ends the transaction of a
// process that hangs.
const timeout = 10 * time.Second

// scope is what advisory locks are taken on: the tables of one schema.
const scope = "hashtext('messenger ' || current_schema())"

// gate is what transactions that write share and what migrations take for
// themselves.
const gate = "(" + scope + ", 0)"

// clock is the database's time in microseconds.
const clock = "(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000)::bigint"

// settings makes the settings of one transaction and reads them back. They are
// made in each anew, because behind a pooler the next may be on another
// connection. The planner is kept to indexes, whatever it last knew about a
// queue's size, and to one plan for each statement.
const settings = `SELECT concat(
		CASE WHEN current_setting('synchronous_commit') = 'off' THEN set_config('synchronous_commit', 'on', TRUE)
			ELSE current_setting('synchronous_commit') END,
		' ', current_setting('transaction_read_only'),
		left(concat(
			set_config('lock_timeout', '5s', TRUE), set_config('statement_timeout', '10s', TRUE),
			set_config('idle_in_transaction_session_timeout', '10s', TRUE),
			set_config('enable_seqscan', 'off', TRUE), set_config('enable_hashjoin', 'off', TRUE),
			set_config('enable_mergejoin', 'off', TRUE), set_config('plan_cache_mode', 'force_generic_plan', TRUE),
			set_config('jit', 'off', TRUE),
			pg_advisory_xact_lock_shared` + gate + `), 0)),
	` + clock

// migrating takes the gate for the rest of the transaction.
const migrating = "SELECT pg_advisory_xact_lock" + gate

// oldest is the oldest version of the server that is supported.
const oldest = 120000

// inspect looks at a new connection of the writer. It prepares nothing, which a pooler
// might not keep.
func inspect(ctx context.Context, conn *pgx.Conn) error {
	var fsync, encoding string
	var version int
	err := conn.QueryRow(ctx, `SELECT current_setting('fsync'), current_setting('server_encoding'),
		current_setting('server_version_num')::int`, pgx.QueryExecModeExec).Scan(&fsync, &encoding, &version)
	if err != nil {
		return err
	}
	switch {
	case version < oldest:
		return fmt.Errorf("the server has version %d; the oldest that is supported is 12", version/10000)
	case fsync != "on":
		return fmt.Errorf("fsync is %s: a loss of power would take back what was acknowledged", fsync)
	case encoding != "UTF8":
		return fmt.Errorf("the database's encoding is %s where UTF8 is needed", encoding)
	}
	return nil
}
