package engine_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/internal/bubble"
	"github.com/djmessenger/messenger/internal/engine"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
)

var errMine = errors.New("mine")

// TestOnDeadLetter: the program is told of each dead letter once it is durable, however it came
// about.
func TestOnDeadLetter(t *testing.T) {
	t.Parallel()
	fails := func(err error) routing.Policy {
		return texts(route("fails", func(context.Context, *receiving.Event, *sending.Replier) error { return err }), echo)
	}
	says := func(w *world) { w.Says(ada, "hi") }
	for name, c := range map[string]struct {
		policy   routing.Policy
		store    store.Store
		do       func(w *world)
		attempts int
		route    string
		is       error  // what the error matches
		says     string // or contains
		noEvent  bool
	}{
		"a permanent error": {policy: fails(handling.Permanent(errMine)), do: says, attempts: 1, route: "fails", is: errMine},
		"all tries failed":  {policy: fails(errMine), do: says, attempts: 4, route: "fails", is: errMine},
		"a panic":           {policy: texts(route("fails", func(context.Context, *receiving.Event, *sending.Replier) error { panic("mine") })), do: says, attempts: 4, route: "fails", says: "panic: mine"},
		"an undecodable event": {policy: fails(nil), attempts: 1, noEvent: true, says: "stored event", do: func(w *world) {
			require.NoError(w.T, w.Store.Put(w.T.Context(), store.Event{
				Conversation: store.Conversation{PageID: pageID, PSID: ada}, Key: "k", Time: time.Now(), Body: []byte("{"),
			}))
		}},
		"an event that ended its process": {policy: fails(nil), store: &fatalStore{Store: memory.New(memory.Config{})}, attempts: 1, says: "not run again", do: func(w *world) {
			w.Stop()
			w.Says(ada, "hi")
			st, ok := w.Store.(*fatalStore)
			require.True(w.T, ok)
			st.fatal.Store(true)
			w.start()
		}},
		"an outcome that the store refuses": {policy: fails(nil), store: &refusesSuccess{Store: memory.New(memory.Config{})}, attempts: 4, says: "the store refused the outcome", do: says},
		"a route that is gone": {policy: fails(handling.Permanent(errMine)), attempts: 1, says: "none of the routes to replay", do: func(w *world) {
			w.Says(ada, "hi")
			after(time.Second)
			w.setPolicy(routing.Policy{})
			require.NoError(w.T, bubble.As[store.DeadLetters](w.T, w.Store).Replay(w.T.Context(), w.Letters()[0].ID))
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var told []engine.DeadLetter
			var stored []store.DeadLetter
			var w *world
			cfg := config{Policy: c.policy, Store: c.store, OnDeadLetter: func(_ context.Context, letter engine.DeadLetter) {
				told = append(told, letter)
				stored = w.Letters()
			}}
			inBubble(t, simulator.Config{}, cfg, func(in *world) {
				w = in
				c.do(w)
				after(3 * time.Minute)
				stats := w.engine.Counts()
				require.EqualValues(t, len(told), stats.Dead)
				require.NotEmpty(t, told)
				letter := told[len(told)-1]
				require.Equal(t, []store.DeadLetter{letter.Letter}, stored, "the letter is durable, and the id is its own")
				require.Equal(t, c.attempts, letter.Letter.Attempts)
				require.Equal(t, c.route, letter.Letter.Failures[0].Route)
				require.Equal(t, c.noEvent, letter.Event == nil)
				if !c.noEvent {
					require.Equal(t, "hi", letter.Event.Text())
				}
				if c.is != nil {
					require.ErrorIs(t, letter.Err, c.is)
				}
				require.ErrorContains(t, letter.Err, c.says)
				require.Contains(t, letter.Letter.Failures[0].Error, c.says)
			})
		})
	}
}

// refusesSuccess is a store that refuses what would end an event without a failure.
type refusesSuccess struct{ store.Store }

func (s *refusesSuccess) Unwrap() store.Store { return s.Store }

func (s *refusesSuccess) Commit(ctx context.Context, out store.Outcome) ([]store.QueuedSend, error) {
	if out.Event != nil && !out.Event.Retry && len(out.Event.Failures) == 0 {
		return nil, errors.New("no")
	}
	return s.Store.Commit(ctx, out)
}

