package engine_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/internal/bubble"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/secret"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
)

// late is a transport whose answers come later and later.
type late struct {
	bubble.InProcess
	calls *atomic.Int32
}

func (l late) RoundTrip(r *http.Request) (*http.Response, error) {
	out, err := l.InProcess.RoundTrip(r)
	time.Sleep(time.Duration(l.calls.Add(1)) * 50 * time.Millisecond)
	return out, err
}

func TestRotationWithSendsInFlightTellsOnceAndHoldsNothing(t *testing.T) {
	t.Parallel()
	var token atomic.Value
	token.Store(secret.New("old"))
	var told, calls atomic.Int32
	var platform http.Handler
	cfg := config{
		Policy:     texts(three),
		HTTPClient: &http.Client{Transport: late{bubble.InProcess{Handler: func() http.Handler { return platform }}, &calls}},
		Tokens: graph.TokenFunc(func(context.Context, string) (secret.Value, error) {
			return token.Load().(secret.Value), nil
		}),
		OnTokenInvalid: func(context.Context, string, error) {
			told.Add(1)
			token.Store(secret.New(pageToken)) // renewed before the second refusal arrives
		},
	}
	inBubble(t, simulator.Config{}, cfg, func(w *world) {
		platform = w.Simulator
		w.Says(ada, "go")
		w.Says(lin, "go")
		after(4 * time.Second)
		require.Len(t, append(w.Texts(ada), w.Texts(lin)...), 3, "who was refused when there was a new token already goes on at once")
		after(11 * time.Second)
		require.EqualValues(t, 1, told.Load())
		require.Equal(t, []string{"1", "2", "3"}, w.Texts(ada))
		require.Equal(t, []string{"1", "2", "3"}, w.Texts(lin))
	})
}

func TestTokenSourceOfOnePageHarmsNoOtherPage(t *testing.T) {
	t.Parallel()
	for name, fail := range map[string]func(ctx context.Context) (secret.Value, error){
		"hangs":  func(ctx context.Context) (secret.Value, error) { <-ctx.Done(); return secret.Value{}, ctx.Err() },
		"panics": func(context.Context) (secret.Value, error) { panic("no vault") },
		"errs":   func(context.Context) (secret.Value, error) { return secret.Value{}, (*mute)(nil) },
		"empty":  func(context.Context) (secret.Value, error) { return secret.Value{}, nil },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var ill atomic.Bool
			cfg := config{
				Policy: texts(echo), Workers: 4, SendTimeout: 3 * time.Second,
				Tokens: graph.TokenFunc(func(ctx context.Context, page string) (secret.Value, error) {
					switch {
					case page == pageID, page == graph.Me:
						return secret.New(pageToken), nil
					case ill.Load():
						return fail(ctx)
					default:
						return secret.New("refused"), nil
					}
				}),
			}
			inBubble(t, simulator.Config{}, cfg, func(w *world) {
				require.Equal(t, 200, w.Posts(callback("2", "70", "m_0", "hi")).Code)
				after(time.Second) // the page's token was refused
				ill.Store(true)
				for i := range 8 {
					require.Equal(t, 200, w.Posts(callback("2", fmt.Sprint(71+i), fmt.Sprint("m_1", i), "hi")).Code)
				}
				after(time.Second)
				w.Says(ada, "hi")
				after(30 * time.Second)
				require.Equal(t, []string{"you said hi"}, w.Texts(ada))
			})
		})
	}
}

func TestTokenSourceThatPanicsCostsNothingButTheCall(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ from, to int32 }{
		"at once":                {1, 2},
		"after a refused token":  {2, 6},
		"with every second call": {0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var calls atomic.Int32
			cfg := config{
				Policy: routing.Policy{
					receiving.TypeDefault:    {{Handler: handling.UserProfile{}}},
					receiving.TypeSimpleText: {{Handler: handling.Dummy{}, Senders: sending.List(sending.Text("hello"))}},
				},
				Tokens: graph.TokenFunc(func(context.Context, string) (secret.Value, error) {
					n := calls.Add(1)
					if c.from == 0 && n%2 == 1 || n >= c.from && n <= c.to {
						panic("no vault")
					}
					if n < c.from {
						return secret.New("refused"), nil
					}
					return secret.New(pageToken), nil
				}),
			}
			inBubble(t, simulator.Config{}, cfg, func(w *world) {
				w.Says(ada, "hi")
				after(2 * time.Minute)
				require.Equal(t, []string{"hello"}, w.Texts(ada))
			})
		})
	}
}

