package queue

import (
	"context"

	"github.com/djmessenger/messenger/store"
)

// Tx is one transaction of a database. After an error the transaction must be rolled back. A Tx may delay what has no
// answer, such as Apply, until the next call that has one.
type Tx interface {
	// Now is the store's time when the transaction began, before it waited for locks. It may need a round trip if the database has answered
	// nothing yet; if that fails, it is 0, and so does everything else.
	Now() int64
	// Holder is the number of this process, for [ConversationRow].
	Holder() int64
	// Owners are the conversations of the sends that the transaction was begun for, by key. They were read before
	// anything was locked.
	Owners() map[string]store.Conversation

	// Read locks, and then reads: it sees at least what was committed when the last lock was taken.
	Read(wants *Wants) (*Snapshot, error)
	// Apply changes rows. It keeps nothing of its argument.
	Apply(changes *Changes) error

	// Due locks and returns conversations that can be claimed, oldest due first. Those that another transaction has
	// locked are passed over.
	Due(query *DueQuery) ([]DueRow, error)
	// FirstDue returns the first NextAt, from one on, of a conversation of no page of some; it returns until if there is
	// none before that.
	FirstDue(skip []string, from, until int64) (int64, error)
	// Work reads what there is to do in locked conversations: of each at most limit events, as many due sends, and the first two raised
	// events that are due, in the order of their due times.
	Work(wants []WorkWant, limit int) (*Work, error)

	// DeadLetter returns a dead letter, or nil.
	DeadLetter(id int64) (*DeadRow, error)
	// Unscheduled reads conversations that have a raised event which is due, and are due never, or later than now and than the end of
	// their pause: a replica of a version that does not know raised events has set that time. It returns at most limit.
	Unscheduled(limit int) ([]store.Conversation, error)
	// WithDeadLetters returns those of some conversations that have dead letters.
	WithDeadLetters(convs []store.Conversation) (map[store.Conversation]bool, error)
	// LastOrder returns the highest OrderAt among the events in the inbox of a locked conversation, or 0.
	LastOrder(conv store.Conversation) (int64, error)
	// Forget deletes everything about locked conversations and their people, but not their dedup keys. It returns how many events
	// it has deleted, by page.
	Forget(convs []store.Conversation) (events map[string]int, err error)
	// PeopleAfter returns people in the order of their keys, with their first and last acts only.
	PeopleAfter(after store.Conversation, limit int) ([]store.Person, error)

	// Expire deletes at most limit rows that are expired at a time, and returns how many. It passes over locked rows.
	Expire(what Expiring, before int64, limit int) (int, error)
	// PurgeOldest looks at the next rows after one in the order of arrival, at most limit, and deletes those that are
	// older than a time and not needed. It returns the last row that it has looked at, and whether any of them was older.
	PurgeOldest(what Aging, after, before int64, limit int) (last int64, older bool, err error)

	// Heartbeat stores a replica's announcement, which runs out at a time, deletes those that have run out, and returns the others
	// in the order of their owners.
	Heartbeat(replica store.Replica, until int64) ([]store.Replica, error)
	// OnceRow locks the row of a name and returns it; it is zero if there was none.
	OnceRow(name string) (OnceRow, error)

	BroadcastTx

	// Call runs a program's function in the transaction, after what was applied.
	Call(call store.Call) error
	// Savepoint and Undo take back what was applied between them. Touch makes a change that nothing else sees, so that a commit
	// proves that the database can write.
	Savepoint() error
	Undo() error
	Touch() error

	Commit(ctx context.Context) error
	Rollback()
}

// Wants are what a group of operations needs. All lists are sorted and without repetitions.
type Wants struct {
	// Conversations are locked, in this order; their rows are made where a lock needs them.
	Conversations []ConversationWant
	// Lookups are keys to look for; that is done before Keys are inserted.
	Lookups []Key
	// Keys are inserted unless they are there.
	Keys []Key
	// People, Sessions and pages are read.
	People   []store.Conversation
	Sessions []SessionKey
	Pages    []string
	// Started are keys of sends to look for among those that were started.
	Started []string
	// Raised are conversations of which raised events are wanted.
	Raised []RaisedWant
	// PassLocked asks to lock no conversation that another transaction has locked, nor to make one: those are read as they are, and
	// Locked.
	PassLocked bool
}

// ConversationWant is a conversation, the event of it that an operation ends, whether it is needed what else waits in it, and whether
// the bodies of its due sends are.
type ConversationWant struct {
	store.Conversation
	Ends   int64
	Sends  bool
	Bodies bool
}

// RaisedWant is a conversation of which an operation ends a raised event, or may change others. Its raised events are read without
// their bodies: all of them, or the first two to be due and the one with the ID. Next asks for the bodies of those of the first two
// that are due.
type RaisedWant struct {
	store.Conversation
	ID   int64
	All  bool
	Next bool
}

// Snapshot is what was read for [Wants].
type Snapshot struct {
	// Conversations has a state for each that was wanted; with PassLocked only for those that have a row.
	Conversations map[store.Conversation]*State
	// Seen has the lookups that were found, Inserted the keys that were inserted.
	Seen, Inserted map[Key]bool
	// People and Sessions have those that exist, sessions with version and expiry only.
	People   map[store.Conversation]*store.Person
	Sessions map[SessionKey]store.Session
	// EchoedAt is when pages last had an echo.
	EchoedAt map[string]int64
	// Started are the conversations of started sends, by key.
	Started map[string]store.Conversation
}

