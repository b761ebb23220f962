package postgres

import (
	"context"
	"net"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/store/internal/database"
)

// Timeout is how long a transaction of the writer may take.
const Timeout = timeout

// Look is one look of a process at the others.
type Look struct {
	At     time.Duration
	Absent []int64 // holders that hold no lock
	Away   bool    // the server was away, or this process's own lock
}

// Ended returns after each look which holders are taken for ended, sorted.
func Ended(looks ...Look) (all [][]int64) {
	a := absences{since: map[int64]time.Time{}}
	begin := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for _, look := range looks {
		now := begin.Add(look.At)
		if look.Away {
			a.outage(now)
			all = append(all, nil)
			continue
		}
		found := map[int64]bool{}
		for _, holder := range look.Absent {
			found[holder] = true
		}
		ended := a.lasting(found, now)
		slices.Sort(ended)
		all = append(all, ended)
	}
	return all
}

// Database describes the database of a DSN. Its connections are made through a function.
func Database(dsn string, dialed func(net.Conn) net.Conn) (*database.Database, error) {
	config, explicit, err := parse(dsn)
	if err != nil {
		return nil, err
	}
	dial := config.DialFunc
	config.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return dialed(conn), nil
	}
	return connect(config, explicit, false)
}

// Waiting returns the statements of a transaction that wait for the next answer.
func Waiting(t queue.Tx) (texts []string) {
	if t, ok := t.(*tx); ok {
		for _, s := range t.waiting {
			texts = append(texts, s.text)
		}
	}
	return texts
}

// Run runs statements on a connection in one round trip.
func Run(ctx context.Context, conn *pgx.Conn, texts ...string) error {
	var statements []statement
	for _, text := range texts {
		statements = append(statements, statement{text: text})
	}
	return run(ctx, conn, statements)
}
