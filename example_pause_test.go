package messenger_test

import (
	"context"
	"fmt"
	"log"
	"log/slog"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/secret"
)

// A page says something wrong: its messages wait until the reason is found.
func ExampleBot_Pause() {
	bot, err := messenger.New(messenger.Config{
		Apps:        messenger.App("app secret"),
		VerifyToken: secret.New("verify token"),
		Tokens:      graph.PageToken("page token"),
		Logger:      slog.New(slog.DiscardHandler),
	})
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	if err := bot.Pause(ctx, "100000000000001", "wrong prices, see incident 12"); err != nil {
		log.Fatal(err)
	}
	paused, err := bot.Paused(ctx)
	if err != nil {
		log.Fatal(err)
	}
	for _, p := range paused {
		fmt.Println(p.PageID, p.Reason)
	}
	resumed, err := bot.Resume(ctx, "100000000000001")
	fmt.Println(resumed, err)
	// Output:
	// 100000000000001 wrong prices, see incident 12
	// true <nil>
}
