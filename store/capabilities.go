package store

import (
	"context"
	"time"
)

// Clock shows the store's clock to those who have no lease. Every [Lease] shows it too. Without
// this capability a bot goes by its latest lease, and before the first one by the clock of its
// process: a process that starts with a wrong clock purges by that.
type Clock interface {
	// Now returns the current time by the store's clock, to the microsecond.
	Now(ctx context.Context) (time.Time, error)
}

// DeadLetters lists dead letters and decides about them. Commit makes them, in every
// store. Without this capability they can only be counted from the log and
// Config.OnDeadLetter: the hook gets no id, and the calls of a bot that need a letter
// return [errors.ErrUnsupported].
type DeadLetters interface {
	// Dead lists dead letters, oldest first.
	Dead(ctx context.Context, query DeadQuery) ([]DeadLetter, error)

	// Replay puts a dead letter's event back, at the tail of its
	// conversation, for the routes that failed, with no attempts counted and
	// received now. The page's bound does not apply. It returns [ErrNotFound]
	// if there is no such letter.
	Replay(ctx context.Context, id int64) error

	// Drop erases a dead letter; its event's dedup key is kept. It returns
	// [ErrNotFound] if there is none.
	Drop(ctx context.Context, id int64) error
}

// Inspector says what waits in a store, and whether it works. Without it Bot.Stats
// returns [errors.ErrUnsupported], and Bot.Healthy goes by the callbacks alone: it
// does not notice that the store is away before a callback cannot be stored.
type Inspector interface {
	// Stats counts what waits.
	Stats(ctx context.Context) (Stats, error)

	// Waiting counts what waits for each page that something waits for, by page id. It
	// reads all that waits: once in a few seconds is often enough.
	Waiting(ctx context.Context) (map[string]Waiting, error)

	// Ping reports whether the store can take events now, by the way of Put: it
	// stores an event, with its key and its conversation, and takes it back, through
	// whatever a Put goes through. It fails with the error that a Put would get: a full
	// disk, a revoked permission, a missing table, a database that has become
	// read-only or cannot be reached. The bound on a page's events does not matter.
	// Other methods see nothing of it, it gives no hint, and it blocks neither puts nor
	// claims. A weaker check, such as whether the database answers, can succeed while
	// every Put fails.
	Ping(ctx context.Context) error
}

// Replicas is how the processes that work one queue know of each other. Without it a
// bot acts as the only replica: it uses all of each page's send rate, and waits for the
// echo of a send with unknown outcome only on pages of which this process has handled an
// echo within the last day.
type Replicas interface {
	// Heartbeat announces a replica, or announces it anew, and returns all that
	// have been announced and not run out, this one included, by their owners'
	// names. With a TTL of 0 it deregisters; an owner that was never announced only reads then.
	Heartbeat(ctx context.Context, replica Replica) ([]Replica, error)

	// EchoedAt returns when an event with an EchoOf key last arrived for a page,
	// to the hour: a page whose sends are echoed back will be sent the echo of
	// the next one, too. It is zero if none has.
	EchoedAt(ctx context.Context, pageID string) (time.Time, error)
}

// Isolator remembers which event runs alone in its process, so that it is not run
// again if it ends the process; see [IsolationLevel]. Without it a conversation that was
// interrupted again and again still runs in smaller company, and at last alone, but no
// event becomes a dead letter for ending its process: it is run again each time.
type Isolator interface {
	// MarkAlone records durably that a process runs an event of a conversation
	// and no other turn beside it, or, if seq is 0, that this is no longer so. The
	// next Commit, and the next Claim, end the mark too. If the process ends while
	// the mark stands, the next lease on the conversation has the event in Fatal.
	// It returns [ErrFenced] if the lease is not current. It changes neither the
	// deliveries nor the time of the lease.
	//
	// A lease that expires while its process lives leaves no event in Fatal, unless the
	// store cannot tell whether it lives, as behind a connection pooler.
	MarkAlone(ctx context.Context, lease LeaseID, seq int64) error
}

