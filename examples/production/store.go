package main

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"github.com/djmessenger/messenger/store/gormstore"
	"github.com/djmessenger/messenger/store/postgres"
	"github.com/djmessenger/messenger/store/sqlite"
)

// openStore opens the database. It waits for a server that does not answer yet. A
// file that cannot be opened is an error at once, and so are tables that a newer
// version has written. What the store finds out later, such as a pooler or a file
// that could not be wiped, goes to log. The store is nil with an error: its type is no interface,
// in which a nil pointer would not equal nil.
func openStore(ctx context.Context, log *slog.Logger, database string) (*gormstore.Store, error) {
	switch {
	case strings.HasPrefix(database, "postgres://"), strings.HasPrefix(database, "postgresql://"):
	case strings.Contains(database, "host="), strings.Contains(database, "dbname="):
		return nil, errors.New("MESSENGER_DATABASE has keywords of PostgreSQL: write them as a postgres:// URL")
	default:
		return sqlite.Open(database, gormstore.WithLogger(log))
	}
	for pause := time.Second; ; pause = min(2*pause, 15*time.Second) {
		st, err := postgres.Open(database, gormstore.WithLogger(log))
		var newer *gormstore.SchemaError
		if err == nil || errors.As(err, &newer) {
			return st, err
		}
		log.Error("cannot open the database; retrying", "error", err, "after", pause.String())
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(pause):
		}
	}
}
