// Package scenariotest plays scenarios and transcripts in Go tests.
package scenariotest

import (
	"net/http"
	"os"
	"testing"

	"github.com/djmessenger/messenger/simulator/scenario"
)

// UpdateVariable is the environment variable by which transcripts are written anew: UPDATE_TRANSCRIPTS=1 go test ./... lets [Run] write what the
// bot says now into their files, instead of comparing. Look at the difference before you commit it.
const UpdateVariable = "UPDATE_TRANSCRIPTS"

// Run plays the scenarios and transcripts of files against a simulator, which may be that of a messengertest.Chat, each as a test of its own. What fails is
// explained with the conversation. All that was said before is forgotten: see [scenario.Play].
func Run(t *testing.T, simulator http.Handler, files ...string) {
	t.Helper()
	RunWith(t, scenario.Config{Simulator: simulator}, files...)
}

// RunWith is [Run] with a configuration of its own, such as a strict comparison of transcripts.
func RunWith(t *testing.T, config scenario.Config, files ...string) {
	t.Helper()
	config.Update = config.Update || os.Getenv(UpdateVariable) == "1"
	for _, file := range files {
		all, err := scenario.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range all {
			t.Run(one.Name, func(t *testing.T) {
				t.Helper()
				results, err := scenario.Play(t.Context(), config, []*scenario.Scenario{one})
				if err != nil {
					t.Fatal(err)
				}
				switch r := results[0]; {
				case !r.Passed():
					t.Errorf("\n%s", r.Explanation())
				case r.Updated:
					t.Logf("%s is written anew", file)
				}
			})
		}
	}
}
