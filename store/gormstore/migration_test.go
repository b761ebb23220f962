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
					// The first version's columns, which today's statements may not fit.
					require.NoError(t, gormstore.Exec(t.Context(), st, `INSERT INTO messenger_people (page_id, psid, first_name, last_name,
						name, username, profile_pic, locale, timezone, gender, profile_at, profile_refused, thumb_ups, first_seen, last_act,
						unavailable_since) VALUES ('page', ?, 'Ann', '', '', '', '', '', NULL, '', 0, FALSE, 1, ?, ?, 0)`,
						conv.PersonID, int64(1_000_000), int64(2_000_000)))
				}
				require.NoError(t, st.Close())

				st, err = open()
				require.NoError(t, err)
				leases, err := st.Claim(t.Context(), store.Claim{Owner: "w", Conversations: 10, TTL: time.Minute})
				require.NoError(t, err)
				require.Len(t, leases, 3)
				for _, lease := range leases {
					require.Equal(t, 1, lease.Deliveries)
					require.Equal(t, store.Person{
						PageID: "page", PSID: lease.PersonID, Profile: store.Profile{FirstName: "Ann"}, ThumbUps: 1,
						FirstSeen: time.Unix(1, 0).UTC(), LastAct: time.Unix(2, 0).UTC(),
					}, lease.Person)
					human := store.NoteHuman{PageID: "page", PSID: lease.PersonID, At: time.Unix(3, 0)}
					require.NoError(t, st.Apply(t.Context(), human))
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
