package postgres_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/testpostgres"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/gormstore"
	"github.com/djmessenger/messenger/store/postgres"
	"github.com/djmessenger/messenger/store/storetest"
)

func TestStore(t *testing.T) {
	t.Parallel()
	testpostgres.Server(t)
	storetest.Run(t, func(t *testing.T, opts storetest.Options) store.Store {
		t.Helper()
		st, err := postgres.Open(testpostgres.DSN(t), gormstore.WithClock(opts.Now), gormstore.WithBacklog(opts.Backlog))
		require.NoError(t, err)
		return st
	})
}
