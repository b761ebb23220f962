package gormstore_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	postgresdriver "gorm.io/driver/postgres"
	sqlitedriver "gorm.io/driver/sqlite"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"github.com/djmessenger/messenger/internal/testpostgres"
	"github.com/djmessenger/messenger/store/gormstore"
	"github.com/djmessenger/messenger/store/postgres"
	"github.com/djmessenger/messenger/store/sqlite"
)

// place is a database of one kind.
type place struct {
	kind string
	// another makes a new database of the kind.
	another func(*testing.T) place
	// open opens the store in it, and raw the database without the store.
	open func(...gormstore.Option) (*gormstore.Store, error)
	raw  gorm.Dialector
}

func newSQLite(t *testing.T) place {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bot.db")
	return place{
		kind: "SQLite", another: newSQLite,
		open: func(opts ...gormstore.Option) (*gormstore.Store, error) { return sqlite.Open(path, opts...) },
		raw:  sqlitedriver.Open(path),
	}
}

func newPostgres(t *testing.T) place {
	t.Helper()
	dsn := testpostgres.Database(t)
	return place{
		kind: "PostgreSQL", another: newPostgres,
		open: func(opts ...gormstore.Option) (*gormstore.Store, error) { return postgres.Open(dsn, opts...) },
		raw:  postgresdriver.Open(dsn),
	}
}

// onEachDatabase runs a test on a new database of each kind.
func onEachDatabase(t *testing.T, test func(t *testing.T, p place)) {
	t.Helper()
	for name, open := range map[string]func(*testing.T) place{"sqlite": newSQLite, "postgres": newPostgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
}

// store opens the store, which is closed after the test.
func (p place) store(t *testing.T, opts ...gormstore.Option) *gormstore.Store {
	t.Helper()
	st, err := p.open(opts...)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, st.Close()) })
	return st
}

// tables makes the tables of a version.
func (p place) tables(t *testing.T, version int) {
	t.Helper()
	_, err := p.open(gormstore.WithVersion(version))
	require.ErrorIs(t, err, gormstore.ErrMigrated)
}

// do runs something on the database without the store.
func (p place) do(t *testing.T, run func(db *gorm.DB)) {
	t.Helper()
	db, err := gorm.Open(p.raw, &gorm.Config{Logger: logger.Discard})
	require.NoError(t, err)
	pool, err := db.DB()
	require.NoError(t, err)
	run(db)
	require.NoError(t, pool.Close())
}

// exec runs statements without the store.
func (p place) exec(t *testing.T, statements ...string) {
	t.Helper()
	p.do(t, func(db *gorm.DB) {
		for _, statement := range statements {
			require.NoError(t, db.Exec(statement).Error, statement)
		}
	})
}

// schema describes the bot's tables, their columns and their indexes.
func (p place) schema(t *testing.T) (all []string) {
	t.Helper()
	query := `SELECT type || ' ' || name || ' ' || COALESCE(sql, '') FROM sqlite_master WHERE tbl_name LIKE 'messenger_%' ORDER BY 1`
	if p.kind == "PostgreSQL" {
		query = `SELECT what FROM (
			SELECT 'column ' || table_name || ' ' || column_name || ' ' || data_type || ' ' || is_nullable || ' ' || COALESCE(column_default, '')
				|| ' ' || is_identity AS what
			FROM information_schema.columns WHERE table_schema = current_schema() AND table_name LIKE 'messenger_%'
			UNION ALL SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = current_schema() AND tablename LIKE 'messenger_%'
			UNION ALL SELECT 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
			FROM pg_constraint WHERE connamespace = current_schema()::regnamespace
			UNION ALL SELECT 'sequence ' || sequencename FROM pg_sequences WHERE schemaname = current_schema()) x ORDER BY what`
	}
	p.do(t, func(db *gorm.DB) { require.NoError(t, db.Raw(query).Scan(&all).Error) })
	require.NotEmpty(t, all)
	return all
}
