package store

import (
	"context"
	"time"
)

// Conversation is the unit of order: all that happens between a page and a
// person happens one after another.
type Conversation struct {
	PageID string
	// PSID is the person's page-scoped id, or Instagram-scoped id
	// (IGSID). Events that have no person carry the id of what they are about
	// instead, with a slash in it, which no platform id has: "feed/123_456".
	PSID string
}

// Queuer is the durable queue. All delays are durations, counted by the
// store's own clock, so that replicas need not agree on the time; negative
// ones count as none. Times are kept to the microsecond and come back in UTC.
type Queuer interface {
	// Put stores events. A nil error means that each of them is durable, or
	// was seen before; otherwise none of them took effect, except that an
	// error of the context, or of a connection that broke at the commit, says
	// nothing: the events may be stored, and putting them again is harmless. It returns a [BacklogError] if the events would
	// take a page past the store's bound.
	//
	// An event that carries an EchoOf key also settles the send of that key
	// to the same page, if its outcome was unknown, as if a [SendFinished] had
	// been committed, whoever holds the lease; if the conversation was given
	// back to rest, its rest is over. The store then keeps a [Sent]
	// of [OutcomeEchoed] with the send's key and person, and neither type nor
	// body, since it does not look into those.
	//
	// An event that Unsends a message erases, in the same step, the events of the
	// same conversation that have the message's content: those with its keys, and its
	// edits. They wait no longer. A turn that handles one at that time ends with
	// [ErrNotFound], without effect. Their dead letters, what a [SaveMessage] kept
	// under their keys, and what an [AddLocation] kept of the message are deleted.
	// Those that are put by the same call, or later, are not stored: the keys, and the
	// EditOf of the edits, count as seen. An echo that is put by the same call still
	// settles its send.
	Put(ctx context.Context, events ...Event) error

	// Enqueue stores sends from outside of a turn, all or none. A send whose
	// key was seen before is left out. If a send is the head of its group, which
	// is to say that its Key is its Group, and that key was seen before, the
	// whole group is left out. After an error of the context, or of a connection
	// that broke at the commit, the sends may have been stored; the same ones may
	// be enqueued again.
	//
	// What is enqueued is background work: claims hand out conversations in which only
	// that waits after all others, and as many as [Claim.Background] says. An event, and a
	// send of a turn that waits for a later time, makes its conversation one of the others.
	Enqueue(ctx context.Context, sends ...Send) error

	// Cancel takes back the sends of a conversation with that key, or of the
	// group with that key, that have not been started. It reports whether
	// there were any. It is too late for a send that is due while its
	// conversation is leased, for it may be on its way. The keys are free
	// again. A turn cancels with a [CancelSend].
	Cancel(ctx context.Context, conv Conversation, key string) (bool, error)

	// Claim leases conversations that have something due, oldest due first, and
	// background work last. Which pages come first, if there is no room for all that a
	// page has, is not defined.
	// Each lease gets a fencing token above all earlier ones of its conversation, and the
	// claim adds one to the conversation's deliveries. A lease that is
	// handed out has an event or a send in it. Conversations that were
	// interrupted at most once are handed out with the fresh ones; the others are
	// bounded by [Claim.Suspects], and those beyond the bound delay no others. See
	// [IsolationLevel]. After an error of the context conversations may have been
	// leased without a holder; they can be claimed again when the lease expires.
	Claim(ctx context.Context, claim Claim) ([]Lease, error)

	// Renew extends leases to ttl from now and returns those that were
	// already lost. A lease that has expired is not lost before another worker
	// claims its conversation. It waits for no lock: with a [RenewError] the leases that
	// it names were not extended, and all others were.
	Renew(ctx context.Context, ttl time.Duration, leases ...LeaseID) (lost []LeaseID, err error)

	// Commit makes an outcome durable, all of it or nothing. It returns the sends
	// of the conversation that are due then, in the order to deliver them: what
	// the outcome has added, and what others have. The first of them has been
	// marked as started if it is the one that the outcome starts.
	//
	// It returns [ErrFenced] if the lease is not current, [ErrNotFound] if the
	// outcome's event no longer waits (so that an outcome that is committed again
	// after an error takes effect once), a [ConflictError] if a session was
	// changed meanwhile, a [RaiseLimitError] or [ErrNoPerson] if a [Raise] was refused,
	// and a [CallError] if a [Call] failed. It resets the
	// conversation's deliveries, and does not extend the lease.
	//
	// The fencing token alone decides whether a lease is current: one that has expired
	// still commits as long as no other worker has claimed the conversation. After
	// an error of the context the outcome may have taken effect.
	Commit(ctx context.Context, outcome Outcome) (due []QueuedSend, err error)

	// Wake registers a function that the store calls when something may have
	// become due. It is a hint: calls may be missing or for nothing, and a
	// poll must stand behind it. The function must not block. The returned
	// function ends the registration.
	Wake(hint func()) (stop func())
}

