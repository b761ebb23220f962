package messenger_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
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
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
	"github.com/djmessenger/messenger/threadsettings"
)

// newIdle builds a bot that nobody runs.
func newIdle(t *testing.T, log io.Writer) *messenger.Bot {
	t.Helper()
	bot, err := messenger.New(messenger.Config{
		Apps: messenger.App(appSecret), VerifyToken: secret.New(verifyToken), Tokens: graph.PageToken(pageToken),
		Logger: slog.New(slog.NewTextHandler(log, nil)),
	})
	require.NoError(t, err)
	return bot
}

func TestStopFinishesWhatRunsAndLosesNothing(t *testing.T) {
	t.Parallel()
	policy := texts(route("slow", func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
		time.Sleep(5 * time.Second)
		return reply.Reply(ctx, sending.Text("you said "+ev.Text()))
	}))
	inBubble(t, simulator.Config{}, messenger.Config{Policy: policy}, func(w *world) {
		w.Says(ada, "one")
		w.Says(ada, "two")
		after(time.Second)
		begun := time.Now()
		w.Stop()
		require.Equal(t, 4*time.Second, time.Since(begun).Round(time.Second), "the turn that ran is finished, no other begun")
		require.Equal(t, []string{"you said one"}, w.Texts(ada))
		w.start()
		after(6 * time.Second)
		require.Equal(t, []string{"you said one", "you said two"}, w.Texts(ada))
		person, err := w.Store.Person(t.Context(), pageID, ada)
		require.NoError(t, err)
		require.False(t, person.LastAct.IsZero())
	})
}

func TestGracePeriodEnds(t *testing.T) {
	t.Parallel()
	var runs atomic.Int32
	policy := texts(route("patient", func(ctx context.Context, _ *receiving.Event, reply *sending.Replier) error {
		if runs.Add(1) == 1 {
			<-ctx.Done()
			return ctx.Err()
		}
		return reply.Reply(ctx, sending.Text("done"))
	}))
	cfg := messenger.Config{Policy: policy, GracePeriod: 2 * time.Second}
	inBubble(t, simulator.Config{}, cfg, func(w *world) {
		w.Says(ada, "one")
		after(time.Second)
		begun := time.Now()
		w.Stop()
		require.Equal(t, 2*time.Second, time.Since(begun).Round(time.Second))
		w.start()
		after(time.Second)
		require.Equal(t, []string{"done"}, w.Texts(ada), "the lease was given back, no attempt was counted, no pause kept")
	})
}

func TestRunOnce(t *testing.T) {
	t.Parallel()
	inBubble(t, simulator.Config{}, messenger.Config{}, func(w *world) {
		after(time.Millisecond)
		require.ErrorIs(t, w.bot.Run(t.Context()), messenger.ErrRunning)
		w.Stop()
		require.ErrorIs(t, w.bot.Run(t.Context()), messenger.ErrRunning)
		require.ErrorIs(t, w.bot.Healthy(w.T.Context()), messenger.ErrNotRunning)
	})
}

func TestTwoReplicasHandleEachEventOnceAndInOrder(t *testing.T) {
	t.Parallel()
	inBubble(t, simulator.Config{}, messenger.Config{Policy: texts(echo)}, func(w *world) {
		stopFirst := w.Stop
		w.start() // a second bot on the same store
		var want []string
		for _, psid := range []string{ada, lin} {
			want = nil
			for _, text := range []string{"a", "b", "c", "d", "e"} {
				_, err := w.Say(t.Context(), psid, text)
				require.NoError(t, err)
				want = append(want, "you said "+text)
			}
		}
		after(3 * time.Second) // at first each has a small share of the page's rate
		require.Equal(t, want, w.Texts(ada))
		require.Equal(t, want, w.Texts(lin))
		stopFirst()
	})
}

