package queue

import (
	"time"

	"github.com/djmessenger/messenger/store"
)

// BroadcastRow is a broadcast. Its counts have the recipients whose rows are gone.
type BroadcastRow struct {
	ID     string
	PageID string
	Key    string
	State  int64
	Body   []byte
	Window int64 // microseconds
	// Content and People are digests.
	Content, People string
	// TouchedAt is when the draft was last added to; 0 leaves it to the next purge.
	TouchedAt, StartedAt, EndedAt int64
	Total                         int64
	Counts                        [store.RecipientForgotten + 1]int64 // by result
}

// RecipientRow is a person of a broadcast.
type RecipientRow struct {
	Broadcast string
	store.Conversation
	Stage int64
	// Left is how many of their sends are in the outbox, Result what those that have left it have come to: the highest.
	Left   int64
	Result int64
}

// RecipientEnd is that one send of a recipient has left the outbox.
type RecipientEnd struct {
	Broadcast string
	PSID      string
	Result    int64
}

// RecipientCount is how many recipients are in a stage, with a result.
type RecipientCount struct{ Stage, Result, N int64 }

// BroadcastLock is how a row is locked.
type BroadcastLock int

// The locks of a broadcast's row: none, one that others may have too and that keeps the row as it is, and one that no other has.
const (
	Unlocked BroadcastLock = iota
	Shared
	Exclusive
)

// Fields are id, page_id, key, state, body, time_window, content, people, touched_at, started_at, ended_at, total, sent, cancelled, skipped, uncertain,
// refused, unknown, forgotten.
func (r *BroadcastRow) Fields(to []any) []any {
	to = append(to, &r.ID, &r.PageID, &r.Key, &r.State, &r.Body, &r.Window, &r.Content, &r.People, &r.TouchedAt, &r.StartedAt, &r.EndedAt,
		&r.Total)
	for i := range r.Counts[1:] {
		to = append(to, &r.Counts[1+i])
	}
	return to
}

// Fields are broadcast_id, page_id, person_id, stage, left_over, result.
func (r *RecipientRow) Fields(to []any) []any {
	return append(to, &r.Broadcast, &r.PageID, &r.PSID, &r.Stage, &r.Left, &r.Result)
}

// Fields are broadcast_id, person_id, result.
func (r *RecipientEnd) Fields(to []any) []any { return append(to, &r.Broadcast, &r.PSID, &r.Result) }

// Settle counts that one send of the recipient has left the outbox.
func (r *RecipientRow) Settle(result int64) {
	r.Left--
	r.Result = max(r.Result, result)
	if r.Left <= 0 {
		r.Stage = int64(store.RecipientEnded)
	}
}

// end ends the recipient without a send.
func (r *RecipientRow) end(result store.RecipientResult) {
	r.Stage, r.Left, r.Result = int64(store.RecipientEnded), 0, int64(result)
}

// broadcast is the broadcast as programs see it, with the recipients whose rows are still there.
func (r *BroadcastRow) broadcast(rest []RecipientCount) store.Broadcast {
	b := store.Broadcast{
		ID: r.ID, PageID: r.PageID, Key: r.Key, State: store.BroadcastState(r.State), Body: r.Body,
		Window: time.Duration(r.Window) * time.Microsecond, Content: r.Content, People: r.People,
		StartedAt: Time(r.StartedAt), EndedAt: Time(r.EndedAt), Total: int(r.Total),
	}
	for result, n := range r.Counts {
		addCount(&b, store.RecipientResult(result), int(n))
	}
	for _, c := range rest {
		switch store.RecipientStage(c.Stage) {
		case store.RecipientQueued:
			b.Queued += int(c.N)
		case store.RecipientEnded:
			addCount(&b, store.RecipientResult(c.Result), int(c.N))
		case store.RecipientWaiting, store.RecipientLost:
		}
	}
	return b
}

// addCount counts people of a result.
func addCount(b *store.Broadcast, result store.RecipientResult, n int) {
	switch result {
	case store.RecipientSent:
		b.Sent += n
	case store.RecipientCancelled:
		b.Cancelled += n
	case store.RecipientSkipped:
		b.Skipped += n
	case store.RecipientRefused:
		b.Refused += n
	case store.RecipientUnknown:
		b.Unknown += n
	case store.RecipientForgotten:
		b.Forgotten += n
	case store.RecipientUncertain:
		b.Uncertain += n
	}
}

// count adds recipients whose rows are gone.
func (r *BroadcastRow) count(result, n int64) {
	if result <= 0 || result >= int64(len(r.Counts)) {
		result = int64(store.RecipientUncertain)
	}
	r.Counts[result] += n
}

// counted is how many recipients are counted.
func (r *BroadcastRow) counted() (n int64) {
	for _, c := range r.Counts {
		n += c
	}
	return n
}

func (r *BroadcastRow) is(states ...store.BroadcastState) bool {
	for _, s := range states {
		if r.State == int64(s) {
			return true
		}
	}
	return false
}
