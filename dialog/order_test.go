package dialog_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/dialog"
	"github.com/djmessenger/messenger/routing"
)

func ordering(t *testing.T) *shop {
	t.Helper()
	return newShop(t, func(s *shop) routing.Policy { return starting(s.pizza()) })
}

func TestAnOrderByTapsAndTexts(t *testing.T) {
	t.Parallel()
	s := ordering(t)
	s.says(t, "pizza", "Which size?")
	require.Equal(t, []string{"Small", "Large"}, s.chips())
	s.taps(t, "Large", "Which toppings?")
	s.taps(t, "Egg", "Anything else?")
	require.Equal(t, []string{"Ham", "Done"}, s.chips(), "what is left")
	s.says(t, "2", "Where to?")
	s.says(t, "  1 Main Street ", "Large, Egg, to 1 Main Street. All right?")
	s.is(t, "pizza", "confirm")
	s.says(t, "YES!", "Thank you.")
	s.is(t, "", "")
	require.Equal(t, []order{{Size: "L", Toppings: []string{"egg"}, Address: "1 Main Street", Right: true}}, s.orders())
	s.says(t, "yes", "I only know pizza.")
}

func TestACorrectionReturnsToWhereTheDialogWas(t *testing.T) {
	t.Parallel()
	s := ordering(t)
	s.says(t, "pizza", "Which size?")
	s.says(t, "small", "Which toppings?")
	s.says(t, "done", "Where to?")
	s.says(t, "1 Main Street", "Small, plain, to 1 Main Street. All right?")
	s.taps(t, "Change the size", "Which size?")
	s.taps(t, "Large", "Large, plain, to 1 Main Street. All right?")
	s.taps(t, "Change the size", "Which size?")
	s.says(t, "back", "Large, plain, to 1 Main Street. All right?") // gives the correction up
	s.says(t, "yes", "Thank you.")
	require.Equal(t, "L", s.orders()[0].Size)
}

func TestAnAnswerIsNoTemplate(t *testing.T) {
	t.Parallel()
	s := ordering(t)
	s.says(t, "pizza", "Which size?")
	s.says(t, "small", "Which toppings?")
	s.says(t, "done", "Where to?")
	s.says(t, "%{size} %{first_name}", "Small, plain, to %{size} %{first_name}. All right?")
}

func TestBackCancelHelp(t *testing.T) {
	t.Parallel()
	s := ordering(t)
	s.says(t, "pizza", "Which size?")
	s.says(t, "back", "There is nothing to go back to.", "Which size?")
	s.says(t, "small", "Which toppings?")
	s.says(t, "help", "You are ordering a pizza.", "Which toppings?")
	s.says(t, "Back", "Which size?")
	s.says(t, "large", "Which toppings?")
	s.says(t, "Stop!", "All right, I have stopped.")
	s.is(t, "", "")
	require.Empty(t, s.orders())
}

func TestWhatIsNoAnswerIsRefusedWithAReason(t *testing.T) {
	t.Parallel()
	s := newShop(t, func(s *shop) routing.Policy {
		d := s.pizza()
		d.MaxTries = 3
		return starting(d)
	})
	s.says(t, "pizza", "Which size?")
	s.says(t, "huge", "Please tap or write one of these: Small, Large.", "Which size?")
	require.Equal(t, []string{"Small", "Large"}, s.chips(), "the chips are back")
	s.ada.SendsThumb()
	s.sees(t, "Please tap or write one of these: Small, Large.", "Which size?")
	require.Equal(t, 2, s.is(t, "pizza", "size").Tries)
	s.says(t, "small", "Which toppings?")
	require.Zero(t, s.is(t, "pizza", "toppings").Tries)
	s.says(t, "done", "Where to?")
	s.ada.SendsImage("https://example.com/1.png")
	s.sees(t, "Please write it as a text.", "Where to?")
	s.ada.SendsThumb()
	s.sees(t, "Please write it as a text.", "Where to?")
	s.ada.SendsThumb()
	s.sees(t, "I do not understand that, so I have stopped.")
	s.is(t, "", "")
}

func TestAnOptionalQuestionCanBeSkipped(t *testing.T) {
	t.Parallel()
	s := newShop(t, func(s *shop) routing.Policy {
		d := s.pizza()
		address := askAddress
		address.Optional = true
		d.Steps = []dialog.Step[order]{askSize, address, confirm}
		return starting(d)
	})
	s.says(t, "pizza", "Which size?")
	s.says(t, "skip", "Please tap or write one of these: Small, Large.", "Which size?")
	s.says(t, "small", "Where to?")
	require.Equal(t, []string{"Skip"}, s.chips())
	s.taps(t, "Skip", "Small, plain, to . All right?")
	s.says(t, "back", "Where to?")
	s.says(t, "skip", "Small, plain, to . All right?")
}