// Peeker shows what waits in a conversation, without a lease. Without it a route with CancelOnNewer is
// cancelled only for messages that waited when its lease was granted.
type Peeker interface {
	// Peek returns events of a conversation that wait, those that would be handled last first, at
	// most limit; less than 1 returns none. Events that a worker handles wait too; what was raised is not
	// among them. Of a [QueuedEvent] it sets Conversation, Key, Time, Body, Seq and ReceivedAt.
	Peek(ctx context.Context, conv Conversation, limit int) ([]QueuedEvent, error)
}

// Viewer shows people at work what a bot itself has no need to list: which conversations are stuck, and what is kept of one. The
// lists are bounded and none takes a lease. Without it package operations answers that the store does not support them, and an
// export of a person leaves their sessions, waiting messages and places in broadcasts out and says so.
type Viewer interface {
	// Blocked lists conversations whose head has failed and waits for its next try, those that have waited longest first, at most
	// limit and [MaxBlockedList].
	Blocked(ctx context.Context, limit int) ([]Blocked, error)

	// Outbox returns the sends of a conversation that wait, in the order in which they were added, at most limit.
	Outbox(ctx context.Context, conv Conversation, limit int) ([]QueuedSend, error)

	// SessionsOf returns the sessions of a person that have not expired, by name, those after the name after, at most limit.
	SessionsOf(ctx context.Context, conv Conversation, after string, limit int) ([]Session, error)

	// PlacesOf returns the places of a person in broadcasts in which they are not counted yet, drafts included, by the ids of the broadcasts,
	// those after the id after, at most limit.
	PlacesOf(ctx context.Context, conv Conversation, after string, limit int) ([]Place, error)
}

// Interruptible promises that the calls of [Queuer], and Apply, return as soon as their context has ended, whatever the disk, the
// network or another call does, and that none ends its goroutine. A bot makes such calls in the goroutine of its worker. To
// those of other stores it gives a goroutine each, so that it can go on without a call that hangs, which takes CPU time.
type Interruptible interface {
	// Interruptible returns the store that promises this: itself. A bot asks the store that it was given, not what that unwraps
	// to, and believes only an answer that is that same store, by ==. So a wrapper with methods that may hang promises nothing
	// by embedding a store that is interruptible, and a store whose type cannot be compared promises nothing either.
	Interruptible() Store
}

// CallRunner runs the functions of a program in the transaction of a turn. Without it
// [Queue] refuses every [Call] with [errors.ErrUnsupported].
type CallRunner interface {
	// RunsCalls reports whether the store can run calls of that API.
	RunsCalls(api string) bool
}

// Unwrapper is implemented by stores that wrap another one. Embedding a [Store] promotes
// the methods of that interface and no others, so it hides the capabilities of what is
// embedded. With this method [As] finds them:
//
//	type logged struct{ store.Store }
//
//	func (l logged) Unwrap() store.Store { return l.Store }
//
// A wrapper that changes one method of a capability implements the others too, by
// embedding the capability beside the Store: with some of the methods it is no such
// capability, and As passes over it. One that hides all capabilities has no Unwrap.
type Unwrapper interface {
	// Unwrap returns the store that is wrapped, or nil.
	Unwrap() Store
}

// As returns a capability of a store: the store itself if it has it, or else the first
// that has it of those that it unwraps to. T is one of the interfaces of this package,
// such as [DeadLetters], or one of another package of stores.
func As[T any](st Reader) (T, bool) {
	for st != nil {
		if capability, ok := st.(T); ok {
			return capability, true
		}
		wrapper, ok := st.(Unwrapper)
		if !ok {
			break
		}
		inner := wrapper.Unwrap()
		if inner == nil {
			break
		}
		st = inner
	}
	var none T
	return none, false
}