// State is a conversation as it was read, and then as the group changes it.
type State struct {
	ConversationRow
	// Stored reports that there is a row, and Locked that another transaction has locked it, so that it cannot be changed.
	Stored, Locked bool
	// Waits reports that the event which an operation ends is in the inbox, with its attempts.
	Waits    bool
	Attempts int64
	// Others, HasSends and Sends are set only if the sends were wanted. Others reports that other events of the conversation are in the
	// inbox, HasSends that the outbox has sends of it. Sends are those, in order; bodies that were not wanted may be left out.
	Others   bool
	HasSends bool
	Sends    []*SendRow
	// RaisedNext is set only if the sends were wanted: it is when the first raised event is due, as [RaisedRow.NextAt]; 0 for none.
	RaisedNext int64
	// Raised are raised events, if any are wanted, in no order, and RaisedRead that they were.
	Raised     []*RaisedRow
	RaisedRead bool

	// ending is the ID of a raised event that the outcome leaves for another attempt.
	ending int64
	dirty  bool
}

// Changes are row changes. An adapter applies them in the order of the fields. A transaction applies several: before each user's
// function, after all decisions, after each claim, and at the end the keys that are free.
type Changes struct {
	EventsDead    []DeadRow // moved from the inbox: Seq, Attempts, Failures and At are set
	EventsRetried []Retried // one more attempt
	EventsDone    []int64   // deleted
	SendsGone     []int64
	SendsChanged  []*SendRow // started and attempts
	SendsAdded    []*SendRow
	LettersGone   []int64
	EventsAdded   []EventRow
	RaisedDead    []RaisedDead // moved from the raised events, of which only those that are Gone are deleted
	RaisedRetried []Retried    // one more attempt
	RaisedGone    []int64
	RaisedAdded   []*RaisedRow
	People        []*store.Person // whole rows
	Acts          []*store.Person // rows of which nothing but the last act and the unavailability has changed
	Sessions      []store.Session // whole rows
	SessionsGone  []SessionKey
	Locations     []store.Location
	Received      []store.Received // one that is there stays
	Sent          []store.Sent
	Once          []OnceRow
	Broadcasts    []*BroadcastRow // whole rows, which are locked or new
	Recipients    []RecipientRow  // rows that are there
	RecipientEnds []RecipientEnd  // after Recipients; see [RecipientRow.Settle]
	// Conversations are whole rows, of which those that are Added are new; Gone are deleted. Dormant ones, new or not, say nothing but
	// when the first raised event is due, a timer that is not: a database that finds this out by itself need not keep them.
	ConversationsAdded   []*ConversationRow
	Conversations        []*ConversationRow
	ConversationsDormant []*ConversationRow
	ConversationsGone    []store.Conversation
	Attachments          []store.SaveAttachment // sorted
	Echoed               []PageTime             // sorted
	Unsent               []*Unsent
	KeysFreed            []Key // sorted
}

// DueQuery asks for conversations that can be claimed.
type DueQuery struct {
	Now   int64
	Limit int
	// Suspects is how many conversations may be leased on each level of isolation; rows of a level without room are not
	// returned.
	Suspects store.Suspects
	// Background asks for background work, and nothing else; otherwise it is not wanted.
	Background bool
	// Skip are pages whose conversations are not wanted. From and Until bound the NextAt of those that are; before From there is
	// nothing but Skip's.
	Skip        []string
	From, Until int64
	// Serves, if not nil, says which pages are wanted, and Room how many conversations of a page. An adapter may use them to pass
	// over others.
	Serves func(pageID string) bool
	Room   func(pageID string) int
}

// DueRow is a conversation that can be claimed.
type DueRow struct {
	ConversationRow
	// HolderEnded reports that the process whose lease has expired has ended.
	HolderEnded bool
	// HasDueSends reports that sends of it are due.
	HasDueSends bool
}

// WorkWant asks for the work in a conversation, with its due sends if there are any.
type WorkWant struct {
	store.Conversation
	Sends bool
}

// Work is what there is to do, in the order of the wants.
type Work struct {
	Events [][]EventRow
	Raised [][]RaisedRow
	Sends  [][]SendRow
	People []*store.Person // nil if unknown
	// Token is a new fencing token, higher than any before.
	Token int64
}

// Expiring names rows that have an expiry of their own.
type Expiring int

// What expires, and Received, which a retention time ends.
const (
	ExpiringSessions Expiring = iota
	ExpiringAttachments
	// ExpiringConversations are rows of conversations in which nothing waits, whose pause and lease (if any) ended before the time.
	ExpiringConversations
	ExpiringReceived
	// ExpiringBroadcasts are those that ended before the time, ExpiringRecipients the recipients of drafts that were last touched
	// before it, and ExpiringDrafts such drafts that have no recipients.
	ExpiringBroadcasts
	ExpiringRecipients
	ExpiringDrafts
)

// Aging names tables whose rows are numbered as they come, nearly in the order of time.
type Aging int

// What is purged from the oldest row on. Keys of events and sends that wait, and of dead letters, are needed.
const (
	AgingSent Aging = iota
	AgingKeys
)

// OnceRow is the state of work that replicas do once; see [store.Once].
type OnceRow struct {
	Name string
	// Version is that of the work which was done last, at DoneAt.
	Version string
	DoneAt  int64
	// LeaseUntil is until when a replica does the work; Token identifies its attempt.
	LeaseUntil int64
	Token      int64
}
