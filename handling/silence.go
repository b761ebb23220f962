package handling

import (
	"context"
	"errors"
	"time"

	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/store"
)

// Silence is why the bot does not answer a person.
type Silence struct {
	// Why is the reason, such as "a human wrote at 2026-11-27T12:00:00Z".
	Why string
	// Until is when it ends; zero if that is not known.
	Until time.Time
}

// String returns "silent: ", the reason, and until when, as logs and Explain show it.
func (s Silence) String() string {
	text := "silent: " + s.Why
	if !s.Until.IsZero() {
		text += ", until " + s.Until.UTC().Format(time.RFC3339)
	}
	return text
}

type silenceKey struct{}

// WithSilence returns a context for the next [TurnFunc] in which the bot does not answer:
// of an act of a person only the routes under DEFAULT run, as on standby, and those with
// routing.Route.DespiteSilence. What is no act, such as an echo or a hand-over, runs all
// its routes. Senders do not answer, and a handler that answers all the same gets
// sending.ErrSilent, unless its route has DespiteSilence. The event is done then; it is
// not kept for later. Middleware of a program's own may use it, for closing hours say.
func WithSilence(ctx context.Context, silence Silence) context.Context {
	return context.WithValue(ctx, silenceKey{}, silence)
}

// SilenceFrom returns why the bot does not answer in the context's turn, and false if it
// may.
func SilenceFrom(ctx context.Context) (Silence, bool) {
	silence, ok := ctx.Value(silenceKey{}).(Silence)
	return silence, ok
}

var errNoPerson = errors.New("handling: the event has no person, so there is no silence to end")

// EndSilence lets the bot answer the event's person again, from the next event on: a
// human who wrote before the event, and an app that was given the conversation before it,
// no longer keep the bot silent. It takes effect when the turn commits. The route that
// calls it needs routing.Route.DespiteSilence, to run and to answer.
//
// It changes what the bot does, not what the platform allows: on a page with Conversation
// Routing call graph.Client.TakeThreadControl too. Outside of a turn, store.Store.Apply
// takes a [store.EndSilence].
func EndSilence(ctx context.Context, ev *receiving.Event) error {
	if ev.PSID == "" {
		return errNoPerson
	}
	return store.Queue(ctx, store.EndSilence{PageID: ev.PageID, PSID: ev.PSID, At: happened(ctx, ev)})
}

// happened is when an event happened.
func happened(ctx context.Context, ev *receiving.Event) time.Time {
	if at := TurnFrom(ctx).At; !at.IsZero() {
		return at
	}
	if ev.Time.IsZero() {
		return Now(ctx)
	}
	return ev.Time
}
