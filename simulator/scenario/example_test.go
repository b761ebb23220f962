package scenario_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"

	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/simulator/scenario"
)

// A bot that says nothing fails a scenario that expects an answer.
func ExamplePlay() {
	if err := play(); err != nil {
		log.Fatal(err)
	}
	// Output:
	//   greeting.yaml:6  ada sees
	//       nothing came within 100ms
	//   Conversation
	//       Ada   hi
	//   The bot took the callback, and no call reached the simulator. Is MESSENGER_GRAPH_URL set to it?
}

func play() error {
	bot := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer bot.Close()
	sim, err := simulator.New(simulator.Config{WebhookURL: bot.URL})
	if err != nil {
		return err
	}
	defer sim.Close()

	all, err := scenario.Read("greeting.yaml", []byte(`
scenario: Greeting
patience: 100ms
steps:
  - ada says: hi
  - ada sees: Hello, Ada!
`))
	if err != nil {
		return err
	}
	results, err := scenario.Play(context.Background(), scenario.Config{Simulator: sim}, all)
	if err != nil {
		return err
	}
	for _, r := range results {
		fmt.Print(r.Explanation())
	}
	return nil
}
