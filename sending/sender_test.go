package sending_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/attachment"
	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
)

func spanish(t *testing.T) context.Context {
	t.Helper()
	catalog, err := i18n.New(map[string]map[string]string{"es": {
		"Hello, %{first_name|there}!": "¡Hola, %{first_name|amigo}!",
		"Shop: ":                      "Tienda: ",
		"Sorry?":                      "¿Perdón?",
		"Size?":                       "¿Talla?",
		"Small":                       "Pequeña",
	}})
	require.NoError(t, err)
	return i18n.With(t.Context(), catalog.For("es_ES"))
}

func compose(t *testing.T, ctx context.Context, s sending.Sender) sending.Message {
	t.Helper()
	messages, err := s.Compose(ctx, &receiving.Event{Payload: &receiving.Message{MID: "m_1"}})
	require.NoError(t, err)
	require.Len(t, messages, 1)
	return messages[0]
}

func TestBuiltInSendersSpeakThePersonsLanguage(t *testing.T) {
	t.Parallel()
	ctx := sending.WithTexts(spanish(t), sending.Texts{Prefix: "Shop: ", Default: "Sorry?"})
	ctx = sending.WithValues(ctx, map[string]string{"first_name": "José"})

	require.Equal(t, sending.Text("Tienda: ¡Hola, José!"),
		compose(t, ctx, sending.SimpleMessage{Text: "Hello, %{first_name|there}!"}))
	require.Equal(t, sending.Text("Tienda: ¿Perdón?"), compose(t, ctx, sending.Default{}))
	require.Equal(t, sending.Text("¿Talla?").WithQuickReplies(sending.TextReply("Pequeña", "s"), sending.PhoneReply()),
		compose(t, ctx, sending.QuickReplies{Text: "Size?"}.WithReply("Small", "s").WithReplies(sending.PhoneReply())))
	require.Equal(t, sending.ButtonTemplate("¿Talla?", sending.PostbackButton("Pequeña", "s"), sending.URLButton("Web", "https://a.example/")),
		compose(t, ctx, sending.Buttons{Text: "Size?"}.WithPostback("Small", "s").WithURL("Web", "https://a.example/")))
}

func TestSendersWithoutText(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	require.Equal(t, sending.Image("https://a.example/b"),
		compose(t, ctx, sending.Multimedia{Type: attachment.Image, URL: "https://a.example/b"}))
	require.Equal(t, sending.TypingOn.Message(), compose(t, ctx, sending.SenderAction{Action: sending.TypingOn}))
	require.Equal(t, sending.ReactTo("m_1", "👍"), compose(t, ctx, sending.SenderAction{Action: sending.React, Emoji: "👍"}))
	require.Equal(t, sending.UnreactTo("m_1"), compose(t, ctx, sending.SenderAction{Action: sending.Unreact}))
	require.Equal(t, sending.Text("a").After(time.Minute), compose(t, ctx, sending.After(time.Minute, sending.Text("a"))))
}

func TestComposingTwiceLeavesTheSenderAsItWas(t *testing.T) {
	t.Parallel()
	q := sending.QuickReplies{Text: "Size?"}.WithReply("Small", "s")
	first := compose(t, spanish(t), q)
	require.Equal(t, "Pequeña", first.QuickReplies[0].Title)
	require.Equal(t, "Small", compose(t, t.Context(), q).QuickReplies[0].Title)
}

func TestSendersReportTheirMistakes(t *testing.T) {
	t.Parallel()
	type validator interface{ Validate() error }
	for name, s := range map[string]validator{
		"empty text":        sending.SimpleMessage{},
		"unknown action":    sending.SenderAction{Action: "dance"},
		"react, no emoji":   sending.SenderAction{Action: sending.React},
		"no URL":            sending.Multimedia{Type: attachment.Image},
		"no media type":     sending.Multimedia{URL: "https://a.example/"},
		"template":          sending.Multimedia{Type: attachment.Template, URL: "https://a.example/"},
		"no question":       sending.QuickReplies{},
		"reply, no title":   sending.QuickReplies{Text: "a"}.WithReply("", "p"),
		"no button text":    sending.Buttons{},
		"button, no title":  sending.Buttons{Text: "a"}.WithPostback("", "p"),
		"after nothing":     sending.After(1, nil).(validator),
		"a long text after": sending.After(1, sending.Text(string(make([]byte, 2001)))).(validator),
		"before now":        sending.After(-1, sending.Func(nil)).(validator),
		"inside of After":   sending.After(1, sending.SimpleMessage{}).(validator),
	} {
		require.Error(t, s.Validate(), name)
	}
	for name, s := range map[string]validator{
		"text":       sending.SimpleMessage{Text: "a"},
		"action":     sending.SenderAction{Action: sending.MarkSeen},
		"unreact":    sending.SenderAction{Action: sending.Unreact},
		"image":      sending.Multimedia{Type: attachment.Image, URL: "https://a.example/"},
		"to embed":   sending.QuickReplies{Text: "a"},
		"to embed 2": sending.Buttons{Text: "a"},
		"After":      sending.After(1, sending.Text("a")).(validator),
	} {
		require.NoError(t, s.Validate(), name)
	}
}

func TestExpand(t *testing.T) {
	t.Parallel()
	ctx := sending.WithValues(t.Context(), map[string]string{"name": "Ada", "outer": "o", "empty": "", "trick": "%{name}"})
	ctx = sending.WithValues(ctx, map[string]string{"name": "Eve"})
	for text, want := range map[string]string{
		"plain":                "plain",
		"Hi %{name}!":          "Hi Eve!",
		"%{outer}":             "o",
		"Hi %{missing}!":       "Hi %{missing}!",
		"Hi %{empty}!":         "Hi !",
		"Hi %{missing|}!":      "Hi !",
		"Hi %{missing|there}!": "Hi there!",
		"Hi %{empty|there}!":   "Hi there!",
		"%{name}%{name}":       "EveEve",
		"100%":                 "100%",
		"100 %{":               "100 %{",
		"%%{name} is %{name}":  "%{name} is Eve",
		"%{trick}":             "%{name}",
		"%{missing|a|b}":       "a|b",
		"":                     "",
		"你好，%{missing|朋友}！":    "你好，朋友！",
	} {
		require.Equal(t, want, sending.Expand(ctx, text), "%q", text)
	}
}

func FuzzExpandEndsAndKeepsPlainText(f *testing.F) {
	for _, s := range []string{"", "%{a}", "%{a|b}", "%%{a}", "%{", "}", "%%%{a}%{", "é%{a|é}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		ctx := sending.WithValues(context.Background(), map[string]string{"a": "A"})
		got := sending.Expand(ctx, text)
		require.LessOrEqual(t, len(got), len(text)+1)
	})
}
