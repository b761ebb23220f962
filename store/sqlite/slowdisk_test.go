//go:build linux

package sqlite_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/gormstore"
	"github.com/djmessenger/messenger/store/sqlite"
)

func init() { //nolint:gochecknoinits // TestMain runs these children, and only Linux has them
	children["slowdisk"] = childSlowDisk
}

// slowest is how long 99 of 100 puts of 64 writers may take when each fsync
// takes 2 ms. Without shared commits the last of 64 would wait for 64 fsyncs,
// which takes more than twice as long on any machine.
const slowest = 50 * time.Millisecond

func TestPutsOnASlowDisk(t *testing.T) {
	t.Parallel()
	cmd := child(t, "slowdisk", filepath.Join(t.TempDir(), "bot.db"))
	cmd.Env = append(cmd.Env, "LD_PRELOAD="+buildDisk(t), "DISK_FSYNC_MICROS=2000")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	t.Log(strings.TrimSpace(string(out)))
}

// childSlowDisk puts in rounds, until one of them is fast enough: other work on
// the machine makes a round slow, and nothing makes one fast.
func childSlowDisk(path string) error {
	st, err := sqlite.Open(path, gormstore.WithBacklog(1_000_000))
	if err != nil {
		return err
	}
	begun := time.Now()
	if err := st.Put(context.Background(), store.Event{Conversation: ann, Key: "first"}); err != nil {
		return err
	}
	if took := time.Since(begun); took < 2*time.Millisecond {
		return fmt.Errorf("a put took %v: the disk is not slow", took)
	}
	var p99s []time.Duration
	for round := range 10 {
		took, err := putAtOnce(st, round, 64, 20)
		if err != nil {
			return err
		}
		p99 := took[len(took)*99/100]
		if p99s = append(p99s, p99); p99 < slowest {
			fmt.Println("99th percentiles of the rounds:", p99s)
			return st.Close()
		}
	}
	return fmt.Errorf("the 99th percentiles of %d rounds were %v", len(p99s), p99s)
}

// putAtOnce returns how long the puts took, in order.
func putAtOnce(st store.Store, round, writers, each int) ([]time.Duration, error) {
	took := make([]time.Duration, writers*each)
	errs := make([]error, writers)
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				begun := time.Now()
				conv := store.Conversation{PageID: "page", PersonID: fmt.Sprint(w*each + i)}
				ev := store.Event{Conversation: conv, Key: fmt.Sprint(round, "/", w, "/", i), Body: []byte(strings.Repeat("x", 420))}
				if errs[w] = st.Put(context.Background(), ev); errs[w] != nil {
					return
				}
				took[w*each+i] = time.Since(begun)
			}
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	slices.Sort(took)
	return took, nil
}
