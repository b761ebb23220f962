//go:build linux

package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/sqlite"
)

func init() { //nolint:gochecknoinits // TestMain runs these children, and only Linux has them
	children["faults"] = childFaults
}

const faultVariable = "DISK_FAULT"

// While the disk refuses what is put, a ping fails too, and says why. When it no
// longer does, both succeed, without a restart.
func TestPingFailsWhilePutsFail(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cmd := child(t, "faults", filepath.Join(dir, "bot.db"))
	cmd.Env = append(cmd.Env, "LD_PRELOAD="+buildDisk(t), faultVariable+"="+filepath.Join(dir, "fault"))
	require.Empty(t, run(t, cmd))
}

func childFaults(path string) error {
	st, err := sqlite.Open(path)
	if err != nil {
		return err
	}
	ctx := context.Background()
	fault := os.Getenv(faultVariable)
	n := 0
	put := func() error {
		n++
		return st.Put(ctx, store.Event{Conversation: ann, Key: fmt.Sprint(n)})
	}
	stored := 0
	for _, c := range []struct {
		number syscall.Errno
		want   string
	}{
		{syscall.ENOSPC, "has no space left on its disk"},
		{syscall.EDQUOT, "has reached a limit on its size"},
		{syscall.EROFS, "is on a disk that is read-only"},
		{syscall.EIO, "is on a disk that fails"},
	} {
		if err := os.WriteFile(fault, fmt.Append(nil, int(c.number)), 0o600); err != nil {
			return err
		}
		for range 3 {
			for what, err := range map[string]error{"put": put(), "ping": st.Ping(ctx)} {
				if err == nil {
					return fmt.Errorf("%w: %s with %q", errWorked, what, c.number.Error())
				}
				if !strings.Contains(err.Error(), path+" "+c.want) {
					return fmt.Errorf("the error of a %s with %q is unclear: %w", what, c.number.Error(), err)
				}
			}
		}
		if err := os.Remove(fault); err != nil {
			return err
		}
		if err := errors.Join(st.Ping(ctx), put()); err != nil {
			return fmt.Errorf("after %q: %w", c.number.Error(), err)
		}
		stored++
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

// Every table that a put writes to is needed.
func TestPingNeedsTheTablesOfPut(t *testing.T) {
	t.Parallel()
	for _, table := range []string{"messenger_inbox", "messenger_dedup", "messenger_conversations", "messenger_outbox", "messenger_echoes"} {
		t.Run(table, func(t *testing.T) {
			t.Parallel()
			st := openTemp(t)
			echo := func(key string) error {
				return st.Put(t.Context(), store.Event{Conversation: ann, Key: key, EchoOf: "send"})
			}
			require.NoError(t, echo("a"))
			require.NoError(t, st.DB().Exec("ALTER TABLE "+table+" RENAME TO away").Error)
			require.ErrorContains(t, st.Put(t.Context(), store.Event{Conversation: bob, Key: "b", EchoOf: "send"}), "no such table: "+table)
			require.ErrorContains(t, st.Ping(t.Context()), "no such table: "+table)
			require.NoError(t, st.DB().Exec("ALTER TABLE away RENAME TO "+table).Error)
			require.NoError(t, st.Ping(t.Context()))
			require.NoError(t, echo("c"))
		})
	}
}

func TestPingWakesNoWorker(t *testing.T) {
	t.Parallel()
	st := openTemp(t)
	hints := make(chan struct{}, 10)
	defer st.Wake(func() { hints <- struct{}{} })()
	require.NoError(t, st.Ping(t.Context()))
	require.Empty(t, hints)
	require.NoError(t, st.Put(t.Context(), store.Event{Conversation: ann, Key: "k"}))
	require.Len(t, hints, 1)
}
