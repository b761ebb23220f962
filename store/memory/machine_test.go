package memory_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
)

// What the machine decides and no capability shows.

func TestNothingIsKeptOfAConversationThatIsDone(t *testing.T) {
	t.Parallel()
	m := memory.New(memory.Config{})
	require.NoError(t, m.Put(t.Context(), store.Event{Conversation: ann, Key: "k"}))
	leases, err := m.Claim(t.Context(), store.Claim{Conversations: 1, Background: 1, TTL: time.Hour})
	require.NoError(t, err)
	_, err = m.Commit(t.Context(), store.Outcome{
		Lease: leases[0].LeaseID, Event: &store.EventResult{Seq: leases[0].Events[0].Seq}, Release: true,
	})
	require.NoError(t, err)
	require.Empty(t, m.Dump().Conversations)
}

func TestAMarkIsOverWithItsLease(t *testing.T) {
	t.Parallel()
	now := time.Unix(1000, 0)
	m := memory.New(memory.Config{Now: func() time.Time { return now }})
	require.NoError(t, m.Put(t.Context(), store.Event{Conversation: ann, Key: "k"}))
	claim := store.Claim{Conversations: 1, Background: 1, TTL: time.Second}
	leases, err := m.Claim(t.Context(), claim)
	require.NoError(t, err)
	seq := leases[0].Events[0].Seq
	require.NoError(t, m.MarkAlone(t.Context(), leases[0].LeaseID, seq))
	require.Equal(t, seq, m.Dump().Conversations[0].Alone)
	now = now.Add(time.Minute)
	leases, err = m.Claim(t.Context(), claim)
	require.NoError(t, err)
	require.Zero(t, leases[0].Fatal, "the process lives")
	require.Zero(t, m.Dump().Conversations[0].Alone)
}

// An echo of each message would change the row of its page each time.
func TestAnEchoIsNotedOnceInAWhile(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	now := at
	m := memory.New(memory.Config{Now: func() time.Time { return now }})
	for _, key := range []string{"1", "2"} {
		require.NoError(t, m.Put(t.Context(), store.Event{Conversation: ann, Key: key, EchoOf: "a send"}))
		noted, err := m.EchoedAt(t.Context(), ann.PageID)
		require.NoError(t, err)
		require.Equal(t, at, noted)
		now = now.Add(store.EchoedWithin - time.Second)
	}
	now = now.Add(time.Second)
	require.NoError(t, m.Put(t.Context(), store.Event{Conversation: ann, Key: "3", EchoOf: "a send"}))
	noted, err := m.EchoedAt(t.Context(), ann.PageID)
	require.NoError(t, err)
	require.Equal(t, now, noted)
}

// A purge finds silent people first, and locks their conversations afterwards.
func TestWhoActsBeforeTheLockIsNotForgotten(t *testing.T) {
	t.Parallel()
	m := memory.New(memory.Config{})
	act := time.Unix(1000, 0)
	require.NoError(t, m.Apply(t.Context(), store.TouchPerson{PageID: ann.PageID, PSID: ann.PSID, At: act}))
	ignore := func(*queue.Changes) {}
	for _, silent := range []bool{false, true} {
		since := act
		if silent {
			since = act.Add(time.Second)
		}
		op := queue.ForgetSilent([]store.Conversation{ann}, since)
		_, err := m.Run(ignore, op)
		require.NoError(t, err)
		require.Equal(t, silent, op.Found)
	}
	_, err := m.Person(t.Context(), ann.PageID, ann.PSID)
	require.ErrorIs(t, err, store.ErrNotFound)
}

func TestAConversationThatIsHeldGivesNoHint(t *testing.T) {
	t.Parallel()
	m := memory.New(memory.Config{})
	require.NoError(t, m.Put(t.Context(), store.Event{Conversation: ann, Key: "k"}))
	for _, after := range []time.Duration{0, time.Hour} {
		leases, err := m.Claim(t.Context(), store.Claim{Conversations: 1, Background: 1, TTL: time.Hour})
		require.NoError(t, err)
		hints := 0
		stop := m.Wake(func() { hints++ })
		_, err = m.Commit(t.Context(), store.Outcome{Lease: leases[0].LeaseID, Release: true, After: after})
		require.NoError(t, err)
		stop()
		require.Equal(t, after == 0, hints == 1)
	}
}

