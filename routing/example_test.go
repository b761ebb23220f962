package routing_test

import (
	"context"
	"fmt"
	"time"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
)

func ExampleExplain() {
	policy := routing.Policy{
		receiving.TypeDefault: {{Handler: handling.SaveMessage{}}},
		receiving.TypeSimpleText: {
			{Name: "greet", Handler: handling.SimpleText{Pattern: "hi|hello"}, Senders: sending.List(sending.Text("Hello!"))},
			{Name: "fallback", Handler: handling.Dummy{}, Senders: sending.List(sending.Default{}), Otherwise: true},
		},
	}
	ev := &receiving.Event{Type: receiving.TypeSimpleText, PSID: "42", Payload: &receiving.Message{Text: "hello"}}
	for _, e := range routing.Explain(context.Background(), policy, ev) {
		fmt.Printf("%-9s fires=%-5t %s\n", e.Route, e.Fires, e.Why)
	}
	// Output:
	// DEFAULT/0 fires=true  handling.SaveMessage.ShouldHandle says yes
	// greet     fires=true  handling.SimpleText.ShouldHandle says yes
	// fallback  fires=false it is an otherwise route, and one before it handles the event
}

func ExamplePolicy_Validate() {
	policy := routing.Policy{
		"SIMPLE_TEKST":           {{Handler: handling.Dummy{}}},
		receiving.TypeQuickReply: {{Handler: nil}},
	}
	fmt.Println(policy.Validate())
	// Output:
	// routing: QUICK_REPLY/0: its handler is nil; only a route with When and Senders needs none
	// routing: SIMPLE_TEKST: no such receiving type; the nearest is SIMPLE_TEXT
}

func ExamplePayload() {
	policy := routing.Policy{
		receiving.TypeTap: {{Name: "cancel", When: routing.Payload{Names: []string{"CANCEL"}}, Senders: sending.List(sending.Text("Cancelled."))}},
	}
	for _, ev := range []*receiving.Event{
		{Type: receiving.TypeQuickReply, PSID: "42", Payload: &receiving.Message{QuickReply: &receiving.QuickReply{Payload: "CANCEL"}}},
		{Type: receiving.TypePostback, PSID: "42", Payload: &receiving.Postback{Payload: "CANCEL"}},
		{Type: receiving.TypePostback, PSID: "42", Payload: &receiving.Postback{Payload: "BUY"}},
	} {
		for _, e := range routing.Explain(context.Background(), policy, ev) {
			fmt.Println(ev.Type, e.Route, e.Fires, e.Why)
		}
	}
	// Output:
	// QUICK_REPLY cancel true When Payload "CANCEL" matches
	// POSTBACK cancel true When Payload "CANCEL" matches
	// POSTBACK cancel false When Payload "CANCEL" does not match
}

func ExampleAll() {
	policy := routing.Policy{receiving.TypeSimpleText: {{
		Name:    "order",
		When:    routing.All{routing.Text{Pattern: `order (?P<number>\d+)`}, routing.Not{Condition: routing.Page{"1"}}, routing.Any{routing.Locale{"en"}, routing.Ref{}}},
		Senders: sending.List(sending.SimpleMessage{Text: "Looking for order %{number}."}),
	}}}
	ev := &receiving.Event{Type: receiving.TypeSimpleText, PageID: "1", PSID: "42", Payload: &receiving.Message{Text: "order 12"}}
	fmt.Println(routing.Explain(context.Background(), policy, ev)[0].Why)
	// Output:
	// When All(Text "order (?P<number>\\d+)", Not(Page 1), Any(Locale en, Ref)): Not(Page 1) does not match
}

func ExampleIf() {
	weekend := routing.If("weekend", func(_ context.Context, ev *receiving.Event) bool {
		day := ev.Time.UTC().Weekday()
		return day == time.Saturday || day == time.Sunday
	})
	ev := &receiving.Event{Type: receiving.TypeSimpleText, Time: time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC), Payload: &receiving.Message{Text: "hi"}}
	fmt.Println(weekend, weekend.Match(context.Background(), ev))
	// Output: If "weekend" true
}

func ExampleIntent() {
	ev := &receiving.Event{Type: receiving.TypeSimpleText, Payload: &receiving.Message{
		Text: "a large pizza, please", NLP: []byte(`{"intents":[{"id":"1","name":"order_pizza","confidence":0.97}]}`),
	}}
	fmt.Println(routing.Intent{Name: "order_pizza"}.Match(context.Background(), ev))
	// Output: true
}

func ExampleUnder() {
	media := routing.Types{receiving.TypeImage, receiving.TypeVideo}
	policy := routing.Join(
		routing.Policy{receiving.TypeImage: {{Name: "keep", Handler: handling.SaveMessage{}}}},
		routing.Under(media, routing.Route{Name: "thanks", Handler: handling.Dummy{}, Senders: sending.List(sending.Text("Nice!"))}),
	)
	for _, t := range media {
		for _, r := range policy[t] {
			fmt.Println(t, r.Name)
		}
	}
	// Output:
	// IMAGE keep
	// IMAGE thanks/IMAGE
	// VIDEO thanks/VIDEO
}

func ExampleWithOffers() {
	policy := routing.Policy{receiving.TypeTap: {{
		Name: "yes", When: routing.Payload{Names: []string{"YES"}}, Senders: sending.List(sending.Text("Good.")), TypedTaps: true,
	}}}
	ctx := routing.WithOffers(context.Background(), func(context.Context, *receiving.Event) ([]routing.Offer, error) {
		return []routing.Offer{{Title: "Yes!", Payload: "YES", QuickReply: true}}, nil
	})
	ev := &receiving.Event{Type: receiving.TypeSimpleText, PSID: "42", Payload: &receiving.Message{Text: "yes!"}}
	fmt.Println(routing.Explain(ctx, policy, ev)[0].Why)
	// Output: the text counts as a QUICK_REPLY; When Payload "YES" matches
}
