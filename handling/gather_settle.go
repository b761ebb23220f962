package handling

import (
	"context"

	"github.com/djmessenger/messenger/internal/turnctx"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
)

// Settle returns a handler for a route under DEFAULT that keeps the burst in step with what else the
// person does:
//
//   - An act that g does not gather, such as a tap, ends the burst: Handler runs first, in the turn of that
//     act, and may answer. Then the act's own routes run. If Handler fails, so does the route, and the act is
//     retried with it.
//   - A message of the burst that was edited gets its new text, and one that was unsent leaves it.
//
// While the bot keeps silent ([WithSilence]) no act ends the burst.
//
// Without it the burst waits for its time, and has the messages as they were sent first. It reads a
// session in every turn in which a person acts. Put it before routes that are Final.
func (g Gather) Settle() Handler { return settler{g} }

type settler struct{ gather Gather }

var (
	_ Validator   = settler{}
	_ TypeLimited = settler{}
)

// ShouldHandle reports whether the event can change a burst.
func (s settler) ShouldHandle(ctx context.Context, ev *receiving.Event) bool {
	return !ev.Standby && (ev.Type == receiving.TypeMessageDeleted || ev.IsAct() && !s.gather.ShouldHandle(ctx, ev))
}

// Handles reports TypeDefault.
func (settler) Handles(t receiving.Type) bool { return t == receiving.TypeDefault }

// Validate is that of the Gather.
func (s settler) Validate() error { return s.gather.Validate() }

// Handle returns [Skip] if there is no burst that the event changes.
func (s settler) Handle(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
	b, err := s.gather.open(ctx)
	if err != nil {
		return err
	}
	if b.ID == "" || b.overdue(ev, Now(ctx)) {
		return Skip
	}
	switch ev.Type {
	case receiving.TypeMessageDeleted, receiving.TypeMessageEdit:
		return s.change(ctx, b, ev)
	}
	if turnctx.Muted(ctx) {
		return Skip // the act is not answered either, so there is no order to keep
	}
	return s.gather.run(ctx, b, reply)
}

// change does to a message of the burst what the person has done to it. The timer stays as it is.
func (s settler) change(ctx context.Context, b burst, ev *receiving.Event) error {
	i := b.find(ev.MID())
	if i < 0 {
		return Skip
	}
	if edit, ok := ev.Payload.(*receiving.MessageEdit); ok {
		b.Items[i].Text = &edit.Text
	} else {
		b.Items = append(b.Items[:i], b.Items[i+1:]...)
	}
	return s.gather.session("").Keep(ctx, b)
}

// CallsCancelOnNewer says that no newer message cancels it.
func (settler) CallsCancelOnNewer() {}
