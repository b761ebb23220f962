package messenger_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/internal/bubble"
	"github.com/djmessenger/messenger/secret"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
	"github.com/djmessenger/messenger/threadsettings"
)

// greetingOfMe are the settings of a bot with one page.
func greetingOfMe(text string) map[string]threadsettings.Settings {
	return map[string]threadsettings.Settings{graph.Me: {Greeting: threadsettings.GreetingOf(text)}}
}

// isProfileCall picks the calls of the Messenger Profile API.
func isProfileCall(_, path string) bool { return strings.HasSuffix(path, "/messenger_profile") }

// settingsReplica runs a bot with settings until the test calls stop. It closes applied when it knows that they are applied, by
// itself or by another.
func settingsReplica(t *testing.T, st store.Store, url string, settings map[string]threadsettings.Settings) (applied <-chan struct{}, stop func()) {
	t.Helper()
	logged := onMessage(slog.NewTextHandler(t.Output(), nil), "thread settings applied")
	return logged.channel, botWithSettings(t, messenger.Config{GraphURL: url, Logger: slog.New(logged), Store: st, ThreadSettings: settings})
}

// botWithSettings runs a bot until the test calls stop.
func botWithSettings(t *testing.T, cfg messenger.Config) (stop func()) {
	t.Helper()
	cfg.Apps, cfg.Policy, cfg.VerifyToken = messenger.App(appSecret), answersAs("to"), secret.New(verifyToken)
	cfg.Tokens = graph.PageToken(pageToken)
	bot, err := messenger.New(cfg)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel) // of a test that has failed
	ended := make(chan error, 1)
	go func() { ended <- bot.Run(ctx) }()
	return func() {
		cancel()
		require.NoError(t, <-ended)
	}
}

// messageLogged closes a channel when a message is logged for the first time.
type messageLogged struct {
	slog.Handler

	message string
	channel chan struct{}
	once    *sync.Once
}

func onMessage(next slog.Handler, message string) messageLogged {
	return messageLogged{next, message, make(chan struct{}), &sync.Once{}}
}

func (m messageLogged) Handle(ctx context.Context, r slog.Record) error {
	if r.Message == m.message {
		m.once.Do(func() { close(m.channel) })
	}
	return m.Handler.Handle(ctx, r)
}

func (m messageLogged) WithAttrs(attrs []slog.Attr) slog.Handler {
	m.Handler = m.Handler.WithAttrs(attrs)
	return m
}

func (m messageLogged) WithGroup(name string) slog.Handler {
	m.Handler = m.Handler.WithGroup(name)
	return m
}

// wait waits until the message is logged.
func (m messageLogged) wait(t *testing.T) {
	t.Helper()
	select {
	case <-m.channel:
	case <-time.After(time.Minute):
		require.FailNow(t, "not logged within a minute", m.message)
	}
}

// Replicas that share a store apply settings once for each change of them.
func TestReplicasApplyThreadSettingsOncePerChange(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"memory", "sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			const replicas = 4
			shared := stores(t, kind, replicas)
			var reads, writes atomic.Int32
			sim, err := simulator.New(simulator.Config{AppSecret: appSecret, PageToken: pageToken})
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, sim.Close()) })
			platform := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				switch {
				case !isProfileCall(r.Method, r.URL.Path):
				case r.Method == http.MethodGet:
					reads.Add(1)
				default:
					writes.Add(1)
				}
				sim.ServeHTTP(w, r)
			}))
			t.Cleanup(platform.Close)
			run := func(settings map[string]threadsettings.Settings, written int32) {
				t.Helper()
				var (
					stops []func()
					waits []<-chan struct{}
				)
				for _, st := range shared {
					applied, stop := settingsReplica(t, st, platform.URL, settings)
					stops, waits = append(stops, stop), append(waits, applied)
				}
				for _, applied := range waits {
					<-applied
				}
				for _, stop := range stops {
					stop()
				}
				require.Equal(t, written, writes.Load())
			}
			run(greetingOfMe("first"), 1)
			run(greetingOfMe("first"), 1)
			run(greetingOfMe("second"), 2)
			require.Equal(t, int32(2), reads.Load(), "what was applied is not even read")
			require.Contains(t, string(sim.Profile()["greeting"]), "second")
			run(greetingOfMe("first"), 3)
		})
	}
}

