package queue

import (
	"cmp"
	"slices"
	"strings"

	"github.com/djmessenger/messenger/store"
)

// wantsOf returns what operations need.
func wantsOf(ops ...*Operation) *Wants {
	w := &Wants{}
	w.of(ops, nil)
	return w
}

// of adds what operations need, and the conversations of the sends that echoes may settle.
func (w *Wants) of(ops []*Operation, owners map[string]store.Conversation) {
	for _, conv := range owners {
		w.conversation(conv, true)
	}
	w.PassLocked = !slices.ContainsFunc(ops, func(op *Operation) bool { return !op.Renews() })
	for _, op := range ops {
		w.events(op.events)
		w.sends(op.sends)
		w.writes(op.writes)
		if op.renewal != nil {
			for _, id := range op.renewal.leases {
				w.conversation(id.Conversation, false)
			}
		}
		if op.mark != nil {
			w.conversation(op.mark.lease.Conversation, false)
		}
		if o := op.outcome; o != nil {
			var ends int64
			if o.Event != nil && o.Event.Seq < 0 {
				w.Raised = append(w.Raised, RaisedWant{Conversation: o.Lease.Conversation, ID: -o.Event.Seq, Next: o.Next != nil})
			} else if o.Event != nil {
				ends = o.Event.Seq
			}
			w.Conversations = append(w.Conversations, ConversationWant{o.Lease.Conversation, ends, true, o.Due > 0})
			w.sends(o.Sends)
			w.writes(o.Writes)
		}
	}
	w.sort()
}

func (w *Wants) conversation(conv store.Conversation, sends bool) {
	w.Conversations = append(w.Conversations, ConversationWant{Conversation: conv, Sends: sends})
}

func (w *Wants) events(events []store.Event) {
	for i := range events {
		ev := &events[i]
		w.conversation(ev.Conversation, false)
		key := eventKey(ev)
		w.Keys = append(w.Keys, key)
		if key.Kind == KeyTimedEvent {
			w.Lookups = append(w.Lookups, Key{KeyEvent, ev.Key})
		}
		for _, key := range ev.Unsends.Keys {
			w.Keys = append(w.Keys, Key{KeyEvent, key})
		}
		if ev.Unsends.Edits != "" {
			w.Keys = append(w.Keys, Key{KeyEdits, ev.Unsends.Edits})
		}
		if ev.EditOf != "" {
			w.Lookups = append(w.Lookups, Key{KeyEdits, ev.EditOf})
		}
		if ev.EchoOf != "" {
			w.Pages = append(w.Pages, ev.PageID)
			w.Started = append(w.Started, ev.EchoOf)
		}
	}
}

// eventKey is the dedup key of an event. Keys of near times are near each other in the index of keys, so that a put touches few
// pages of it.
func eventKey(ev *store.Event) Key {
	if seconds := ev.KeyTime.Unix(); !ev.KeyTime.IsZero() && seconds > 0 && seconds < 1<<32 {
		var digits [KeyTimeDigits]byte
		for i := range digits {
			digits[i] = "0123456789abcdef"[seconds>>(4*(KeyTimeDigits-1-i))&15]
		}
		return Key{KeyTimedEvent, string(digits[:]) + ev.Key}
	}
	return Key{KeyEvent, ev.Key}
}

func (w *Wants) sends(sends []store.Send) {
	for i := range sends {
		w.conversation(sends[i].Conversation, true)
		if !sends[i].Fresh {
			w.Keys = append(w.Keys, Key{KeySend, sends[i].Key})
		}
	}
}

func (w *Wants) writes(writes []store.Write) {
	for _, write := range writes {
		switch write := write.(type) {
		case store.CancelSend:
			w.conversation(write.Conversation, true)
			continue
		case store.SettleSend:
			w.conversation(write.Conversation, true)
			continue
		case store.Raise:
			w.raise(&write)
			continue
		case store.CancelRaise:
			w.conversation(write.Conversation, true)
			w.Raised = append(w.Raised, RaisedWant{Conversation: write.Conversation, All: true})
			continue
		}
		person, changes := personOf(write)
		if person.PSID != "" { // records of what has no person belong to no conversation
			sent, ok := write.(store.SaveSent)
			asks := ok && sent.Known // whether the store knows them, or an event of theirs waits
			w.conversation(person, asks)
			changes = changes || asks
		}
		if changes {
			w.People = append(w.People, person)
		}
		if save, ok := write.(store.SaveSession); ok {
			w.Sessions = append(w.Sessions, SessionKey{save.PageID, save.PSID, save.Name})
		}
	}
}

func (w *Wants) raise(write *store.Raise) {
	w.conversation(write.Conversation, true)
	w.Raised = append(w.Raised, RaisedWant{Conversation: write.Conversation, All: true})
	if !write.Replace {
		w.Keys = append(w.Keys, raiseKey(write.Conversation, write.Key))
	}
	if write.Known {
		w.People = append(w.People, write.Conversation)
	}
}

// sort brings all lists into the order in which they are locked and read, without repetitions.
func (w *Wants) sort() {
	w.Conversations = merged(w.Conversations)
	w.Lookups = sorted(w.Lookups, compareKeys)
	w.Keys = sorted(w.Keys, compareKeys)
	w.People = sorted(w.People, compareConversations)
	w.Sessions = sorted(w.Sessions, func(a, b SessionKey) int {
		return cmp.Or(strings.Compare(a.PageID, b.PageID), strings.Compare(a.PSID, b.PSID), strings.Compare(a.Name, b.Name))
	})
	w.Pages = sorted(w.Pages, strings.Compare)
	w.Started = sorted(w.Started, strings.Compare)
	w.Raised = mergedRaised(w.Raised)
}

func sorted[T comparable](list []T, compare func(a, b T) int) []T {
	if len(list) < 2 {
		return list
	}
	slices.SortFunc(list, compare)
	return slices.Compact(list)
}

// merged makes one want of all wants of a conversation.
func merged(list []ConversationWant) []ConversationWant {
	slices.SortFunc(list, func(a, b ConversationWant) int { return compareConversations(a.Conversation, b.Conversation) })
	kept := list[:0]
	for _, want := range list {
		last := len(kept) - 1
		if last < 0 || kept[last].Conversation != want.Conversation {
			kept = append(kept, want)
			continue
		}
		kept[last].Ends = max(kept[last].Ends, want.Ends) // a group has one outcome of a conversation
		kept[last].Sends = kept[last].Sends || want.Sends
		kept[last].Bodies = kept[last].Bodies || want.Bodies
	}
	return kept
}

// mergedRaised makes one want of all wants of the raised events of a conversation.
func mergedRaised(list []RaisedWant) []RaisedWant {
	slices.SortFunc(list, func(a, b RaisedWant) int { return compareConversations(a.Conversation, b.Conversation) })
	kept := list[:0]
	for _, want := range list {
		last := len(kept) - 1
		if last < 0 || kept[last].Conversation != want.Conversation {
			kept = append(kept, want)
			continue
		}
		kept[last].ID = max(kept[last].ID, want.ID) // a group has one outcome of a conversation
		kept[last].All = kept[last].All || want.All
		kept[last].Next = kept[last].Next || want.Next
	}
	return kept
}

func compareConversations(a, b store.Conversation) int {
	return cmp.Or(strings.Compare(a.PageID, b.PageID), strings.Compare(a.PSID, b.PSID))
}

func compareKeys(a, b Key) int {
	return cmp.Or(cmp.Compare(a.Kind, b.Kind), strings.Compare(a.Text, b.Text))
}
