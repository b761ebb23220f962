package messenger_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/receiving/payload"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
)

// ran notes the names of the routes that handle an event.
type ran struct {
	mu    sync.Mutex
	names []string
}

func (r *ran) route(name string, when routing.Condition) routing.Route {
	return routing.Route{Name: name, When: when, Handler: handling.Func(func(context.Context, *receiving.Event, *sending.Replier) error {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.names = append(r.names, name)
		return nil
	})}
}

func (r *ran) taken() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	names := r.names
	r.names = nil
	return names
}

func always(name string, match bool) routing.Condition {
	return routing.If(name, func(context.Context, *receiving.Event) bool { return match })
}

func otherwise(r routing.Route) routing.Route { r.Otherwise = true; return r }
func final(r routing.Route) routing.Route     { r.Final = true; return r }
func typedTaps(r routing.Route) routing.Route { r.TypedTaps = true; return r }

// TestExplainAgreesWithTheTurn sends an event of each type, normal and on standby, to policies with every feature of a
// route, and compares the routes that ran with those that Explain names.
func TestExplainAgreesWithTheTurn(t *testing.T) {
	t.Parallel()
	yes, no := always("yes", true), always("no", false)
	for _, typ := range receiving.Types() {
		if typ == receiving.TypeSignal {
			continue // the platform sends none: TestExplainAgreesOnSignals
		}
		t.Run(string(typ), func(t *testing.T) {
			t.Parallel()
			var did ran
			entry := routing.Types{typ, receiving.TypeEcho}
			base := func() routing.Policy {
				return routing.Policy{
					receiving.TypeDefault: {
						did.route("default", nil), did.route("default of the type", entry), did.route("default of others", routing.Not{Condition: entry}),
						otherwise(did.route("default otherwise", yes)),
					},
					receiving.TypeTap: {
						did.route("tap", nil), typedTaps(did.route("typed tap", routing.Payload{Names: []string{"YES"}})),
						otherwise(did.route("tap otherwise", yes)),
					},
				}
			}
			own := func(routes ...routing.Route) routing.Policy { return routing.Join(base(), routing.Policy{typ: routes}) }
			policies := map[string]routing.Policy{
				"no own routes":        base(),
				"its own pass it by":   own(did.route("own no", no), otherwise(did.route("own otherwise no", no))),
				"its own handle it":    own(did.route("own", routing.All{yes, entry}), otherwise(did.route("own otherwise", yes)), did.route("own too", yes)),
				"otherwise handles it": own(did.route("own no", no), otherwise(did.route("own otherwise", yes))),
				"final":                own(did.route("own no", no), final(did.route("own final", yes)), did.route("own after", yes)),
				"final under DEFAULT":  routing.Join(own(did.route("own", nil)), routing.Policy{receiving.TypeDefault: {final(did.route("default final", yes))}}),
			}
			file, err := os.ReadFile(filepath.Join("receiving", "testdata", "events", strings.ToLower(string(typ))+".json"))
			require.NoError(t, err)
			bodies := []string{string(file)}
			if standby := strings.Replace(string(file), `"messaging"`, `"standby"`, 1); standby != string(file) {
				bodies = append(bodies, standby)
			}
			for _, body := range bodies {
				callback, err := receiving.Split([]byte(body))
				require.NoError(t, err)
				ev, _ := callback.Envelopes[0].Event()
				offers := func(context.Context, *receiving.Event) ([]routing.Offer, error) {
					return []routing.Offer{{Title: strings.ToUpper(ev.Text()), Payload: "YES", QuickReply: true}}, nil
				}
				for _, offered := range []bool{false, true} {
					with := func(ctx context.Context) context.Context {
						if offered {
							ctx = routing.WithOffers(ctx, offers)
						}
						return ctx
					}
					for name, policy := range policies {
						name = fmt.Sprintf("%s, standby %t, offered %t", name, ev.Standby, offered)
						cfg := messenger.Config{Policy: policy, TurnMiddleware: []handling.Middleware{func(next handling.TurnFunc) handling.TurnFunc {
							return func(ctx context.Context, ev *receiving.Event) error { return next(with(ctx), ev) }
						}}}
						inBubble(t, simulator.Config{}, cfg, func(w *world) {
							require.Equal(t, 200, w.Posts(body).Code)
							after(time.Second)
							require.Empty(t, w.Letters(), name)
						})
						var want []string
						for _, e := range routing.Explain(with(t.Context()), policy, ev) {
							require.NotEmpty(t, e.Why)
							if e.Fires {
								want = append(want, e.Route)
							}
						}
						require.NotEmpty(t, want)
						require.Equal(t, want, did.taken(), name)
					}
				}
			}
		})
	}
}

func TestConditionsInATurn(t *testing.T) {
	t.Parallel()
	yes := payload.New[payload.None]("YES")
	answer := func(text string) []sending.Sender { return sending.List(sending.SimpleMessage{Text: text}) }
	policy := routing.Policy{
		receiving.TypeSimpleText: {
			{When: routing.Text{Pattern: `order (?P<number>\d+)`}, Senders: answer("Looking for order %{number}.")},
			{When: routing.Text{Pattern: `(?P<name>\w+)!`}, Handler: handling.Func(func(ctx context.Context, _ *receiving.Event, reply *sending.Replier) error {
				return reply.Reply(ctx, sending.Text("hello "+reply.Values()["name"]))
			})},
		},
		receiving.TypeTap: {{When: routing.PayloadOf(yes), Senders: answer("One route for every tap.")}},
	}
	inBubble(t, simulator.Config{}, messenger.Config{Policy: policy}, func(w *world) {
		w.Says(ada, "order 12")
		w.Says(ada, "Ada!")
		w.Says(ada, "nothing")
		after(time.Second)
		require.Equal(t, []string{"Looking for order 12.", "hello Ada"}, w.Texts(ada))
	})
}

// TestConditionThatFails: a predicate is user code like a handler's ShouldHandle.
func TestConditionThatFails(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		match func(end <-chan struct{}) bool
		want  string
	}{
		"it panics":          {func(<-chan struct{}) bool { panic("no idea") }, "panic: no idea"},
		"it does not return": {func(end <-chan struct{}) bool { <-end; return true }, "a handler did not return after its context had ended"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var end chan struct{}
			broken := routing.If("broken", func(context.Context, *receiving.Event) bool { return c.match(end) })
			policy := texts(echo, routing.Route{Name: "broken", When: routing.All{routing.Text{}, broken}, Senders: sending.List(sending.Text("never"))})
			inBubble(t, simulator.Config{}, messenger.Config{Policy: policy, TurnTimeout: time.Second}, func(w *world) {
				end = make(chan struct{}) // of the bubble
				defer close(end)
				w.Says(ada, "one")
				w.Says(lin, "other")
				after(5 * time.Minute)
				letters := w.Letters()
				require.Len(t, letters, 2)
				require.Equal(t, "broken", letters[0].Failures[0].Route)
				require.Equal(t, c.want, letters[0].Failures[0].Error)
				require.Equal(t, []string{"you said one"}, w.Texts(ada), "the other route takes effect")
			})
		})
	}
}
