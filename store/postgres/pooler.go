package postgres

import (
	"context"
	"crypto/rand"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// pooledNote is logged where a pooler is noticed and the DSN leaves the choice.
const pooledNote = "there is a pooler between the bot and PostgreSQL: statements are not prepared by name, dead replicas are noticed " +
	"when their leases expire, and replicas poll; see the documentation of store/postgres"

// unprepared reports whether a way to run statements leaves nothing behind on the
// server between transactions, which the next one may not find.
func unprepared(mode pgx.QueryExecMode) bool {
	return mode != pgx.QueryExecModeCacheStatement && mode != pgx.QueryExecModeDescribeExec
}

// pooled reports whether there is a pooler between a connection and its server: the
// number of the server's process is another than it was told. Which connections of a
// pool share one of the server no pooler says, and trying it out proves nothing on a
// pool that is idle, so that all are taken for those that share.
func pooled(ctx context.Context, conn *pgx.Conn) (bool, error) {
	var pid uint32
	if err := conn.QueryRow(ctx, backendPID, pgx.QueryExecModeExec).Scan(&pid); err != nil {
		return false, err
	}
	return pid != conn.PgConn().PID(), nil
}

// usable returns an error if transactions or, where they are asked for explicitly,
// prepared statements cannot be had through a pooler.
func usable(ctx context.Context, conn *pgx.Conn, config *pgx.ConnConfig, explicit bool) error {
	for _, statement := range []string{"BEGIN", "ROLLBACK"} { // in one they would be no transaction
		if _, err := conn.PgConn().Exec(ctx, statement).ReadAll(); err != nil {
			return err
		}
	}
	if !explicit || unprepared(config.DefaultQueryExecMode) {
		return nil
	}
	kept, err := keepsStatements(ctx, conn, config)
	if err == nil && !kept {
		err = errors.New(preparedHelp)
	}
	return err
}

// preparedTries is how often a prepared statement is looked for. On an idle pool one
// try finds out.
const preparedTries = 3

// keepsStatements tries whether a statement that was prepared is there when the server's
// connection that it was prepared on is another client's.
func keepsStatements(ctx context.Context, conn *pgx.Conn, config *pgx.ConnConfig) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	other, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return false, err
	}
	defer func() { _ = other.Close(context.WithoutCancel(ctx)) }()
	for range preparedTries {
		name := "messenger_" + rand.Text()
		if _, err := conn.PgConn().Prepare(ctx, name, "SELECT 1", nil); err != nil {
			return false, err
		}
		if _, err := other.PgConn().Exec(ctx, "BEGIN").ReadAll(); err != nil {
			return false, err
		}
		kept, err := hasStatement(ctx, conn.PgConn(), name)
		if err != nil || !kept {
			return false, err
		}
		if _, err := other.PgConn().Exec(ctx, "ROLLBACK").ReadAll(); err != nil {
			return false, err
		}
	}
	return true, nil
}

// hasStatement reports whether a prepared statement is there. A pool of one connection
// has none for it as long as another client's transaction has that one: it is not.
func hasStatement(ctx context.Context, conn *pgconn.PgConn, name string) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, connectTimeout/2)
	defer cancel()
	_, err := conn.ExecPrepared(ctx, name, nil, nil, nil).Close()
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok && pg.Code == "26000" || errors.Is(err, context.DeadlineExceeded) {
		return false, nil
	}
	return err == nil, err
}
