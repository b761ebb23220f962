package main

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"io"

	"github.com/djmessenger/messenger/examples/pizza/order"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/receiving/payload"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
)

// start is what the button carries that begins an order.
var start = payload.New[payload.None]("pizza.start")

// policy runs the dialog, and starts it for a word and for a button.
func policy(place order.Place) routing.Policy {
	orders := order.Dialog(place)
	return routing.Policy{
		receiving.TypeDefault: {{Handler: handling.SaveMessage{}}, {Handler: handling.UserProfile{}}},
		receiving.TypeDialog:  {{Handler: orders}},
		receiving.TypeTap:     {{Handler: orders.On(handling.OnPayload(start, nothing))}},
		receiving.TypeSimpleText: {
			{Handler: orders.On(handling.SimpleText{Pattern: `(?i).*pizza.*`})},
			{Handler: handling.Dummy{}, Otherwise: true, Senders: sending.List(sending.Buttons{Text: "I sell pizza. Say pizza to order one."}.
				WithPostback("Order a pizza", start.MustEncode(payload.None{})))},
		},
	}
}

func nothing(context.Context, *receiving.Event, payload.None, *sending.Replier) error { return nil }

// printed is a kitchen that prints its orders. A real one keeps the keys, so that the same key
// again has no effect.
func printed(out io.Writer) order.Place {
	return func(_ context.Context, key string, o order.Order) error {
		text, err := json.Marshal(o)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(out, "order %s: %s\n", key, text)
		return err
	}
}

//go:embed locales/*.json
var locales embed.FS

func catalog() (*i18n.Catalog, error) { return i18n.Load(locales, "locales") }
