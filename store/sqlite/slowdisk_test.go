//go:build linux

package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/gormstore"
	"github.com/djmessenger/messenger/store/sqlite"
)

func init() { //nolint:gochecknoinits // TestMain runs these children, and only Linux has them
	children["slowdisk"] = childSlowDisk
}

const (
	slowWriters = 64
	slowEach    = 20 // puts of each writer
	// fewest is how many puts share an fsync at least, on average. Puts that do not
	// share commits need one fsync each.
	fewest = 8
)

// Puts of many writers at once share the fsyncs of a slow disk.
func TestPutsOnASlowDisk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	fsyncs := filepath.Join(dir, "fsyncs")
	cmd := child(t, "slowdisk", filepath.Join(dir, "bot.db"))
	cmd.Env = append(cmd.Env, "LD_PRELOAD="+buildDisk(t), "DISK_FSYNC_MICROS=2000", "DISK_FSYNCS="+fsyncs)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	t.Log(strings.TrimSpace(string(out)))
}

// childSlowDisk puts by one writer, which must wait for an fsync each time, and then
// by many at once.
func childSlowDisk(path string) error {
	st, err := sqlite.Open(path, gormstore.WithBacklog(1_000_000))
	if err != nil {
		return err
	}
	alone, err := fsyncsOf(func() error { return putAtOnce(st, "alone", 1) })
	if err != nil {
		return err
	}
	if alone < slowEach {
		return fmt.Errorf("%d puts, one after the other, took %d fsyncs", slowEach, alone)
	}
	together, err := fsyncsOf(func() error { return putAtOnce(st, "together", slowWriters) })
	if err != nil {
		return err
	}
	fmt.Printf("%d puts of %d writers took %d fsyncs\n", slowWriters*slowEach, slowWriters, together)
	if together*fewest > slowWriters*slowEach {
		return errors.New("which is too many")
	}
	return st.Close()
}

// fsyncsOf counts the fsyncs while a function runs.
func fsyncsOf(run func() error) (int64, error) {
	before, err := os.Stat(os.Getenv("DISK_FSYNCS"))
	if err != nil {
		return 0, err
	}
	if err := run(); err != nil {
		return 0, err
	}
	after, err := os.Stat(os.Getenv("DISK_FSYNCS"))
	if err != nil {
		return 0, err
	}
	return after.Size() - before.Size(), nil
}

// putAtOnce puts events of writers at the same time, of each one after the other.
func putAtOnce(st store.Store, name string, writers int) error {
	errs := make([]error, writers)
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range slowEach {
				conv := store.Conversation{PageID: "page", PSID: fmt.Sprint(w*slowEach + i)}
				ev := store.Event{Conversation: conv, Key: fmt.Sprint(name, "/", w, "/", i), Body: []byte(strings.Repeat("x", 420))}
				if errs[w] = st.Put(context.Background(), ev); errs[w] != nil {
					return
				}
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}
