package messenger_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"time"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/secret"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
)

var quiet = slog.New(slog.DiscardHandler)

// TestSendToAPageWithoutAnApp: what counts is App.Pages, whatever the tokens are, and nothing is queued for a page
// that no app is bound to.
func TestSendToAPageWithoutAnApp(t *testing.T) {
	t.Parallel()
	app := func(pages ...string) receiving.App {
		return receiving.App{Secrets: []secret.Value{secret.New("secret of " + strings.Join(pages, " "))}, Pages: pages}
	}
	tokens := map[string]graph.TokenSource{
		"one token": graph.PageToken("EAAG"),
		"map":       graph.TokenMap{"1": secret.New("EAAG"), "9": secret.New("EAAH")},
		"func": graph.TokenFunc(func(context.Context, string) (secret.Value, error) {
			return secret.New("EAAG"), nil
		}),
		"none for any page": graph.TokenFunc(func(context.Context, string) (secret.Value, error) {
			return secret.Value{}, graph.ErrNoToken
		}),
	}
	for name, c := range map[string]struct {
		apps  []receiving.App
		page  string
		bound bool
	}{
		"an app bound to no pages serves all":    {[]receiving.App{app()}, "9", true},
		"the page of the only app":               {[]receiving.App{app("1", "2")}, "2", true},
		"not the page of the only app":           {[]receiving.App{app("1", "2")}, "9", false},
		"the page of the second app":             {[]receiving.App{app("1"), app("2")}, "2", true},
		"of neither app":                         {[]receiving.App{app("1"), app("2")}, "9", false},
		"ids are compared whole":                 {[]receiving.App{app("12")}, "1", false},
		"a page that only the token map knows":   {[]receiving.App{app("1")}, "9", false},
		"a page that the token map doesn't know": {[]receiving.App{app("1", "3")}, "3", true},
	} {
		for kind, source := range tokens {
			st := memory.New(memory.Config{})
			bot, err := messenger.New(messenger.Config{Apps: c.apps, VerifyToken: secret.New("v"), Tokens: source, Store: st, Logger: quiet})
			require.NoError(t, err)
			for call, err := range map[string]error{
				"Send":         bot.Send(t.Context(), c.page, "42", sending.Text("news")),
				"SendOnce":     bot.SendOnce(t.Context(), c.page, "42", "key", sending.Text("news")),
				"to a comment": bot.Send(t.Context(), c.page, "", sending.Text("news").To(sending.Recipient{CommentID: "1_2"})),
			} {
				if c.bound {
					require.NoError(t, err, "%s: %s: %s", name, kind, call)
				} else {
					require.ErrorIs(t, err, messenger.ErrNoApp, "%s: %s: %s", name, kind, call)
				}
			}
			stats, err := st.Stats(t.Context())
			require.NoError(t, err)
			require.Equal(t, c.bound, stats.Sends > 0, "%s: %s", name, kind)
		}
	}
}

// TestSendNamesEveryMistake: an unbound page is one mistake among others.
func TestSendNamesEveryMistake(t *testing.T) {
	t.Parallel()
	bot, err := messenger.New(messenger.Config{
		Apps:        []receiving.App{{Secrets: []secret.Value{secret.New("s")}, Pages: []string{"1"}}},
		VerifyToken: secret.New("v"), Tokens: graph.PageToken("EAAG"), Logger: quiet,
	})
	require.NoError(t, err)
	err = bot.Send(t.Context(), "9", "", sending.Text(""))
	require.ErrorIs(t, err, messenger.ErrNoApp)
	require.ErrorContains(t, err, `page "9"`)
	require.ErrorContains(t, err, "no recipient")
	require.ErrorContains(t, err, "messages[0]")
	require.ErrorContains(t, bot.Send(t.Context(), graph.Me, "42", sending.Text("a")), "not a page id")
	require.ErrorContains(t, bot.Send(t.Context(), "", "42", sending.Text("a")), "page id is empty")
	for _, key := range []string{"", "key"} {
		require.ErrorContains(t, bot.SendOnce(t.Context(), "", "", key, sending.Text("a")), "page id is empty", key)
	}
}

