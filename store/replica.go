package store

import "time"

// Replica is one process that works the queue.
type Replica struct {
	// Owner is its name, that of its claims.
	Owner string
	// Pages are the pages that it sends for, in order.
	Pages []string
	// Busy are those of Pages for which it has more to send than it may, in order.
	Busy []string
	// TTL is how long the announcement lasts. It is not part of what Heartbeat
	// returns.
	TTL time.Duration
}

// EchoedWithin is how exactly a store keeps what [Replicas.EchoedAt] returns.
const EchoedWithin = time.Hour

// Blocked is a conversation with a head that has failed and waits for its next try. One that
// waits because a handler asked for it (handling.RetryAfter), and has not failed, is not counted.
type Blocked struct {
	Conversation
	// Attempts counts the turns of the event at its head that failed.
	Attempts int
	// Since is when that event was received.
	Since time.Time
	// NextAt is when the conversation can be claimed for the next try, by the store's clock; zero while a worker has it.
	NextAt time.Time `json:",omitzero"`
	// Key is the dedup key of the event; of one that the program raised, Raised is the key of that.
	Key, Raised string
	// Body is the event's. It is left out of the JSON.
	Body []byte `json:"-"`
	// Failures say which routes failed at the last try, and why. They are empty if a replica of an older version made it.
	Failures []Failure
}

// How many blocked conversations are named: MaxBlocked by [Stats], and MaxBlockedList by [Viewer.Blocked].
const (
	MaxBlocked     = 10
	MaxBlockedList = 1000
)
