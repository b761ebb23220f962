package engine_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/secret"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
)

func TestThrottledSendWaitsAndKeepsItsPlace(t *testing.T) {
	t.Parallel()
	inBubble(t, simulator.Config{}, config{Policy: texts(three)}, func(w *world) {
		w.Fault(simulator.Fault{Times: 2, Status: 400, Error: &simulator.GraphError{Code: 613, Message: "slow down"}})
		w.Says(ada, "go")
		w.Says(lin, "go")
		after(5 * time.Minute)
		require.Equal(t, []string{"1", "2", "3"}, w.Texts(ada))
		require.Equal(t, []string{"1", "2", "3"}, w.Texts(lin))
	})
}

func TestFinalRefusalIsReportedAndTheNextGoesOut(t *testing.T) {
	t.Parallel()
	var failures []sending.Failure
	cfg := config{Policy: texts(three), OnSendFailed: func(_ context.Context, f sending.Failure) {
		failures = append(failures, f)
		panic("a hook that panics costs nothing")
	}}
	inBubble(t, simulator.Config{}, cfg, func(w *world) {
		w.Fault(simulator.Fault{Status: 400, Error: &simulator.GraphError{Code: 100, Message: "bad parameter"}})
		w.Says(ada, "go")
		after(time.Second)
		require.Equal(t, []string{"2", "3"}, w.Texts(ada))
		require.Len(t, failures, 1)
		require.Equal(t, "1", failures[0].Message.Text)
		require.ErrorContains(t, failures[0].Err, "bad parameter")
		require.Equal(t, []store.SentOutcome{"refused", "sent", "sent"}, outcomes(t, w.Store, ada))
	})
}

func TestUnavailablePersonIsMarkedUntilTheirNextAct(t *testing.T) {
	t.Parallel()
	var reported atomic.Int32
	cfg := config{Policy: texts(three), OnSendFailed: func(context.Context, sending.Failure) { reported.Add(1) }}
	inBubble(t, simulator.Config{}, cfg, func(w *world) {
		require.NoError(t, w.Block(ada))
		w.Says(ada, "go")
		after(time.Second)
		require.Empty(t, w.Texts(ada))
		require.Equal(t, []store.SentOutcome{"refused", "set aside", "set aside"}, outcomes(t, w.Store, ada))
		require.EqualValues(t, 3, reported.Load())
		person, err := w.Store.Person(t.Context(), pageID, ada)
		require.NoError(t, err)
		require.False(t, person.UnavailableSince.IsZero())

		calls := len(w.Requests())
		w.send(ada, sending.Text("are you there?"))
		after(time.Second)
		require.Len(t, w.Requests(), calls, "refused here, not asked again")

		require.NoError(t, w.Unblock(ada))
		w.Says(ada, "go")
		after(time.Second)
		require.Equal(t, []string{"1", "2", "3"}, w.Texts(ada))
	})
}

func TestRefusedTokenHoldsThePageUntilThereIsANewOne(t *testing.T) {
	t.Parallel()
	var token atomic.Value
	token.Store(secret.New(pageToken))
	var told atomic.Int32
	cfg := config{
		Policy:         texts(three),
		Tokens:         graph.TokenFunc(func(context.Context, string) (secret.Value, error) { return token.Load().(secret.Value), nil }),
		OnTokenInvalid: func(context.Context, string, error) { told.Add(1) },
	}
	inBubble(t, simulator.Config{}, cfg, func(w *world) {
		w.SetPageToken("renewed")
		w.Says(ada, "go")
		w.Says(lin, "go")
		after(time.Minute)
		require.Empty(t, w.Texts(ada))
		require.EqualValues(t, 1, told.Load())
		require.LessOrEqual(t, len(w.Requests()), 2, "a page without a good token does not keep asking")

		token.Store(secret.New("renewed"))
		after(6 * time.Second)
		require.Equal(t, []string{"1", "2", "3"}, w.Texts(ada))
		require.Equal(t, []string{"1", "2", "3"}, w.Texts(lin))
	})
}

func TestClosedWindowIsRefusedHereUnlessTheMessageIsLegal(t *testing.T) {
	t.Parallel()
	var failures []error
	cfg := config{Policy: texts(echo), OnSendFailed: func(_ context.Context, f sending.Failure) {
		failures = append(failures, f.Err)
	}}
	inBubble(t, simulator.Config{}, cfg, func(w *world) {
		w.Says(ada, "hi")
		after(time.Second)
		calls := len(w.Requests())
		w.isAwayFor(24 * time.Hour)
		w.send(ada, sending.Text("too late"))
		after(time.Second)
		require.Len(t, w.Requests(), calls)
		require.Len(t, failures, 1)
		require.ErrorIs(t, failures[0], graph.ErrOutsideWindow)
		w.send(ada, sending.Text("a human says").WithTag(sending.TagHumanAgent))
		after(time.Second)
		require.Equal(t, []string{"you said hi", "a human says"}, w.Texts(ada))

		// Unknown is not closed: the platform decides.
		w.send(lin, sending.Text("hello"))
		after(time.Second)
		require.Len(t, w.Requests(), calls+2)
	})
}

