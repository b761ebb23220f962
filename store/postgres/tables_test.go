package postgres_test

import (
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/testpostgres"
	"github.com/djmessenger/messenger/store/postgres"
)

// Reading the state of the tables makes none, and sees those of every version.
func TestReadTables(t *testing.T) {
	t.Parallel()
	dsn := testpostgres.DSN(t)
	conn, err := pgx.Connect(t.Context(), dsn)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close(t.Context()) })
	count := func() (n int) {
		require.NoError(t, conn.QueryRow(t.Context(), "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()").Scan(&n))
		return n
	}
	tables, err := postgres.ReadTables(t.Context(), dsn)
	require.NoError(t, err)
	require.Zero(t, tables.Found)
	require.Positive(t, tables.Known)
	require.False(t, tables.Now.IsZero())
	require.Zero(t, count())

	st, err := postgres.Open(dsn)
	require.NoError(t, err)
	require.NoError(t, st.Close())
	tables, err = postgres.ReadTables(t.Context(), dsn)
	require.NoError(t, err)
	require.Equal(t, tables.Known, tables.Found)

	_, err = conn.Exec(t.Context(), "INSERT INTO messenger_schema (version, at) VALUES (1000, 0)")
	require.NoError(t, err)
	tables, err = postgres.ReadTables(t.Context(), dsn)
	require.NoError(t, err)
	require.Equal(t, 1000, tables.Found)
}

func TestReadTablesFails(t *testing.T) {
	t.Parallel()
	_, err := postgres.ReadTables(t.Context(), "")
	require.ErrorContains(t, err, "no DSN")
	_, err = postgres.ReadTables(t.Context(), "postgres://bot:s3cret@127.0.0.1:1/bot")
	require.ErrorContains(t, err, "the server cannot be reached")
	require.NotContains(t, err.Error(), "s3cret")
}
