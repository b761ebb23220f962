package postgres_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/testpostgres"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/gormstore"
	"github.com/djmessenger/messenger/store/internal/queuedump"
	"github.com/djmessenger/messenger/store/postgres"
	"github.com/djmessenger/messenger/store/storetest"
)

func TestStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, opener(t, func(dsn string) string { return dsn }))
}

// Behind a pooler that knows no prepared statements a batch of them goes another
// way.
func TestStoreWithoutPreparedStatements(t *testing.T) {
	t.Parallel()
	storetest.RunPromises(t, opener(t, func(dsn string) string {
		return testpostgres.With(t, dsn, "default_query_exec_mode", "exec")
	}))
}

// opener opens stores on schemas of their own, by DSNs that with changes.
func opener(t *testing.T, with func(dsn string) string) func(*testing.T, storetest.Options) store.Store {
	t.Helper()
	testpostgres.Server(t)
	schemas := shelf{t: t, newDSN: func(t *testing.T) string { t.Helper(); return testpostgres.DSN(t) }}
	return func(t *testing.T, opts storetest.Options) store.Store {
		t.Helper()
		st, err := postgres.Open(with(schemas.take(t)), gormstore.WithClock(opts.Now), gormstore.WithBacklog(opts.Backlog))
		require.NoError(t, err)
		return queuedump.With(t, st)
	}
}
