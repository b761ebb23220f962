//go:build unix

package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/gormstore"
	"github.com/djmessenger/messenger/store/sqlite"
)

func init() { //nolint:gochecknoinits // TestMain runs these children
	children["locked"] = childLocked
	children["lose-log"] = childLoseLog
}

// What happens to the files of a store that is open. Each act returns what undoes
// it; nil if nothing does.
var losses = map[string]func(t *testing.T, path string) (undo func()){
	"all files are deleted": func(t *testing.T, path string) func() {
		t.Helper()
		for _, suffix := range []string{"", "-wal", "-shm"} {
			require.NoError(t, os.Remove(path+suffix))
		}
		return nil
	},
	"the database is deleted":        remove(""),
	"the log is deleted":             remove("-wal"),
	"the log's index is deleted":     remove("-shm"),
	"the database is moved":          move(""),
	"the log is moved":               move("-wal"),
	"the log's index is moved":       move("-shm"),
	"a copy replaces the database":   replace(""),
	"a copy replaces the log":        replace("-wal"),
	"an empty file replaces the log": func(t *testing.T, path string) func() { t.Helper(); return overwrite(t, path+"-wal", nil) },
	"the directory is moved": func(t *testing.T, path string) func() {
		t.Helper()
		return rename(t, filepath.Dir(path), filepath.Dir(path)+"-moved")
	},
	"another directory stands in its place": func(t *testing.T, path string) func() {
		t.Helper()
		dir := filepath.Dir(path)
		back := rename(t, dir, dir+"-moved")
		require.NoError(t, os.Mkdir(dir, 0o700))
		require.NoError(t, os.WriteFile(path, nil, 0o600))
		return func() {
			require.NoError(t, os.RemoveAll(dir))
			back()
		}
	},
}

func remove(suffix string) func(*testing.T, string) func() {
	return func(t *testing.T, path string) func() {
		t.Helper()
		require.NoError(t, os.Remove(path+suffix))
		return nil
	}
}

func move(suffix string) func(*testing.T, string) func() {
	return func(t *testing.T, path string) func() {
		t.Helper()
		return rename(t, path+suffix, path+suffix+".moved")
	}
}

func rename(t *testing.T, from, to string) (back func()) {
	t.Helper()
	require.NoError(t, os.Rename(from, to))
	return func() { require.NoError(t, os.Rename(to, from)) }
}

// replace puts a copy over a file, as an editor or a restore does. The bytes come
// from another process: see ownership.
func replace(suffix string) func(*testing.T, string) func() {
	return func(t *testing.T, path string) func() {
		t.Helper()
		return overwrite(t, path+suffix, []byte(dump(t, path)))
	}
}

func overwrite(t *testing.T, path string, data []byte) func() {
	t.Helper()
	require.NoError(t, os.WriteFile(path+".new", data, 0o600))
	require.NoError(t, os.Rename(path+".new", path))
	return nil
}

func TestFilesThatARestartWouldNotFind(t *testing.T) {
	t.Parallel()
	for name, lose := range losses {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "data")
			require.NoError(t, os.Mkdir(dir, 0o700))
			path := filepath.Join(dir, "bot.db")
			st, err := sqlite.Open(path, gormstore.WithLogger(slog.New(slog.DiscardHandler)))
			require.NoError(t, err)
			event := store.Event{Conversation: ann, Key: "before"}
			require.NoError(t, st.Put(t.Context(), event))

			undo := lose(t, path)
			event.Key = "after"
			var lost *sqlite.FileError
			require.ErrorAs(t, st.Put(t.Context(), event), &lost)
			require.Contains(t, []string{path, path + "-wal", path + "-shm"}, lost.Path)
			require.ErrorAs(t, st.Ping(t.Context()), &lost, "Healthy asks it")
			_, err = st.Claim(t.Context(), claim)
			require.ErrorAs(t, err, &lost, "no turn ends that a restart would begin anew")
			require.ErrorAs(t, st.Apply(t.Context(), store.AddThumbUp{PageID: "page", PSID: "1"}), &lost)
			if undo != nil {
				undo()
				require.NoError(t, st.Put(t.Context(), event), "the files are back")
				leases, err := st.Claim(t.Context(), claim)
				require.NoError(t, err)
				require.Len(t, leases, 1)
			}
			require.NoError(t, st.Close())
		})
	}
}

func TestLinkThatLeadsElsewhere(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path, link := filepath.Join(dir, "bot.db"), filepath.Join(dir, "link.db")
	require.NoError(t, os.Symlink(path, link))
	st, err := sqlite.Open(link)
	require.NoError(t, err)
	_, err = sqlite.Open(path)
	var owned *sqlite.OwnedError
	require.ErrorAs(t, err, &owned, "two names of one file are one file")
	require.NoError(t, st.Put(t.Context(), store.Event{Conversation: ann, Key: "1"}))
	require.NoError(t, os.WriteFile(path+"2", nil, 0o600))
	require.NoError(t, os.Remove(link))
	require.NoError(t, os.Symlink(path+"2", link))
	var lost *sqlite.FileError
	require.ErrorAs(t, st.Put(t.Context(), store.Event{Conversation: ann, Key: "2"}), &lost)
	require.Equal(t, &sqlite.FileError{Path: link, Problem: "was replaced by another file"}, lost)
	require.NoError(t, st.Close())
}

