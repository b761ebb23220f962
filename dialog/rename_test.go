package dialog_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/dialog"
	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/routing"
)

func stateOf(t *testing.T, open dialog.Open) (o order) {
	t.Helper()
	require.NoError(t, json.Unmarshal(open.State, &o))
	return o
}

// renamed are the steps of the pizza by new names.
func renamed() []dialog.Step[order] {
	size, toppings, address, sure := askSize, askToppings, askAddress, confirm
	size.Name, size.Aliases = "portion", []string{"much", "size"}
	toppings.Name, toppings.Aliases = "extras", []string{"toppings"}
	address.Name, address.Aliases = "where", []string{"address"}
	sure.Name, sure.Aliases = "sure", []string{"confirm"}
	sure.Text = "%{portion}, %{extras|plain}, to %{where}. All right?"
	sure.Answer = dialog.OneOf(dialog.Opt(true, "Yes"), dialog.Opt(false, "Change the size").To("portion"))
	return []dialog.Step[order]{size, toppings, address, sure}
}

func TestAStepThatWasRenamedKeepsPlaceAndAnswer(t *testing.T) {
	t.Parallel()
	s := ordering(t)
	s.says(t, "pizza", "Which size?")
	large, small := s.payloadOf(t, "Large"), s.payloadOf(t, "Small")
	s.taps(t, "Small", "Which toppings?")
	s.taps(t, "Ham", "Anything else?")
	egg := s.payloadOf(t, "Egg")
	d := s.pizza()
	d.Steps = renamed()
	s.deploys(t, starting(d))
	s.ada.TapsOldQuickReply("Egg", egg) // a chip of the open step, by its old name
	s.sees(t, "Where to?")
	s.is(t, "pizza", "where")
	s.says(t, "here", "Small, Ham, Egg, to here. All right?")
	s.ada.TapsOldQuickReply("Large", large) // of a step behind
	s.sees(t, "Large, Ham, Egg, to here. All right?")
	s.taps(t, "Change the size", "Which size?")
	s.deploys(t, starting(s.pizza())) // and back: the old names are not known to have had others
	s.ada.TapsOldQuickReply("Small", small)
	s.sees(t, "I have lost track. Please start again.")
}

func TestWaysBackSurviveTheRenamingOfSteps(t *testing.T) {
	t.Parallel()
	s := ordering(t)
	s.says(t, "pizza", "Which size?")
	ham := s.payloadOf(t, "Small")
	s.says(t, "large", "Which toppings?")
	s.says(t, "done", "Where to?")
	s.says(t, "here", "Large, plain, to here. All right?")
	s.taps(t, "Change the size", "Which size?")
	d := s.pizza()
	d.Steps = renamed()
	s.deploys(t, starting(d))
	s.says(t, "back", "Large, plain, to here. All right?")
	s.ada.TapsOldQuickReply("Small", ham)
	s.sees(t, "Small, plain, to here. All right?")
	s.passes(30 * time.Minute) // the timer that was set under the old name would do the same
	s.sees(t, "I have not heard from you, so I have stopped.")
}

// Steps of every kind, and of included dialogs, have aliases.
func TestEveryStepCanBeRenamed(t *testing.T) {
	t.Parallel()
	steps := func(prefix string, aliases ...string) dialog.Dialog[trip] {
		name := func(n string) (string, []string) {
			var all []string
			for _, a := range aliases {
				all = append(all, a+n)
			}
			return prefix + n, all
		}
		inner := dialog.Dialog[place]{}
		q := dialog.Question[place, string]{Text: "Which street?", Answer: dialog.Text(), Field: func(p *place) *string { return &p.Street }}
		q.Name, q.Aliases = name("street")
		inner.Steps = []dialog.Step[place]{q}
		include := dialog.Include[trip, place]{Dialog: inner, Field: func(t *trip) *place { return &t.From }}
		include.Name, include.Aliases = name("from")
		say := dialog.Say[trip]{Text: "Fine."}
		say.Name, say.Aliases = name("fine")
		do := dialog.Do[trip]{Run: func(ctx context.Context, r *dialog.Run[trip]) (next, error) { return next{}, r.Say(ctx, "Done.") }}
		do.Name, do.Aliases = name("do")
		wait := dialog.Wait[trip, payment]{Text: "Please pay.", Busy: "I wait.", Kind: paid}
		wait.Name, wait.Aliases = name("wait")
		human := dialog.Human[trip]{Text: "A colleague takes over.", App: graph.InboxApp}
		human.Name, human.Aliases = name("human")
		last := dialog.Question[trip, bool]{Answer: dialog.OneOf(dialog.Opt(true, "Yes")), Field: func(t *trip) *bool { return &t.Okay }}
		last.Name, last.Aliases = name("sure")
		last.Text = "From %{" + include.Name + "." + q.Name + "|nowhere}?"
		return dialog.Dialog[trip]{
			Name: "trip", Steps: []dialog.Step[trip]{include, say, do, wait, human, last},
			Done: func(ctx context.Context, r *dialog.Run[trip]) error { return r.Say(ctx, "Have a good trip.") },
		}
	}
	older, newer := steps(""), steps("new-", "mid-", "")
	require.NoError(t, older.Validate())
	require.NoError(t, newer.Validate())
	s := newShopOn(t, routed, config, func(*shop) routing.Policy { return starting(older) })
	s.says(t, "pizza", "Which street?")
	s.deploys(t, starting(newer))
	s.says(t, "Main Street", "Fine.", "Done.", "Please pay.")
	s.is(t, "trip", "new-wait")
	s.keepSession(t, `{"dialog":"trip","run":"r","step":"wait","done":["from.street","from.(end)","fine","do"],"visit":3,"at":"2026-01-01T00:00:00Z","by":"x",`+
		`"state":{"from":{"street":"Main Street"}}}`)
	s.says(t, "hello", "I wait.")
	s.signals(t, "paid", paid.MustEncodeSignal(payment{}))
	s.sees(t, "A colleague takes over.")
	s.keepSession(t, `{"dialog":"trip","run":"r","step":"human","done":["mid-from.street","from.(end)","fine","do","wait"],"visit":3,"paused":true,`+
		`"at":"2026-01-01T00:00:00Z","by":"x","state":{"from":{"street":"Main Street"}}}`)
	s.says(t, "hello?")
	s.Human().PassesThread(s.ada)
	s.sees(t, "From Main Street?")
	s.says(t, "yes", "Have a good trip.")
}
