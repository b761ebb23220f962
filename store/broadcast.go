package store

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// Bounds of broadcasts.
const (
	// MaxBroadcastKey is the length of a broadcast's key in bytes.
	MaxBroadcastKey = 200
	// MaxRecipientID is the length of a recipient's id in bytes.
	MaxRecipientID = 200
	// MaxRecipients is the most recipients of one [Broadcasts.AddRecipients], and the most people of one
	// [Broadcasts.FeedBroadcast].
	MaxRecipients = 500
	// maxBroadcasts is the most broadcasts that a query returns.
	maxBroadcasts = 1000
	// DraftLife is how long a draft is kept that nothing is added to.
	DraftLife = 24 * time.Hour
)

// Broadcasts keeps what is sent to many people: the messages, who has not got them yet, and counts of what has come
// of the others. Without it Bot.Broadcast returns [errors.ErrUnsupported].
//
// A broadcast is a draft while its recipients are added, in any number of calls. A draft is in no list and is sent to
// no one; one that is not touched for [DraftLife] is purged. From its start on its recipients are fixed. Each is
// *waiting*, then *queued* while messages for them are in the outbox, and is counted when the last of those has left
// it. The step from waiting to queued and the sends commit together, and so do the end of a send and what is known of
// its recipient: no crash sends to a person twice, or passes one over.
//
// A recipient belongs to the conversation with the page. [Store.Forget] deletes them and counts them as forgotten, or
// as what they have come to already. A purge deletes broadcasts that ended before [Cutoffs.Sent].
type Broadcasts interface {
	// DraftBroadcast stores a draft: ID, which no other broadcast has, PageID, Key, Body, Window and Content are taken
	// from the argument. With an ID that is there it has no effect.
	DraftBroadcast(ctx context.Context, draft Broadcast) error

	// AddRecipients adds people of the page to a draft, at most [MaxRecipients]. Those that it has already are not
	// added again. It returns [ErrNotFound] if there is no such draft, or it was not touched for [DraftLife]: some of
	// its recipients may be purged.
	AddRecipients(ctx context.Context, id string, psids ...string) error

	// StartBroadcast ends a draft: it runs from now on. People is a digest of the recipients. If another broadcast of
	// that page and key was started before, that one is returned, and the draft is left to the next purge; if its
	// Content or People differ, with a [BroadcastConflictError]. To start it again returns it. It returns
	// [ErrNotFound] if there is no such draft, or it was not touched for [DraftLife].
	StartBroadcast(ctx context.Context, id, people string) (Broadcast, error)

	// CancelBroadcast stops a running broadcast: when it returns, no FeedBroadcast adds sends any more. The
	// recipients that wait, and the messages of those that are queued, are taken back by FeedBroadcast. One that
	// has ended stays as it is. It returns [ErrNotFound] if there is no such broadcast, or it is a draft.
	CancelBroadcast(ctx context.Context, id string) (Broadcast, error)

	// FindBroadcast returns the broadcast of a page with a key, or [ErrNotFound]. A draft is not found.
	FindBroadcast(ctx context.Context, pageID, key string) (Broadcast, error)

	// Broadcasts lists broadcasts, the newest first, without drafts.
	Broadcasts(ctx context.Context, query BroadcastQuery) ([]Broadcast, error)

	// Recipients returns some of the people of a broadcast that are in a stage, at most limit, in any order.
	Recipients(ctx context.Context, id string, stage RecipientStage, limit int) ([]string, error)

	// FeedBroadcast moves people of a broadcast on, at most [MaxRecipients]. While it runs, the sends of those that
	// wait are added to the outbox as [Queuer.Enqueue] does, under [BroadcastGroup] whatever their Group says; each Key must be one that
	// no other send ever has. Those for whom nothing can be sent are counted without: whom the store does not know, as
	// [RecipientUnknown]; who cannot be reached, as [RecipientRefused]; whose last act is older than the window of
	// the broadcast, as [RecipientSkipped]. While it is cancelled, those that wait, and the messages of those that are queued which
	// have not been started, are taken back. A queued person whose sends are gone and who was not counted, because a
	// replica of an older version has ended them, is counted as [RecipientUncertain]. All others stay as they are, so
	// that any number of replicas may feed. It returns [ErrNotFound] if there is no such broadcast.
	FeedBroadcast(ctx context.Context, id string, psids []string, sends ...Send) error

	// CountBroadcast adds the recipients that have come to an end to the counts, ends a broadcast of which none
	// remains, and returns it.
	CountBroadcast(ctx context.Context, id string) (Broadcast, error)

	// PeopleOf returns people of a page, in an order of their ids that stays, from the first after one on.
	PeopleOf(ctx context.Context, pageID, after string, limit int) ([]Person, error)
}

