package graph_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/djmessenger/messenger/graph"
)

func ExampleClient_Usage() {
	platform := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Business-Use-Case-Usage",
			`{"1234":[{"type":"messenger","call_count":100,"total_cputime":25,"total_time":25,"estimated_time_to_regain_access":5}]}`)
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"error":{"code":80006,"message":"Too many calls for this page"}}`)
	}))
	defer platform.Close()

	client, err := graph.New(graph.Config{BaseURL: platform.URL, Tokens: graph.PageToken("EAAG")})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = client.SendMessage(context.Background(), "1234", []byte(`{}`))
	usage := client.Usage("1234")
	fmt.Println(errors.Is(err, graph.ErrRateLimited), usage.Percent(), usage.Messenger.CPUTime)
	fmt.Println("silent for", time.Until(usage.RegainAt()).Round(time.Minute))
	// Output:
	// true 100 25
	// silent for 5m0s
}

func ExampleAllowance_Percent() {
	told := graph.Allowance{CallCount: 12, CPUTime: 3, TotalTime: 40}
	fmt.Println(told.Percent())
	// Output: 40
}
