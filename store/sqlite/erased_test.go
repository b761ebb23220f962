package sqlite_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/sqlite"
)

func init() { //nolint:gochecknoinits // TestMain runs these children
	children["dump"] = childDump
	children["forget"] = childForget
}

// dump returns the bytes of all files that lie beside a database, and of the
// database. Another process reads them, for to close a file here would drop the
// locks that SQLite has on it.
func dump(t *testing.T, path string) string {
	t.Helper()
	out, err := child(t, "dump", path).Output()
	require.NoError(t, err)
	require.NotEmpty(t, out)
	return string(out)
}

func childDump(path string) error {
	files, err := filepath.Glob(path + "*")
	if err != nil {
		return err
	}
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		if _, err := io.Copy(os.Stdout, f); err != nil {
			return err
		}
	}
	return nil
}

// live writes something of a person into every table. All of it carries a mark,
// and so does the person's id.
func live(ctx context.Context, st store.Store, mark string, i int) error {
	conv := store.Conversation{PageID: "page", PSID: mark}
	// The keys of a bot are digests: those that stay identify no person.
	key := func(kind string) string { return fmt.Sprintf("%s%x", kind, rand.Uint64()) }
	text := mark + strings.Repeat(" "+mark, rand.IntN(40))
	if i%40 == 0 {
		text = strings.Repeat(mark, 1000) // on pages of its own
	}
	body, err := json.Marshal(text)
	if err != nil {
		return err
	}
	if err := st.Put(ctx, store.Event{Conversation: conv, Key: key("waits"), Body: body}); err != nil {
		return err
	}
	group := key("group")
	err = st.Enqueue(ctx,
		store.Send{Conversation: conv, Key: group, Group: group, Body: body, Delay: time.Hour},
		store.Send{Conversation: conv, Key: key("part"), Group: group, Body: body, Delay: time.Hour})
	if err != nil {
		return err
	}
	now := time.Now()
	return st.Apply(ctx,
		store.SaveProfile{PageID: "page", PSID: mark, At: now, Profile: store.Profile{
			FirstName: text, LastName: text, Name: text, Username: mark, ProfilePic: text, Locale: mark, Gender: mark,
		}},
		store.TouchPerson{PageID: "page", PSID: mark, At: now},
		store.AddLocation{Location: store.Location{PageID: "page", PSID: mark, Title: text, URL: text, MID: mark, At: now}},
		store.SaveMessage{Received: store.Received{PageID: "page", PSID: mark, Key: mark + key("m"), Type: mark, Body: body, At: now}},
		store.SaveSent{Sent: store.Sent{
			PageID: "page", PSID: mark, Key: mark, Type: mark, Body: body, Response: text, MID: mark, Error: text, At: now,
		}},
		store.DeleteSession{PageID: "page", PSID: mark, Name: mark},
		store.SaveSession{PageID: "page", PSID: mark, Name: mark, Data: body},
	)
}

// bury makes a dead letter of what waits for a person.
func bury(ctx context.Context, st store.Store) error {
	leases, err := st.Claim(ctx, store.Claim{Owner: "w", Conversations: 1000, Events: 1, TTL: time.Hour})
	for _, lease := range leases {
		text := strings.Repeat(lease.PSID, 10)
		ev := lease.Events[0]
		_, e := st.Commit(ctx, store.Outcome{
			Lease: lease.LeaseID, Release: true,
			Event: &store.EventResult{Seq: ev.Seq, Attempts: ev.Attempts, Failures: []store.Failure{{Route: text, Error: text}}},
		})
		err = errors.Join(err, e)
	}
	return err
}

func mark(i int) string { return fmt.Sprintf("MARK-%d-OF-A-PERSON", i) }

func forget(t *testing.T, st store.Store, i int) {
	t.Helper()
	require.NoError(t, st.Forget(t.Context(), store.Conversation{PageID: "page", PSID: mark(i)}))
}

