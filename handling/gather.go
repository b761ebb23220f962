package handling

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/djmessenger/messenger/internal/turnctx"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
)

// Defaults and limits of [Gather].
const (
	// DefaultQuiet and DefaultLongest are the defaults of Gather.Quiet and Gather.Longest.
	DefaultQuiet   = 3 * time.Second
	DefaultLongest = 30 * time.Second
	// MaxGathered is how many messages a burst has at most, and MaxGatheredBytes how many bytes,
	// as it is stored.
	MaxGathered      = 50
	MaxGatheredBytes = 256 << 10
	// MaxGatherName is the length of Gather.Name in bytes.
	MaxGatherName = 100
)

// Gather handles together what a person writes in a burst: "hi", "one question", "are you open
// today?". Each message is kept, and restarts a timer. When the person has been quiet for Quiet,
// Handler gets all messages in their order, in a turn of its own, and may answer them:
//
//	talk := handling.Gather{Name: "talk", Handler: answer}
//
//	policy := routing.Policy{
//		receiving.TypeSimpleText: {{Handler: talk}},
//		receiving.TypeImage:      {{Handler: talk}},
//	}
//
// A burst is in the person's session and its timer in the store, so that it survives restarts and
// any replica goes on with it. It takes effect once, as each event does: it ends with the turn of
// its Handler, or stays as it is if that fails and is retried.
//
// # A burst without end
//
// A message that comes Longest after the first one, or is the [MaxGathered]th, or brings the burst to
// [MaxGatheredBytes], ends it: Handler runs in that message's own turn, with that message as the last.
// The next one begins another burst.
//
// # What else the person does
//
// What is no message (a tap, a reaction, an opt-in), and a message that another route handles before
// this one or that its condition passes over, is handled when it comes, before the burst that waits. A
// route with [Gather.Settle] under DEFAULT handles the burst before it.
//
// # A newer message cancels the work
//
// With routing.Route.CancelOnNewer a message that comes while Handler works cancels its context. If Handler
// then returns an error, the burst stays, the newer message joins it, and Handler gets all of it after the
// next quiet time. A burst that has gathered for Longest is not cancelled any more. Adding a message to a burst never is.
//
// # While the bot keeps silent
//
// A burst that is due, or full, while the bot keeps silent ([WithSilence]) is dropped, as an act of the
// person is then: Handler does not run, and the burst is not kept for later. A route with DespiteSilence
// handles it. A replay of a burst fails until the silence is over.
//
// # When Handler fails
//
// The turn is retried with the same burst, and everything of that person waits meanwhile. After the
// last try there is a dead letter. The next message begins a new burst, so that what Handler cannot
// handle does not spoil what follows. The burst that failed is kept for seven days: a replay of the
// letter within that time handles it, a later one does nothing. If Handler has failed in the turn of a
// message (a burst without end), the letter has that message; those before it stay, and their timer
// handles them.
type Gather struct {
	// Name identifies the bursts of this Gather among those of a person; choose it once. All routes
	// that use one Name gather together, so they must have the same Handler. 1 to [MaxGatherName]
	// bytes without control characters. Required.
	Name string
	// Quiet is how long the person writes nothing before Handler runs: to the second, by the store's
	// clock. Default: [DefaultQuiet].
	Quiet time.Duration
	// Longest bounds how long a burst gathers, from its first message; at least Quiet. Default:
	// [DefaultLongest], or Quiet if that is longer.
	Longest time.Duration
	// Handler handles a burst: at least one event, oldest first. Its result is that of
	// [Handler.Handle]. Required.
	Handler func(ctx context.Context, burst []*receiving.Event, reply *sending.Replier) error
}

var (
	_ SignalTaker = Gather{}
	_ Validator   = Gather{}
	_ TypeLimited = Gather{}
)

// ShouldHandle reports whether the event is a message that the person wrote: a text, a sticker, an
// attachment. A tap on a quick reply is none.
func (Gather) ShouldHandle(_ context.Context, ev *receiving.Event) bool {
	return ev.IsAct() && gathers(ev.Type)
}

// Handles reports the types of messages that people write, and TypeDefault. Under DEFAULT it gathers
// all of them, beside what the routes under their types do.
func (Gather) Handles(t receiving.Type) bool {
	return t == receiving.TypeDefault || gathers(t)
}

