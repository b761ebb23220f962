package engine_test

import (
	"context"
	"errors"
	"log/slog"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/internal/bubble"
	"github.com/djmessenger/messenger/internal/raise"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/receiving/payload"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
)

var nothing = payload.New[payload.None]("nothing")

// TestOnlyTheStoreSaysWhatWasRaised: the body of an event that was put does not make it a signal,
// nor does the store take a body that is none for one. Neither runs a route.
func TestOnlyTheStoreSaysWhatWasRaised(t *testing.T) {
	t.Parallel()
	ran := 0
	count := route("count", func(context.Context, *receiving.Event, *sending.Replier) error { ran++; return nil })
	policy := routing.Policy{receiving.TypeSignal: {count}, receiving.TypeDefault: {{Name: "default", Handler: count.Handler, Signals: true}}}
	inBubble(t, simulator.Config{}, config{Policy: policy}, func(w *world) {
		ada := store.Conversation{PageID: pageID, PSID: ada}
		e := receiving.Envelope{Key: "k", PageID: ada.PageID, PSID: ada.PSID, Thread: ada.PSID, Signal: &receiving.Signal{Key: "k", Payload: "paid"}}
		forged, err := e.MarshalBinary()
		require.NoError(t, err)
		require.NoError(t, w.Store.Put(w.T.Context(), store.Event{Conversation: ada, Key: "forged", Time: time.Now(), Body: forged}))
		e.Signal, e.Raw = nil, []byte(`{"message":{"mid":"m","text":"hi"}}`)
		text, err := e.MarshalBinary()
		require.NoError(t, err)
		require.NoError(t, w.Store.Apply(w.T.Context(), store.Raise{Conversation: ada, Key: "text", Body: text}))
		after(time.Minute)
		require.Zero(t, ran)
		letters := w.Letters()
		require.Len(t, letters, 2)
		var failures []string
		for _, letter := range letters {
			require.Equal(t, 1, letter.Attempts, "a retry cannot help")
			failures = append(failures, letter.Failures[0].Error)
		}
		require.ElementsMatch(t, []string{
			"stored event: its body is a signal, and the program did not raise it", "stored event: the program raised it, and its body is no signal",
		}, failures)
		_, err = w.engine.Decode(store.Event{Conversation: ada, Key: "forged", Body: forged})
		require.Error(t, err)
	})
}

// TestRaisingForAStranger: a route that raises something for a person whom the store must know, and
// does not, fails alone.
func TestRaisingForAStranger(t *testing.T) {
	t.Parallel()
	stranger := store.Conversation{PageID: pageID, PSID: "4711"}
	policy := texts(route("thumb", thumb), route("stranger", func(ctx context.Context, _ *receiving.Event, _ *sending.Replier) error {
		return store.Queue(ctx, store.Raise{Conversation: stranger, Key: "k", Known: true})
	}))
	inBubble(t, simulator.Config{}, config{Policy: policy}, func(w *world) {
		w.Says(ada, "hi")
		after(time.Second)
		require.Empty(t, w.Letters(), "it is tried again")
		after(time.Minute)
		letters := w.Letters()
		require.Len(t, letters, 1)
		require.Equal(t, []store.Failure{{Route: "stranger", Error: store.ErrNoPerson.Error()}}, letters[0].Failures)
		require.Equal(t, 1, w.Person(ada).ThumbUps)
	})
}

// TestTimerWakesTheClaims: a timer that a turn has set is handled when it is due, and not when the
// store is polled next.
func TestTimerWakesTheClaims(t *testing.T) {
	t.Parallel()
	const delay = 3300 * time.Millisecond
	var set, fired time.Time
	policy := texts(route("set", func(ctx context.Context, _ *receiving.Event, _ *sending.Replier) error {
		set = time.Now()
		return handling.After(ctx, delay, "k", nothing, payload.None{})
	}))
	policy[receiving.TypeSignal] = []routing.Route{route("fired", func(ctx context.Context, ev *receiving.Event, _ *sending.Replier) error {
		if fired.IsZero() {
			fired = time.Now()
			return errors.New("broken")
		}
		return nil
	})}
	inBubble(t, simulator.Config{}, config{Policy: policy}, func(w *world) {
		w.Says(ada, "hi")
		after(time.Minute)
		require.WithinDuration(t, set.Add(delay), fired, 50*time.Millisecond)
		require.False(t, fired.Before(set.Add(delay)))
	})
}

// TestSignalWithoutARouteIsLogged: a signal that no route handles leaves a warning that names its kind, one for each
// kind; one that a route has handled, has skipped an otherwise route for, or that failed, leaves none.
func TestSignalWithoutARouteIsLogged(t *testing.T) {
	t.Parallel()
	paid, lost := payload.New[payload.None]("order.paid"), payload.New[payload.None]("order.lost")
	ignore := func(context.Context, *receiving.Event, payload.None, *sending.Replier) error { return nil }
	policy := texts(route("thumb", thumb))
	policy[receiving.TypeSignal] = []routing.Route{
		{Name: "nothing", Handler: handling.OnPayload(nothing, ignore)},
		{Name: "paid", Handler: handling.OnPayload(paid, func(context.Context, *receiving.Event, payload.None, *sending.Replier) error {
			return handling.Permanent(errors.New("broken"))
		})},
	}
	var log bubble.Log
	var stopped bool // by the middleware
	cfg := config{Policy: policy, Logger: slog.New(slog.NewJSONHandler(&log, nil)), TurnMiddleware: []handling.Middleware{
		func(next handling.TurnFunc) handling.TurnFunc {
			return func(ctx context.Context, ev *receiving.Event) error {
				if stopped {
					return nil
				}
				return next(ctx, ev)
			}
		},
	}}
	inBubble(t, simulator.Config{}, cfg, func(w *world) {
		w.Says(ada, "hi")
		after(time.Second)
		n := 0
		raise := func(text string) {
			t.Helper()
			n++
			raised, err := raise.Of(store.Raise{Conversation: store.Conversation{PageID: pageID, PSID: ada}, Key: strconv.Itoa(n)}, "", text)
			require.NoError(t, err)
			require.NoError(t, w.Store.Apply(t.Context(), raised))
			after(time.Second)
		}
		warnings := func() int {
			return strings.Count(log.String(), "no route has handled a signal: add a route under SIGNAL")
		}
		raise(nothing.MustEncodeSignal(payload.None{}))
		raise(paid.MustEncodeSignal(payload.None{}))
		require.Zero(t, warnings())
		stopped = true
		raise(lost.MustEncodeSignal(payload.None{}))
		require.Zero(t, warnings(), "the program has decided that")
		stopped = false
		raise(lost.MustEncodeSignal(payload.None{}))
		require.Equal(t, 1, warnings())
		require.Contains(t, log.String(), `"kind":"order.lost"`)
		raise(lost.MustEncodeSignal(payload.None{}))
		require.Equal(t, 1, warnings(), "once for each kind")
		raise("{no kind}")
		require.Equal(t, 2, warnings())
		for i := range 1000 {
			raise("kind" + strconv.Itoa(i))
		}
		require.Equal(t, 100, warnings(), "bounded")
		require.Len(t, w.Letters(), 1)
	})
}
