package sqlite_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"github.com/djmessenger/messenger/store/gormstore"
	"github.com/djmessenger/messenger/store/internal/oncommittest"
	"github.com/djmessenger/messenger/store/sqlite"
)

func TestOnCommit(t *testing.T) {
	t.Parallel()
	tryOpen := func(t *testing.T, opts ...gormstore.Option) (*gormstore.Store, error) {
		t.Helper()
		return sqlite.Open(t.TempDir()+"/bot.db", opts...)
	}
	oncommittest.Run(t, oncommittest.Database{
		TryOpen: tryOpen,
		Open: func(t *testing.T, opts ...gormstore.Option) *gormstore.Store {
			t.Helper()
			st, err := tryOpen(t, opts...)
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, st.Close()) })
			return st
		},
		Endless: "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) FROM n",
		Failures: map[string]oncommittest.Failure{
			"commit in SQL": {Call: func(tx *gorm.DB) error { return tx.Exec("SELECT 1; COMMIT").Error }, Text: "an OnCommit function cannot COMMIT"},
			"pragma":        {Call: func(tx *gorm.DB) error { return tx.Exec("PRAGMA Synchronous = OFF").Error }, Text: "cannot PRAGMA Synchronous"},
			"attach":        {Call: func(tx *gorm.DB) error { return tx.Exec("ATTACH ':memory:' AS other").Error }, Text: "cannot ATTACH"},
			"detach":        {Call: func(tx *gorm.DB) error { return tx.Exec("DETACH main").Error }, Text: "cannot DETACH"},
			"a row that fails while it is read": {Call: func(tx *gorm.DB) error {
				return oncommittest.Skim(tx.Raw("SELECT 1 UNION ALL SELECT abs(-9223372036854775807 - 1)"))
			}, Text: "integer overflow"},
			"a deferred constraint": {Call: func(tx *gorm.DB) error {
				return tx.Exec(`CREATE TABLE parents (id INTEGER PRIMARY KEY);
					CREATE TABLE children (parent INTEGER REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED); INSERT INTO children VALUES (1)`).Error
			}, Text: "FOREIGN KEY constraint failed"},
			"SQLite itself rolls back": {Call: func(tx *gorm.DB) error {
				tx.Create(&oncommittest.Order{Text: "one"})
				tx.Exec("INSERT OR ROLLBACK INTO orders (text) VALUES ('one')")
				tx.Create(&oncommittest.Order{Text: "after it"}) // would be durable
				return nil
			}, Text: "rolled back"},
			"SQLite rolls back and the function recovers": {Call: func(tx *gorm.DB) error {
				tx.Create(&oncommittest.Order{Text: "one"})
				tx.Exec("SAVEPOINT a")
				tx.Exec("INSERT OR ROLLBACK INTO orders (text) VALUES ('one')")
				tx.Exec("SAVEPOINT a; ROLLBACK TO SAVEPOINT a")
				tx.Exec("BEGIN")
				return nil
			}, Text: "rolled back"},
		},
		Ordinary: []string{
			"", "-- COMMIT", "SELECT 'COMMIT; ROLLBACK'", "CREATE TABLE t (i INTEGER PRIMARY KEY, commits TEXT)", "ALTER TABLE t ADD COLUMN j",
			"CREATE TRIGGER tr AFTER INSERT ON t BEGIN SELECT 1; END", "INSERT INTO t (i) VALUES (1); INSERT INTO t (i) VALUES (2)",
			"SAVEPOINT a; SAVEPOINT b; ROLLBACK TO a; RELEASE a", "SAVEPOINT left_over", "REINDEX", "ANALYZE", "PRAGMA table_info(t)",
			"PRAGMA defer_foreign_keys = ON", "PRAGMA foreign_keys", "PRAGMA user_version = 7", "PRAGMA integrity_check",
			"ROLLBACK TO SAVEPOINT messenger_call", "DROP TABLE IF EXISTS t",
		},
		Endings: []string{
			"COMMIT", "commit;", "END", "END TRANSACTION", "/* a */ -- b\n COMMIT", ";;COMMIT", "SELECT 1; COMMIT; SELECT 2", "ROLLBACK", "ROLLBACK; BEGIN",
			"BEGIN", "BEGIN IMMEDIATE", "COMMIT; BEGIN IMMEDIATE", "RELEASE messenger_call", "RELEASE SAVEPOINT Messenger_Call", "SAVEPOINT messenger_call",
			"ATTACH ':memory:' AS other", "DETACH main", "VACUUM", "VACUUM INTO ':memory:'",
			"PRAGMA journal_mode = DELETE", "PRAGMA synchronous = OFF", "PRAGMA locking_mode = EXCLUSIVE", "PRAGMA writable_schema = 1",
			"PRAGMA secure_delete = ''", "PRAGMA main.max_page_count = 1", "pragma query_only(1)", "PRAGMA wal_checkpoint",
		},
		OneWriter: true,
	})
}

// The guard is for functions alone: the store's own statements, and those of the
// program beside turns, may do as before.
func TestOnlyOnCommitFunctionsAreGuarded(t *testing.T) {
	t.Parallel()
	st, err := sqlite.Open(t.TempDir() + "/bot.db")
	require.NoError(t, err)
	defer func() { require.NoError(t, st.Close()) }()
	s := oncommittest.NewShop(t, st)
	_ = s.Refuses(t, "COMMIT", func(tx *gorm.DB) error { return tx.Exec("COMMIT").Error })
	require.NoError(t, st.DB().Connection(func(tx *gorm.DB) error {
		return errors.Join(tx.Exec("BEGIN").Error, tx.Exec("ROLLBACK").Error, tx.Exec("ATTACH ':memory:' AS other").Error,
			tx.Exec("DETACH other").Error)
	}))
	s.Works(t)
}
