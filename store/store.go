package store

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Store is everything a bot remembers: what every store must do. What it may do beyond
// that are capabilities, interfaces of their own that [As] finds: [DeadLetters], [Inspector],
// [Replicas], [Isolator], [Timers], [Broadcasts], [Viewer] and [CallRunner]. Each says what a bot does without it. What is
// added to this package later is a capability too, so that it breaks no store.
// Implementations are safe for concurrent use, and pass the suite in package
// store/storetest.
type Store interface {
	Queuer
	Reader

	// Apply makes writes durable beside turns, all of them or none. A [Call]
	// is refused with [errors.ErrUnsupported]. It returns a [ConflictError] if a session was
	// changed meanwhile, and a [RaiseLimitError] or [ErrNoPerson] if a [Raise] was refused.
	Apply(ctx context.Context, writes ...Write) error

	// Forget erases a person everywhere: profile, messages both ways,
	// locations, sessions, waiting and raised events, unsent messages, dead letters and their
	// place in broadcasts.
	// A turn that runs for the person meanwhile is fenced: its commit is
	// refused with [ErrFenced]. Dedup keys stay, so they must identify
	// no one: the bot's are digests. What a database keeps of deleted rows in
	// its files, the package of that database says. It returns [ErrEmptyID] if
	// the page id or the person id is empty: that is no one.
	Forget(ctx context.Context, conv Conversation) error

	// Purge erases what is older than the cutoffs, and what has expired. Keys
	// of events and sends that still wait are kept.
	Purge(ctx context.Context, cutoffs Cutoffs) error

	// Close releases what the store holds, after the operations that it has
	// taken. What was acknowledged stays durable. Closing again does nothing.
	Close() error
}

// Reader is the side of a store that handlers read from; see [From].
type Reader interface {
	People
	Locations
	Messages
	Sessions
	Attachments
}

// People reads the people who have written to a page.
type People interface {
	// Person returns one person, or [ErrNotFound].
	Person(ctx context.Context, pageID, psid string) (Person, error)
}

// Locations reads where people said they are.
type Locations interface {
	// Locations returns a person's locations, newest first, at most limit; the
	// same goes for the lists below, and a limit below 1 returns nothing.
	Locations(ctx context.Context, pageID, psid string, limit int) ([]Location, error)
}

// Messages reads the record of what came and what went.
type Messages interface {
	// Received returns the events kept for a person, newest first, at most limit.
	Received(ctx context.Context, pageID, psid string, limit int) ([]Received, error)
	// Sent returns the attempts to send to a person, newest first, at most limit.
	Sent(ctx context.Context, pageID, psid string, limit int) ([]Sent, error)
}

// Sessions reads what a dialog keeps between turns.
type Sessions interface {
	// Session returns a person's session of that name, or [ErrNotFound] if
	// there is none or it has expired.
	Session(ctx context.Context, pageID, psid, name string) (Session, error)
}

// Attachments reads the ids that the platform gave to uploaded files.
type Attachments interface {
	// Attachment returns the id of what was uploaded under that name (a URL
	// or a name of the program's own) to that page, or [ErrNotFound] if there
	// is none or it has expired.
	Attachment(ctx context.Context, pageID, name string) (string, error)
}

// Cutoffs says how far back [Store.Purge] leaves things alone. A zero time
// keeps that kind without limit.
type Cutoffs struct {
	// People is for everything about people who have been silent since: their last
	// act, or without one the moment when the store first heard of them, is older. They
	// are forgotten, as [Store.Forget] does, unless something of theirs waits, their
	// conversation is leased, or they have a dead letter. Someone who comes back is a
	// new person. A purge forgets a limited number at a time, so that it blocks no other
	// operation for long. What it has erased when it fails stays erased.
	People time.Time
	// Received is for events kept by [SaveMessage].
	Received time.Time
	// DedupKeys is for the dedup keys of events and of sends. The platform
	// repeats a callback for up to 36 hours; keep at least seven days. Those of
	// what waits and of dead letters are kept however old they are.
	DedupKeys time.Time
	// Sent is for the record of sends, and for broadcasts that have ended.
	Sent time.Time
}

var (
	// ErrNotFound is returned by a role when there is no such thing.
	ErrNotFound = errors.New("store: not found")
	// ErrFenced is returned by Commit when the lease is no longer current:
	// another worker has claimed the conversation, or the person was forgotten.
	// Nothing of the outcome took effect.
	ErrFenced = errors.New("store: lease is no longer current")
	// ErrConflict is matched by every [ConflictError].
	ErrConflict = errors.New("store: the session was changed by another turn")
	// ErrNoTurn is returned by [Queue] for a context without a turn. Outside of turns use [Store.Apply].
	ErrNoTurn = errors.New("store: no turn in this context")
	// ErrTurnOver is returned by [Queue] when the turn, or the route of it
	// that the context belongs to, has ended.
	ErrTurnOver = errors.New("store: the turn has ended")
	// ErrEmptyID is returned by Forget for a conversation without a page id or
	// without a person id.
	ErrEmptyID = errors.New("store: the page id or the person id is empty")
	// ErrClosed is returned by every method of a closed store but Close.
	ErrClosed = errors.New("store: closed")
)

// BacklogError is returned by Put when a page has more events waiting than
// the store's bound. Nothing of the Put took effect.
type BacklogError struct {
	// PageIDs are the pages over their bound.
	PageIDs []string
	// Bound is how many waiting events a page may have.
	Bound int
}

func (e *BacklogError) Error() string {
	return fmt.Sprintf("store: backlog of page %q is over its bound of %d events", e.PageIDs, e.Bound)
}

// CallError is returned by Commit when a [Call] failed: its function returned
// an error or panicked, or took longer than the store allows. Nothing of the
// outcome took effect.
type CallError struct {
	// Route names the route that queued the call.
	Route string
	// Err is what the call returned.
	Err error
}

// Error does not name the route: whoever reports what a route has failed with names it already.
func (e *CallError) Error() string {
	return fmt.Sprintf("store: call on commit: %v", e.Err)
}

func (e *CallError) Unwrap() error { return e.Err }

// ConflictError is returned when a [SaveSession] was made from a version of the
// session that is no longer the newest. Nothing of the outcome, or of the
// writes, took effect. It matches [ErrConflict].
type ConflictError struct {
	PageID, PSID, Name string
}

func (e *ConflictError) Error() string {
	return fmt.Sprintf("store: session %q of person %s was changed meanwhile", e.Name, e.PSID)
}

// Is reports whether target is [ErrConflict].
func (e *ConflictError) Is(target error) bool { return target == ErrConflict }
