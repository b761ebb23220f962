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
	writer, err := sql.Open(sqlite.DriverName, source(path, settings{journal: "WAL", synchronous: "NORMAL"}))
	if err != nil {
		return nil, err
	}
	pool, err := gorm.Open(sqlite.New(sqlite.Config{Conn: writer}), &gorm.Config{Logger: logger.Discard})
	if err != nil {
		return nil, err
	}
	return gormstore.Open(&database.Database{
		Dialect: dialect{}, Pool: pool, Close: writer.Close,
		Connect: func(ctx context.Context) (*sql.Conn, error) { return writer.Conn(ctx) },
	})
}
