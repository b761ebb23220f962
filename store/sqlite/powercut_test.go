//go:build linux

package sqlite_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/sqlite"
)

func init() { //nolint:gochecknoinits // TestMain runs these children, and only Linux has them
	children["trickle"] = childTrickle
	children["lowered-trickle"] = childLoweredTrickle
	children["lowered-work"] = childLoweredWork
}

// childTrickle puts one event after another, so that each is on the disk
// because of its own commit and not because of a neighbour's.
func childTrickle(path string) error {
	st, err := sqlite.Open(path)
	if err != nil {
		return err
	}
	return trickle(st, 0)
}

func childLoweredTrickle(path string) error {
	st, err := sqlite.OpenLowered(path)
	if err != nil {
		return err
	}
	return trickle(st, 0)
}

func trickle(st store.Store, worker int) error {
	for i := 0; ; i++ {
		key := fmt.Sprintf("%d/%d/%d", os.Getpid(), worker, i)
		conv := store.Conversation{PageID: "page", PSID: fmt.Sprint(i % people)}
		if err := st.Put(context.Background(), store.Event{Conversation: conv, Key: key, Body: []byte(strings.Repeat("x", 400))}); err != nil {
			return err
		}
		fmt.Println("put", key)
	}
}

func childLoweredWork(path string) error {
	st, err := sqlite.OpenLowered(path)
	if err != nil {
		return err
	}
	failed := make(chan error)
	for w := range 6 {
		go func() { failed <- trickle(st, w) }()
	}
	go func() {
		for {
			if err := handleSome(context.Background(), st); err != nil {
				failed <- err
				return
			}
		}
	}()
	return <-failed
}

// buildDisk builds the disk of testdata/disk.c.
func buildDisk(t *testing.T) string {
	t.Helper()
	compiler := os.Getenv("CC")
	if compiler == "" {
		compiler = "cc"
	}
	if _, err := exec.LookPath(compiler); err != nil {
		t.Skip("there is no C compiler for the disk that loses power: nothing was tried")
	}
	library := filepath.Join(t.TempDir(), "disk.so")
	out, err := exec.CommandContext(t.Context(), compiler, "-shared", "-fPIC", "-O2", "-o", library,
		filepath.Join("testdata", "disk.c"), "-ldl", "-lpthread").CombinedOutput()
	require.NoError(t, err, "%s", out)
	return library
}

// onDisk runs a child until the power is cut, notes what it has acknowledged,
// and returns where the files are as the disk has them.
func onDisk(t *testing.T, library, name, dir string, cutAt int, kept string, acks *ledger) (image string) {
	t.Helper()
	image = t.TempDir()
	cmd := child(t, name, filepath.Join(dir, "bot.db"))
	cmd.Env = append(cmd.Env, "LD_PRELOAD="+library, "DISK_DIR="+dir, "DISK_IMAGE="+image,
		fmt.Sprint("DISK_CUT_AT=", cutAt), "DISK_KEPT="+kept, fmt.Sprint("DISK_SEED=", rand.Uint32()))
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	var said strings.Builder
	cmd.Stderr = &said
	require.NoError(t, cmd.Start())
	for lines := bufio.NewScanner(out); lines.Scan(); {
		what, key, ok := strings.Cut(lines.Text(), " ")
		switch {
		case !ok || strings.Count(key, "/") != 2: // the last line may be cut short
		case what == "put":
			acks.put[key] = true
		default:
			acks.done[key] = true
		}
	}
	err = cmd.Wait()
	exit, ok := errors.AsType[*exec.ExitError](err)
	require.True(t, ok && exit.ExitCode() == -1 && said.Len() == 0, "the power was not cut: %v: %s", err, &said)
	return image
}

// What Put and Commit have acknowledged is there after a loss of power, which
// takes all that no fsync has brought to the disk. One power cut follows the
// other on the same files.
func TestPowerCutLosesNothing(t *testing.T) {
	t.Parallel()
	library := buildDisk(t)
	kept := []string{"none", "some", "all"}
	for name, writes := range map[string][]int{"trickle": {5, 30, 400, 3000, 3000, 3000}, "work": {60, 500, 3000, 9000, 9000, 9000}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			acks := &ledger{put: map[string]bool{}, done: map[string]bool{}}
			for i, most := range writes {
				dir = onDisk(t, library, name, dir, 1+rand.IntN(most), kept[(i+1)%len(kept)], acks)
				acks.check(t, filepath.Join(dir, "bot.db"))
			}
			t.Logf("%d puts and %d commits acknowledged", len(acks.put), len(acks.done))
			require.NotEmpty(t, acks.put)
		})
	}
}

// With a lower synchronous the same power cuts take back what was
// acknowledged: the test above would see it.
func TestPowerCutIsSeenToLoseWhatWasNotSynced(t *testing.T) {
	t.Parallel()
	library := buildDisk(t)
	for _, name := range []string{"lowered-trickle", "lowered-work"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			acks := &ledger{put: map[string]bool{}, done: map[string]bool{}}
			dir := t.TempDir()
			lost := 0
			for range 2 {
				before := len(acks.put)
				dir = onDisk(t, library, name, dir, 1000, "none", acks)
				require.Greater(t, len(acks.put), before)
				lost += acks.lost(t, filepath.Join(dir, "bot.db"))
			}
			t.Logf("%d of %d acknowledged puts were lost", lost, len(acks.put))
			require.Positive(t, lost)
		})
	}
}

// lost counts the puts that were acknowledged and are not there.
func (l *ledger) lost(t *testing.T, path string) int {
	t.Helper()
	st, err := sqlite.Open(path)
	require.NoError(t, err)
	before, err := st.Stats(t.Context())
	require.NoError(t, err)
	var again []store.Event
	for key := range l.put {
		again = append(again, store.Event{Conversation: store.Conversation{PageID: "page", PSID: "0"}, Key: key})
	}
	require.NoError(t, st.Put(t.Context(), again...))
	after, err := st.Stats(t.Context())
	require.NoError(t, err)
	require.NoError(t, st.Close())
	return after.Events - before.Events
}