// Broadcast is a message, or several, to many people of a page.
type Broadcast struct {
	// ID names it in the store. It is chosen at random.
	ID string
	// PageID and Key identify it for the program.
	PageID string
	Key    string
	State  BroadcastState
	// Body is what is sent. The store does not look at it.
	Body []byte
	// Window is how old a person's last act may be; 0 is without limit.
	Window time.Duration
	// Content is a digest of what is sent, and People of the recipients.
	Content, People string
	// StartedAt and EndedAt are times by the store's clock; EndedAt is zero while people remain.
	StartedAt, EndedAt time.Time

	// Total is how many people it is for, each counted once. It is the sum of the counts below and of
	// [Broadcast.Remaining].
	Total int
	// Sent counts those who have got all messages.
	Sent int
	// Refused counts those for whom the platform, or a check before it, refused one permanently.
	Refused int
	// Skipped counts those whose last act was too long ago.
	Skipped int
	// Unknown counts those whom the store did not know when it was their turn: they never wrote to the page, or were
	// forgotten before the start.
	Unknown int
	// Uncertain counts those of whom it is unknown whether a message arrived, and stays so.
	Uncertain int
	// Forgotten counts those who were forgotten meanwhile.
	Forgotten int
	// Cancelled counts those for whom messages were taken back.
	Cancelled int
	// Queued counts those of the remaining for whom messages are in the outbox.
	Queued int
}

// Remaining is how many people have not been counted.
func (b Broadcast) Remaining() int {
	return b.Total - b.Sent - b.Refused - b.Skipped - b.Unknown - b.Uncertain - b.Forgotten - b.Cancelled
}

// BroadcastState is how far a broadcast is.
type BroadcastState int

// The states of a broadcast. Tables hold these numbers.
const (
	// BroadcastDraft: recipients are being added.
	BroadcastDraft BroadcastState = iota
	// BroadcastRunning: it is being sent.
	BroadcastRunning
	// BroadcastCancelling: it was cancelled, and what remains is being taken back.
	BroadcastCancelling
	// BroadcastDone: none remains.
	BroadcastDone
	// BroadcastCancelled: it was cancelled, and none remains.
	BroadcastCancelled
)

// String returns the name of the state: draft, running, cancelling, done or cancelled.
func (s BroadcastState) String() string {
	names := [...]string{"draft", "running", "cancelling", "done", "cancelled"}
	if s < 0 || int(s) >= len(names) {
		return fmt.Sprintf("BroadcastState(%d)", int(s))
	}
	return names[s]
}

// RecipientStage is where a recipient stands.
type RecipientStage int

// The stages of a recipient. Tables hold the first three numbers.
const (
	RecipientWaiting RecipientStage = iota
	RecipientQueued
	RecipientEnded
	// RecipientLost is a recipient that is queued though none of their sends is in the outbox.
	RecipientLost
)

// RecipientResult is what a recipient, or one of their messages, has come to. Of several messages the highest counts.
type RecipientResult int

// The results of recipients. Tables hold these numbers.
const (
	_ RecipientResult = iota
	RecipientSent
	RecipientCancelled
	RecipientSkipped
	RecipientUncertain
	RecipientRefused
	RecipientUnknown
	RecipientForgotten
)

