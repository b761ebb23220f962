package queue

import "github.com/djmessenger/messenger/store"

// BroadcastTx is the part of a [Tx] for broadcasts. Their rows are locked after all else, and after them the rows of recipients: those
// of a conversation that is locked, of a draft that is locked, or, by TakeEnded, those that no other transaction has locked.
type BroadcastTx interface {
	// Broadcast returns a broadcast, locked, or nil. BroadcastNamed returns the one of a page with a key that is no draft, not locked.
	Broadcast(id string, lock BroadcastLock) (*BroadcastRow, error)
	BroadcastNamed(pageID, key string) (*BroadcastRow, error)
	// Broadcasts returns what a query selects.
	Broadcasts(query store.BroadcastQuery) ([]*BroadcastRow, error)
	// AddRecipients adds people, who are sorted, as waiting, unless they are there, and returns how many it has added.
	AddRecipients(id, pageID string, psids []string) (added int, err error)
	// Recipients returns people in a stage, in any order, and RecipientsOf some, whose conversations are locked: psid, stage, left,
	// result.
	Recipients(id string, stage store.RecipientStage, limit int) ([]string, error)
	RecipientsOf(id string, psids []string) ([]RecipientRow, error)
	// CountRecipients counts those that are queued or have ended.
	CountRecipients(id string) ([]RecipientCount, error)
	// TakeEnded deletes at most limit that have ended, and TakeRecipients those of locked conversations. They count what they delete.
	TakeEnded(id string, limit int) ([]RecipientCount, error)
	TakeRecipients(id string, convs []store.Conversation) ([]RecipientCount, error)
	// BroadcastsOf returns the broadcasts that have people as recipients.
	BroadcastsOf(convs []store.Conversation) (ids []string, err error)
	// PeopleOf returns people of a page, in the order of their ids.
	PeopleOf(pageID, after string, limit int) ([]store.Person, error)
}
