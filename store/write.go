package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"
)

// Write is a change to a store. The set is closed: the types in this file, [Raise]
// and [CancelRaise] are all there are, and they are used as values; pointers to them are refused. A
// program's own tables join a turn through gormstore.OnCommit.
type Write interface{ isWrite() }

// SaveProfile stores what the platform answered when asked for a profile. It
// takes no effect if a later answer is stored. The person's other fields stay
// as they are. Like TouchPerson, MarkUnavailable and AddThumbUp it adds the
// person if the store has not heard of them.
type SaveProfile struct {
	PageID  string
	PSID    string
	Profile Profile
	// At is when it was asked.
	At time.Time
	// Refused reports that the platform would not tell. Then the profile that
	// was stored before, if any, is kept.
	Refused bool
}

// TouchPerson records an act of a person: their last act becomes At, unless it
// is later already, and they are no longer unavailable. The bot's engine
// queues it for every act, even if the turn fails.
type TouchPerson struct {
	PageID string
	PSID   string
	At     time.Time
}

// MarkUnavailable records that the platform said the person cannot be
// reached.
type MarkUnavailable struct {
	PageID string
	PSID   string
	At     time.Time
}

// NoteHuman records that a human, or another app, wrote to the person for the page:
// the time of that becomes At, unless it is later already. The bot's engine queues
// it for every echo of a message that is not the bot's own, even if the turn
// fails. Like TouchPerson it adds the person if the store has not heard of them; so do
// NoteThread and EndSilence.
type NoteHuman struct {
	PageID string
	PSID   string
	At     time.Time
}

// NoteThread records which app controls the conversation since At: another one, by
// its id, or with an empty Owner the bot's own or none. It takes no effect if a later
// change is stored. The bot's engine queues it for hand-overs that the platform
// reports, and when control is seen to have come back. A program that takes control
// by a call of its own queues it itself, with an empty Owner.
type NoteThread struct {
	PageID string
	PSID   string
	Owner  string
	// Standby reports that events have come on standby since.
	Standby bool
	At      time.Time
}

// EndSilence records that the bot may answer the person again: what a human wrote up
// to At, and a change of control up to At, no longer keep it silent. A later time
// that is stored stays.
type EndSilence struct {
	PageID string
	PSID   string
	At     time.Time
}

// SetLanguage keeps the language that the person has chosen, or the program for them, in place of the profile's: a BCP 47 tag
// ("pt-BR") or a locale of the platform ("pt_BR"), of at most [MaxLanguage] bytes. An empty one is that of the
// profile again. Whether the bot speaks it is not checked here: another deployment may. Like TouchPerson it adds the
// person if the store has not heard of them.
type SetLanguage struct {
	PageID   string
	PSID     string
	Language string
}

// MaxLanguage is the length of a [SetLanguage] in bytes.
const MaxLanguage = 64

// AddThumbUp adds one to a person's count.
type AddThumbUp struct {
	PageID string
	PSID   string
}

// AddLocation keeps a place. Its coordinates must be finite numbers.
type AddLocation struct{ Location Location }

// SaveMessage keeps an event. A later one of the same page, person and key
// takes no effect.
type SaveMessage struct{ Received Received }

// SaveSent keeps the record of an attempt to send.
type SaveSent struct {
	Sent Sent
	// Known drops the record if its PSID is one of a person whom the store does not know, and of whom no
	// event waits: they were forgotten meanwhile.
	Known bool
}

// SaveSession stores a session. It fails with [ErrConflict] unless Version is
// that of the stored session, or 0 if there is none or it has expired. The
// stored version is Version + 1.
type SaveSession struct {
	PageID string
	PSID   string
	Name   string
	// Data is at most [MaxSession] bytes.
	Data    json.RawMessage
	Version int64
	// Life is how long the session lives by the store's clock, from the commit. With less
	// than 1 Expires decides.
	Life time.Duration
	// Expires is when the session is forgotten; zero means never. It is not used if Life is
	// more than 0.
	Expires time.Time
}

// ExpiresAt is when the session expires that is stored now, to the microsecond; zero means
// never. It is for stores.
func (w SaveSession) ExpiresAt(now time.Time) time.Time {
	if w.Life > 0 {
		return truncate(now.Add(w.Life))
	}
	return truncate(w.Expires)
}

