package engine_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
)

// TestTurnMiddlewareThatUsesNextWrongly costs the turn, and nothing of the turn takes effect; in
// the end it is a dead letter.
func TestTurnMiddlewareThatUsesNextWrongly(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		wrap  handling.Middleware
		want  string
		tries int
	}{
		"in a goroutine that outlives it": {func(next handling.TurnFunc) handling.TurnFunc {
			return func(ctx context.Context, ev *receiving.Event) error {
				running := make(chan struct{})
				go func() { _ = next(context.WithValue(ctx, runningKey{}, running), ev) }()
				<-running
				return nil
			}
		}, "the middleware returned before next did", 4},
		"with a copy of the event": {func(next handling.TurnFunc) handling.TurnFunc {
			return func(ctx context.Context, ev *receiving.Event) error {
				other := *ev
				return next(ctx, &other)
			}
		}, "another event", 1},
		"without an event, and ignores the error": {func(next handling.TurnFunc) handling.TurnFunc {
			return func(ctx context.Context, _ *receiving.Event) error {
				_ = next(ctx, nil)
				return nil
			}
		}, "another event", 1},
		"with a context of its own": {func(next handling.TurnFunc) handling.TurnFunc {
			return func(_ context.Context, ev *receiving.Event) error { return next(context.Background(), ev) }
		}, "not made of the one", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			slow := route("slow", func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
				if running, ok := ctx.Value(runningKey{}).(chan struct{}); ok {
					close(running)
					time.Sleep(time.Second)
				}
				return errors.Join(thumb(ctx, ev, reply), reply.Reply(ctx, sending.Text("never")))
			})
			cfg := config{Policy: texts(slow), TurnMiddleware: []handling.Middleware{c.wrap}}
			inBubble(t, simulator.Config{}, cfg, func(w *world) {
				w.Says(ada, "hi")
				after(2 * time.Minute)
				require.Empty(t, w.Texts(ada))
				require.Zero(t, w.Person(ada).ThumbUps)
				require.Len(t, w.Letters(), 1)
				require.Equal(t, c.tries, w.Letters()[0].Attempts)
				require.Contains(t, w.Letters()[0].Failures[0].Error, c.want)
			})
		})
	}
}

type runningKey struct{}

// TestNextAfterTheTurn has no effect.
func TestNextAfterTheTurn(t *testing.T) {
	t.Parallel()
	late := make(chan error, 1)
	wrap := func(next handling.TurnFunc) handling.TurnFunc {
		return func(ctx context.Context, ev *receiving.Event) error {
			go func() {
				time.Sleep(time.Second)
				late <- next(ctx, ev)
			}()
			return nil
		}
	}
	inBubble(t, simulator.Config{}, config{Policy: texts(echo), TurnMiddleware: []handling.Middleware{wrap}}, func(w *world) {
		w.Says(ada, "hi")
		after(time.Minute)
		require.ErrorContains(t, <-late, "after the middleware had returned")
		require.Empty(t, w.Texts(ada))
		require.Empty(t, w.Letters(), "a turn whose middleware returns nil without next is done")
	})
}

