package engine

import (
	"bytes"
	"context"
	"log/slog"
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
