package engine_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/internal/bubble"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
)

// breaks is a route with effects that fails for good until it is mended.
func breaks(broken *atomic.Bool) routing.Route {
	return route("breaks", func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
		where := store.Location{PageID: ev.PageID, PSID: ev.PSID, At: ev.Time}
		err := errors.Join(store.Queue(ctx, store.AddLocation{Location: where}), reply.Reply(ctx, sending.Text("mended")))
		if broken.Load() {
			err = errors.Join(err, handling.Permanent(errors.New("broken")))
		}
		return err
	})
}

func TestReplayRunsOnlyWhatFailedAndIsNoNewAct(t *testing.T) {
	t.Parallel()
	var broken atomic.Bool
	broken.Store(true)
	inBubble(t, simulator.Config{}, config{Policy: texts(route("thumb", thumb), breaks(&broken), echo)}, func(w *world) {
		w.Says(ada, "hi")
		after(time.Second)
		before := w.Person(ada)
		places, err := w.Store.Locations(t.Context(), pageID, ada, 10)
		require.NoError(t, err)
		require.Empty(t, places, "a route that failed leaves nothing behind")
		require.Equal(t, []string{"you said hi"}, w.Texts(ada))

		after(time.Hour)
		broken.Store(false)
		require.NoError(t, bubble.As[store.DeadLetters](w.T, w.Store).Replay(t.Context(), w.Letters()[0].ID))
		after(time.Second)
		require.Equal(t, before, w.Person(ada), "no other route ran, and the person did nothing new")
		places, err = w.Store.Locations(t.Context(), pageID, ada, 10)
		require.NoError(t, err)
		require.Len(t, places, 1)
		require.Equal(t, []string{"you said hi", "mended"}, w.Texts(ada))
		require.Empty(t, w.Letters())
	})
}

func TestReplayMakesNobodyAvailable(t *testing.T) {
	t.Parallel()
	var broken atomic.Bool
	broken.Store(true)
	inBubble(t, simulator.Config{}, config{Policy: texts(breaks(&broken))}, func(w *world) {
		w.Says(ada, "hi")
		after(time.Second)
		require.NoError(t, w.Store.Apply(t.Context(), store.MarkUnavailable{PageID: pageID, PSID: ada, At: time.Now()}))
		before := w.Person(ada)
		require.NoError(t, bubble.As[store.DeadLetters](w.T, w.Store).Replay(t.Context(), w.Letters()[0].ID))
		after(time.Second)
		require.Len(t, w.Letters(), 1, "it ran")
		require.Equal(t, before, w.Person(ada))
	})
}

func TestReplayOfARouteThatIsGoneStaysADeadLetter(t *testing.T) {
	t.Parallel()
	var broken atomic.Bool
	broken.Store(true)
	inBubble(t, simulator.Config{}, config{Policy: texts(breaks(&broken))}, func(w *world) {
		w.Says(ada, "hi")
		after(time.Second)
		w.setPolicy(texts(echo))
		require.NoError(t, bubble.As[store.DeadLetters](w.T, w.Store).Replay(t.Context(), w.Letters()[0].ID))
		after(time.Minute)
		letters := w.Letters()
		require.Len(t, letters, 1)
		require.Contains(t, letters[0].Failures[0].Error, "breaks")
		require.Empty(t, w.Texts(ada))
	})
}

func TestWhatIsNotTriedAgain(t *testing.T) {
	t.Parallel()
	var runs, later atomic.Int32
	policy := texts(
		route("window", func(context.Context, *receiving.Event, *sending.Replier) error {
			runs.Add(1)
			return fmt.Errorf("my own call: %w", graph.ErrOutsideWindow)
		}),
		route("later", func(context.Context, *receiving.Event, *sending.Replier) error { later.Add(1); return nil }),
	)
	inBubble(t, simulator.Config{}, config{Policy: policy}, func(w *world) {
		w.Says(ada, "hi")
		after(time.Second)
		require.Len(t, w.Letters(), 1)
		after(time.Minute)
		require.EqualValues(t, 1, runs.Load())
		require.EqualValues(t, 1, later.Load())
	})
}

