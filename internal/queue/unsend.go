package queue

import (
	"slices"
	"strings"

	"github.com/djmessenger/messenger/store"
)

// withoutUnsent leaves out the events that others of them, in the same conversation, unsend.
func withoutUnsent(events []store.Event) []store.Event {
	if !slices.ContainsFunc(events, func(ev store.Event) bool { return unsends(&ev) }) {
		return events
	}
	return slices.DeleteFunc(slices.Clone(events), func(ev store.Event) bool {
		return slices.ContainsFunc(events, func(by store.Event) bool {
			return by.Conversation == ev.Conversation && by.Key != ev.Key && covers(by.Unsends, ev.Key)
		})
	})
}

func unsends(ev *store.Event) bool {
	return len(ev.Unsends.Keys) > 0 || ev.Unsends.Edits != "" || ev.Unsends.MID != ""
}

// covers reports whether the event of a key has the content of an unsent message.
func covers(u store.Unsent, key string) bool {
	return slices.Contains(u.Keys, key) || u.Edits != "" && strings.HasPrefix(key, u.Edits)
}

// unsend erases what an event says was deleted, and keeps it from being stored later: its keys, and the EditOf of its edits, count as
// seen.
func (g *group) unsend(by *store.Event) {
	if !unsends(by) {
		return
	}
	of := by.Unsends
	keys := slices.DeleteFunc(slices.Clone(of.Keys), func(key string) bool { return key == by.Key })
	for _, key := range keys {
		g.see(Key{KeyEvent, key})
	}
	if of.Edits != "" {
		g.see(Key{KeyEdits, of.Edits})
	}
	g.changes.Unsent = append(g.changes.Unsent, &Unsent{Conversation: by.Conversation, Keys: keys, Edits: of.Edits, MID: of.MID})
}
