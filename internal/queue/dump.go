package queue

import "github.com/djmessenger/messenger/store"

// Dump is the rows of a queue, for tests that compare stores and check what must hold at any time.
type Dump struct {
	Conversations []ConversationRow
	Events        []EventRow
	Sends         []SendRow
	Raised        []RaisedRow
	Dead          []DeadRow
	Keys          []Key
}

// Rows is embedded by a store whose rows tests read with [DumpOf]. It adds nothing that programs can call.
type Rows struct{ read func() Dump }

// NewRows makes a Rows of a function that reads all rows, in any order.
func NewRows(read func() Dump) Rows { return Rows{read} }

func (r Rows) dump() Dump { return r.read() }

// DumpOf returns the rows of a store that embeds [Rows], or that wraps one that does.
func DumpOf(st store.Reader) (d Dump, ok bool) {
	if s, ok := store.As[interface{ dump() Dump }](st); ok {
		return s.dump(), true
	}
	return Dump{}, false
}
