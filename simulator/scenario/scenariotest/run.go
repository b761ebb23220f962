// Package scenariotest plays scenarios in Go tests.
package scenariotest

import (
	"net/http"
	"testing"

	"github.com/djmessenger/messenger/simulator/scenario"
)

// Run plays the scenarios of files against a simulator, which may be that of a messengertest.Chat, each as a test of its own. What fails is
// explained with the conversation. All that was said before is forgotten: see [scenario.Play].
func Run(t *testing.T, simulator http.Handler, files ...string) {
	t.Helper()
	for _, file := range files {
		all, err := scenario.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range all {
			t.Run(one.Name, func(t *testing.T) {
				t.Helper()
				results, err := scenario.Play(t.Context(), scenario.Config{Simulator: simulator}, []*scenario.Scenario{one})
				if err != nil {
					t.Fatal(err)
				}
				if !results[0].Passed() {
					t.Errorf("\n%s", results[0].Explanation())
				}
			})
		}
	}
}