func TestPausedReplicaLosesItsEffects(t *testing.T) {
	t.Parallel()
	// A store whose renewals fail is what a replica sees that was paused, or
	// cut off, past its lease.
	st := &bubble.NoRenew{Store: memory.New(memory.Config{})}
	var runs atomic.Int32
	policy := texts(route("slow", func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
		if runs.Add(1) == 1 {
			time.Sleep(20 * time.Second) // past the lease of 15 s
		}
		if err := store.Queue(ctx, store.AddThumbUp{PageID: ev.PageID, PSID: ev.PSID}); err != nil {
			return err
		}
		return reply.Reply(ctx, sending.Text("done"))
	}))
	inBubble(t, simulator.Config{}, messenger.Config{Policy: policy, Store: st}, func(w *world) {
		w.Says(ada, "one")
		after(2 * time.Minute)
		require.EqualValues(t, 2, runs.Load())
		require.Equal(t, []string{"done"}, w.Texts(ada))
		person, err := w.Store.Person(t.Context(), pageID, ada)
		require.NoError(t, err)
		require.Equal(t, 1, person.ThumbUps)
	})
}

func TestFirstAnswerUsesTheProfileAndASlowOneCostsASecondAtMost(t *testing.T) {
	t.Parallel()
	policy := routing.Policy{
		receiving.TypeDefault:    {{Handler: handling.UserProfile{}}},
		receiving.TypeSimpleText: {{Handler: handling.Dummy{}, Senders: sending.List(sending.SimpleMessage{Text: "Hello, %{first_name|there}!"})}},
	}
	inBubble(t, simulator.Config{}, messenger.Config{Policy: policy}, func(w *world) {
		w.Says(ada, "hi")
		after(10 * time.Millisecond)
		require.Equal(t, []string{"Hello, Ada!"}, w.Texts(ada))

		w.Fault(simulator.Fault{Match: func(method, _ string) bool { return method == "GET" }, Delay: 3 * time.Second, Effect: true})
		w.Says(lin, "hi")
		after(900 * time.Millisecond)
		require.Empty(t, w.Texts(lin))
		after(200 * time.Millisecond)
		require.Equal(t, []string{"Hello, there!"}, w.Texts(lin))
		w.Says(lin, "hi")
		after(10 * time.Millisecond)
		require.Len(t, w.Texts(lin), 2, "the second turn does not wait")
		after(3 * time.Second)
		w.Says(lin, "hi")
		after(10 * time.Millisecond)
		require.Equal(t, []string{"Hello, there!", "Hello, there!", "Hello, 小美!"}, w.Texts(lin))
	})
}

func TestRefusedProfileIsAPersonWithoutOne(t *testing.T) {
	t.Parallel()
	policy := routing.Policy{receiving.TypeDefault: {{Handler: handling.UserProfile{}}}}
	inBubble(t, simulator.Config{}, messenger.Config{Policy: policy}, func(w *world) {
		w.Fault(simulator.Fault{
			Match: func(method, _ string) bool { return method == "GET" }, Times: -1, Status: 400,
			Error: &simulator.GraphError{Code: 2018218, Message: "profile not available"},
		})
		for range 3 {
			w.Says(ada, "hi")
		}
		after(time.Second)
		person, err := w.Store.Person(t.Context(), pageID, ada)
		require.NoError(t, err)
		require.True(t, person.ProfileRefused)
		require.Len(t, w.Requests(), 1, "a refusal is remembered")
	})
}

func TestThreadSettingsAreAppliedAtStartAndTriedAgain(t *testing.T) {
	t.Parallel()
	cfg := messenger.Config{ThreadSettings: map[string]threadsettings.Settings{graph.Me: {
		GetStarted: &threadsettings.GetStarted{}, PersistentMenu: threadsettings.MenuOf(threadsettings.MenuItem{Title: "Help"}),
	}}}
	inBubble(t, simulator.Config{}, cfg, func(w *world) {
		after(time.Second)
		require.JSONEq(t, `{"payload":"GET_STARTED_BUTTON"}`, string(w.Profile()["get_started"]))
		calls := len(w.Requests())
		w.Stop()
		w.start()
		after(time.Second)
		require.Len(t, w.Requests(), calls+1, "what is there already is only read")
		w.Stop()

		w.Fault(simulator.Fault{Match: func(string, string) bool { return true }, Status: 500, Body: "oops"})
		calls = len(w.Requests())
		w.start()
		after(time.Second)
		require.Len(t, w.Requests(), calls+1)
		after(2 * time.Second)
		require.Len(t, w.Requests(), calls+2)
	})
}

