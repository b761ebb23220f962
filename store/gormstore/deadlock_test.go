package gormstore_test

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"github.com/djmessenger/messenger/internal/testpostgres"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/gormstore"
	"github.com/djmessenger/messenger/store/postgres"
)

// Few people and few keys, so that everything meets everything.
const meetingPeople, meetingKeys = 12, 60

func someone() store.Conversation {
	return store.Conversation{PageID: "page", PSID: fmt.Sprint(rand.IntN(meetingPeople))}
}

func someKey() string { return fmt.Sprint(rand.IntN(meetingKeys)) }

func someSends() []store.Send {
	var sends []store.Send
	for range 1 + rand.IntN(4) {
		sends = append(sends, store.Send{Conversation: someone(), Key: someKey(), Group: someKey(), Delay: time.Duration(rand.IntN(2)) * time.Millisecond})
	}
	return sends
}

func someWrites() []store.Write {
	var writes []store.Write
	for range rand.IntN(4) {
		of := someone()
		writes = append(writes, []store.Write{
			store.AddThumbUp(of),
			store.SaveAttachment{PageID: "page", Name: someKey(), AttachmentID: "1"},
			store.SaveMessage{Received: store.Received{PageID: of.PageID, PSID: of.PSID, Key: someKey()}},
			store.SaveSession{PageID: of.PageID, PSID: of.PSID, Name: "s", Expires: time.Now().Add(time.Millisecond)},
			store.CancelSend{Conversation: of, Key: someKey()},
			store.TouchPerson{PageID: of.PageID, PSID: of.PSID, At: time.Now()},
		}[rand.IntN(6)])
	}
	return writes
}

// act does one thing of any kind. Refusals are answers.
func act(ctx context.Context, st *gormstore.Store) error {
	switch rand.IntN(9) {
	case 0, 1, 2:
		var events []store.Event
		for range 1 + rand.IntN(10) {
			// A key is fresh for a while, and then several put it at once.
			key := fmt.Sprint(time.Now().UnixMilli()/50, "/", rand.IntN(meetingKeys))
			events = append(events, store.Event{Conversation: someone(), Key: key, EchoOf: someKey()})
		}
		return st.Put(ctx, events...)
	case 3:
		return st.Enqueue(ctx, someSends()...)
	case 4:
		_, err := st.Cancel(ctx, someone(), someKey())
		return err
	case 5:
		return st.Apply(ctx, someWrites()...)
	case 6:
		if rand.IntN(4) > 0 {
			return st.Purge(ctx, store.Cutoffs{DedupKeys: time.Now(), Sent: time.Now(), Received: time.Now()})
		}
		return st.Forget(ctx, someone())
	case 7:
		letters, err := st.Dead(ctx, store.DeadQuery{Limit: 5})
		for _, letter := range letters {
			if rand.IntN(2) == 0 {
				err = errors.Join(err, st.Replay(ctx, letter.ID))
			} else {
				err = errors.Join(err, st.Drop(ctx, letter.ID))
			}
		}
		return err
	default:
		return work(ctx, st)
	}
}

// work claims some conversations and commits outcomes of any kind.
func work(ctx context.Context, st *gormstore.Store) error {
	leases, err := st.Claim(ctx, store.Claim{Owner: "w", Conversations: 4, Events: 3, Background: 4, Suspects: store.Suspects{4, 4, 4}, TTL: 50 * time.Millisecond})
	if err != nil {
		return err
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	for _, lease := range leases {
		wg.Go(func() {
			_, failed := st.Renew(ctx, 50*time.Millisecond, lease.LeaseID)
			o := store.Outcome{Lease: lease.LeaseID, Sends: someSends(), Release: true}
			if rand.IntN(5) == 0 {
				set := store.NewTurn(st, store.Person{}).Begin("r")
				failed = errors.Join(failed, gormstore.OnCommit(set.Context(ctx), func(tx *gorm.DB) error {
					return tx.Exec("UPDATE shelf SET n = n + 1 WHERE id = ?", rand.IntN(2)).Error
				}))
				o.Writes = set.End()
			}
			o.Writes = append(o.Writes, someWrites()...)
			if len(lease.Events) > 0 {
				ev := lease.Events[0]
				o.Event = &store.EventResult{Seq: ev.Seq, Attempts: ev.Attempts}
				if rand.IntN(3) == 0 {
					o.Event.Failures = []store.Failure{{Error: "e"}}
				}
			}
			for _, send := range lease.Sends {
				o.Results = append(o.Results, store.SendResult{Key: send.Key, State: store.SendState(1 + rand.IntN(3))})
				o.Start, o.Due = send.Key, 2
			}
			_, commitErr := st.Commit(ctx, o)
			failed = errors.Join(failed, commitErr)
			mu.Lock()
			defer mu.Unlock()
			err = errors.Join(err, failed)
		})
	}
	wg.Wait()
	return err
}

// refused reports whether all of an error is an answer that others, or a busy machine,
// may cause.
func refused(err error) bool {
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		for _, one := range many.Unwrap() {
			if !refused(one) {
				return false
			}
		}
		return true
	}
	return errors.Is(err, store.ErrFenced) || errors.Is(err, store.ErrNotFound) ||
		errors.Is(err, store.ErrConflict) || busy(err)
}

