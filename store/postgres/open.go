package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
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

// writers is how many connections write.
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
	config, explicit, err := parse(dsn)
	if err != nil {
		return nil, err
	}
	db, err := connect(config, explicit)
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
func connect(config *pgx.ConnConfig, explicit bool) (*database.Database, error) {
	if len(config.Fallbacks) > 0 && config.ValidateConnect == nil {
		// Of several servers the one that can be written to, for everything: the
		// others are behind it.
		config.ValidateConnect = validatePrimary
	}
	members := &cluster{config: config, notify: make(chan struct{}, 1)}
	exec := stdlib.OptionBeforeConnect(func(_ context.Context, config *pgx.ConnConfig) error {
		if members.pooled.Load() && !explicit {
			config.DefaultQueryExecMode = pgx.QueryExecModeExec
		}
		return nil
	})
	writer := stdlib.OpenDB(*cancelling(config), exec)
	writer.SetMaxOpenConns(writers)
	pool := stdlib.OpenDB(*cancelling(config), exec)
	pool.SetMaxOpenConns(readers)
	pool.SetMaxIdleConns(readers)
	pool.SetConnMaxLifetime(lifetime)
	members.pool = pool
	closeBoth := func() error { return errors.Join(pool.Close(), writer.Close()) }

	writes := func(ctx context.Context) (*sql.Conn, error) { return members.connect(ctx, writer, explicit) }
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	conn, err := writes(ctx)
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
		Dialect: dialect{}, Pool: gormDB, Connect: writes, Writers: writers, Timeout: timeout, Cluster: members, Close: closeBoth,
		Notes: notes,
		Meaning: func(err error) string {
			if what := meaning(err); what != "" {
				return "postgres: " + what
			}
			return ""
		},
	}, nil
}

// connect makes a connection that writes.
func (c *cluster) connect(ctx context.Context, db *sql.DB, explicit bool) (*sql.Conn, error) {
	for {
		conn, err := db.Conn(ctx)
		if err != nil {
			return nil, explain(err)
		}
		before := c.pooled.Load()
		var behind bool
		err = onConn(conn, func(conn *pgx.Conn) (err error) {
			if behind, err = pooled(ctx, conn); err == nil && behind && (before || explicit) {
				err = usable(ctx, conn, c.config, explicit)
			}
			if err != nil {
				return err
			}
			return inspect(ctx, conn)
		})
		if err != nil {
			drop(conn)
			return nil, explain(err)
		}
		c.pooled.Store(behind)
		if behind && !before && !explicit {
			drop(conn) // its statements would be prepared
			continue
		}
		return conn, nil
	}
}

// drop closes a connection that would otherwise be used again.
func drop(conn *sql.Conn) {
	_ = conn.Raw(func(any) error { return driver.ErrBadConn })
	_ = conn.Close()
}

// explain says what an error of the server means, in front of it.
func explain(err error) error {
	if what := meaning(err); what != "" {
		return fmt.Errorf("postgres: %s: %w", what, err)
	}
	return fmt.Errorf("postgres: %w", err)
}
