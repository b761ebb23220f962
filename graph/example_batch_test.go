package graph_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"

	"github.com/djmessenger/messenger/graph"
)

func ExampleClient_Batch() {
	platform := examplePlatform(200, `[
		{"code":200,"body":"{\"first_name\":\"Ada\"}"},
		{"code":400,"body":"{\"error\":{\"code\":100,\"error_subcode\":2018218}}"}
	]`)
	defer platform.Close()

	client, err := graph.New(graph.Config{BaseURL: platform.URL, Tokens: graph.PageToken("EAAG")})
	if err != nil {
		fmt.Println(err)
		return
	}
	var requests []graph.Request
	for _, person := range []string{"2540", "2541"} {
		requests = append(requests, graph.Request{Path: url.PathEscape(person), Query: url.Values{"fields": {"first_name"}}})
	}
	answers, err := client.Batch(context.Background(), "1234", requests...)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, answer := range answers {
		if errors.Is(answer.Err, graph.ErrProfileUnavailable) {
			fmt.Println("not shown")
			continue
		}
		fmt.Println(string(answer.Body), answer.Err)
	}
	// Output:
	// {"first_name":"Ada"} <nil>
	// not shown
}