func TestFinalAndOtherwiseInATurn(t *testing.T) {
	t.Parallel()
	says := func(text string, skip, final, otherwise bool) routing.Route {
		fn := func(ctx context.Context, _ *receiving.Event, reply *sending.Replier) error {
			if skip {
				return handling.Skip
			}
			return reply.Reply(ctx, sending.Text(text))
		}
		return routing.Route{Name: text, Handler: handling.Func(fn), Final: final, Otherwise: otherwise}
	}
	fails := route("fails", func(context.Context, *receiving.Event, *sending.Replier) error {
		return handling.Permanent(errors.New("no"))
	})
	for name, c := range map[string]struct {
		routes []routing.Route
		want   []string
	}{
		"final ends the turn":             {[]routing.Route{says("a", false, true, false), says("b", false, false, false)}, []string{"a"}},
		"skipped final does not":          {[]routing.Route{says("a", true, true, false), says("b", false, false, false)}, []string{"b"}},
		"otherwise after one that did":    {[]routing.Route{says("a", false, false, false), says("b", false, false, true)}, []string{"a"}},
		"otherwise after one that failed": {[]routing.Route{fails, says("b", false, false, true)}, nil},
		"otherwise after none": {
			[]routing.Route{says("a", true, false, false), says("b", false, false, true), says("c", false, false, true)}, []string{"b"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, simulator.Config{}, config{Policy: texts(c.routes...)}, func(w *world) {
				w.Says(ada, "hi")
				after(time.Second)
				require.Equal(t, c.want, w.Texts(ada))
			})
		})
	}
}

func TestOnlyActsOpenTheWindowAndTheyDoAtOnce(t *testing.T) {
	t.Parallel()
	policy := routing.Policy{receiving.TypeDefault: {route("never", func(context.Context, *receiving.Event, *sending.Replier) error {
		return errors.New("not yet")
	})}}
	platform := simulator.Config{Fields: append(simulator.DefaultFields(), "message_reads", "message_deliveries", "message_echoes"), Strangers: true}
	inBubble(t, platform, config{Policy: policy}, func(w *world) {
		w.send(lin, sending.Text("hello"))
		after(time.Second)
		require.NoError(t, w.Read(t.Context(), lin))
		after(5 * time.Minute)
		require.NotEmpty(t, w.Letters(), "the read and the echo were handled")
		require.True(t, w.Person(lin).LastAct.IsZero())

		w.Says(ada, "hi")
		after(500 * time.Millisecond)
		require.WithinDuration(t, time.Now(), w.Person(ada).LastAct, time.Second, "though the turn is to be tried again")
		first := w.Person(ada).LastAct
		after(5 * time.Minute)
		require.Equal(t, first, w.Person(ada).LastAct)
	})
}

// caller is a store that runs calls, and refuses outcomes with a CallError as a
// store with transactions does.
type caller struct{ store.Store }

func (c caller) Unwrap() store.Store { return c.Store }

func (caller) RunsCalls(api string) bool { return api == "test" }

func (c caller) Commit(ctx context.Context, out store.Outcome) ([]store.QueuedSend, error) {
	for _, w := range out.Writes {
		if call, ok := w.(store.Call); ok {
			if err := call.Run(nil); err != nil {
				return nil, &store.CallError{Route: call.Route, Err: err}
			}
		}
	}
	out.Writes = slices.DeleteFunc(slices.Clone(out.Writes), func(w store.Write) bool {
		_, ok := w.(store.Call)
		return ok
	})
	return c.Store.Commit(ctx, out)
}

