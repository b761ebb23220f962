package dialog_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/dialog"
	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
)

// What a Text shows is what the catalogue's texts show, in whichever language they do.
func TestAKeyShowsWhatItsTextsShow(t *testing.T) {
	t.Parallel()
	texts := func(language, key, words string) i18n.File {
		return i18n.File{Language: language, Messages: []i18n.Message{{Key: key, Text: i18n.Text{Words: words}}}}
	}
	choice := func(by i18n.Selector, one string) i18n.File {
		return i18n.File{Language: "en", Messages: []i18n.Message{{Key: "order.sure", Text: i18n.Text{By: by, Of: "size", Cases: []i18n.Case{
			{When: one, Text: i18n.Text{Words: "One of them?"}}, {When: i18n.Other, Text: i18n.Text{Words: "These?"}},
		}}}}}
	}
	for name, c := range map[string]struct {
		text  string
		files []i18n.File
		asked string // what is said again after another size; "" if nothing is
	}{
		"a text that shows it":             {"A %{size} one?", nil, "A Large one?"},
		"a text that does not":             {"Sure?", nil, ""},
		"a key of which the text shows it": {"order.sure", []i18n.File{texts("en", "order.sure", "A %{size} one?")}, "A Large one?"},
		"a key of which it does not":       {"order.sure", []i18n.File{texts("en", "order.sure", "Sure?")}, ""},
		"of which another language's does": {"order.sure", []i18n.File{texts("en", "other.key", "Fine."), texts("de", "order.sure", "%{size}?")}, "order.sure"},
		"a plural by it":                   {"order.sure", []i18n.File{choice(i18n.Plural, "one")}, "These?"},
		"a select by it":                   {"order.sure", []i18n.File{choice(i18n.Select, "Large")}, "One of them?"},
		"a key without a catalogue":        {"order.sure", nil, "order.sure"},
		"a key that the catalogue lacks":   {"order.sure", []i18n.File{texts("de", "other.key", "Ja.")}, "order.sure"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var catalog *i18n.Catalog
			if c.files != nil {
				var err error
				catalog, err = i18n.Build(c.files)
				require.NoError(t, err)
			}
			sure := ask[bool]{Name: "sure", Text: c.text, Answer: dialog.OneOf(dialog.Opt(true, "Yes")), Field: func(*order) *bool { return new(bool) }}
			last := confirm
			last.Text = "Done?"
			d := dialog.Dialog[order]{Name: "keyed", Steps: []dialog.Step[order]{askSize, sure, askAddress, last}, Done: (&shop{}).pizza().Done}
			s := newShopWith(t, messenger.Config{Catalog: catalog}, func(*shop) routing.Policy { return starting(d) })
			s.says(t, "pizza", "Which size?")
			s.ada.Taps("Small")
			s.ada.Next()
			s.says(t, "yes", "Where to?")
			s.says(t, "here", "Done?")
			s.taps(t, "Change the size", "Which size?")
			drawn := d.Mermaid(catalog.For("en_US"))
			if c.asked == "" {
				s.taps(t, "Large", "Done?")
				require.NotContains(t, drawn, "sure --> confirm: corrected")
				require.NotContains(t, drawn, "size --> sure: corrected")
				return
			}
			s.taps(t, "Large", c.asked)
			s.says(t, "yes", "Done?")
			require.Contains(t, drawn, "sure --> confirm: corrected")
		})
	}
}

// A text with arguments is in the person's language already: it is sent as it is, and nothing that they wrote is filled in.
func TestATextThatIsFinalIsSentAsItIs(t *testing.T) {
	t.Parallel()
	catalog, err := i18n.New(map[string]map[string]string{"en": {"order.to": "To %{address}."}, "de": {"order.to": "An %{address}."}})
	require.NoError(t, err)
	d := dialog.Dialog[order]{Name: "final", Steps: []dialog.Step[order]{askSize, askAddress}, Done: func(ctx context.Context, r *run) error {
		return r.Send(ctx, sending.Text(i18n.From(ctx).Text("order.to", i18n.Args{"address": r.State.Address})))
	}}
	s := newShopWith(t, messenger.Config{Catalog: catalog}, func(*shop) routing.Policy { return starting(d) })
	s.says(t, "pizza", "Which size?")
	s.taps(t, "Small", "Where to?")
	s.says(t, "%{size} street", "To %{size} street.")
	require.Empty(t, catalog.Problems())
}

// Of a step that is called something else now, all that has the old name goes on: texts, catalogues, and what leads there.
func TestTheOldNameOfAStepIsKnownEverywhere(t *testing.T) {
	t.Parallel()
	size, toppings, last := askSize, askToppings, confirm
	size.Name, size.Aliases = "portion", []string{"size"}
	toppings.DependsOn = []string{"size"}
	in := dialog.Include[order, order]{Name: "to", Field: func(o *order) *order { return o }, Dialog: dialog.Dialog[order]{Steps: []dialog.Step[order]{
		ask[string]{Name: "street", Aliases: []string{"address"}, Text: "Where to?", Answer: dialog.Text(), Field: inAddress},
		dialog.Say[order]{Name: "so", Text: "To %{address}."},
	}}}
	again := ask[bool]{
		Name: "again", Text: "%{size} to %{to.address}. Again?", Answer: dialog.OneOf(dialog.Opt(true, "Go"), dialog.Opt(false, "No")), Field: func(*order) *bool { return new(bool) },
		To: []string{"size", "to.address"}, Optional: true, Then: func(_ context.Context, _ *run, yes bool) (next, error) {
			if yes {
				return dialog.GoTo("size"), nil
			}
			return dialog.GoTo("to.address"), nil
		},
	}
	last.Text = "order.sure" // its option leads to size
	catalog, err := i18n.New(map[string]map[string]string{"en": {"order.sure": "%{size}, to %{to.address}?"}})
	require.NoError(t, err)
	d := dialog.Dialog[order]{Name: "old", Steps: []dialog.Step[order]{size, toppings, in, again, last}, Done: (&shop{}).pizza().Done}
	require.NoError(t, d.Validate())
	require.Contains(t, d.Mermaid(nil), "confirm --> portion: Change the size")
	s := newShopWith(t, messenger.Config{Catalog: catalog}, func(*shop) routing.Policy { return starting(d) })
	s.says(t, "pizza", "Which size?")
	s.taps(t, "Small", "Which toppings?")
	s.says(t, "done", "Where to?")
	s.says(t, "here", "To here.", "Small to here. Again?")
	s.taps(t, "Go", "Which size?")
	s.taps(t, "Large", "Which toppings?") // which depends on it
	s.says(t, "done", "Large to here. Again?")
	s.taps(t, "No", "Where to?")
	s.says(t, "there", "To there.", "Large to there. Again?")
	s.says(t, "skip", "Large, to there?")
	s.taps(t, "Change the size", "Which size?")
	s.taps(t, "Small", "Which toppings?")
	s.says(t, "done", "Small to there. Again?") // which shows it
}
