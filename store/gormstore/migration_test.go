package gormstore_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/gormstore"
)

// version4 gives names of version 3 those of version 4.
var version4 = strings.NewReplacer("messenger_seen", "messenger_dedup", "messenger_mailbox", "messenger_conversations",
	"confirms", "echo_of", "epoch, starts", "token, deliveries")

// What the tables of an older version hold is handled after a migration, and they become those that a new database gets.
func TestTablesOfAnOlderVersion(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, func(t *testing.T, fresh place) {
		require.NoError(t, fresh.store(t).Close())
		today := fresh.schema(t)
		for version := 1; version < gormstore.Versions[fresh.kind]; version++ {
			named := func(text string) string { return text }
			if version >= 4 {
				named = version4.Replace
			}
			t.Run(fmt.Sprint("version ", version), func(t *testing.T) {
				t.Parallel()
				p := fresh.another(t)
				p.tables(t, version)
				for i := range 3 {
					p.exec(t,
						fmt.Sprintf(`INSERT INTO messenger_people (page_id, psid, first_name, last_name, name, username, profile_pic, locale,
							timezone, gender, profile_at, profile_refused, thumb_ups, first_seen, last_act, unavailable_since)
							VALUES ('page', '%d', 'Ann', '', '', '', '', '', NULL, '', 0, FALSE, 1, 1000000, 2000000, 0)`, i),
						named(fmt.Sprintf(`INSERT INTO messenger_inbox (page_id, person_id, key, order_at, event_at, body, confirms, attempts, only_routes,
							received_at) VALUES ('page', '%d', 'key %d', 0, 0, NULL, '', 0, '', 1)`, i, i)),
						named(fmt.Sprintf(`INSERT INTO messenger_seen (kind, key, at) VALUES (0, 'key %d', 1)`, i)),
						named(fmt.Sprintf(`INSERT INTO messenger_mailbox (page_id, person_id, next_at, hold_until, owner, holder, epoch, starts)
							VALUES ('page', '%d', 1, 0, '', 0, 0, 0)`, i)))
				}
				st := p.store(t)
				for i := range 3 {
					conv := store.Conversation{PageID: "page", PSID: fmt.Sprint(i)}
					require.NoError(t, st.Put(t.Context(), store.Event{Conversation: conv, Key: fmt.Sprint("key ", i), KeyTime: time.Now()}))
				}
				leases, err := st.Claim(t.Context(), store.Claim{Owner: "w", Conversations: 10, Events: 10, TTL: time.Minute})
				require.NoError(t, err)
				require.Len(t, leases, 3)
				for _, lease := range leases {
					require.Equal(t, 1, lease.Deliveries)
					require.Zero(t, lease.Fatal)
					require.Len(t, lease.Events, 1, "its key is known")
					require.Equal(t, store.Person{
						PageID: "page", PSID: lease.PSID, Profile: store.Profile{FirstName: "Ann"}, ThumbUps: 1,
						FirstSeen: time.Unix(1, 0).UTC(), LastAct: time.Unix(2, 0).UTC(),
					}, lease.Person)
					require.NoError(t, st.MarkAlone(t.Context(), lease.LeaseID, lease.Events[0].Seq))
					_, err := st.Commit(t.Context(), store.Outcome{
						Lease: lease.LeaseID, Event: &store.EventResult{Seq: lease.Events[0].Seq}, Release: true,
						Writes: []store.Write{store.NoteHuman{PageID: "page", PSID: lease.PSID, At: time.Unix(3, 0)}},
					})
					require.NoError(t, err)
				}
				require.NoError(t, st.Close())
				require.Equal(t, today, p.schema(t))
			})
		}
	})
}

// A migration that fails leaves the tables as they were.
func TestAMigrationThatFailsChangesNothing(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, func(t *testing.T, p place) {
		require.NoError(t, p.store(t).Close())
		before := p.schema(t)
		_, err := p.open(gormstore.WithSteps(
			[]string{"CREATE TABLE messenger_later (id INTEGER)"}, []string{"ALTER TABLE messenger_later ADD COLUMN a BIGINT", "NONSENSE"}))
		require.ErrorContains(t, err, fmt.Sprint("migration to tables version ", gormstore.Versions[p.kind]+2))
		require.Equal(t, before, p.schema(t))
		require.NoError(t, p.store(t).Put(t.Context()))
	})
}

// A program that is older than the tables refuses them, and changes nothing.
func TestTablesOfANewerVersionAreRefused(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, func(t *testing.T, p place) {
		require.NoError(t, p.store(t, gormstore.WithSteps([]string{"CREATE TABLE messenger_later (id INTEGER)"})).Close())
		before := p.schema(t)
		_, err := p.open()
		var newer *gormstore.SchemaError
		require.ErrorAs(t, err, &newer)
		require.Equal(t, &gormstore.SchemaError{Found: gormstore.Versions[p.kind] + 1, Known: gormstore.Versions[p.kind]}, newer)
		require.Equal(t, before, p.schema(t))
	})
}
