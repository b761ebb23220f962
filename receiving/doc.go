// Package receiving takes what the Messenger Platform says, from the HTTP request to an event that can be routed.
//
// # The way in
//
// A [Webhook] is the http.Handler of the address that the platform calls. It checks the signature over the body as it came,
// and only then looks at the JSON. [Split] takes a callback apart into envelopes, without decoding what is in them, and
// the webhook hands those to its Accept function, which stores them. Then, and only then, the platform is answered 200.
//
// An [Envelope] knows what a queue must know: a key, by which a second delivery is recognised; the conversation, in which
// events are handled one after another; and the time. It travels as bytes ([Envelope.MarshalBinary], [ParseEnvelope]).
//
// # Events
//
// [Envelope.Event] opens an envelope. An [Event] has a [Type], which is what a routing policy goes by, and a [Payload], which
// is what happened, in the platform's own terms. The documentation of each type names its payload, and [Type.Carries] tells.
//
//	switch p := event.Payload.(type) {
//	case *receiving.Message:
//		fmt.Println(p.Text)
//	case *receiving.Postback:
//		fmt.Println(p.Payload)
//	}
//
// The types, their payloads, the webhook fields to subscribe to ([Type.Source]), and which of them are acts of a person, are a
// table in docs/events.md.
//
// A payload encodes (encoding/json) to the platform's field names, with ids as strings and times as in RFC 3339, and is decoded
// from that too. What the platform writes beside a message or a referral is within it then. What it does not document is in
// [Event.Raw] only; of an attachment, in [AttachmentPayload.Others].
//
// Comments and posts, of Facebook and Instagram, have no person: whoever wrote one has no PSID before the page has written to
// them, by a private reply to the comment or post.
//
// Payloads of a postback or quick reply are the developer's own; package receiving/payload gives them a Go type.
//
// Facebook pages and Instagram professional accounts use one handler. [Event.Object] tells which it is, and the few fields
// that only one of them has say so.
//
// # What is unknown, and what is wrong
//
// The platform grows, and its documentation disagrees with itself. So ids may come as strings, numbers or null, and times as
// milliseconds, seconds or strings; keys that nobody knows are passed over. An event of an unknown kind is an [*Unknown] with
// its bytes in [Event.Raw]. A field of a wrong type is left out, and an element that is no object is dropped: both are
// reported as a [Problem], logged, and counted in [Counts], and neither costs any other field or event.
//
// Where an event's bytes have a key twice, the last one counts.
//
// # Sends that come back
//
// The platform tells the page's own messages back as echoes. [EncodeMetadata] puts the idempotency key of a send beside the
// user's own metadata, and the echo's envelope has it as its SendKey: that is the proof that the send took place.
package receiving
