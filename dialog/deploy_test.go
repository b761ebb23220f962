package dialog_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/dialog"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
)

// deploys replaces the bot's policy, as the next version of the program does.
func (s *shop) deploys(t *testing.T, p routing.Policy) {
	t.Helper()
	s.Idle()
	require.NoError(t, s.Bot.SetPolicy(p))
}

func TestARunGoesOnByTheNameOfItsStep(t *testing.T) {
	t.Parallel()
	s := ordering(t)
	s.says(t, "pizza", "Which size?")
	s.says(t, "small", "Which toppings?")
	d := s.pizza()
	note := askAddress
	note.Name, note.Text = "note", "Anything to add?"
	d.Steps = []dialog.Step[order]{askToppings, askAddress, note, askSize, confirm} // moved, and one added
	s.deploys(t, starting(d))
	s.says(t, "done", "Where to?")
	s.says(t, "here", "Anything to add?")
	s.says(t, "no", "Small, plain, to no. All right?") // the size was asked before it moved
	s.says(t, "yes", "Thank you.")
}

// The recipe of the guide: a new step is also asked at the end, of those who were past its place.
func TestANewStepIsAskedLater(t *testing.T) {
	t.Parallel()
	asked := []string{}
	version := func(s *shop, steps ...dialog.Step[order]) routing.Policy {
		d := s.pizza()
		d.Steps = steps
		d.Done = func(ctx context.Context, r *run) error {
			asked = append(asked, r.State.Address)
			return r.Say(ctx, "Thank you.")
		}
		return starting(d)
	}
	later := askAddress
	later.Name, later.Text, later.When = "address-later", "One more thing: where to?", func(o order) bool { return o.Address == "" }
	s := newShop(t, func(s *shop) routing.Policy { return version(s, askSize, askToppings) })
	s.says(t, "pizza", "Which size?")
	s.says(t, "small", "Which toppings?")
	s.deploys(t, version(s, askSize, askAddress, askToppings, later))
	s.says(t, "done", "One more thing: where to?")
	s.says(t, "1 Main Street", "Thank you.")
	s.says(t, "pizza", "Which size?")
	s.says(t, "small", "Where to?")
	s.says(t, "2 Main Street", "Which toppings?")
	s.says(t, "done", "Thank you.")
	s.Idle()
	require.Equal(t, []string{"1 Main Street", "2 Main Street"}, asked)
}

func TestAStepThatIsGoneEndsTheRunAsLost(t *testing.T) {
	t.Parallel()
	s := ordering(t)
	s.says(t, "pizza", "Which size?")
	s.says(t, "small", "Which toppings?")
	ham := s.payloadOf(t, "Ham")
	d := s.pizza()
	d.Steps = []dialog.Step[order]{askSize, askAddress, confirm}
	s.deploys(t, starting(d))
	s.ada.TapsOldQuickReply("Ham", ham)
	s.sees(t, "I have lost track. Please start again.")
	s.is(t, "", "")

	s.says(t, "pizza", "Which size?")
	s.says(t, "small", "Where to?")
	var kept string
	d.Steps = []dialog.Step[order]{askSize, confirmOnly}
	d.Ended = func(_ context.Context, r *run, why dialog.Reason) error {
		kept = string(why) + " " + r.State.Size
		return nil
	}
	s.deploys(t, starting(d))
	s.says(t, "here")
	require.Equal(t, "Lost S", kept, "the hook has the state")
	s.says(t, "pizza", "Which size?")
	s.deploys(t, starting(s.pizza()))
	s.says(t, "small", "Which toppings?")
}

func TestAQuestionThatBecameSomethingElseGoesOn(t *testing.T) {
	t.Parallel()
	s := ordering(t)
	s.says(t, "pizza", "Which size?")
	d := s.pizza()
	d.Steps = []dialog.Step[order]{dialog.Say[order]{Name: "size", Text: "There is one size by now."}, askAddress}
	s.deploys(t, starting(d))
	s.says(t, "small", "There is one size by now.", "Where to?")
}

// order2 is the next version of the state.
type order2 struct {
	Sizes   []string
	Address string
}

