package graph_test

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/djmessenger/messenger/attachment"
	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/secret"
)

// exampleClient returns a client of a platform that gives one answer, and what closes the platform.
func exampleClient(answer string) (client *graph.Client, done func()) {
	platform := examplePlatform(200, answer)
	client, err := graph.New(graph.Config{BaseURL: platform.URL, Tokens: graph.PageToken("EAAG")})
	if err != nil {
		panic(err)
	}
	return client, platform.Close
}

func ExampleList() {
	client, done := exampleClient(`{"data":[{"id":"7","from":{"id":"2540"}}],"paging":{"cursors":{"after":"Q"}}}`)
	defer done()

	type comment struct{ ID string }
	request := graph.Request{PageID: "1234", Path: "1234_5678/comments"}
	for comment, err := range graph.List[comment](context.Background(), client, request) {
		fmt.Println(comment.ID, err)
	}
	// Output: 7 <nil>
}

func ExampleClient_Personas() {
	client, done := exampleClient(`{"data":[{"id":"8","name":"Adam from Jasper's Market"}]}`)
	defer done()

	for persona, err := range client.Personas(context.Background(), "1234") {
		fmt.Println(persona.ID, persona.Name, err)
	}
	// Output: 8 Adam from Jasper's Market <nil>
}

func ExampleClient_CreatePersona() {
	client, done := exampleClient(`{"id":"8"}`)
	defer done()

	fmt.Println(client.CreatePersona(context.Background(), "1234", "Adam", "https://bot.example/adam.png"))
	// Output: 8 <nil>
}

func ExampleClient_UploadURL() {
	client, done := exampleClient(`{"attachment_id":"1854"}`)
	defer done()

	fmt.Println(client.UploadURL(context.Background(), "1234", attachment.Image, "https://bot.example/cat.png"))
	// Output: 1854 <nil>
}

func ExampleClient_Subscribe() {
	client, done := exampleClient(`{"success":"true"}`)
	defer done()

	fmt.Println(client.Subscribe(context.Background(), "1234", "messages", "messaging_postbacks"))
	// Output: <nil>
}

func ExampleClient_SubscribeApp() {
	client, done := exampleClient(`{"success":true}`)
	defer done()

	err := client.SubscribeApp(context.Background(), graph.AppToken("77", secret.New("0a1b2c3d")), "77", graph.AppSubscription{
		CallbackURL: "https://bot.example/webhook",
		Fields:      []string{"messages"},
		Object:      "page",
		VerifyToken: secret.New("a long random string"),
	})
	fmt.Println(err)
	// Output: <nil>
}

func ExampleClient_SetNLP() {
	client, done := exampleClient(`{"success":true}`)
	defer done()

	fmt.Println(client.SetNLP(context.Background(), "1234", graph.NLPConfig{Enabled: true, Model: "ENGLISH"}))
	// Output: <nil>
}

func ExampleClient_CreateUtilityTemplate() {
	client, done := exampleClient(`{"id":"5","status":"PENDING","category":"UTILITY"}`)
	defer done()

	template, err := client.CreateUtilityTemplate(context.Background(), "1234", graph.NewTemplate{
		Components: json.RawMessage(`[{"type":"BODY","text":"Your order {{1}} is on its way."}]`),
		Language:   "en_US",
		Name:       "order_shipped",
	})
	fmt.Println(template.ID, template.Status, err)
	// Output: 5 PENDING <nil>
}

func ExampleClient_UtilityTemplates() {
	client, done := exampleClient(`{"data":[{"id":"5","name":"order_shipped","status":"APPROVED"}]}`)
	defer done()

	query := graph.TemplateQuery{Status: graph.TemplateApproved}
	for template, err := range client.UtilityTemplates(context.Background(), "1234", query) {
		fmt.Println(template.Name, err)
	}
	// Output: order_shipped <nil>
}

func ExampleClient_LibraryTemplates() {
	client, done := exampleClient(`{"data":[{"id":"9","name":"delivery_update_1","body":"Your order is on its way."}]}`)
	defer done()

	for template, err := range client.LibraryTemplates(context.Background(), "1234", graph.TemplateQuery{NameOrContent: "order"}) {
		fmt.Println(template.Name, err)
	}
	// Output: delivery_update_1 <nil>
}

func ExampleClient_Insights() {
	client, done := exampleClient(`{"data":[{"name":"page_messages_new_conversations_unique","period":"day","values":[{"value":"42"}]}]}`)
	defer done()

	insights, err := client.Insights(context.Background(), "1234", graph.InsightQuery{
		Metrics: []string{"page_messages_new_conversations_unique"},
		Period:  "day",
		Since:   time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(insights[0].Name, *insights[0].Values[0].Number)
	// Output: page_messages_new_conversations_unique 42
}

func ExampleClient_FeatureReviews() {
	client, done := exampleClient(`{"data":[{"feature":"human_agent","status":"approved"}]}`)
	defer done()

	for review, err := range client.FeatureReviews(context.Background(), "1234") {
		fmt.Println(review.Feature, review.Status, err)
	}
	// Output: human_agent approved <nil>
}

func ExampleClient_DebugToken() {
	client, done := exampleClient(`{"data":{"app_id":"77","type":"PAGE","is_valid":true,"expires_at":0,"scopes":["pages_messaging"]}}`)
	defer done()

	bearer := graph.AppToken("77", secret.New("0a1b2c3d"))
	info, err := client.DebugToken(context.Background(), bearer, secret.New("EAAG"))
	fmt.Println(info.Valid, info.AppID, info.Scopes, info.Expires.IsZero(), err)
	// Output: true 77 [pages_messaging] true <nil>
}

func ExampleClient_SearchStickers() {
	client, done := exampleClient(`{"data":[{"id":"369239263222822","name":"Thumbs up"}]}`)
	defer done()

	bearer := graph.AppToken("77", secret.New("0a1b2c3d"))
	for sticker, err := range client.SearchStickers(context.Background(), bearer, "thumb", "en_US") {
		fmt.Println(sticker.ID, sticker.Name, err)
	}
	// Output: 369239263222822 Thumbs up <nil>
}

func ExampleClient_StickerPacks() {
	client, done := exampleClient(`{"data":[{"id":"840909108572865","name":"Catster","sticker_count":21}]}`)
	defer done()

	bearer := graph.AppToken("77", secret.New("0a1b2c3d"))
	for pack, err := range client.StickerPacks(context.Background(), bearer, "") {
		fmt.Println(pack.ID, pack.Name, pack.Count, err)
	}
	// Output: 840909108572865 Catster 21 <nil>
}