// picky is a store that cannot take one kind of write.
type picky struct{ store.Store }

func (p picky) Unwrap() store.Store { return p.Store }

func (p picky) Commit(ctx context.Context, out store.Outcome) ([]store.QueuedSend, error) {
	for _, w := range out.Writes {
		if _, ok := w.(store.AddThumbUp); ok {
			return nil, errors.New("no such column: thumb_ups")
		}
	}
	return p.Store.Commit(ctx, out)
}

func TestOutcomeThatTheStoreCannotTakeBecomesADeadLetter(t *testing.T) {
	t.Parallel()
	poison := texts(echo, route("poison", func(ctx context.Context, ev *receiving.Event, _ *sending.Replier) error {
		if ev.Text() == "poison" {
			return store.Queue(ctx, store.AddThumbUp{PageID: ev.PageID, PSID: ev.PSID})
		}
		return nil
	}))
	inBubble(t, simulator.Config{}, messenger.Config{Policy: poison, Store: picky{memory.New(memory.Config{})}}, func(w *world) {
		w.Says(ada, "poison")
		w.Says(ada, "fine")
		w.Says(lin, "fine")
		after(time.Second)
		require.Equal(t, []string{"you said fine"}, w.Texts(lin))
		after(5 * time.Minute)
		require.Equal(t, []string{"you said fine"}, w.Texts(ada))
		dead, err := bubble.As[store.DeadLetters](w.T, w.Store).Dead(t.Context(), store.DeadQuery{})
		require.NoError(t, err)
		require.Len(t, dead, 1)
		require.Equal(t, 4, dead[0].Attempts, "it was tried as often as any turn that fails")
		require.Contains(t, dead[0].Failures[0].Error, "the store refused the outcome: no such column: thumb_ups")
	})
}

// flaky is a store that is away now and then.
type flaky struct {
	store.Store
	down atomic.Bool
}

func (f *flaky) Unwrap() store.Store { return f.Store }

var errAway = errors.New("connection refused")

func (f *flaky) Claim(ctx context.Context, c store.Claim) ([]store.Lease, error) {
	if f.down.Load() {
		return nil, errAway
	}
	return f.Store.Claim(ctx, c)
}

func (f *flaky) Commit(ctx context.Context, out store.Outcome) ([]store.QueuedSend, error) {
	if f.down.Load() {
		return nil, errAway
	}
	return f.Store.Commit(ctx, out)
}

func TestStoreThatGoesAwayAndComesBackCostsNothing(t *testing.T) {
	t.Parallel()
	st := &flaky{Store: memory.New(memory.Config{})}
	var runs atomic.Int32
	policy := texts(route("count", func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
		if runs.Add(1) == 1 {
			st.down.Store(true) // before the commit
		}
		return reply.Reply(ctx, sending.Text("you said "+ev.Text()))
	}))
	inBubble(t, simulator.Config{}, messenger.Config{Policy: policy, Store: st}, func(w *world) {
		w.Says(ada, "one")
		after(10 * time.Second)
		require.Empty(t, w.Texts(ada))
		st.down.Store(false)
		after(2 * time.Second)
		require.Equal(t, []string{"you said one"}, w.Texts(ada))
		require.EqualValues(t, 1, runs.Load(), "the commit was tried again, not the handler")

		st.down.Store(true)
		w.Says(ada, "two")
		after(time.Hour)
		st.down.Store(false)
		after(2 * time.Second)
		require.Equal(t, []string{"you said one", "you said two"}, w.Texts(ada))
		stats, err := w.bot.Stats(t.Context())
		require.NoError(t, err)
		require.Zero(t, stats.Queue.Dead+int(stats.Retried))
	})
}
