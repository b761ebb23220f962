package messenger_test

import (
	"errors"
	"fmt"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/secret"
	"github.com/djmessenger/messenger/store/memory"
)

// Pages come and go while the bot runs: here one that a customer has connected to the
// service's app. Every mistake is named, and then nothing changes.
func ExampleBot_SetPages() {
	bot, err := messenger.New(messenger.Config{
		Apps:           messenger.App("app-secret"),
		PagesAtRunTime: true,
		Store:          memory.New(memory.Config{}),
		VerifyToken:    secret.New("verify-token"),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(bot.SetPages(messenger.Page{ID: "4711", Token: graph.PageToken("token-of-4711")}))

	err = bot.SetPages(
		messenger.Page{ID: "4712"},
		messenger.Page{ID: "4713", Token: graph.PageToken("token-of-4713"), PolicyOf: "4714"},
	)
	fmt.Println(err)
	if wrong, ok := errors.AsType[*messenger.PageError](err); ok {
		fmt.Println("first:", wrong.PageID, wrong.Field)
	}
	fmt.Println(len(bot.Pages()), bot.RemovePages("4711"), len(bot.Pages()))
	// Output:
	// <nil>
	// messenger: invalid pages:
	// pages[0] (page "4712"): Token: is missing: there is no Config.Tokens either, so nothing could be sent
	// pages[1] (page "4713"): PolicyOf: page "4714" is not served
	// first: 4712 Token
	// 1 <nil> 0
}
