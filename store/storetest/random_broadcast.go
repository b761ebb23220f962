package storetest

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
)

// listeners are people of page1, most of whom the store gets to know.
var listeners = []string{"ann", "bob", "cay", "nobody"}

func (p *player) broadcastID() string { return fmt.Sprint("b", p.rand.IntN(8)) }

// startBroadcast makes a draft, adds to one, or starts or cancels a broadcast.
func (p *player) startBroadcast() {
	id := p.broadcastID()
	switch p.rand.IntN(8) {
	case 0, 1:
		d := store.Broadcast{ID: id, PageID: ann.PageID, Key: fmt.Sprint("key", p.rand.IntN(6)), Content: fmt.Sprint(p.rand.IntN(2))}
		d.Window = time.Duration(p.rand.IntN(2)*10) * time.Second
		p.same(func(st store.Store) error { return of(st).DraftBroadcast(p.ctx, d) })
	case 2, 3:
		psids := []string{pick(p, listeners), pick(p, listeners)}
		p.same(func(st store.Store) error { return of(st).AddRecipients(p.ctx, id, psids...) })
	case 4, 5, 6:
		p.sameBroadcast(func(st store.Broadcasts) (store.Broadcast, error) { return st.StartBroadcast(p.ctx, id, "p") })
	default:
		p.sameBroadcast(func(st store.Broadcasts) (store.Broadcast, error) { return st.CancelBroadcast(p.ctx, id) })
	}
}

// feedBroadcast feeds, or counts.
func (p *player) feedBroadcast() {
	id := p.broadcastID()
	if p.rand.IntN(3) == 0 {
		p.sameBroadcast(func(st store.Broadcasts) (store.Broadcast, error) { return st.CountBroadcast(p.ctx, id) })
		return
	}
	var psids []string
	var sends []store.Send
	for range 1 + p.rand.IntN(2) {
		psid := pick(p, listeners)
		if slices.Contains(psids, psid) {
			continue
		}
		psids = append(psids, psid)
		for i := range p.rand.IntN(3) {
			p.keys++
			out := send(store.Conversation{PageID: ann.PageID, PSID: psid}, fmt.Sprint("fresh ", p.keys))
			out.Group = store.BroadcastGroup(id)
			out.Delay = time.Duration(p.rand.IntN(2)*5)*time.Second + time.Duration(len(sends)+i)*time.Millisecond
			sends = append(sends, out)
		}
	}
	if p.same(func(st store.Store) error { return of(st).FeedBroadcast(p.ctx, id, psids, sends...) }) {
		p.sends = append(p.sends, sends...)
	}
}

// of is what a store can do for broadcasts.
func of(st store.Store) store.Broadcasts {
	broadcasts, _ := store.As[store.Broadcasts](st) // the suite has looked
	return broadcasts
}

// sameBroadcast expects the same broadcast and the same error.
func (p *player) sameBroadcast(do func(store.Broadcasts) (store.Broadcast, error)) {
	p.Helper()
	want, wantErr := do(p.model)
	got, err := do(p.Broadcasts)
	require.Equal(p, errors.Is(wantErr, store.ErrNotFound), errors.Is(err, store.ErrNotFound), p.step)
	if wantErr != nil && !errors.Is(wantErr, store.ErrNotFound) {
		require.EqualError(p, err, wantErr.Error(), p.step)
	} else if wantErr == nil {
		require.NoError(p, err, p.step)
	}
	require.Equal(p, bodiless(want), bodiless(got), p.step)
}

func bodiless(b store.Broadcast) store.Broadcast {
	b.Body = nil // a store may keep an empty one as none
	return b
}

// compareBroadcasts holds all broadcasts and recipients against those of the model, and checks what must hold of them at any time.
func (p *player) compareBroadcasts() {
	p.Helper()
	for _, query := range []store.BroadcastQuery{{}, {Open: true}} {
		want, err := p.model.Broadcasts(p.ctx, query)
		require.NoError(p, err, p.step)
		got, err := p.Broadcasts.Broadcasts(p.ctx, query)
		require.NoError(p, err, p.step)
		require.Len(p, got, len(want), p.step)
		for i := range want {
			require.Equal(p, bodiless(want[i]), bodiless(got[i]), p.step)
		}
	}
	id := p.broadcastID()
	in := map[store.RecipientStage]int{}
	for _, stage := range []store.RecipientStage{store.RecipientWaiting, store.RecipientQueued, store.RecipientEnded, store.RecipientLost} {
		want, err := p.model.Recipients(p.ctx, id, stage, 100)
		require.NoError(p, err, p.step)
		got, err := p.Recipients(p.ctx, id, stage, 100)
		require.NoError(p, err, p.step)
		require.ElementsMatch(p, want, got, "%s: %s, stage %d", p.step, id, stage)
		in[stage] = len(got)
	}
	require.Zero(p, in[store.RecipientLost], "%s: a queued person of %s has no sends", p.step, id)
	list, err := p.Broadcasts.Broadcasts(p.ctx, store.BroadcastQuery{})
	require.NoError(p, err, p.step)
	for _, b := range list {
		if b.ID == id {
			require.Equal(p, b.Remaining(), in[store.RecipientWaiting]+in[store.RecipientQueued], p.step)
			require.Equal(p, b.Queued, in[store.RecipientQueued], p.step)
		}
	}
}