func TestCallThatFailsCostsOnlyItsRoute(t *testing.T) {
	t.Parallel()
	var calls, good atomic.Int32
	pays := route("pays", func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
		call := store.Call{API: "test", Run: func(any) error { calls.Add(1); return errors.New("no such account") }}
		return errors.Join(store.Queue(ctx, call), thumb(ctx, ev, reply), reply.Reply(ctx, sending.Text("paid")))
	})
	counts := route("counts", func(ctx context.Context, _ *receiving.Event, _ *sending.Replier) error {
		return store.Queue(ctx, store.Call{API: "test", Run: func(any) error { good.Add(1); return nil }})
	})
	inBubble(t, simulator.Config{}, config{Policy: texts(pays, counts, echo), Store: caller{memory.New(memory.Config{})}}, func(w *world) {
		w.Says(ada, "hi")
		after(2 * time.Minute)
		require.EqualValues(t, 4, calls.Load(), "it was tried as often as a handler")
		require.EqualValues(t, 1, good.Load())
		require.Equal(t, []string{"you said hi"}, w.Texts(ada))
		require.Zero(t, w.Person(ada).ThumbUps)
		letters := w.Letters()
		require.Len(t, letters, 1)
		require.Len(t, letters[0].Failures, 1)
		require.Equal(t, "pays", letters[0].Failures[0].Route)
		require.Contains(t, letters[0].Failures[0].Error, "no such account")
	})
}

// fussy is a store whose commits of events fail as they are told to.
type fussy struct {
	store.Store
	mu     sync.Mutex
	before error // instead of the next commit
	after  error // after the next commit, which takes effect
	keys   [][]string
}

func (f *fussy) Unwrap() store.Store { return f.Store }

func (f *fussy) Commit(ctx context.Context, out store.Outcome) ([]store.QueuedSend, error) {
	if out.Event == nil {
		return f.Store.Commit(ctx, out)
	}
	f.mu.Lock()
	var keys []string
	for _, s := range out.Sends {
		keys = append(keys, s.Key)
	}
	f.keys = append(f.keys, keys)
	before, after := f.before, f.after
	f.before, f.after = nil, nil
	f.mu.Unlock()
	if before != nil {
		return nil, before
	}
	due, err := f.Store.Commit(ctx, out)
	return due, errors.Join(err, after)
}

func TestTurnThatRunsAgainMakesTheSameSends(t *testing.T) {
	t.Parallel()
	st := &fussy{Store: memory.New(memory.Config{}), before: store.ErrFenced}
	inBubble(t, simulator.Config{}, config{Policy: texts(three, echo), Store: st}, func(w *world) {
		w.Says(ada, "hi")
		after(time.Minute)
		require.Equal(t, []string{"1", "2", "3", "you said hi"}, w.Texts(ada))
		require.Len(t, st.keys, 2, "the first commit was refused, and the turn ran again")
		require.Equal(t, st.keys[0], st.keys[1])
		require.Len(t, slices.Compact(slices.Sorted(slices.Values(st.keys[0]))), 4)
	})
}

func TestCommitWhoseAnswerIsLostTakesEffectOnce(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fail error
		runs int32
		want []string
	}{
		"of a turn that succeeds": {nil, 1, []string{"hello"}},
		"of a turn that fails":    {errors.New("no"), 4, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var runs atomic.Int32
			policy := texts(route("work", func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
				runs.Add(1)
				return errors.Join(thumb(ctx, ev, reply), reply.Reply(ctx, sending.Text("hello")), c.fail)
			}))
			st := &fussy{Store: memory.New(memory.Config{}), after: errors.New("connection lost")}
			inBubble(t, simulator.Config{}, config{Policy: policy, Store: st}, func(w *world) {
				w.Says(ada, "hi")
				after(2 * time.Minute)
				require.Equal(t, c.want, w.Texts(ada))
				require.Equal(t, len(c.want), w.Person(ada).ThumbUps)
				require.Equal(t, c.runs, runs.Load(), "no attempt was counted twice")
			})
		})
	}
}

// forgetful is a store that loses the answer of every other commit, which takes
// effect all the same.
type forgetful struct {
	store.Store
	commits atomic.Int32
}

func (f *forgetful) Unwrap() store.Store { return f.Store }

func (f *forgetful) Commit(ctx context.Context, out store.Outcome) ([]store.QueuedSend, error) {
	due, err := f.Store.Commit(ctx, out)
	if f.commits.Add(1)%2 == 1 {
		return nil, errors.Join(err, errors.New("connection lost"))
	}
	return due, err
}