// Event is one event on its way in.
type Event struct {
	Conversation
	// Key is the dedup key: an event with a key that the store has
	// seen before takes no effect. It must not be empty.
	Key string
	// KeyTime is a time that is part of the event, which every delivery of it repeats, or
	// zero. It is kept to the microsecond. Stores keep the dedup keys of near times near each
	// other, so that a Put touches fewer pages. It is part of the dedup key: the same Key with
	// another KeyTime is another event, but a Key that was seen without a time is seen with
	// any. It is acted on when the event is put, and not handed out again.
	KeyTime time.Time
	// Time is when the event happened, by the platform's clock. Waiting events
	// of a conversation are handled by Time, then by arrival.
	Time time.Time
	// Body is what the bot needs to handle the event, a receiving.Envelope by its MarshalBinary.
	// receiving.Envelope.UnmarshalBinary reads it, that of a dead letter too. The store does not look
	// at it.
	Body []byte
	// EchoOf is the key of the send that this event, an echo, proves to
	// have reached the platform; empty for all other events.
	EchoOf string
	// EditOf, if this event is an edit of a message, identifies that message; empty
	// for all other events. The Key must begin with it, and no Key of an event that is
	// no edit of the message may. It is acted on when the event is put, and not handed
	// out again.
	EditOf string
	// Unsends names what this event says was deleted; the zero value for all other
	// events. It is acted on when the event is put, and not handed out again.
	Unsends Unsent
	// Raised says that the program raised the event. It is set on what is handed out.
	Raised Raised
}

// Unsent names a message that was deleted by who sent it.
type Unsent struct {
	// Keys are those of the events that have the message's content, as far as there
	// are any, without its edits.
	Keys []string
	// Edits is the EditOf of the message's edits; empty for none.
	Edits string
	// MID is the message id, for what is kept by it; empty if unknown.
	MID string
}

// Send is one message on its way out.
type Send struct {
	Conversation
	// Key is the idempotency key, unique over all sends. It must not be empty.
	Key string
	// Fresh says that no other send ever has the key, since it is made of what takes
	// effect once, such as the end of an event. The store then neither looks for the
	// key among those that it has seen, nor remembers it. It is not handed out again.
	Fresh bool
	// Group is common to the sends that were composed together: the
	// event's key, or the key given to SendOnce.
	Group string
	// Body is what the bot needs to send. The store does not look at it.
	Body []byte
	// Delay is how long to wait before the send is due. Meanwhile it holds
	// nothing back: other sends of its conversation go first. Sends that are
	// due go in the order in which they were added.
	Delay time.Duration
}

// Claim asks for work.
type Claim struct {
	// Owner names the process that will do the work.
	Owner string
	// Conversations is the most to lease.
	Conversations int
	// Events is the most events, and the most sends, to hand out of each; less
	// than 1 means 1.
	Events int
	// Serves reports whether the process works for a page. The conversations of the
	// other pages are left to others: nothing of theirs changes, and they delay no
	// claim. It is called while the store is locked, so it must be quick and must not
	// call the store. Nil means every page.
	Serves func(pageID string) bool
	// Room returns the most conversations of a page to lease; less than 1 means none. It
	// is called as Serves is, at most once for a page. What is beyond it delays no other
	// page, however much it is. Nil means no bound.
	Room func(pageID string) int
	// Background is up to how many leases background work, see [Lease.Background], is
	// leased when there is nothing else; less than 1 means that none is.
	Background int
	// OnlyBackground leases background work and nothing else, whatever waits. So a bot whose
	// people need every worker still does some of it.
	OnlyBackground bool
	// Suspects is the most conversations to lease that were interrupted more than
	// once, on each level of isolation. The event at their head may have ended its
	// process each time.
	Suspects Suspects
	// TTL is how long the leases last without a Renew.
	TTL time.Duration
}

