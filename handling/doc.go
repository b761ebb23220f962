// Package handling is what a bot does about an event.
//
// A routing policy names handlers for each receiving type. Each is asked
// ShouldHandle, and if it says yes, Handle. If that returns nil, the route's
// senders answer.
//
// The built-in handlers are values to put into a policy: [SaveMessage],
// [UserProfile], [ThumbUp], [Location], [SimpleText], [Dummy]. A handler of a
// program's own is one of:
//
//   - a function: [Func] for any event, [On] for one kind of receiving payload,
//     [OnPayload] for taps that carry a typed payload;
//   - a struct that embeds a base, which supplies ShouldHandle and leaves Handle
//     out, so that forgetting it does not compile: [TextBase], [PostbackBase],
//     [QuickReplyBase], [MultimediaBase], [AuthenticationBase],
//     [AccountLinkingBase], [DeliveryBase], [ReadBase], [EchoBase];
//   - anything else with the two methods of [Handler].
//
// What a handler reads comes from its context: store.PersonFrom, store.From,
// i18n.From, graph.From. What it changes it queues with store.Queue, and what
// it says it gives to its sending.Replier. All of it takes effect together when
// the turn commits. If a route fails, nothing of the turn takes effect and the
// event is tried again, so Handle may run more than once for an event: a
// program that calls out to other systems passes them receiving.Event.Key,
// which stays the same.
package handling
