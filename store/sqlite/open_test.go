package sqlite_test

import (
	"database/sql"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/gormstore"
	"github.com/djmessenger/messenger/store/sqlite"
)

func TestPathsOfAnyCharacters(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"plain.db", "with space.db", "what?mode=memory", "100%20.db", "a#b.db", "商店 é.db", "a&b=c;d'e\"f.db", "file", ":x:", "-v",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "dir "+name)
			require.NoError(t, os.Mkdir(dir, 0o700))
			path := filepath.Join(dir, name)
			for i := range 2 {
				st, err := sqlite.Open(path)
				require.NoError(t, err)
				require.NoError(t, st.Put(t.Context(), store.Event{Conversation: ann, Key: fmt.Sprint(i)}))
				stats, err := st.Stats(t.Context())
				require.NoError(t, err)
				require.Equal(t, i+1, stats.Events)
				require.NoError(t, st.Close())
			}
			entries, err := os.ReadDir(dir)
			require.NoError(t, err)
			names := []string{}
			for _, e := range entries {
				names = append(names, e.Name())
			}
			require.Equal(t, []string{name}, names)
			info, err := os.Stat(path)
			require.NoError(t, err)
			require.Equal(t, fs.FileMode(0o600), info.Mode().Perm())
		})
	}
}

func TestARelativePathAndALink(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	st, err := sqlite.Open("bot.db")
	require.NoError(t, err)
	require.NoError(t, os.Symlink(filepath.Join(dir, "bot.db"), filepath.Join(dir, "link.db")))
	var owned *sqlite.OwnedError
	_, err = sqlite.Open("link.db")
	require.ErrorAs(t, err, &owned, "two names of one file are one file")
	require.NoError(t, st.Close())
}

func TestRefusedPaths(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	text := filepath.Join(dir, "letter.txt")
	require.NoError(t, os.WriteFile(text, []byte(strings.Repeat("dear bot, ", 1000)), 0o600))
	for path, want := range map[string]string{
		"":                                   "no path",
		":memory:":                           "store/memory",
		"file:bot.db":                        "store/memory",
		"a\x00b":                             "zero byte",
		filepath.Join(dir, "none", "bot.db"): "does not exist",
		filepath.Join(text, "bot.db"):        "not a directory",
		dir:                                  "not a regular file",
		text:                                 "not an SQLite database",
	} {
		for range 2 {
			_, err := sqlite.Open(path)
			require.ErrorContains(t, err, want, "%q", path)
		}
	}
	kept, err := os.ReadFile(text)
	require.NoError(t, err)
	require.Len(t, kept, 10_000)
}

func TestOneOwner(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "bot.db")
	st, err := sqlite.Open(path)
	require.NoError(t, err)

	_, err = sqlite.Open(path)
	var owned *sqlite.OwnedError
	require.ErrorAs(t, err, &owned)
	require.Equal(t, &sqlite.OwnedError{Path: path, Owner: fmt.Sprint("process ", os.Getpid())}, owned)
	require.Contains(t, run(t, child(t, "open", path)), owned.Error(), "another process")

	require.NoError(t, st.Put(t.Context(), store.Event{Conversation: ann, Key: "k"}), "the owner goes on")
	require.NoError(t, st.Close())
	require.Empty(t, run(t, child(t, "open", path)))
	st, err = sqlite.Open(path)
	require.NoError(t, err)
	require.NoError(t, st.Close())
}

func childOpen(path string) error {
	st, err := sqlite.Open(path)
	if err != nil {
		return err
	}
	return st.Close()
}

func TestNewerTablesAreRefused(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "bot.db")
	for range 2 {
		st, err := sqlite.Open(path)
		require.NoError(t, err)
		var versions []int
		require.NoError(t, st.DB().Raw("SELECT version FROM messenger_schema").Scan(&versions).Error)
		require.Equal(t, []int{1, 2, 3, 4, 5, 6, 7, 8, 9}, versions, "each step runs once")
		require.NoError(t, st.Close())
	}
	db, err := sql.Open("sqlite3", path)
	require.NoError(t, err)
	_, err = db.Exec("INSERT INTO messenger_schema (version, at) VALUES (10, 0)")
	require.NoError(t, err)
	require.NoError(t, db.Close())
	for range 2 {
		_, err = sqlite.Open(path)
		var newer *gormstore.SchemaError
		require.ErrorAs(t, err, &newer)
		require.Equal(t, &gormstore.SchemaError{Found: 10, Known: 9}, newer)
	}
}