// TestSendMiddlewareThatUsesNextWrongly never sends a message twice.
func TestSendMiddlewareThatUsesNextWrongly(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		deliver func(next sending.DeliverFunc, ctx context.Context, d sending.Delivery) (graph.SendResult, error)
		want    []string
	}{
		"twice": {func(next sending.DeliverFunc, ctx context.Context, d sending.Delivery) (graph.SendResult, error) {
			first, err := next(ctx, d)
			again, errAgain := next(ctx, d)
			if first.MID != again.MID {
				panic("another result")
			}
			return again, errors.Join(err, errAgain)
		}, []string{"you said hi"}},
		"twice in parallel": {func(next sending.DeliverFunc, ctx context.Context, d sending.Delivery) (graph.SendResult, error) {
			errs := make(chan error)
			go func() {
				_, err := next(ctx, d)
				errs <- err
			}()
			result, err := next(ctx, d)
			return result, errors.Join(err, <-errs)
		}, []string{"you said hi"}},
		"in a goroutine that outlives it": {func(next sending.DeliverFunc, ctx context.Context, d sending.Delivery) (graph.SendResult, error) {
			begun := make(chan struct{})
			go func() {
				close(begun)
				_, _ = next(ctx, d)
			}()
			<-begun
			time.Sleep(time.Millisecond)
			return graph.SendResult{}, nil
		}, []string{"you said hi"}},
		"later": {func(next sending.DeliverFunc, ctx context.Context, d sending.Delivery) (graph.SendResult, error) {
			go func() {
				time.Sleep(time.Second)
				_, _ = next(context.WithoutCancel(ctx), d)
			}()
			return graph.SendResult{}, nil
		}, nil},
		"never": {func(sending.DeliverFunc, context.Context, sending.Delivery) (graph.SendResult, error) {
			return graph.SendResult{}, nil
		}, nil},
		"with a context of its own": {func(next sending.DeliverFunc, _ context.Context, d sending.Delivery) (graph.SendResult, error) {
			return next(context.Background(), d)
		}, nil},
		"with another message": {func(next sending.DeliverFunc, ctx context.Context, d sending.Delivery) (graph.SendResult, error) {
			d.Message.Text += "!"
			return next(ctx, d)
		}, []string{"you said hi!"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var attempts atomic.Int32
			wrap := func(next sending.DeliverFunc) sending.DeliverFunc {
				return func(ctx context.Context, d sending.Delivery) (graph.SendResult, error) {
					attempts.Add(1)
					return c.deliver(next, ctx, d)
				}
			}
			cfg := config{Policy: texts(echo), SendMiddleware: []sending.Middleware{wrap}}
			inBubble(t, simulator.Config{}, cfg, func(w *world) {
				w.Says(ada, "hi")
				after(10 * time.Minute)
				require.Equal(t, c.want, w.Texts(ada))
				require.EqualValues(t, 1, attempts.Load())
			})
		})
	}
}

// What the platform has answered is known, even if the middleware then does not return it.
func TestSendMiddlewareThatDiesAfterTheRequest(t *testing.T) {
	t.Parallel()
	for name, die := range map[string]func(){
		"panics":             func() { panic("oops") },
		"ends its goroutine": runtime.Goexit,
	} {
		for _, atMostOnce := range []bool{false, true} {
			t.Run(fmt.Sprint(name, ", at most once: ", atMostOnce), func(t *testing.T) {
				t.Parallel()
				wrap := func(next sending.DeliverFunc) sending.DeliverFunc {
					return func(ctx context.Context, d sending.Delivery) (graph.SendResult, error) {
						_, _ = next(ctx, d)
						die()
						return graph.SendResult{}, nil
					}
				}
				failed := make(chan error, 10)
				cfg := config{
					AtMostOnce: atMostOnce, Policy: texts(echo), SendMiddleware: []sending.Middleware{wrap},
					OnSendFailed: func(_ context.Context, f sending.Failure) { failed <- f.Err },
				}
				inBubble(t, simulator.Config{}, cfg, func(w *world) {
					w.Says(ada, "hi")
					after(10 * time.Minute)
					require.Equal(t, []string{"you said hi"}, w.Texts(ada))
					require.Empty(t, failed)
					stats := w.engine.Counts()
					require.Equal(t, map[store.SentOutcome]int64{store.OutcomeSent: 1}, stats.Sends)
				})
			})
		}
	}
}

// TestSendMiddlewareThatIgnoresItsContext is abandoned: what was not sent is sent later, what was
// sent is known.
func TestSendMiddlewareThatIgnoresItsContext(t *testing.T) {
	t.Parallel()
	for name, before := range map[string]bool{"before next": true, "after next": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var attempts atomic.Int32
			wrap := func(next sending.DeliverFunc) sending.DeliverFunc {
				return func(ctx context.Context, d sending.Delivery) (graph.SendResult, error) {
					if attempts.Add(1) > 1 {
						return next(ctx, d)
					}
					if before {
						time.Sleep(10 * time.Minute)
						return next(context.WithoutCancel(ctx), d)
					}
					result, err := next(ctx, d)
					time.Sleep(10 * time.Minute)
					return result, err
				}
			}
			cfg := config{Policy: texts(echo), SendMiddleware: []sending.Middleware{wrap}, SendTimeout: 5 * time.Second}
			inBubble(t, simulator.Config{}, cfg, func(w *world) {
				w.Says(ada, "1")
				w.Says(lin, "1")
				after(time.Minute)
				require.Equal(t, []string{"you said 1"}, w.Texts(ada))
				w.Says(ada, "2")
				after(20 * time.Minute)
				require.Equal(t, []string{"you said 1", "you said 2"}, w.Texts(ada))
				require.Equal(t, []string{"you said 1"}, w.Texts(lin))
			})
		})
	}
}