// Every way in which the platform refuses a token holds the page's messages, and a new token
// resumes them.
func TestEveryRefusalOfTheTokenHoldsThePage(t *testing.T) {
	t.Parallel()
	tried := 0
	for _, refusal := range simulator.Refusals() {
		if refusal.Meaning != graph.MeaningToken.String() {
			continue
		}
		tried++
		t.Run(refusal.Name, func(t *testing.T) {
			t.Parallel()
			var token atomic.Value
			token.Store(secret.New(pageToken))
			var told []error
			var failed atomic.Int32
			cfg := config{
				Policy:         texts(echo),
				Tokens:         graph.TokenFunc(func(context.Context, string) (secret.Value, error) { return token.Load().(secret.Value), nil }),
				OnTokenInvalid: func(_ context.Context, _ string, err error) { told = append(told, err) },
				OnSendFailed:   func(context.Context, sending.Failure) { failed.Add(1) },
			}
			inBubble(t, simulator.Config{}, cfg, func(w *world) {
				w.RefuseToken(refusal.GraphError())
				w.Says(ada, "hi")
				w.Says(lin, "hello")
				after(3 * time.Minute)
				require.Empty(t, w.Texts(ada))
				require.Empty(t, w.Texts(lin))
				require.Len(t, told, 1, "once for the token")
				require.ErrorIs(t, told[0], graph.ErrTokenInvalid)
				w.SetPageToken("renewed")
				token.Store(secret.New("renewed"))
				after(10 * time.Second)
				require.Equal(t, []string{"you said hi"}, w.Texts(ada))
				require.Equal(t, []string{"you said hello"}, w.Texts(lin))
				require.Zero(t, failed.Load(), "nothing is lost")
				require.Empty(t, w.Letters())
			})
		})
	}
	require.Greater(t, tried, 15)
}

// The log says when the platform takes a page's token again, once: a new one, or the refused one
// that is tried again.
func TestTheLogSaysThatATokenIsAcceptedAgain(t *testing.T) {
	t.Parallel()
	const line = `level=INFO msg="a page's access token is accepted again" page=` + pageID
	for name, test := range map[string]struct {
		repaired string
		want     string
	}{
		"a new token": {"renewed", "same_token=false"},
		"the same":    {pageToken, "same_token=true"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var token atomic.Value
			token.Store(secret.New(pageToken))
			var log bytes.Buffer
			var told atomic.Int32
			cfg := config{
				Policy:         texts(echo),
				Logger:         slog.New(slog.NewTextHandler(&log, nil)),
				Tokens:         graph.TokenFunc(func(context.Context, string) (secret.Value, error) { return token.Load().(secret.Value), nil }),
				OnTokenInvalid: func(context.Context, string, error) { told.Add(1) },
			}
			inBubble(t, simulator.Config{}, cfg, func(w *world) {
				w.Says(ada, "one")
				after(time.Second)
				w.RevokeToken(0)
				w.Says(ada, "two")
				w.Says(lin, "two")
				after(6 * time.Minute) // the refused token has been tried again, in vain
				require.Equal(t, []string{"you said one"}, w.Texts(ada))
				require.EqualValues(t, 1, told.Load())
				w.SetPageToken(test.repaired)
				token.Store(secret.New(test.repaired))
				after(5 * time.Minute)
				require.Equal(t, []string{"you said one", "you said two"}, w.Texts(ada))
				w.Says(ada, "three")
				after(time.Second)
				w.RevokeToken(0)
				w.Says(ada, "four")
				after(time.Minute)
				require.EqualValues(t, 2, told.Load(), "it is told of what was accepted since")
			})
			require.Equal(t, 1, strings.Count(log.String(), line), "%s", &log)
			require.Contains(t, log.String(), test.want)
		})
	}
}

// The log names what docs/errors.md says of a refusal.
func TestTheLogNamesTheMeaningOfARefusal(t *testing.T) {
	t.Parallel()
	for name, line := range map[string]string{
		"permission denied": `level=ERROR msg="a message was not sent"`,
		"blocked":           `level=ERROR msg="a message was not sent"`,
		"page limit":        `level=WARN msg="a message will be sent again"`,
	} {
		refusal := simulator.RefusalNamed(name)
		var log bytes.Buffer
		cfg := config{Policy: texts(echo), Logger: slog.New(slog.NewTextHandler(&log, nil))}
		inBubble(t, simulator.Config{}, cfg, func(w *world) {
			w.Fault(simulator.Fault{Error: refusal.GraphError()})
			w.Says(ada, "one")
			after(time.Second)
		})
		require.Regexp(t, regexp.QuoteMeta(line)+`.* meaning="?`+regexp.QuoteMeta(refusal.Meaning)+`"? `, log.String(), name)
	}
}

// Refusals that only look like one of the token cost their own message and hold nothing.
func TestOtherRefusalsDoNotHoldThePage(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"unknown path", "permissions error", "permission denied", "invalid parameter", "blocked", "commerce disabled", "already replied"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var told, failed atomic.Int32
			cfg := config{
				Policy:         texts(echo),
				OnTokenInvalid: func(context.Context, string, error) { told.Add(1) },
				OnSendFailed:   func(context.Context, sending.Failure) { failed.Add(1) },
			}
			inBubble(t, simulator.Config{}, cfg, func(w *world) {
				w.Fault(simulator.Fault{Error: simulator.RefusalNamed(name).GraphError()})
				w.Says(ada, "one")
				w.Says(ada, "two")
				after(time.Second)
				require.Equal(t, []string{"you said two"}, w.Texts(ada))
				require.EqualValues(t, 1, failed.Load())
				require.Zero(t, told.Load())
			})
		})
	}
}