// What was acknowledged before the log was deleted is in the database when the
// next operation has failed, even if the process is killed then.
func TestDeletedLogIsSaved(t *testing.T) {
	t.Parallel()
	for _, which := range []string{"-wal", "-shm"} {
		path := filepath.Join(t.TempDir(), "bot.db")
		cmd := child(t, "lose-log", path)
		cmd.Env = append(cmd.Env, "LOSE="+which)
		require.Contains(t, run(t, cmd), "killed\n")
		st, err := sqlite.Open(path)
		require.NoError(t, err)
		stats, err := st.Stats(t.Context())
		require.NoError(t, err)
		require.Equal(t, 40, stats.Events, which)
		require.NoError(t, st.Close())
	}
}

func childLoseLog(path string) error {
	st, err := sqlite.Open(path)
	if err != nil {
		return err
	}
	for i := range 40 {
		if err := st.Put(context.Background(), store.Event{Conversation: ann, Key: fmt.Sprint(i)}); err != nil {
			return err
		}
	}
	if err := os.Remove(path + os.Getenv("LOSE")); err != nil {
		return err
	}
	if st.Put(context.Background(), store.Event{Conversation: ann, Key: "lost"}) == nil {
		return errWorked
	}
	return errors.New("killed") // without a Close
}

// A second store in the process is refused, and costs the first none of the locks
// that SQLite has: without them another program that reads the database and closes
// it may delete the log that the store writes to.
func TestRefusedOpenDropsNoLocks(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "bot.db")
	st, err := sqlite.Open(path)
	require.NoError(t, err)
	require.Empty(t, run(t, child(t, "locked", path)))
	_, err = sqlite.Open(path)
	var owned *sqlite.OwnedError
	require.ErrorAs(t, err, &owned)
	require.Empty(t, run(t, child(t, "locked", path)))
	require.NoError(t, st.Close())
	require.Equal(t, "SQLite has no lock\n", run(t, child(t, "locked", path)))
}

// childLocked looks whether another process has the lock that SQLite takes on a
// database for as long as it is open.
func childLocked(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	shared := syscall.Flock_t{Type: syscall.F_WRLCK, Start: 0x40000002, Len: 510}
	if err := syscall.FcntlFlock(f.Fd(), syscall.F_GETLK, &shared); err != nil {
		return err
	}
	if shared.Type == syscall.F_UNLCK {
		return errors.New("SQLite has no lock")
	}
	return nil
}

// A store that is closed after its file was moved away leaves the one alone that
// has come in its place.
func TestClosedLateLeavesTheNewFileAlone(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "bot.db")
	first, err := sqlite.Open(path)
	require.NoError(t, err)
	require.NoError(t, first.Put(t.Context(), store.Event{Conversation: ann, Key: "1"}))
	for _, suffix := range []string{"", "-wal", "-shm"} {
		require.NoError(t, os.Rename(path+suffix, path+".old"+suffix))
	}
	second, err := sqlite.Open(path)
	require.NoError(t, err)
	require.NoError(t, second.Put(t.Context(), store.Event{Conversation: ann, Key: "2"}))
	require.NoError(t, first.Close())
	require.NoError(t, second.Put(t.Context(), store.Event{Conversation: ann, Key: "3"}))
	require.NoError(t, second.Close())
	st, err := sqlite.Open(path)
	require.NoError(t, err)
	stats, err := st.Stats(t.Context())
	require.NoError(t, err)
	require.Equal(t, 2, stats.Events)
	require.NoError(t, st.Close())
}

func TestHardLinkIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path, link := filepath.Join(dir, "bot.db"), filepath.Join(dir, "link.db")
	st, err := sqlite.Open(path)
	require.NoError(t, err)
	require.NoError(t, os.Link(path, link))
	var owned *sqlite.OwnedError
	_, err = sqlite.Open(link)
	require.ErrorAs(t, err, &owned)
	require.Contains(t, run(t, child(t, "open", link)), "in use by process "+fmt.Sprint(os.Getpid()))
	require.NoError(t, st.Put(t.Context(), store.Event{Conversation: ann, Key: "1"}), "one that appears later is warned of")
	require.NoError(t, st.Close())
	for _, name := range []string{path, link} {
		for range 2 {
			_, err = sqlite.Open(name)
			require.ErrorContains(t, err, name+" has a second name, a hard link")
		}
	}
	require.NoError(t, os.Remove(link))
	st, err = sqlite.Open(path)
	require.NoError(t, err)
	require.NoError(t, st.Close())
}
