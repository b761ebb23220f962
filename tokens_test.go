package messenger_test

import (
	"context"
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/secret"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
)

// late is a transport whose answers come later and later.
type late struct {
	inProcess
	calls *atomic.Int32
}

func (l late) RoundTrip(r *http.Request) (*http.Response, error) {
	out, err := l.inProcess.RoundTrip(r)
	time.Sleep(time.Duration(l.calls.Add(1)) * 50 * time.Millisecond)
	return out, err
}

func TestRotationWithSendsInFlightTellsOnceAndHoldsNothing(t *testing.T) {
	t.Parallel()
	var token atomic.Value
	token.Store(secret.New("old"))
	var told, calls atomic.Int32
	var platform http.Handler
	cfg := messenger.Config{
		Policy:     texts(three),
		HTTPClient: &http.Client{Transport: late{inProcess{func() http.Handler { return platform }}, &calls}},
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
		w.says(ada, "go")
		w.says(lin, "go")
		after(4 * time.Second)
		require.Len(t, append(w.texts(ada), w.texts(lin)...), 3, "who was refused when there was a new token already goes on at once")
		after(11 * time.Second)
		require.EqualValues(t, 1, told.Load())
		require.Equal(t, []string{"1", "2", "3"}, w.texts(ada))
		require.Equal(t, []string{"1", "2", "3"}, w.texts(lin))
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
			cfg := messenger.Config{
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
				require.Equal(t, 200, w.post(callback("2", "70", "m_0", "hi")).Code)
				after(time.Second) // the page's token was refused
				ill.Store(true)
				for i := range 8 {
					require.Equal(t, 200, w.post(callback("2", fmt.Sprint(71+i), fmt.Sprint("m_1", i), "hi")).Code)
				}
				after(time.Second)
				w.says(ada, "hi")
				after(30 * time.Second)
				require.Equal(t, []string{"you said hi"}, w.texts(ada))
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
			cfg := messenger.Config{
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
				w.says(ada, "hi")
				after(2 * time.Minute)
				require.Equal(t, []string{"hello"}, w.texts(ada))
			})
		})
	}
}
