package messenger_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/dialog"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
)

// TestADialogSaysThatItHasFailed: also when the turn has no time left, when the question itself cannot be asked, and when it cannot be
// asked again after another route.
func TestADialogSaysThatItHasFailed(t *testing.T) {
	t.Parallel()
	type order struct{ Size string }
	const sorry = "Something went wrong. Please try again."
	wait := func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
	for name, c := range map[string]struct {
		says          string
		check, prompt func(ctx context.Context) error // of the question, once it was asked
		want          []string
	}{
		"a check takes all the time": {says: "small", check: wait, want: []string{sorry, "Which size?"}},
		"so does the question":       {says: "small", check: wait, prompt: wait, want: []string{sorry}},
		"the question cannot be asked again": {
			says: "hours", prompt: func(context.Context) error { return handling.Permanent(errors.New("broken")) }, want: []string{"From 9 to 5.", sorry},
		},
		"it cannot be asked again after a tap on a menu": {
			prompt: func(context.Context) error { return handling.Permanent(errors.New("broken")) }, want: []string{"From 9 to 5.", sorry},
		},
		"it takes all the time to ask it again": {says: "hours", prompt: wait, want: []string{"From 9 to 5.", sorry}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			asked := false
			failing := func(ctx context.Context, f func(context.Context) error) error {
				if f == nil || !asked {
					return nil
				}
				return f(ctx)
			}
			d := dialog.Dialog[order]{Name: "pizza", Done: func(context.Context, *dialog.Run[order]) error { return nil }, Steps: []dialog.Step[order]{dialog.Question[order, string]{
				Name: "size", Answer: dialog.OneOf(dialog.Opt("S", "Small"), dialog.Opt("L", "Large")), Field: func(o *order) *string { return &o.Size },
				Prompt: func(ctx context.Context, _ *dialog.Run[order]) (sending.Sender, error) {
					return sending.Text("Which size?"), failing(ctx, c.prompt)
				},
				Check: func(ctx context.Context, _ *dialog.Run[order], _ string) error { return failing(ctx, c.check) },
				Pass:  true,
			}}}
			cfg := messenger.Config{Policy: routing.Policy{
				receiving.TypeDialog:   {{Handler: d}},
				receiving.TypePostback: {{Handler: handling.Dummy{}, Senders: sending.List(sending.Text("From 9 to 5."))}},
				receiving.TypeSimpleText: {
					{Handler: d.On(handling.SimpleText{Pattern: "pizza"})},
					{Handler: handling.SimpleText{Pattern: "hours"}, Senders: sending.List(sending.Text("From 9 to 5."))},
				},
			}}
			inBubble(t, simulator.Config{}, cfg, func(w *world) {
				w.Says(ada, "pizza")
				after(time.Second)
				asked = true
				if c.says != "" {
					w.Says(ada, c.says)
				} else {
					_, err := w.TapOldButton(t.Context(), ada, "Hours", "hours")
					require.NoError(t, err)
				}
				after(10 * time.Minute)
				require.ElementsMatch(t, append([]string{"Which size?"}, c.want...), w.Texts(ada))
				require.Len(t, w.Letters(), 1)
				open, in, err := dialog.Of(t.Context(), w.Store, pageID, ada)
				require.NoError(t, err)
				require.True(t, in)
				require.Equal(t, "size", open.Step)
				asked = false
				w.Says(ada, "large")
				after(time.Second)
				_, in, err = dialog.Of(t.Context(), w.Store, pageID, ada)
				require.NoError(t, err)
				require.False(t, in, "the answer can be repeated")
			})
		})
	}
}
