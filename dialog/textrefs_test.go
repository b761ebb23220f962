package dialog_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/dialog"
	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/sending"
)

// A text shows answers, what is known of the person, and what the dialog says that its code fills in; anything else is a mistake.
func TestValidateReportsPlaceholdersThatNothingFills(t *testing.T) {
	t.Parallel()
	for text, wrong := range map[string]string{
		"%{size}, %{first_name|there}, %{name}, %{thumb_ups}": "",
		"%{price}":                 "", // Values has it
		"%{to.street}, %{to.road}": "",
		"%{nothing}":               "the placeholder %{nothing} has no value; name the step of its answer, or add it to Values if the dialog's code sets it",
		"%{sise}":                  "the placeholder %{sise} has no value; do you mean %{size}?",
		"%{sise|any}":              "the placeholder %{sise} has no value; do you mean %{size}?",
		"%{elsewhere|there}":       "",                                                                  // it has a default
		"%{street}":                "the placeholder %{street} has no value; do you mean %{to.street}?", // it is the included dialog's name for the step
		"%%{nothing}":              "",
	} {
		d := dialog.Dialog[trip]{
			Name: "trip", Done: func(context.Context, *dialog.Run[trip]) error { return nil }, Values: []string{"price"},
			Steps: []dialog.Step[trip]{
				dialog.Question[trip, string]{Name: "size", Text: "Size?", Answer: dialog.Text(), Field: func(t *trip) *string { return &t.From.Street }},
				dialog.Include[trip, place]{Name: "to", Field: func(t *trip) *place { return &t.To }, Dialog: dialog.Dialog[place]{
					Values: []string{"nearby"},
					Steps: []dialog.Step[place]{
						dialog.Question[place, string]{Name: "street", Aliases: []string{"road"}, Text: "Street?", Answer: dialog.Text(), Field: func(p *place) *string { return &p.Street }},
						dialog.Say[place]{Name: "said", Text: "%{street}, %{road}, %{to.street}, %{nearby}, %{price}"},
					},
				}},
				dialog.Say[trip]{Name: "summary", Text: text},
			},
		}
		if wrong == "" {
			require.NoError(t, d.Validate(), text)
		} else {
			require.ErrorContains(t, d.Validate(), "dialog: trip: step summary: Text: "+wrong, text)
		}
	}
}

// What a dialog says by itself is translated: what a catalogue has to have is what TextRefs names.
func TestTextRefsNameWhatADialogSays(t *testing.T) {
	t.Parallel()
	d := (&shop{}).pizza()
	d.Help = "How it works"
	limits := map[string]int{}
	for _, ref := range d.TextRefs() {
		require.NotEmpty(t, ref.Place)
		limits[ref.Key] = max(limits[ref.Key], ref.Limit)
	}
	for _, id := range append(dialog.Texts(), "Which size?", "Where to?", "How it works") {
		require.Contains(t, limits, id)
	}
	for _, title := range []string{"Small", "Large", "Ham", "Done", "Yes", "Change the size", dialog.DefaultWords().SkipTitle, dialog.DefaultWords().NextTitle} {
		require.Equal(t, sending.MaxTitle, limits[title], title)
	}
	var _ i18n.TextUser = d
}
