package messenger_test

import (
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/internal/bubble"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store/memory"
	"github.com/djmessenger/messenger/threadsettings"
)

// onceApplied is an HTTP client whose calls of the Messenger Profile API fail until a channel is closed.
func onceApplied(applied <-chan struct{}) *http.Client {
	return &http.Client{Transport: bubble.RoundTripper(func(r *http.Request) (*http.Response, error) {
		select {
		case <-applied:
			return http.DefaultTransport.RoundTrip(r)
		default:
			return nil, errors.New("connection reset")
		}
	})}
}

// A replica whose settings could not be applied at first gives up once another one has applied newer ones.
func TestRetriedThreadSettingsDoNotOverwriteNewerOnes(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"memory", "sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			shared := stores(t, kind, 2)
			sim, err := simulator.New(simulator.Config{AppSecret: appSecret, PageToken: pageToken})
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, sim.Close()) })
			platform := httptest.NewServer(sim)
			t.Cleanup(platform.Close)

			newApplied := make(chan struct{})
			oldFailed := onMessage(slog.NewTextHandler(t.Output(), nil), "cannot apply thread settings; retrying")
			oldGaveUp := onMessage(oldFailed, "thread settings not applied")
			stopOld := botWithSettings(t, messenger.Config{
				GraphURL: platform.URL, HTTPClient: onceApplied(newApplied), Logger: slog.New(oldGaveUp), Store: shared[0], ThreadSettings: greetingOfMe("old"),
			})
			oldFailed.wait(t)
			applied, stopNew := settingsReplica(t, shared[1], platform.URL, greetingOfMe("new"))
			<-applied
			close(newApplied)
			oldGaveUp.wait(t)
			require.Contains(t, string(sim.Profile()["greeting"]), "new")
			stopOld()
			stopNew()

			// A start is newer than all before it.
			applied, stopOld = settingsReplica(t, shared[0], platform.URL, greetingOfMe("old"))
			<-applied
			require.Contains(t, string(sim.Profile()["greeting"]), "old")
			stopOld()
		})
	}
}

// While newer settings are tried, replicas with older ones make no calls. They go on if the replicas with newer ones are gone, and give up
// once the newer ones are applied.
func TestOlderThreadSettingsWaitWhileNewerOnesAreTried(t *testing.T) {
	t.Parallel()
	log := &bubble.Log{}
	cfg := messenger.Config{
		Logger: slog.New(slog.NewTextHandler(log, nil)), Policy: answersAs("to"), Store: memory.New(memory.Config{}),
	}
	inBubble(t, simulator.Config{}, cfg, func(w *world) {
		w.restart(greetingOfMe("old"), simulator.Fault{Match: isProfileCall, Times: -1, Status: http.StatusServiceUnavailable, Body: "down"})
		after(time.Minute)
		require.Equal(t, 3, settingsCalls(w), "at once, after 2 s and 30 s")
		w.cfg.ThreadSettings = greetingOfMe("new")
		stopNew := w.another()
		after(time.Hour)
		require.Equal(t, 3+4+3, settingsCalls(w), "the newer ones at once, after 2 s, 30 s and 5 min, and then every 15 min")
		require.Contains(t, log.String(), "another replica tries newer settings")
		stopNew()
		after(45 * time.Minute)
		require.Greater(t, settingsCalls(w), 3+4+3, "the newer ones have no replica any more")

		stopNew = w.another()
		after(time.Minute)
		w.ClearFaults()
		after(time.Hour)
		require.Contains(t, string(w.Profile()["greeting"]), "new")
		require.Equal(t, 1, strings.Count(log.String(), "another replica has applied newer thread settings of this page"))
		after(time.Hour)
		require.Contains(t, string(w.Profile()["greeting"]), "new")
		stopNew()
	})
}

// Settings that come back are applied again, though they were the last that were applied completely: others were begun since.
func TestThreadSettingsThatComeBackAreAppliedAgain(t *testing.T) {
	t.Parallel()
	first := map[string]threadsettings.Settings{graph.Me: {
		Greeting: threadsettings.GreetingOf("first"), Remove: []threadsettings.Property{threadsettings.PropertyGetStarted},
	}}
	second := map[string]threadsettings.Settings{graph.Me: {
		GetStarted: &threadsettings.GetStarted{}, Greeting: threadsettings.GreetingOf("second"),
	}}
	cfg := messenger.Config{Policy: answersAs("to"), ThreadSettings: first, Store: memory.New(memory.Config{})}
	inBubble(t, simulator.Config{}, cfg, func(w *world) {
		after(time.Minute)
		require.Contains(t, string(w.Profile()["greeting"]), "first")
		w.Stop()
		posts := 0
		w.Fault(simulator.Fault{Times: 1, Status: http.StatusServiceUnavailable, Body: "down", Match: func(method, path string) bool {
			if method == http.MethodPost && isProfileCall(method, path) {
				posts++
			}
			return posts == 2
		}})
		w.cfg.ThreadSettings = second
		w.start()
		after(time.Second)
		w.Stop() // with one of two changes made
		require.Contains(t, w.Profile(), "get_started")
		require.Contains(t, string(w.Profile()["greeting"]), "first")

		w.cfg.ThreadSettings = first
		w.start()
		after(time.Minute)
		require.NotContains(t, w.Profile(), "get_started")
		w.Stop()
	})
}
