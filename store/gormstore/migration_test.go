package gormstore_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/testpostgres"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/gormstore"
	"github.com/djmessenger/messenger/store/postgres"
	"github.com/djmessenger/messenger/store/sqlite"
)

// What the tables of an older version hold is handled after a migration.
func TestTablesOfAnOlderVersion(t *testing.T) {
	t.Parallel()
	type open func(...gormstore.Option) (*gormstore.Store, error)
	for name, database := range map[string]func(*testing.T) open{
		"sqlite": func(t *testing.T) open {
			t.Helper()
			path := filepath.Join(t.TempDir(), "bot.db")
			return func(opts ...gormstore.Option) (*gormstore.Store, error) { return sqlite.Open(path, opts...) }
		},
		"postgres": func(t *testing.T) open {
			t.Helper()
			dsn := testpostgres.Database(t)
			return func(opts ...gormstore.Option) (*gormstore.Store, error) { return postgres.Open(dsn, opts...) }
		},
	} {
		for version := 1; version < gormstore.Versions; version++ {
			t.Run(fmt.Sprint(name, " ", version), func(t *testing.T) {
				t.Parallel()
				open := database(t)
				st, err := open(gormstore.WithVersion(version))
				require.NoError(t, err)
				for i := range 3 {
					conv := store.Conversation{PageID: "page", PersonID: fmt.Sprint(i)}
					require.NoError(t, st.Put(t.Context(), store.Event{Conversation: conv, Key: fmt.Sprint(i), Body: []byte("body")}))
					require.NoError(t, st.Apply(t.Context(), store.AddThumbUp{PageID: "page", PSID: conv.PersonID}))
				}
				require.NoError(t, st.Close())

				st, err = open()
				require.NoError(t, err)
				leases, err := st.Claim(t.Context(), store.Claim{Owner: "w", Conversations: 10, TTL: time.Minute})
				require.NoError(t, err)
				require.Len(t, leases, 3)
				for _, lease := range leases {
					require.Equal(t, 1, lease.Starts)
					require.Equal(t, 1, lease.Person.ThumbUps)
					require.Zero(t, lease.Fatal)
					require.NoError(t, st.MarkAlone(t.Context(), lease.LeaseID, lease.Events[0].Seq))
					_, err := st.Commit(t.Context(), store.Outcome{Lease: lease.LeaseID, Event: &store.EventResult{Seq: lease.Events[0].Seq}, Release: true})
					require.NoError(t, err)
				}
				require.NoError(t, st.Close())
			})
		}
	}
}
