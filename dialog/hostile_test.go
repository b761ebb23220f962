package dialog_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/dialog"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
)

type (
	run  = dialog.Run[order]
	next = dialog.Next
)

func TestTheSameDialogTwiceAsksAgainAndKeepsTheAnswers(t *testing.T) {
	t.Parallel()
	s := newShop(t, func(s *shop) routing.Policy {
		p := starting(s.pizza())
		p[receiving.TypePostback] = []routing.Route{{Handler: s.pizza().On(handling.Func(
			func(context.Context, *receiving.Event, *sending.Replier) error { return nil }))}}
		return p
	})
	s.says(t, "pizza", "Which size?")
	s.says(t, "small", "Which toppings?")
	run := s.is(t, "pizza", "toppings").Run
	s.ada.TapsOldButton("Order", "ORDER")
	s.sees(t, "Which toppings?")
	open := s.is(t, "pizza", "toppings")
	require.Equal(t, run, open.Run)
	require.Contains(t, string(open.State), `"size":"S"`)
}

func TestAnotherDialogReplacesTheOpenOne(t *testing.T) {
	t.Parallel()
	var ended []dialog.Reason
	s := newShop(t, func(s *shop) routing.Policy {
		d := s.pizza()
		d.Ended = func(ctx context.Context, r *run, why dialog.Reason) error {
			ended = append(ended, why)
			return r.Say(ctx, "No pizza, then, but %{size}.")
		}
		p := starting(d, address("address"))
		p[receiving.TypePostback] = []routing.Route{{Handler: address("address").On(handling.Func(
			func(context.Context, *receiving.Event, *sending.Replier) error { return nil }))}}
		return p
	})
	s.says(t, "pizza", "Which size?")
	s.says(t, "small", "Which toppings?")
	s.ada.TapsOldButton("Address", "ADDRESS")
	s.sees(t, "No pizza, then, but Small.", "Where to?")
	s.is(t, "address", "address")
	s.says(t, "1 Main Street", "Noted.")
	require.Equal(t, []dialog.Reason{dialog.Replaced}, ended)
}

func TestADialogThatStartsItselfWhileItIsOpenFailsForGood(t *testing.T) {
	t.Parallel()
	s := newShop(t, func(s *shop) routing.Policy {
		var d dialog.Dialog[order]
		size := askSize
		size.Then = func(ctx context.Context, r *run, _ string) (next, error) {
			return next{}, d.Start(ctx, r.Event, r.Reply, order{})
		}
		d = s.pizza()
		d.Steps = []dialog.Step[order]{size, askAddress}
		return starting(d)
	})
	s.says(t, "pizza", "Which size?")
	s.says(t, "small", "Something went wrong. Please try again.", "Which size?")
	s.is(t, "pizza", "size")
	s.died(t, 1)
	require.ErrorContains(t, s.deadLetters()[0].Err, "dialog: pizza: it starts itself while it is open; use GoTo")
}

func TestDoneMayStartTheDialogAgain(t *testing.T) {
	t.Parallel()
	s := newShop(t, func(s *shop) routing.Policy {
		d := address("address")
		d.Done = func(ctx context.Context, r *run) error {
			if r.State.Address == "enough" {
				return r.Say(ctx, "All noted.")
			}
			return d.Start(ctx, r.Event, r.Reply, order{Size: r.State.Address})
		}
		return starting(d)
	})
	s.says(t, "pizza", "Where to?")
	first := s.is(t, "address", "address")
	s.says(t, "1 Main Street", "Where to?")
	second := s.is(t, "address", "address")
	require.NotEqual(t, first.Run, second.Run)
	require.Contains(t, string(second.State), `"size":"1 Main Street"`)
	s.says(t, "enough", "All noted.")
	s.is(t, "", "")
}

