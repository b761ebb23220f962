package nearest_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/nearest"
)

func TestName(t *testing.T) {
	t.Parallel()
	types := []string{"DEFAULT", "IMAGE", "SIMPLE_TEXT", "STICKER", "GET_STARTED_BUTTON"}
	classes := []string{
		"DummyHandler", "LocationHandler", "SimpleMessage", "SimpleMessageSender", "ThumbUpHandler",
		"djmessenger.handling.ThumbUpHandler", "djmessenger.sending.SimpleMessageSender", "shop.OrderStatus",
	}
	for _, c := range []struct {
		name  string
		known []string
		want  string
	}{
		{"STICKER", types, "STICKER"},
		{"sticker", types, "STICKER"},
		{"Stiker", types, "STICKER"},
		{"DEFUALT", types, "DEFAULT"},
		{"simple_text", types, "SIMPLE_TEXT"},
		{"TEXT", types, "SIMPLE_TEXT"},
		{"GET_STARTED", types, "GET_STARTED_BUTTON"},
		{"PHOTO", types, ""},
		{"", types, ""},
		{"XT", types, ""},

		{"simplemessage", classes, "SimpleMessage"},
		{"djmessenger.sending.SimpleMesageSender", classes, "djmessenger.sending.SimpleMessageSender"},
		{"ThumpUpHandler", classes, "ThumbUpHandler"},
		{"shop.handlers.OrderStatus", classes, "shop.OrderStatus"},
		{"shop.OrderStats", classes, "shop.OrderStatus"},
		{"pizza.bot.handlers.SizeHandler", classes, ""},
		{"pizza.bot.senders.MenuQuickReplySender", classes, ""},
		{"LoginHandler", classes, ""},
		{"pizza.MenuQuickReplySender", []string{"djmessenger.sending.BaseQuickReplySender"}, ""},
		{"SizeHandler", []string{"FileHandler"}, ""},
		{"SizesHandler", []string{"SizeHandler"}, "SizeHandler"},
		{"shop.", classes, ""},
		{"Nonsense", nil, ""},
		{strings.Repeat("é", 1_000_000), classes, ""},
	} {
		require.Equal(t, c.want, nearest.Name(c.name, c.known), "%.40q", c.name)
	}
}
