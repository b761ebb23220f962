package sending

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
	"time"

	"github.com/djmessenger/messenger/internal/replier"
	"github.com/djmessenger/messenger/receiving"
)

// ErrNotAnswerable is returned by a [Replier] for an answer that the event or the
// handler's route does not allow: an event that is not [Answerable], such as a
// delivery or anything on standby; one that is no act of a person, or has no person,
// such as a hand-over or a comment, if the route is not under the event's own type;
// a public reply to what takes none. Trying again does not help. A handler that
// returns this error, wrapped or not, has handled the event all the same, and what
// it wrote takes effect; package handling lists what else it can return.
var ErrNotAnswerable = errors.New("sending: the event cannot be answered like this, or not by this route")

// outlet receives what a [Replier] is given. The bot's engine and [Recorder]
// implement it.
type outlet interface {
	// Queue takes messages that have passed Validate.
	Queue(ctx context.Context, messages []Message) error
	// Refused takes the messages of a call that is refused because one of them breaks
	// a limit, none of which will be sent, and what the call returns.
	Refused(ctx context.Context, messages []Message, err error)
	// Cancel takes back the messages of a key.
	Cancel(ctx context.Context, key string) error
	// Now sends a sender action without waiting for the turn to commit.
	Now(ctx context.Context, action Action) error
}

// Replier is how a handler answers. Queued messages are sent after the turn has
// committed, and dropped if the route fails. It is safe for concurrent use
// until the handler returns.
//
// A reply that cannot be sent is an error of the method that was called, and nothing of
// that call is queued: a [FieldError] for a message that breaks a limit,
// [ErrNotAnswerable] for what the event or the route does not allow (with
// [ErrAlreadyReplied] for a second private reply), store.ErrTurnOver after the handler
// has returned. Whatever the handler then does, the bot logs the refused messages with
// the route and the error. When the turn ends it also records them as refused,
// counts them, and gives them to Config.OnSendFailed.
type Replier struct {
	event  *receiving.Event
	outlet outlet

	mu     sync.Mutex
	values map[string]string
}

// newReplier returns a Replier for one route and one event.
func newReplier(ev *receiving.Event, to outlet) *Replier {
	return &Replier{event: ev, outlet: to}
}

func init() { //nolint:gochecknoinits // the engine calls New, which has types that only this package can name
	replier.New = func(event, to any) any {
		return newReplier(event.(*receiving.Event), to.(outlet)) //nolint:forcetypeassert // a mistake of this module, not of a user
	}
}

// Reply queues messages to the person. The texts go out as they are; [Expand]
// translates. It returns [FieldError]s if messages break a limit, with paths such
// as messages[0].text, and [ErrNotAnswerable] if the handler's route may not
// answer the event. On an error nothing is queued.
func (r *Replier) Reply(ctx context.Context, messages ...Message) error {
	if err := r.validate(messages); err != nil {
		return r.refused(ctx, messages, err)
	}
	return r.outlet.Queue(ctx, messages)
}

// refused lets the outlet know of a refusal, and returns its error.
func (r *Replier) refused(ctx context.Context, messages []Message, err error) error {
	r.outlet.Refused(ctx, messages, err)
	return err
}

func (r *Replier) validate(messages []Message) error {
	var errs []error
	for i, m := range messages {
		if err := m.Validate(r.event.Object); err != nil {
			errs = append(errs, within(entry("messages", i), err))
		}
	}
	return errors.Join(errs...)
}

// Send queues what senders compose, in their order: those after a [Typing] wait
// until it has finished. The bot sends a route's senders with one call; of
// several calls, each starts at once. Errors are those of Compose and of
// [Replier.Reply], with the sender's name. On an error nothing is queued.
func (r *Replier) Send(ctx context.Context, senders ...Sender) error {
	var all []Message
	var typing time.Duration // until when the senders before this one type
	for _, sender := range senders {
		messages, end, err := composeAfter(r.context(ctx), r.event, typing, sender)
		if err != nil {
			return fmt.Errorf("sender %s: %w", nameOf(sender), err)
		}
		typing = end
		all = append(all, messages...)
		if err := r.validate(messages); err != nil {
			return r.refused(ctx, all, fmt.Errorf("sender %s: %w", nameOf(sender), err))
		}
	}
	if len(senders) == 0 {
		return nil
	}
	return r.outlet.Queue(ctx, all)
}

// Cancel cancels the waiting messages to the person with a key: those with
// [Message.WithKey], or those of a SendOnce. It takes effect when the turn
// commits, and frees the key: to move a reminder, cancel it and queue another
// with its key.
func (r *Replier) Cancel(ctx context.Context, key string) error { return r.outlet.Cancel(ctx, key) }

// Set sets the value of the placeholder %{name} in the texts and URLs of the
// route's senders. The value is neither translated nor filled in, so a text
// from elsewhere (what the person wrote, another service's answer) belongs
// here, and the sender's text is "%{name}".
func (r *Replier) Set(name, value string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.values == nil {
		r.values = map[string]string{}
	}
	r.values[name] = value
}

// Now sends typing_on, typing_off or mark_seen to the person at once, without
// waiting for the turn to commit. It is the only action that may be repeated if
// the turn runs again. An error of the platform is returned too, and the bot logs it,
// records it and gives it to Config.OnSendFailed. While an operator has paused sending
// for the page, it does nothing and returns nil.
func (r *Replier) Now(ctx context.Context, action Action) error {
	if err := action.Message().Validate(r.event.Object); err != nil {
		return r.refused(ctx, []Message{action.Message()}, err)
	}
	return r.outlet.Now(ctx, action)
}

// context returns a context in which texts find the values that were given to
// Set.
func (r *Replier) context(ctx context.Context) context.Context {
	return withLookup(ctx, func(name string) (string, bool) {
		r.mu.Lock()
		defer r.mu.Unlock()
		value, ok := r.values[name]
		return value, ok
	})
}

// Values returns a copy of what was given to Set.
func (r *Replier) Values() map[string]string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return maps.Clone(r.values)
}
