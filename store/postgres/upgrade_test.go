package postgres_test

import (
	"os"
	"os/exec"
	"regexp"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/testpostgres"
	"github.com/djmessenger/messenger/store/gormstore"
	"github.com/djmessenger/messenger/store/internal/upgradetest"
	"github.com/djmessenger/messenger/store/postgres"
)

// Tables that an older version has written lose nothing when they are opened.
func TestUpgrade(t *testing.T) {
	t.Parallel()
	open := func(t *testing.T, dsn string, now func() time.Time) *gormstore.Store {
		t.Helper()
		st, err := postgres.Open(dsn, gormstore.WithClock(now))
		require.NoError(t, err)
		return st
	}
	upgradetest.Run(t, upgradetest.Database{
		Suffix: ".sql",
		New: func(t *testing.T, now func() time.Time) (*gormstore.Store, func(file string)) {
			t.Helper()
			dsn := testpostgres.DSN(t)
			return open(t, dsn, now), func(file string) { dumpSchema(t, dsn, file) }
		},
		Load: func(t *testing.T, file string) func(now func() time.Time) *gormstore.Store {
			t.Helper()
			dsn := testpostgres.DSN(t)
			script, err := os.ReadFile(file)
			require.NoError(t, err)
			execAll(t, dsn, string(script))
			return func(now func() time.Time) *gormstore.Store { return open(t, dsn, now) }
		},
	})
}

// execAll runs the statements of a script in one transaction.
func execAll(t *testing.T, dsn, script string) {
	t.Helper()
	config, err := pgx.ParseConfig(dsn)
	require.NoError(t, err)
	config.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol
	conn, err := pgx.ConnectConfig(t.Context(), config)
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close(t.Context())) }()
	_, err = conn.Exec(t.Context(), script)
	require.NoError(t, err)
}

// dumpSchema writes the tables of a schema to a file that can be run in another schema:
// without its name, its owner, the settings of the session, and psql's own commands.
func dumpSchema(t *testing.T, dsn, file string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close(t.Context())) }()
	var schema string
	require.NoError(t, conn.QueryRow(t.Context(), "SELECT current_schema()").Scan(&schema))
	dump := exec.CommandContext(t.Context(), "pg_dump", "--schema="+schema, "--no-owner", "--no-privileges", "--column-inserts",
		"--dbname="+testpostgres.Server(t))
	dump.Stderr = os.Stderr
	text, err := dump.Output()
	require.NoError(t, err)
	for _, part := range []struct{ find, with string }{
		{`(?m)^(--|\\(un)?restrict|SET |CREATE SCHEMA |SELECT pg_catalog\.set_config).*\n`, ""},
		{`\b` + schema + `\.`, ""},
		{`\n{3,}`, "\n\n"},
		{`^\n+|\n+$`, ""},
	} {
		text = regexp.MustCompile(part.find).ReplaceAll(text, []byte(part.with))
	}
	require.NoError(t, os.WriteFile(file, append(text, '\n'), 0o600))
}