func TestAFunctionMayStartAnotherDialog(t *testing.T) {
	t.Parallel()
	s := newShop(t, func(s *shop) routing.Policy {
		other := address("address")
		size := askSize
		size.Then = func(ctx context.Context, r *run, _ string) (next, error) {
			return next{}, other.Start(ctx, r.Event, r.Reply, order{})
		}
		d := s.pizza()
		d.Steps = []dialog.Step[order]{size, askToppings}
		d.Ended = func(ctx context.Context, r *run, why dialog.Reason) error { return r.Say(ctx, "Ended: "+string(why)) }
		return starting(d, other)
	})
	s.says(t, "pizza", "Which size?")
	s.says(t, "small", "Ended: Replaced", "Where to?")
	s.is(t, "address", "address")
	s.says(t, "here", "Noted.")
}

func TestTwoDialogsThatReplaceEachOtherForEverFail(t *testing.T) {
	t.Parallel()
	s := newShop(t, func(s *shop) routing.Policy {
		one, other := address("one"), address("other")
		one.Steps = []dialog.Step[order]{dialog.Do[order]{Name: "do", Run: func(ctx context.Context, r *run) (next, error) {
			return next{}, other.Start(ctx, r.Event, r.Reply, order{})
		}}}
		one.Ended = func(ctx context.Context, r *run, _ dialog.Reason) error {
			return other.Start(ctx, r.Event, r.Reply, order{})
		}
		return starting(one, other)
	})
	s.says(t, "pizza")
	s.died(t, 1)
	require.ErrorContains(t, s.deadLetters()[0].Err, "dialog: other: it is started while another dialog that is started ends this one")
	s.is(t, "", "")
}

func TestAHundredStepsWithoutAQuestionFailForGood(t *testing.T) {
	t.Parallel()
	circle := func(name string) dialog.Dialog[order] {
		d := address(name)
		d.Steps = []dialog.Step[order]{
			dialog.Do[order]{Name: "a", Run: func(context.Context, *run) (next, error) { return next{}, nil }},
			dialog.Do[order]{Name: "b", Run: func(context.Context, *run) (next, error) { return dialog.GoTo("a"), nil }, To: []string{"a"}},
		}
		return d
	}
	again := address("again")
	again.Steps = []dialog.Step[order]{dialog.Do[order]{Name: "a", Run: func(context.Context, *run) (next, error) { return next{}, nil }}}
	again.Done = func(ctx context.Context, r *run) error { return again.Start(ctx, r.Event, r.Reply, order{}) }
	one, two := address("one"), address("two")
	prompting := func(other *dialog.Dialog[order]) []dialog.Step[order] {
		q := askAddress
		q.Text, q.Prompt = "", func(ctx context.Context, r *run) (sending.Sender, error) {
			return sending.Text("Where to?"), other.Start(ctx, r.Event, r.Reply, order{})
		}
		return []dialog.Step[order]{q}
	}
	one.Steps, two.Steps = prompting(&two), prompting(&one)
	for name, ds := range map[string][]dialog.Dialog[order]{"GoTo": {circle("x")}, "Done": {again}, "Prompt": {one, two}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newShop(t, func(*shop) routing.Policy {
				p := routing.Policy{receiving.TypeSimpleText: {{Handler: ds[0].On(pattern("pizza"))}}}
				for _, d := range ds {
					p[receiving.TypeDialog] = append(p[receiving.TypeDialog], routing.Route{Handler: d})
				}
				return p
			})
			s.says(t, "pizza")
			s.died(t, 1)
			require.ErrorContains(t, s.deadLetters()[0].Err, "more than 100 steps passed in one turn without a question")
			s.is(t, "", "")
		})
	}
}

