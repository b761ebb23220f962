package sqlite

import (
	"context"
	"database/sql"

	"gorm.io/driver/sqlite"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"github.com/djmessenger/messenger/store/gormstore"
	"github.com/djmessenger/messenger/store/internal/database"
)

// OpenLowered opens a file as Open must never do: with synchronous=NORMAL, and
// nothing is read back.
func OpenLowered(path string) (*gormstore.Store, error) {
	lowered, err := sql.Open(sqlite.DriverName, source(path, settings{journal: "WAL", synchronous: "NORMAL"}))
	if err != nil {
		return nil, err
	}
	pool, err := gorm.Open(sqlite.New(sqlite.Config{Conn: lowered}), &gorm.Config{Logger: logger.Discard})
	if err != nil {
		return nil, err
	}
	w := newWriter(&files{path: path}, lowered)
	return gormstore.Open(&database.Database{
		Pool: pool, Queries: reads, Migrations: migrations, Opened: opened, Close: lowered.Close,
		Connect: func(ctx context.Context) (database.Conn, error) {
			conn, err := lowered.Conn(ctx)
			if err != nil {
				return nil, err
			}
			return w.use(conn)
		},
	})
}