// A replica that was killed while it applied settings holds up the others until its lease ends, and nothing else.
func TestThreadSettingsOfAKilledReplicaAreAppliedByAnother(t *testing.T) {
	t.Parallel()
	inBubble(t, simulator.Config{}, messenger.Config{Policy: answersAs("to"), Store: memory.New(memory.Config{})}, func(w *world) {
		w.Stop()
		keeper, ok := store.As[store.OnceKeeper](w.Store)
		require.True(t, ok)
		state, err := keeper.StartOnce(t.Context(), "thread settings of "+graph.Me, "of the killed replica", 75*time.Second)
		require.NoError(t, err)
		require.NotZero(t, state.Token)

		w.cfg.ThreadSettings = greetingOfMe("Hi")
		w.start()
		w.Says(ada, "hello")
		after(70 * time.Second)
		require.Len(t, w.Texts(ada), 1, "the bot works")
		require.NotContains(t, w.Profile(), "greeting")
		after(10 * time.Second)
		require.Contains(t, w.Profile(), "greeting")
	})
}

// another runs one more bot on the store and the platform of the world.
func (w *world) another() (stop func()) {
	w.T.Helper()
	cfg := w.cfg
	cfg.Apps, cfg.VerifyToken = messenger.App(appSecret), secret.New(verifyToken)
	if cfg.Tokens == nil {
		cfg.Tokens = graph.PageToken(pageToken)
	}
	cfg.GraphURL, cfg.HTTPClient, cfg.Store = bubble.GraphURL, w.Client(), w.Store
	bot, err := messenger.New(cfg)
	require.NoError(w.T, err)
	ctx, cancel := context.WithCancel(w.T.Context())
	ended := make(chan error, 1)
	go func() { ended <- bot.Run(ctx) }()
	return func() {
		cancel()
		require.NoError(w.T, <-ended)
	}
}

// restart runs the bot anew with settings, which a fault meets from the first call on.
func (w *world) restart(settings map[string]threadsettings.Settings, fault simulator.Fault) {
	w.T.Helper()
	w.Stop()
	w.Fault(fault)
	w.cfg.ThreadSettings = settings
	w.start()
}

func settingsCalls(w *world) (n int) {
	for _, request := range w.Requests() {
		if isProfileCall(request.Method, request.Path) {
			n++
		}
	}
	return n
}

// Of replicas that meet the same refusal one tries for all, also when the one that has tried is gone; another token is tried at once.
func TestOneReplicaTriesRefusedThreadSettingsForAll(t *testing.T) {
	t.Parallel()
	cfg := messenger.Config{Policy: answersAs("to"), Store: memory.New(memory.Config{})}
	inBubble(t, simulator.Config{}, cfg, func(w *world) {
		w.restart(greetingOfMe("Hi"), simulator.Fault{
			Match: isProfileCall, Times: -1, Status: http.StatusForbidden, Error: &simulator.GraphError{Code: 200, Message: "no permission"},
		})
		second, third := w.another(), w.another()
		after(10 * time.Minute)
		require.Equal(t, 1, settingsCalls(w))
		after(time.Hour)
		require.Equal(t, 1+4, settingsCalls(w), "every 15 minutes")
		second() // whichever of them has tried last
		w.Stop()
		w.cfg.ThreadSettings = greetingOfMe("Hi")
		fourth := w.another() // a restart is no reason to try again
		after(4 * time.Minute)
		require.Equal(t, 1+4, settingsCalls(w))
		after(15 * time.Minute)
		require.Equal(t, 1+5, settingsCalls(w))
		third()

		w.ClearFaults()
		after(15 * time.Minute)
		require.Contains(t, w.Profile(), "greeting")
		fourth()
		_, err := w.Store.Session(w.T.Context(), "messenger", "messenger", "messenger.settings."+graph.Me)
		require.ErrorIs(t, err, store.ErrNotFound, "what was applied leaves no failed try behind")
	})
}

// Other settings are tried at once, and the same ones if the program sets them again.
func TestThreadSettingsThatAreSetAgainAreTriedAtOnce(t *testing.T) {
	t.Parallel()
	inBubble(t, withCustomer(), atRunTime(), func(w *world) {
		w.Fault(simulator.Fault{
			Match: isProfileCall, Times: -1, Status: http.StatusForbidden, Error: &simulator.GraphError{Code: 200, Message: "no permission"},
		})
		page := customerPage()
		page.ThreadSettings = threadsettings.Settings{Greeting: threadsettings.GreetingOf("Hi")}
		for i, text := range []string{"Hi", "Hi", "Hello"} {
			page.ThreadSettings.Greeting = threadsettings.GreetingOf(text)
			w.set(page)
			after(time.Minute)
			require.Equal(t, i+1, settingsCalls(w))
		}
		page.Token = graph.PageToken("another")
		page.ThreadSettings.Greeting = threadsettings.GreetingOf("Hello")
		w.set(page)
		after(time.Minute)
		require.Equal(t, 4, settingsCalls(w))
	})
}

