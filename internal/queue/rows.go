package queue

import (
	"time"

	"github.com/djmessenger/messenger/store"
)

// Times in rows are microseconds since 1970 UTC by the store's clock; 0 is no time.

// Micros is the form in which times are kept.
func Micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// Time is the inverse of [Micros].
func Time(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

// ConversationRow is what a conversation waits for, and which replica works on it. While nothing waits, no lease is held and no pause
// lasts, there is no row, or one that says nothing: a lock has made it, and a purge deletes it.
type ConversationRow struct {
	store.Conversation
	// NextAt is when the waiting work became due, or will, timers included; 0 if nothing waits. For background work it is BackgroundFrom
	// later.
	NextAt int64
	// HoldUntil is until when the conversation cannot be claimed.
	HoldUntil int64
	// LeaseUntil is when the lease expires; 0 if there is none. An expired lease is current until the next claim.
	LeaseUntil int64
	// Owner names the replica that holds the lease, and Holder is the number of its process; 0 if the database cannot
	// tell when the process ends.
	Owner  string
	Holder int64
	// Token is the fencing token of the last lease.
	Token int64
	// Deliveries counts the claims since the last commit.
	Deliveries int64
	// Alone is the seq of the event that a process runs with no other turn beside it; 0 if none.
	Alone int64
}

// BackgroundFrom is added to the due time of background work, which is what was enqueued from outside of turns, and timers. Thus the index of due
// times has two parts, and a claim finds the oldest of each without passing over the other. No true time is as late.
const BackgroundFrom int64 = 1 << 60

// Background reports whether nothing but background work waits.
func (r *ConversationRow) Background() bool { return r.NextAt >= BackgroundFrom }

// DueAt is NextAt as a time.
func (r *ConversationRow) DueAt() int64 { return dueAt(r.NextAt) }

func dueAt(nextAt int64) int64 {
	if nextAt >= BackgroundFrom {
		return nextAt - BackgroundFrom
	}
	return nextAt
}

// leased reports whether a lease is current.
func (r *ConversationRow) leased() bool { return r.LeaseUntil != 0 }

// EventRow is an event in the inbox.
type EventRow struct {
	store.Conversation
	// Seq is given by the database, in the order of insertion.
	Seq int64
	Key string
	// OrderAt is the time of the event, or of the event behind which it was put.
	OrderAt int64
	EventAt int64
	Body    []byte
	EchoOf  string
	// Attempts counts the turns that failed.
	Attempts int64
	// Only names the routes to run, as JSON; empty means all.
	Only       string
	ReceivedAt int64
	// Failures are those of the last try, as JSON; empty without one. Claims do not read them.
	Failures string
	// RaisedKey and RaisedAt are the key of a raised event and when it was raised; 0 for all others.
	RaisedKey string
	RaisedAt  int64
}

// SendRow is a send in the outbox.
type SendRow struct {
	store.Conversation
	// ID is given by the database, in the order of insertion; 0 until then.
	ID        int64
	Key       string
	Group     string
	Body      []byte
	Delay     int64 // nanoseconds
	NotBefore int64
	// StartedAt is when a request may have been made; 0 if none was.
	StartedAt int64
	Attempts  int64

	gone, changed bool
}

// RaisedRow is a raised event that waits. Its Seq is not set, and ReceivedAt is when it is due. Its Key is empty, because it is made
// of the ID, except in one that was a dead letter: that one's RaisedKey is not taken any more.
type RaisedRow struct {
	EventRow
	// ID is given by the database, in the order of insertion, and never again; 0 until then. The event's Seq is -ID.
	ID int64
	// Once reports that the dedup key of its RaisedKey was taken for it.
	Once bool

	gone bool
}

// prompt reports that the event is a signal: it was due when it was raised. Others are timers.
func (r *RaisedRow) prompt() bool { return r.ReceivedAt <= r.RaisedAt }

// NextAt is when the event is due, in the form of [ConversationRow.NextAt].
func (r *RaisedRow) NextAt() int64 {
	if r.prompt() {
		return r.ReceivedAt
	}
	return BackgroundFrom + r.ReceivedAt
}

// Retried leaves an event, by its Seq or by the ID of a raised event, for its next try.
type Retried struct {
	ID int64
	// Failures are JSON; empty if none are known.
	Failures string
}

// RaisedDead makes a dead letter of a raised event. Key is the event's.
type RaisedDead struct {
	ID       int64
	Key      string
	Attempts int64
	Failures string
	At       int64
}

// DeadRow is a dead letter.
type DeadRow struct {
	EventRow
	ID int64
	// Failures are JSON.
	Failures string
	At       int64
}

// Kind is that of a dedup key.
type Kind int64

// The kinds of dedup keys. Tables hold these numbers.
const (
	KeyEvent      Kind = 0 // the key of an event without a KeyTime, or of a message that was unsent
	KeySend       Kind = 1
	KeyEdits      Kind = 2 // the EditOf of a message that was unsent
	KeyTimedEvent Kind = 3 // the KeyTime of an event as [KeyTimeDigits] hexadecimal digits of seconds, and its key
	KeyRaise      Kind = 4 // a digest of a conversation and the key of an event that was raised once
	KeyBroadcast  Kind = 5 // a digest of a page and the key of a broadcast, while that starts
)

// KeyTimeDigits is the length of the time in front of a key of [KeyTimedEvent].
const KeyTimeDigits = 8

// Key is a dedup key.
type Key struct {
	Kind Kind
	Text string
}

// SessionKey names a session.
type SessionKey struct{ PageID, PSID, Name string }

// AttachmentKey names an uploaded file.
type AttachmentKey struct{ PageID, Name string }

// PageTime is when a page had an echo.
type PageTime struct {
	PageID string
	At     int64
}

// Unsent names what an event says was deleted: rows of the conversation whose key is one of Keys or begins with Edits
// (unless that is empty), in the inbox, among the dead letters and among the kept events, and locations of the message.
type Unsent struct {
	store.Conversation
	Keys  []string
	Edits string
	MID   string
	// Events is how many events left the inbox. The database sets it when the transaction commits or earlier.
	Events int64
}
