// Package shop is a small bot, whose texts the tests of messenger i18n find.
package shop

import (
	"context"
	"fmt"

	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/sending"
)

// Menu is what the bot offers.
var Menu = sending.QuickReplies{Text: "What may it be?"}.
	WithReply("Order", "ORDER").
	WithReply("My orders", "ORDERS")

// Shipped says how many parcels are on their way.
func Shipped(ctx context.Context, count int) string {
	return i18n.From(ctx).Text("orders.shipped", i18n.Args{"count": count})
}

// Status says the status of an order.
func Status(ctx context.Context, code int) string {
	return i18n.From(ctx).Text(fmt.Sprintf("orders.status.%d", code))
}