func TestTimesThatCannotBeTrueCloseNoWindow(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		age  time.Duration
		want []string
	}{
		"a sample":            {10 * 365 * 24 * time.Hour, []string{"you said hi"}},
		"repeated for 25 h":   {25 * time.Hour, nil},
		"from the future":     {-time.Hour, []string{"you said hi"}},
		"a moment ago":        {time.Second, []string{"you said hi"}},
		"older than repeated": {37 * time.Hour, []string{"you said hi"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, simulator.Config{Strangers: true}, config{Policy: texts(echo)}, func(w *world) {
				require.NoError(t, w.Post(t.Context(), json.RawMessage(fmt.Sprintf(
					`{"sender":{"id":"4711"},"recipient":{"id":"%s"},"timestamp":%d,"message":{"mid":"m_1","text":"hi"}}`,
					pageID, time.Now().Add(-c.age).UnixMilli()))))
				after(time.Second)
				require.Equal(t, c.want, w.Texts("4711"))
			})
		})
	}
}

func TestUnknownFate(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		atMostOnce bool
		want       []string
		outcomes   []store.SentOutcome
	}{
		"at least once doubles": {false, []string{"1", "1", "2", "3"}, []store.SentOutcome{"uncertain", "sent", "sent", "sent"}},
		"at most once does not": {true, []string{"1", "2", "3"}, []store.SentOutcome{"uncertain", "sent", "sent"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, simulator.Config{}, config{Policy: texts(three), AtMostOnce: c.atMostOnce}, func(w *world) {
				w.Says(ada, "warm up")
				after(time.Second)
				first := len(w.Texts(ada))
				// The platform takes the message, and what stands between
				// loses the answer.
				w.Fault(simulator.Fault{Drop: simulator.DropAfter, Match: func(_, path string) bool { return true }})
				w.Says(ada, "go")
				after(time.Minute)
				require.Equal(t, c.want, w.Texts(ada)[first:])
				require.Equal(t, c.outcomes, outcomes(t, w.Store, ada)[3:])
			})
		})
	}
}

func TestOwnEchoesReachHandlersAndNobodyAnswersThem(t *testing.T) {
	t.Parallel()
	var seen []string
	watch := route("watch", func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
		m := ev.Payload.(*receiving.Message)
		seen = append(seen, m.Text+"/"+m.Metadata)
		return reply.Reply(ctx, sending.Text("talking to myself"))
	})
	policy := routing.Policy{
		receiving.TypeDefault:    {{Handler: handling.Dummy{}, Senders: sending.List(sending.Text("default"))}},
		receiving.TypeEcho:       {watch},
		receiving.TypeSimpleText: {{Handler: handling.Dummy{}, Senders: sending.List(sending.Text("hello").WithMetadata("mine"))}},
	}
	platform := simulator.Config{Fields: append(simulator.DefaultFields(), "message_echoes", "message_deliveries", "message_reads")}
	inBubble(t, platform, config{Policy: policy}, func(w *world) {
		w.Says(ada, "hi")
		require.NoError(t, w.Read(t.Context(), ada))
		after(time.Minute)
		require.Equal(t, []string{"default", "hello"}, w.Texts(ada))
		require.ElementsMatch(t, []string{"default/", "hello/mine"}, seen, "the program's own metadata comes back unchanged")
		stats := w.engine.Counts()
		require.Zero(t, stats.Dead, "a refused answer is no failure")
	})
}

func TestSendMiddleware(t *testing.T) {
	t.Parallel()
	errNo := errors.New("not in this house")
	cfg := config{Policy: texts(three), SendMiddleware: []sending.Middleware{
		func(next sending.DeliverFunc) sending.DeliverFunc {
			return func(ctx context.Context, d sending.Delivery) (graph.SendResult, error) {
				if d.Message.Text == "2" {
					return graph.SendResult{}, sending.Refuse(errNo)
				}
				return next(ctx, d)
			}
		},
	}}
	inBubble(t, simulator.Config{}, cfg, func(w *world) {
		w.Says(ada, "go")
		after(time.Second)
		require.Equal(t, []string{"1", "3"}, w.Texts(ada))
		require.Equal(t, []store.SentOutcome{"sent", "refused", "sent"}, outcomes(t, w.Store, ada))
	})
}
