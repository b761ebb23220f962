package messengertest_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/dialog"
	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/messengertest"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/simulator"
)

type pizza struct{ Size, Address string }

// pizzeria is a policy with a dialog.
func pizzeria(last dialog.Step[pizza]) routing.Policy {
	d := dialog.Dialog[pizza]{
		Name: "pizza",
		Steps: []dialog.Step[pizza]{
			dialog.Question[pizza, string]{
				Name: "size", Text: "Which size?", Answer: dialog.OneOf(dialog.Opt("S", "Small"), dialog.Opt("L", "Large")),
				Field: func(p *pizza) *string { return &p.Size },
			},
			last,
		},
		Done: func(ctx context.Context, r *dialog.Run[pizza]) error { return r.Say(ctx, "Thank you.") },
	}
	return routing.Policy{
		receiving.TypeDialog:     {{Handler: d}},
		receiving.TypeSimpleText: {{Handler: d.On(handling.SimpleText{Pattern: "pizza"})}},
	}
}

var askAddress = dialog.Question[pizza, string]{
	Name: "address", Text: "Where to?", Answer: dialog.Text(), Field: func(p *pizza) *string { return &p.Address },
}

func TestAssertionsOfDialogs(t *testing.T) {
	t.Parallel()
	tb := &failing{TB: t}
	chat := startPatient(tb, messenger.Config{Policy: pizzeria(askAddress)})
	ada, ben := chat.Person("Ada", "en_US"), chat.Person("Ben", "en_US")
	ada.IsInNoDialog()
	tb.expect(`the person is in no dialog, want dialog "pizza" at step "size"; the conversation so far:`, func() { ada.IsInDialog("pizza", "size") })
	ada.Says("pizza")
	ada.IsAsked("Which size?", "Small", "Large")
	ada.IsInDialog("pizza", "size")
	tb.expect(`the person is in dialog "pizza" at step "size", want no dialog`, ada.IsInNoDialog)
	tb.expect(`want dialog "pizza" at step "address"; the conversation so far:`+"\n"+`  person: "pizza"`, func() { ada.IsInDialog("pizza", "address") })
	tb.expect(`want dialog "burger" at step "size"`, func() { ada.IsInDialog("burger", "size") })
	ben.IsInNoDialog()
	chat.Restart()
	ada.Taps("Small")
	ada.IsAsked("Where to?")
	ada.IsInDialog("pizza", "address")
	ada.Says("back")
	tb.expect(`the page's next message is "Which size?" with the quick replies "Small", "Large", want the question "Which size?" with the quick replies ["Small"]`,
		func() { ada.IsAsked("Which size?", "Small") })
	ada.Taps("Small")
	tb.expect(`is "Where to?" without quick replies, want the question "Why?" with the quick replies []`, func() { ada.IsAsked("Why?") })
	ada.Says("home")
	ada.Sees("Thank you.")
	ada.IsInNoDialog()
	require.Contains(t, ada.Transcript(), "  person: \"home\"\n    page: \"Thank you.\"\n")
	require.Empty(t, ben.Transcript())
	require.Equal(t, "Ada ("+ada.ID+" on page "+messengertest.PageID+"):\n"+ada.Transcript(), chat.Transcript())
	ben.Says("pizza")
	ben.Sees("Which size?")
	require.Contains(t, chat.Transcript(), "\nBen ("+ben.ID+" on page ")
}

// A hand-over that reaches no one in the test, or of whose end the bot could not learn, is logged once.
func TestHandOverWithoutEffectIsLogged(t *testing.T) {
	t.Parallel()
	human := dialog.Human[pizza]{Name: "human", Text: "A colleague takes over.", App: graph.InboxApp}
	for name, c := range map[string]struct {
		platform simulator.Config
		want     string
	}{
		"no routing": {simulator.Config{}, "has no Conversation Routing: no other app gets it. Give StartOn a simulator.Config with DefaultApp"},
		"no field":   {simulator.Config{DefaultApp: messengertest.AppID}, "is not subscribed to messaging_handovers: the bot does not learn when it is given back"},
		"no standby": {
			simulator.Config{DefaultApp: messengertest.AppID, Fields: append(simulator.DefaultFields(), "messaging_handovers")},
			"is not subscribed to standby",
		},
		"all": {listening(messengertest.AppID), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			log := &log{TB: t}
			chat := messengertest.StartOn(log, c.platform, messenger.Config{Policy: pizzeria(human)})
			chat.Patience = patience
			for _, person := range []*messengertest.Person{chat.Person("Ada", ""), chat.Person("Ben", "")} {
				person.Says("pizza")
				person.Sees("Which size?")
				person.Taps("Small")
				person.Sees("A colleague takes over.")
				person.IsInDialog("pizza", "human")
			}
			if c.want == "" {
				require.Empty(t, log.String())
				return
			}
			require.Contains(t, log.String(), c.want)
			require.Len(t, log.lines(), 1)
		})
	}
}
