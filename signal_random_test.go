package messenger_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
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
	"github.com/djmessenger/messenger/store"
)

// raising is what a step of the test does: it raises a signal, sets a timer, or takes one back.
type raising struct {
	Do    string        `json:"do"`
	Key   string        `json:"key"`
	Word  string        `json:"word"`
	Delay time.Duration `json:"delay"`
}

var step = payload.New[raising]("step")

// inTurn does the step in a turn.
func (r raising) inTurn(ctx context.Context) error {
	switch r.Do {
	case "signal":
		return handling.Signal(ctx, r.Key, word, r.Word)
	case "after":
		return handling.After(ctx, r.Delay, r.Key, word, r.Word)
	}
	return handling.CancelTimer(ctx, r.Key)
}

// outside does the step from outside of turns.
func (r raising) outside(ctx context.Context, bot *messenger.Bot) error {
	switch r.Do {
	case "signal":
		return bot.Signal(ctx, pageID, ada, r.Key, word.MustEncodeSignal(r.Word))
	case "after":
		return bot.SignalAfter(ctx, pageID, ada, r.Delay, r.Key, word.MustEncodeSignal(r.Word))
	}
	_, err := bot.CancelSignal(ctx, pageID, ada, r.Key)
	return err
}

// raisings is the model: what waits by key, and what is to be handled, by its word with its due time.
type raisings struct {
	running bool
	waiting map[string]raising
	due     map[string]time.Time
	used    map[string]bool // keys of signals
	want    map[string]time.Time
}

// pass hands out what is due, if the bot runs.
func (m *raisings) pass(now time.Time) {
	for key, r := range m.waiting {
		if m.running && !m.due[key].After(now) {
			m.want[r.Word] = m.due[key]
			delete(m.waiting, key)
		}
	}
}

func (m *raisings) apply(r raising, now time.Time) {
	_, waits := m.waiting[r.Key]
	switch {
	case r.Do == "cancel":
		if waits {
			delete(m.used, r.Key)
		}
		delete(m.waiting, r.Key)
	case r.Do == "signal" && m.used[r.Key]:
	default:
		m.used[r.Key] = r.Do == "signal"
		m.waiting[r.Key], m.due[r.Key] = r, now.Add(r.Delay)
	}
}

// TestRandomSignals raises signals and timers at random, in turns of which some fail at first and from outside, moves and cancels them, and
// restarts the bot. Each is handled once, in the order of their due times, never before its time and within a second after it while the bot
// runs; what was cancelled is not, and of what was replaced only the last form is. Steps and due times are some seconds apart.
func TestRandomSignals(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			testRandomSignals(t, rand.New(rand.NewPCG(seed, 1)))
		})
	}
}

func testRandomSignals(t *testing.T, dice *rand.Rand) {
	t.Helper()
	var s heard
	failed := map[string]bool{}
	fails := func(ctx context.Context, ev *receiving.Event) error {
		if len(ev.Key)%2+int(ev.Key[len(ev.Key)-1])%3 == 1 && !failed[ev.Key] { // some, as their keys have it
			failed[ev.Key] = true
			return errors.New("fails at first")
		}
		return nil
	}
	policy := routing.Policy{
		receiving.TypeSignal: {{Handler: handling.OnPayload(word, func(ctx context.Context, ev *receiving.Event, _ string, _ *sending.Replier) error {
			if err := fails(ctx, ev); err != nil {
				return err
			}
			s.add(ctx, ev)
			return nil
		})}},
		receiving.TypeSimpleText: {route("steps", func(ctx context.Context, ev *receiving.Event, _ *sending.Replier) error {
			r, err := step.Decode(ev.Text())
			return errors.Join(err, r.inTurn(ctx), fails(ctx, ev))
		})},
	}
	inBubble(t, simulator.Config{}, messenger.Config{Policy: policy}, func(w *world) {
		require.NoError(t, w.Store.Apply(w.T.Context(), store.TouchPerson{PageID: pageID, PSID: ada, At: time.Now()}))
		m := raisings{running: true, waiting: map[string]raising{}, due: map[string]time.Time{}, used: map[string]bool{}, want: map[string]time.Time{}}
		for i := range 60 {
			after(10 * time.Second)
			m.pass(time.Now())
			if dice.IntN(8) == 0 {
				if m.running {
					w.Stop()
				} else {
					w.start()
				}
				m.running = !m.running
				continue
			}
			r := raising{Do: []string{"signal", "after", "after", "after", "cancel"}[dice.IntN(5)], Word: fmt.Sprint(i)}
			r.Key = fmt.Sprint("timer-", dice.IntN(4))
			if r.Do == "signal" || r.Do == "cancel" && dice.IntN(2) == 0 {
				r.Key = fmt.Sprint("signal-", dice.IntN(6))
			}
			if r.Do == "after" {
				r.Delay = time.Duration(dice.IntN(12))*10*time.Second + 5*time.Second
			}
			m.apply(r, time.Now())
			if m.running && dice.IntN(2) == 0 {
				w.Says(ada, step.MustEncode(r))
			} else {
				require.NoError(t, r.outside(w.T.Context(), w.bot))
			}
		}
		if !m.running {
			w.start()
			m.running = true
		}
		after(time.Hour)
		m.pass(time.Now())
		w.Stop() // what the handlers have noted may be read

		got := s.words(t)
		want := make([]string, 0, len(m.want))
		for said := range m.want {
			want = append(want, said)
		}
		require.ElementsMatch(t, want, got, "each once, and nothing else")
		require.Empty(t, m.waiting)
		require.True(t, slices.IsSortedFunc(s.events, func(a, b *receiving.Event) int { return a.Time.Compare(b.Time) }), "in order")
		for i, ev := range s.events {
			require.False(t, s.at[i].Before(ev.Time), "before its time")
			require.WithinRange(t, ev.Time, m.want[got[i]], m.want[got[i]].Add(3*time.Second), "with the delay of its last form")
		}
		require.Empty(t, w.Letters())
	})
}