// No byte of a forgotten person is left in any file, neither when Forget has
// returned nor when the store is closed, while others write.
func TestForgottenPersonIsInNoFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "bot.db")
	st, err := sqlite.Open(path)
	require.NoError(t, err)
	const people, keptEach = 150, 10
	gone := map[int]bool{}
	for i := range 700 {
		who := i % people
		require.NoError(t, live(t.Context(), st, mark(who), i))
		delete(gone, who)
		if i%people == people-1 {
			require.NoError(t, bury(t.Context(), st))
		}
		if i%25 == 24 {
			who = 1 + rand.IntN(people-1) // person 0 is always there
			forget(t, st, who)
			gone[who] = true
		}
	}
	require.Contains(t, dump(t, path), mark(0), "the search would see it")

	stop := make(chan struct{})
	var others sync.WaitGroup
	for w := range 2 {
		others.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
					assert.NoError(t, live(context.Background(), st, fmt.Sprintf("other-%d-%d", w, i%20), i))
				}
			}
		})
	}
	for who := range people {
		if who%keptEach != 0 && who%4 == 1 {
			forget(t, st, who)
			gone[who] = true
		}
	}
	check := func(when string) {
		bytes := dump(t, path)
		for who := range gone {
			require.NotContains(t, bytes, mark(who), when)
		}
	}
	check("while others write")
	close(stop)
	others.Wait()
	for who := range people {
		if who%keptEach != 0 {
			forget(t, st, who)
			gone[who] = true
		}
	}
	check("while it is open")
	var sound string
	require.NoError(t, st.DB().Raw("PRAGMA integrity_check").Row().Scan(&sound))
	require.Equal(t, "ok", sound)
	require.NoError(t, st.Close())
	check("when it is closed")

	st, err = sqlite.Open(path)
	require.NoError(t, err)
	for who := range people {
		if !gone[who] {
			found, err := st.Received(t.Context(), "page", mark(who), 1000)
			require.NoError(t, err)
			require.NotEmpty(t, found, "who was not forgotten is whole")
			for _, r := range found {
				require.True(t, json.Valid(r.Body))
			}
		}
	}
	require.NoError(t, st.Close())
}

// While somebody reads an old state of the database, it cannot be erased from the
// files. It is as soon as they have ended.
func TestForgottenWhileARecordIsRead(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "bot.db")
	st, err := sqlite.Open(path)
	require.NoError(t, err)
	require.NoError(t, live(t.Context(), st, mark(1), 1))
	rows, err := st.DB().Raw("SELECT body FROM messenger_received UNION ALL SELECT body FROM messenger_sent").Rows() //nolint:rowserrcheck // it stays open on purpose
	require.NoError(t, err)
	require.True(t, rows.Next())
	forget(t, st, 1)
	require.Contains(t, dump(t, path), mark(1), "otherwise this tests nothing")
	require.NoError(t, st.Put(t.Context(), store.Event{Conversation: ann, Key: "1"}), "nothing waits for the reader")
	require.NoError(t, rows.Close()) //nolint:sqlclosecheck // this is when the reader ends
	forget(t, st, 2)
	require.NotContains(t, dump(t, path), mark(1))
	require.NoError(t, st.Close())
}

// What a process that was killed has left to do is done by the next.
func TestForgottenBeforeAKill(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "bot.db")
	require.Contains(t, run(t, child(t, "forget", path)), "killed\n")
	require.Contains(t, dump(t, path), mark(1), "otherwise this tests nothing")
	st, err := sqlite.Open(path)
	require.NoError(t, err)
	require.NoError(t, st.Close())
	require.NotContains(t, dump(t, path), mark(1))
}

func childForget(path string) error {
	ctx := context.Background()
	st, err := sqlite.Open(path)
	if err != nil {
		return err
	}
	for i := range 6 {
		if err := live(ctx, st, mark(i%3), i); err != nil {
			return err
		}
	}
	if err := bury(ctx, st); err != nil {
		return err
	}
	rows, err := st.DB().Raw("SELECT body FROM messenger_received UNION ALL SELECT body FROM messenger_sent").Rows() //nolint:rowserrcheck,sqlclosecheck // it stays open on purpose
	if err != nil {
		return err
	}
	rows.Next()
	if err := st.Forget(ctx, store.Conversation{PageID: "page", PSID: mark(1)}); err != nil {
		return err
	}
	return errors.New("killed") // without a Close
}
