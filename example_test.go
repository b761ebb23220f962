package messenger_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
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

// A bot, a platform to try it on, and a person who says hi.
func Example() {
	platform, err := simulator.New(simulator.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = platform.Close() }()
	graphAPI := httptest.NewServer(platform)
	defer graphAPI.Close()

	bot, err := messenger.New(messenger.Config{
		Apps:        messenger.App("simulator-app-secret"),
		VerifyToken: secret.New("simulator-verify-token"),
		Tokens:      graph.PageToken("simulator-page-token"),
		GraphURL:    graphAPI.URL, // leave it out for the real platform
		Store:       memory.New(memory.Config{}),
		Policy: routing.Policy{
			receiving.TypeDefault: {{Handler: handling.UserProfile{}}},
			receiving.TypeSimpleText: {{
				Handler: handling.SimpleText{Pattern: `hi|hello`},
				Senders: sending.List(sending.SimpleMessage{Text: "Hello, %{first_name|there}!"}),
			}},
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	mux := http.NewServeMux()
	mux.Handle("/webhook", bot) // any router
	service := httptest.NewServer(mux)
	defer service.Close()

	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	stopped := make(chan error, 1)
	run, stop := context.WithCancel(ctx)
	defer stop()
	go func() { stopped <- bot.Run(run) }()

	ada := simulator.DefaultPeople()[0]
	if err := platform.SetWebhook(service.URL + "/webhook"); err != nil {
		fmt.Println(err)
		return
	}
	if _, err := platform.Say(ctx, ada.ID, "hello"); err != nil {
		fmt.Println(err)
		return
	}
	answer, err := platform.Wait(ctx, ada.ID, func(simulator.Message) bool { return true })
	fmt.Println(answer.Text, err)
	stop()
	fmt.Println(<-stopped)
	// Output:
	// Hello, Ada! <nil>
	// <nil>
}

// Write to a person from anywhere in the service: here from one of its own HTTP
// handlers. The key makes it safe to call again.
func ExampleBot_SendOnce() {
	var bot *messenger.Bot // as above
	http.HandleFunc("POST /orders/{id}/shipped", func(w http.ResponseWriter, r *http.Request) {
		order := r.PathValue("id")
		pageID, psid := r.FormValue("page"), r.FormValue("psid")
		err := bot.SendOnce(r.Context(), pageID, psid, "shipped-"+order, sending.Text("Order "+order+" has shipped."))
		if err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
		}
	})
}

// A handler writes to another person: here to an agent of the shop, who is one too. The message is
// sent at once and once, also if the turn fails and is tried again.
func ExampleFrom() {
	const agent = "7100000000000002"
	_ = routing.Policy{receiving.TypeSimpleText: {{
		Handler: handling.Func(func(ctx context.Context, ev *receiving.Event, _ *sending.Replier) error {
			return messenger.From(ctx).SendOnce(ctx, ev.PageID, agent, "ticket-"+ev.Key, sending.Text("A new ticket: "+ev.Text()))
		}),
		Senders: sending.List(sending.SimpleMessage{Text: "We will call you."}),
	}}}
}

// Alert when an event becomes a dead letter. The errors of its routes are there for errors.Is, and the
// id is the one that Store.Replay takes once the cause is fixed.
func ExampleDeadLetter() {
	errShopClosed := errors.New("the shop is closed")
	_ = messenger.Config{
		OnDeadLetter: func(_ context.Context, letter messenger.DeadLetter) {
			if errors.Is(letter.Err, errShopClosed) {
				return // it is replayed in the morning
			}
			for _, f := range letter.Failures {
				fmt.Println("dead letter", letter.ID, "of page", letter.PageID, "route", f.Route, f.Error)
			}
		},
	}
}

// Find out why a dead letter's routes fire, or not, by the policy that the bot has now. No handler runs.
func ExampleBot_ExplainDead() {
	var bot *messenger.Bot // a running one
	explained, err := bot.ExplainDead(context.Background(), 17)
	if errors.Is(err, store.ErrNotFound) {
		fmt.Println("it was replayed or dropped")
	}
	for _, e := range explained {
		fmt.Println(e.Route, e.Fires, e.Why)
	}
}
