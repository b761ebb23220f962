package postgres

import (
	"context"
	"errors"
	"net"

	"github.com/jackc/pgx/v5/pgconn"
)

// validatePrimary refuses a server that cannot be written to.
var validatePrimary = pgconn.ValidateConnectTargetSessionAttrsReadWrite

// meaning says in words what an error says about the database, or nothing.
func meaning(err error) string {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		switch pg.Code {
		case "3D000":
			return "there is no such database"
		case "28P01", "28000":
			return "the server refuses the user or the password"
		case "25006":
			return "the server is read-only; is it a standby?"
		case "42501":
			return "the user lacks a permission"
		case "3F000":
			return "there is no schema to make tables in; look at search_path"
		case "53300":
			return "the server has no connection left"
		case "57P03":
			return "the server is not ready yet"
		case "53100":
			return "the server has no space left on its disk"
		}
		return ""
	}
	_, dial := errors.AsType[*net.OpError](err)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return "the server does not answer in time"
	case dial:
		return "the server cannot be reached"
	}
	return ""
}
