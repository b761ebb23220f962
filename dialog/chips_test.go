package dialog_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/dialog"
	"github.com/djmessenger/messenger/routing"
)

// choosing is a bot with a question that has these options, found out at run time.
func choosing(t *testing.T, change func(*ask[string]), find func() []dialog.Option[string]) *shop {
	t.Helper()
	return newShop(t, func(s *shop) routing.Policy {
		size := askSize
		size.Answer = dialog.OneOfFunc(func(context.Context) ([]dialog.Option[string], error) { return find(), nil })
		change(&size)
		d := s.pizza()
		d.Steps = []dialog.Step[order]{size, askAddress}
		return starting(d)
	})
}

// numbered are n options, a 1 to a n.
func numbered(n int) (all []dialog.Option[string], titles []string) {
	for i := range n {
		title := fmt.Sprintf("a %d", i+1)
		all, titles = append(all, dialog.Opt(title, title)), append(titles, title)
	}
	return all, titles
}

func TestMoreChoicesThanThePlatformShowsComeInPages(t *testing.T) {
	t.Parallel()
	options, titles := numbered(30)
	s := choosing(t, func(q *ask[string]) { q.Optional = true }, func() []dialog.Option[string] { return options })
	page := func(from, to int) []string { return append(append([]string{}, titles[from:to]...), "More…", "Skip") }
	s.says(t, "pizza", "Which size?")
	require.Equal(t, page(0, 11), s.chips())
	first := s.payloadOf(t, "a 3")
	s.taps(t, "More…", "Which size?")
	require.Equal(t, page(11, 22), s.chips())
	s.taps(t, "More…", "Which size?")
	require.Equal(t, page(22, 30), s.chips())
	more := s.payloadOf(t, "More…")
	s.taps(t, "More…", "Which size?")
	require.Equal(t, page(0, 11), s.chips(), "behind the last page is the first")
	s.taps(t, "More…", "Which size?")
	require.Zero(t, s.is(t, "pizza", "size").Tries, "a page is no wrong answer")
	s.says(t, "2", "Please tap or write one of these: a 1, a 2, a 3, a 4, a 5, a 6, a 7, a 8, a 9, a 10, a 11, a 12, a 13, ….", "Which size?")
	s.says(t, "A 29!", "Where to?")
	require.Contains(t, string(s.is(t, "pizza", "address").State), `"size":"a 29"`)
	s.ada.TapsOldQuickReply("More…", more)
	s.sees(t, "Where to?") // a page of a question that is answered
	require.Contains(t, string(s.is(t, "pizza", "address").State), `"size":"a 29"`)
	s.ada.TapsOldQuickReply("a 3", first)
	s.sees(t, "Where to?")
	require.Contains(t, string(s.is(t, "pizza", "address").State), `"size":"a 3"`)
}

func TestAPageThatIsGoneIsTheFirst(t *testing.T) {
	t.Parallel()
	options, titles := numbered(30)
	left := 30
	s := choosing(t, func(*ask[string]) {}, func() []dialog.Option[string] { return options[:left] })
	s.says(t, "pizza", "Which size?")
	s.taps(t, "More…", "Which size?")
	more := s.payloadOf(t, "More…")
	s.Idle()
	left = 13
	s.ada.TapsOldQuickReply("More…", more)
	s.sees(t, "Which size?")
	require.Equal(t, titles[:13], s.chips(), "they fit below one message")
	for _, wrong := range []string{"page -7", "page x", "page 99999999999999999999"} {
		s.ada.TapsOldQuickReply("More…", tapOf(t, more, "page 2", wrong))
		s.ada.Sees(map[bool]string{true: "Which size?", false: "Please tap or write one of these: a 1, a 2, a 3, a 4, a 5, a 6, a 7, a 8, a 9, a 10, a 11, a 12, a 13."}[wrong == "page -7"])
		if wrong != "page -7" {
			s.ada.Sees("Which size?")
		}
		s.ada.SeesNothing()
	}
}

func TestSeveralChoicesInPagesKeepTheChipThatEndsThem(t *testing.T) {
	t.Parallel()
	s := newShop(t, func(s *shop) routing.Policy {
		options, _ := numbered(20)
		toppings := askToppings
		toppings.Answer = dialog.SomeOf("Done", options...)
		d := s.pizza()
		d.Steps = []dialog.Step[order]{toppings, askAddress}
		return starting(d)
	})
	s.says(t, "pizza", "Which toppings?")
	s.taps(t, "a 2", "Anything else?")
	s.taps(t, "More…", "Which toppings?")
	require.Equal(t, []string{"a 13", "a 14", "a 15", "a 16", "a 17", "a 18", "a 19", "a 20", "More…", "Done"}, s.chips())
	s.taps(t, "a 20", "Anything else?")
	s.taps(t, "Done", "Where to?")
	require.Contains(t, string(s.is(t, "pizza", "address").State), `"toppings":["a 2","a 20"]`)
}

func TestOptionsThatAreAlikeGetNumbers(t *testing.T) {
	t.Parallel()
	s := choosing(t, func(*ask[string]) {}, func() []dialog.Option[string] {
		return []dialog.Option[string]{
			dialog.Opt("m1", "Margherita with olives, small"), dialog.Opt("m2", "Margherita with olives, large"),
			dialog.Opt("f", "Funghi"), dialog.Opt("f", "Funghi again"), dialog.Opt("t1", "Tonno"), dialog.Opt("t2", "TONNO!"), dialog.Opt("none", " "),
		}
	})
	s.says(t, "pizza", "Which size?")
	require.Equal(t, []string{"1. Margherita with…", "2. Margherita with…", "Funghi", "4. Tonno", "5. TONNO!", "none"}, s.chips())
	refusal := "Please tap or write one of these: Margherita with olives, small, Margherita with olives, large, Funghi, Tonno, TONNO!, none."
	s.says(t, "tonno", refusal, "Which size?") // which of them?
	s.says(t, "2. Margherita with…", "Where to?")
	require.Contains(t, string(s.is(t, "pizza", "address").State), `"size":"m2"`)
	s.says(t, "back", "Which size?")
	s.says(t, "margherita with olives, SMALL", "Where to?")
	require.Contains(t, string(s.is(t, "pizza", "address").State), `"size":"m1"`)
	s.says(t, "back", "Which size?")
	s.says(t, "5", "Where to?")
	require.Contains(t, string(s.is(t, "pizza", "address").State), `"size":"t2"`)
}

func TestAQuestionWithoutOptionsFailsTheTurn(t *testing.T) {
	t.Parallel()
	s := choosing(t, func(*ask[string]) {}, func() []dialog.Option[string] { return nil })
	s.says(t, "pizza")
	require.ErrorContains(t, s.died(t, 1)[0].Err, "it has no options")
	s.is(t, "", "")
}

func TestTheWordsOfAProgramNeedNoTitleForPages(t *testing.T) {
	t.Parallel()
	s := newShop(t, func(s *shop) routing.Policy {
		options, _ := numbered(14)
		size := askSize
		size.Answer = dialog.OneOf(options...)
		d := s.pizza()
		d.Words = dialog.Words{Cancel: "enough"}
		d.Steps = []dialog.Step[order]{size}
		return starting(d)
	})
	s.says(t, "pizza", "Which size?")
	require.Equal(t, "More…", s.chips()[12])
}
