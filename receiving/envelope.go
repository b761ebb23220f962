package receiving

import (
	"bytes"
	"encoding/json"
	"time"
)

// Envelope is an event that is not decoded yet: what must be known of it to store it durably, in the right conversation and
// once, and the bytes to decode later. [Split] makes envelopes, [Envelope.Event] opens one.
type Envelope struct {
	// Key identifies the event, however often the platform delivers it: 23 to 60 characters of A-Z, a-z, 0-9, "_" and "-". It
	// is made of page, kind and message id for messages, their echoes and deletions, and postbacks; of page, kind, person,
	// time and content for all else, since edits, reactions and Instagram's reads carry another message's id. Whether the
	// event came on standby makes no difference: an app that gains control of a conversation in between is told once.
	Key string
	// Object tells Messenger from Instagram.
	Object Object
	// PageID is the id of the entry: the page, or on Instagram the professional account.
	PageID string
	// PersonID is as in [Event].
	PersonID string
	// UserRef is as in [Event].
	UserRef string
	// Thread names the conversation within the page, whose events are handled one after another. It is the PersonID if there
	// is one. Otherwise it contains a slash, which no PersonID does: "user_ref/" and the UserRef, or what the event is
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
	// Raw is the element of the callback, which is valid JSON.
	Raw json.RawMessage
}

// Clone returns a copy that shares no memory with the envelope.
func (e Envelope) Clone() Envelope {
	e.Raw = bytes.Clone(e.Raw)
	return e
}

// Event decodes the envelope. What the platform sent in an unexpected form is left out of the event and returned as problems,
// for the log; what cannot be decoded at all is an [*Unknown]. So there always is an event. It shares memory with Raw.
func (e Envelope) Event() (*Event, []Problem) {
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
		Key:      e.Key,
		Type:     classify(p, e.PageID),
		Object:   e.Object,
		PageID:   e.PageID,
		PersonID: e.PersonID,
		UserRef:  e.UserRef,
		Time:     e.Time,
		Standby:  e.Standby,
		Payload:  p,
		Raw:      e.Raw,
	}, d.problems
}

// element decodes a messaging element, whose event is told by its keys. If none of them is known, the event is named by field,
// or if that is empty by the first key that could be a name.
func (d *decoder) element(field string) Payload {
	start := d.Offset()
	if !d.object() {
		return &Unknown{Field: field}
	}
	var found Payload
	var flat *kind
	var beside siblings
	rank := len(kinds)
	for d.NextKey() {
		k := kinds[string(d.Key())]
		switch {
		case k == nil:
			if field == "" && isName(d.Key()) && !isFrame(string(d.Key())) {
				field = string(d.Key())
			}
			d.sibling(&beside)
		case k.flat:
			flat = k
			d.Skip()
		case k.rank > rank:
			d.Skip()
		default:
			if field == "" {
				field = k.name
			}
			if p := k.decode(d); p != nil {
				found, rank = p, k.rank
			}
		}
	}
	if found == nil && flat != nil {
		d.within(start, d.Since(start), func() { found = flat.decode(d) })
	}
	if found == nil {
		return &Unknown{Field: field}
	}
	beside.join(found)
	return found
}

// siblings are what the platform writes beside an event that it belongs to.
type siblings struct {
	hopContext *HopContext
	lead       *Lead
}

// sibling reads a field of a messaging element that names no kind of event.
func (d *decoder) sibling(to *siblings) {
	switch string(d.Key()) {
	case "hop_context":
		to.hopContext = d.hopContext()
	case "lead":
		to.lead = d.lead()
	default:
		d.Skip()
	}
}

func (s *siblings) join(p Payload) {
	switch p := p.(type) {
	case *Message:
		if s.hopContext != nil {
			p.HopContext = s.hopContext
		}
	case *Referral:
		if s.lead != nil {
			p.Lead = s.lead
		}
	}
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
