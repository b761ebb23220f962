package postgres_test

import (
	"context"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// shelf keeps schemas with the store's tables for the next test. To make the tables
// costs the server more than most tests do, and there are hundreds of these.
type shelf struct {
	t       *testing.T              // ends after all that take schemas
	newDSN  func(*testing.T) string // makes an empty schema
	mu      sync.Mutex
	schemas []string
}

// take returns the DSN of a schema that is empty, or has empty tables. It is put
// back when the test has ended, unless the test has failed.
func (s *shelf) take(t *testing.T) (dsn string) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := len(s.schemas); n > 0 {
		dsn, s.schemas = s.schemas[n-1], s.schemas[:n-1]
	} else {
		dsn = s.newDSN(s.t)
	}
	t.Cleanup(func() {
		if t.Failed() {
			return
		}
		emptyTables(t, dsn)
		s.mu.Lock()
		defer s.mu.Unlock()
		s.schemas = append(s.schemas, dsn)
	})
	return dsn
}

// emptyTables deletes all rows of the store's tables, but for the version of these.
func emptyTables(t *testing.T, dsn string) {
	t.Helper()
	ctx := context.Background() // the test's has ended
	config, err := pgx.ParseConfig(dsn)
	require.NoError(t, err)
	config.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol // a pooler may be between
	conn, err := pgx.ConnectConfig(ctx, config)
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close(ctx)) }()
	_, err = conn.Exec(ctx, `DO $$ DECLARE name TEXT; BEGIN
		FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tablename <> 'messenger_schema' LOOP
			EXECUTE 'DELETE FROM ' || name;
		END LOOP; END $$`)
	require.NoError(t, err)
}
