package postgres

import (
	"errors"
	"net"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

const (
	// connectTimeout is how long a connection may take to be made, unless the
	// DSN has a connect_timeout.
	connectTimeout = 5 * time.Second
	// grace is how long a statement may take to end after its context, when
	// the server has been asked to cancel it, before its connection is closed.
	grace = time.Second
)

// keepalive finds a dead peer within half a minute.
var keepalive = net.KeepAliveConfig{Enable: true, Idle: 10 * time.Second, Interval: 5 * time.Second, Count: 3}

// errDSN contains nothing of the DSN, which may have a password anywhere.
var errDSN = errors.New("postgres: the DSN is no valid URL (postgres://user:password@host:5432/database, " +
	"with what is special in the password percent-encoded) and no valid list of keywords (host=… user=… dbname=…)")

// parse reads a DSN. It reports whether that says how statements are run.
func parse(dsn string) (config *pgx.ConnConfig, explicit bool, err error) {
	if dsn == "" {
		return nil, false, errors.New("postgres: no DSN")
	}
	if config, err = pgx.ParseConfig(dsn); err != nil {
		return nil, false, errDSN
	}
	if plain, err := pgconn.ParseConfig(dsn); err == nil {
		_, explicit = plain.RuntimeParams["default_query_exec_mode"]
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = connectTimeout
	}
	config.DialFunc = (&net.Dialer{KeepAliveConfig: keepalive}).DialContext
	if _, named := config.RuntimeParams["application_name"]; !named {
		config.RuntimeParams["application_name"] = "messenger"
	}
	return config, explicit, nil
}
