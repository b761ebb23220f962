package receiving

import (
	"bytes"
	"encoding/json"
	"time"
)

// Envelope is an event that is not decoded yet: what must be known of it to store it durably, in the right conversation and
// once, and the bytes to decode later. [Split] makes envelopes, [Envelope.Event] opens one.
type Envelope struct { //nolint:recvcheck // an unmarshaler has a pointer, a marshaler a value
	// Key is the dedup key: it identifies the event, however often the platform delivers it. It has 23 to 60 characters of A-Z,
	// a-z, 0-9, "_" and "-". It is made of the page, the kind of event, and the id or the content that identifies it; the package
	// documentation says which. The time of the notification is no part of it, nor is standby: an app that gains control of a
	// conversation between two deliveries gets the event once.
	Key string
	// KeyTime is a time inside the event that is the same in every delivery and notification of it, or zero. A queue that keeps
	// the dedup keys of near times near each other touches fewer pages of its index than with Key alone, which is a digest. It is
	// the time of a message, echo or postback that has a message id, or the time inside the content by which an event is
	// identified, in whole seconds by the platform's clock; never the time of the notification. It is zero if there is no such
	// time, for deletions, for what is identified by other ids, such as new comments and posts, and outside the years 2000 to
	// 2099. It is not part of [Envelope.MarshalBinary]: whoever stores the event acts on it.
	KeyTime time.Time
	// Object is the product: Messenger or Instagram.
	Object Object
	// PageID is the id of the entry: the page, or on Instagram the professional account.
	PageID string
	// PSID is as in [Event].
	PSID string
	// UserRef is as in [Event].
	UserRef string
	// Thread names the conversation within the page, whose events are handled one after another. It is the PSID if there
	// is one. Otherwise it contains a slash, which no PSID does: "user_ref/" and the UserRef, or what the event is
	// about, as in "feed/123_456" for a comment and "policy_enforcement/" for the page itself. Changes that name a person by
	// their PSID, such as labels and calls, are of that person's conversation.
	Thread string
	// Time is when the event happened, in milliseconds, by the platform's clock. If the event does not say, it is the time of
	// the callback's entry, or zero.
	Time time.Time
	// Standby reports that another app controls the conversation.
	Standby bool
	// Field is the webhook field of an event that did not come under "messaging" or "standby": of a change, or "calls".
	Field string
	// SendKey is the idempotency key of the send that this event, an echo, proves to have reached the platform. It is empty
	// for all other events, and for echoes of what this library did not send.
	SendKey string
	// EditOf identifies the message that this event is an edit of: the Keys of all edits of one message begin with it. It is empty
	// for all other events, and for an edit without a message id. It is not part of [Envelope.MarshalBinary]: whoever stores the
	// event acts on it.
	EditOf string
	// Unsends names the message that this event says was deleted. It is zero for all other events, and for a deletion without a
	// message id. It is not part of [Envelope.MarshalBinary] either.
	Unsends Unsent
	// Signal is what the program raised, if this is the event of a signal (store.Raise). [Split] never sets it, whatever a
	// callback contains; and what has a Signal is nothing else: Raw and Field do not count.
	Signal *Signal
	// Raw is the element of the callback, which is valid JSON. Where an entry is itself the event, Raw is the entry.
	Raw json.RawMessage
}

// Unsent names a message that was deleted, by the events that have its content.
type Unsent struct {
	// MID is the message id.
	MID string
	// Keys are the keys that its events have if there are any: as a message, as an echo, and as a postback.
	Keys []string
	// Edits is the [Envelope.EditOf] of its edits.
	Edits string
}

// Clone returns a copy that shares no memory with the envelope.
func (e Envelope) Clone() Envelope {
	e.Raw = bytes.Clone(e.Raw)
	return e
}

// Event decodes the envelope. What the platform sent in an unexpected form is left out of the event and returned as problems,
// for the log; what cannot be decoded at all is an [*Unknown]. So there always is an event. It shares memory with Raw.
func (e Envelope) Event() (*Event, []Problem) {
	if e.Signal != nil {
		return e.signalEvent(), nil
	}
	d := newDecoder(e.Raw)
	defer d.release()
	var p Payload
	switch {
	case e.Field == "":
		p = d.element("")
	case isMessagingField(e.Field):
		p = d.messagingChange(e.Field)
	case changes[e.Field] != nil:
		p = d.change(e.Field, changes[e.Field])
	default:
		p = &Unknown{Field: e.Field}
	}
	return &Event{
		Key:     e.Key,
		Type:    classify(p, e.PageID),
		Object:  e.Object,
		PageID:  e.PageID,
		PSID:    e.PSID,
		UserRef: e.UserRef,
		Time:    e.Time,
		Standby: e.Standby,
		Payload: p,
		Raw:     e.Raw,
	}, d.describe()
}

// messagingChange decodes a change whose value is a messaging element, as the dashboard's test button sends it.
func (d *decoder) messagingChange(field string) Payload {
	return d.value(field, false, func() Payload { return d.element(field) })
}

// change decodes a change of a kind of its own, or an element of "calls", which has its fields in the place of the value.
func (d *decoder) change(field string, k *changeKind) Payload {
	return d.value(field, k.flat, func() Payload { return k.decode(d, field) })
}

// value calls read for the value of a change, or if flat and there is no value, for the change itself.
func (d *decoder) value(field string, flat bool, read func() Payload) Payload {
	start := d.Offset()
	var found Payload
	if d.object() {
		for d.NextKey() {
			if string(d.Key()) == "value" {
				flat = false
				found = read()
				continue
			}
			d.Skip()
		}
		if flat {
			d.within(start, d.Since(start), func() { found = read() })
		}
	}
	if found == nil {
		return &Unknown{Field: field}
	}
	return found
}