// DeleteSession erases a session, whatever its version. It is no error if
// there is none.
type DeleteSession struct {
	PageID string
	PSID   string
	Name   string
}

// SaveAttachment keeps the id of an uploaded file. The platform forgets
// attachment ids after 90 days.
type SaveAttachment struct {
	PageID string
	// Name is the file's URL, or a name of the program's own.
	Name         string
	AttachmentID string
	// Expires is when the id is forgotten; zero means never.
	Expires time.Time
}

// CancelSend takes back the sends of a conversation with that key, or of the
// group with that key, as Cancel does; in the outcome of a turn those of the
// turn's own conversation may be due. It is no error if there are none. Their
// keys are free again, for the sends of the same outcome too.
type CancelSend struct {
	Conversation
	Key string
}

// SettleSend records that the platform has taken a send, as the echo of the message would:
// the send leaves the outbox, whoever holds the lease and whatever else they have found out
// about it, and if its conversation was given back to rest, its rest is over. Then the
// record is kept, with the page and the person of the conversation and the key of the send.
// If the send is gone, it takes no effect, and applied again after an error it takes effect
// once. A process uses it for what it knows when another one has claimed the conversation.
type SettleSend struct {
	Conversation
	Key string
	// Sent is the record of the attempt.
	Sent Sent
}

// Call runs a program's own code inside the transaction that commits the turn.
// It is made by a store's package, such as gormstore.OnCommit, never by hand.
type Call struct {
	// API names the type that Run takes; a [CallRunner] says which it knows.
	API string
	// Run does the work. Its argument is the transaction.
	Run func(tx any) error
	// Route names the route that queued the call. [Queue] sets it.
	Route string
}

// CheckWrite returns an error for what no store can apply: nil, a pointer, a language that is no tag, a location
// whose coordinates are no finite numbers, a [Raise] or
// a [CancelRaise] beyond its bounds, and a session above [MaxSession]. [Queue] asks it, and every store does
// before anything takes effect. Whether a store runs a [Call] it does not say.
func CheckWrite(w Write) error {
	switch w := w.(type) {
	case nil:
		return errors.New("store: the write is nil")
	case AddLocation:
		if l := w.Location; math.IsNaN(l.Latitude-l.Longitude) || math.IsInf(l.Latitude, 0) || math.IsInf(l.Longitude, 0) {
			return fmt.Errorf("store: a location at %v, %v cannot be kept", l.Latitude, l.Longitude)
		}
	case Raise:
		return checkRaise(w)
	case CancelRaise:
		return CheckRaise(w.Key, 0)
	case SaveSession:
		return checkSession(w)
	case SetLanguage:
		if len(w.Language) > MaxLanguage || strings.ContainsFunc(w.Language, func(r rune) bool { return r <= ' ' || r > '~' }) {
			return fmt.Errorf("store: %q is not a language: a tag has at most %d bytes, letters, digits, - and _", w.Language, MaxLanguage)
		}
	case SaveProfile, TouchPerson, MarkUnavailable, NoteHuman, NoteThread, EndSilence, AddThumbUp, SaveMessage, SaveSent, DeleteSession,
		SaveAttachment, CancelSend, SettleSend, Call:
	default:
		return fmt.Errorf("store: a %T is not a write; queue a value of one of this package's types, not a pointer: %w", w, errors.ErrUnsupported)
	}
	return nil
}

func (SaveProfile) isWrite()     {}
func (TouchPerson) isWrite()     {}
func (MarkUnavailable) isWrite() {}
func (NoteHuman) isWrite()       {}
func (NoteThread) isWrite()      {}
func (EndSilence) isWrite()      {}
func (SetLanguage) isWrite()     {}
func (AddThumbUp) isWrite()      {}
func (AddLocation) isWrite()     {}
func (SaveMessage) isWrite()     {}
func (SaveSent) isWrite()        {}
func (SaveSession) isWrite()     {}
func (DeleteSession) isWrite()   {}
func (SaveAttachment) isWrite()  {}
func (CancelSend) isWrite()      {}
func (SettleSend) isWrite()      {}
func (Call) isWrite()            {}
