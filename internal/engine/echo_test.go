package engine_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/bubble"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
)

// A message with unknown outcome is sent again at once on a page that gets no echoes.
// On one that does it waits for its own, which settles it: for half a minute, and
// for no longer than the echo takes.
func TestSendOfUnknownOutcomeWaitsForItsEcho(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		echoing    bool
		after      time.Duration // it is sent, or settled, by then; not a second before
		echoAfter  time.Duration // 0: never
		lastEchoed time.Duration // ago
		want       []string
	}{
		"a page without echoes":           {after: time.Second, want: []string{"news"}},
		"an echo that never comes":        {echoing: true, after: 30 * time.Second, want: []string{"news"}},
		"an echo that comes":              {echoing: true, echoAfter: 5 * time.Second, after: 5 * time.Second},
		"a page without echoes for a day": {echoing: true, lastEchoed: 25 * time.Hour, after: time.Second, want: []string{"news"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, simulator.Config{Strangers: true}, config{Policy: texts(echo)}, func(w *world) {
				if c.echoing {
					require.Equal(t, 200, w.Posts(echoOf(lin, appID, wire(t, "earlier"), "earlier")).Code)
					after(time.Second)
				}
				w.Stop()
				after(c.lastEchoed)
				key := w.diesSending(ada, sending.Text("news"))
				started := time.Now()
				w.start()
				if c.echoAfter > 0 {
					after(c.echoAfter)
					require.Empty(t, w.Texts(ada))
					require.Equal(t, 200, w.Posts(echoOf(ada, appID, wire(t, key), "news")).Code)
				} else if c.after > time.Second {
					after(c.after - time.Second - time.Since(started))
					require.Empty(t, w.Texts(ada), "not before")
				}
				after(2 * time.Second)
				require.Equal(t, c.want, w.Texts(ada))
				stats, err := bubble.As[store.Inspector](t, w.Store).Stats(t.Context())
				require.NoError(t, err)
				require.Zero(t, stats.Sends)

				// Nobody waits for what is settled.
				w.Says(ada, "hi")
				after(100 * time.Millisecond)
				require.Equal(t, append(c.want, "you said hi"), w.Texts(ada))
			})
		})
	}
}

// That an attempt may have arrived stays true when the next one is refused for
// sure: the echo of the first still settles the message.
func TestEchoSettlesWhatWasRefusedMeanwhile(t *testing.T) {
	t.Parallel()
	inBubble(t, simulator.Config{Strangers: true}, config{}, func(w *world) {
		w.Stop()
		key := w.diesSending(ada, sending.Text("news"))
		w.Fault(simulator.Fault{Times: 3, Status: 400, Error: &simulator.GraphError{Code: 613, Message: "slow down"}})
		w.start()
		after(time.Second)
		require.Len(t, w.Requests(), 1, "it was tried again, and refused")
		require.Equal(t, 200, w.Posts(echoOf(ada, appID, wire(t, key), "news")).Code)
		after(5 * time.Minute)
		require.Empty(t, w.Texts(ada))
		require.Len(t, w.Requests(), 1)
	})
}

func TestEchoAfterAnAttemptOfUnknownOutcomeSettlesIt(t *testing.T) {
	t.Parallel()
	platform := simulator.Config{Fields: append(simulator.DefaultFields(), "message_echoes")}
	inBubble(t, platform, config{Policy: texts(echo)}, func(w *world) {
		w.Fault(simulator.Fault{Drop: simulator.DropAfter})
		w.Says(ada, "hi")
		after(time.Minute)
		require.Equal(t, []string{"you said hi"}, w.Texts(ada), "the platform took it and said so; it is not sent again")
		require.ElementsMatch(t, []store.SentOutcome{store.OutcomeUncertain, store.OutcomeEchoed}, outcomes(t, w.Store, ada))
	})
}

// With a route that always fails, the answers of the others come when they
// should, and whoever looks sees which conversation it holds up.
func TestBlockedConversationIsShown(t *testing.T) {
	t.Parallel()
	policy := texts(echo, route("broken", func(context.Context, *receiving.Event, *sending.Replier) error { return errors.New("always") }))
	inBubble(t, simulator.Config{Strangers: true}, config{Policy: policy}, func(w *world) {
		start := time.Now()
		w.Says(ada, "hi")
		after(10 * time.Second)
		stats, err := bubble.As[store.Inspector](t, w.Store).Stats(t.Context())
		require.NoError(t, err)
		require.Len(t, stats.Blocked, 1)
		require.Equal(t, ada, stats.Blocked[0].PSID)
		require.Equal(t, 3, stats.Blocked[0].Attempts)
		require.WithinDuration(t, start, stats.Blocked[0].Since, time.Second)
		require.Empty(t, w.Texts(ada))

		after(30 * time.Second) // 1, 5 and 25 seconds after it came, and up to a quarter more
		require.Equal(t, []string{"you said hi"}, w.Texts(ada), "the other route's answer")
		stats, err = bubble.As[store.Inspector](t, w.Store).Stats(t.Context())
		require.NoError(t, err)
		require.Empty(t, stats.Blocked)
		require.Equal(t, 1, stats.Dead)

		for i := range 12 {
			require.NoError(t, w.Post(t.Context(), json.RawMessage(fmt.Sprintf(
				`{"sender":{"id":"9%03d"},"recipient":{"id":"%s"},"timestamp":%d,"message":{"mid":"m_%d","text":"hi"}}`,
				i, pageID, time.Now().UnixMilli(), i))))
			after(time.Millisecond)
		}
		after(500 * time.Millisecond)
		stats, err = bubble.As[store.Inspector](t, w.Store).Stats(t.Context())
		require.NoError(t, err)
		require.Len(t, stats.Blocked, 10, "those that wait longest")
		require.Equal(t, "9000", stats.Blocked[0].PSID)
	})
}
