package sending

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"

	"github.com/djmessenger/messenger/receiving"
)

// ErrNotAnswerable is returned by a [Replier] for an event that the handler's
// route may not answer: one that is not [Answerable], such as a delivery or
// anything on standby, or one that is no act of a person, such as a hand-over, if
// the route is not under the event's own type. A handler that meets it has nothing
// to say: the bot takes it as handling.Skip, not as a failure.
var ErrNotAnswerable = errors.New("sending: this event cannot be answered, or by a route under its own type alone")

// Outlet is where a [Replier] puts what it is given. The bot's engine is one,
// and [Recorder].
type Outlet interface {
	// Queue takes messages that have passed Validate.
	Queue(ctx context.Context, messages []Message) error
	// Cancel takes back the messages of a key.
	Cancel(ctx context.Context, key string) error
	// Now sends a sender action at once.
	Now(ctx context.Context, action Action) error
}

// Replier is how a handler answers. What it queues goes out when the turn has
// committed, and not at all if the route fails. It is safe for concurrent use,
// until the handler returns.
type Replier struct {
	event  *receiving.Event
	outlet Outlet

	mu     sync.Mutex
	values map[string]string
}

// NewReplier returns a Replier for one route and one event.
func NewReplier(ev *receiving.Event, outlet Outlet) *Replier {
	return &Replier{event: ev, outlet: outlet}
}

// Reply queues messages to the person. The texts go out as they are; [Expand]
// translates. It returns [FieldError]s if messages break a limit, with paths such
// as messages[0].text, and [ErrNotAnswerable] if the handler's route may not
// answer the event. On an error nothing is queued.
func (r *Replier) Reply(ctx context.Context, messages ...Message) error {
	var errs []error
	for i, m := range messages {
		if err := m.Validate(r.event.Object); err != nil {
			errs = append(errs, within(fmt.Sprintf("messages[%d]", i), err))
		}
	}
	if len(errs) > 0 {
		return errors.Join(errs...)
	}
	return r.outlet.Queue(ctx, messages)
}

// Send queues what a sender composes.
func (r *Replier) Send(ctx context.Context, sender Sender) error {
	messages, err := sender.Compose(r.Context(ctx), r.event)
	if err != nil {
		return fmt.Errorf("sender %s: %w", nameOf(sender), err)
	}
	if err := r.Reply(ctx, messages...); err != nil {
		return fmt.Errorf("sender %s: %w", nameOf(sender), err)
	}
	return nil
}

// Cancel takes back what waits to be sent to the person under a key: a message
// with [Message.WithKey], or those of a SendOnce. Like all that a handler does,
// it takes effect when the turn commits, and the key is free again then: a
// reminder is moved by canceling it and queueing another under its key.
func (r *Replier) Cancel(ctx context.Context, key string) error { return r.outlet.Cancel(ctx, key) }

// Set gives a value to the texts of the route's senders: %{name}. It goes out as it
// is: neither is it looked up as a message id, nor are placeholders in it filled
// in. So a text from elsewhere (what the person wrote, another service's answer)
// belongs here, and the sender's text is "%{name}".
func (r *Replier) Set(name, value string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.values == nil {
		r.values = map[string]string{}
	}
	r.values[name] = value
}

// Now sends typing_on, typing_off or mark_seen to the person at once, without
// waiting for the turn to commit. It is the one thing that may repeat if the
// turn runs again.
func (r *Replier) Now(ctx context.Context, action Action) error {
	if err := action.Message().Validate(r.event.Object); err != nil {
		return err
	}
	return r.outlet.Now(ctx, action)
}

// Context returns a context in which texts find the values that were given to
// Set.
func (r *Replier) Context(ctx context.Context) context.Context {
	return WithLookup(ctx, func(name string) (string, bool) {
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
