package routes

import (
	"context"
	"fmt"
	"strings"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"github.com/djmessenger/messenger/receiving"
)

// Offer is a routing.Offer.
type Offer struct {
	Title      string
	Payload    string
	QuickReply bool
}

// Offers are routing.Offers.
type Offers func(ctx context.Context, ev *receiving.Event) ([]Offer, error)

type offersKey struct{}

// WithOffers returns a context in which [Table.Plan] finds what a person was offered.
func WithOffers(ctx context.Context, offers Offers) context.Context {
	return context.WithValue(ctx, offersKey{}, offers)
}

// Plan is what a policy does with one event.
type Plan struct {
	// Steps are the routes in the order in which they are tried. The slice is shared
	// and must not be changed.
	Steps []Step
	// Tap is the tap that the event, a typed text, counts as for the steps that are
	// Typed; nil for every other event.
	Tap *receiving.Event

	event *receiving.Event
}

// Event returns what a step of the plan handles: the event, or for a typed step the
// tap that it counts as.
func (p Plan) Event(s Step) *receiving.Event {
	if s.Typed && p.Tap != nil {
		return p.Tap
	}
	return p.event
}

// Plan returns the routes for an event. For a text it finds out whether that counts as
// a tap, if the policy has a route with TypedTaps; then those routes come before the
// ones under SIMPLE_TEXT, and if one of them handles the tap, the latter do not run.
// The error is that of the [Offers].
func (c *Table) Plan(ctx context.Context, ev *receiving.Event) (Plan, error) {
	plan := Plan{Steps: c.Steps(ev), event: ev}
	if ev.Type != receiving.TypeSimpleText || ev.Standby || len(c.typed) == 0 {
		return plan, nil
	}
	offers, _ := ctx.Value(offersKey{}).(Offers)
	title := foldTitle(ev.Text())
	if offers == nil || title == "" {
		return plan, nil
	}
	all, err := offers(ctx, ev)
	if err != nil {
		return Plan{}, fmt.Errorf("routing: what the person was offered: %w", err)
	}
	for _, o := range all {
		if o.Payload == "" || foldTitle(o.Title) != title {
			continue
		}
		tap := ev.AsPostback(o.Title, o.Payload)
		if o.QuickReply {
			tap = ev.AsQuickReply(o.Title, o.Payload)
		}
		if steps, ok := c.typed[tap.Type]; ok {
			plan.Steps, plan.Tap = steps, tap
		}
		break // an older offer of the same title is over
	}
	return plan, nil
}

// foldTitle returns what two titles have in common that a person takes for the same.
func foldTitle(title string) string {
	return norm.NFC.String(cases.Fold().String(strings.TrimSpace(title)))
}
