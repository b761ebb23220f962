package sending_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
)

func TestLongTextSpeaksThePersonsLanguage(t *testing.T) {
	t.Parallel()
	ctx := sending.WithTexts(spanish(t), sending.Texts{Prefix: "Shop: "})
	ctx = sending.WithValues(ctx, map[string]string{"first_name": "José", "answer": strings.Repeat("é ", 600)})
	sender := sending.LongText{Text: "Hello, %{first_name|there}!"}.WithReply("Small", "s").WithReplies(sending.PhoneReply())

	short, err := sender.Compose(ctx, &receiving.Event{Object: receiving.ObjectPage})
	require.NoError(t, err)
	require.Equal(t, []sending.Message{
		sending.Text("Tienda: ¡Hola, José!").WithQuickReplies(sending.TextReply("Pequeña", "s"), sending.PhoneReply()),
	}, short)

	long, err := sender.WithText("Hello, %{first_name|there}! %{answer}").Compose(ctx, &receiving.Event{Object: receiving.ObjectInstagram})
	require.NoError(t, err)
	require.Equal(t, []sending.Message{
		sending.Text("Tienda: Hello, José!" + strings.Repeat(" é", 326)),
		sending.Text("é"+strings.Repeat(" é", 273)).WithQuickReplies(sending.TextReply("Pequeña", "s"), sending.PhoneReply()),
	}, long, "the prefix stands once, and the chips are below the last part")
	require.Equal(t, "Small", sender.Replies[0].Title, "the sender stays as it was")
}

func TestLongTextReportsItsMistakes(t *testing.T) {
	t.Parallel()
	require.NoError(t, sending.LongText{Text: strings.Repeat("x", 5000)}.Validate())
	require.Equal(t, []string{"text", "quick_replies[0].title"}, fields(sending.LongText{}.WithReply("", "p").Validate()))
}
