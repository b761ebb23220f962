package queue

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"strconv"

	"github.com/djmessenger/messenger/store"
)

// countStep is the most recipients that one operation counts.
const countStep = 1000

// DraftBroadcast stores a draft.
func DraftBroadcast(draft store.Broadcast) (*Operation, error) {
	if err := store.CheckBroadcast(draft); err != nil {
		return nil, err
	}
	draft.Body = bytes.Clone(draft.Body)
	return &Operation{exclusive: func(g *group) error {
		if found, err := g.tx.Broadcast(draft.ID, Exclusive); err != nil || found != nil {
			return err
		}
		g.changes.Broadcasts = append(g.changes.Broadcasts, &BroadcastRow{
			ID: draft.ID, PageID: draft.PageID, Key: draft.Key, State: int64(store.BroadcastDraft), Body: draft.Body,
			Window: draft.Window.Microseconds(), Content: draft.Content, TouchedAt: g.now,
		})
		return g.flush()
	}}, nil
}

// AddRecipients adds people to a draft.
func AddRecipients(id string, psids []string) (*Operation, error) {
	if err := checkRecipients(id, psids); err != nil {
		return nil, err
	}
	psids = sorted(slices.Clone(psids), compareTexts)
	return &Operation{exclusive: func(g *group) error {
		row, err := g.tx.Broadcast(id, Exclusive)
		if err != nil {
			return err
		}
		if row == nil || !row.is(store.BroadcastDraft) || g.leftDraft(row) {
			return store.ErrNotFound
		}
		added, err := g.tx.AddRecipients(id, row.PageID, psids)
		if err != nil {
			return err
		}
		row.Total += int64(added)
		row.TouchedAt = g.now
		return g.saveBroadcast(row)
	}}, nil
}

// leftDraft reports whether a draft was left: a purge may have deleted some of its recipients already.
func (g *group) leftDraft(row *BroadcastRow) bool {
	return g.now-row.TouchedAt > store.DraftLife.Microseconds()
}

func checkRecipients(id string, psids []string) error {
	if len(psids) > store.MaxRecipients {
		return &store.BroadcastError{Key: id, Reason: "more than " + strconv.Itoa(store.MaxRecipients) + " people in one call"}
	}
	for _, psid := range psids {
		if err := store.CheckRecipient(psid); err != nil {
			return err
		}
	}
	return nil
}

func (g *group) saveBroadcast(row *BroadcastRow) error {
	g.changes.Broadcasts = append(g.changes.Broadcasts, row)
	return g.flush()
}

// StartBroadcast ends a draft, and calls done with the broadcast of its key.
func StartBroadcast(id, people string, done func(store.Broadcast)) *Operation {
	op := &Operation{}
	op.exclusive = func(g *group) error {
		draft, err := g.tx.Broadcast(id, Unlocked)
		if err != nil {
			return err
		}
		if draft == nil {
			return store.ErrNotFound
		}
		// Of several drafts of a key one starts: the others wait here for its end. The dedup key is not taken, and so is gone with the
		// transaction.
		if err := g.read(&Wants{Keys: []Key{broadcastKey(draft.PageID, draft.Key)}}); err != nil {
			return err
		}
		if draft, err = g.tx.Broadcast(id, Exclusive); err != nil {
			return err
		}
		if draft == nil {
			return store.ErrNotFound
		}
		first := draft
		if draft.is(store.BroadcastDraft) {
			if first, err = g.tx.BroadcastNamed(draft.PageID, draft.Key); err != nil {
				return err
			}
		}
		if first == nil {
			if g.leftDraft(draft) {
				return store.ErrNotFound
			}
			draft.State, draft.People, draft.StartedAt = int64(store.BroadcastRunning), people, g.now
			g.endBroadcast(draft)
			first = draft
		} else if first != draft {
			if different := (store.BroadcastConflictError{
				PageID: draft.PageID, Key: draft.Key, Content: first.Content != draft.Content, People: first.People != people,
			}); different.Content || different.People {
				op.Err = &different
			}
			draft.TouchedAt = 0
		}
		if err := g.saveBroadcast(draft); err != nil {
			return err
		}
		b, err := g.broadcast(first)
		done(b)
		return err
	}
	return op
}