func gathers(t receiving.Type) bool {
	switch t {
	case receiving.TypeDefault, receiving.TypeTap, receiving.TypeDialog:
		return false
	}
	return t.Carries((*receiving.Message)(nil)) && t.IsAct() && !t.IsTap()
}

// CallsCancelOnNewer is for the bot, which leaves it to the Gather what a newer message cancels.
func (Gather) CallsCancelOnNewer() {}

// Validate reports a missing Handler, a Name beyond its limits, and times that contradict each other.
func (g Gather) Validate() error {
	return errors.Join(g.checkName(), g.checkTimes(), needFunc(g.Handler == nil))
}

func (g Gather) checkName() error {
	switch {
	case g.Name == "":
		return errors.New("handling: Gather.Name is missing")
	case len(g.Name) > MaxGatherName:
		return fmt.Errorf("handling: Gather.Name has %d bytes, and at most %d", len(g.Name), MaxGatherName)
	case !utf8.ValidString(g.Name) || strings.ContainsFunc(g.Name, unicode.IsControl):
		return errors.New("handling: Gather.Name has a control character, or is not UTF-8")
	}
	return nil
}

func (g Gather) checkTimes() error {
	switch {
	case g.Quiet < 0:
		return fmt.Errorf("handling: Gather.Quiet of %s is negative", g.Quiet)
	case g.Longest < 0:
		return fmt.Errorf("handling: Gather.Longest of %s is negative", g.Longest)
	case g.Longest > 0 && g.Longest < g.quiet():
		return fmt.Errorf("handling: Gather.Longest of %s is shorter than Quiet, %s", g.Longest, g.quiet())
	case max(g.Quiet, g.Longest) > 24*time.Hour:
		return errors.New("handling: Gather.Quiet or Gather.Longest is above 24 hours: the answer could not be sent")
	}
	return nil
}

func (g Gather) quiet() time.Duration {
	if g.Quiet == 0 {
		return DefaultQuiet
	}
	return g.Quiet
}

func (g Gather) longest() time.Duration {
	if g.Longest == 0 {
		return max(DefaultLongest, g.quiet())
	}
	return g.Longest
}

// TakesSignal reports whether the signal is the timer of one of its bursts.
func (g Gather) TakesSignal(ev *receiving.Event) bool {
	if !gatheredKind.Matches(ev.PayloadText()) {
		return false
	}
	due, err := gatheredKind.Decode(ev.PayloadText())
	return err == nil && due.Name == g.Name
}

// Handle adds a message to the burst, or handles the burst if the event is its timer or if it is full.
func (g Gather) Handle(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
	if ev.Type == receiving.TypeSignal {
		return g.due(ctx, ev, reply)
	}
	b, err := g.open(ctx)
	if err != nil {
		return err
	}
	now := Now(ctx)
	if b.overdue(ev, now) {
		if err := g.setAside(ctx, b); err != nil {
			return err
		}
		b = burst{}
	}
	if err := b.add(ev, now); err != nil {
		return err
	}
	left := g.longest() - now.Sub(b.First)
	if left <= 0 || b.full() {
		return g.run(ctx, b, reply)
	}
	return g.await(ctx, b, min(g.quiet(), left))
}

// due handles the burst of a timer.
func (g Gather) due(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
	timer, err := gatheredKind.Decode(ev.PayloadText())
	if err != nil {
		return Permanent(err)
	}
	b, err := g.open(ctx)
	if err == nil && b.ID != timer.ID {
		b, err = g.load(ctx, timer.ID)
	}
	if err != nil || b.ID == "" { // without an error it was handled before: this is a replay
		return err
	}
	if !b.aside && Now(ctx).Sub(b.First) < g.longest() {
		turnctx.CancelOnNewer(ctx)
	}
	return g.run(ctx, b, reply)
}

// run handles a burst, and ends it. While the bot keeps silent it only ends it.
func (g Gather) run(ctx context.Context, b burst, reply *sending.Replier) error {
	muted := turnctx.Muted(ctx)
	if muted && TurnFrom(ctx).Replayed {
		return Permanent(fmt.Errorf("handling: Gather: not replayed: %w", sending.ErrSilent))
	}
	events, err := b.events()
	if err != nil {
		return err
	}
	if err := g.end(ctx, b); err != nil || len(events) == 0 || muted {
		return err
	}
	handle := g.Handler
	err = handle(ctx, events, reply)
	if err != nil && errors.Is(context.Cause(ctx), ErrNewer) {
		return g.reopen(ctx, b, err)
	}
	return err
}