// Place is that of a person in a broadcast, until they are counted.
type Place struct {
	// ID, Key and State are those of the broadcast.
	ID, Key string
	State   BroadcastState
	// Stage is where the person stands: waiting, queued or ended.
	Stage RecipientStage
	// Result is what those of their messages have come to that have left the outbox; 0 if none has.
	Result RecipientResult
}

// BroadcastQuery selects broadcasts.
type BroadcastQuery struct {
	// PageID limits the answer to one page; empty means all.
	PageID string
	// Open limits it to those of which people remain.
	Open bool
	// After is the last broadcast of the page before; the zero value begins with the newest.
	After Broadcast
	// Limit is the most to return; default and maximum 1,000.
	Limit int
}

// Most is the most broadcasts to return: Limit, with its default and maximum.
func (q BroadcastQuery) Most() int {
	if q.Limit <= 0 {
		return maxBroadcasts
	}
	return min(q.Limit, maxBroadcasts)
}

// broadcastGroup is what the groups of broadcasts' sends begin with. No other group does.
const broadcastGroup = "broadcast/"

// BroadcastGroup is the group of the sends of a broadcast.
func BroadcastGroup(id string) string { return broadcastGroup + id }

// BroadcastOf returns the id of the broadcast that a send of that group is of, if it is of one.
func BroadcastOf(group string) (id string, ok bool) { return strings.CutPrefix(group, broadcastGroup) }

// BroadcastConflictError is returned if another broadcast was started under a key before.
type BroadcastConflictError struct {
	PageID, Key string
	// Content and People report what differs.
	Content, People bool
}

func (e *BroadcastConflictError) Error() string {
	what := "with other messages and to other people"
	switch {
	case !e.People:
		what = "with other messages"
	case !e.Content:
		what = "to other people"
	}
	return fmt.Sprintf("store: the key %q of page %s is that of a broadcast %s", e.Key, e.PageID, what)
}

// Permanent reports that a retry cannot help. It is always true.
func (e *BroadcastConflictError) Permanent() bool { return true }

// BroadcastError is returned for a broadcast that no store takes: a retry cannot help.
type BroadcastError struct {
	Key string
	// Reason says what is wrong.
	Reason string
}

func (e *BroadcastError) Error() string {
	key := e.Key
	if len(key) > MaxBroadcastKey {
		key = key[:MaxBroadcastKey] + "…"
	}
	return fmt.Sprintf("store: broadcast %q: %s", key, e.Reason)
}

// Permanent reports that a retry cannot help. It is always true.
func (e *BroadcastError) Permanent() bool { return true }

// CheckBroadcast returns an error for a broadcast that no store takes. Every store calls it.
func CheckBroadcast(b Broadcast) error {
	var reason string
	switch {
	case b.PageID == "" || b.ID == "":
		return ErrEmptyID
	case b.Key == "":
		reason = "the key is empty"
	case len(b.Key) > MaxBroadcastKey:
		reason = fmt.Sprintf("the key has %d bytes, more than %d", len(b.Key), MaxBroadcastKey)
	case !plainText(b.Key):
		reason = "the key is not UTF-8, or has a control character"
	default:
		return nil
	}
	return &BroadcastError{Key: b.Key, Reason: reason}
}

// CheckRecipient returns an error for an id that no person has. Every store calls it.
func CheckRecipient(psid string) error {
	var reason string
	switch {
	case psid == "":
		return ErrEmptyID
	case len(psid) > MaxRecipientID:
		reason = fmt.Sprintf("has %d bytes, more than %d", len(psid), MaxRecipientID)
	case !plainText(psid):
		reason = "is not UTF-8, or has a control character"
	case strings.Contains(psid, "/"):
		reason = "has a slash, which no person's id has"
	default:
		return nil
	}
	return &RecipientError{Reason: reason}
}

// RecipientError is returned for the id of a recipient that no person has. It does not show the id.
type RecipientError struct{ Reason string }

func (e *RecipientError) Error() string { return "store: the id of a recipient " + e.Reason }

// Permanent reports that a retry cannot help. It is always true.
func (e *RecipientError) Permanent() bool { return true }

func plainText(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f })
}