func TestSendFromTheHostKeepsOrderAndRecord(t *testing.T) {
	t.Parallel()
	inBubble(t, simulator.Config{}, messenger.Config{Policy: texts(echo)}, func(w *world) {
		w.Says(ada, "hi")
		after(time.Second)
		require.NoError(t, w.bot.Send(t.Context(), pageID, ada, sending.Text("shipped"), sending.Text("arrives tomorrow")))
		for range 3 {
			require.NoError(t, w.bot.SendOnce(t.Context(), pageID, ada, "order-1", sending.Text("a"), sending.Text("b")))
		}
		after(time.Second)
		require.NoError(t, w.bot.SendOnce(t.Context(), pageID, ada, "order-1", sending.Text("a"), sending.Text("b")))
		after(time.Second)
		require.Equal(t, []string{"you said hi", "shipped", "arrives tomorrow", "a", "b"}, w.Texts(ada))
	})
}

func TestSendRefusesWhatCannotBeSent(t *testing.T) {
	t.Parallel()
	inBubble(t, simulator.Config{}, messenger.Config{}, func(w *world) {
		ctx := t.Context()
		require.ErrorContains(t, w.bot.Send(ctx, "", ada, sending.Text("a")), "page id is empty")
		require.ErrorContains(t, w.bot.Send(ctx, pageID, "", sending.Text("a")), "messages[0]: no recipient")
		require.ErrorContains(t, w.bot.Send(ctx, pageID, ada, sending.Text("a"), sending.Text("")), "messages[1]: sending: text")
		require.ErrorContains(t, w.bot.SendOnce(ctx, pageID, ada, "", sending.Text("a")), "key is empty")
		after(time.Second)
		require.Empty(t, w.Texts(ada))
	})
}

func TestDelayedMessageHoldsNothingBackAndCanBeCanceled(t *testing.T) {
	t.Parallel()
	remind := routing.Route{Handler: handling.Dummy{}, Senders: sending.List(
		sending.After(time.Hour, sending.Text("later")),
		sending.Text("much later").After(2*time.Hour).WithKey("reminder"),
		sending.Text("now"),
	)}
	inBubble(t, simulator.Config{}, messenger.Config{Policy: texts(remind)}, func(w *world) {
		w.Says(ada, "go")
		after(time.Second)
		require.Equal(t, []string{"now"}, w.Texts(ada))
		w.Stop()
		w.start() // durable: the next run knows it
		after(time.Hour)
		require.Equal(t, []string{"now", "later"}, w.Texts(ada))
		canceled, err := w.bot.Cancel(t.Context(), pageID, ada, "reminder")
		require.NoError(t, err)
		require.True(t, canceled)
		canceled, err = w.bot.Cancel(t.Context(), pageID, ada, "reminder")
		require.NoError(t, err)
		require.False(t, canceled)
		after(2 * time.Hour)
		require.Equal(t, []string{"now", "later"}, w.Texts(ada))
	})
}

// TestFindSend: what was queued under a key is found while it waits, after it was cancelled no more, and only for its person.
func TestFindSend(t *testing.T) {
	t.Parallel()
	st := memory.New(memory.Config{})
	bot, err := messenger.New(messenger.Config{Apps: messenger.App("s"), VerifyToken: secret.New("v"), Tokens: graph.PageToken("t"), Store: st, Logger: quiet})
	require.NoError(t, err)
	ctx := t.Context()
	require.NoError(t, bot.Send(ctx, "1", "42", sending.Text("other")))
	require.NoError(t, bot.SendOnce(ctx, "1", "42", "shipped", sending.Text("shipped"), sending.Text("more")))
	require.NoError(t, bot.Send(ctx, "1", "42", sending.Text("named").WithKey("named")))
	for _, key := range []string{"shipped", "named"} {
		found, err := bot.FindSend(ctx, "1", "42", key)
		require.NoError(t, err)
		require.Contains(t, string(found.Queued.Body), `"text":"`+key+`"`)
		require.Empty(t, found.Attempts)
		_, err = bot.FindSend(ctx, "1", "43", key)
		require.ErrorIs(t, err, store.ErrNotFound)
		_, err = bot.Cancel(ctx, "1", "42", key)
		require.NoError(t, err)
		_, err = bot.FindSend(ctx, "1", "42", key)
		require.ErrorIs(t, err, store.ErrNotFound)
	}
	_, err = (*messenger.Bot)(nil).FindSend(ctx, "1", "42", "k")
	require.ErrorIs(t, err, messenger.ErrNoBot)
}
