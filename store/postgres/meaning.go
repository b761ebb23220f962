package postgres

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// validatePrimary refuses a server that cannot be written to.
var validatePrimary = pgconn.ValidateConnectTargetSessionAttrsReadWrite

// meaning says in words what an error says about the database, or nothing.
func meaning(err error) string {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		if strings.Contains(pg.Message, "unsupported startup parameter") {
			return "the pooler refuses a parameter of the DSN; " + parameterHelp
		}
		if strings.Contains(pg.Message, "statement pooling mode") {
			return "the pooler is in statement mode, which has no transactions; set pool_mode = session or transaction for this database"
		}
		return meanings[pg.Code]
	}
	_, network := errors.AsType[*net.OpError](err)
	_, connect := errors.AsType[*pgconn.ConnectError](err)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return "the server does not answer in time"
	case network, connect, errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return "the server cannot be reached"
	}
	return ""
}

// meanings are those of the server's codes.
//
// https://www.postgresql.org/docs/current/errcodes-appendix.html
var meanings = map[string]string{
	"25006": "the server is read-only; is it a standby?",
	"26000": preparedHelp,
	"28000": "the server refuses the user or the password",
	"28P01": "the server refuses the user or the password",
	"3D000": "there is no such database",
	"3F000": "there is no schema to make tables in; look at search_path",
	"42501": "the user lacks a permission",
	"42703": "the tables are not those of this version; a column is missing",
	"42P01": "a table is missing; look at search_path",
	"42P05": preparedHelp,
	"53100": "the server has no space left on its disk",
	"53200": "the server has no memory left",
	"53300": "the server has no connection left",
	"55P03": "a lock was waited for too long",
	"57014": "a statement took too long",
	"57P01": "the server is stopping",
	"57P02": "the server has crashed and recovers",
	"57P03": "the server is not ready yet",
	"58030": "the server's disk fails",
	"XX001": "the server's files are damaged",
	"XX002": "the server's files are damaged",
}

const (
	preparedHelp = "the pooler keeps no prepared statements; " +
		"leave default_query_exec_mode out of the DSN, or set it to exec"
	parameterHelp = "set it for the user instead, such as ALTER ROLE bot SET search_path = bot, and leave it out of the DSN"
)
