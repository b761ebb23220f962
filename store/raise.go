package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Bounds of what a program raises.
const (
	// MaxRaised is how many raised events of one conversation may wait, due or not.
	MaxRaised = 1000
	// MaxRaiseKey is the length of a [Raise]'s key in bytes.
	MaxRaiseKey = 200
	// MaxRaiseBody is the length of a [Raise]'s body in bytes.
	MaxRaiseBody = 65 << 10
	// MaxRaiseDelay is the longest delay of a [Raise].
	MaxRaiseDelay = 366 * 24 * time.Hour
)

// Raise raises an event for a conversation: now (a signal), or after a delay (a timer).
// With [Queue] it commits with the turn; with [Store.Apply] it is durable when that returns.
//
// Before it is due a raised event delays nothing, is not handed out, and counts as a timer
// in [Stats], not as a waiting event. When it is due it is an event as any other: it is
// ordered among the conversation's events by its due time and then by arrival, leased,
// retried, dead-lettered, replayed, and forgotten with the person. It is handed out
// within a second after its time, also by a process that starts later, and never before.
// A claim hands out one raised event at most, as the first event of its lease, and a commit
// the next one ([Outcome.Next]), so that each turn before it can still replace or cancel it.
//
// A timer is background work, as what is enqueued from outside of turns is: what people
// have written goes first. A signal is handed out with what people have written, because
// someone waits for it. See [Lease.Background].
//
// What waits is not bounded by the backlog of its page, and refuses no Put, but there may be
// [MaxRaised] in one conversation.
type Raise struct {
	Conversation
	// Key identifies the event among those raised for the conversation: 1 to [MaxRaiseKey]
	// bytes of UTF-8 without control characters. Keys of events that the platform sends are another set.
	Key string
	// Body is what the bot needs to handle the event, at most [MaxRaiseBody] bytes. The store
	// does not look at it.
	Body []byte
	// Delay is how long after the commit the event is due, by the store's clock: at most
	// [MaxRaiseDelay]. A negative delay counts as none.
	Delay time.Duration
	// Replace says what happens if the key is taken, and of which sort the event is: keys of
	// events with it and without it are two sets. With it, the event takes the place of the one
	// of that key that waits: its time and its body. The key is free again when the event has
	// been handled. Without it, an event of that key that waits, or was raised since the last
	// purge of dedup keys ([Cutoffs.DedupKeys]), makes this one take no effect.
	Replace bool
	// Known refuses the event with [ErrNoPerson] if the store does not know the person.
	Known bool
	// Route names the route that raised it. [Queue] sets it.
	Route string
}

// CancelRaise takes back the raised events of a conversation with that key which have not
// been handed out. It is no error if there are none. If the conversation is leased to
// another worker than the one whose outcome has the write, the first that is due may be
// running, and stays. The key is free again. In the outcome of the event's own turn, it does not
// affect that event.
type CancelRaise struct {
	Conversation
	Key string
	// Replaceable takes back only the event that was raised with Replace, not the one without.
	Replaceable bool
}

// Raised says that an event was raised by the program; see [Raise]. It is the zero value
// for all other events. Put does not look at it.
type Raised struct {
	// Key is the key of the [Raise]. Key of the [Event] differs for each raise and is the same
	// in each retry and replay: "signal-" and a digest.
	Key string
	// At is when it was raised, by the store's clock. Time of the [Event] is when it became due.
	At time.Time
}

// Is reports whether the event was raised by the program.
func (r Raised) Is() bool { return !r.At.IsZero() }

// Timers shows and cancels what a program has raised and what waits. Without it, raised
// events can still be cancelled with a [CancelRaise].
type Timers interface {
	// Timers lists the raised events of a conversation that wait, those first that are due
	// first, with those that are due and have not been handled. Replayed dead letters are not
	// among them.
	Timers(ctx context.Context, conv Conversation, query TimerQuery) ([]Timer, error)

	// CancelRaised does what a [CancelRaise] does, from outside of turns, and reports whether
	// an event was taken back. False says that none waits, or that its turn may be running.
	CancelRaised(ctx context.Context, conv Conversation, key string) (bool, error)
}

