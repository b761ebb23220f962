package routing

import (
	"fmt"
	"time"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
)

// Policy maps receiving types to routes. It is plain data: a bot checks it
// with [Policy.Validate] and takes a copy, so a later change of the map has no effect on it.
//
// For an event the routes under [receiving.TypeDefault] run first, then the dialogs under
// [receiving.TypeDialog], of which at most one handles it and is Final then, then the routes under its own type, then, for a tap, those under [receiving.TypeTap]; within an entry in
// their order. For a signal, which the program itself raises, those under TypeDefault
// run only with [Route.Signals], and handlers that take their own signals get them before
// the routes under [receiving.TypeSignal]: see [handling.SignalTaker].
type Policy map[receiving.Type][]Route

// Route is a handler and the senders that answer for it.
type Route struct {
	// Name names the route in dead letters and logs, uniquely in the policy.
	// Default: its type and its index, such as "SIMPLE_TEXT/0". Give names to
	// routes if the policy may change while events wait.
	Name string
	// When is the condition of the route: an event that it does not match passes
	// the route by, before the handler is asked. Default: every event matches.
	When Condition
	// Handler acts. A route that only answers needs none: it has When and Senders.
	Handler handling.Handler
	// Senders answer, in order, if the handler has handled the event.
	Senders []sending.Sender
	// Final ends the event's turn if this route handles it: no route after it
	// runs.
	Final bool
	// Otherwise runs the route only if none before it, under the same type,
	// has handled the event; under [receiving.TypeTap] also none under the tap's
	// own type. A route that failed counts as having handled it.
	Otherwise bool
	// Timeout bounds the route: condition, handler and senders together. Their
	// context ends then, with a [TimeoutError] as its cause. A route that returns an
	// error after that has failed with a [TimeoutError], and is retried like any other;
	// one that returns nil within a second has handled the event. A handler that has not
	// returned after that second is abandoned: nothing that it still does has effect,
	// and the routes after it run meanwhile. At most [MaxTimeout].
	//
	// A Timeout above messenger.Config.TurnTimeout gives the route more time than turns have: its own
	// time is added to that of the turn. Each route beside it that has no Timeout then has TurnTimeout for
	// itself. The lease on the conversation is renewed meanwhile; if it is lost, the context ends and nothing
	// of the turn takes effect. The worker and the person's conversation are busy: what the person writes
	// waits, and messenger.Config.Workers bounds how many such routes run. At shutdown the context
	// ends within the grace period, and the event is run again without a try being counted.
	//
	// Default: only the bound of the whole turn (Config.TurnTimeout) holds.
	Timeout time.Duration
	// Retry says how often and when an event is tried again that this route has failed
	// for. What is not set is as in the bot's Config.Retry. The event is retried as a
	// whole, as long as one of the routes that failed has a try left; see docs/failures.md.
	Retry handling.Retry
	// DespiteSilence lets the route run, and answer, also while the bot keeps silent
	// because another answers the person (messenger.Config.Quiet): for a button by which
	// the person comes back to the bot, say. On standby it changes nothing. Default: it
	// does not run then, unless it is under [receiving.TypeDefault] or the event is no
	// act of the person, and does not answer.
	DespiteSilence bool
	// Signals makes a route under [receiving.TypeDefault] run for signals too, which the
	// program itself raises. It may not answer them. Default: it runs for what comes from
	// the platform.
	Signals bool
	// TypedTaps makes a typed text count as a tap, if it equals the title of a quick
	// reply or of an item of the menu that the person was offered: see [Offers]. The
	// route must be under the type of a tap or under [receiving.TypeTap]. If it
	// handles the tap, the routes under SIMPLE_TEXT do not run for the text. Default:
	// a typed text is a SIMPLE_TEXT and nothing else.
	TypedTaps bool
	// CancelOnNewer cancels the context of the handler and the senders, with handling.ErrNewer as its
	// context.Cause, when a newer message or tap of the person waits: within a second, whichever
	// replica has received it (store.Peeker), and immediately if it waited before. A route that then returns an
	// error is superseded: what it queued is dropped, its messages included, the event is done for this
	// route without a retry and without a dead letter, and messenger.Stats counts it. One that returns
	// nil has handled the event: all that it queued takes effect. Messages of a turn are sent after its commit,
	// so a superseded route has sent none; what it did elsewhere, and sender actions by Replier.Now, is done.
	// What an earlier turn has committed goes out, whatever the person writes meanwhile.
	//
	// A handling.Gather keeps a superseded burst, and the newer message joins it. A replayed
	// dead letter is not cancelled. Reactions, edits, reads and the like cancel nothing. A handler that panics, or
	// ignores the end of its context for a second, has failed as any does. Default: it works on.
	CancelOnNewer bool
	// Typing shows the person a typing mark while the route works: after 1 s, and again
	// every 15 s, since the platform hides it after 20 s. It goes when the route ends, at
	// the latest when the turn is abandoned; before an answer that goes out at once the platform
	// itself hides it. It is shown where the route may answer the person by a message on
	// Messenger, not on Instagram and not while the bot keeps silent. Each is a request
	// that passes the middleware of sends with no Key and is not recorded; it is left out while replies
	// wait for the page's send rate. One that fails changes nothing: messenger.Stats
	// counts it as TypingFailed. Default: no mark; sending.Typing shows one before a message.
	//
	// https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/sender-actions
	Typing bool
	// Origin says where the route was written, such as "policy.yaml:12:7", for the
	// mistakes of [Policy.Validate]. It has no other effect. Package policyfile sets it,
	// and writes a route back as it was read as long as it is there. Default: the route
	// was written in Go.
	Origin fmt.Stringer
}
