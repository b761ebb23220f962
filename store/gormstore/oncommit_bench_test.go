package gormstore_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"github.com/djmessenger/messenger/internal/testpostgres"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/gormstore"
	"github.com/djmessenger/messenger/store/postgres"
	"github.com/djmessenger/messenger/store/sqlite"
)

// BenchmarkOnCommit commits turns that run one function with some statements.
func BenchmarkOnCommit(b *testing.B) {
	for name, open := range map[string]func() (*gormstore.Store, error){
		"sqlite":   func() (*gormstore.Store, error) { return sqlite.Open(b.TempDir() + "/bot.db") },
		"postgres": func() (*gormstore.Store, error) { return postgres.Open(testpostgres.DSN(b)) },
	} {
		for _, statements := range []int{1, 10, 100} {
			b.Run(fmt.Sprint(name, "/", statements), func(b *testing.B) {
				st, err := open()
				require.NoError(b, err)
				defer func() { require.NoError(b, st.Close()) }()
				require.NoError(b, st.DB().Exec("CREATE TABLE counters (id INT PRIMARY KEY, n INT)").Error)
				require.NoError(b, st.DB().Exec("INSERT INTO counters VALUES (1, 0)").Error)
				ann := store.Conversation{PageID: "page", PSID: "ann"}
				require.NoError(b, st.Put(b.Context(), store.Event{Conversation: ann, Key: "k"}))
				leases, err := st.Claim(b.Context(), store.Claim{Owner: "w", Conversations: 1, TTL: time.Hour})
				require.NoError(b, err)
				turn := store.NewTurn(st, store.Person{})
				for b.Loop() {
					set := turn.Begin("r")
					require.NoError(b, gormstore.OnCommit(set.Context(b.Context()), func(tx *gorm.DB) error {
						for range statements {
							if err := tx.Exec("UPDATE counters SET n = n + 1 WHERE id = 1").Error; err != nil {
								return err
							}
						}
						return nil
					}))
					_, err := st.Commit(b.Context(), store.Outcome{Lease: leases[0].LeaseID, Writes: set.End()})
					require.NoError(b, err)
				}
			})
		}
	}
}
