// Package testpostgres gives each test a schema or a database of its own on a
// PostgreSQL server. Only tests import it.
package testpostgres

import (
	"crypto/rand"
	"database/sql"
	"net/url"
	"os"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver
	"github.com/stretchr/testify/require"
)

// Variable names the environment variable with the DSN of a server that tests
// may use: a URL or a list of keywords, of a user who may create schemas.
const Variable = "MESSENGER_TEST_POSTGRES"

// Server returns the DSN of the tests' server. It skips the test if there is
// none.
func Server(tb testing.TB) string {
	tb.Helper()
	dsn := os.Getenv(Variable)
	if dsn == "" {
		tb.Skip(Variable + " is not set: nothing was tried on PostgreSQL")
	}
	return dsn
}

// DSN makes an empty schema, which is dropped after the test, and returns a DSN
// whose connections work in it.
func DSN(tb testing.TB) string {
	tb.Helper()
	dsn := Server(tb)
	schema := "test_" + strings.ToLower(rand.Text())
	exec(tb, dsn, "CREATE SCHEMA "+schema)
	tb.Cleanup(func() { exec(tb, dsn, "DROP SCHEMA "+schema+" CASCADE") })
	return With(tb, dsn, "search_path", schema)
}

// Database makes an empty database, which is dropped after the test, for tests
// that look at what the server counts for each. It returns its DSN.
func Database(tb testing.TB) string {
	tb.Helper()
	dsn := Server(tb)
	name := "test_" + strings.ToLower(rand.Text())
	exec(tb, dsn, "CREATE DATABASE "+name)
	tb.Cleanup(func() { exec(tb, dsn, "DROP DATABASE "+name) })
	return With(tb, dsn, "dbname", name)
}

// With returns a DSN with another value of a parameter.
func With(tb testing.TB, dsn, name, value string) string {
	tb.Helper()
	if !strings.HasPrefix(dsn, "postgres://") && !strings.HasPrefix(dsn, "postgresql://") {
		return dsn + " " + name + "='" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(value) + "'"
	}
	u, err := url.Parse(dsn)
	require.NoError(tb, err)
	if name == "dbname" {
		u.Path = "/" + value
	}
	query := u.Query()
	query.Set(name, value)
	u.RawQuery = query.Encode()
	return u.String()
}

func exec(tb testing.TB, dsn, statement string) {
	tb.Helper()
	db, err := sql.Open("pgx", dsn)
	require.NoError(tb, err)
	defer func() { require.NoError(tb, db.Close()) }()
	_, err = db.Exec(statement) //nolint:noctx // a test's context has ended when it is cleaned up
	require.NoError(tb, err)
}