// A commit whose answer was lost has marked a message as started. That nobody has
// tried to send it is known all the same, so that it is sent, even at most once.
func TestLostAnswersOfCommitsLoseNoMessages(t *testing.T) {
	t.Parallel()
	for _, atMostOnce := range []bool{false, true} {
		t.Run(fmt.Sprint("at most once ", atMostOnce), func(t *testing.T) {
			t.Parallel()
			st := &forgetful{Store: memory.New(memory.Config{})}
			var runs atomic.Int32
			count := route("count", func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
				runs.Add(1)
				return thumb(ctx, ev, reply)
			})
			cfg := config{Policy: texts(count, three, echo), Store: st, AtMostOnce: atMostOnce}
			inBubble(t, simulator.Config{}, cfg, func(w *world) {
				w.Says(ada, "hi")
				w.Says(ada, "ho")
				after(10 * time.Second)
				require.Equal(t, []string{"1", "2", "3", "you said hi", "1", "2", "3", "you said ho"}, w.Texts(ada))
				require.EqualValues(t, 2, runs.Load())
				require.Equal(t, 2, w.Person(ada).ThumbUps)
				stats, err := bubble.As[store.Inspector](w.T, w.Store).Stats(w.T.Context())
				require.NoError(t, err)
				require.Equal(t, store.Stats{}, stats, "nothing is left, and the conversation was given back")
			})
		})
	}
}

// counting is a store that counts commits.
type counting struct {
	store.Store
	commits atomic.Int32
}

func (c *counting) Unwrap() store.Store { return c.Store }

func (c *counting) Commit(ctx context.Context, out store.Outcome) ([]store.QueuedSend, error) {
	c.commits.Add(1)
	return c.Store.Commit(ctx, out)
}

// An event costs one commit, and one more for each message of its answer: they
// come one after another, so that a person waits for each.
func TestCommitsOfAnEvent(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		routes []routing.Route
		want   int32
	}{
		"without an answer": {[]routing.Route{route("thumb", thumb)}, 1},
		"with one message":  {[]routing.Route{echo}, 2},
		"with four":         {[]routing.Route{three, echo}, 5},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			st := &counting{Store: memory.New(memory.Config{})}
			inBubble(t, simulator.Config{}, config{Policy: texts(c.routes...), Store: st}, func(w *world) {
				w.Says(ada, "hi")
				after(time.Minute)
				require.Equal(t, c.want, st.commits.Load())
			})
		})
	}
}

func TestRoutesOfATurnShareASession(t *testing.T) {
	t.Parallel()
	var seen []int
	counts := func(name string) routing.Route {
		return route(name, func(ctx context.Context, _ *receiving.Event, _ *sending.Replier) error {
			var n int
			if _, err := store.LoadSession(ctx, "count", &n); err != nil {
				return err
			}
			seen = append(seen, n)
			return store.KeepSession(ctx, "count", n+1, time.Hour)
		})
	}
	inBubble(t, simulator.Config{}, config{Policy: texts(counts("a"), counts("b"), echo)}, func(w *world) {
		w.Says(ada, "one")
		w.Says(ada, "two")
		after(time.Second)
		require.Equal(t, []string{"you said one", "you said two"}, w.Texts(ada))
		require.Equal(t, []int{0, 1, 2, 3}, seen)
		after(2 * time.Hour)
		w.Says(ada, "three")
		after(time.Second)
		require.Equal(t, []int{0, 1}, seen[4:], "it was forgotten")
		require.Empty(t, w.Letters())
	})
}

func TestSessionThatChangedMeanwhileCostsOnlyItsRoute(t *testing.T) {
	t.Parallel()
	stale := route("stale", func(ctx context.Context, ev *receiving.Event, _ *sending.Replier) error {
		return store.Queue(ctx, store.SaveSession{PageID: ev.PageID, PSID: ev.PSID, Name: "s", Data: []byte(`1`), Version: 7})
	})
	inBubble(t, simulator.Config{}, config{Policy: texts(stale, echo)}, func(w *world) {
		w.Says(ada, "hi")
		after(2 * time.Minute)
		require.Equal(t, []string{"you said hi"}, w.Texts(ada))
		letters := w.Letters()
		require.Len(t, letters, 1)
		require.Len(t, letters[0].Failures, 1)
		require.Equal(t, "stale", letters[0].Failures[0].Route)
	})
}