func sizes() dialog.Dialog[order2] {
	return dialog.Dialog[order2]{
		Name: "pizza", Version: 2,
		Steps: []dialog.Step[order2]{dialog.Question[order2, string]{
			Name: "toppings", Text: "Where to, by the way?", Answer: dialog.Text(), Field: func(o *order2) *string { return &o.Address },
		}},
		Upgrade: func(version int, state []byte) (order2, error) {
			if version != 0 {
				return order2{}, errors.New("no such version")
			}
			var old order
			err := json.Unmarshal(state, &old)
			return order2{Sizes: []string{old.Size}}, err
		},
		Done: func(ctx context.Context, r *dialog.Run[order2]) error {
			return r.Say(ctx, r.State.Sizes[0]+" to "+r.State.Address)
		},
	}
}

// buttoned is a policy in which a button starts the dialog, too.
func buttoned(d dialog.Dialog[order]) routing.Policy {
	p := starting(d)
	p[receiving.TypePostback] = []routing.Route{{Handler: d.On(handling.Func(
		func(context.Context, *receiving.Event, *sending.Replier) error { return nil }))}}
	return p
}

func TestStartingAgainAtAStepThatWaitsForNothingGoesOn(t *testing.T) {
	t.Parallel()
	s := ordering(t)
	s.says(t, "pizza", "Which size?")
	d := s.pizza()
	d.Steps = []dialog.Step[order]{dialog.Say[order]{Name: "size", Text: "There is one size by now."}, askAddress}
	s.deploys(t, buttoned(d))
	s.ada.TapsOldButton("Order", "ORDER")
	s.sees(t, "There is one size by now.", "Where to?")
}

func TestTheStateOfAnOlderVersionIsUpgraded(t *testing.T) {
	t.Parallel()
	s := ordering(t)
	s.says(t, "pizza", "Which size?")
	s.says(t, "small", "Which toppings?")
	s.deploys(t, starting(sizes()))
	s.says(t, "here", "S to here")
	s.is(t, "", "")
}

func TestAStateThatCannotBeReadIsLost(t *testing.T) {
	t.Parallel()
	s := ordering(t)
	s.says(t, "pizza", "Which size?")
	d := sizes()
	d.Upgrade = func(int, []byte) (order2, error) { return order2{}, errors.New("no") }
	s.deploys(t, starting(d))
	s.says(t, "small", "I have lost track. Please start again.")
	s.is(t, "", "")

	s.deploys(t, starting(s.pizza()))
	s.says(t, "pizza", "Which size?")
	d.Name, d.Version, d.Upgrade = "pizza", 0, nil
	s.keepSession(t, `{"dialog":"pizza","run":"r","step":"toppings","visit":1,"state":{"Sizes":"no list"}}`)
	s.deploys(t, starting(d))
	s.says(t, "small", "I have lost track. Please start again.")
}

func TestADialogThatWasRenamedGoesOnByItsAlias(t *testing.T) {
	t.Parallel()
	s := ordering(t)
	s.says(t, "pizza", "Which size?")
	large := s.payloadOf(t, "Large")
	d := s.pizza()
	d.Name, d.Aliases = "pizzeria", []string{"pizza"}
	s.deploys(t, starting(d))
	s.ada.TapsOldQuickReply("Large", large)
	s.sees(t, "Which toppings?")
	s.is(t, "pizzeria", "toppings")
	s.says(t, "cancel", "All right, I have stopped.")
	s.ada.TapsOldQuickReply("Large", large)
	s.sees(t, "That question is no longer open.")
}

func TestARunOfADialogThatIsGoneIsInNobodysWay(t *testing.T) {
	t.Parallel()
	s := ordering(t)
	s.says(t, "pizza", "Which size?")
	small := s.payloadOf(t, "Small")
	s.deploys(t, routing.Policy{
		receiving.TypeDialog:     {{Handler: address("address")}},
		receiving.TypeSimpleText: {{When: routing.Text{Pattern: "small"}, Senders: sending.List(sending.Text("An old one?"))}, {Handler: address("address").On(pattern("go"))}},
	})
	s.says(t, "small", "An old one?")
	s.ada.TapsOldQuickReply("Small", small)
	s.sees(t, "That question is no longer open.")
	s.says(t, "go", "Where to?")
	s.is(t, "address", "address")
}

