package store

import (
	"slices"
	"strings"
)

// WithoutUnsent leaves out the events that others of them, in the same
// conversation, unsend. It is for stores.
func WithoutUnsent(events []Event) []Event {
	var by []Event
	for _, ev := range events {
		if !ev.Unsends.none() {
			by = append(by, ev)
		}
	}
	if len(by) == 0 {
		return events
	}
	return slices.DeleteFunc(slices.Clone(events), func(ev Event) bool {
		return slices.ContainsFunc(by, func(by Event) bool {
			return by.Conversation == ev.Conversation && by.Key != ev.Key && by.Unsends.Covers(ev.Key)
		})
	})
}

func (u Unsent) none() bool { return len(u.Keys) == 0 && u.Edits == "" }

// Covers reports whether the event of a key has the content of the message, and is
// erased with it. It is for stores.
func (u Unsent) Covers(key string) bool {
	return slices.Contains(u.Keys, key) || u.Edits != "" && strings.HasPrefix(key, u.Edits)
}
