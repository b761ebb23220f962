//go:build unix

package sqlite //nolint:testpackage // it decides when files vanish, and when the keeper looks

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/gormstore"
)

var durable = settings{journal: "WAL", synchronous: "FULL"}

// Files that are deleted after the commit and before the acknowledgement: the
// caller is not told that its events are stored.
func TestFilesDeletedBeforeTheAcknowledgement(t *testing.T) {
	t.Parallel()
	f, owner, err := prepare(filepath.Join(t.TempDir(), "bot.db"))
	require.NoError(t, err)
	db, err := connect(f, durable)
	require.NoError(t, err)
	verify, asked := db.Verify, 0
	var armed bool
	db.Verify = func() error {
		if armed {
			if asked++; asked == 2 {
				for _, name := range []string{f.path, f.path + "-wal", f.path + "-shm"} {
					require.NoError(t, os.Remove(name))
				}
			}
		}
		return verify()
	}
	st, err := gormstore.Open(db)
	require.NoError(t, err)
	armed = true
	var lost *FileError
	err = st.Put(t.Context(), store.Event{Conversation: store.Conversation{PageID: "page", PSID: "1"}, Key: "k"})
	require.ErrorAs(t, err, &lost)
	require.Equal(t, 2, asked)
	require.NoError(t, st.Close())
	require.NoError(t, owner.Close())
}

func TestHardLinkIsWarnedOf(t *testing.T) {
	t.Parallel()
	k, log := openKeeper(t)
	k.look()
	require.Empty(t, log.String())
	require.NoError(t, os.Link(k.files.path, k.files.path+".link"))
	for range 3 {
		require.NoError(t, k.verify())
		k.look()
	}
	require.Equal(t, 1, strings.Count(log.String(), "a hard link"))
}

func openKeeper(t *testing.T) (*keeper, *bytes.Buffer) {
	t.Helper()
	f, owner, err := prepare(filepath.Join(t.TempDir(), "bot.db"))
	require.NoError(t, err)
	k, err := newKeeper(f, durable)
	require.NoError(t, err)
	var log bytes.Buffer
	k.log = slog.New(slog.NewTextHandler(&log, nil))
	t.Cleanup(func() {
		require.NoError(t, k.close())
		require.NoError(t, owner.Close())
	})
	return k, &log
}

// At rest the log is empty, and what was deleted is in no file.
func TestLogIsCutAtRest(t *testing.T) {
	t.Parallel()
	k, log := openKeeper(t)
	size := func() int64 {
		n, err := k.walSize()
		require.NoError(t, err)
		return n
	}
	other, err := newPool(source(k.files.path, durable), k.files, 2)
	require.NoError(t, err)
	defer func() { require.NoError(t, other.Close()) }()
	write := func() {
		_, err := other.ExecContext(t.Context(), "UPDATE messenger_sweeps SET wiped = wiped + 1")
		require.NoError(t, err)
	}
	write()
	require.Positive(t, size())
	k.files.commits.Add(2*restCommits + 1)
	k.look()
	require.Positive(t, size(), "it is busy")
	k.files.commits.Add(2 * restCommits)
	k.look()
	require.Zero(t, size())
	write()

	// A reader that needs the log holds up neither the keeper nor writers.
	read, err := other.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	var n int
	require.NoError(t, read.QueryRowContext(t.Context(), "SELECT wiped FROM messenger_sweeps").Scan(&n))
	k.look()
	require.Positive(t, size())
	require.NoError(t, read.Rollback())
	k.look()
	require.Zero(t, size())
	require.Empty(t, log.String())
}
