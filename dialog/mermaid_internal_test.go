package dialog

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/i18n"
)

func TestMermaidDrawsWhatTheDefinitionSays(t *testing.T) {
	t.Parallel()
	address := Dialog[home]{
		Done: done[home],
		Steps: []Step[home]{
			Question[home, string]{Name: "street", Text: "Where to?", Answer: Text(), Field: street1},
			Question[home, string]{
				Name: "note", Text: "A note; or not?", Answer: Text(), Field: func(h *home) *string { return &h.Note },
				When: func(h home) bool { return h.Street != "" },
			},
		},
	}
	d := Dialog[pizza]{
		Name: "pizza", Done: done[pizza],
		Steps: []Step[pizza]{
			ask[string]{Name: "size", Text: `Which "size"?`, Answer: OneOf(Opt("S", "Small"), Opt("L", "Large")), Field: size},
			Say[pizza]{Name: "fine", Text: "Fine.", When: func(p pizza) bool { return p.Size == "L" }},
			Include[pizza, home]{Name: "to", Field: homeOf, Dialog: address},
			ask[bool]{
				Name: "confirm", Text: "All right?", Answer: OneOf(Opt(true, "Yes"), Opt(false, "No").To("size")),
				Field: func(p *pizza) *bool { return &p.Paid }, When: func(pizza) bool { return true },
			},
			ask[string]{
				Name: "again", Text: "Another one?", Answer: Text(), Field: size, To: []string{"to.street", ToFinish, ToQuit},
				Then: func(context.Context, *Run[pizza], string) (Next, error) { return Next{}, nil },
			},
		},
	}
	require.NoError(t, d.Validate())
	catalog, err := i18n.New(map[string]map[string]string{"de": {"All right?": "In Ordnung?", "No": "Nein"}})
	require.NoError(t, err)
	//nolint:dupword // the lines of a diagram repeat names
	require.Equal(t, `stateDiagram-v2
    state "Which #quot;size#quot;?" as size
    state "Fine." as fine
    state to_group {
        state "Where to?" as to_street
        state "A note#59; or not?" as to_note
        state "to.done" as to_done
    }
    state "In Ordnung?" as confirm
    state "Another one?" as again
    [*] --> size
    size --> fine
    size --> to_street
    fine --> to_street
    to_street --> to_note
    to_street --> to_done
    to_note --> to_done
    to_done --> confirm
    to_done --> again
    confirm --> again
    confirm --> size: Nein
    again --> [*]
    again --> to_street
    again --> [*]: Quit
    size --> to_note: corrected
    size --> to_done: corrected
    size --> confirm: corrected
    size --> again: corrected
    fine --> to_note: corrected
    fine --> to_done: corrected
    to_street --> again: corrected
`, d.Mermaid(catalog.For("de_DE")))
	require.Contains(t, d.Mermaid(nil), "All right?")
}

func TestStepsHaveIDsThatMermaidReads(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"size": "size", "to.street": "to_street", "größe": "gr_f6__df_e", "grüße": "gr_fc__df_e", "大": "_5927_", "小": "_5c0f_",
		"note": "note_", "End": "End_", "notes": "notes",
	} {
		require.Equal(t, want, box(name), name)
	}
}
