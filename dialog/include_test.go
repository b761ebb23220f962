package dialog_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/dialog"
	"github.com/djmessenger/messenger/routing"
)

type place struct {
	Street string `json:"street"`
	Note   string `json:"note"`
	Full   string `json:"full"`
}

type trip struct {
	From place `json:"from"`
	To   place `json:"to"`
	Okay bool  `json:"okay"`
}

// where asks for a place; it is included twice.
func where() dialog.Dialog[place] {
	return dialog.Dialog[place]{
		Name: "where",
		Steps: []dialog.Step[place]{
			dialog.Question[place, string]{
				Name: "street", Text: "Which street?", Answer: dialog.OneOf(dialog.Opt("main", "Main Street"), dialog.Opt("none", "None")),
				Field: func(p *place) *string { return &p.Street }, To: []string{dialog.ToFinish},
				Then: func(_ context.Context, _ *dialog.Run[place], v string) (next, error) {
					if v == "none" {
						return dialog.Finish(), nil
					}
					return next{}, nil
				},
			},
			dialog.Question[place, string]{
				Name: "note", Text: "A note for %{street}?", Answer: dialog.Text(), Field: func(p *place) *string { return &p.Note },
				Check: func(ctx context.Context, r *dialog.Run[place], v string) error {
					if v == "?" {
						return r.Say(ctx, "For %{street}, whatever.")
					}
					return nil
				},
			},
		},
		Done: func(_ context.Context, r *dialog.Run[place]) error {
			r.State.Full = r.State.Street + "/" + r.State.Note
			return nil
		},
	}
}

func TestADialogIsMadeOfOthers(t *testing.T) {
	t.Parallel()
	var got trip
	s := newShop(t, func(*shop) routing.Policy {
		return starting(dialog.Dialog[trip]{
			Name: "trip",
			Steps: []dialog.Step[trip]{
				dialog.Include[trip, place]{Name: "from", Dialog: where(), Field: func(t *trip) *place { return &t.From }},
				dialog.Include[trip, place]{Name: "to", Dialog: where(), Field: func(t *trip) *place { return &t.To }, When: func(t trip) bool { return t.From.Note != "round" }},
				dialog.Question[trip, bool]{
					Name: "confirm", Text: "From %{from.street} (%{from.note}) to %{to.street|where you were}?", Field: func(t *trip) *bool { return &t.Okay },
					Answer: dialog.OneOf(dialog.Opt(true, "Yes"), dialog.Opt(false, "Another start").To("from.street")),
				},
			},
			Done: func(ctx context.Context, r *dialog.Run[trip]) error {
				got = *r.State
				return r.Say(ctx, "Have a good trip.")
			},
		})
	})
	s.says(t, "pizza", "Which street?")
	s.is(t, "trip", "from.street")
	s.says(t, "main street", "A note for Main Street?")
	s.says(t, "?", "For Main Street, whatever.", "Which street?")
	s.is(t, "trip", "to.street")
	s.taps(t, "None", "From Main Street (?) to None?")
	s.taps(t, "Another start", "Which street?")
	s.is(t, "trip", "from.street")
	s.says(t, "back", "From Main Street (?) to None?")
	s.says(t, "back", "Which street?")
	s.is(t, "trip", "to.street")
	s.says(t, "back", "A note for Main Street?")
	s.says(t, "round", "From Main Street (round) to where you were?")
	s.says(t, "yes", "Have a good trip.")
	require.Equal(t, "main/round", got.From.Full)
}

func TestFinishOfAnIncludedDialogWithoutDoneGoesOnBehindIt(t *testing.T) {
	t.Parallel()
	inner := where()
	inner.Done = nil
	s := newShop(t, func(*shop) routing.Policy {
		return starting(dialog.Dialog[trip]{
			Name: "trip",
			Steps: []dialog.Step[trip]{
				dialog.Include[trip, place]{Name: "from", Dialog: inner, Field: func(t *trip) *place { return &t.From }},
				dialog.Question[trip, bool]{
					Name: "confirm", Text: "From %{from.street}?", Field: func(t *trip) *bool { return &t.Okay },
					Answer: dialog.OneOf(dialog.Opt(true, "Yes")),
				},
			},
			Done: func(ctx context.Context, r *dialog.Run[trip]) error { return r.Say(ctx, "Have a good trip.") },
		})
	})
	s.says(t, "pizza", "Which street?")
	s.taps(t, "None", "From None?")
	s.says(t, "yes", "Have a good trip.")
}

func TestAnIncludedDialogIncludesAnother(t *testing.T) {
	t.Parallel()
	type outer struct{ In trip }
	inner := dialog.Dialog[trip]{Name: "inner", Steps: []dialog.Step[trip]{
		dialog.Include[trip, place]{Name: "from", Dialog: where(), Field: func(t *trip) *place { return &t.From }},
		dialog.Question[trip, bool]{
			Name: "ok", Text: "From %{from.street}?", Field: func(t *trip) *bool { return &t.Okay },
			Answer: dialog.OneOf(dialog.Opt(true, "Yes"), dialog.Opt(false, "Again").To("from.street")),
		},
	}}
	s := newShop(t, func(*shop) routing.Policy {
		return starting(dialog.Dialog[outer]{
			Name:  "outer",
			Steps: []dialog.Step[outer]{dialog.Include[outer, trip]{Name: "in", Dialog: inner, Field: func(o *outer) *trip { return &o.In }}},
			Done: func(ctx context.Context, r *dialog.Run[outer]) error {
				return r.Say(ctx, "From %{in.from.street}: "+r.State.In.From.Full)
			},
		})
	})
	s.says(t, "pizza", "Which street?")
	s.taps(t, "Main Street", "A note for Main Street?")
	s.says(t, "x", "From Main Street?")
	s.taps(t, "Again", "Which street?")
	s.is(t, "outer", "in.from.street")
	s.taps(t, "None", "From None?")
	s.says(t, "yes", "From None: none/x")
}
