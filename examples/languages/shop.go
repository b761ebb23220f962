package main

import (
	"context"
	"time"

	"github.com/djmessenger/messenger/i18n"
)

// shop is what the bot knows. A real one asks a database.
type shop struct {
	ordered time.Time
	until   time.Time // when the neighbour goes out
}

func (shop) parcels(ctx context.Context) string {
	return i18n.From(ctx).Text("parcels", i18n.Args{"count": 3})
}

func (shop) queue(ctx context.Context) string {
	return i18n.From(ctx).Text("queue", i18n.Args{"place": 2})
}

// order has values of many kinds: each is written as the person's language and region have it. A number of an order and a
// phone number are no quantities, and so they are texts.
func (s shop) order(ctx context.Context) string {
	return i18n.From(ctx).Text("order", i18n.Args{
		"number": "A-2026/17",
		"date":   i18n.Date{Time: s.ordered, Style: i18n.Long},
		"items":  i18n.List{i18n.Key("item.tea"), i18n.Key("item.cup"), i18n.Key("item.sugar")},
		"total":  i18n.Money{Amount: "1234.5", Currency: "EUR"},
		"phone":  "+49 30 123456",
	})
}

func (s shop) neighbour(ctx context.Context) string {
	return i18n.From(ctx).Text("neighbour", i18n.Args{"gender": "female", "name": "Zoë (2nd floor)", "until": i18n.Clock{Time: s.until}})
}
