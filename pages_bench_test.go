package messenger_test

import (
	"fmt"
	"log/slog"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/secret"
	"github.com/djmessenger/messenger/store/memory"
	"github.com/djmessenger/messenger/threadsettings"
)

// onboarded is a bot of a service with that many pages.
func onboarded(tb testing.TB, pages int) *messenger.Bot {
	tb.Helper()
	bot, err := messenger.New(messenger.Config{
		Apps: messenger.App(appSecret), Logger: slog.New(slog.DiscardHandler), PagesAtRunTime: true, Store: memory.New(memory.Config{}),
		VerifyToken: secret.New(verifyToken),
	})
	require.NoError(tb, err)
	list := make([]messenger.Page, pages)
	for i := range list {
		list[i] = messenger.Page{
			ID: fmt.Sprint(100_000_000_000_000 + i), Token: graph.PageToken(fmt.Sprint("token", i)),
			ThreadSettings: threadsettings.Settings{Greeting: threadsettings.GreetingOf("hello")},
		}
	}
	require.NoError(tb, bot.SetPages(list...))
	return bot
}

// BenchmarkSetPages sets one page more.
func BenchmarkSetPages(b *testing.B) {
	for _, pages := range []int{1, 1000, 10_000} {
		b.Run(fmt.Sprint("pages-", pages), func(b *testing.B) {
			bot := onboarded(b, pages)
			page := messenger.Page{ID: "1", Token: graph.PageToken("token")}
			for b.Loop() {
				require.NoError(b, bot.SetPages(page))
			}
		})
	}
}

// Pages cost no goroutine, whatever is set for them.
func TestPagesCostNoGoroutine(t *testing.T) { //nolint:paralleltest // it counts all goroutines
	before := runtime.NumGoroutine()
	bot := onboarded(t, 5000)
	require.Less(t, runtime.NumGoroutine(), before+100)
	require.Len(t, bot.Pages(), 5000)
}