// Skipping takes away the answer that was given before, by the chip, the word, and an old chip.
func TestSkippingClearsTheAnswer(t *testing.T) {
	t.Parallel()
	s := newShop(t, func(s *shop) routing.Policy {
		d := s.pizza()
		size := askSize
		size.Optional = true
		right := confirmOnly
		right.Answer, right.Optional = dialog.OneOf(dialog.Opt(true, "Yes"), dialog.Opt(false, "No")), true
		d.Steps = []dialog.Step[order]{size, right, dialog.Say[order]{Name: "told", Text: "%{size|none}, %{sure|unsure}."}, askAddress}
		return starting(d)
	})
	s.says(t, "pizza", "Which size?")
	skipSize := s.payloadOf(t, "Skip")
	s.says(t, "large", "Sure?")
	s.says(t, "back", "Which size?")
	s.taps(t, "Skip", "Sure?")
	require.Empty(t, stateOf(t, s.is(t, "pizza", "sure")).Size)
	s.says(t, "skip", "none, unsure.", "Where to?") // and not the title of false
	s.says(t, "back", "Sure?")
	s.says(t, "no", "none, No.", "Where to?")
	s.says(t, "back", "Sure?")
	s.says(t, "back", "Which size?")
	s.says(t, "large", "Sure?")
	s.says(t, "yes", "Large, Yes.", "Where to?")
	s.ada.TapsOldQuickReply("Skip", skipSize)
	s.sees(t, "none, Yes.", "Where to?")
	require.Empty(t, stateOf(t, s.is(t, "pizza", "address")).Size)
}

func TestAQuestionThatDoesNotApplyIsLeftOut(t *testing.T) {
	t.Parallel()
	s := newShop(t, func(s *shop) routing.Policy {
		d := s.pizza()
		toppings := askToppings
		toppings.When = func(o order) bool { return o.Size == "L" }
		d.Steps = []dialog.Step[order]{
			askSize, toppings,
			dialog.Say[order]{Name: "small", Text: "A %{size} one.", When: func(o order) bool { return o.Size == "S" }}, askAddress,
		}
		return starting(d)
	})
	s.says(t, "pizza", "Which size?")
	s.says(t, "small", "A Small one.", "Where to?")
	s.says(t, "back", "Which size?")
	s.says(t, "large", "Which toppings?")
}

func TestACorrectionKeepsWhatWasChosenSoFar(t *testing.T) {
	t.Parallel()
	s := ordering(t)
	s.says(t, "pizza", "Which size?")
	large := s.payloadOf(t, "Large")
	s.taps(t, "Small", "Which toppings?")
	s.taps(t, "Ham", "Anything else?")
	s.ada.TapsOldQuickReply("Large", large)
	s.sees(t, "Which toppings?")
	require.Equal(t, []string{"Egg", "Done"}, s.chips())
	s.ada.TapsOldQuickReply("Huge", tapOf(t, large, `"v":"\"L\""`, `"v":"\"XXL\""`))
	s.sees(t, "Please tap or write one of these: Small, Large.", "Which toppings?")
	require.Equal(t, []string{"Egg", "Done"}, s.chips())
	s.taps(t, "Done", "Where to?")
	s.says(t, "here", "Large, Ham, to here. All right?")
}

func TestFinishShowsTheAnswerThatFinishes(t *testing.T) {
	t.Parallel()
	s := newShop(t, func(s *shop) routing.Policy {
		size := askSize
		size.Then = func(context.Context, *run, string) (next, error) { return dialog.Finish(), nil }
		size.To = []string{dialog.ToFinish}
		d := s.pizza()
		d.Steps = []dialog.Step[order]{size, askAddress}
		d.Done = func(ctx context.Context, r *run) error { return r.Say(ctx, "%{size|none}, then.") }
		return starting(d)
	})
	s.says(t, "pizza", "Which size?")
	s.says(t, "small", "Small, then.")
}

// What a person writes goes through the whole bot: a text of the greatest length, one with characters that
// no text should have, and none that can be seen.
func TestTextsThatAreHardToKeep(t *testing.T) {
	t.Parallel()
	s := ordering(t)
	s.says(t, "pizza", "Which size?")
	s.says(t, "sm\x00all", "Which toppings?")
	s.says(t, "done", "Where to?")
	s.says(t, "\u202e\u200b", "Please write it as a text.", "Where to?")
	s.ada.Says("1 \x00\u202eMain\xff " + strings.Repeat("x", 20_000))
	s.Idle()
	open := s.is(t, "pizza", "confirm")
	var o order
	require.NoError(t, json.Unmarshal(open.State, &o))
	require.Equal(t, "1 Main\ufffd "+strings.Repeat("x", 20_000), o.Address)
	require.Equal(t, []string{"Yes", "Change the size"}, s.chips(), "below the last of many messages")
}
