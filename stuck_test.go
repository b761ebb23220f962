package messenger_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/internal/bubble"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/secret"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/threadsettings"
)

// ill is what a program's code does wrong, as long as it does.
type ill struct {
	is       atomic.Bool
	begun    atomic.Bool
	end      chan struct{} // of the bubble
	do       func(*ill)
	platform atomic.Pointer[simulator.Simulator] // that its HTTP client calls
}

// act does it.
func (i *ill) act() {
	if i.is.Load() {
		i.do(i)
	}
}

// otherPage is the page that ada writes to; lin writes to another one.
const otherPage = "2"

// places are all the places where a bot calls the program's code. Each makes that code ill for ada's conversation.
var places = map[string]func(cfg *messenger.Config, i *ill){
	"handler": func(cfg *messenger.Config, i *ill) {
		cfg.Policy = texts(ofAda(func(context.Context, *receiving.Event, *sending.Replier) error { i.act(); return nil }), echo)
	},
	"handler with a timeout": func(cfg *messenger.Config, i *ill) {
		r := ofAda(func(context.Context, *receiving.Event, *sending.Replier) error { i.act(); return nil })
		r.Timeout = time.Second
		cfg.Policy = texts(r, echo)
	},
	"ShouldHandle": func(cfg *messenger.Config, i *ill) {
		cfg.Policy = texts(routing.Route{Name: "asks", Handler: questioned{i}}, echo)
	},
	"condition": func(cfg *messenger.Config, i *ill) {
		when := routing.If("ill", func(_ context.Context, ev *receiving.Event) bool { i.actFor(ev); return false })
		cfg.Policy = texts(routing.Route{Name: "if", When: when, Senders: sending.List(sending.Text("never"))}, echo)
	},
	"text of a condition": func(cfg *messenger.Config, i *ill) {
		cfg.Policies = map[string]routing.Policy{
			otherPage: texts(routing.Route{Name: "named", When: named{i}, Senders: sending.List(sending.Text("never"))}, echo),
		}
	},
	"sender": func(cfg *messenger.Config, i *ill) {
		says := sending.Func(func(_ context.Context, ev *receiving.Event) ([]sending.Message, error) { i.actFor(ev); return nil, nil })
		cfg.Policy = texts(routing.Route{Name: "says", Handler: handling.Dummy{}, Senders: sending.List(says)}, echo)
	},
	"turn middleware before next": func(cfg *messenger.Config, i *ill) {
		cfg.TurnMiddleware = []handling.Middleware{func(next handling.TurnFunc) handling.TurnFunc {
			return func(ctx context.Context, ev *receiving.Event) error { i.actFor(ev); return next(ctx, ev) }
		}}
	},
	"turn middleware after next": func(cfg *messenger.Config, i *ill) {
		cfg.TurnMiddleware = []handling.Middleware{func(next handling.TurnFunc) handling.TurnFunc {
			return func(ctx context.Context, ev *receiving.Event) error {
				err := next(ctx, ev)
				i.actFor(ev)
				return err
			}
		}}
	},
	"send middleware before next": func(cfg *messenger.Config, i *ill) {
		cfg.SendMiddleware = []sending.Middleware{func(next sending.DeliverFunc) sending.DeliverFunc {
			return func(ctx context.Context, d sending.Delivery) (graph.SendResult, error) {
				if d.PageID == otherPage {
					i.act()
				}
				return next(ctx, d)
			}
		}}
	},
	"send middleware after next": func(cfg *messenger.Config, i *ill) {
		cfg.SendMiddleware = []sending.Middleware{func(next sending.DeliverFunc) sending.DeliverFunc {
			return func(ctx context.Context, d sending.Delivery) (graph.SendResult, error) {
				result, err := next(ctx, d)
				if d.PageID == otherPage {
					i.act()
				}
				return result, err
			}
		}}
	},
	"token source": func(cfg *messenger.Config, i *ill) {
		cfg.Tokens = graph.TokenFunc(func(_ context.Context, pageID string) (secret.Value, error) {
			if pageID == otherPage {
				i.act()
			}
			return secret.New(pageToken), nil
		})
	},
	"OnTokenInvalid": func(cfg *messenger.Config, i *ill) {
		cfg.Tokens = graph.TokenFunc(func(_ context.Context, pageID string) (secret.Value, error) {
			if pageID == otherPage && i.is.Load() {
				return secret.New("refused"), nil
			}
			return secret.New(pageToken), nil
		})
		cfg.OnTokenInvalid = func(context.Context, string, error) { i.act() }
	},
	"OnSendFailed": func(cfg *messenger.Config, i *ill) {
		cfg.Policy = texts(ofAda(func(ctx context.Context, _ *receiving.Event, reply *sending.Replier) error {
			_ = reply.Reply(ctx, sending.Text(strings.Repeat("x", 2001)))
			return nil
		}), echo)
		cfg.OnSendFailed = func(context.Context, sending.Failure) { i.act() }
	},
	"OnDeadLetter": func(cfg *messenger.Config, i *ill) {
		cfg.Policy = texts(ofAda(func(context.Context, *receiving.Event, *sending.Replier) error { return handling.Permanent(errMine) }), echo)
		cfg.OnDeadLetter = func(context.Context, messenger.DeadLetter) { i.act() }
	},
	"HTTP client of a send": func(cfg *messenger.Config, i *ill) { cfg.HTTPClient = i.client(http.MethodPost, "/messages") },
	"HTTP client of a profile": func(cfg *messenger.Config, i *ill) {
		cfg.HTTPClient = i.client(http.MethodGet, ada)
		cfg.Policy = texts(echo)
		cfg.Policy[receiving.TypeDefault] = []routing.Route{{Handler: handling.UserProfile{}}}
	},
	"HTTP client of thread settings": func(cfg *messenger.Config, i *ill) {
		cfg.HTTPClient = i.client("", "messenger_profile")
		cfg.ThreadSettings = map[string]threadsettings.Settings{graph.Me: {GetStarted: &threadsettings.GetStarted{}}}
	},
}

