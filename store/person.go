package store

import (
	"encoding/json"
	"time"
)

// Person is someone who has written to a page.
type Person struct {
	PageID string
	// PSID is the page-scoped id; on Instagram the Instagram-scoped id.
	PSID    string
	Profile Profile
	// ProfileAt is when the profile was last asked for, by the store's clock; zero if
	// never.
	ProfileAt time.Time
	// ProfileRefused reports that the platform would not show the profile.
	ProfileRefused bool
	// ThumbUps counts the thumbs that the person has sent.
	ThumbUps int
	// FirstSeen is when the store first heard of the person.
	FirstSeen time.Time
	// LastAct is when the person last did something that opens the platform's
	// 24-hour window, by the platform's clock, or by the store's if the event
	// carried no time that can be true; zero if unknown.
	LastAct time.Time
	// UnavailableSince is when the platform said that the person cannot be
	// reached, by the store's clock; zero if they can, as far as is known. Their next
	// act clears it.
	UnavailableSince time.Time
	// HumanAt is when a human, or another app, last wrote to the person for the
	// page, by the platform's clock; zero if that is not known to have happened.
	HumanAt time.Time
	// ThreadOwner is the id of the other app that was reported to control the
	// conversation, and ThreadAt when that last changed. It is empty if the bot's own
	// app or none does, as far as is known. See [Person.ThreadHeldUntil].
	ThreadOwner string
	ThreadAt    time.Time
	// ThreadStandby reports that events have come on standby since ThreadAt: the
	// platform says with each event whether the bot may answer it.
	ThreadStandby bool
	// ResumedAt is when the program last said that the bot may answer again; see
	// [EndSilence].
	ResumedAt time.Time
	// Language is the language that was chosen for the person, in place of the profile's: a BCP 47 tag or a locale of the
	// platform; empty if none was. See [SetLanguage].
	Language string
}

// threadLapse is how long an app controls a conversation after the person's last act.
const threadLapse = 24 * time.Hour

// ThreadHeldUntil is when the other app that controls the conversation loses control
// by itself: 24 hours after it was given control, or after the person's last act, if
// events come on standby. It is zero if no other app has control. An app may give
// control up earlier without a notice.
//
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/conversation-routing
func (p Person) ThreadHeldUntil() time.Time {
	if p.ThreadOwner == "" {
		return time.Time{}
	}
	since := p.ThreadAt
	if p.ThreadStandby && p.LastAct.After(since) {
		since = p.LastAct
	}
	return since.Add(threadLapse)
}

// Profile is what the platform returns about a person. Every field may be
// missing.
type Profile struct {
	FirstName  string
	LastName   string
	Name       string
	Username   string
	ProfilePic string
	// Locale is in the platform's form, such as "zh_TW".
	Locale string
	// Timezone is the offset from UTC in hours, which may have a fraction; nil
	// if unknown.
	Timezone *float64
	Gender   string
}

// Location is a place that a person sent.
type Location struct {
	PageID    string
	PSID      string
	Latitude  float64
	Longitude float64
	Title     string
	URL       string
	// MID is the message that carried it.
	MID string
	// At is when it was sent, by the platform's clock.
	At time.Time
}

// Received is an event that was kept.
type Received struct {
	PageID string
	PSID   string
	// Key is the event's dedup key.
	Key string
	// Type is the receiving type.
	Type string
	// Object is the product of the event, as the platform names it in callbacks: "page" or
	// "instagram"; empty if that was not kept.
	Object string
	// Standby reports that another app controlled the conversation.
	Standby bool
	// Body is the event as the platform sent it.
	Body json.RawMessage
	// At is when it happened, by the platform's clock.
	At time.Time
}

// Sent is one attempt to send.
type Sent struct {
	PageID string
	PSID   string
	// Key is the send's idempotency key.
	Key string
	// Type is what was sent: "text", "image", "template", "sender_action", ….
	Type string
	// Body is the request.
	Body json.RawMessage
	// Status is the HTTP status of the answer; 0 if there was none.
	Status int
	// Response is the body of the answer.
	Response string
	// MID is the id that the platform gave to the message, if it took it.
	MID string
	// Outcome is what the attempt came to.
	Outcome SentOutcome
	// Error says why it was not sent; empty if it was.
	Error string
	// At is when the attempt ended, by the store's clock.
	At time.Time
}

// SentOutcome is what an attempt to send came to.
type SentOutcome string

// The outcomes of an attempt.
const (
	// OutcomeSent: the platform took it.
	OutcomeSent SentOutcome = "sent"
	// OutcomeRefused: the platform, or a check before it, refused it permanently.
	OutcomeRefused SentOutcome = "refused"
	// OutcomeRetry: it was surely not sent, and will be tried again.
	OutcomeRetry SentOutcome = "retry"
	// OutcomeUncertain: it is unknown whether it was sent.
	OutcomeUncertain SentOutcome = "uncertain"
	// OutcomeSetAside: it was not tried, because a send before it showed that
	// it would be refused.
	OutcomeSetAside SentOutcome = "set aside"
	// OutcomeEchoed: its outcome was unknown until its echo arrived. The store
	// writes it, without type and body.
	OutcomeEchoed SentOutcome = "echoed"
)

// Session is what a dialog keeps between turns.
type Session struct {
	PageID string
	PSID   string
	Name   string
	Data   json.RawMessage
	// Version is raised by each [SaveSession].
	Version int64
	// Expires is when it is forgotten; zero means never.
	Expires time.Time
}
