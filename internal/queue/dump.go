package queue

// Dump is the rows of a queue, for tests that compare stores and check what must hold at any time.
type Dump struct {
	Conversations []ConversationRow
	Events        []EventRow
	Sends         []SendRow
	Raised        []RaisedRow
	Dead          []DeadRow
	Keys          []Key
}
