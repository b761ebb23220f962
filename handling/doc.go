// Package handling is what a bot does about an event.
//
// A routing policy names handlers for each receiving type. Each is asked
// ShouldHandle, and if it says yes, Handle. If that returns nil, the route's
// senders answer.
//
// The built-in handlers are values to put into a policy: [SaveMessage],
// [UserProfile], [ThumbUp], [Location], [SimpleText], [Dummy], and [Gather] around a
// function for bursts. A handler of a program's own is one of:
//
//   - a function: [Func] for any event, [On] for one Go type of receiving payload,
//     [OnPayload] for taps and signals that carry a typed payload, [OnText] for texts, [OnComment]
//     for comments of both products, [OnReferral] for people who came through a link
//     or an ad;
//   - a struct that embeds a base. A base supplies ShouldHandle, the types under which
//     the handler may be routed, and the decoded payload, but not Handle, so that code
//     without a Handle does not compile: [TextBase], [TapBase], [QuickReplyBase],
//     [PostbackBase], [SignalBase], [MultimediaBase], [ReactionBase], [ReferralBase], [OptInBase],
//     [AuthenticationBase], [AccountLinkingBase], [ThreadControlBase], [CommentBase],
//     [FeedbackBase], [DeliveryBase], [ReadBase], [EchoBase], and [EventBase] for all
//     other kinds of event;
//   - anything else with the two methods of [Handler].
//
// A handler reads from its context: store.PersonFrom, store.From, i18n.From,
// graph.From. It queues its writes with store.Queue and its answers with its
// sending.Replier. All of them take effect together when the turn commits. If a
// route fails, nothing of the turn takes effect and the event is retried, so Handle
// may run more than once for an event. A handler that calls other systems passes
// them receiving.Event.Key as an idempotency key: it stays the same. The bot itself,
// for a message to another person, is in messenger.From: what its methods do takes
// effect immediately and survives the failure of the turn.
//
// # What Handle returns
//
// The result alone decides about the route and about what it wrote and queued:
//
//   - nil: it takes effect, and the senders answer.
//   - [Skip]: it is dropped, and the event counts as not handled by this route.
//   - sending.ErrNotAnswerable, wrapped or not: it takes effect. The event does not
//     allow the answer, so that trying again would not help.
//   - [Permanent], or a sending.FieldError: the route fails without a retry, and what
//     it wrote is dropped.
//   - [RetryAfter]: the route fails, and the event is retried at the time that it asks for.
//   - anything else, or a panic: the route fails, and the event is retried by the [Retry]
//     of the route or the bot.
//
// An error that joins or wraps several is a failure if one of them is.
//
// A reply that cannot be sent is an error that Handle sees. The bot logs, records and
// reports it whatever Handle returns; see sending.Replier. So a handler that can go on
// without the answer ignores the error, one whose writes depend on it returns
// Permanent(err), and one that leaves the event to others returns Skip.
package handling