// A platform that is down at the start, for hours, delays neither the bot nor its other work.
func TestThreadSettingsWaitForThePlatform(t *testing.T) {
	t.Parallel()
	log := &bubble.Log{}
	cfg := messenger.Config{
		Logger: slog.New(slog.NewTextHandler(log, nil)), Policy: answersAs("to"), Store: memory.New(memory.Config{}),
	}
	calls := func(w *world) (n int) {
		for _, request := range w.Requests() {
			if isProfileCall(request.Method, request.Path) {
				n++
			}
		}
		return n
	}
	inBubble(t, simulator.Config{}, cfg, func(w *world) {
		w.restart(greetingOfMe("Hi"), simulator.Fault{Match: isProfileCall, Times: -1, Status: http.StatusServiceUnavailable, Body: "down"})
		w.Says(ada, "hello")
		after(time.Second)
		require.Len(t, w.Texts(ada), 1)
		after(3 * time.Hour)
		require.Equal(t, 4+11, calls(w), "after 2 s, 30 s and 5 min, and then every 15 min")
		require.Contains(t, log.String(), "level=WARN msg=\"cannot apply thread settings; retrying\"")
		require.Contains(t, log.String(), "level=ERROR msg=\"cannot apply thread settings; retrying\"")
		w.ClearFaults()
		after(15 * time.Minute)
		require.Contains(t, w.Profile(), "greeting")
	})
}

func TestARefusedGreetingIsLoggedAsAWarning(t *testing.T) {
	t.Parallel()
	log := &bubble.Log{}
	settings := map[string]threadsettings.Settings{graph.Me: {GetStarted: &threadsettings.GetStarted{}, Greeting: threadsettings.GreetingOf("Hi")}}
	cfg := messenger.Config{Logger: slog.New(slog.NewTextHandler(log, nil)), Policy: answersAs("to"), ThreadSettings: settings}
	posts := 0
	inBubble(t, simulator.Config{}, cfg, func(w *world) {
		w.Stop()
		w.Fault(simulator.Fault{Times: 1, Error: &simulator.GraphError{Code: 100, Message: "(#100) Param greeting is unknown"}, Match: func(method, path string) bool {
			if method == http.MethodPost && isProfileCall(method, path) {
				posts++
			}
			return method == http.MethodPost && posts == 2
		}})
		w.cfg.ThreadSettings = map[string]threadsettings.Settings{graph.Me: {GetStarted: &threadsettings.GetStarted{Payload: "NEW"}, Greeting: threadsettings.GreetingOf("Hello")}}
		w.start()
		after(time.Hour)
		require.Equal(t, 2, posts, "a warning is no reason to try again")
		require.Contains(t, log.String(), "the platform refuses a thread setting; the others are applied")
		require.Contains(t, string(w.Profile()["get_started"]), "NEW")
	})
}

func TestThreadSettingsWaitForTheirTokenToo(t *testing.T) {
	t.Parallel()
	var known atomic.Bool
	tokens := graph.TokenFunc(func(context.Context, string) (secret.Value, error) {
		if known.Load() {
			return secret.New(pageToken), nil
		}
		return secret.Value{}, graph.ErrNoToken
	})
	inBubble(t, simulator.Config{}, messenger.Config{Tokens: tokens, ThreadSettings: greetingOfMe("Hi"), Policy: answersAs("to")}, func(w *world) {
		after(time.Minute)
		require.Empty(t, w.Profile())
		known.Store(true)
		after(20 * time.Minute)
		require.Contains(t, w.Profile(), "greeting")
	})
}

// A handler of the log may call the bot.
func TestTheLogOfThreadSettingsIsWrittenWithoutALock(t *testing.T) {
	t.Parallel()
	applied := onMessage(slog.NewTextHandler(t.Output(), nil), "thread settings applied")
	cfg := atRunTime()
	var w *world
	cfg.Logger = slog.New(callOnMessage{applied, func() {
		page := customerPage()
		page.ThreadSettings = threadsettings.Settings{Greeting: threadsettings.GreetingOf("second")}
		w.set(page)
	}})
	inBubbleAs(t, &w, withCustomer(), cfg, func() {
		page := customerPage()
		page.ThreadSettings = threadsettings.Settings{Greeting: threadsettings.GreetingOf("first")}
		w.set(page)
		after(time.Minute)
		require.Equal(t, 2*2, settingsCalls(w), "first and second are read and set")
	})
}

// callOnMessage calls a function before each line of a messageLogged.
type callOnMessage struct {
	messageLogged

	call func()
}

func (c callOnMessage) Handle(ctx context.Context, r slog.Record) error {
	if r.Message == c.message {
		c.call()
	}
	return c.messageLogged.Handle(ctx, r)
}

func (c callOnMessage) WithAttrs([]slog.Attr) slog.Handler { return c }
