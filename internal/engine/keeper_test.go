package engine

import (
	"bytes"
	"context"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
)

// hanging is a store whose renewals take until their context ends.
type hanging struct{ store.Store }

func (hanging) Renew(ctx context.Context, _ time.Duration, _ ...store.LeaseID) ([]store.LeaseID, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

// TestRenewalThatTheStopCutsShortIsNotLogged: a renewal that fails is an error; one that is in
// flight when the engine stops is none.
func TestRenewalThatTheStopCutsShortIsNotLogged(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		runs time.Duration
		want string
	}{
		"stopped meanwhile": {6 * time.Second, ""},
		"failed":            {11 * time.Second, "cannot renew leases"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var log bytes.Buffer
				logger := slog.New(slog.NewTextHandler(&log, nil))
				k := newKeeper(Config{LeaseTTL: 15 * time.Second, Store: hanging{}, Logger: logger, Guard: NewGuard(logger)})
				l := k.hold(t.Context(), store.LeaseID{Conversation: store.Conversation{PageID: "1", PSID: "2"}}, time.Now())
				defer l.drop()
				ctx, stop := context.WithTimeout(t.Context(), c.runs)
				defer stop()
				k.run(ctx)
				require.Contains(t, log.String(), c.want)
				require.Equal(t, c.want == "", log.Len() == 0, log.String())
			})
		})
	}
}

// TestWorkerThatLeavesHandsOnWhomToWaitFor: a lease waits for the workers of all older ones, also when
// one of them has left without having waited itself.
func TestWorkerThatLeavesHandsOnWhomToWaitFor(t *testing.T) {
	t.Parallel()
	for name, leavesFirst := range map[string]bool{"before the next one is granted": true, "while the next one waits": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				k := newKeeper(Config{LeaseTTL: 15 * time.Second})
				hold := func(token int64) *lease {
					id := store.LeaseID{Conversation: store.Conversation{PageID: "1", PSID: "2"}, Token: token}
					return k.hold(t.Context(), id, time.Now())
				}
				first, second := hold(1), hold(2)
				if leavesFirst {
					second.drop()
				}
				third := hold(3)
				var went atomic.Bool
				waited := make(chan bool)
				go func() {
					ok := third.awaitBefore()
					went.Store(true)
					waited <- ok
				}()
				if !leavesFirst {
					synctest.Wait()
					second.drop()
				}
				synctest.Wait()
				require.False(t, went.Load(), "the worker of the first lease still has the conversation")
				require.False(t, first.safe())
				require.True(t, third.safe())
				first.drop()
				require.True(t, <-waited)
				third.drop()
				require.Empty(t, k.held)
			})
		})
	}
}

// renews is a store that has renewed a lease and then grants a newer one on the conversation, before
// the answer to the renewal has arrived.
type renews struct {
	store.Store
	grant func()
}

func (r renews) Renew(context.Context, time.Duration, ...store.LeaseID) ([]store.LeaseID, error) {
	r.grant()
	return nil, nil
}

// TestRenewalOfALeaseThatWasFollowedByANewerOne does not make the older one safe again.
func TestRenewalOfALeaseThatWasFollowedByANewerOne(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var k *keeper
		var newer *lease
		hold := func(token int64) *lease {
			id := store.LeaseID{Conversation: store.Conversation{PageID: "1", PSID: "2"}, Token: token}
			return k.hold(t.Context(), id, time.Now())
		}
		logger := slog.New(slog.DiscardHandler)
		k = newKeeper(Config{LeaseTTL: 15 * time.Second, Logger: logger, Guard: NewGuard(logger), Store: renews{grant: func() { newer = hold(2) }}})
		older := hold(1)
		k.renew(t.Context())
		require.False(t, older.safe())
		require.True(t, newer.safe())
		older.drop()
		newer.drop()
	})
}
