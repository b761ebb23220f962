package gormstore_test

import (
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/gormstore"
	"github.com/djmessenger/messenger/store/sqlite"
)

// What a statement costs does not grow with a table: SQLite finds the rows of each
// by an index, and in the order in which they are wanted. Exempt are the tables of
// a few rows, and what is done now and then.
func TestStatementsFindTheirRowsByAnIndex(t *testing.T) {
	t.Parallel()
	st, err := sqlite.Open(filepath.Join(t.TempDir(), "bot.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, st.Close()) })
	exercise(t, st)
	pool, err := st.DB().DB()
	require.NoError(t, err)
	few := regexp.MustCompile(`SCAN (messenger_epochs|messenger_replicas|messenger_sweeps|json_each)`)
	statements := gormstore.Statements(st)
	require.Greater(t, len(statements), 30)
	for _, statement := range statements {
		if strings.HasPrefix(statement, "CREATE") || strings.HasPrefix(statement, "ALTER") || strings.HasPrefix(statement, "UPDATE messenger_mailbox SET lease_until = NULL, owner = ''") {
			continue // what opening does
		}
		rows, err := pool.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+statement, nothing(statement)...)
		require.NoError(t, err)
		for rows.Next() {
			var id, parent, unused int
			var detail string
			require.NoError(t, rows.Scan(&id, &parent, &unused, &detail))
			if few.MatchString(detail) || strings.HasPrefix(detail, "SCAN CONSTANT ROW") {
				continue
			}
			assert.False(t, strings.HasPrefix(detail, "SCAN") || strings.Contains(detail, "TEMP B-TREE"), "%s\nin %s", detail, statement)
		}
		require.NoError(t, rows.Err())
		require.NoError(t, rows.Close())
	}
}

// nothing is as many arguments as a statement has places for.
func nothing(statement string) []any {
	n := 0
	for i, place := range regexp.MustCompile(`\?(\d*)`).FindAllStringSubmatch(statement, -1) {
		number, err := strconv.Atoi(place[1])
		if err != nil {
			number = i + 1
		}
		n = max(n, number)
	}
	return make([]any, n)
}

// exercise makes a store do each thing that an engine makes it do.
func exercise(t *testing.T, st *gormstore.Store) {
	t.Helper()
	ctx := t.Context()
	ann := store.Conversation{PageID: "page", PersonID: "ann"}
	commit := func(o store.Outcome) {
		_, err := st.Commit(ctx, o)
		require.NoError(t, err)
	}
	claim := func() store.Lease {
		leases, err := st.Claim(ctx, store.Claim{Owner: "w", Conversations: 1, Events: 10, Suspects: store.Suspects{1, 1, 1}, TTL: time.Minute})
		require.NoError(t, err)
		require.Len(t, leases, 1)
		return leases[0]
	}
	end := func(ev store.QueuedEvent) *store.EventResult {
		return &store.EventResult{Seq: ev.Seq, Attempts: ev.Attempts}
	}
	write := func(key string) store.Send { return store.Send{Conversation: ann, Key: key} }
	writes := []store.Write{
		store.TouchPerson{PageID: "page", PSID: "ann", At: time.Now()}, store.AddThumbUp{PageID: "page", PSID: "ann"},
		store.SaveSession{PageID: "page", PSID: "ann", Name: "s"}, store.DeleteSession{PageID: "page", PSID: "ann", Name: "t"},
		store.AddLocation{Location: store.Location{PageID: "page", PSID: "ann"}},
		store.SaveMessage{Received: store.Received{PageID: "page", PSID: "ann", Key: "k"}},
		store.SaveSent{Sent: store.Sent{PageID: "page", PSID: "ann", Key: "k"}},
		store.SaveAttachment{PageID: "page", Name: "n", AttachmentID: "1"}, store.CancelSend{Conversation: ann, Key: "none"},
	}
	elsewhere := store.Claim{Owner: "w", Conversations: 1, Serves: func(page string) bool { return page == "elsewhere" }}
	for _, key := range []string{"1", "2", "3"} {
		require.NoError(t, st.Put(ctx, store.Event{Conversation: ann, Key: key, Time: time.Now()}))
	}
	for range 2 {
		leases, err := st.Claim(ctx, elsewhere)
		require.NoError(t, err)
		require.Empty(t, leases)
	}
	lease := claim()
	_, err := st.Renew(ctx, time.Minute, lease.LeaseID)
	require.NoError(t, err)
	require.NoError(t, st.MarkAlone(ctx, lease.LeaseID, lease.Events[0].Seq))
	commit(store.Outcome{Lease: lease.LeaseID, Event: end(lease.Events[0]), Sends: []store.Send{write("a")}, Start: "a", Due: 1})
	commit(store.Outcome{Lease: lease.LeaseID, Results: []store.SendResult{{Key: "a", State: store.SendUnknown}}, Release: true, Awaits: "a"})
	require.NoError(t, st.Enqueue(ctx, write("b"), write("c")))
	require.NoError(t, st.Put(ctx, store.Event{Conversation: ann, Key: "echo", EchoOf: "a", Time: time.Now()}))
	lease = claim()
	commit(store.Outcome{
		Lease: lease.LeaseID, Event: end(lease.Events[0]), Writes: writes, Start: "b", Due: 1,
		Results: []store.SendResult{{Key: "c", State: store.SendFinished}},
	})
	dead := end(lease.Events[1])
	dead.Failures = []store.Failure{{Error: "e"}}
	commit(store.Outcome{Lease: lease.LeaseID, Event: dead})
	again := end(lease.Events[2])
	again.Retry = true
	commit(store.Outcome{Lease: lease.LeaseID, Event: again, Release: true})
	letters, err := st.Dead(ctx, store.DeadQuery{})
	require.NoError(t, err)
	require.NoError(t, st.Replay(ctx, letters[0].ID))
	_, err = st.Cancel(ctx, ann, "b")
	require.NoError(t, err)
	unsent := store.Unsent{Keys: []string{"2", "echo of 2"}, Edits: "edit of 2 ", MID: "m"}
	require.NoError(t, st.Put(ctx, store.Event{Conversation: ann, Key: "edit of 2 1", EditOf: "edit of 2 ", Time: time.Now()}))
	require.NoError(t, st.Put(ctx, store.Event{Conversation: ann, Key: "unsends", Unsends: unsent, Time: time.Now()}))
	require.NoError(t, st.Forget(ctx, ann))
}
