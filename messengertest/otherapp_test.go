package messengertest_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/messengertest"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store/memory"
)

// answering is a policy that answers every text.
func answering(text string) routing.Policy {
	return routing.Policy{receiving.TypeSimpleText: {{Handler: handling.Dummy{}, Senders: sending.List(sending.Text(text))}}}
}

// listening is a platform that tells the bot of other apps.
func listening(defaultApp string) simulator.Config {
	return simulator.Config{DefaultApp: defaultApp, Fields: append(simulator.DefaultFields(), messengertest.HandoverFields()...)}
}

// startListening starts a patient chat on such a platform.
func startListening(t testing.TB, defaultApp string, cfg messenger.Config) *messengertest.Chat {
	t.Helper()
	chat := messengertest.StartOn(t, listening(defaultApp), cfg)
	chat.Patience = patience
	return chat
}

// A conversation that someone at work took is answered by them, until the bot has it again.
func TestHumanTakesOver(t *testing.T) {
	t.Parallel()
	c := &clock{}
	platform := listening(messengertest.AppID)
	platform.Now = c.Now
	chat := messengertest.StartOn(t, platform, messenger.Config{
		Store: memory.New(memory.Config{Now: c.Now}), Policy: answering("bot"),
	})
	chat.Patience = patience
	ada, eve := chat.Person("Ada", ""), chat.Human()
	ada.Says("hi")
	ada.Sees("bot")
	eve.Says(ada, "Eve here")
	ada.Sees("Eve here")
	ada.Says("hello Eve")
	ada.SeesNothing()
	require.Equal(t, graph.InboxApp, chat.ThreadOf(ada.ID).Owner)

	eve.PassesThread(ada)
	ada.Says("bot?")
	ada.Sees("bot")
	eve.TakesThread(ada)
	ada.Says("Eve?")
	ada.SeesNothing()
	eve.ReleasesThread(ada)
	ada.Says("bot?")
	ada.Sees("bot")

	eve.TakesThread(ada)
	ada.SeesNothing() // the bot is idle when the clock moves
	c.Move(24 * time.Hour)
	ada.Says("a day later")
	ada.Sees("bot")
}

// Without routing the bot learns by the echo that someone at work has answered.
func TestHumanAnswersBesideTheBot(t *testing.T) {
	t.Parallel()
	echoes := make(chan string, 10)
	policy := answering("bot")
	policy[receiving.TypeEcho] = []routing.Route{{Handler: handling.On(
		func(_ context.Context, _ *receiving.Event, echo *receiving.Message, _ *sending.Replier) error {
			echoes <- echo.AppID
			return nil
		})}}
	chat := startListening(t, "", messenger.Config{Policy: policy})
	ada := chat.Person("Ada", "")
	ada.Says("hi")
	ada.Sees("bot")
	chat.Human().Says(ada, "Eve here")
	ada.Sees("Eve here")
	chat.Idle()
	got := []string{<-echoes, <-echoes}
	require.Contains(t, got, graph.InboxApp)
	require.Contains(t, got, messengertest.AppID)
	ada.Says("hello")
	ada.Sees("bot")
}

// The bot passes a conversation to another app, gets it back, and is asked for it.
func TestOtherAppHasTheConversation(t *testing.T) {
	t.Parallel()
	events := make(chan string, 10)
	policy := routing.Policy{
		receiving.TypeSimpleText: {{Handler: handling.Dummy{}, Senders: sending.List(sending.Text("bot"))}},
		receiving.TypeThreadControl: {{Handler: handling.On(
			func(_ context.Context, _ *receiving.Event, control *receiving.ThreadControl, _ *sending.Replier) error {
				events <- control.Action
				return nil
			})}},
	}
	chat := startListening(t, "", messenger.Config{Policy: policy})
	ada, other := chat.Person("Ada", ""), chat.OtherApp("2000000000000002")
	ada.Says("hi")
	ada.Sees("bot")
	other.RequestsThread(ada) // idle, so it is the other app's
	ada.Says("who is there?")
	ada.SeesNothing()
	other.Says(ada, "the other app")
	ada.Sees("the other app")
	other.PassesThread(ada)
	require.Equal(t, "pass_thread_control", <-events)
	other.RequestsThread(ada)
	require.Equal(t, "request_thread_control", <-events)
	ada.Says("bot?")
	ada.Sees("bot")
}

func TestOtherAppFailsTheTest(t *testing.T) {
	t.Parallel()
	tb := &failing{TB: t}
	deaf := startPatient(tb, messenger.Config{})
	bo := deaf.Person("Bo", "")
	tb.expect("is not subscribed to message_echoes", func() { deaf.Human().Says(bo, "x") })
	for _, act := range []func(*messengertest.Person){
		deaf.Human().TakesThread, deaf.Human().PassesThread, deaf.OtherApp("2").RequestsThread,
	} {
		tb.expect("is not subscribed to messaging_handovers; add messengertest.HandoverFields", func() { act(bo) })
	}
	chat := startListening(tb, "", messenger.Config{Policy: answering("bot")})
	ada := chat.Person("Ada", "")
	tb.expect("set Config.DefaultApp", func() { chat.OtherApp("2").TakesThread(ada) })
	tb.expect("the app does not have the conversation: it is idle", func() { chat.OtherApp("2").ReleasesThread(ada) })
}