func TestAJumpThatIsNotAllowedFailsForGood(t *testing.T) {
	t.Parallel()
	for to, want := range map[string]string{"address": `it goes to "address", which its To does not name`, "nowhere": `it goes to "nowhere", and there is no such step`} {
		t.Run(to, func(t *testing.T) {
			t.Parallel()
			s := newShop(t, func(s *shop) routing.Policy {
				size := askSize
				size.Then = func(context.Context, *run, string) (next, error) { return dialog.GoTo(to), nil }
				size.To = []string{"toppings"}
				d := s.pizza()
				d.Steps = []dialog.Step[order]{size, askToppings, askAddress}
				return starting(d)
			})
			s.says(t, "pizza", "Which size?")
			s.says(t, "small", "Something went wrong. Please try again.", "Which size?")
			s.died(t, 1)
			require.ErrorContains(t, s.deadLetters()[0].Err, "dialog: pizza: step size: "+want)
			require.Contains(t, string(s.is(t, "pizza", "size").State), `"size":""`, "the run is as it was")
		})
	}
}

func TestADialogWithoutARouteCannotStart(t *testing.T) {
	t.Parallel()
	s := newShop(t, func(s *shop) routing.Policy {
		d := s.pizza()
		return routing.Policy{receiving.TypeSimpleText: {{Handler: handling.Func(
			func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
				return d.Start(ctx, ev, reply, order{})
			})}}}
	})
	s.says(t, "pizza")
	s.died(t, 1)
	require.ErrorContains(t, s.deadLetters()[0].Err, "dialog: pizza: no route under DIALOG has it")
}

func TestADialogWithoutAPersonCannotStart(t *testing.T) {
	t.Parallel()
	d := address("address")
	ctx := handling.WithTurn(t.Context(), handling.Turn{Dialogs: []handling.DialogHandler{d}})
	ev := &receiving.Event{Key: "k", Type: receiving.TypeComment, PageID: "1"}
	err := d.Start(ctx, ev, (&sending.Recorder{}).Replier(ev), order{})
	require.EqualError(t, err, "dialog: address: the event has no person")
	require.True(t, handling.IsPermanent(err))
}

func TestAPolicyWithDialogsThatDoNotFitIsRefused(t *testing.T) {
	t.Parallel()
	one, twin := address("one"), address("twin")
	twin.Aliases = []string{"one"}
	dummy := handling.SimpleText{Pattern: "x"}
	err := routing.Policy{
		receiving.TypeDialog: {
			{Handler: one}, {Handler: twin}, {Handler: handling.Dummy{}}, {Handler: address("late"), Otherwise: true},
			{Handler: dialog.Dialog[order]{Name: "empty"}},
		},
		receiving.TypeSimpleText: {{Handler: address("two").On(dummy)}, {Handler: one.On(dummy)}, {Handler: one}, {Handler: one.On(nil)}},
		receiving.TypeImage:      {{Handler: one.On(handling.Location{})}},
	}.Validate()
	for _, want := range []string{
		`routing: DIALOG/1: a dialog of the name "one" is already at DIALOG/0`,
		`routing: DIALOG/2: its handler is no dialog (handling.DialogHandler); package dialog makes them`,
		`routing: DIALOG/3: it is an Otherwise route; a dialog takes what belongs to it, and no other dialog does`,
		`routing: DIALOG/4: handler dialog "empty": empty: its Done is missing`,
		`routing: DIALOG/4: handler dialog "empty": empty: it has no steps`,
		`routing: SIMPLE_TEXT/0: it starts the dialog "two", and no route under DIALOG is for that`,
		`routing: SIMPLE_TEXT/2: its handler dialog "one" never handles events of this type; it handles none`,
		`one: On has no handler`,
		`routing: IMAGE/0: its handler dialog "one" on`,
	} {
		require.ErrorContains(t, err, want)
	}
	require.NotContains(t, err.Error(), "SIMPLE_TEXT/1")
}

func TestAnAnswerWithWhichTheStateIsTooLargeIsRefused(t *testing.T) {
	t.Parallel()
	s := newShop(t, func(s *shop) routing.Policy {
		d := s.pizza()
		grow := askAddress
		grow.Check = func(_ context.Context, r *run, v string) error {
			if v == "grow" {
				r.State.Toppings = []string{strings.Repeat("x", dialog.MaxState)}
			}
			return nil
		}
		d.Steps = []dialog.Step[order]{grow, askSize}
		return starting(d)
	})
	s.says(t, "pizza", "Where to?")
	s.says(t, "grow", "That is more than I can keep. Please make it shorter.", "Where to?")
	require.JSONEq(t, `{"size":"","toppings":null,"address":"","right":false}`, string(s.is(t, "pizza", "address").State))
	require.Empty(t, s.deadLetters())
	s.says(t, "here", "Which size?")
}

