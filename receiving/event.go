package receiving

import (
	"encoding/json"
	"time"
)

// Event is one thing that happened on a page.
type Event struct {
	// Key identifies the event: the platform may deliver it many times, and a
	// handler may run for it again after a failure, always with the same Key.
	Key string
	// Type is the receiving type, by which a routing policy selects routes.
	Type Type
	// Object is the product: Messenger or Instagram.
	Object Object
	// PageID is the page's id; on Instagram, the professional account's.
	PageID string
	// PSID is the person's page-scoped id, on Instagram the
	// Instagram-scoped id (IGSID). It is always the person, on echoes too,
	// where the platform names them as the recipient. It is empty for events
	// that have no person.
	PSID string
	// UserRef stands for a person who came through a checkbox plugin and has
	// no PSID yet.
	UserRef string
	// Time is when it happened, by the platform's clock. If the platform did
	// not say, it is the time of the callback's entry, or zero. Of a signal it is when
	// it became due, by the store's clock.
	Time time.Time
	// Standby reports that another app controls the conversation, so the event
	// must not be answered.
	Standby bool
	// Payload is what happened. It is never nil.
	Payload Payload
	// Raw is the element of the callback as the platform sent it; of a signal a JSON
	// object with its key and its payload.
	Raw json.RawMessage
}

// Object is the product that an event comes from.
type Object string

// The objects that this library handles.
const (
	ObjectPage      Object = "page"
	ObjectInstagram Object = "instagram"
)

// IsAct reports whether the event is an act of its person, which may be
// answered. Deliveries, reads, echoes, hand-overs and policy notices are no
// acts, and nothing on standby is one.
func (e *Event) IsAct() bool {
	return !e.Standby && e.PSID+e.UserRef != "" && e.Type.IsAct()
}

// Text returns the text of a message that the person wrote, or "".
func (e *Event) Text() string {
	if m, ok := e.Payload.(*Message); ok && !m.IsEcho {
		return m.Text
	}
	return ""
}

// PayloadText returns the developer's payload: the one that a tap sent back, a quick
// reply's or a postback's, or that of a signal. It is "" for all else. Package receiving/payload
// gives it a type.
func (e *Event) PayloadText() string {
	switch p := e.Payload.(type) {
	case *Message:
		if p.QuickReply != nil && !p.IsEcho {
			return p.QuickReply.Payload
		}
	case *Postback:
		return p.Payload
	case *Signal:
		return p.Payload
	}
	return ""
}

// Referral says through which link, ad or plugin the person came; nil if the event
// does not say. The platform writes it as an event of its own (a [TypeReferral]) if
// the conversation exists, into the tap on Get Started or an ice breaker if it is
// new, and into the first message of a person who came from an ad or a product.
func (e *Event) Referral() *Referral {
	switch p := e.Payload.(type) {
	case *Referral:
		return p
	case *Postback:
		return p.Referral
	case *Message:
		if !p.IsEcho {
			return p.Referral
		}
	}
	return nil
}

// Ref returns the ref of the link, ad or plugin that the person came through: that of
// [Event.Referral], or of an opt-in. It is "" if there is none.
func (e *Event) Ref() string {
	if o, ok := e.Payload.(*OptIn); ok {
		return o.Ref
	}
	if r := e.Referral(); r != nil {
		return r.Ref
	}
	return ""
}

// MID returns the id of the message that the event is about: the message's
// own, or the one that a postback, reaction, edit, read, feedback or marketing
// message names.
func (e *Event) MID() string {
	switch p := e.Payload.(type) {
	case *Message:
		return p.MID
	case *Postback:
		return p.MID
	case *Reaction:
		return p.MID
	case *MessageEdit:
		return p.MID
	case *Read:
		return p.MID
	case *ResponseFeedback:
		return p.MID
	case *MarketingMessage:
		return p.MID
	}
	return ""
}
