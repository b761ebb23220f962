package dialog_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/dialog"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
)

// busy is a shop whose conversation stands still while the person does what together does: they see no answer in between.
type busy struct {
	*shop

	entered, gate chan struct{}
}

func newBusy(t *testing.T, dialogOf func(s *shop) dialog.Dialog[order]) *busy {
	t.Helper()
	b := &busy{entered: make(chan struct{}, 1), gate: make(chan struct{})}
	b.shop = newShop(t, func(s *shop) routing.Policy {
		p := starting(dialogOf(s))
		p[receiving.TypeReaction] = []routing.Route{{Handler: handling.Func(func(context.Context, *receiving.Event, *sending.Replier) error {
			b.entered <- struct{}{}
			<-b.gate
			return nil
		})}}
		return p
	})
	b.says(t, "hello", "I only know pizza.")
	return b
}

// together lets the person do several things before the bot answers the first of them.
func (b *busy) together(t *testing.T, acts ...func()) {
	t.Helper()
	b.Idle()
	b.ada.Reacts("👍")
	<-b.entered
	for _, act := range acts {
		act()
		b.Flushed(t)
	}
	b.ahead.Add(int64(time.Second))
	b.gate <- struct{}{}
}

func (b *busy) saying(text string) func() { return func() { b.ada.Says(text) } }

func (b *busy) tapping(title, payload string) func() {
	return func() { b.ada.TapsOldQuickReply(title, payload) }
}

func TestADoubledAnswerCountsOnce(t *testing.T) {
	t.Parallel()
	b := newBusy(t, func(s *shop) dialog.Dialog[order] {
		d := s.pizza()
		d.Steps = []dialog.Step[order]{askSize, askAddress, askToppings, confirm}
		return d
	})
	b.together(t, b.saying("pizza"), b.saying("pizza"))
	b.sees(t, "Which size?")
	require.Zero(t, b.is(t, "pizza", "size").Tries)

	small := b.payloadOf(t, "Small")
	b.together(t, b.tapping("Small", small), b.tapping("Small", small))
	b.sees(t, "Where to?")
	b.together(t, b.saying("here"), b.saying("here "))
	b.sees(t, "Which toppings?")
	require.Zero(t, b.is(t, "pizza", "toppings").Tries)

	b.together(t, b.saying("gold"), b.saying("gold"))
	b.sees(t, "Please tap or write one of these: Ham, Egg, Done.", "Which toppings?")
	require.Equal(t, 1, b.is(t, "pizza", "toppings").Tries)
	ham := b.payloadOf(t, "Ham")
	b.together(t, b.tapping("Ham", ham), b.tapping("Ham", ham))
	b.sees(t, "Anything else?")
	b.says(t, "done", "Small, Ham, to here. All right?")

	b.taps(t, "Yes", "Thank you.")
	require.Len(t, b.orders(), 1)
	require.Empty(t, b.deadLetters())
}

// What differs, or comes after the question, is an answer to it.
func TestWhatLooksDoubledAndIsNot(t *testing.T) {
	t.Parallel()
	b := newBusy(t, func(s *shop) dialog.Dialog[order] {
		d := s.pizza()
		other := askAddress
		other.Name, other.Text, other.Field = "other", "And from there?", inSize
		d.Steps = []dialog.Step[order]{askAddress, other, confirmOnly, askToppings}
		return d
	})
	b.together(t, b.saying("pizza"), b.saying("here"))
	b.sees(t, "Where to?", "And from there?")
	b.says(t, "here", "Sure?") // the same text, to another question
	b.says(t, "here", "Please tap or write one of these: Yes.", "Sure?")
	b.says(t, "back", "And from there?")
	b.together(t, b.saying("back"), b.saying("back")) // commands count each time
	b.sees(t, "Where to?", "There is nothing to go back to.", "Where to?")
}

var confirmOnly = ask[bool]{
	Name: "sure", Text: "Sure?", Answer: dialog.OneOf(dialog.Opt(true, "Yes")), Field: func(o *order) *bool { return &o.Right },
}

// The last answer may be doubled, too: the order is placed once, and the person is told once.
func TestADoubledLastAnswerEndsTheDialogOnce(t *testing.T) {
	t.Parallel()
	b := newBusy(t, func(s *shop) dialog.Dialog[order] {
		d := s.pizza()
		d.Steps = []dialog.Step[order]{confirmOnly}
		return d
	})
	for _, text := range []bool{false, true} {
		b.says(t, "pizza", "Sure?")
		act := b.tapping("Yes", b.payloadOf(t, "Yes"))
		if text {
			act = b.saying("yes")
		}
		b.together(t, act, act)
		b.sees(t, "Thank you.")
	}
	require.Len(t, b.orders(), 2)
	b.says(t, "yes", "I only know pizza.")
}

// A chip is tapped again after the next question: it corrects nothing, and that question is asked again, since its chips are gone.
func TestATapThatIsRepeatedLaterChangesNothing(t *testing.T) {
	t.Parallel()
	s := ordering(t)
	s.says(t, "pizza", "Which size?")
	small := s.payloadOf(t, "Small")
	s.taps(t, "Small", "Which toppings?")
	s.passes(time.Second)
	s.ada.TapsOldQuickReply("Small", small)
	s.sees(t, "Which toppings?")
	require.Equal(t, "S", stateOf(t, s.is(t, "pizza", "toppings")).Size)
}