// busy reports whether a call or a connection took longer than the store lets it. Two
// that wait for each other are not among these: the server breaks such a circle after a
// second, and counts it.
func busy(err error) bool {
	var timeout net.Error
	var answer interface{ SQLState() string } // of the server, which cancels what is late when it is asked to
	if errors.As(err, &answer) && answer.SQLState() == "57014" {
		return true
	}
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, driver.ErrBadConn) || errors.As(err, &timeout) && timeout.Timeout()
}

func deadlocks(t *testing.T, st *gormstore.Store) (n int) {
	t.Helper()
	require.NoError(t, st.DB().Raw("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()").Scan(&n).Error)
	return n
}

// Operations of all kinds from three replicas over the same few people and
// keys, and meanwhile replicas of later versions come up and change the tables.
func TestReplicasNeverWaitInACircle(t *testing.T) {
	t.Parallel()
	dsn := testpostgres.Database(t)
	watcher, err := postgres.Open(dsn)
	require.NoError(t, err)
	defer func() { require.NoError(t, watcher.Close()) }()
	require.NoError(t, watcher.DB().Exec("CREATE TABLE shelf (id INT PRIMARY KEY, n INT); INSERT INTO shelf VALUES (0, 0), (1, 0)").Error)
	before := deadlocks(t, watcher)

	var replicas []*gormstore.Store
	for range 3 {
		st, err := postgres.Open(dsn)
		require.NoError(t, err)
		replicas = append(replicas, st)
	}
	const actors, enough = 24, 100 // operations of each
	over := make(chan struct{})
	var acting sync.WaitGroup
	var done, late atomic.Int64
	for i := range actors {
		acting.Go(func() {
			for n := 0; n < enough || open(over); n++ {
				switch err := act(context.Background(), replicas[i%3]); {
				case err == nil || !busy(err) && refused(err):
					done.Add(1)
				case refused(err):
					late.Add(1)
				default:
					assert.NoError(t, err)
					return
				}
			}
		})
	}
	var steps [][]string
	for i, column := range []string{"key", "owner", "key", "at", "name"} {
		table := []string{"inbox", "conversations", "outbox", "dedup", "people"}[i]
		steps = append(steps, []string{
			"CREATE INDEX messenger_" + table + "_later ON messenger_" + table + " (" + column + ")",
			"UPDATE messenger_conversations SET owner = 'later'",
			"ALTER TABLE messenger_" + table + " ADD COLUMN later BIGINT NOT NULL DEFAULT 0",
		})
	}
	for i := range steps {
		var booting sync.WaitGroup
		for range 2 {
			booting.Go(func() {
				untilStored(t, func() error {
					st, err := postgres.Open(dsn, gormstore.WithSteps(steps[:i+1]...))
					if err != nil {
						return err
					}
					return st.Close()
				})
			})
		}
		booting.Wait()
	}
	close(over)
	acting.Wait()
	for _, st := range replicas {
		require.NoError(t, st.Close())
	}
	t.Log(done.Load(), "operations,", late.Load(), "that the machine was too slow for")
	require.Greater(t, done.Load(), late.Load())
	require.Equal(t, before, deadlocks(t, watcher))

	_, err = postgres.Open(dsn)
	var newer *gormstore.SchemaError
	require.ErrorAs(t, err, &newer)
	require.Equal(t, &gormstore.SchemaError{Found: gormstore.Versions["PostgreSQL"] + 5, Known: gormstore.Versions["PostgreSQL"]}, newer)
}

// open reports whether a channel is not closed.
func open(ch <-chan struct{}) bool {
	select {
	case <-ch:
		return false
	default:
		return true
	}
}

// untilStored repeats a call that a busy machine did not finish within the store's
// own time-out, as the platform repeats a callback. Any other error is a failure.
func untilStored(t *testing.T, call func() error) {
	t.Helper()
	var err error
	for range 20 {
		err = call()
		if !busy(err) {
			break
		}
	}
	assert.NoError(t, err)
}
