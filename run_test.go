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
		w.says(ada, "one")
		w.says(ada, "two")
		after(time.Second)
		begun := time.Now()
		w.stop()
		require.Equal(t, 4*time.Second, time.Since(begun).Round(time.Second), "the turn that ran is finished, no other begun")
		require.Equal(t, []string{"you said one"}, w.texts(ada))
		w.start()
		after(6 * time.Second)
		require.Equal(t, []string{"you said one", "you said two"}, w.texts(ada))
		person, err := w.store.Person(t.Context(), pageID, ada)
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
		w.says(ada, "one")
		after(time.Second)
		begun := time.Now()
		w.stop()
		require.Equal(t, 2*time.Second, time.Since(begun).Round(time.Second))
		w.start()
		after(time.Second)
		require.Equal(t, []string{"done"}, w.texts(ada), "the lease was given back, no attempt was counted, no pause kept")
	})
}

func TestRunOnce(t *testing.T) {
	t.Parallel()
	inBubble(t, simulator.Config{}, messenger.Config{}, func(w *world) {
		after(time.Millisecond)
		require.ErrorIs(t, w.bot.Run(t.Context()), messenger.ErrRunning)
		w.stop()
		require.ErrorIs(t, w.bot.Run(t.Context()), messenger.ErrRunning)
		require.ErrorIs(t, w.bot.Healthy(w.t.Context()), messenger.ErrNotRunning)
	})
}

func TestTwoReplicasHandleEachEventOnceAndInOrder(t *testing.T) {
	t.Parallel()
	inBubble(t, simulator.Config{}, messenger.Config{Policy: texts(echo)}, func(w *world) {
		stopFirst := w.stop
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
		require.Equal(t, want, w.texts(ada))
		require.Equal(t, want, w.texts(lin))
		stopFirst()
	})
}

func TestPausedReplicaLosesItsEffects(t *testing.T) {
	t.Parallel()
	// A store whose renewals fail is what a replica sees that was paused, or
	// cut off, past its lease.
	st := &noRenew{Store: memory.New(memory.Config{})}
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
		w.says(ada, "one")
		after(2 * time.Minute)
		require.EqualValues(t, 2, runs.Load())
		require.Equal(t, []string{"done"}, w.texts(ada))
		person, err := w.store.Person(t.Context(), pageID, ada)
		require.NoError(t, err)
		require.Equal(t, 1, person.ThumbUps)
	})
}

// noRenew is a store that cannot renew leases.
type noRenew struct{ store.Store }

func (s noRenew) Unwrap() store.Store { return s.Store }

func (noRenew) Renew(context.Context, time.Duration, ...store.LeaseID) ([]store.LeaseID, error) {
	return nil, context.DeadlineExceeded
}

func TestFirstAnswerUsesTheProfileAndASlowOneCostsASecondAtMost(t *testing.T) {
	t.Parallel()
	policy := routing.Policy{
		receiving.TypeDefault:    {{Handler: handling.UserProfile{}}},
		receiving.TypeSimpleText: {{Handler: handling.Dummy{}, Senders: sending.List(sending.SimpleMessage{Text: "Hello, %{first_name|there}!"})}},
	}
	inBubble(t, simulator.Config{}, messenger.Config{Policy: policy}, func(w *world) {
		w.says(ada, "hi")
		after(10 * time.Millisecond)
		require.Equal(t, []string{"Hello, Ada!"}, w.texts(ada))

		w.Fault(simulator.Fault{Match: func(method, _ string) bool { return method == "GET" }, Delay: 3 * time.Second, Effect: true})
		w.says(lin, "hi")
		after(900 * time.Millisecond)
		require.Empty(t, w.texts(lin))
		after(200 * time.Millisecond)
		require.Equal(t, []string{"Hello, there!"}, w.texts(lin))
		w.says(lin, "hi")
		after(10 * time.Millisecond)
		require.Len(t, w.texts(lin), 2, "the second turn does not wait")
		after(3 * time.Second)
		w.says(lin, "hi")
		after(10 * time.Millisecond)
		require.Equal(t, []string{"Hello, there!", "Hello, there!", "Hello, 小美!"}, w.texts(lin))
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
			w.says(ada, "hi")
		}
		after(time.Second)
		person, err := w.store.Person(t.Context(), pageID, ada)
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
		w.stop()
		w.start()
		after(time.Second)
		require.Len(t, w.Requests(), calls+1, "what is there already is only read")
		w.stop()

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
		w.says(ada, "poison")
		w.says(ada, "fine")
		w.says(lin, "fine")
		after(time.Second)
		require.Equal(t, []string{"you said fine"}, w.texts(lin))
		after(5 * time.Minute)
		require.Equal(t, []string{"you said fine"}, w.texts(ada))
		dead, err := as[store.DeadLetters](w.t, w.store).Dead(t.Context(), store.DeadQuery{})
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
		w.says(ada, "one")
		after(10 * time.Second)
		require.Empty(t, w.texts(ada))
		st.down.Store(false)
		after(2 * time.Second)
		require.Equal(t, []string{"you said one"}, w.texts(ada))
		require.EqualValues(t, 1, runs.Load(), "the commit was tried again, not the handler")

		st.down.Store(true)
		w.says(ada, "two")
		after(time.Hour)
		st.down.Store(false)
		after(2 * time.Second)
		require.Equal(t, []string{"you said one", "you said two"}, w.texts(ada))
		stats, err := w.bot.Stats(t.Context())
		require.NoError(t, err)
		require.Zero(t, stats.Queue.Dead+int(stats.Retried))
	})
}
