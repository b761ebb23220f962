package messengertest_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/messengertest"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
)

const account = "17841400000000001"

// startOnInstagram starts a patient chat whose page has a linked Instagram account, which its people write to.
func startOnInstagram(t testing.TB, cfg messenger.Config) *messengertest.Chat {
	t.Helper()
	chat := messengertest.StartOn(t, simulator.Config{Pages: []simulator.Page{{
		ID: account, Name: "Lamp Shop", Platform: simulator.PlatformInstagram, LinkedTo: messengertest.PageID,
		Fields: append(simulator.DefaultInstagramFields(), "messaging_handover", "standby"),
	}}}, cfg)
	chat.Patience = patience
	return chat
}

// A bot answers people of its page and of its Instagram account alike.
func TestBotOnInstagram(t *testing.T) {
	t.Parallel()
	chat := startOnInstagram(t, messenger.Config{Policy: routing.Policy{
		receiving.TypeDefault: {{Handler: handling.UserProfile{}}},
		receiving.TypeSimpleText: {{
			Handler: handling.SimpleText{Pattern: "hi"},
			Senders: sending.List(sending.QuickReplies{Text: "Hello, %{name|you}! Coffee or tea?"}.WithReply("Coffee", "coffee").WithReply("Tea", "tea")),
		}},
		receiving.TypeQuickReply: {{Handler: handling.Dummy{}, Senders: sending.List(sending.Text("Coming."))}},
	}})
	ana, ada := chat.PersonOn(account, "Ana", ""), chat.Person("Ada", "")
	for _, p := range []*messengertest.Person{ana, ada} {
		p.Says("hi")
	}
	ana.Sees("Hello, Ana! Coffee or tea?")
	ana.Taps("Tea")
	ana.Sees("Coming.")
	ada.Sees("Hello, Ada! Coffee or tea?")
	ana.SeesNothing()
}

// What only Instagram has reaches the bot as events of their own.
func TestStoriesOnInstagram(t *testing.T) {
	t.Parallel()
	types := make(chan receiving.Type, 10)
	note := handling.Func(func(_ context.Context, ev *receiving.Event, _ *sending.Replier) error {
		types <- ev.Type
		return nil
	})
	chat := startOnInstagram(t, messenger.Config{Policy: routing.Policy{receiving.TypeDefault: {{Handler: note}}}})
	ana := chat.PersonOn(account, "Ana", "")
	_, err := chat.MentionInStory(t.Context(), ana.ID, "https://example.com/mine")
	require.NoError(t, err)
	require.Equal(t, receiving.TypeStoryMention, <-types)
	mid, err := chat.ReplyToStory(t.Context(), ana.ID, "https://example.com/yours", "wow")
	require.NoError(t, err)
	require.Equal(t, receiving.TypeSimpleText, <-types)
	require.NoError(t, chat.Unsend(t.Context(), ana.ID, mid))
	require.Equal(t, receiving.TypeMessageDeleted, <-types)
}

// The policy for comments answers on Instagram too: in private, and below the comment.
func TestPricesOnInstagram(t *testing.T) {
	t.Parallel()
	chat := startOnInstagram(t, messenger.Config{Policy: routing.Policy{receiving.TypeInstagramComment: {{
		Handler: handling.Dummy{},
		Senders: sending.List(sending.Text("29 euros."), sending.Publicly(sending.SimpleMessage{Text: "We have sent you a message."})),
	}}}})
	ana := chat.PersonOn(account, "Ana", "")
	question := ana.Comments("How much is it?")
	ana.Sees("29 euros.")
	ana.SeesBelow(question, "We have sent you a message.")
	ana.SeesNothing()
}

// What Instagram does not take is refused, and what another app has too.
func TestRefusalsOfInstagram(t *testing.T) {
	t.Parallel()
	failures := make(chan error, 10)
	chat := startOnInstagram(t, messenger.Config{
		Policy:       answering("bot"),
		OnSendFailed: func(_ context.Context, f sending.Failure) { failures <- f.Err },
	})
	ana, eve := chat.PersonOn(account, "Ana", ""), chat.Human()
	ana.Says("hi")
	ana.Sees("bot")
	eve.Says(ana, "Eve here")
	ana.Sees("Eve here")
	require.Equal(t, graph.InstagramInboxApp, chat.Messages(ana.ID)[2].AppID)
	chat.OtherApp("2000000000000002").RequestsThread(ana)
	require.NoError(t, chat.Bot.Send(t.Context(), account, ana.ID, sending.Text("me too")))
	require.ErrorIs(t, <-failures, graph.ErrNotThreadOwner)
}
