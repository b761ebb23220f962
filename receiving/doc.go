// Package receiving turns the webhook requests of the Messenger Platform into events that can be routed.
//
// # Life of a callback
//
// A [Webhook] is the http.Handler for the webhook URL. It verifies the signature over the raw body before it looks at the JSON.
// [Split] then cuts the callback into envelopes without decoding their contents, and the webhook passes the envelopes to its Accept
// function, which stores them. The platform gets the answer 200 only after that.
//
// An [Envelope] has what a queue needs: a dedup key, which identifies repeated deliveries; the conversation, whose events are handled
// in order; and the time. It is stored as bytes ([Envelope.MarshalBinary], [Envelope.UnmarshalBinary]).
//
// # Events
//
// [Envelope.Event] decodes an envelope. An [Event] has a [Type], by which a routing policy selects routes, and a [Payload], which
// describes what happened in the platform's own terms. The documentation of each type names its payload; [Type.Carries] reports it.
//
//	switch p := event.Payload.(type) {
//	case *receiving.Message:
//		fmt.Println(p.Text)
//	case *receiving.Postback:
//		fmt.Println(p.Payload)
//	}
//
// docs/events.md lists the types with their payloads and their webhook fields ([Type.Source]), and which of them are acts of a
// person.
//
// A payload encodes (encoding/json) to the platform's field names, with ids as strings and times as in RFC 3339, and decodes from
// that form too. Some fields that the platform writes beside a message, postback or referral become fields of the payload. Fields
// that the platform does not document are in [Event.Raw] only, and those of an attachment in [AttachmentPayload.Others].
//
// Comments and posts, of Facebook and Instagram, have no person: their author has no PSID until the page has sent a private reply to
// the comment or post. The exception is an Instagram account that comments on its own media: see [InstagramAuthor.SelfIGScopedID].
//
// Payloads of postbacks and quick replies belong to the developer; package receiving/payload gives them a Go type.
//
// Facebook pages and Instagram professional accounts use the same handler. [Event.Object] says which of them an event comes from;
// fields that only one of them has say so.
//
// # Repeated deliveries
//
// The platform delivers an event again when it got no answer 200 in time, and notifies again of the same comment or post. Such
// deliveries have the same [Envelope.Key], whatever the time of the notification. Messages, their echoes and deletions, and postbacks
// are identified by the message id; Instagram comments and mentions, and new comments and posts on a feed or in a group, by their
// ids. All other events are identified by their content, of which the ids, the state and the time of the event are a part: an edit, a
// removal or a second reaction is another event. The keys of all edits of one message begin with its [Envelope.EditOf], so that a
// deletion finds them ([Envelope.Unsends]). An event whose content has no time, such as a label that is put on, taken off and put
// on again, cannot be distinguished from its own repetition.
//
// [Envelope.KeyTime] is a time that all deliveries of an event repeat, if there is one. A queue can keep the keys of near times near
// each other, and take two events for one if both Key and KeyTime are equal. A deletion has none: it names the message by its keys
// alone, since it does not repeat the message's time.
//
// # Unknown and malformed input
//
// The platform changes, and its documentation contradicts itself. So ids may be strings, numbers or null, times may be milliseconds,
// seconds or strings, and flags may be booleans, numbers or strings. Unknown keys are skipped. An event of an unknown kind is an
// [*Unknown] with its bytes in [Event.Raw]. A field of a wrong type is left out, and an element that is not an object is dropped: both
// are reported as a [Problem], logged, and counted in [Counts], and no other field or event is lost.
//
// If an object has a key twice, the last value counts, as in a map that encoding/json decodes. Values are not merged, and keys match
// by case.
//
// # Echoes
//
// The platform sends the page's own messages back as echoes. The bot puts the idempotency key of a send beside the user's own
// metadata, and the envelope of the echo has it as its SendKey: that proves that the platform executed the send.
package receiving
