package scenariotest_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/simulator/scenario"
	"github.com/djmessenger/messenger/simulator/scenario/scenariotest"
)

// echo answers each text once, before it answers the callback.
type echo struct{ sim *simulator.Simulator }

func (e *echo) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Entry []struct {
			Messaging []struct {
				Sender  struct{ ID string }
				Message struct{ Text string }
			}
		}
	}
	if json.NewDecoder(r.Body).Decode(&body) != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	for _, event := range body.Entry[0].Messaging {
		call := httptest.NewRequestWithContext(r.Context(), http.MethodPost, "/me/messages?access_token=simulator-page-token",
			strings.NewReader(fmt.Sprintf(`{"recipient":{"id":%q},"message":{"text":%q}}`, event.Sender.ID, "you said "+event.Message.Text)))
		call.Header.Set("Content-Type", "application/json")
		call.Host = "localhost"
		answer := httptest.NewRecorder()
		e.sim.ServeHTTP(answer, call)
		_, _ = io.Copy(io.Discard, answer.Body)
	}
}

// TestATranscriptIsUpdatedByTheEnvironment, and is compared without it, strictly if that is asked for.
func TestATranscriptIsUpdatedByTheEnvironment(t *testing.T) {
	bot := &echo{}
	hook := httptest.NewServer(bot)
	t.Cleanup(hook.Close)
	sim, err := simulator.New(simulator.Config{WebhookURL: hook.URL})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, sim.Close()) })
	bot.sim = sim
	file := filepath.Join(t.TempDir(), "ada.json")
	old := `{"transcript": 1, "person": {"id": "{{person}}", "first_name": "Ada"}, "entries": [{"act": {"type": "say", "text": "hi"}}, {"call": {"message": {"text": "Hello!"}}}]}`
	require.NoError(t, os.WriteFile(file, []byte(old), 0o600))
	t.Setenv(scenariotest.UpdateVariable, "1")
	scenariotest.Run(t, sim, file)
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Contains(t, string(data), `"text": "you said hi"`)
	t.Setenv(scenariotest.UpdateVariable, "")
	scenariotest.Run(t, sim, file)
	scenariotest.RunWith(t, scenario.Config{Simulator: sim, Strict: true}, file)
	same, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(data), string(same))
}
