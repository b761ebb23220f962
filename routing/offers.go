package routing

import (
	"context"

	"github.com/djmessenger/messenger/internal/routes"
	"github.com/djmessenger/messenger/receiving"
)

// Offer is something that a person was offered to tap on: a quick reply, or an item
// of the menu.
type Offer struct {
	// Title is what the person sees.
	Title string
	// Payload is what a tap sends back. Offers without one are ignored.
	Payload string
	// QuickReply says that it is a quick reply; a tap on anything else is a postback.
	QuickReply bool
}

// Offers returns what the person of an event was offered before it, the newest offer
// first. It is called for a text only if the policy has a route with TypedTaps, at most
// once for each [Explain].
type Offers func(ctx context.Context, ev *receiving.Event) ([]Offer, error)

// WithOffers returns a context in which [Explain] finds what a person was offered, for
// tests of routes with TypedTaps. Without it no typed text counts as a tap. A bot knows what
// it offered by its store and its menu.
func WithOffers(ctx context.Context, offers Offers) context.Context {
	if offers == nil {
		return routes.WithOffers(ctx, nil)
	}
	return routes.WithOffers(ctx, func(ctx context.Context, ev *receiving.Event) ([]routes.Offer, error) {
		all, err := offers(ctx, ev)
		converted := make([]routes.Offer, len(all))
		for i, o := range all {
			converted[i] = routes.Offer(o)
		}
		return converted, err
	})
}
