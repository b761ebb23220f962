package storetest

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/store"
)

func matches(err, target error) bool { return errors.Is(err, target) }

func compareConversations(a, b store.Conversation) int {
	return cmp.Or(strings.Compare(a.PageID, b.PageID), strings.Compare(a.PSID, b.PSID))
}

// compare holds everything that can be read against the model.
func (p *player) compare() {
	got, err := p.Stats(p.ctx)
	require.NoError(p, err, p.step)
	want, err := p.model.Stats(p.ctx)
	require.NoError(p, err, p.step)
	require.Equal(p, want, got, p.step)
	waiting, err := p.Waiting(p.ctx)
	require.NoError(p, err, p.step)
	wantWaiting, err := p.model.Waiting(p.ctx)
	require.NoError(p, err, p.step)
	require.Equal(p, wantWaiting, waiting, p.step)
	p.compareLetters()
	conv := pick(p, p.convs)
	compareRead(p, func(r store.Reader) (store.Person, error) { return r.Person(p.ctx, conv.PageID, conv.PSID) })
	compareRead(p, func(r store.Reader) (store.Session, error) { return r.Session(p.ctx, conv.PageID, conv.PSID, "s") })
	compareRead(p, func(r store.Reader) ([]store.Sent, error) { return r.Sent(p.ctx, conv.PageID, conv.PSID, 1000) })
	compareRead(p, func(r store.Reader) ([]store.Received, error) {
		return r.Received(p.ctx, conv.PageID, conv.PSID, 1000)
	})
	p.compareTimers(conv)
	p.comparePeek(conv)
	p.compareBroadcasts()
	p.invariants(p.dump())
}

// dump is the rows of the model.
func (p *player) dump() queue.Dump {
	d, ok := queue.DumpOf(p.model)
	require.True(p, ok)
	return d
}

// compareRows holds the rows against those of the model, if the store is one whose rows can be read.
func (p *player) compareRows() {
	if stored, ok := queue.DumpOf(p.Store); ok {
		p.invariants(stored)
		model := p.dump()
		require.Equal(p, rows(model), rows(stored), p.step)
		require.Equal(p, raisedRows(model), raisedRows(stored), p.step)
	}
}

func (p *player) compareLetters() {
	got := p.letters(store.DeadQuery{})
	want, err := p.model.Dead(p.ctx, store.DeadQuery{})
	require.NoError(p, err, p.step)
	require.Len(p, got, len(want), p.step)
	for i := range got {
		got[i].ID, want[i].ID = 0, 0
		got[i].Event, want[i].Event = anonymous(got[i].Event), anonymous(want[i].Event)
	}
	require.Equal(p, want, got, p.step)
}

func compareRead[T any](p *player, read func(store.Reader) (T, error)) {
	p.Helper()
	want, err := read(p.model)
	got, gotErr := read(p.Store)
	require.Equal(p, matches(err, store.ErrNotFound), matches(gotErr, store.ErrNotFound), p.step)
	if err == nil {
		require.NoError(p, gotErr, p.step)
		require.Equal(p, want, got, p.step)
	}
}

// rows are those of conversations, in one order, without the numbers that each store gives in its own way, and without rows that say
// nothing: a lock may have made them.
func rows(d queue.Dump) []queue.ConversationRow {
	kept := slices.DeleteFunc(append([]queue.ConversationRow{}, d.Conversations...), func(r queue.ConversationRow) bool {
		return r.NextAt == 0 && r.LeaseUntil == 0 && r.HoldUntil == 0
	})
	for i := range kept {
		r := &kept[i]
		r.Token, r.Holder = 0, 0
		if r.Alone != 0 {
			r.Alone = -1
		}
	}
	slices.SortFunc(kept, func(a, b queue.ConversationRow) int { return compareConversations(a.Conversation, b.Conversation) })
	return kept
}

// invariants are what must hold of the rows at any time.
func (p *player) invariants(d queue.Dump) {
	p.Helper()
	due := map[store.Conversation]bool{}
	for _, row := range d.Conversations {
		require.False(p, due[row.Conversation], "%s: two rows of one conversation", p.step)
		due[row.Conversation] = row.NextAt != 0
	}
	keys := map[queue.Key]bool{}
	events := map[string]bool{}
	for _, key := range d.Keys {
		require.False(p, keys[key], "%s: two rows of one key", p.step)
		keys[key] = true
		switch key.Kind {
		case queue.KeyEvent:
			events[key.Text] = true
		case queue.KeyTimedEvent:
			events[key.Text[queue.KeyTimeDigits:]] = true
		case queue.KeySend, queue.KeyEdits, queue.KeyRaise, queue.KeyBroadcast:
		}
	}
	for _, ev := range d.Events {
		require.True(p, due[ev.Conversation], "%s: event %q waits in a conversation that is never due", p.step, ev.Key)
		require.True(p, events[ev.Key], "%s: the key of waiting event %q is forgotten", p.step, ev.Key)
	}
	p.raisedInvariants(d)
	for _, letter := range d.Dead {
		if letter.RaisedAt != 0 {
			continue // its key is no dedup key
		}
		require.True(p, events[letter.Key], "%s: the key of the dead letter of event %q is forgotten", p.step, letter.Key)
	}
	for _, s := range d.Sends {
		require.True(p, due[s.Conversation], "%s: send %q waits in a conversation that is never due", p.step, s.Key)
		require.True(p, keys[queue.Key{Kind: queue.KeySend, Text: s.Key}] || strings.HasPrefix(s.Key, "fresh "), "%s: the key of waiting send %q is forgotten", p.step, s.Key)
	}
}