// TestSlowMiddlewareDelaysNoOtherConversation.
func TestSlowMiddlewareDelaysNoOtherConversation(t *testing.T) {
	t.Parallel()
	slowTurn := func(next handling.TurnFunc) handling.TurnFunc {
		return func(ctx context.Context, ev *receiving.Event) error {
			if ev.PSID == ada {
				time.Sleep(8 * time.Second)
			}
			return next(ctx, ev)
		}
	}
	slowSend := func(next sending.DeliverFunc) sending.DeliverFunc {
		return func(ctx context.Context, d sending.Delivery) (graph.SendResult, error) {
			if d.PSID == ada {
				time.Sleep(8 * time.Second)
			}
			return next(ctx, d)
		}
	}
	cfg := config{
		Policy: texts(echo), TurnMiddleware: []handling.Middleware{slowTurn}, SendMiddleware: []sending.Middleware{slowSend}, Workers: 2,
	}
	inBubble(t, simulator.Config{}, cfg, func(w *world) {
		w.Says(ada, "1")
		for _, text := range []string{"1", "2", "3"} {
			w.Says(lin, text)
			after(time.Second)
		}
		require.Equal(t, []string{"you said 1", "you said 2", "you said 3"}, w.Texts(lin))
		require.Empty(t, w.Texts(ada))
		after(time.Minute)
		require.Equal(t, []string{"you said 1"}, w.Texts(ada))
	})
}

// TestLogsOfABot has both built-in logs around a bot, with a silence inside.
func TestLogsOfABot(t *testing.T) {
	t.Parallel()
	var turns, sends bytes.Buffer
	line := func(out *bytes.Buffer) *slog.Logger {
		return slog.New(slog.NewTextHandler(out, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			switch a.Key {
			case "time", "duration", "event", "send", "mid", "person":
				return slog.Attr{}
			}
			return a
		}}))
	}
	tries := 0
	failing := route("failing", func(context.Context, *receiving.Event, *sending.Replier) error {
		if tries++; tries == 1 {
			return errors.New("no")
		}
		return nil
	})
	cfg := config{
		Policy: texts(echo, failing), Quiet: anHour(),
		TurnMiddleware: []handling.Middleware{handling.Log{Logger: line(&turns)}.Wrap},
		SendMiddleware: []sending.Middleware{sending.Log{Logger: line(&sends)}.Wrap},
	}
	inBubble(t, beside(), cfg, func(w *world) {
		w.Fault(simulator.Fault{Error: &simulator.GraphError{Code: 613, Message: "too fast"}})
		w.Says(ada, "hi")
		after(time.Minute)
		w.humanSays(ada, "Eve here")
		at := w.Person(ada).HumanAt
		w.Says(ada, "hm")
		after(time.Second)
		silence := "silence=\"silent: a human wrote at " + at.Format(time.RFC3339) + ", until " + at.Add(time.Hour).Format(time.RFC3339) + "\""
		require.Equal(t, []string{
			`level=WARN msg=turn page=` + pageID + ` type=SIMPLE_TEXT attempt=1 routes="[echo failing]" messages=1 error="route failing: no"`,
			`level=INFO msg=turn page=` + pageID + ` type=SIMPLE_TEXT attempt=2 routes="[echo failing]" messages=1`,
			`level=INFO msg=turn page=` + pageID + ` type=ECHO attempt=1 routes=[] messages=0`,
			`level=INFO msg=turn page=` + pageID + ` type=ECHO attempt=1 routes=[] messages=0 ` + silence,
			`level=INFO msg=turn page=` + pageID + ` type=SIMPLE_TEXT attempt=1 routes=[] messages=0 ` + silence,
		}, strings.Split(strings.TrimSpace(turns.String()), "\n"))
		lines := strings.Split(strings.TrimSpace(sends.String()), "\n")
		require.Len(t, lines, 2)
		require.Contains(t, lines[0], `level=WARN msg=send page=`+pageID+` kind=text attempt=1 outcome=retry status=`)
		require.Contains(t, lines[0], ` code=613 `)
		require.Equal(t, `level=INFO msg=send page=`+pageID+` kind=text attempt=2 outcome=sent`, lines[1])
	})
}
