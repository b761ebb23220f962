package upgradetest

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/gormstore"
)

// filler writes the scenario.
type filler struct {
	testing.TB
	st    *gormstore.Store
	clock *Clock
	marks marks
}

// owner is the process that writes the scenario, and dies.
const owner = "process that died"

// Fill writes the scenario into an empty store, which uses the clock. The store must be
// closed afterwards without any other operation: the leases that it holds are those of a
// process that died.
func Fill(tb testing.TB, st *gormstore.Store, clock *Clock) {
	tb.Helper()
	f := &filler{TB: tb, st: st, clock: clock}
	f.handle()
	f.unsend()
	f.bury()
	f.interrupt()
	f.lease()
	f.pause()
	f.wait()
	f.keep()
	f.announce()
	f.forget()
	f.raise()
	f.broadcast()
	f.clock.set(ended)
	f.mark()
}

// put stores events when the scenario says that they arrived.
func (f *filler) put(events ...event) {
	f.Helper()
	for _, ev := range events {
		f.clock.set(ev.put)
		require.NoError(f, f.st.Put(f.Context(), ev.in()))
	}
}

func (f *filler) enqueue(sends ...send) {
	f.Helper()
	var all []store.Send
	for _, s := range sends {
		all = append(all, s.in())
	}
	require.NoError(f, f.st.Enqueue(f.Context(), all...))
}

// claim leases what is due: these conversations.
func (f *filler) claim(ttl time.Duration, want ...store.Conversation) []store.Lease {
	f.Helper()
	return f.take(claimOf(owner, ttl), want...)
}

// claimPage leases what is due for one page: this conversation.
func (f *filler) claimPage(page string, want store.Conversation) store.Lease {
	f.Helper()
	claim := claimOf(owner+" for "+page, untilDeath)
	claim.Serves = func(pageID string) bool { return pageID == page }
	return f.take(claim, want)[0]
}

func (f *filler) take(claim store.Claim, want ...store.Conversation) []store.Lease {
	f.Helper()
	leases, err := f.st.Claim(f.Context(), claim)
	require.NoError(f, err)
	var got []store.Conversation
	for _, l := range leases {
		got = append(got, l.Conversation)
		f.marks.Token = max(f.marks.Token, markOf(l.LeaseID).Token)
		for _, ev := range l.Events {
			f.marks.Seq = max(f.marks.Seq, ev.Seq)
		}
	}
	require.Equal(f, want, got)
	return leases
}

// keepLeases notes leases that end with the process.
func (f *filler) keepLeases(leases ...store.Lease) {
	for _, l := range leases {
		f.marks.Leases = append(f.marks.Leases, markOf(l.LeaseID))
	}
}

func (f *filler) commit(o store.Outcome) {
	f.Helper()
	_, err := f.st.Commit(f.Context(), o)
	require.NoError(f, err)
}

// retry ends a turn that has failed, and pauses the conversation.
func (f *filler) retry(l store.Lease, pause time.Duration) {
	f.Helper()
	end := endOf(l.Events[0])
	f.marks.Failures = []store.Failure{{Route: "r", Error: "why it is tried again"}}
	end.Retry, end.Failures = true, f.marks.Failures
	f.commit(store.Outcome{Lease: l.LeaseID, Event: end, Release: true, After: pause})
}

// bad makes a dead letter of the first event of a lease.
func (f *filler) bad(l store.Lease, failures ...store.Failure) {
	f.Helper()
	end := endOf(l.Events[0])
	end.Failures = failures
	f.commit(store.Outcome{Lease: l.LeaseID, Event: end, Release: true})
}

// letter returns the number of the dead letter of an event.
func (f *filler) letter(key string) int64 {
	f.Helper()
	found, err := f.st.Dead(f.Context(), store.DeadQuery{Key: key})
	require.NoError(f, err)
	require.Len(f, found, 1)
	f.marks.Letter = max(f.marks.Letter, found[0].ID)
	return found[0].ID
}

func (f *filler) replay(key string) {
	f.Helper()
	require.NoError(f, f.st.Replay(f.Context(), f.letter(key)))
}

// endOf is the end of an event whose turn has succeeded.
func endOf(ev store.QueuedEvent) *store.EventResult {
	return &store.EventResult{Seq: ev.Seq, Attempts: ev.Attempts}
}

// claimOf asks for all that is due.
func claimOf(owner string, ttl time.Duration) store.Claim {
	return store.Claim{Owner: owner, Conversations: 100, Events: 100, Background: 100, Suspects: store.Suspects{100, 100, 100}, TTL: ttl}
}

// mark keeps the numbers that the store has drawn.
func (f *filler) mark() {
	f.Helper()
	w := marksIn
	var err error
	w.Data, err = json.Marshal(f.marks)
	require.NoError(f, err)
	require.NoError(f, f.st.Apply(f.Context(), w))
}
