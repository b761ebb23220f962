package scenariotest_test

import (
	"testing"

	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/simulator/scenario/scenariotest"
)

func Example() {
	// In a file such as bot_test.go:
	_ = func(t *testing.T) {
		sim, err := simulator.New(simulator.Config{WebhookURL: "http://localhost:3000/webhook"})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = sim.Close() })
		scenariotest.Run(t, sim, "testdata/greeting.yaml")
	}
}