// deeds are what code does wrong.
var deeds = map[string]func(*ill){
	"does not return":      func(i *ill) { ignoresItsContext(i.end) },
	"panics":               func(*ill) { panic("wild") },
	"ends its goroutine":   func(*ill) { runtime.Goexit() },
	"leaves a goroutine":   func(i *ill) { go func() { <-i.end }() },
	"does not end by time": func(*ill) { time.Sleep(40 * time.Second) },
}

// ignoresItsContext is in the stack that the log shows.
func ignoresItsContext(end <-chan struct{}) { <-end }

// TestCodeThatMisbehavesCostsNothingButItself has each kind of the program's code do each wrong. Meanwhile another person is
// answered as ever, Run returns within the grace period, and afterwards the person is answered too.
func TestCodeThatMisbehavesCostsNothingButItself(t *testing.T) {
	t.Parallel()
	for place, install := range places {
		for name, deed := range deeds {
			t.Run(place+" "+name, func(t *testing.T) {
				t.Parallel()
				i := &ill{do: deed}
				log := &bubble.Log{}
				cfg := messenger.Config{Policy: texts(echo), Workers: 2, Logger: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))}
				install(&cfg, i)
				inBubble(t, simulator.Config{}, cfg, func(w *world) {
					i.platform.Store(w.Simulator)
					w.Says(ada, "hello") // so that the platform lets pages write to her
					after(time.Second)
					i.end = make(chan struct{})
					cure := sync.OnceFunc(func() { i.is.Store(false); close(i.end) })
					defer cure()
					i.is.Store(true)
					i.begun.Store(true)
					w.writesToOther(ada, "one")
					for n := range 8 {
						after(2 * time.Second)
						text := fmt.Sprint("hi ", n)
						w.Says(lin, text)
						after(time.Second)
						require.Contains(t, w.Texts(lin), "you said "+text, "another person is answered in time")
					}
					for n := range 4 { // who could hold both workers
						w.writesToOther(fmt.Sprint(70+n), "one")
					}
					w.Says(lin, "still there?")
					after(3 * time.Minute)
					require.Contains(t, w.Texts(lin), "you said still there?", "workers are freed")
					if name == "does not return" {
						require.Positive(t, w.bot.Stuck())
						require.Contains(t, log.String(), "code does not return")
						require.Contains(t, log.String(), "messenger_test.ignoresItsContext(", "the log has the stack")
					}
					w.writesToOther(ada, "two")
					after(time.Second)
					begun := time.Now()
					w.Stop()
					require.LessOrEqual(t, time.Since(begun), messenger.DefaultGracePeriod)
					cure()
					after(time.Minute)
					require.Zero(t, w.bot.Stuck(), "all have returned")
					w.start()
					after(10 * time.Minute)
					w.writesToOther(ada, "three")
					after(time.Minute)
					require.Equal(t, "you said three", last(w.Texts(ada)), "the conversation goes on")
				})
			})
		}
	}
}