func put(t *testing.T, events ...store.Event) *queue.Operation {
	t.Helper()
	op, err := queue.Put(events)
	require.NoError(t, err)
	return op
}

func TestAnEditAfterItsDeletionInTheSameGroupIsNotStored(t *testing.T) {
	t.Parallel()
	m := memory.New(memory.Config{})
	_, err := m.Run(func(*queue.Changes) {},
		put(t, store.Event{Conversation: ann, Key: "deletion", Unsends: store.Unsent{Edits: "edit of m "}}),
		put(t, store.Event{Conversation: ann, Key: "edit of m 1", EditOf: "edit of m "}))
	require.NoError(t, err)
	require.Equal(t, map[string]int{"page": 1}, m.Backlog())
}

// The echo ends the last send of a conversation to which the same group adds an event.
func TestAnEchoLeavesWhatItsGroupAddsDue(t *testing.T) {
	t.Parallel()
	m := memory.New(memory.Config{})
	claim := store.Claim{Conversations: 2, Background: 2, TTL: time.Hour}
	require.NoError(t, m.Enqueue(t.Context(), store.Send{Conversation: ann, Key: "s"}))
	leases, err := m.Claim(t.Context(), claim)
	require.NoError(t, err)
	_, err = m.Commit(t.Context(), store.Outcome{Lease: leases[0].LeaseID, Start: "s", Release: true, After: time.Hour})
	require.NoError(t, err)
	bob := store.Conversation{PageID: ann.PageID, PSID: "bob"}
	_, err = m.Run(func(*queue.Changes) {},
		put(t, store.Event{Conversation: ann, Key: "k"}), put(t, store.Event{Conversation: bob, Key: "echo", EchoOf: "s"}))
	require.NoError(t, err)
	leases, err = m.Claim(t.Context(), claim)
	require.NoError(t, err)
	require.Len(t, leases, 2)
}

// The outcome goes first, and says that the attempt was surely not made.
func TestAnEchoSettlesNothingThatItsGroupHasPutBack(t *testing.T) {
	t.Parallel()
	m := memory.New(memory.Config{})
	require.NoError(t, m.Enqueue(t.Context(), store.Send{Conversation: ann, Key: "s"}))
	leases, err := m.Claim(t.Context(), store.Claim{Conversations: 1, Background: 1, TTL: time.Hour})
	require.NoError(t, err)
	_, err = m.Commit(t.Context(), store.Outcome{Lease: leases[0].LeaseID, Start: "s"})
	require.NoError(t, err)
	again, err := queue.Commit(store.Outcome{
		Lease: leases[0].LeaseID, Results: []store.SendResult{{Key: "s", State: store.SendAgain}},
	}, "")
	require.NoError(t, err)
	_, err = m.Run(func(*queue.Changes) {}, put(t, store.Event{Conversation: ann, Key: "echo", EchoOf: "s"}), again)
	require.NoError(t, err)
	require.NoError(t, again.Err)
	require.Len(t, m.Dump().Sends, 1)
	require.Zero(t, m.Dump().Sends[0].StartedAt)
}

func TestForgetMakesRoomInTheBacklog(t *testing.T) {
	t.Parallel()
	m := memory.New(memory.Config{})
	require.NoError(t, m.Put(t.Context(), store.Event{Conversation: ann, Key: "1"}, store.Event{Conversation: ann, Key: "2"}))
	op, err := queue.Forget(ann)
	require.NoError(t, err)
	effects, err := m.Run(func(*queue.Changes) {}, op)
	require.NoError(t, err)
	require.Equal(t, map[string]int{"page": -2}, effects.Backlog())
}

// An operation that must be alone is refused beside others, and so are these: nothing of the group takes effect.
func TestAGroupWithAnOperationThatMustBeAloneIsRefused(t *testing.T) {
	t.Parallel()
	m := memory.New(memory.Config{})
	forget, err := queue.Forget(ann)
	require.NoError(t, err)
	_, err = m.Run(func(*queue.Changes) {}, put(t, store.Event{Conversation: ann, Key: "k"}), forget)
	require.ErrorContains(t, err, "an operation that must be alone is in a group")
	stats, err := m.Stats(t.Context())
	require.NoError(t, err)
	require.Zero(t, stats.Events)
}
