package memory

import (
	"maps"
	"slices"

	"github.com/djmessenger/messenger/internal/queue"
)

// Dump returns the rows of the queue, for the tests of stores, in no order.
func (s *Store) Dump() queue.Dump {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := queue.Dump{Dead: slices.Clone(s.tables.dead), Keys: slices.Collect(maps.Keys(s.tables.keys.at))}
	for _, c := range s.tables.conversations {
		if c.stored {
			d.Conversations = append(d.Conversations, c.ConversationRow)
		}
	}
	for _, e := range s.tables.events {
		d.Events = append(d.Events, e.EventRow)
	}
	for _, send := range s.tables.sends {
		d.Sends = append(d.Sends, send.SendRow)
	}
	for _, r := range s.tables.raised {
		d.Raised = append(d.Raised, r.RaisedRow)
	}
	return d
}
