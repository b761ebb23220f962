// Package store says what a bot remembers and how it is made durable.
//
// A [Store] has two sides. Its roles ([People], [Locations], [Messages],
// [Sessions], [Attachments]) are read. Every change is a value of the sealed
// interface [Write]: a handler queues writes into its turn with [Queue], and
// they become durable together with the end of the event and the sends that
// the turn composed, in one transaction, or not at all. Beside turns a
// program calls [Store.Apply].
//
// The third part, [Queuer], is the durable queue between the webhook and the
// handlers, and between the handlers and the platform. It belongs to the
// store because an event, what its handlers wrote and what is to be sent must
// commit together. Only the bot's engine calls it. What a store can do beyond that are
// capabilities, such as [DeadLetters]; [As] finds them.
//
// The path of an event through the queue:
//
//	Put ──> inbox ──Claim──> lease ──Commit──> done      + writes + outbox
//	                           │                 retry   (attempts + 1, later)
//	                           │                 dead    (a dead letter)
//	                           └─ lease lost ──> claimed again, elsewhere
//
// A lease is held on a [Conversation], not on an event: one worker at a time,
// anywhere, acts for one person. Each claim gives the lease a higher
// fencing token, and a Commit with an older one is refused with [ErrFenced], so a
// worker that was paused past its lease can no longer have effects.
//
// A lease that ends without a commit, since its process died or lost it, interrupts
// the conversation. It is claimed again at once; after several interruptions in a
// row it runs isolated from others, see [IsolationLevel].
//
// Package store/memory keeps everything in the process, for tests and first steps.
// Package store/gormstore keeps it in a database; package store/storetest is
// the suite that every store passes.
package store
