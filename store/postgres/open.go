package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"github.com/djmessenger/messenger/store/gormstore"
	"github.com/djmessenger/messenger/store/internal/database"
)

// writers is how many connections write, besides one that only renews leases.
const writers = 2

// readers is the most connections for reads and for the user's statements.
const readers = 8

// lifetime is how long a connection of the pool is used. It has settings of the user
// and of the server as they were when it was made.
const lifetime = 5 * time.Minute

// Open opens the store in a PostgreSQL database, and makes its tables if there
// are none. The DSN is a URL, postgres://user:password@host:5432/database, or a
// list of keywords, host=… user=… dbname=…, as libpq has them; what it leaves
// out comes from the variables PGHOST and so on.
//
// It fails if the server cannot be reached, refuses the user, has no such
// database, is a standby, or does not make durable what it commits, and with a
// [gormstore.SchemaError] if a newer version of this library has written the
// tables. No error has the password in it.
func Open(dsn string, opts ...gormstore.Option) (*gormstore.Store, error) {
	return open(dsn, false, opts)
}

// Attach opens the store of bots for a program that shows or repairs what is in it and works for no conversation, such as a command of
// operators. It is Open, except that it makes and changes no tables, so that the version of this program does not matter to the bots: it fails
// if there are none, and with a [gormstore.SchemaError] if they are of another version, older or newer. It is not known to the
// bots as a process that has leases, does not look for those that have died, and gives and gets no hints: the bots find what it changes within a
// second. To run a bot on it is not its purpose: its death would be noticed when its leases expire.
func Attach(dsn string, opts ...gormstore.Option) (*gormstore.Store, error) {
	return open(dsn, true, opts)
}

func open(dsn string, attached bool, opts []gormstore.Option) (*gormstore.Store, error) {
	config, explicit, err := parse(dsn)
	if err != nil {
		return nil, err
	}
	db, err := connect(config, explicit, attached)
	if err != nil {
		return nil, err
	}
	st, err := gormstore.Open(db, opts...)
	if err != nil {
		return nil, explain(err)
	}
	return st, nil
}

// connect opens the database twice: the connections that write, and a pool. Where it is
// explicit how statements are run, that is so behind a pooler too.
func connect(config *pgx.ConnConfig, explicit, attached bool) (*database.Database, error) {
	if len(config.Fallbacks) > 0 && config.ValidateConnect == nil {
		// Of several servers the one that can be written to, for everything: the
		// others are behind it.
		config.ValidateConnect = validatePrimary
	}
	members := &cluster{config: config, notify: make(chan struct{}, 1), attached: attached}
	exec := stdlib.OptionBeforeConnect(func(_ context.Context, config *pgx.ConnConfig) error {
		if members.pooled.Load() && !explicit {
			config.DefaultQueryExecMode = pgx.QueryExecModeExec
		}
		return nil
	})
	writer := stdlib.OpenDB(*cancelling(config), exec)
	writer.SetMaxOpenConns(writers + 1)
	pool := stdlib.OpenDB(*cancelling(config), exec)
	pool.SetMaxOpenConns(readers)
	pool.SetMaxIdleConns(readers)
	pool.SetConnMaxLifetime(lifetime)
	members.pool = pool
	closeBoth := func() error { return errors.Join(pool.Close(), writer.Close()) }

	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	conn, err := members.connect(ctx, writer, explicit) // joins nothing: there may be no tables yet
	if err != nil {
		return nil, errors.Join(err, closeBoth())
	}
	if err := conn.Close(); err != nil {
		return nil, errors.Join(explain(err), closeBoth())
	}
	gormDB, err := gorm.Open(postgres.New(postgres.Config{Conn: pool}), &gorm.Config{Logger: logger.Discard})
	if err != nil {
		return nil, errors.Join(explain(err), closeBoth())
	}
	var notes []string
	if members.pooled.Load() && !explicit {
		notes = append(notes, pooledNote)
	}
	return &database.Database{
		Pool: gormDB, Prepares: true, Queries: queries, Migrations: migrations(), Migrating: migrating,
		Connect: func(ctx context.Context) (database.Conn, error) {
			conn, err := members.connect(ctx, writer, explicit)
			if err != nil {
				return nil, err
			}
			return members.join(ctx, conn)
		},
		Writers: writers, Renewer: true, Timeout: timeout, Cluster: members, Refused: refused, Again: again, LockTimeout: lockTimeout, Blocked: blocked, Close: closeBoth, Notes: notes, Attached: attached,
		Meaning: func(err error) string {
			if what := meaning(err); what != "" {
				return "postgres: " + what
			}
			return ""
		},
	}, nil
}

// explain says what an error of the server means, in front of it.
func explain(err error) error {
	if what := meaning(err); what != "" {
		return fmt.Errorf("postgres: %s: %w", what, err)
	}
	return fmt.Errorf("postgres: %w", err)
}