// TimerQuery selects a page of timers.
type TimerQuery struct {
	// After is the last timer of the page before; the zero value begins with the first.
	After Timer
	// Limit is the most to return; default and maximum [MaxRaised].
	Limit int
}

// Most is the most timers to return: Limit, with its default and maximum.
func (q TimerQuery) Most() int {
	if q.Limit <= 0 {
		return MaxRaised
	}
	return min(q.Limit, MaxRaised)
}

// Timer is a raised event that waits.
type Timer struct {
	// ID names it within the store. A replacement has another one.
	ID int64
	// Key and Body are those of the [Raise].
	Key  string
	Body []byte
	// Due is when it is due, and Raised when it was raised, by the store's clock.
	Due    time.Time
	Raised time.Time
}

// ErrNoPerson is returned by Apply and Commit for a [Raise] with Known if the store does not
// know the person and no event of theirs waits: they have never written to the page, or were
// forgotten. Nothing took effect.
var ErrNoPerson = errors.New("store: no such person")

// RaiseError is returned for a [Raise] or a [CancelRaise] that no store takes: a retry cannot help.
type RaiseError struct {
	Key string
	// Reason says which bound it breaks.
	Reason string
}

func (e *RaiseError) Error() string {
	key := e.Key
	if len(key) > MaxRaiseKey {
		key = key[:MaxRaiseKey] + "…"
	}
	return fmt.Sprintf("store: raised event %q: %s", key, e.Reason)
}

// Permanent reports that a retry cannot help. It is always true.
func (e *RaiseError) Permanent() bool { return true }

// RaiseLimitError is returned by Apply and Commit for a [Raise] if [MaxRaised] raised events
// of the conversation wait already. To replace one that can be taken back never fails so; see
// [CancelRaise]. Nothing took effect.
type RaiseLimitError struct {
	Conversation
	// Bound is how many may wait.
	Bound int
	// Route names the route that raised one more; empty outside of turns.
	Route string
}

func (e *RaiseLimitError) Error() string {
	if e.Route == "" {
		return fmt.Sprintf("store: %d raised events of the conversation wait already", e.Bound)
	}
	return fmt.Sprintf("store: route %q: %d raised events of the conversation wait already", e.Route, e.Bound)
}

// CheckRaise returns a [RaiseError] for a key and a delay that no store takes, or nil. It is the
// one place that knows their bounds; what raises events and takes them back asks it.
func CheckRaise(key string, delay time.Duration) error {
	var reason string
	switch {
	case key == "":
		reason = "the key is empty"
	case len(key) > MaxRaiseKey:
		reason = fmt.Sprintf("the key has %d bytes, more than %d", len(key), MaxRaiseKey)
	case !utf8.ValidString(key):
		reason = "the key is not UTF-8"
	case strings.ContainsFunc(key, unicode.IsControl):
		reason = "the key has a control character"
	case delay > MaxRaiseDelay:
		reason = fmt.Sprintf("the delay of %v is longer than %d days", delay, MaxRaiseDelay/(24*time.Hour))
	default:
		return nil
	}
	return &RaiseError{Key: key, Reason: reason}
}

// checkRaise returns an error for what no store takes.
func checkRaise(w Raise) error {
	if w.PageID == "" || w.PSID == "" {
		return ErrEmptyID
	}
	if err := CheckRaise(w.Key, w.Delay); err != nil {
		return err
	}
	if len(w.Body) > MaxRaiseBody {
		return &RaiseError{Key: w.Key, Reason: fmt.Sprintf("the body has %d bytes, more than %d", len(w.Body), MaxRaiseBody)}
	}
	return nil
}

func (Raise) isWrite()       {}
func (CancelRaise) isWrite() {}
