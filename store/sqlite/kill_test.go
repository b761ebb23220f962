package sqlite_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/sqlite"
)

const people = 5

// childWork puts and handles events until it is killed. It says on its
// standard output what the store has acknowledged.
func childWork(path string) error {
	st, err := sqlite.Open(path)
	if err != nil {
		return err
	}
	ctx := context.Background()
	failed := make(chan error)
	for w := range 6 {
		go func() {
			for i := 0; ; i++ {
				key := fmt.Sprintf("%d/%d/%d", os.Getpid(), w, i)
				conv := store.Conversation{PageID: "page", PSID: fmt.Sprint(i % people)}
				if err := st.Put(ctx, store.Event{Conversation: conv, Key: key, Body: []byte(strings.Repeat("x", 400))}); err != nil {
					failed <- err
					return
				}
				fmt.Println("put", key)
			}
		}()
	}
	for range 2 {
		go func() {
			for {
				if err := handleSome(ctx, st); err != nil {
					failed <- err
					return
				}
			}
		}()
	}
	return <-failed
}

// handleSome handles what it can claim. Each event leaves its key and a thumb
// in the commit that ends it.
func handleSome(ctx context.Context, st store.Store) error {
	leases, err := st.Claim(ctx, store.Claim{Owner: "w", Conversations: 2, Events: 5, Background: 2, Suspects: store.Suspects{2, 2, 2}, TTL: time.Hour})
	if err != nil {
		return err
	}
	for _, lease := range leases {
		for i, ev := range lease.Events {
			_, err := st.Commit(ctx, store.Outcome{
				Lease: lease.LeaseID, Event: &store.EventResult{Seq: ev.Seq, Attempts: ev.Attempts}, Release: i == len(lease.Events)-1,
				Writes: []store.Write{
					store.SaveMessage{Received: store.Received{PageID: ev.PageID, PSID: ev.PSID, Key: ev.Key}},
					store.AddThumbUp{PageID: ev.PageID, PSID: ev.PSID},
				},
			})
			if err != nil {
				return err
			}
			fmt.Println("done", ev.Key)
		}
	}
	return nil
}

// ledger is what children have acknowledged.
type ledger struct {
	mu        sync.Mutex
	put, done map[string]bool
}

func TestKilledProcessLosesNothing(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "bot.db")
	acks := &ledger{put: map[string]bool{}, done: map[string]bool{}}
	for range 20 {
		cmd := child(t, "work", path)
		out, err := cmd.StdoutPipe()
		require.NoError(t, err)
		cmd.Stderr = os.Stderr
		require.NoError(t, cmd.Start())
		read := make(chan struct{})
		begun := make(chan struct{})
		go func() {
			defer close(read)
			for lines := bufio.NewScanner(out); lines.Scan(); {
				what, key, ok := strings.Cut(lines.Text(), " ")
				if !ok || strings.Count(key, "/") != 2 {
					continue
				}
				acks.mu.Lock()
				if len(acks.put)%people == 0 {
					select {
					case <-begun:
					default:
						close(begun)
					}
				}
				if what == "put" {
					acks.put[key] = true
				} else {
					acks.done[key] = true
				}
				acks.mu.Unlock()
			}
		}()
		select {
		case <-begun:
		case <-read:
		}
		// A random moment is the point here.
		time.Sleep(time.Duration(rand.IntN(80_000)) * time.Microsecond)
		require.NoError(t, cmd.Process.Kill())
		<-read
		require.Error(t, cmd.Wait())
		acks.check(t, path)
	}
	require.NotEmpty(t, acks.done)
	t.Logf("%d puts and %d commits acknowledged", len(acks.put), len(acks.done))
}

// check holds the database against what was acknowledged.
func (l *ledger) check(t *testing.T, path string) {
	t.Helper()
	st, err := sqlite.Open(path)
	require.NoError(t, err)
	defer func() { require.NoError(t, st.Close()) }()

	handled := map[string]bool{}
	for i := range people {
		received, err := st.Received(t.Context(), "page", fmt.Sprint(i), 1_000_000)
		require.NoError(t, err)
		for _, r := range received {
			handled[r.Key] = true
		}
		p, err := st.Person(t.Context(), "page", fmt.Sprint(i))
		if len(received) > 0 {
			require.NoError(t, err)
		}
		require.Equal(t, len(received), p.ThumbUps, "what a turn wrote and its event's end commit together")
	}

	// All that waits can be claimed at once, whoever held it.
	waiting := map[string]bool{}
	leases, err := st.Claim(t.Context(), store.Claim{Owner: "check", Conversations: 100, Events: 1_000_000, Background: 100, Suspects: store.Suspects{100, 100, 100}, TTL: time.Hour})
	require.NoError(t, err)
	for _, lease := range leases {
		for _, ev := range lease.Events {
			require.False(t, waiting[ev.Key] || handled[ev.Key], "%s is there twice", ev.Key)
			waiting[ev.Key] = true
		}
		_, err := st.Commit(t.Context(), store.Outcome{Lease: lease.LeaseID, Release: true})
		require.NoError(t, err)
	}
	stats, err := st.Stats(t.Context())
	require.NoError(t, err)
	require.Len(t, waiting, stats.Events)

	l.mu.Lock()
	defer l.mu.Unlock()
	var again []store.Event
	for key := range l.put {
		require.True(t, waiting[key] || handled[key], "%s was acknowledged and is lost", key)
		again = append(again, store.Event{Conversation: store.Conversation{PageID: "page", PSID: "0"}, Key: key})
	}
	for key := range l.done {
		require.True(t, handled[key], "the end of %s was acknowledged and is lost", key)
	}
	require.NoError(t, st.Put(t.Context(), again...))
	after, err := st.Stats(t.Context())
	require.NoError(t, err)
	require.Equal(t, stats.Events, after.Events, "a key that was seen has taken effect again")
}
