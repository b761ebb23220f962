package operations_test

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/operations"
	"github.com/djmessenger/messenger/secret"
	"github.com/djmessenger/messenger/store/memory"
)

// The API beside the webhook, and a request as an operator's tool makes it.
func ExampleHandler() {
	bot, err := messenger.New(messenger.Config{
		Apps: messenger.App("app-secret"), VerifyToken: secret.New("verify-token"), Tokens: graph.PageToken("page-token"),
		Store: memory.New(memory.Config{}), Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	api, err := operations.Handler(bot, operations.Config{
		Prefix: "/operations",
		Tokens: []secret.Value{secret.New("of-the-environment-4711-0815")}, // os.Getenv("MESSENGER_OPERATIONS_TOKEN")
		Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	mux := http.NewServeMux()
	mux.Handle("/webhook", bot)
	mux.Handle("/operations/", api)

	request := httptest.NewRequest(http.MethodGet, "/operations/dead", nil)
	request.Header.Set("Authorization", "Bearer of-the-environment-4711-0815")
	answer := httptest.NewRecorder()
	mux.ServeHTTP(answer, request)
	body, _ := io.ReadAll(answer.Result().Body)
	fmt.Print(answer.Code, " ", string(body))
	// Output:
	// 200 {"items":[]}
}
