package messenger_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/receiving/payload"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
)

// Measured records how long turns take.
func Measured(record func(t receiving.Type, took time.Duration)) handling.Middleware {
	return func(next handling.TurnFunc) handling.TurnFunc {
		return func(ctx context.Context, ev *receiving.Event) error {
			began := time.Now()
			err := next(ctx, ev)
			record(ev.Type, time.Since(began))
			return err
		}
	}
}

// OnlyTo lets the bot write to a few people only, for a trial on a real page.
func OnlyTo(testers map[string]bool) sending.Middleware {
	return func(next sending.DeliverFunc) sending.DeliverFunc {
		return func(ctx context.Context, d sending.Delivery) (graph.SendResult, error) {
			if !testers[d.PSID] {
				return graph.SendResult{}, sending.Refuse(errors.New("not a tester"))
			}
			return next(ctx, d)
		}
	}
}

// Closed keeps the bot silent while the shop is closed.
func Closed(open func(at time.Time) bool) handling.Middleware {
	return func(next handling.TurnFunc) handling.TurnFunc {
		return func(ctx context.Context, ev *receiving.Event) error {
			if at := handling.TurnFrom(ctx).At; !open(at) {
				ctx = handling.WithSilence(ctx, handling.Silence{Why: "the shop is closed"})
			}
			return next(ctx, ev)
		}
	}
}

// A bot with middleware of its own and with logs, which is silent while a human answers.
func Example_middleware() {
	logger := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	config := messenger.Config{
		TurnMiddleware: []handling.Middleware{
			handling.Log{Logger: logger}.Wrap,
			Measured(func(receiving.Type, time.Duration) { /* a histogram */ }),
		},
		SendMiddleware: []sending.Middleware{
			sending.Log{Logger: logger, Level: slog.LevelDebug}.Wrap,
			OnlyTo(map[string]bool{"7100000000000001": true}),
		},
		Quiet: handling.Quiet{AfterHuman: 30 * time.Minute, OtherApp: true},
	}
	fmt.Println(len(config.TurnMiddleware), len(config.SendMiddleware), config.Quiet.AfterHuman)
	// Output: 2 2 30m0s
}

// A person whom a human has answered comes back to the bot with a tap, while the bot is
// silent otherwise.
func Example_backToTheBot() {
	type Nothing struct{}
	backToBot := payload.New[Nothing]("bot.back")
	policy := routing.Policy{
		receiving.TypeTap: {{
			Name:           "back to the bot",
			DespiteSilence: true,
			Handler: handling.OnPayload(backToBot, func(ctx context.Context, ev *receiving.Event, _ Nothing, _ *sending.Replier) error {
				return handling.EndSilence(ctx, ev)
			}),
			Senders: sending.List(sending.Text("I am back. How can I help?")),
		}},
	}
	fmt.Println(policy.Validate())
	// Output: <nil>
}

// The reason of a silence, as logs and Explain show it.
func ExampleConfig_quiet() {
	quiet := handling.Quiet{AfterHuman: 30 * time.Minute}
	person := store.Person{HumanAt: time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)}
	silence, silent := quiet.Silence(person, person.HumanAt.Add(10*time.Minute))
	fmt.Println(silent, silence)

	policy := routing.Policy{receiving.TypeSimpleText: {{
		Name: "help", Handler: handling.Dummy{}, Senders: sending.List(sending.Text("Hello.")),
	}}}
	ev := &receiving.Event{Type: receiving.TypeSimpleText, PageID: "1", PSID: "2", Payload: &receiving.Message{Text: "hi"}}
	ctx := handling.WithSilence(context.Background(), silence)
	for _, e := range routing.Explain(ctx, policy, ev) {
		fmt.Println(e.Route, e.Fires, e.Why)
	}
	// Output:
	// true silent: a human wrote at 2026-11-27T12:00:00Z, until 2026-11-27T12:30:00Z
	// help false silent: a human wrote at 2026-11-27T12:00:00Z, until 2026-11-27T12:30:00Z
}
