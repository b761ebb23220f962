package engine_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
)

func TestManyQueuedMessagesGoOutInOrderBeforeTheNextAnswer(t *testing.T) {
	t.Parallel()
	for _, n := range []int{15, 16, 17, 50} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			inBubble(t, simulator.Config{}, config{Policy: texts(echo)}, func(w *world) {
				w.Says(ada, "hello")
				after(time.Second)
				w.Stop()
				want := []string{"you said hello"}
				for i := range n {
					text := fmt.Sprint("news ", i)
					w.send(ada, sending.Text(text))
					want = append(want, text)
				}
				w.Says(ada, "thanks")
				w.start()
				after(5 * time.Second)
				require.Equal(t, append(want, "you said thanks"), w.Texts(ada))
			})
		})
	}
}

func TestSendDuringATurnGoesOutBeforeTheTurnsAnswer(t *testing.T) {
	t.Parallel()
	var w *world
	policy := texts(route("both", func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
		if err := reply.Reply(ctx, sending.Text("answer to "+ev.Text())); err != nil {
			return err
		}
		w.send(ev.PSID, sending.Text("sent at "+ev.Text()))
		return nil
	}))
	inBubble(t, simulator.Config{}, config{Policy: policy}, func(in *world) {
		w = in
		w.Says(ada, "one")
		w.Says(ada, "two")
		after(5 * time.Second)
		require.Equal(t, []string{"sent at one", "answer to one", "sent at two", "answer to two"}, w.Texts(ada))
	})
}

func TestWhatWasSentIsDurableBeforeUserCodeRuns(t *testing.T) {
	t.Parallel()
	var seen []store.SentOutcome
	policy := texts(route("look", func(ctx context.Context, ev *receiving.Event, _ *sending.Replier) error {
		sent, err := store.From(ctx).Sent(ctx, ev.PageID, ev.PSID, 10)
		for _, s := range sent {
			seen = append(seen, s.Outcome)
		}
		return err
	}))
	inBubble(t, simulator.Config{Strangers: true}, config{Policy: policy}, func(w *world) {
		w.Stop()
		w.send(ada, sending.Text("before"))
		w.Says(ada, "hi")
		w.start()
		after(time.Second)
		require.Equal(t, []string{"before"}, w.Texts(ada))
		require.Equal(t, []store.SentOutcome{store.OutcomeSent}, seen)
	})
}

func TestSoundsGoOutAtTheirOwnPace(t *testing.T) {
	t.Parallel()
	inBubble(t, simulator.Config{Strangers: true}, config{}, func(w *world) {
		w.Stop()
		for i := range 40 {
			to := fmt.Sprint(4000 + i)
			w.send(to, sending.Audio("https://cdn.example/a.mp3"))
		}
		w.start()
		after(10 * time.Millisecond)
		w.send("5000", sending.Text("texts do not wait"))
		after(10 * time.Millisecond)
		require.Equal(t, []string{"texts do not wait"}, w.Texts("5000"))
		after(5 * time.Second)
		var sounds []time.Time
		for _, r := range w.Requests() {
			if strings.Contains(r.Body, "audio") {
				sounds = append(sounds, r.Time)
			}
		}
		require.Len(t, sounds, 40)
		for i := range sounds[10:] {
			require.GreaterOrEqual(t, sounds[i+10].Sub(sounds[i]), time.Second, "ten a second, whenever one begins to count")
		}
	})
}
