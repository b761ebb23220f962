package dialog_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/dialog"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
)

// chosen is a question with two chips, small and large ones of what it is called.
func chosen(name string, field func(o *order) *string) ask[string] {
	return ask[string]{Name: name, Text: "Which " + name + "?", Answer: dialog.OneOf(dialog.Opt("a", name+" A"), dialog.Opt("b", name+" B")), Field: field}
}

func inSize(o *order) *string    { return &o.Size }
func inAddress(o *order) *string { return &o.Address }

// A correction keeps the answers that do not depend on it, and asks, says and does again what does.
func TestACorrectionRepeatsWhatDependsOnIt(t *testing.T) {
	t.Parallel()
	s := newShop(t, func(s *shop) routing.Policy {
		d := s.pizza()
		toppings := askToppings
		toppings.DependsOn = []string{"size"}
		tip := ask[string]{Name: "tip", Text: "A tip?", Answer: dialog.Text(), Field: func(*order) *string { return new(string) }}
		card := ask[bool]{
			Name: "card", Answer: dialog.OneOf(dialog.Opt(true, "Fine")), Field: func(*order) *bool { return new(bool) },
			Prompt: func(_ context.Context, r *run) (sending.Sender, error) {
				return sending.Text("For " + r.State.Address + "."), nil
			},
		}
		d.Steps = []dialog.Step[order]{
			askSize,
			dialog.Say[order]{Name: "hello", Text: "Welcome."},
			dialog.Say[order]{Name: "choice", Text: "A %{size} one."},
			toppings, tip,
			dialog.Do[order]{Name: "price", Run: func(_ context.Context, r *run) (next, error) {
				r.State.Address = map[string]string{"S": "5 euros", "L": "9 euros"}[r.State.Size]
				return next{}, nil
			}},
			card, confirm, askAddress,
		}
		return starting(d)
	})
	s.says(t, "pizza", "Which size?")
	small, large := s.payloadOf(t, "Small"), s.payloadOf(t, "Large")
	s.taps(t, "Small", "Welcome.", "A Small one.", "Which toppings?")
	s.says(t, "done", "A tip?")
	s.says(t, "none", "For 5 euros.")
	s.says(t, "fine", "Small, plain, to . All right?")
	s.says(t, "yes", "Where to?")

	s.ada.TapsOldQuickReply("Small", small) // which changes nothing
	s.sees(t, "Where to?")
	s.ada.TapsOldQuickReply("Large", large)
	s.sees(t, "A Large one.", "Which toppings?")
	s.says(t, "ham, done", "For 9 euros.") // the tip is kept
	s.says(t, "fine", "Large, Ham, to . All right?")
	s.says(t, "yes", "Where to?")
}

// A correction of a correction: each returns to where the dialog was.
func TestACorrectionInsideOfAnother(t *testing.T) {
	t.Parallel()
	s := newShop(t, func(s *shop) routing.Policy {
		d := s.pizza()
		d.Steps = []dialog.Step[order]{askSize, chosen("address", inAddress), confirm}
		return starting(d)
	})
	s.says(t, "pizza", "Which size?")
	large := s.payloadOf(t, "Large")
	s.taps(t, "Small", "Which address?")
	b := s.payloadOf(t, "address B")
	s.taps(t, "address A", "Small, plain, to address A. All right?")
	s.taps(t, "Change the size", "Which size?")
	s.ada.TapsOldQuickReply("address B", b)
	s.sees(t, "Which size?") // and not the summary: the size is still open
	s.says(t, "back", "Small, plain, to address B. All right?")
	s.taps(t, "Change the size", "Which size?")
	s.ada.TapsOldQuickReply("address B", b)
	s.sees(t, "Which size?")
	s.ada.TapsOldQuickReply("Large", large)
	s.sees(t, "Large, plain, to address B. All right?")
	s.says(t, "back", "Which size?") // the last answer
	s.says(t, "small", "Small, plain, to address B. All right?")
	s.says(t, "yes", "Thank you.")
	require.Equal(t, []order{{Size: "S", Address: "b", Right: true}}, s.orders())
}

