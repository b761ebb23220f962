package messenger_test

import (
	"io"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/secret"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/threadsettings"
)

// newIdle builds a bot that nobody runs.
func newIdle(t *testing.T, log io.Writer) *messenger.Bot {
	t.Helper()
	bot, err := messenger.New(messenger.Config{
		Apps: messenger.App(appSecret), VerifyToken: secret.New(verifyToken), Tokens: graph.PageToken(pageToken),
		Logger: slog.New(slog.NewTextHandler(log, nil)),
	})
	require.NoError(t, err)
	return bot
}

func TestRunOnce(t *testing.T) {
	t.Parallel()
	inBubble(t, simulator.Config{}, messenger.Config{}, func(w *world) {
		after(time.Millisecond)
		require.ErrorIs(t, w.bot.Run(t.Context()), messenger.ErrRunning)
		w.Stop()
		require.ErrorIs(t, w.bot.Run(t.Context()), messenger.ErrRunning)
		require.ErrorIs(t, w.bot.Healthy(w.T.Context()), messenger.ErrNotRunning)
	})
}

func TestThreadSettingsAreAppliedAtStartAndTriedAgain(t *testing.T) {
	t.Parallel()
	cfg := messenger.Config{ThreadSettings: map[string]threadsettings.Settings{graph.Me: {
		GetStarted: &threadsettings.GetStarted{}, PersistentMenu: threadsettings.MenuOf(threadsettings.MenuItem{Title: "Help"}),
	}}}
	inBubble(t, simulator.Config{}, cfg, func(w *world) {
		after(time.Second)
		require.JSONEq(t, `{"payload":"GET_STARTED_BUTTON"}`, string(w.Profile()["get_started"]))
		calls := len(w.Requests())
		w.Stop()
		w.start()
		after(time.Second)
		require.Len(t, w.Requests(), calls, "this version of the settings was applied")
		w.Stop()

		w.Fault(simulator.Fault{Match: func(string, string) bool { return true }, Status: 500, Body: "oops"})
		w.cfg.ThreadSettings = map[string]threadsettings.Settings{graph.Me: {GetStarted: &threadsettings.GetStarted{Payload: "NEW"}}}
		w.start()
		after(time.Second)
		require.Len(t, w.Requests(), calls+1)
		after(2 * time.Second)
		require.Len(t, w.Requests(), calls+3, "read and set")
	})
}
