package handling_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/store"
)

var noon = time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)

func TestQuietDecidesByTheFacts(t *testing.T) {
	t.Parallel()
	quiet := handling.Quiet{AfterHuman: time.Hour, OtherApp: true}
	wrote := store.Person{HumanAt: noon}
	held := store.Person{ThreadOwner: "7", ThreadAt: noon}
	for name, c := range map[string]struct {
		quiet  handling.Quiet
		person store.Person
		at     time.Time
		want   string
	}{
		"nothing known":     {quiet, store.Person{}, noon, ""},
		"a human":           {quiet, wrote, noon, "silent: a human wrote at 2026-11-27T12:00:00Z, until 2026-11-27T13:00:00Z"},
		"until":             {quiet, wrote, noon.Add(time.Hour - 1), "silent: a human wrote at 2026-11-27T12:00:00Z, until 2026-11-27T13:00:00Z"},
		"not longer":        {quiet, wrote, noon.Add(time.Hour), ""},
		"off":               {handling.Quiet{}, wrote, noon, ""},
		"only of others":    {handling.Quiet{OtherApp: true}, wrote, noon, ""},
		"negative":          {handling.Quiet{AfterHuman: -1}, wrote, noon, ""},
		"resumed later":     {quiet, store.Person{HumanAt: noon, ResumedAt: noon.Add(1)}, noon.Add(2), ""},
		"resumed with it":   {quiet, store.Person{HumanAt: noon, ResumedAt: noon}, noon, ""},
		"resumed before it": {quiet, store.Person{HumanAt: noon, ResumedAt: noon.Add(-1)}, noon, "silent: a human wrote at 2026-11-27T12:00:00Z, until 2026-11-27T13:00:00Z"},
		"an event before":   {quiet, wrote, noon.Add(-time.Hour), "silent: a human wrote at 2026-11-27T12:00:00Z, until 2026-11-27T13:00:00Z"},
		"another app": {quiet, held, noon.Add(24*time.Hour - 1),
			"silent: app 7 controls the conversation since 2026-11-27T12:00:00Z, until 2026-11-28T12:00:00Z"},
		"lapsed":             {quiet, held, noon.Add(24 * time.Hour), ""},
		"not asked":          {handling.Quiet{AfterHuman: time.Hour}, held, noon, ""},
		"resumed from app":   {quiet, store.Person{ThreadOwner: "7", ThreadAt: noon, ResumedAt: noon}, noon, ""},
		"back with the bot":  {quiet, store.Person{ThreadAt: noon}, noon, ""},
		"human over app":     {quiet, store.Person{HumanAt: noon, ThreadOwner: "7", ThreadAt: noon}, noon, "silent: a human wrote at 2026-11-27T12:00:00Z, until 2026-11-27T13:00:00Z"},
		"app after human":    {quiet, store.Person{HumanAt: noon, ThreadOwner: "7", ThreadAt: noon}, noon.Add(2 * time.Hour), "silent: app 7 controls the conversation since 2026-11-27T12:00:00Z, until 2026-11-28T12:00:00Z"},
		"times in any place": {quiet, store.Person{HumanAt: noon.In(time.FixedZone("", 3600))}, noon, "silent: a human wrote at 2026-11-27T12:00:00Z, until 2026-11-27T13:00:00Z"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			silence, silent := c.quiet.Silence(c.person, c.at)
			require.Equal(t, c.want != "", silent)
			if silent {
				require.Equal(t, c.want, silence.String())
			}
		})
	}
}

func TestQuietValidate(t *testing.T) {
	t.Parallel()
	require.NoError(t, handling.Quiet{AfterHuman: time.Hour, Automations: []string{"1"}, OtherApp: true}.Validate())
	require.ErrorContains(t, handling.Quiet{AfterHuman: -time.Second}.Validate(), "handling: Quiet.AfterHuman: is negative: -1s")
	require.ErrorContains(t, handling.Quiet{Automations: []string{"1", ""}}.Validate(), "handling: Quiet.Automations[1]: is empty")
}

// silenceOf runs a middleware and returns the silence that the routes see.
func silenceOf(t *testing.T, ctx context.Context, wrap handling.Middleware, ev *receiving.Event) (silence handling.Silence, silent bool) {
	t.Helper()
	require.NoError(t, wrap(func(ctx context.Context, _ *receiving.Event) error {
		silence, silent = handling.SilenceFrom(ctx)
		return nil
	})(ctx, ev))
	return silence, silent
}

func TestQuietWrap(t *testing.T) {
	t.Parallel()
	ctx := store.WithPerson(t.Context(), store.Person{PageID: "1", PSID: "42", HumanAt: noon})
	ctx = handling.WithTurn(ctx, handling.Turn{At: noon.Add(time.Minute)})
	ev := text("hi")
	quiet := handling.Quiet{AfterHuman: time.Hour}
	_, silent := silenceOf(t, ctx, quiet.Wrap, ev)
	require.True(t, silent)

	asked := 0
	quiet.Except = func(_ context.Context, got *receiving.Event) bool {
		asked++
		return got == ev
	}
	_, silent = silenceOf(t, ctx, quiet.Wrap, ev)
	require.False(t, silent)
	require.Equal(t, 1, asked)
	later := handling.WithTurn(ctx, handling.Turn{At: noon.Add(2 * time.Hour)})
	_, silent = silenceOf(t, later, quiet.Wrap, ev)
	require.False(t, silent)
	require.Equal(t, 1, asked, "Except is asked only when the bot would be silent")

	closed := handling.Silence{Why: "closed"}
	silence, _ := silenceOf(t, handling.WithSilence(ctx, closed), quiet.Wrap, ev)
	require.Equal(t, closed, silence, "the first reason stays")
	require.Equal(t, "silent: closed", silence.String())

	quiet.Except = nil
	_, silent = silenceOf(t, ctx, quiet.Wrap, &receiving.Event{Type: receiving.TypeComment, PageID: "1"})
	require.False(t, silent, "a comment has no person")
	untimed := store.WithPerson(t.Context(), store.Person{PageID: "1", PSID: "42", HumanAt: time.Now()})
	_, silent = silenceOf(t, untimed, quiet.Wrap, ev)
	require.True(t, silent, "an event without a time happens now")
}

func TestEndSilence(t *testing.T) {
	t.Parallel()
	set := store.NewTurn(nil, store.Person{PageID: "1", PSID: "42"}).Begin("r")
	ctx := set.Context(t.Context())
	require.NoError(t, handling.EndSilence(handling.WithTurn(ctx, handling.Turn{At: noon}), text("hi")))
	ev := text("hi")
	ev.Time = noon.Add(time.Hour)
	require.NoError(t, handling.EndSilence(ctx, ev))
	require.Equal(t, []store.Write{
		store.EndSilence{PageID: "1", PSID: "42", At: noon}, store.EndSilence{PageID: "1", PSID: "42", At: noon.Add(time.Hour)},
	}, set.End())
	require.ErrorContains(t, handling.EndSilence(ctx, &receiving.Event{PageID: "1"}), "has no person")
	require.ErrorIs(t, handling.EndSilence(t.Context(), text("hi")), store.ErrNoTurn)
}
