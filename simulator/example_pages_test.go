package simulator_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/djmessenger/messenger/simulator"
)

// The callbacks of a page are signed by the app that it is bound to. Pages come and go while the simulator runs.
func ExampleSimulator_AddPage() {
	bot := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer bot.Close()
	sim, err := simulator.New(simulator.Config{WebhookURL: bot.URL})
	if err != nil {
		panic(err)
	}
	defer func() { _ = sim.Close() }()
	ctx := context.Background()

	shop, err := sim.AddPage(simulator.Page{ID: "200000000000002", Name: "Shop", AppID: "2000000000000002", AppSecret: "of the second app"})
	if err != nil {
		panic(err)
	}
	sue, err := sim.AddPerson(simulator.Person{FirstName: "Sue", PageID: shop.ID})
	if err != nil {
		panic(err)
	}
	if _, err := sim.Say(ctx, sue.ID, "hi"); err != nil {
		panic(err)
	}
	if err := sim.Flush(ctx); err != nil {
		panic(err)
	}
	d := sim.Deliveries()[0]
	fmt.Println(d.PageID, d.State)
	fmt.Println(sim.RemovePage(shop.ID), len(sim.Pages()))
	// Output:
	// 200000000000002 delivered
	// <nil> 1
}

// Someone at work answers in the page's inbox, and so takes the conversation from the bot, which is the default app.
func ExampleSimulator_Inbox() {
	sim, err := simulator.New(simulator.Config{DefaultApp: "1000000000000001"})
	if err != nil {
		panic(err)
	}
	defer func() { _ = sim.Close() }()
	ctx := context.Background()
	ada := sim.People()[0].ID
	if _, err := sim.Say(ctx, ada, "Is anyone there?"); err != nil {
		panic(err)
	}
	fmt.Println("the bot:  ", sim.ThreadOf(ada).Owner)
	if _, err := sim.Inbox().Say(ctx, ada, "Hi, I am Eve."); err != nil {
		panic(err)
	}
	fmt.Println("the inbox:", sim.ThreadOf(ada).Owner)
	// Output:
	// the bot:   1000000000000001
	// the inbox: 263902037430900
}

// An Instagram account that is linked to the page: its people mention it in their stories.
func ExampleSimulator_MentionInStory() {
	sim, err := simulator.New(simulator.Config{Pages: []simulator.Page{{
		ID: "17841400000000001", Name: "Lamp Shop", Platform: simulator.PlatformInstagram, LinkedTo: "100000000000001",
	}}})
	if err != nil {
		panic(err)
	}
	defer func() { _ = sim.Close() }()
	ana, err := sim.AddPerson(simulator.Person{FirstName: "Ana", PageID: "17841400000000001"})
	if err != nil {
		panic(err)
	}
	if _, err := sim.MentionInStory(context.Background(), ana.ID, "https://example.com/story"); err != nil {
		panic(err)
	}
	fmt.Println(sim.Messages(ana.ID)[0].Attachments[0].Type)
	// Output: story_mention
}
