package memory

import (
	"maps"
	"slices"

	"github.com/djmessenger/messenger/internal/queue"
)

// rows lets the tests of stores read the rows of the queue.
type rows = queue.Rows

// dump returns the rows of the queue, in no order.
func (s *Store) dump() queue.Dump {
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