// TestOnDeadLetterIsNotCalledForOthers: not for a failure that is tried again, nor for a success.
func TestOnDeadLetterIsNotCalledForOthers(t *testing.T) {
	t.Parallel()
	tries, told := 0, 0
	policy := texts(route("fails twice", func(context.Context, *receiving.Event, *sending.Replier) error {
		if tries++; tries < 3 {
			return errMine
		}
		return nil
	}))
	cfg := config{Policy: policy, OnDeadLetter: func(context.Context, engine.DeadLetter) { told++ }}
	inBubble(t, simulator.Config{}, cfg, func(w *world) {
		w.Says(ada, "hi")
		after(time.Minute)
		require.Equal(t, 3, tries)
		require.Zero(t, told)
	})
}

// losesSuccess is a store that loses the answer to the commit that ends an event without a failure,
// and is away after that: for 20 s for commits, and then once for those who ask for dead letters.
// A silent one says nothing of dead letters, and renews no lease after the 20 s.
type losesSuccess struct {
	*memory.Store
	silent bool
	away   time.Time
	asked  int
}

func (s *losesSuccess) Commit(ctx context.Context, out store.Outcome) ([]store.QueuedSend, error) {
	if time.Now().Before(s.away) {
		return nil, errors.New("away")
	}
	due, err := s.Store.Commit(ctx, out)
	if err == nil && out.Event != nil && len(out.Event.Failures) == 0 {
		s.away = time.Now().Add(20 * time.Second)
		return nil, errors.New("the connection broke")
	}
	return due, err
}

func (s *losesSuccess) Renew(ctx context.Context, ttl time.Duration, leases ...store.LeaseID) ([]store.LeaseID, error) {
	if s.silent && !s.away.IsZero() && time.Now().After(s.away) {
		return nil, errors.New("away")
	}
	return s.Store.Renew(ctx, ttl, leases...)
}

func (s *losesSuccess) Dead(ctx context.Context, q store.DeadQuery) ([]store.DeadLetter, error) {
	if s.asked++; s.asked == 1 || s.silent {
		return nil, errors.New("away")
	}
	return s.Store.Dead(ctx, q)
}

// An event that took effect is no dead letter, even if the answer to its commit was lost, the store
// was away for so long that the turn was taken for failed, and the store could not say at first
// that there is no letter.
func TestOnDeadLetterIsNotCalledForWhatTookEffect(t *testing.T) {
	t.Parallel()
	told := 0
	st := &losesSuccess{Store: memory.New(memory.Config{})}
	cfg := config{
		Store: st, Policy: texts(echo), Retry: handling.Retry{Tries: 1},
		OnDeadLetter: func(context.Context, engine.DeadLetter) { told++ },
	}
	inBubble(t, simulator.Config{}, cfg, func(w *world) {
		w.Says(ada, "hi")
		after(time.Minute)
		require.Equal(t, []string{"you said hi"}, w.Texts(ada))
		require.Equal(t, 2, st.asked)
		require.Zero(t, told)
		require.Empty(t, w.Letters())
	})
}

// While the store does not say whether there is a dead letter, it is unknown whether the event took
// effect. When the lease is over the log says so, and OnDeadLetter is not called for what may be no
// letter.
func TestOnDeadLetterIsNotCalledForWhatIsUnknown(t *testing.T) {
	t.Parallel()
	told := 0
	var log bytes.Buffer
	st := &losesSuccess{Store: memory.New(memory.Config{}), silent: true}
	cfg := config{
		Store: st, Policy: texts(echo), Retry: handling.Retry{Tries: 1}, Logger: slog.New(slog.NewTextHandler(&log, nil)),
		OnDeadLetter: func(context.Context, engine.DeadLetter) { told++ },
	}
	inBubble(t, simulator.Config{}, cfg, func(w *world) {
		w.Says(ada, "hi")
		after(2 * time.Minute)
		require.Zero(t, told)
		require.Equal(t, []string{"you said hi"}, w.Texts(ada), "it took effect")
		st.silent = false
		require.Empty(t, w.Letters())
	})
	require.Greater(t, st.asked, 5, "until the lease is over")
	require.NotEmpty(t, lineWith(log.String(), "level=ERROR", "it is unknown whether an event became a dead letter or took effect", "event="))
}

// deadPanics is a store whose look-up of dead letters panics.
type deadPanics struct {
	store.Store
	asked int
}

func (s *deadPanics) Unwrap() store.Store { return s.Store }

func (s *deadPanics) Dead(context.Context, store.DeadQuery) ([]store.DeadLetter, error) {
	s.asked++
	panic("it misbehaves")
}

func (*deadPanics) Replay(context.Context, int64) error { return errMine }

