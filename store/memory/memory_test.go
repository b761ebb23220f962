package memory_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
	"github.com/djmessenger/messenger/store/storetest"
)

func TestMemory(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(_ *testing.T, opts storetest.Options) store.Store {
		return memory.New(memory.Config{Now: opts.Now, Backlog: opts.Backlog})
	})
}

// A program may recover from a panic of its own function.
func TestAPanicOfAClaimsFunctionLeavesTheStoreUsable(t *testing.T) {
	t.Parallel()
	m := memory.New(memory.Config{})
	other := store.Conversation{PageID: "page2", PSID: "bob"}
	require.NoError(t, m.Put(t.Context(), store.Event{Conversation: ann, Key: "1"}, store.Event{Conversation: other, Key: "2"}))
	calls := 0
	claim := store.Claim{Conversations: 2, TTL: time.Hour, Serves: func(string) bool {
		if calls++; calls == 2 {
			panic("serves")
		}
		return false
	}}
	require.Panics(t, func() { _, _ = m.Claim(t.Context(), claim) })
	claim.Serves = nil
	leases, err := m.Claim(t.Context(), claim)
	require.NoError(t, err)
	require.Len(t, leases, 2)
}
