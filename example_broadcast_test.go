package messenger_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/secret"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
)

// A broadcast is stored when Broadcast returns; bot.Run sends it. Its key makes a second call harmless, and tells two broadcasts apart.
func ExampleBot_Broadcast() {
	ctx := context.Background()
	st := memory.New(memory.Config{})
	for _, psid := range []string{"7001", "7002"} { // who have written to the page
		if err := st.Apply(ctx, store.TouchPerson{PageID: "1000", PSID: psid, At: time.Now()}); err != nil {
			fmt.Println(err)
		}
	}
	bot, err := messenger.New(messenger.Config{
		Apps: messenger.App("app-secret"), VerifyToken: secret.New("verify-token"), Tokens: graph.PageToken("page-token"), Store: st,
		Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	news := sending.Text("The new menu is here.")
	b, err := bot.Broadcast(ctx, "1000", "menu-2026-12", bot.People(ctx, "1000", nil), news)
	fmt.Println(b.State, b.Total, "people,", b.Remaining(), "remain", err)
	again, err := bot.Broadcast(ctx, "1000", "menu-2026-12", messenger.PSIDs("7002", "7001"), news)
	fmt.Println("the same:", again.ID == b.ID, err)
	_, err = bot.Broadcast(ctx, "1000", "menu-2026-12", messenger.PSIDs("7002"), news)
	conflict, _ := errors.AsType[*store.BroadcastConflictError](err)
	fmt.Println("to other people:", conflict.People)
	b, err = bot.CancelBroadcast(ctx, "1000", "menu-2026-12")
	fmt.Println(b.State, err)
	// Output:
	// running 2 people, 2 remain <nil>
	// the same: true <nil>
	// to other people: true
	// cancelling <nil>
}
