//go:build unix

package sqlite_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/sqlite"
)

func init() { //nolint:gochecknoinits // TestMain runs these children, and only a Unix has them
	children["diskfull"] = childDiskFull
	children["readonly"] = childReadOnly
}

// errWorked is what a child says when it could do what must fail.
var errWorked = errors.New("this must not work")

func TestDiskFull(t *testing.T) {
	t.Parallel()
	require.Empty(t, run(t, child(t, "diskfull", filepath.Join(t.TempDir(), "bot.db"))))
}

// childDiskFull fills the space that it may use, expects errors and nothing
// else, and goes on when there is space again.
func childDiskFull(path string) error {
	signal.Ignore(syscall.SIGXFSZ)
	st, err := sqlite.Open(path)
	if err != nil {
		return err
	}
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	full := limit
	full.Cur = 1 << 20
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &full); err != nil {
		return err
	}
	ctx := context.Background()
	put := func(i int) error {
		return st.Put(ctx, store.Event{
			Conversation: ann, Key: fmt.Sprint(i), Body: []byte(strings.Repeat("x", 1000)),
		})
	}
	stored, refused := 0, 0
	for ; refused < 20; stored++ {
		if stored > 10_000 {
			return errWorked
		}
		if err := put(stored); err != nil {
			refused++
			stored--
		}
	}
	if err := st.Ping(ctx); err == nil || !strings.Contains(err.Error(), path) {
		return fmt.Errorf("the ping of a full disk said: %w", cmp.Or(err, errWorked))
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	if err := errors.Join(st.Ping(ctx), put(stored)); err != nil {
		return fmt.Errorf("with space again: %w", err)
	}
	stored++
	if err := st.Close(); err != nil {
		return err
	}
	if st, err = sqlite.Open(path); err != nil {
		return err
	}
	stats, err := st.Stats(ctx)
	if err != nil {
		return err
	}
	if stats.Events != stored {
		return fmt.Errorf("%d events are stored, %d were acknowledged", stats.Events, stored)
	}
	return st.Close()
}

func TestFilesThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	// The user root may write everything, so that another one must try.
	dir, err := os.MkdirTemp("", "readonly") //nolint:usetesting // no other user gets into what t.TempDir makes
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	path := filepath.Join(dir, "bot.db")
	st, err := sqlite.Open(path)
	require.NoError(t, err)
	require.NoError(t, st.Close())
	require.NoError(t, os.Chmod(path, 0o444))
	require.NoError(t, os.Chmod(dir, 0o555))
	self := filepath.Join(dir, "..", filepath.Base(dir)+".test")
	binary, err := os.Executable()
	require.NoError(t, err)
	text, err := os.ReadFile(binary)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(self, text, 0o755))
	t.Cleanup(func() { _ = os.Remove(self) })
	cmd := child(t, "readonly", path)
	cmd.Path = self
	cmd.Dir = os.TempDir()
	if os.Geteuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	require.Empty(t, run(t, cmd))
}

func childReadOnly(path string) error {
	for _, name := range []string{path, path + "-new"} {
		st, err := sqlite.Open(name)
		if err == nil {
			_ = st.Close()
			return errWorked
		}
		if !strings.Contains(err.Error(), name) || !strings.Contains(err.Error(), "permission denied") {
			return fmt.Errorf("unclear: %w", err)
		}
	}
	return nil
}