func TestACorrectionOfSeveralTapsKeepsTheAnswerThatWasBegun(t *testing.T) {
	t.Parallel()
	var extras []string
	s := newShop(t, func(s *shop) routing.Policy {
		d := s.pizza()
		d.Steps = []dialog.Step[order]{
			ask[[]string]{
				Name: "extras", Text: "Which extras?", Answer: dialog.SomeOf("No more", dialog.Opt("cola", "Cola"), dialog.Opt("water", "Water"), dialog.Opt("tea", "Tea")),
				Field: func(*order) *[]string { return &extras },
			},
			askToppings, askAddress,
		}
		return starting(d)
	})
	s.says(t, "pizza", "Which extras?")
	cola, water := s.payloadOf(t, "Cola"), s.payloadOf(t, "Water")
	s.says(t, "no more", "Which toppings?")
	s.taps(t, "Ham", "Anything else?")
	s.ada.TapsOldQuickReply("Cola", cola)
	s.sees(t, "Anything else?")
	require.Equal(t, []string{"Water", "Tea", "No more"}, s.chips(), "the extras are asked for")
	s.ada.TapsOldQuickReply("Water", water)
	s.sees(t, "Anything else?")
	s.says(t, "no more", "Which toppings?")
	require.Equal(t, []string{"Egg", "Done"}, s.chips(), "the ham is kept")
	s.ada.TapsOldQuickReply("Cola", cola)
	s.sees(t, "Anything else?")
	s.says(t, "back", "Which toppings?") // gives the correction up
	require.Equal(t, []string{"Egg", "Done"}, s.chips())
	s.says(t, "done", "Where to?")
	s.says(t, "here", "Thank you.")
	require.Equal(t, []string{"ham"}, s.orders()[0].Toppings)
	require.Equal(t, []string{"cola", "water"}, extras)
}

// A time-out may correct an answer while another one is half given.
func TestAJumpBackKeepsTheAnswerThatWasBegun(t *testing.T) {
	t.Parallel()
	s := newShop(t, func(s *shop) routing.Policy {
		d := s.pizza()
		d.Steps = []dialog.Step[order]{askSize, askToppings, askAddress}
		d.OnTimeout = func(context.Context, *run) (next, error) { return dialog.GoTo("size"), nil }
		return starting(d)
	})
	s.says(t, "pizza", "Which size?")
	s.says(t, "small", "Which toppings?")
	s.taps(t, "Ham", "Anything else?")
	s.passes(30 * time.Minute)
	s.sees(t, "Which size?")
	s.says(t, "large", "Which toppings?")
	require.Equal(t, []string{"Egg", "Done"}, s.chips())
}

func TestACorrectionWithWhichTheStateIsTooLargeIsRefused(t *testing.T) {
	t.Parallel()
	s := newShop(t, func(s *shop) routing.Policy {
		d := s.pizza()
		size := askSize
		size.Check = func(_ context.Context, r *run, v string) error {
			if v == "L" {
				r.State.Toppings = []string{strings.Repeat("x", dialog.MaxState)}
			}
			return nil
		}
		d.Steps = []dialog.Step[order]{size, askAddress, confirm}
		return starting(d)
	})
	s.says(t, "pizza", "Which size?")
	large := s.payloadOf(t, "Large")
	s.says(t, "small", "Where to?")
	s.ada.TapsOldQuickReply("Large", large)
	s.sees(t, "That is more than I can keep. Please make it shorter.", "Where to?")
	require.JSONEq(t, `{"size":"S","toppings":null,"address":"","right":false}`, string(s.is(t, "pizza", "address").State))
	s.says(t, "here", "Small, plain, to here. All right?")
	require.Empty(t, s.deadLetters())
}

// What others have done stays done: the person cannot change what they did it for.
func TestATapDoesNotCorrectWhatOthersHaveActedOn(t *testing.T) {
	t.Parallel()
	s := paying(t, nil)
	s.says(t, "pizza", "Which size?")
	small, large := s.payloadOf(t, "Small"), s.payloadOf(t, "Large")
	s.taps(t, "Small", "Please pay for the Small one.")
	s.ada.TapsOldQuickReply("Large", large) // while it waits
	s.sees(t, "I wait for your payment.")
	s.signals(t, "paid", paid.MustEncodeSignal(payment{}))
	s.sees(t, "Where to?")
	s.ada.TapsOldQuickReply("Large", large)
	s.sees(t, "That question is no longer open.", "Where to?")
	s.ada.TapsOldQuickReply("Small", small)
	s.sees(t, "That question is no longer open.", "Where to?")
	s.says(t, "here", "Thank you.")
	require.Equal(t, "S", s.orders()[0].Size)
}

// A step jumped over stays so when a correction comes past it, and does not come back as one to return to.
func TestAJumpAheadLeavesOutWhatWasOpenBetween(t *testing.T) {
	t.Parallel()
	s := newShop(t, func(s *shop) routing.Policy {
		d := s.pizza()
		place := chosen("address", inAddress)
		place.Then = func(_ context.Context, _ *run, v string) (next, error) {
			if v == "b" {
				return dialog.GoTo("confirm"), nil
			}
			return next{}, nil
		}
		place.To = []string{"confirm"}
		last := confirm
		last.Text = "To %{address}. All right?"
		last.Answer = dialog.OneOf(dialog.Opt(true, "Yes"))
		check := dialog.Do[order]{Name: "check", To: []string{"address"}, Run: func(context.Context, *run) (next, error) { return dialog.GoTo("address"), nil }}
		d.Steps = []dialog.Step[order]{place, check, askToppings, last}
		return starting(d)
	})
	s.says(t, "pizza", "Which address?")
	s.says(t, "address a", "Which address?")
	s.says(t, "address b", "To address B. All right?")
	s.says(t, "yes", "Thank you.")
}
