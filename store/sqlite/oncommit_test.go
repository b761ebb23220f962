package sqlite_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"github.com/djmessenger/messenger/store/gormstore"
	"github.com/djmessenger/messenger/store/internal/oncommittest"
	"github.com/djmessenger/messenger/store/sqlite"
)

func TestOnCommit(t *testing.T) {
	t.Parallel()
	oncommittest.Run(t, oncommittest.Database{
		Open: func(t *testing.T, opts ...gormstore.Option) *gormstore.Store {
			st, err := sqlite.Open(t.TempDir()+"/bot.db", opts...)
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, st.Close()) })
			return st
		},
		Endless: "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) FROM n",
		Failures: map[string]oncommittest.Failure{"disk full": {Call: func(tx *gorm.DB) error {
			// SQLite itself rolls back; what came after would be durable.
			tx.Exec("PRAGMA max_page_count = 1")
			tx.Exec("INSERT INTO orders (text) VALUES (zeroblob(100000))")
			tx.Exec("PRAGMA max_page_count = 1073741823")
			tx.Create(&oncommittest.Order{Text: "after it"})
			return nil
		}, Text: "full"}},
		OneWriter: true,
	})
}
