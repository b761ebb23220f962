package simulator_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/simulator"
)

func TestWhyTheBotFails(t *testing.T) {
	t.Parallel()
	bot := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusForbidden) // it has another app secret
	}))
	t.Cleanup(bot.Close)
	sim, err := simulator.New(simulator.Config{WebhookURL: bot.URL, Seed: 1, RetryPauses: []time.Duration{}})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, sim.Close()) })

	_, err = sim.Say(t.Context(), sim.People()[0].ID, "hi")
	require.NoError(t, err)
	require.NoError(t, sim.Flush(t.Context()))
	for _, e := range sim.Log() {
		t.Log(e.Name, e.Status, e.Advice)
		require.Contains(t, e.Advice, "The bot refused the signature.")
	}
}