func TestAStateThatTheProgramMakesTooLargeFailsForGood(t *testing.T) {
	t.Parallel()
	s := newShop(t, func(s *shop) routing.Policy {
		d := s.pizza()
		d.Steps = []dialog.Step[order]{askSize, dialog.Do[order]{Name: "grow", Run: func(_ context.Context, r *run) (next, error) {
			r.State.Address = strings.Repeat("x", dialog.MaxState)
			return next{}, nil
		}}, askToppings}
		return starting(d)
	})
	s.says(t, "pizza", "Which size?")
	s.says(t, "small", "Something went wrong. Please try again.", "Which size?")
	var large *dialog.StateError
	require.ErrorAs(t, s.died(t, 1)[0].Err, &large)
	require.Equal(t, "toppings", large.Step)
	require.Greater(t, large.Size, dialog.MaxState)
	s.is(t, "pizza", "size")
}

func TestADoneThatFailsForGoodTellsThePersonAndTheDialogGoesOn(t *testing.T) {
	t.Parallel()
	s := ordering(t)
	s.says(t, "pizza", "Which size?")
	s.says(t, "small", "Which toppings?")
	s.says(t, "done", "Where to?")
	s.says(t, "here", "Small, plain, to here. All right?")
	s.failing(handling.Permanent(errDown))
	s.says(t, "yes", "Something went wrong. Please try again.", "Small, plain, to here. All right?")
	s.is(t, "pizza", "confirm")
	dead := s.died(t, 1)
	require.ErrorIs(t, dead[0].Err, errDown)

	// The letter is run again: the question was asked again since, so nothing happens.
	require.NoError(t, s.store.Replay(t.Context(), dead[0].ID))
	s.sees(t)
	require.Empty(t, s.orders())
	s.died(t, 1)

	s.failing(errDown, errDown) // both tries
	s.says(t, "yes", "Something went wrong. Please try again.", "Small, plain, to here. All right?")
	s.died(t, 2)
	s.says(t, "yes", "Thank you.")
	require.Len(t, s.orders(), 1)
	s.is(t, "", "")
}

// The person repeats their answer: that is another event of the same run.
func TestADoneThatFailsAfterItsEffectHasTheSameRun(t *testing.T) {
	t.Parallel()
	runs, events := make(chan string, 2), make(chan string, 2)
	s := newShop(t, func(s *shop) routing.Policy {
		d := s.pizza()
		d.Steps = []dialog.Step[order]{askAddress}
		d.Done = func(_ context.Context, r *run) error {
			runs <- r.ID
			events <- r.Event.Key
			return s.place(*r.State)
		}
		return starting(d)
	})
	s.says(t, "pizza", "Where to?")
	s.failing(handling.Permanent(errDown))
	s.says(t, "here", "Something went wrong. Please try again.", "Where to?")
	s.says(t, "here")
	s.is(t, "", "")
	first, event := <-runs, <-events
	require.Equal(t, first, <-runs)
	require.NotEqual(t, event, <-events)
}

