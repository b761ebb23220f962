package messenger_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/receiving/payload"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/secret"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
)

// simulatorPage is the page of the simulator.
const simulatorPage = "100000000000001"

// Order is what the shop says of an order.
type Order struct {
	Number int `json:"number"`
}

// A person orders, and the bot waits for the payment: the shop says when it has arrived, and a timer reminds the person after half an
// hour if it has not.
func ExampleBot_Signal() {
	paid := payload.New[Order]("order.paid")
	unpaid := payload.New[Order]("order.unpaid")
	policy := routing.Policy{
		receiving.TypeSimpleText: {{
			Handler: handling.Func(func(ctx context.Context, _ *receiving.Event, reply *sending.Replier) error {
				if err := handling.After(ctx, 30*time.Minute, "order-4711", unpaid, Order{4711}); err != nil {
					return err
				}
				return reply.Reply(ctx, sending.Text("Thank you for the order. Please pay."))
			}),
		}},
		receiving.TypeSignal: {
			{Handler: handling.OnPayload(paid, func(ctx context.Context, _ *receiving.Event, o Order, reply *sending.Replier) error {
				if err := handling.CancelTimer(ctx, fmt.Sprintf("order-%d", o.Number)); err != nil {
					return err
				}
				return reply.Reply(ctx, sending.Text(fmt.Sprintf("Order %d is paid.", o.Number)))
			})},
			{Handler: handling.OnPayload(unpaid, func(ctx context.Context, _ *receiving.Event, o Order, reply *sending.Replier) error {
				return reply.Reply(ctx, sending.Text(fmt.Sprintf("Order %d waits for your payment.", o.Number)))
			})},
		},
	}

	platform, err := simulator.New(simulator.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = platform.Close() }()
	graphAPI := httptest.NewServer(platform)
	defer graphAPI.Close()
	bot, err := messenger.New(messenger.Config{
		Apps: messenger.App("simulator-app-secret"), VerifyToken: secret.New("simulator-verify-token"),
		Tokens: graph.PageToken("simulator-page-token"), GraphURL: graphAPI.URL, Store: memory.New(memory.Config{}), Policy: policy,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	mux := http.NewServeMux()
	mux.Handle("/webhook", bot)
	service := httptest.NewServer(mux)
	defer service.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	stopped := make(chan error, 1)
	run, stop := context.WithCancel(ctx)
	defer stop()
	go func() { stopped <- bot.Run(run) }()

	ada := simulator.DefaultPeople()[0].ID
	if err := platform.SetWebhook(service.URL + "/webhook"); err != nil {
		fmt.Println(err)
		return
	}
	if _, err := platform.Say(ctx, ada, "A pizza, please"); err != nil {
		fmt.Println(err)
		return
	}
	seen := func(text string) func(simulator.Message) bool {
		return func(m simulator.Message) bool { return m.Text == text }
	}
	answer, err := platform.Wait(ctx, ada, seen("Thank you for the order. Please pay."))
	fmt.Println(answer.Text, err)

	// The shop has the money. It may say so twice.
	for range 2 {
		err := bot.Signal(ctx, simulatorPage, ada, "order-4711-paid", paid.MustEncodeSignal(Order{4711}))
		if err != nil {
			fmt.Println(err)
		}
	}
	answer, err = platform.Wait(ctx, ada, seen("Order 4711 is paid."))
	fmt.Println(answer.Text, err)
	waiting, err := bot.Timers(ctx, simulatorPage, ada, store.TimerQuery{})
	fmt.Println(len(waiting), "timers wait", err)
	stop()
	fmt.Println(<-stopped)
	// Output:
	// Thank you for the order. Please pay. <nil>
	// Order 4711 is paid. <nil>
	// 0 timers wait <nil>
	// <nil>
}