// broadcastKey is the dedup key of a page's broadcast. It keeps two from starting at the same time; whether one was started says
// the table of broadcasts.
func broadcastKey(pageID, key string) Key {
	sum := sha256.Sum256([]byte(strconv.Itoa(len(pageID)) + ":" + pageID + key))
	return Key{KeyBroadcast, base64.RawURLEncoding.EncodeToString(sum[:18])}
}

// endBroadcast ends one whose people are all counted.
func (g *group) endBroadcast(row *BroadcastRow) {
	if row.counted() < row.Total {
		return
	}
	switch store.BroadcastState(row.State) {
	case store.BroadcastRunning:
		row.State, row.EndedAt = int64(store.BroadcastDone), g.now
	case store.BroadcastCancelling:
		row.State, row.EndedAt = int64(store.BroadcastCancelled), g.now
	case store.BroadcastDraft, store.BroadcastDone, store.BroadcastCancelled:
	}
}

// broadcast is a broadcast with all of its counts.
func (g *group) broadcast(row *BroadcastRow) (store.Broadcast, error) {
	if row.EndedAt != 0 {
		return row.broadcast(nil), nil
	}
	rest, err := g.tx.CountRecipients(row.ID)
	return row.broadcast(rest), err
}

// CancelBroadcast stops a broadcast, and calls done with it.
func CancelBroadcast(id string, done func(store.Broadcast)) *Operation {
	return &Operation{exclusive: func(g *group) error {
		row, err := g.tx.Broadcast(id, Exclusive)
		if err != nil {
			return err
		}
		if row == nil || row.is(store.BroadcastDraft) {
			return store.ErrNotFound
		}
		if row.is(store.BroadcastRunning) {
			row.State = int64(store.BroadcastCancelling)
			if err := g.saveBroadcast(row); err != nil {
				return err
			}
		}
		b, err := g.broadcast(row)
		done(b)
		return err
	}}
}

// CountBroadcast counts the recipients that have ended, and calls done with the broadcast.
func CountBroadcast(id string, done func(store.Broadcast)) *Operation {
	return &Operation{exclusive: func(g *group) error {
		row, err := g.tx.Broadcast(id, Exclusive)
		if err != nil {
			return err
		}
		if row == nil || row.is(store.BroadcastDraft) {
			return store.ErrNotFound
		}
		if row.EndedAt == 0 {
			ended, err := g.tx.TakeEnded(id, countStep)
			if err != nil {
				return err
			}
			for _, c := range ended {
				row.count(c.Result, c.N)
			}
			if g.endBroadcast(row); len(ended) > 0 || row.EndedAt != 0 {
				if err := g.saveBroadcast(row); err != nil {
					return err
				}
			}
		}
		b, err := g.broadcast(row)
		done(b)
		return err
	}}
}

// FindBroadcast calls done with the broadcast of a key.
func FindBroadcast(pageID, key string, done func(store.Broadcast)) *Operation {
	return &Operation{exclusive: func(g *group) error {
		row, err := g.tx.BroadcastNamed(pageID, key)
		if err != nil {
			return err
		}
		if row == nil {
			return store.ErrNotFound
		}
		b, err := g.broadcast(row)
		done(b)
		return err
	}}
}

// Broadcasts calls done with those that a query selects.
func Broadcasts(query store.BroadcastQuery, done func([]store.Broadcast)) *Operation {
	return &Operation{exclusive: func(g *group) error {
		rows, err := g.tx.Broadcasts(query)
		if err != nil {
			return err
		}
		all := make([]store.Broadcast, 0, len(rows))
		for _, row := range rows {
			b, err := g.broadcast(row)
			if err != nil {
				return err
			}
			all = append(all, b)
		}
		done(all)
		return nil
	}}
}

// Recipients calls done with people of a broadcast who are in a stage.
func Recipients(id string, stage store.RecipientStage, limit int, done func([]string)) *Operation {
	return &Operation{exclusive: func(g *group) error {
		psids, err := g.tx.Recipients(id, stage, max(limit, 0))
		done(psids)
		return err
	}}
}

// PeopleOf calls done with people of a page.
func PeopleOf(pageID, after string, limit int, done func([]store.Person)) *Operation {
	return &Operation{exclusive: func(g *group) error {
		people, err := g.tx.PeopleOf(pageID, after, max(limit, 0))
		done(people)
		return err
	}}
}