func TestAFailedTurnLeavesTheDialogAsItWasAndTheRetryGoesOn(t *testing.T) {
	t.Parallel()
	s := newShop(t, func(s *shop) routing.Policy {
		d := s.pizza()
		size := askSize
		size.Then = func(ctx context.Context, r *run, v string) (next, error) {
			r.State.Address = "changed"
			if err := r.Say(ctx, "Said before it failed."); err != nil {
				return next{}, err
			}
			return next{}, s.place(order{})
		}
		d.Steps = []dialog.Step[order]{size, askToppings}
		return starting(d)
	})
	s.says(t, "pizza", "Which size?")
	s.failing(errDown)
	s.says(t, "small", "Said before it failed.", "Which toppings?") // once
	require.Len(t, s.orders(), 1)
	require.Empty(t, s.deadLetters())
	s.failing(errDown, errDown)
	s.says(t, "back", "Which size?")
	s.says(t, "large", "Something went wrong. Please try again.", "Which size?")
	require.Contains(t, string(s.is(t, "pizza", "size").State), `"size":"S"`)
}

func TestFailedDecidesWhatFollows(t *testing.T) {
	t.Parallel()
	s := newShop(t, func(s *shop) routing.Policy {
		d := s.pizza()
		d.Steps = []dialog.Step[order]{askSize, confirmOnly}
		d.Failed = func(ctx context.Context, r *run, err error) (next, error) {
			if !errors.Is(err, errDown) {
				return next{}, err
			}
			return dialog.Quit(dialog.Failed), r.Say(ctx, "We could not order it.")
		}
		d.Ended = func(ctx context.Context, r *run, why dialog.Reason) error { return r.Say(ctx, "Ended: "+string(why)) }
		return starting(d)
	})
	s.says(t, "pizza", "Which size?")
	s.says(t, "small", "Sure?")
	s.failing(handling.Permanent(errDown))
	s.says(t, "yes", "We could not order it.", "Ended: Failed")
	s.is(t, "", "")
}

func TestAnEndedThatFailsForGoodEndsTheDialogAllTheSame(t *testing.T) {
	t.Parallel()
	s := newShop(t, func(s *shop) routing.Policy {
		d := s.pizza()
		d.Ended = func(context.Context, *run, dialog.Reason) error { return handling.Permanent(errDown) }
		return starting(d)
	})
	s.says(t, "pizza", "Which size?")
	s.says(t, "cancel", "Something went wrong. Please try again.")
	s.is(t, "", "")
	s.died(t, 1)
}

func TestAPanicIsAFailure(t *testing.T) {
	t.Parallel()
	s := newShop(t, func(s *shop) routing.Policy {
		d := s.pizza()
		d.Steps = []dialog.Step[order]{askSize, dialog.Do[order]{Name: "do", Run: func(context.Context, *run) (next, error) { panic("boom") }}, confirmOnly}
		return starting(d)
	})
	s.says(t, "pizza", "Which size?")
	s.says(t, "small", "Something went wrong. Please try again.", "Which size?")
	s.says(t, "cancel", "All right, I have stopped.")
}

func TestASessionThatCannotBeReadIsNone(t *testing.T) {
	t.Parallel()
	s := ordering(t)
	s.says(t, "hello", "I only know pizza.")
	s.keepSession(t, `{"dialog":7}`)
	s.says(t, "hello", "I only know pizza.")
	s.says(t, "pizza", "Which size?")
	s.is(t, "pizza", "size")
}

func TestTheChipsOfATooLongTitleAreCut(t *testing.T) {
	t.Parallel()
	s := newShop(t, func(s *shop) routing.Policy {
		d := s.pizza()
		size := askSize
		size.Answer = dialog.OneOfFunc(func(context.Context) ([]dialog.Option[string], error) {
			return []dialog.Option[string]{dialog.Opt("a", "A title of more than twenty %{characters}")}, nil
		})
		d.Steps = []dialog.Step[order]{size, askAddress}
		return starting(d)
	})
	s.says(t, "pizza", "Which size?")
	require.Equal(t, []string{"A title of more tha…"}, s.chips())
	s.taps(t, "A title of more tha…", "Where to?")
	s.says(t, "back", "Which size?")
	s.says(t, "a title of more than twenty %{characters}", "Where to?")
}