func TestLeasesOfADeadProcessAreVoid(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "bot.db")
	var first store.LeaseID
	for starts := 1; starts <= 3; starts++ {
		st, err := sqlite.Open(path)
		require.NoError(t, err)
		require.NoError(t, st.Put(t.Context(), store.Event{Conversation: ann, Key: "k"}))
		if starts > 1 {
			_, err := st.Commit(t.Context(), store.Outcome{Lease: first, Release: true})
			require.ErrorIs(t, err, store.ErrFenced)
		}
		leases, err := st.Claim(t.Context(), claim)
		require.NoError(t, err)
		require.Len(t, leases, 1)
		require.Equal(t, starts, leases[0].Deliveries)
		require.Greater(t, leases[0].Token, first.Token)
		first = leases[0].LeaseID
		require.NoError(t, st.Close())
	}
}

// What an event was marked with when its process ended stays known until the event
// is done. A mark that a later lease has not made is not of that lease.
func TestAnEventThatEndedItsProcessWhileItRanAloneIsFatal(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "bot.db")
	var st *gormstore.Store
	reopen := func() store.Lease {
		if st != nil {
			require.NoError(t, st.Close())
		}
		var err error
		st, err = sqlite.Open(path)
		require.NoError(t, err)
		require.NoError(t, st.Put(t.Context(), store.Event{Conversation: ann, Key: "k"}, store.Event{Conversation: ann, Key: "l"}))
		leases, err := st.Claim(t.Context(), claim)
		require.NoError(t, err)
		require.Len(t, leases, 1)
		return leases[0]
	}
	lease := reopen()
	seq := lease.Events[0].Seq
	require.Zero(t, lease.Fatal)
	require.NoError(t, st.MarkAlone(t.Context(), lease.LeaseID, seq))
	require.NoError(t, st.MarkAlone(t.Context(), lease.LeaseID, 0))
	lease = reopen()
	require.Zero(t, lease.Fatal, "the mark was taken off")
	require.NoError(t, st.MarkAlone(t.Context(), lease.LeaseID, seq))
	lease = reopen()
	require.Equal(t, seq, lease.Fatal)
	lease = reopen()
	require.Equal(t, seq, lease.Fatal, "it is not a dead letter yet")
	_, err := st.Commit(t.Context(), store.Outcome{Lease: lease.LeaseID, Event: &store.EventResult{Seq: seq}})
	require.NoError(t, err)
	lease = reopen()
	require.Zero(t, lease.Fatal)
	require.Equal(t, 1, lease.Deliveries)
	require.NoError(t, st.MarkAlone(t.Context(), lease.LeaseID, lease.Events[0].Seq))
	_, err = st.Commit(t.Context(), store.Outcome{Lease: lease.LeaseID})
	require.NoError(t, err)
	require.Zero(t, reopen().Fatal, "a commit ends the mark")
	require.NoError(t, st.Close())
}

func TestTheBacklogIsCountedAnew(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "bot.db")
	st, err := sqlite.Open(path, gormstore.WithBacklog(2))
	require.NoError(t, err)
	require.NoError(t, st.Put(t.Context(), store.Event{Conversation: ann, Key: "1"}, store.Event{Conversation: ann, Key: "2"}))
	require.NoError(t, st.Close())
	st, err = sqlite.Open(path, gormstore.WithBacklog(2))
	require.NoError(t, err)
	var over *store.BacklogError
	require.ErrorAs(t, st.Put(t.Context(), store.Event{Conversation: ann, Key: "3"}), &over)
	require.NoError(t, st.Close())
}
