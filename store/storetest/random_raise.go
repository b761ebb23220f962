package storetest

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/store"
)

// raiseKey is one of a few.
func (p *player) raiseKey() string { return fmt.Sprint("r", p.rand.IntN(5)) }

// raises are writes that raise events and take them back. Few are due at the same time.
func (p *player) raises(conv store.Conversation) (writes []store.Write) {
	for i := range 1 + p.rand.IntN(3) {
		if p.rand.IntN(8) == 0 {
			conv = pick(p, p.convs)
		}
		if p.rand.IntN(4) == 0 {
			writes = append(writes, cancelRaise(conv, p.raiseKey()))
			continue
		}
		p.keys++
		raise := store.Raise{
			Conversation: conv, Key: p.raiseKey(), Body: []byte(fmt.Sprint(p.keys)), Replace: p.rand.IntN(3) > 0, Known: p.rand.IntN(6) == 0,
		}
		if p.rand.IntN(3) > 0 {
			raise.Delay = time.Duration(p.rand.IntN(10)-1)*time.Second + time.Duration(i)*time.Millisecond
		}
		writes = append(writes, raise)
	}
	return writes
}

func (p *player) raise() {
	writes := p.raises(pick(p, p.convs))
	p.same(func(st store.Store) error { return st.Apply(p.ctx, writes...) })
}

func (p *player) cancelTimer() {
	conv, key := pick(p, p.convs), p.raiseKey()
	want, err := p.model.CancelRaised(p.ctx, conv, key)
	require.NoError(p, err, p.step)
	got, err := p.CancelRaised(p.ctx, conv, key)
	require.NoError(p, err, p.step)
	require.Equal(p, want, got, p.step)
}

// compareTimers holds a page of the timers of a conversation against that of the model.
func (p *player) compareTimers(conv store.Conversation) {
	query := store.TimerQuery{Limit: p.rand.IntN(4)}
	for range 2 {
		want, err := p.model.Timers(p.ctx, conv, query)
		require.NoError(p, err, p.step)
		got, err := p.Timers.Timers(p.ctx, conv, query)
		require.NoError(p, err, p.step)
		require.Len(p, got, len(want), p.step)
		for i := range want {
			got[i].ID, want[i].ID = 0, 0
		}
		require.Equal(p, want, got, p.step)
		if len(want) == 0 {
			return
		}
		query.After.Due = want[len(want)-1].Due // without the ID, those of that time come again
	}
}

// anonymous is an event without the key that a store makes of its own numbers.
func anonymous(ev store.Event) store.Event {
	if ev.Raised.Is() {
		ev.Key = ""
	}
	return ev
}

// raisedRows are those of raised events, in one order, without the numbers of each store.
func raisedRows(d queue.Dump) (kept []queue.RaisedRow) {
	for _, r := range d.Raised {
		kept = append(kept, queue.RaisedRow{Once: r.Once, EventRow: queue.EventRow{
			Conversation: r.Conversation, RaisedKey: r.RaisedKey, RaisedAt: r.RaisedAt, ReceivedAt: r.ReceivedAt, Attempts: r.Attempts,
		}})
	}
	slices.SortFunc(kept, func(a, b queue.RaisedRow) int {
		return cmp.Or(compareConversations(a.Conversation, b.Conversation), cmp.Compare(a.ReceivedAt, b.ReceivedAt),
			cmp.Compare(a.RaisedKey, b.RaisedKey), cmp.Compare(a.RaisedAt, b.RaisedAt), cmp.Compare(a.Attempts, b.Attempts), compareBools(a.Once, b.Once))
	})
	return kept
}

func compareBools(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// raisedInvariants are what must hold of raised events at any time: their conversations are due no later than they are, unless they
// pause.
func (p *player) raisedInvariants(d queue.Dump) {
	p.Helper()
	rows := map[store.Conversation]queue.ConversationRow{}
	for _, row := range d.Conversations {
		rows[row.Conversation] = row
	}
	now := queue.Micros(p.clock.Now())
	for _, r := range d.Raised {
		row := rows[r.Conversation]
		require.NotZero(p, row.NextAt, "%s: %q was raised in a conversation that is never due", p.step, r.RaisedKey)
		if row.LeaseUntil == 0 {
			require.LessOrEqual(p, row.DueAt(), max(r.ReceivedAt, row.HoldUntil, now), "%s: %q is due before its conversation", p.step, r.RaisedKey)
		}
	}
}