// LeaseID names a lease. Of two leases on one conversation the one with the
// higher token is current.
type LeaseID struct {
	Conversation
	// Token is the fencing token: a Commit with an older one is refused with [ErrFenced].
	Token int64
}

// Lease is the right to act for a conversation, and what there is to do.
type Lease struct {
	LeaseID
	// Now is the time of the claim by the store's clock. Ages and deadlines of what the
	// lease hands out are reckoned from it, so that replicas need not agree on the time. If
	// it is zero, the bot goes by the clock of its process.
	Now time.Time
	// Deliveries counts the claims since the last commit, this one included. Each one
	// but the last was interrupted: its process ended, or it lost the lease.
	Deliveries int
	// Fatal is the Seq of the event that ended its process while it ran alone, or
	// 0. The event is not to be run again. It is among Events, unless older events
	// arrived meanwhile.
	Fatal int64
	// Previous is the fencing token of the conversation's lease before this one. It is 0 if
	// there was none, and may be 0 if nothing has waited in between. Expired reports that it was not given back but ran out, and that its
	// process may still live: that process may know the outcome of a send that it has started,
	// and not have committed it yet.
	Previous int64
	Expired  bool
	// Background reports that nothing but what was enqueued from outside of turns, or timers,
	// waits in the conversation. See [Queuer.Enqueue] and [Raise].
	Background bool
	// Person is what is known of the conversation's person: nothing but their ids,
	// if they are unknown.
	Person Person
	// Events wait to be handled, in the order to handle them.
	Events []QueuedEvent
	// Sends wait to be delivered, in the order to deliver them, before the
	// events are handled.
	Sends []QueuedSend
}

// QueuedEvent is an event in the inbox.
type QueuedEvent struct {
	Event
	// Seq names the event within the store. It is never 0; that of a raised event is negative.
	Seq int64
	// Attempts counts the turns that failed.
	Attempts int
	// Only names the routes to run; none means all. It is set on replayed
	// dead letters.
	Only []string
	// ReceivedAt is when the event was put, or when a raised one became due, by the store's clock.
	ReceivedAt time.Time
}

// QueuedSend is a send in the outbox.
type QueuedSend struct {
	Send
	// AddedAt is when it was added, by the store's clock. If it is zero, the bot goes by the
	// clock of the process that made it.
	AddedAt time.Time
	// Started reports that a request may have been made: the send was marked,
	// and nothing is known of its end.
	Started bool
	// StartedAgo is how long ago it was marked, by the store's clock.
	StartedAgo time.Duration
	// Attempts counts the tries that failed.
	Attempts int
}

// Outcome is what one step of a worker comes to. All of it takes effect in one
// transaction.
type Outcome struct {
	// Lease must be current.
	Lease LeaseID
	// Event is the end of an event, or nil.
	Event *EventResult
	// Writes are applied in order.
	Writes []Write
	// Sends are added to the outbox, in order. Those whose key was seen
	// before are left out.
	Sends []Send
	// Results are the outcomes of sends that were in the outbox before. A worker whose
	// lease was claimed by another one can still say that a send was delivered: see
	// [SettleSend]. They
	// are applied before Sends are added. Those of a send that is gone, or of
	// another conversation, are passed over.
	Results []SendResult
	// Start is the key of the send that is to be made next, or empty. If it is
	// the first of those that are due when all else has taken effect, it is
	// marked as started: a request may have been made from now on. Otherwise, as
	// when its echo has arrived, it is left as it is.
	Start string
	// Due is the most sends that Commit returns; less than 1 means none.
	Due int
	// Next, if not nil, asks for the raised event to be handled next, so that several of a
	// conversation that are due take one lease. Commit calls it before it returns nil, at most
	// once, with an event that is due when all else has taken effect, and then gives the
	// conversation back no more than without Release: the lease goes on, and nothing that was
	// raised before that event waits. It does not call it after a Retry, while events of the
	// inbox wait, nor while sends are due beyond those that it returns. A store need not
	// call it: the next lease has the event.
	Next func(QueuedEvent)
	// Release gives the conversation back, unless Next was called. Otherwise the lease is kept.
	Release bool
	// After, with Release, is how long the conversation cannot be claimed,
	// whatever becomes due in it. It is how a failed event or send waits at
	// the head of its conversation.
	After time.Duration
	// UntilEvent, with After, ends the rest of the conversation when an event is put, or
	// has been since the claim.
	UntilEvent bool
	// Awaits, with After, is the key of the send for whose echo the conversation
	// rests, or empty. If that send is gone by now, it does not.
	Awaits string
}

