// Package routing says which handlers run for which events.
//
// A [Policy] maps each receiving type to routes; a [Route] is a handler and
// the senders that answer when it has handled an event.
//
//	policy := routing.Policy{
//		receiving.TypeDefault: {
//			{Handler: handling.SaveMessage{}},
//			{Handler: handling.UserProfile{}},
//		},
//		receiving.TypeSimpleText: {
//			{
//				Handler: handling.SimpleText{Pattern: `hi|hello`},
//				Senders: sending.List(sending.SimpleMessage{Text: "Hello, %{first_name|there}!"}),
//			},
//		},
//	}
//
// For an event the routes under TypeDefault run first, handling.UserProfile
// first among them, and then those of the event's own type, in order. A type
// that the policy does not name gets the default ones only.
//
// A policy is plain data. [Policy.Validate] reports all its mistakes at once,
// each with its place; the bot calls it before it starts.
package routing
