package bot

import (
	"context"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/dialog"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/threadsettings"
)

type form struct{ Size string }

type ask[T any] = dialog.Question[form, T]

var shop = dialog.Dialog[form]{
	Name: "no text",
	Help: "dialog help", // text: dialog help
	Steps: []dialog.Step[form]{
		ask[string]{
			Name: "size", Text: "Which size?", // text: Which size?
			Answer: dialog.OneOf(
				dialog.Opt("S", "Small"),                           // text: Small
				dialog.Option[string]{Value: "L", Title: "Large"}), // text: Large
			Field: func(f *form) *string { return &f.Size },
			Check: func(context.Context, *dialog.Run[form], string) error {
				return dialog.Refuse("size.refused") // text: size.refused
			},
		},
		dialog.Say[form]{Name: "thanks", Text: "Thanks for %{size}"}, // text: Thanks for %{size}
	},
}

func settings() threadsettings.Settings {
	return threadsettings.Settings{
		Greeting: threadsettings.GreetingOf("Welcome"), // text: Welcome
		PersistentMenu: threadsettings.MenuOf(
			threadsettings.MenuItem{Title: "Menu title", Payload: "NO_TEXT"}), // text: Menu title
	}
}

func config() messenger.Config {
	return messenger.Config{
		Prefix:      "prefix",       // text: prefix
		DefaultText: "default text", // text: default text
	}
}

func senders(ctx context.Context, out *sending.Replier) []sending.Sender {
	_ = out.Reply(ctx, sending.Text("is sent as it is"))
	_ = out.Reply(ctx, sending.Text(sending.Expand(ctx, "expanded"))) // text: expanded
	return []sending.Sender{
		sending.SimpleMessage{Text: "simple"}, // text: simple
		sending.QuickReplies{Text: "chips", Replies: []sending.QuickReply{ // text: chips
			sending.TextReply("chip", "NO_TEXT"), // text: chip
		}}.WithReply("more chips", "NO_TEXT"), // text: more chips
		sending.Buttons{Text: "buttons"}. // text: buttons
							WithPostback("button", "NO_TEXT").              // text: button
							WithURL("link", "https://example.com/no-text"), // text: link
		sending.GenericTemplate{Elements: []sending.Element{{
			Title: "card", Subtitle: "below", // text: card; text: below
			ImageURL: "https://example.com/%{no_text}",
			Buttons:  []sending.Button{sending.PostbackButton("card button", "NO_TEXT")}, // text: card button
		}}},
		own{sending.SimpleMessage{Text: "embedded"}}, // text: embedded
	}
}

type own struct{ sending.SimpleMessage }

// Compose implements sending.Sender.
func (o own) Compose(ctx context.Context, ev *receiving.Event) ([]sending.Message, error) {
	o.Text = "set in Compose" // text: set in Compose
	return o.SimpleMessage.Compose(ctx, ev)
}

var _ = []any{shop, settings, config, senders}
