package gormstore

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/internal/database"
)

// A database that does not answer holds up no caller whose context ends: neither those whose operation is in the transaction
// that hangs, nor those who wait behind it.
func TestCallsEndWithTheirContextsWhileTheDatabaseHangs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		answers := make(chan struct{})
		f := &fakeDatabase{commit: func(int) error { <-answers; return nil }}
		w := f.writer(t, database.Database{})
		defer close(answers)
		o := queue.NewOperations(w.do, "", nil)
		conv := store.Conversation{PageID: "page", PSID: "ann"}
		put := func(ctx context.Context) error { return o.Put(ctx, store.Event{Conversation: conv, Key: "key"}) }
		requireEnds(t, "the one in the transaction", put)
		lease := store.LeaseID{Conversation: conv, Token: 1}
		for name, call := range map[string]func(context.Context) error{
			"Apply": func(ctx context.Context) error {
				return o.Apply(ctx, store.TouchPerson{PageID: conv.PageID, PSID: conv.PSID, At: time.Now()})
			},
			"Cancel": func(ctx context.Context) error { _, err := o.Cancel(ctx, conv, "key"); return err },
			"Claim":  func(ctx context.Context) error { _, err := o.Claim(ctx, store.Claim{Conversations: 1}); return err },
			"Commit": func(ctx context.Context) error { _, err := o.Commit(ctx, store.Outcome{Lease: lease}); return err },
			"Enqueue": func(ctx context.Context) error {
				return o.Enqueue(ctx, store.Send{Conversation: conv, Key: "key"})
			},
			"Put":   put,
			"Renew": func(ctx context.Context) error { _, err := o.Renew(ctx, time.Minute, lease); return err },
		} {
			requireEnds(t, name, call)
		}
	})
}

// requireEnds makes a call whose context ends after a second.
func requireEnds(t *testing.T, name string, call func(context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	began := time.Now()
	require.ErrorIs(t, call(ctx), context.DeadlineExceeded, name)
	require.Equal(t, time.Second, time.Since(began), name)
}
