package gormstore

import (
	"log/slog"
	"time"
)

// Option changes a setting of a store.
type Option func(*config)

type config struct {
	backlog       int
	now           func() time.Time
	commitTimeout time.Duration
	logger        *slog.Logger
	// steps changes the migrations, and migrated ends Open when they have run; in tests.
	steps    func([][]string) [][]string
	migrated error
}

// maxCommitTimeout is far beyond what any program should use.
const maxCommitTimeout = 10 * time.Minute

func newConfig(opts []Option) config {
	c := config{backlog: 100_000, commitTimeout: 500 * time.Millisecond, logger: slog.Default()}
	for _, opt := range opts {
		opt(&c)
	}
	return c
}

// WithBacklog sets how many events of one page may wait before Put returns a [store.BacklogError]. The default is
// 100,000. Where several processes share the database, each counts what the others put and handle about once a second,
// beside its transactions, so that a page may exceed its bound by what they put meanwhile.
func WithBacklog(events int) Option {
	return func(c *config) { c.backlog = events }
}

// WithClock sets the store's clock. The default is [time.Now] for a database that belongs to one process, and the
// database's own clock for one that several share, so that they need not agree on the time.
func WithClock(now func() time.Time) Option {
	return func(c *config) { c.now = now }
}

// WithCommitTimeout sets how long the functions that a turn has queued with
// [OnCommit] may take together: more than 0, at most 10 minutes. The default is
// 500 ms.
//
// It is a bound for accidents, not a budget. While a function runs, an SQLite store
// stores nothing else. A PostgreSQL store has a second connection, but whatever needs
// the same conversation waits, and fails after 5 s. Leases cannot be renewed meanwhile:
// with a function that takes longer than about 5 s, other turns of the process may lose
// their leases and be repeated. The function's own turn is not affected, as its
// conversation is locked, except that what it sends may wait until its lease has expired.
func WithCommitTimeout(d time.Duration) Option {
	return func(c *config) { c.commitTimeout = d }
}

// WithLogger sets where the store logs what it finds out about its database: when it is opened, and later what needs
// attention and is no operation's error. The default is [slog.Default].
func WithLogger(logger *slog.Logger) Option {
	return func(c *config) { c.logger = logger }
}
