package bubble

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
)

// As returns a capability of a store.
func As[T any](t testing.TB, st store.Store) T {
	t.Helper()
	found, ok := store.As[T](st)
	require.True(t, ok, "the store lacks a capability")
	return found
}

// Outcomes returns how the sends to a person ended, the oldest first.
func Outcomes(t *testing.T, st store.Store, psid string) []store.SentOutcome {
	t.Helper()
	sent, err := st.Sent(t.Context(), PageID, psid, 100)
	require.NoError(t, err)
	var out []store.SentOutcome
	for i := range sent {
		out = append(out, sent[len(sent)-1-i].Outcome)
	}
	return out
}

// NoRenew is a store that cannot renew leases.
type NoRenew struct{ store.Store }

// Unwrap returns the store with all its capabilities.
func (s NoRenew) Unwrap() store.Store { return s.Store }

// Renew fails.
func (NoRenew) Renew(context.Context, time.Duration, ...store.LeaseID) ([]store.LeaseID, error) {
	return nil, context.DeadlineExceeded
}

// Dies claims what a conversation has, as a process does that ends before it
// commits anything.
func (w *World) Dies() store.Lease {
	w.T.Helper()
	leases, err := w.Store.Claim(w.T.Context(), store.Claim{
		Owner: "dead", Conversations: 1, Events: 16, Background: 1, Suspects: store.Suspects{1, 1, 1}, TTL: time.Millisecond,
	})
	require.NoError(w.T, err)
	require.Len(w.T, leases, 1)
	After(2 * time.Millisecond)
	return leases[0]
}

// DiesSending starts the first send that is due, as a process does that ends while its
// request is under way. It returns the send's key.
func (w *World) DiesSending() string {
	w.T.Helper()
	lease := w.Dies()
	key := lease.Sends[0].Key
	// The store voids the lease of a process that has ended.
	due, err := w.Store.Commit(w.T.Context(), store.Outcome{Lease: lease.LeaseID, Start: key, Due: 1, Release: true})
	require.NoError(w.T, err)
	require.True(w.T, due[0].Started)
	return key
}