func TestUnknownIsAHookForRunsOfDialogsThatAreGone(t *testing.T) {
	t.Parallel()
	s := ordering(t)
	s.says(t, "pizza", "Which size?")
	was := s.is(t, "pizza", "size")
	var got dialog.Open
	s.deploys(t, starting(address("address"), dialog.Unknown(func(ctx context.Context, _ *receiving.Event, reply *sending.Replier, open dialog.Open) error {
		got = open
		return reply.Reply(ctx, sending.Text("We sell no more pizza."))
	})))
	s.says(t, "small", "We sell no more pizza.")
	require.Equal(t, was, got)
	s.is(t, "", "")
	s.says(t, "small", "I only know pizza.")
	s.says(t, "pizza", "Where to?")
	s.says(t, "here", "Noted.")
}

func TestAnOlderProgramDoesNotTouchARunOfANewerVersion(t *testing.T) {
	t.Parallel()
	s := ordering(t)
	s.says(t, "pizza", "Which size?")
	newer := `{"dialog":"pizza","run":"r","version":3,"step":"new","visit":1,"at":"2026-01-01T00:00:00Z","by":"x","state":{"new":1}}`
	s.keepSession(t, newer)
	s.ada.Says("small")
	s.Flushed(t)
	s.waitsFor(t, func() bool { st, err := s.Bot.Stats(t.Context()); return err == nil && st.Retried > 0 })
	stored, err := s.store.Session(t.Context(), "100000000000001", s.ada.ID, "messenger.dialog")
	require.NoError(t, err)
	require.JSONEq(t, newer, string(stored.Data))
	d := s.pizza() // the newer program takes over
	d.Version = 3
	d.Steps = []dialog.Step[order]{ask[string]{Name: "new", Text: "New?", Answer: dialog.Text(), Field: askAddress.Field}}
	require.NoError(t, s.Bot.SetPolicy(starting(d)))
	s.sees(t, "Thank you.")
	require.Equal(t, "small", s.orders()[0].Address)

	s.keepSession(t, newer) // none does
	require.NoError(t, s.Bot.SetPolicy(starting(s.pizza())))
	s.ada.Says("small")
	s.ahead.Add(int64(2 * 60 * 1e9))
	s.sees(t, "I have lost track. Please start again.")
}

func TestAnUpgradeOfAnOlderProgramDoesNotTouchARunOfANewerVersion(t *testing.T) {
	t.Parallel()
	s := ordering(t)
	older := s.pizza()
	older.Version = 2
	older.Upgrade = func(version int, state []byte) (o order, err error) {
		if version > 2 {
			return o, errors.New("unknown version")
		}
		return o, json.Unmarshal(state, &o)
	}
	s.deploys(t, starting(older))
	s.says(t, "pizza", "Which size?")
	newer := `{"dialog":"pizza","run":"r","version":3,"step":"new","visit":1,"at":"2026-01-01T00:00:00Z","by":"x","state":{"new":1}}`
	s.keepSession(t, newer)
	s.ada.Says("pizza")
	s.Flushed(t)
	s.waitsFor(t, func() bool { st, err := s.Bot.Stats(t.Context()); return err == nil && st.Retried > 0 })
	stored, err := s.store.Session(t.Context(), "100000000000001", s.ada.ID, "messenger.dialog")
	require.NoError(t, err)
	require.JSONEq(t, newer, string(stored.Data))
}

func TestStartingAgainDoesNotTouchARunOfANewerVersion(t *testing.T) {
	t.Parallel()
	s := newShop(t, func(s *shop) routing.Policy { return buttoned(s.pizza()) })
	s.says(t, "pizza", "Which size?")
	newer := `{"dialog":"pizza","run":"r","version":3,"step":"size","visit":1,"at":"2026-01-01T00:00:00Z","by":"x","state":{"new":1}}`
	s.keepSession(t, newer)
	s.ada.TapsOldButton("Order", "ORDER")
	s.Flushed(t)
	s.waitsFor(t, func() bool { st, err := s.Bot.Stats(t.Context()); return err == nil && st.Retried > 0 })
	stored, err := s.store.Session(t.Context(), "100000000000001", s.ada.ID, "messenger.dialog")
	require.NoError(t, err)
	require.JSONEq(t, newer, string(stored.Data))
	s.ahead.Add(int64(2 * time.Minute))
	s.sees(t, "Which size?")
}
