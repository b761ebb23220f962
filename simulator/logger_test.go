package simulator_test

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/simulator"
)

// asking is a logger's handler that asks the simulator what happened.
type asking struct {
	slog.Handler
	sim  **simulator.Simulator
	said chan string
}

func (a asking) Enabled(context.Context, slog.Level) bool { return true }

func (a asking) Handle(_ context.Context, r slog.Record) error {
	if *a.sim != nil {
		(*a.sim).Log()
	}
	select {
	case a.said <- r.Message:
	default:
	}
	return nil
}

// TestALoggerMayAskTheSimulator: no lock is held while it logs.
func TestALoggerMayAskTheSimulator(t *testing.T) {
	t.Parallel()
	var sim *simulator.Simulator
	said := make(chan string, 100)
	b := newBot(t)
	b.status = func([]byte) int { return http.StatusInternalServerError }
	sim = newSim(t, simulator.Config{WebhookURL: b.URL, Logger: slog.New(asking{slog.DiscardHandler, &sim, said})})
	sim.FreezeClock(true)
	require.NoError(t, sim.SetDisorder(simulator.Disorder{Retries: simulator.RetriesPlatform}))
	_, err := sim.Say(t.Context(), ada, "hi")
	require.NoError(t, err)
	require.Equal(t, "callback not taken", <-said)
	require.NoError(t, sim.MoveClock(2*time.Hour))
	for one := range said {
		if strings.Contains(one, "unsubscribed") {
			break
		}
	}
}
