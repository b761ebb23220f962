// Package payload gives types to the developer's payloads: the strings that come back when a person taps a quick reply, a
// button, an ice breaker, Get Started or an item of the persistent menu.
//
// A [Kind] is a payload's name and the Go type of its data. Make one with [New], usually as a package variable:
//
//	type Size struct {
//		Inches int `json:"inches"`
//	}
//
//	var OrderSize = payload.New[Size]("order.size")
//
// [Kind.Encode] makes the string that goes into a button, [Kind.Decode] reads it when it comes back, and [Kind.Matches]
// reports whether a string is of the kind. There is no global registry: routing compares the [Ref] values of the kinds that it uses
// and refuses two of the same name.
//
// # Wire format
//
// A payload is a JSON object with the kind's name and its data. It has at most [MaxLength] characters:
//
//	{"kind":"order.size","data":{"inches":14}}
//
// Kinds without data, those of [None], leave "data" out. A string that is not a JSON object is a payload without data, and the string
// is the name of its kind. So a kind named "YES" or "GET_STARTED" matches a payload that was typed into a dashboard, or that an older
// bot has left in the chats of its customers.
//
// # Old payloads
//
// Buttons live in chats for years. djmessenger, the Python framework, wrote an object's fields and the name of their class:
//
//	{"inches":14,"payload_class":"shop.payloads.SizePayload"}
//
// A kind made with [Alias]("shop.payloads.SizePayload") reads them. The class name is compared as text; no
// type is instantiated by it. A field that an old payload lacks is zero, where Python's constructor raised; data that is
// a [Validator] refuses that. The classes of the persistent menu and of Get Started are known, dotted or bare: they are the kinds
// [PersistentMenuOne] to [PersistentMenuFive] and [GetStartedButton], and such taps have the receiving types of those names. This package
// reads the old form and never writes it.
//
// # Foreign payloads
//
// A string of no kind that the program knows is no error: the tap is a receiving.TypePostback or a receiving.TypeQuickReply, handlers that
// want another kind do not handle it, and receiving.Event.PayloadText returns the string as it came. That holds for strings of any length
// and content: no JSON, JSON that is nested too deeply to decode, repeated keys (the last one counts), numbers that fit no Go type.
package payload
