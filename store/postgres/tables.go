package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// undefinedTable is the server's code for a table that is not there.
const undefinedTable = "42P01"

// Tables is the state of the tables of a store in a database, for a check before a deployment and at night.
type Tables struct {
	// Found is the version of the tables; 0: there are none.
	Found int
	// Known is the newest version that this program understands, to which [Open] takes older tables.
	Known int
	// Now is the time of the server, which every process goes by.
	Now time.Time
}

// ReadTables connects to a database once, as [Open] does with the same DSN, and reads the state of the tables. It changes
// nothing, makes and migrates no table, and announces no replica. It fails as Open does, but not because of the version of the
// tables: newer ones are for the caller to see. No error has the password in it.
func ReadTables(ctx context.Context, dsn string) (Tables, error) {
	config, _, err := parse(dsn)
	if err != nil {
		return Tables{}, err
	}
	if len(config.Fallbacks) > 0 && config.ValidateConnect == nil {
		config.ValidateConnect = validatePrimary
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return Tables{}, explain(err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if err := inspect(ctx, conn); err != nil {
		return Tables{}, explain(err)
	}
	tables := Tables{Known: len(migrations())}
	if err := conn.QueryRow(ctx, readClock, pgx.QueryExecModeExec).Scan(&tables.Now); err != nil {
		return Tables{}, explain(err)
	}
	err = conn.QueryRow(ctx, readVersion, pgx.QueryExecModeExec).Scan(&tables.Found)
	if refused, ok := errors.AsType[*pgconn.PgError](err); ok && refused.Code == undefinedTable {
		return tables, nil
	}
	if err != nil {
		return Tables{}, explain(err)
	}
	return tables, nil
}
