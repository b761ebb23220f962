package simulator_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/djmessenger/messenger/simulator"
)

// A bot that repeats what it is told, tried out by a person of the simulator.
func Example() {
	var graph *httptest.Server
	bot := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var callback struct {
			Entry []struct {
				Messaging []struct {
					Sender  struct{ ID string }
					Message struct{ Text string }
				}
			}
		}
		if json.NewDecoder(r.Body).Decode(&callback) != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		event := callback.Entry[0].Messaging[0]
		body := fmt.Sprintf(`{"recipient":{"id":%q},"messaging_type":"RESPONSE","message":{"text":%q}}`,
			event.Sender.ID, "You said: "+event.Message.Text)
		resp, err := http.Post(graph.URL+"/v27.0/me/messages?access_token=simulator-page-token",
			"application/json", strings.NewReader(body))
		if err == nil {
			_, _ = io.Copy(io.Discard, resp.Body)
			_ = resp.Body.Close()
		}
	}))
	defer bot.Close()

	sim, err := simulator.New(simulator.Config{WebhookURL: bot.URL})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer sim.Close()
	graph = httptest.NewServer(sim)
	defer graph.Close()

	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	ada := sim.People()[0]
	if _, err := sim.Say(ctx, ada.ID, "hello"); err != nil {
		fmt.Println(err)
		return
	}
	answer, err := sim.Wait(ctx, ada.ID, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(answer.Text)
	// Output: You said: hello
}

// The next message takes effect, but the bot gets no answer: its outcome is unknown.
func ExampleSimulator_Fault() {
	sim, err := simulator.New(simulator.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer sim.Close()
	graph := httptest.NewServer(sim)
	defer graph.Close()

	ctx := context.Background()
	ada := sim.People()[0].ID
	_, _ = sim.Say(ctx, ada, "hi") // opens the 24-hour window
	sim.Fault(simulator.Fault{Drop: simulator.DropAfter})
	answer, err := http.Post(graph.URL+"/me/messages?access_token=simulator-page-token", "application/json",
		strings.NewReader(`{"recipient":{"id":"`+ada+`"},"message":{"text":"Shipped."}}`))
	if err == nil {
		answer.Body.Close()
	}
	fmt.Println("answered:", err == nil)
	fmt.Println("arrived:", sim.Messages(ada)[1].Text)
	// Output:
	// answered: false
	// arrived: Shipped.
}
