package gormstore_test

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/gormstore"
)

// wayBack returns the statements of docs/database.md that bring the tables of a kind of database from a version back to the one before.
func wayBack(t *testing.T, from int, kind string) string {
	t.Helper()
	page, err := os.ReadFile("../../docs/database.md")
	require.NoError(t, err)
	_, section, found := strings.Cut(string(page), fmt.Sprintf("### From version %d back to %d on %s\n\n```sql\n", from, from-1, kind))
	require.True(t, found, "from version %d on %s", from, kind)
	statements, _, found := strings.Cut(section, "```")
	require.True(t, found)
	return statements
}

// plain is a schema without the marks that SQLite's ALTER TABLE leaves in it.
func plain(schema []string) (all []string) {
	for _, line := range schema {
		all = append(all, regexp.MustCompile(`["\s]`).ReplaceAllString(line, ""))
	}
	return all
}

// The documented way back to version 3 makes the tables of each version before, and those of version 3 have what was in today's.
func TestTheWayBack(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, func(t *testing.T, p place) {
		bob := store.Conversation{PageID: "page", PSID: "bob"}
		eve := store.Conversation{PageID: "page", PSID: "eve"}
		events := []store.Event{
			{Conversation: bob, Key: "timed", KeyTime: noon, Time: noon, Body: []byte("1"), EchoOf: "none"},
			{Conversation: bob, Key: "untimed", Time: noon.Add(time.Second), Body: []byte("2")},
			{Conversation: eve, Key: "dead", KeyTime: noon, Time: noon, Body: []byte("3")},
		}
		st, err := p.open()
		require.NoError(t, err)
		fill(t, st)
		require.NoError(t, st.Put(t.Context(), events...))
		news := store.Conversation{PageID: "page", PSID: "zoe"}
		require.NoError(t, st.Enqueue(t.Context(), store.Send{Conversation: news, Key: "news", Group: "news"}))
		sam := store.Conversation{PageID: "page", PSID: "sam"} // on SQLite there is no row of the conversation
		for _, conv := range []store.Conversation{eve, sam} {
			require.NoError(t, st.Apply(t.Context(), store.Raise{Conversation: conv, Key: "timer", Delay: time.Hour}))
		}
		require.NoError(t, st.DraftBroadcast(t.Context(), store.Broadcast{ID: "b", PageID: "page", Key: "all"}))
		require.NoError(t, st.AddRecipients(t.Context(), "b", "waits"))
		_, err = st.StartBroadcast(t.Context(), "b", "")
		require.NoError(t, err)
		leases, err := st.Claim(t.Context(), store.Claim{Owner: "w", Conversations: 10, Events: 10, TTL: time.Hour})
		require.NoError(t, err)
		require.Len(t, leases, 2)
		for _, lease := range leases {
			o := store.Outcome{Lease: lease.LeaseID, Start: "started", Due: 1}
			if lease.Conversation == eve {
				o.Event = &store.EventResult{Seq: lease.Events[0].Seq, Failures: []store.Failure{{Route: "r", Error: "e"}}}
				o.Sends = []store.Send{{Conversation: eve, Key: "started", Body: []byte("4")}, {Conversation: eve, Key: "later", Delay: time.Hour}}
			}
			_, err := st.Commit(t.Context(), o)
			require.NoError(t, err)
		}
		require.NoError(t, st.Close())
		today := p.schema(t)

		for version := gormstore.Versions[p.kind]; version > 3; version-- {
			p.do(t, func(db *gorm.DB) {
				pool, err := db.DB()
				require.NoError(t, err)
				_, err = pool.ExecContext(t.Context(), wayBack(t, version, p.kind))
				require.NoError(t, err)
				if version == 7 { // what has a timer is due in the version before, too
					var undue int64
					require.NoError(t, db.Raw("SELECT COUNT(*) FROM messenger_raised r WHERE NOT EXISTS (SELECT 1 FROM messenger_conversations c"+
						" WHERE c.page_id = r.page_id AND c.person_id = r.person_id AND c.next_at > 0)").Scan(&undue).Error)
					require.Zero(t, undue)
				}
			})
			old := p.another(t)
			old.tables(t, version-1)
			require.Equal(t, plain(old.schema(t)), plain(p.schema(t)))
		}
		p.do(t, func(db *gorm.DB) {
			var keys, started []string
			require.NoError(t, db.Raw("SELECT key FROM messenger_seen WHERE kind = 0 ORDER BY key").Scan(&keys).Error)
			require.Equal(t, []string{"dead", "timed", "untimed"}, keys)
			require.NoError(t, db.Raw("SELECT key FROM messenger_outbox WHERE started_at IS NOT NULL").Scan(&started).Error)
			require.Equal(t, []string{"started"}, started)
			var leased int
			require.NoError(t, db.Raw("SELECT COUNT(*) FROM messenger_mailbox WHERE lease_until > 0 AND next_at > 0 AND epoch > 0").Scan(&leased).Error)
			require.Equal(t, 2, leased)
		})

		p.keepsHoldersAlive(t)
		st = p.store(t)
		require.NoError(t, st.Put(t.Context(), events...), "the keys are known")
		for _, lease := range leases {
			_, err := st.Commit(t.Context(), store.Outcome{Lease: lease.LeaseID, Release: true})
			if p.kind == "SQLite" {
				require.ErrorIs(t, err, store.ErrFenced, "the process has ended")
			} else {
				require.NoError(t, err)
			}
		}
		again, err := st.Claim(t.Context(), store.Claim{Owner: "w", Conversations: 10, Events: 10, TTL: time.Hour})
		require.NoError(t, err)
		require.Len(t, again, 3)
		for _, lease := range again {
			if lease.Conversation == news {
				require.False(t, lease.Background, "version 3 does not know of it")
				continue
			}
			require.Greater(t, lease.Token, leases[0].Token)
			if lease.Conversation == bob {
				require.Len(t, lease.Events, 2)
				require.Equal(t, "timed", lease.Events[0].Key)
				require.Equal(t, "none", lease.Events[0].EchoOf)
			} else {
				require.Empty(t, lease.Events)
				require.Len(t, lease.Sends, 1)
				require.True(t, lease.Sends[0].Started)
			}
		}
		letters, err := st.Dead(t.Context(), store.DeadQuery{})
		require.NoError(t, err)
		require.Len(t, letters, 1)
		require.Equal(t, "dead", letters[0].Key)
		kept, err := st.Received(t.Context(), "page", "ann", 1)
		require.NoError(t, err)
		require.Equal(t, "k", kept[0].Key)
		require.Empty(t, kept[0].Object, "version 3 has no place for it")
		require.Equal(t, today, p.schema(t))
	})
}

// keepsHoldersAlive shares the locks of the processes that have leases until the
// test ends. Otherwise the store voids the leases as soon as it notices that the
// processes have ended. SQLite has one process, and no such locks.
func (p place) keepsHoldersAlive(t *testing.T) {
	t.Helper()
	if p.kind == "SQLite" {
		return
	}
	db, err := gorm.Open(p.raw, &gorm.Config{Logger: logger.Discard})
	require.NoError(t, err)
	pool, err := db.DB()
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, pool.Close()) })
	pool.SetMaxOpenConns(1) // the locks are the session's
	require.NoError(t, db.Exec(`SELECT pg_advisory_lock_shared(hashtext('messenger ' || current_schema()),
		(holder % 2147483647)::int + 1) FROM messenger_holders`).Error)
}