func TestAnEndThatToDoesNotNameFailsForGood(t *testing.T) {
	t.Parallel()
	for to, does := range map[string]next{"ToFinish": dialog.Finish(), "ToQuit": dialog.Quit("Enough")} {
		t.Run(to, func(t *testing.T) {
			t.Parallel()
			s := newShop(t, func(s *shop) routing.Policy {
				size := askSize
				size.Then = func(context.Context, *run, string) (next, error) { return does, nil }
				d := s.pizza()
				d.Steps = []dialog.Step[order]{size, askAddress}
				return starting(d)
			})
			s.says(t, "pizza", "Which size?")
			s.says(t, "small", "Something went wrong. Please try again.", "Which size?")
			require.ErrorContains(t, s.died(t, 1)[0].Err, "its To does not have "+to)
		})
	}
}

func TestAPromptThatStartsAnotherDialogAsksNothing(t *testing.T) {
	t.Parallel()
	s := newShop(t, func(s *shop) routing.Policy {
		other := address("other")
		d := s.pizza()
		size := askSize
		size.Text, size.Prompt = "", func(ctx context.Context, r *run) (sending.Sender, error) {
			return sending.Text("Which size?"), other.Start(ctx, r.Event, r.Reply, order{})
		}
		d.Steps = []dialog.Step[order]{size}
		d.Ended = func(context.Context, *run, dialog.Reason) error { return nil }
		return starting(d, other)
	})
	s.says(t, "pizza", "Where to?")
	s.is(t, "other", "address")
	s.passes(30 * time.Minute)
	s.sees(t, "I have not heard from you, so I have stopped.")
}

func TestAReplayedTapOfARunThatHasEndedSaysNothing(t *testing.T) {
	t.Parallel()
	s := ordering(t)
	s.says(t, "pizza", "Which size?")
	s.says(t, "small", "Which toppings?")
	s.says(t, "done", "Where to?")
	s.says(t, "here", "Small, plain, to here. All right?")
	s.failing(handling.Permanent(errDown))
	s.taps(t, "Yes", "Something went wrong. Please try again.", "Small, plain, to here. All right?")
	dead := s.died(t, 1)
	s.says(t, "cancel", "All right, I have stopped.")
	require.NoError(t, s.store.Replay(t.Context(), dead[0].ID))
	s.sees(t)
}

// The question was asked again since, because of something else.
func TestAReplayedAnswerToAQuestionThatWasAskedAgainIsSkipped(t *testing.T) {
	t.Parallel()
	s := ordering(t)
	s.says(t, "pizza", "Which size?")
	s.says(t, "small", "Which toppings?")
	s.says(t, "done", "Where to?")
	s.says(t, "here", "Small, plain, to here. All right?")
	s.failing(handling.Permanent(errDown))
	s.says(t, "yes", "Something went wrong. Please try again.", "Small, plain, to here. All right?")
	dead := s.died(t, 1)
	s.says(t, "help", "You are ordering a pizza.", "Small, plain, to here. All right?")
	require.NoError(t, s.store.Replay(t.Context(), dead[0].ID))
	s.sees(t)
	s.is(t, "pizza", "confirm")
	require.Empty(t, s.orders())
}

func TestAQuestionThatCannotBeAskedAgainTellsThePerson(t *testing.T) {
	t.Parallel()
	var down atomic.Bool
	s := newShop(t, func(s *shop) routing.Policy {
		d := s.pizza()
		size := askSize
		size.Answer = dialog.OneOfFunc(func(context.Context) ([]dialog.Option[string], error) {
			if down.Load() {
				return nil, handling.Permanent(errDown)
			}
			return []dialog.Option[string]{dialog.Opt("S", "Small")}, nil
		})
		d.Steps = []dialog.Step[order]{size, askAddress}
		return starting(d)
	})
	s.says(t, "pizza", "Which size?")
	down.Store(true)
	s.says(t, "small", "Something went wrong. Please try again.")
	s.is(t, "pizza", "size")
	require.Len(t, s.timers(t), 1)
	s.died(t, 1)
	down.Store(false)
	s.says(t, "small", "Where to?")
}
