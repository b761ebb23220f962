// Package routing says which handlers run for which events.
//
// A [Policy] maps each receiving type to routes; a [Route] is a condition, a handler
// and the senders that answer when it has handled an event.
//
//	policy := routing.Policy{
//		receiving.TypeDefault: {
//			{Handler: handling.SaveMessage{}},
//			{Handler: handling.UserProfile{}},
//		},
//		receiving.TypeSimpleText: {
//			{
//				When:    routing.Text{Pattern: `hi|hello`},
//				Senders: sending.List(sending.SimpleMessage{Text: "Hello, %{first_name|there}!"}),
//			},
//		},
//		receiving.TypeTap: {
//			{Handler: handling.OnPayload(order, takeOrder)},
//		},
//	}
//
// For an event the routes under TypeDefault run first, handling.UserProfile
// first among them, then those of the event's own type, in order, and then, for a
// tap on a quick reply, a button or an item of the menu, those under TypeTap. A type
// that the policy does not name gets the default ones only.
//
// # Conditions
//
// [Route.When] selects events beyond their type: by a text ([Text]), the kind of a
// payload ([Payload]), the ref that a person came through ([Ref]), their language
// ([Locale]), the page ([Page]), the type ([Types]), what the platform's natural
// language processing found ([Intent], [Trait], [Entity]), or a Go function ([If]).
// [All], [Any] and [Not] combine them. They are plain data, so that policies can be
// read from files (package policyfile). A route with a condition and senders needs no
// handler.
//
// # Mistakes
//
// A policy is plain data. [Policy.Validate] reports all its mistakes together,
// each with its place, routes that can never run included. The bot
// checks a policy when it is set, and puts it in order once. [Explain] says for an
// event which routes fire, and why the others do not.
package routing