// EventResult is the end of an event's turn.
type EventResult struct {
	Seq int64
	// Attempts is the event's count when it was handed out. If it is another by
	// now, this outcome or one like it has been committed already, and Commit
	// returns [ErrNotFound].
	Attempts int
	// Retry leaves the event at the head of its conversation with one more
	// attempt counted; only an older event that arrives late goes before it.
	// Otherwise the event is done.
	Retry bool
	// Uncounted, with Retry, counts no attempt: the event asked to wait.
	Uncounted bool
	// Failures, of an event that is done, make a dead letter. They name the
	// routes that failed; a failure without a route stands for all that the
	// event was to run. With Retry they are kept with the event until its next
	// try has ended, for [Blocked].
	Failures []Failure
}

// Failure says why a route failed.
type Failure struct {
	Route string `json:"route"`
	Error string `json:"error"`
}

// SendState is the outcome of an attempt to send.
type SendState int

// The states that a worker reports.
const (
	// SendAgain puts the send back, unmarked, with one more attempt counted.
	SendAgain SendState = iota + 1
	// SendUnknown puts the send back with one more attempt counted, and leaves
	// it marked: the outcome of the attempt is unknown, and its echo may settle it.
	SendUnknown
	// SendFinished takes the send out of the outbox: it was delivered, refused
	// permanently, or set aside.
	SendFinished
	// SendNotMade puts the send back, unmarked, and counts no attempt: it was started, and
	// no request was made.
	SendNotMade
)

// SendResult is the outcome of one attempt to send.
type SendResult struct {
	Key   string
	State SendState
	// Recipient is what a send that is finished means for its recipient, if it is of a
	// broadcast; it is not looked at for others. Without it the result is uncertain.
	Recipient RecipientResult
}

// DeadQuery selects dead letters.
type DeadQuery struct {
	// PageID limits the answer to one page; empty means all.
	PageID string
	// PSID limits the answer to one person, or other conversation, of a page; empty means all.
	PSID string
	// Key limits the answer to the letter of the event with that key; empty means all.
	Key string
	// After limits the answer to letters with a higher id, for paging.
	After int64
	// Limit is the most to return; default and maximum 1,000.
	Limit int
}

// Most is the most letters to return: Limit, with its default and maximum.
func (q DeadQuery) Most() int {
	if q.Limit <= 0 {
		return maxLetters
	}
	return min(q.Limit, maxLetters)
}

// maxLetters is the most dead letters that a query returns.
const maxLetters = 1000

// DeadLetter is an event with routes that failed permanently.
type DeadLetter struct {
	ID int64
	Event
	// Attempts counts the turns that were tried, the last one included.
	Attempts int
	// Failures name the routes that failed, and why.
	Failures []Failure
	// At is when the letter was made, by the store's clock.
	At time.Time
}

// Stats counts what waits in a store.
type Stats struct {
	// Events wait in the inbox, or were raised and are due.
	Events int
	// Timers are raised events that are not due.
	Timers int
	// Sends wait in the outbox, delayed ones included.
	Sends int
	// InFlight conversations are leased.
	InFlight int
	// Dead letters.
	Dead int
	// Oldest is when the event that waits longest was received, or became due if it was
	// raised; zero if none waits, and then left out of the JSON.
	Oldest time.Time `json:",omitzero"`
	// Blocked are conversations whose head waits to be tried again, those that
	// have waited longest first, at most [MaxBlocked].
	Blocked []Blocked
}

// Waiting counts what waits for a page.
type Waiting struct {
	// Events wait in the inbox, or were raised and are due.
	Events int
	// Sends wait in the outbox, delayed ones included.
	Sends int
	// OldestEvent is when the event that waits longest was received, or became due if it was
	// raised; zero if none waits, and then left out of the JSON.
	OldestEvent time.Time `json:",omitzero"`
	// OldestSend is when the first of the sends became due, or will; zero if none
	// waits, and then left out of the JSON.
	OldestSend time.Time `json:",omitzero"`
}
