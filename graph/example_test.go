package graph_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/secret"
)

// examplePlatform stands for graph.facebook.com.
func examplePlatform(status int, answer string) *httptest.Server {
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, answer)
	}))
}

func ExampleClient_SendMessage() {
	platform := examplePlatform(200, `{"recipient_id":"2540","message_id":"m_1"}`)
	defer platform.Close()

	client, err := graph.New(graph.Config{
		AppSecret: func(string) secret.Value { return secret.New("the app's secret") },
		BaseURL:   platform.URL,
		Tokens:    graph.TokenMap{"1234": secret.New("EAAG")},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	result, err := client.SendMessage(context.Background(), "1234", map[string]any{
		"recipient":      map[string]string{"id": "2540"},
		"messaging_type": "RESPONSE",
		"message":        map[string]string{"text": "Hello!"},
	})
	fmt.Println(result.MID, err)
	// Output: m_1 <nil>
}

func ExampleClassify() {
	platform := examplePlatform(400, `{"error":{"message":"This message is sent outside of allowed window.","type":"OAuthException","code":10,"error_subcode":2018278}}`)
	defer platform.Close()

	client, err := graph.New(graph.Config{BaseURL: platform.URL, Tokens: graph.PageToken("EAAG")})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = client.SendMessage(context.Background(), "1234", []byte(`{}`))
	fmt.Println(errors.Is(err, graph.ErrOutsideWindow), graph.Classify(err))
	// Output: true never
}

func ExampleClient_Do() {
	platform := examplePlatform(200, `{"data":[{"feature":"human_agent","status":"approved"}]}`)
	defer platform.Close()

	client, err := graph.New(graph.Config{BaseURL: platform.URL, Tokens: graph.PageToken("EAAG")})
	if err != nil {
		fmt.Println(err)
		return
	}
	var review struct {
		Data []struct{ Feature, Status string }
	}
	err = client.Do(context.Background(), graph.Request{PageID: "1234", Path: "me/messaging_feature_review"}, &review)
	fmt.Println(review.Data, err)
	// Output: [{human_agent approved}] <nil>
}