func (*deadPanics) Drop(context.Context, int64) error { return errMine }

// A look-up of the letter that panics costs the program the letter's id, and nothing else.
func TestOnDeadLetterIsCalledWhenTheLookUpPanics(t *testing.T) {
	t.Parallel()
	var told []engine.DeadLetter
	st := &deadPanics{Store: memory.New(memory.Config{})}
	cfg := config{
		Store: st, Policy: texts(route("fails", func(context.Context, *receiving.Event, *sending.Replier) error { return handling.Permanent(errMine) })),
		OnDeadLetter: func(_ context.Context, letter engine.DeadLetter) { told = append(told, letter) },
	}
	inBubble(t, simulator.Config{}, cfg, func(w *world) {
		w.Says(ada, "hi")
		after(time.Minute)
	})
	require.Equal(t, 1, st.asked)
	require.Len(t, told, 1)
	require.ErrorIs(t, told[0].Err, errMine)
	require.Zero(t, told[0].Letter.ID)
}

// TestHooksThatMisbehave: a hook that panics, ends its goroutine or never returns is logged, and
// the conversation goes on, with the same bot.
func TestHooksThatMisbehave(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		misbehave func(release chan struct{})
		logged    string
	}{
		"panics":             {func(chan struct{}) { panic("mine") }, "panicked"},
		"ends its goroutine": {func(chan struct{}) { runtime.Goexit() }, "Goexit"},
		"blocks":             {func(release chan struct{}) { <-release }, "did not return"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			var release chan struct{}
			policy := texts(route("answers", func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
				_ = reply.Reply(ctx, sending.Text("")) // is refused, and reported
				if ev.Text() == "fail" {
					return handling.Permanent(errMine)
				}
				return reply.Reply(ctx, sending.Text("fine"))
			}))
			cfg := config{
				Policy: policy, Logger: slog.New(slog.NewTextHandler(&log, nil)),
				OnDeadLetter: func(context.Context, engine.DeadLetter) { c.misbehave(release) },
				OnSendFailed: func(context.Context, sending.Failure) { c.misbehave(release) },
			}
			inBubble(t, simulator.Config{}, cfg, func(w *world) {
				release = make(chan struct{})
				defer close(release)
				w.Says(ada, "fail")
				w.Says(ada, "hi")
				after(40 * time.Second) // three calls, each given up after 11 s at most
				require.Equal(t, []string{"fine"}, w.Texts(ada))
				require.Len(t, w.Letters(), 1)
			})
			require.NotEmpty(t, lineWith(log.String(), "level=ERROR", "OnDeadLetter", c.logged))
			require.NotEmpty(t, lineWith(log.String(), "level=ERROR", "OnSendFailed", c.logged))
		})
	}
}

// TestHookHasItsTimeAfterTheLease: the lease that is given back with the turn is renewed no more,
// which does not end the context of the hooks that report the turn.
func TestHookHasItsTimeAfterTheLease(t *testing.T) {
	t.Parallel()
	var took []time.Duration
	wait := func(ctx context.Context) {
		began := time.Now()
		<-ctx.Done()
		took = append(took, time.Since(began))
	}
	policy := texts(route("fails", func(ctx context.Context, _ *receiving.Event, reply *sending.Replier) error {
		return handling.Permanent(reply.Reply(ctx, sending.Text(strings.Repeat("x", 3000))))
	}))
	cfg := config{
		Policy:       policy,
		OnDeadLetter: func(ctx context.Context, _ engine.DeadLetter) { wait(ctx) },
		OnSendFailed: func(ctx context.Context, _ sending.Failure) { wait(ctx) },
	}
	inBubble(t, simulator.Config{}, cfg, func(w *world) {
		w.Says(ada, "hi")
		after(time.Minute)
		require.Equal(t, []time.Duration{10 * time.Second, 10 * time.Second}, took)
	})
}

// fatalStore is a store whose leases say, while it is told so, that their first event ended its
// process while it ran alone.
type fatalStore struct {
	store.Store
	fatal atomic.Bool
}

func (s *fatalStore) Unwrap() store.Store { return s.Store }

func (s *fatalStore) Claim(ctx context.Context, claim store.Claim) ([]store.Lease, error) {
	leases, err := s.Store.Claim(ctx, claim)
	for i := range leases {
		if s.fatal.Load() && len(leases[i].Events) > 0 {
			leases[i].Deliveries, leases[i].Fatal = 6, leases[i].Events[0].Seq
		}
	}
	return leases, err
}
