package memory

import (
	"slices"
	"time"

	"github.com/djmessenger/messenger/store"
)

// conversation is what waits for one page and person, and its lease.
type conversation struct {
	conv   store.Conversation
	events []*event // in the order to handle them
	sends  []*send  // in the order they were added

	leased     bool
	leaseUntil time.Time
	token      int64
	deliveries int
	// holdUntil is until when the conversation cannot be claimed.
	holdUntil time.Time
	// nextAt is when the waiting work became due, or will; zero while there is
	// none.
	nextAt time.Time

	// claimAt is when the conversation can be claimed; index is its place in
	// the schedule of its page, or -1 while it is idle.
	claimAt time.Time
	index   int
}

type event struct {
	store.QueuedEvent
	// order is the event's time, or that of the event it was put behind.
	order time.Time
}

type send struct {
	store.QueuedSend
	notBefore, startedAt time.Time
}

// box returns a conversation, making it if there is none.
func (m *Store) box(conv store.Conversation) *conversation {
	box := m.conversations[conv]
	if box == nil {
		box = &conversation{conv: conv, index: -1}
		m.conversations[conv] = box
	}
	return box
}

// insert puts an event where it belongs: by order, then by arrival.
func (b *conversation) insert(ev *event) {
	at, _ := slices.BinarySearchFunc(b.events, ev, func(x, y *event) int {
		if c := x.order.Compare(y.order); c != 0 {
			return c
		}
		return int(x.Seq - y.Seq)
	})
	b.events = slices.Insert(b.events, at, ev)
}

// take removes the event at an index. The head goes without moving the rest.
func (b *conversation) take(i int) {
	if i == 0 {
		b.events[0] = nil
		b.events = b.events[1:]
		return
	}
	b.events = slices.Delete(b.events, i, i+1)
}

// wait notes that something in the conversation is due at a time.
func (b *conversation) wait(at time.Time) {
	if at.Before(b.holdUntil) {
		at = b.holdUntil
	}
	if b.nextAt.IsZero() || at.Before(b.nextAt) {
		b.nextAt = at
	}
}

// rest works out anew when what is left in the conversation is due.
func (b *conversation) rest(now time.Time) {
	b.nextAt = time.Time{}
	if len(b.events) > 0 {
		b.wait(now)
		return
	}
	for _, s := range b.sends {
		b.wait(s.notBefore)
	}
}

// file puts the conversation under the time from which it can be claimed. It
// follows every change of a conversation, so that none sleeps with work in it.
func (m *Store) file(b *conversation) {
	if len(b.events) == 0 && len(b.sends) == 0 {
		b.nextAt = time.Time{}
		m.due.remove(b)
		return
	}
	b.claimAt = b.nextAt
	if b.leased && b.claimAt.Before(b.leaseUntil) {
		b.claimAt = b.leaseUntil
	}
	m.due.put(b)
}