// writesToOther lets a person write to the other page.
func (w *world) writesToOther(psid, text string) {
	w.T.Helper()
	require.Equal(w.T, http.StatusOK, w.Posts(callback(otherPage, psid, "m_"+psid+text, text)).Code)
}

// client is an HTTP client that is ill for calls with that in their path.
func (i *ill) client(method, part string) *http.Client {
	return &http.Client{Transport: illTransport{i, method, part}}
}

var errNoPlatform = errors.New("there is no platform")

type illTransport struct {
	*ill
	method, part string
}

func (c illTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	platform := c.platform.Load()
	if c.method == "" && !c.begun.Load() { // thread settings must be tried again, when it is ill
		return nil, errNoPlatform
	}
	if platform == nil {
		return nil, errNoPlatform
	}
	if (c.method == "" || c.method == r.Method) && strings.Contains(r.URL.Path, c.part) && !strings.Contains(body(r), lin) {
		c.act()
	}
	return bubble.InProcess{Handler: func() http.Handler { return platform }}.RoundTrip(r)
}

// body returns a request's body and leaves it there.
func body(r *http.Request) string {
	if r.Body == nil {
		return ""
	}
	text, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(text))
	return string(text)
}

func last(all []string) string {
	if len(all) == 0 {
		return ""
	}
	return all[len(all)-1]
}

// ofAda is a route for what ada writes.
func ofAda(fn handling.Func) routing.Route {
	return route("ada's", func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
		if ev.PageID != otherPage {
			return handling.Skip
		}
		return fn(ctx, ev, reply)
	})
}

func (i *ill) actFor(ev *receiving.Event) {
	if ev.PageID == otherPage {
		i.act()
	}
}

type questioned struct{ *ill }

func (a questioned) ShouldHandle(_ context.Context, ev *receiving.Event) bool {
	a.actFor(ev)
	return false
}

func (questioned) Handle(context.Context, *receiving.Event, *sending.Replier) error { return nil }

// named is a condition whose text is asked for in a turn's debug log.
type named struct{ *ill }

func (named) Match(_ context.Context, ev *receiving.Event) bool { return ev.PageID != otherPage }
func (n named) String() string                                  { n.act(); return "named" }

// TestHealthyFailsWhenAsManyCallsAreStuckAsThereAreWorkers, and not before.
func TestHealthyFailsWhenAsManyCallsAreStuckAsThereAreWorkers(t *testing.T) {
	t.Parallel()
	var end chan struct{}
	cfg := messenger.Config{Workers: 3, TurnTimeout: time.Second, Retry: handling.Retry{Tries: 2, Pauses: []time.Duration{time.Hour}}, Policy: texts(route("deaf", func(_ context.Context, ev *receiving.Event, _ *sending.Replier) error {
		if ev.Text() == "hang" {
			ignoresItsContext(end)
		}
		return nil
	}))}
	inBubble(t, simulator.Config{}, cfg, func(w *world) {
		end = make(chan struct{})
		after(time.Second)
		for n := range cfg.Workers {
			require.NoError(t, w.bot.Healthy(w.T.Context()))
			require.Equal(t, http.StatusOK, w.Posts(callback(pageID, fmt.Sprint(70+n), fmt.Sprint("m_", n), "hang")).Code)
			after(2100 * time.Millisecond)
			stats, err := w.bot.Stats(w.T.Context())
			require.NoError(t, err)
			require.Equal(t, n+1, stats.Stuck)
		}
		err := w.bot.Healthy(w.T.Context())
		require.ErrorIs(t, err, messenger.ErrStuck)
		require.ErrorContains(t, err, "and there are 3 workers")
		close(end)
		after(time.Second)
		require.NoError(t, w.bot.Healthy(w.T.Context()))
		stats, err := w.bot.Stats(w.T.Context())
		require.NoError(t, err)
		require.Zero(t, stats.Stuck)
		require.EqualValues(t, 3, stats.EverStuck)
	})
}
