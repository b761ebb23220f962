package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// oldest is the oldest version of the server that is supported.
const oldest = 120000

// inspect looks at a new connection of the writer. It prepares nothing, which a pooler might not keep.
func inspect(ctx context.Context, conn *pgx.Conn) error {
	var fsync, encoding string
	var version int
	if err := conn.QueryRow(ctx, inspectServer, pgx.QueryExecModeExec).Scan(&fsync, &encoding, &version); err != nil {
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
