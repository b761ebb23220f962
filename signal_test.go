package messenger_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/internal/bubble"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/receiving/payload"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
)

// word is a kind of signal that carries a word.
var word = payload.New[string]("word")

// heard are the events that a handler got, with the time of each.
type heard struct {
	mu     sync.Mutex
	events []*receiving.Event
	at     []time.Time
}

func (s *heard) add(ctx context.Context, ev *receiving.Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.events, s.at = append(s.events, ev), append(s.at, handling.Now(ctx))
}

// words returns what was heard so far: texts, and the words of signals.
func (s *heard) words(t *testing.T) []string {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	var words []string
	for _, ev := range s.events {
		said := ev.Text()
		if ev.Type == receiving.TypeSignal {
			var err error
			said, err = word.Decode(ev.PayloadText())
			require.NoError(t, err)
		}
		words = append(words, said)
	}
	return words
}

// answersWords answers signals with their word, and has heard them.
func answersWords(s *heard) routing.Route {
	return routing.Route{Name: "words", Handler: handling.OnPayload(word, func(ctx context.Context, ev *receiving.Event, said string, reply *sending.Replier) error {
		s.add(ctx, ev)
		return reply.Reply(ctx, sending.Text("signal "+said))
	})}
}

// onText runs a function for each text.
func onText(fn func(ctx context.Context, text string) error) []routing.Route {
	return []routing.Route{route("text", func(ctx context.Context, ev *receiving.Event, _ *sending.Replier) error { return fn(ctx, ev.Text()) })}
}

func TestSignalFromOutside(t *testing.T) {
	t.Parallel()
	var s heard
	inBubble(t, simulator.Config{}, messenger.Config{Policy: routing.Policy{receiving.TypeSignal: {answersWords(&s)}}}, func(w *world) {
		w.Says(ada, "hi")
		after(time.Second)
		before := w.Person(ada)
		raised := time.Now()
		for range 3 {
			require.NoError(t, w.bot.Signal(w.T.Context(), pageID, ada, "order-1-paid", word.MustEncodeSignal("paid")))
		}
		after(time.Millisecond)
		require.NoError(t, w.bot.Signal(w.T.Context(), pageID, ada, "order-1-paid", word.MustEncodeSignal("again")))
		require.NoError(t, w.bot.Signal(w.T.Context(), pageID, ada, "order-2-paid", word.MustEncodeSignal("two")))
		after(time.Second)
		require.Equal(t, []string{"signal paid", "signal two"}, w.Texts(ada), "a key has effect once")
		require.Equal(t, before, w.Person(ada), "it is no act of the person")

		ev, two := s.events[0], s.events[1]
		require.Equal(t, &receiving.Signal{Key: "order-1-paid", Payload: word.MustEncodeSignal("paid"), Raised: raised.UTC()}, ev.Payload)
		require.True(t, strings.HasPrefix(ev.Key, "signal-"), ev.Key)
		require.NotEqual(t, ev.Key, two.Key)
		require.WithinDuration(t, raised, ev.Time, 0)
		require.False(t, ev.IsAct())
	})
}

func TestTimersOfATurn(t *testing.T) {
	t.Parallel()
	var s heard
	policy := routing.Policy{
		receiving.TypeSignal: {answersWords(&s)},
		receiving.TypeSimpleText: onText(func(ctx context.Context, text string) error {
			switch verb, rest, _ := strings.Cut(text, " "); verb {
			case "set":
				return handling.After(ctx, 10*time.Minute, rest, word, rest)
			case "now":
				return handling.Signal(ctx, rest, word, rest)
			case "cancel":
				return handling.CancelTimer(ctx, rest)
			case "move":
				return errors.Join(handling.CancelTimer(ctx, rest), handling.After(ctx, time.Hour, rest, word, rest+" moved"))
			case "twice":
				return errors.Join(handling.After(ctx, time.Minute, rest, word, "first"), handling.After(ctx, 2*time.Minute, rest, word, "second"))
			case "drop":
				return errors.Join(handling.After(ctx, time.Minute, rest, word, rest), handling.Skip)
			}
			return nil
		}),
	}
	inBubble(t, simulator.Config{}, messenger.Config{Policy: policy}, func(w *world) {
		set := time.Now()
		for _, text := range []string{"set a", "set b", "set c", "now n", "now n", "cancel b", "cancel none", "move c", "twice d", "drop e"} {
			w.Says(ada, text)
		}
		after(time.Second)
		require.Equal(t, []string{"n"}, s.words(t))
		stats, err := w.bot.Stats(w.T.Context())
		require.NoError(t, err)
		require.Equal(t, 3, stats.Queue.Timers)
		require.Zero(t, stats.Queue.Events, "what is not due is no backlog")
		timers, err := w.bot.Timers(w.T.Context(), pageID, ada, store.TimerQuery{})
		require.NoError(t, err)
		var listed []string
		for _, timer := range timers {
			said, err := word.Decode(timer.Payload)
			require.NoError(t, err)
			listed = append(listed, timer.Key+": "+said)
		}
		require.Equal(t, []string{"d: second", "a: a", "c: c moved"}, listed)

		after(2 * time.Hour)
		require.Equal(t, []string{"n", "second", "a", "c moved"}, s.words(t))
		for i, delay := range []time.Duration{2 * time.Minute, 10 * time.Minute, time.Hour} {
			late := s.at[i+1].Sub(set.Add(delay))
			require.GreaterOrEqual(t, late, time.Duration(0), "never before its time")
			require.LessOrEqual(t, late, 2*time.Second, "the texts took less than a second")
			require.False(t, s.at[i+1].Before(s.events[i+1].Time))
			require.WithinDuration(t, s.events[i+1].Time, s.at[i+1], time.Second, "within a second after it is due")
			require.Equal(t, receiving.ObjectPage, s.events[i+1].Object, "of the turn that set it")
		}
	})
}

// TestTimerSetsItselfAnew: its key is free when its turn begins, and each turn has a key of its own for the outside world.
func TestTimerSetsItselfAnew(t *testing.T) {
	t.Parallel()
	var s heard
	tick := routing.Route{Handler: handling.OnPayload(word, func(ctx context.Context, ev *receiving.Event, said string, _ *sending.Replier) error {
		s.add(ctx, ev)
		if len(said) == 5 {
			return nil
		}
		return handling.After(ctx, time.Minute, "tick", word, said+"x")
	})}
	inBubble(t, simulator.Config{}, messenger.Config{Policy: routing.Policy{receiving.TypeSignal: {tick}}}, func(w *world) {
		w.Says(ada, "hi")
		after(time.Second)
		require.NoError(t, w.bot.SignalAfter(w.T.Context(), pageID, ada, time.Minute, "tick", word.MustEncodeSignal("x")))
		after(time.Hour)
		require.Equal(t, []string{"x", "xx", "xxx", "xxxx", "xxxxx"}, s.words(t))
		keys := map[string]bool{}
		for _, ev := range s.events {
			keys[ev.Key] = true
		}
		require.Len(t, keys, 5)
	})
}

func TestTimersFromOutside(t *testing.T) {
	t.Parallel()
	var s heard
	inBubble(t, simulator.Config{}, messenger.Config{Policy: routing.Policy{receiving.TypeSignal: {answersWords(&s)}}}, func(w *world) {
		w.Says(ada, "hi")
		after(time.Second)
		set := func(delay time.Duration, key, said string) {
			require.NoError(t, w.bot.SignalAfter(w.T.Context(), pageID, ada, delay, key, word.MustEncodeSignal(said)))
		}
		set(time.Hour, "a", "late")
		set(time.Minute, "a", "early")
		set(time.Hour, "b", "cancelled")
		set(30*time.Minute, "c", "over a restart")
		set(-time.Hour, "d", "at once")
		cancelled, err := w.bot.CancelSignal(w.T.Context(), pageID, ada, "b")
		require.NoError(t, err)
		require.True(t, cancelled)
		cancelled, err = w.bot.CancelSignal(w.T.Context(), pageID, ada, "b")
		require.NoError(t, err)
		require.False(t, cancelled, "none waits")
		after(10 * time.Minute)
		require.Equal(t, []string{"at once", "early"}, s.words(t))

		w.Stop()
		after(time.Hour)
		require.Equal(t, []string{"at once", "early"}, s.words(t))
		w.start()
		after(time.Second)
		require.Equal(t, []string{"at once", "early", "over a restart"}, s.words(t), "what became due while the bot was off")
	})
}

// TestTimersArePaged: what is not due is listed page by page, with the last one of a page for the next.
func TestTimersArePaged(t *testing.T) {
	t.Parallel()
	inBubble(t, simulator.Config{}, messenger.Config{Policy: routing.Policy{}}, func(w *world) {
		w.Says(ada, "hi")
		after(time.Second)
		for i := range 25 {
			require.NoError(t, w.bot.SignalAfter(w.T.Context(), pageID, ada, time.Duration(25-i)*time.Minute, fmt.Sprint(i), ""))
		}
		var keys []string
		query := store.TimerQuery{Limit: 10}
		for {
			timers, err := w.bot.Timers(w.T.Context(), pageID, ada, query)
			require.NoError(t, err)
			for _, timer := range timers {
				keys = append(keys, timer.Key)
			}
			if len(timers) < 10 {
				break
			}
			query.After = timers[9].Timer
		}
		require.Len(t, keys, 25)
		require.Equal(t, []string{"24", "23"}, keys[:2])
		none, err := w.bot.Timers(w.T.Context(), pageID, lin, store.TimerQuery{})
		require.NoError(t, err)
		require.Empty(t, none)
	})
}

// TestBadInputOfSignals: each has its answer, and raises nothing.
func TestBadInputOfSignals(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", payload.MaxSignal+1)
	quotes := strings.Repeat(`"`, payload.MaxSignal/2+1)
	for name, c := range map[string]struct {
		page, person, key, payload string
		delay                      time.Duration
		is                         error
		permanent                  bool
	}{
		"no page":                  {"", ada, "k", "", 0, nil, true},
		"me":                       {"me", ada, "k", "", 0, nil, true},
		"no person":                {pageID, "", "k", "", 0, nil, true},
		"no key":                   {pageID, ada, "", "", 0, nil, true},
		"a long key":               {pageID, ada, strings.Repeat("k", 201), "", 0, nil, true},
		"a long payload":           {pageID, ada, "k", long, 0, payload.ErrTooLong, true},
		"a payload long as JSON":   {pageID, ada, "k", quotes, 0, payload.ErrTooLong, true},
		"a payload that is broken": {pageID, ada, "k", "\xff", 0, nil, true},
		"more than a year":         {pageID, ada, "k", "", 366*24*time.Hour + 1, nil, true},
		"an unknown page":          {"99", ada, "k", "", 0, store.ErrNoPerson, false},
		"a person never seen":      {pageID, lin, "k", "", 0, store.ErrNoPerson, false},
		"a person forgotten":       {pageID, "4711", "k", "", 0, store.ErrNoPerson, false},
		"a conversation of none":   {pageID, "feed/1_2", "k", "", 0, store.ErrNoPerson, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, simulator.Config{}, messenger.Config{Policy: routing.Policy{}}, func(w *world) {
				w.Says(ada, "hi")
				after(time.Second)
				require.NoError(t, w.Store.Apply(w.T.Context(), store.TouchPerson{PageID: pageID, PSID: "4711", At: time.Now()}))
				require.NoError(t, w.Store.Forget(w.T.Context(), store.Conversation{PageID: pageID, PSID: "4711"}))
				errs := []error{w.bot.SignalAfter(w.T.Context(), c.page, c.person, c.delay, c.key, c.payload)}
				if c.delay == 0 {
					errs = append(errs, w.bot.Signal(w.T.Context(), c.page, c.person, c.key, c.payload))
				}
				for _, err := range errs {
					require.Error(t, err)
					require.Equal(t, c.permanent, handling.IsPermanent(err), "%v", err)
					require.NotContains(t, err.Error(), "aaaa")
					if c.is != nil {
						require.ErrorIs(t, err, c.is)
					}
					if errors.Is(c.is, store.ErrNoPerson) {
						require.ErrorContains(t, err, fmt.Sprintf("%q for person %s of page %s", c.key, c.person, c.page))
					}
				}
				stats, err := w.bot.Stats(w.T.Context())
				require.NoError(t, err)
				require.Zero(t, stats.Queue.Timers)
			})
		})
	}
	inBubble(t, simulator.Config{}, messenger.Config{Policy: routing.Policy{}}, func(w *world) {
		for _, c := range []struct{ page, person, key, want string }{
			{"", ada, "k", "the page id is empty"},
			{"me", ada, "k", "not a page id"},
			{pageID, "", "k", "the person's id is empty"},
			{pageID, ada, "", "the key is empty"},
			{pageID, ada, strings.Repeat("k", 201), "201 bytes"},
		} {
			_, err := w.bot.CancelSignal(w.T.Context(), c.page, c.person, c.key)
			require.ErrorContains(t, err, c.want)
			require.True(t, handling.IsPermanent(err), "%v", err)
			if _, err = w.bot.Timers(w.T.Context(), c.page, c.person, store.TimerQuery{}); c.page != pageID || c.person == "" {
				require.ErrorContains(t, err, c.want)
				require.True(t, handling.IsPermanent(err), "%v", err)
			}
		}
	})
	var none *messenger.Bot
	require.ErrorIs(t, none.Signal(t.Context(), pageID, ada, "k", ""), messenger.ErrNoBot)
	require.ErrorIs(t, none.SignalAfter(t.Context(), pageID, ada, 0, "k", ""), messenger.ErrNoBot)
	_, err := none.CancelSignal(t.Context(), pageID, ada, "k")
	require.ErrorIs(t, err, messenger.ErrNoBot)
	_, err = none.Timers(t.Context(), pageID, ada, store.TimerQuery{})
	require.ErrorIs(t, err, messenger.ErrNoBot)
}

// TestTooManySignals: the 1,001st fails its route and no other, and fails its caller outside of turns; a replacement does not fail.
func TestTooManySignals(t *testing.T) {
	t.Parallel()
	policy := routing.Policy{receiving.TypeSimpleText: {
		route("others", thumb),
		route("one more", func(ctx context.Context, ev *receiving.Event, _ *sending.Replier) error {
			return handling.After(ctx, time.Hour, ev.Text(), word, "in turn")
		}),
	}}
	inBubble(t, simulator.Config{}, messenger.Config{Policy: policy, Retry: handling.Retry{Tries: 1}}, func(w *world) {
		w.Says(ada, "0")
		after(time.Second)
		for i := range store.MaxRaised - 1 {
			require.NoError(t, w.bot.SignalAfter(w.T.Context(), pageID, ada, 24*time.Hour, fmt.Sprint("o", i), ""))
		}
		var limit *store.RaiseLimitError
		require.ErrorAs(t, w.bot.SignalAfter(w.T.Context(), pageID, ada, time.Hour, "more", ""), &limit)
		require.Equal(t, store.MaxRaised, limit.Bound)
		require.NoError(t, w.bot.SignalAfter(w.T.Context(), pageID, ada, 24*time.Hour, "o0", "new"), "a replacement is no more")

		w.Says(ada, "0")
		w.Says(ada, "1")
		after(time.Second)
		letters := w.Letters()
		require.Len(t, letters, 1)
		require.Len(t, letters[0].Failures, 1)
		require.Equal(t, "one more", letters[0].Failures[0].Route)
		require.Contains(t, letters[0].Failures[0].Error, "1000 raised events")
		require.Equal(t, 3, w.Person(ada).ThumbUps, "the other route took effect")
	})
}

// TestSignalsOfATurnThatFails: nothing is raised before a retry succeeds, and then once.
func TestSignalsOfATurnThatFails(t *testing.T) {
	t.Parallel()
	var s heard
	tries := 0
	policy := routing.Policy{
		receiving.TypeSignal: {answersWords(&s)},
		receiving.TypeSimpleText: append(onText(func(ctx context.Context, _ string) error {
			return errors.Join(handling.Signal(ctx, "a", word, "first route"), handling.CancelTimer(ctx, "kept"))
		}), route("fails twice", func(ctx context.Context, _ *receiving.Event, _ *sending.Replier) error {
			err := handling.Signal(ctx, "b", word, "second route")
			if tries++; tries < 3 {
				return errors.Join(err, errors.New("broken"))
			}
			return err
		}), route("fails for good", func(ctx context.Context, _ *receiving.Event, _ *sending.Replier) error {
			return errors.Join(handling.Signal(ctx, "c", word, "never"), handling.Permanent(errors.New("broken")))
		})),
	}
	inBubble(t, simulator.Config{}, messenger.Config{Policy: policy}, func(w *world) {
		require.NoError(t, w.Store.Apply(w.T.Context(), store.TouchPerson{PageID: pageID, PSID: ada, At: time.Now()}))
		require.NoError(t, w.bot.SignalAfter(w.T.Context(), pageID, ada, time.Minute, "kept", word.MustEncodeSignal("kept")))
		w.Says(ada, "hi")
		after(5 * time.Second)
		require.Empty(t, s.words(t), "a try that failed has raised and cancelled nothing")
		after(time.Hour)
		require.Equal(t, []string{"first route", "second route"}, s.words(t))
		require.Equal(t, 3, tries)
	})
}

// TestSignalsAreOrderedAmongEvents: by the time when they became due, behind what is being tried again.
func TestSignalsAreOrderedAmongEvents(t *testing.T) {
	t.Parallel()
	var s heard
	broken := true
	policy := routing.Policy{
		receiving.TypeSignal: {answersWords(&s)},
		receiving.TypeSimpleText: {route("text", func(ctx context.Context, ev *receiving.Event, _ *sending.Replier) error {
			if broken && ev.Text() == "head" {
				return handling.RetryAfter(10 * time.Minute)
			}
			s.add(ctx, ev)
			return nil
		})},
	}
	inBubble(t, simulator.Config{}, messenger.Config{Policy: policy}, func(w *world) {
		w.Says(ada, "first")
		after(time.Second)
		require.NoError(t, w.bot.SignalAfter(w.T.Context(), pageID, ada, 3*time.Minute, "t", word.MustEncodeSignal("due in between")))
		w.Says(ada, "head")
		after(time.Minute)
		w.Says(ada, "before it")
		after(5 * time.Minute)
		w.Says(ada, "after it")
		after(time.Second)
		require.Equal(t, []string{"first"}, s.words(t), "all waits for the head")
		broken = false
		after(time.Hour)
		require.Equal(t, []string{"first", "head", "before it", "due in between", "after it"}, s.words(t))
	})
}

// TestSignalsAreRetriedAndReplayed: as any event, with one key; and what failed is explained and run again.
func TestSignalsAreRetriedAndReplayed(t *testing.T) {
	t.Parallel()
	var tries []string
	var letters []messenger.DeadLetter
	broken := true
	policy := routing.Policy{receiving.TypeSignal: {
		route("fine", thumb),
		routing.Route{Name: "broken", Handler: handling.OnPayload(word, func(ctx context.Context, ev *receiving.Event, said string, reply *sending.Replier) error {
			tries = append(tries, fmt.Sprint(ev.Key, " ", handling.TurnFrom(ctx).Attempt, " ", handling.TurnFrom(ctx).Replayed, ev.Payload.(*receiving.Signal).Raised.UTC()))
			if broken {
				return errors.New("broken")
			}
			return reply.Reply(ctx, sending.Text(said))
		})},
	}}
	cfg := messenger.Config{Policy: policy, OnDeadLetter: func(_ context.Context, l messenger.DeadLetter) { letters = append(letters, l) }}
	inBubble(t, simulator.Config{}, cfg, func(w *world) {
		w.Says(ada, "hi")
		after(time.Second)
		raised := time.Now().UTC()
		require.NoError(t, w.bot.SignalAfter(w.T.Context(), pageID, ada, time.Minute, "k", word.MustEncodeSignal("paid")))
		after(time.Hour)
		require.Len(t, letters, 1)
		require.Equal(t, receiving.TypeSignal, letters[0].Received.Type)
		key := letters[0].Received.Key
		require.Equal(t, key, letters[0].Key)
		require.Equal(t, []string{"broken"}, []string{letters[0].Failures[0].Route})
		require.Equal(t, 1, w.Person(ada).ThumbUps, "the route that succeeded took effect at the last try")

		explained, err := w.bot.ExplainDead(w.T.Context(), letters[0].ID)
		require.NoError(t, err)
		require.Len(t, explained, 2)
		require.True(t, explained[1].Fires)

		broken = false
		require.NoError(t, bubble.As[store.DeadLetters](w.T, w.Store).Replay(w.T.Context(), letters[0].ID))
		after(time.Second)
		require.Equal(t, []string{"paid"}, w.Texts(ada))
		var want []string
		for attempt := range 5 {
			want = append(want, fmt.Sprint(key, " ", attempt%4+1, " ", attempt == 4, raised))
		}
		require.Equal(t, want, tries)
	})
}

// TestForgottenPeopleHaveNoTimers: what waits for them is erased.
func TestForgottenPeopleHaveNoTimers(t *testing.T) {
	t.Parallel()
	var s heard
	inBubble(t, simulator.Config{}, messenger.Config{Policy: routing.Policy{receiving.TypeSignal: {answersWords(&s)}}}, func(w *world) {
		w.Says(ada, "hi")
		after(time.Second)
		require.NoError(t, w.bot.SignalAfter(w.T.Context(), pageID, ada, time.Minute, "k", word.MustEncodeSignal("x")))
		require.NoError(t, w.Store.Forget(w.T.Context(), store.Conversation{PageID: pageID, PSID: ada}))
		after(time.Hour)
		require.Empty(t, s.words(t))
		require.ErrorIs(t, w.bot.Signal(w.T.Context(), pageID, ada, "k", ""), store.ErrNoPerson)
	})
}

// TestSignalsOpenNoWindow: their answers go out within 24 hours of the person's last act, to a person who can be reached, and are refused
// otherwise; neither is changed by a signal, and no profile is asked for.
func TestSignalsOpenNoWindow(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		acted  time.Duration
		before []store.Write
		sent   store.SentOutcome
	}{
		"within":        {23 * time.Hour, nil, store.OutcomeSent},
		"after it":      {25 * time.Hour, nil, store.OutcomeRefused},
		"not reachable": {time.Hour, []store.Write{store.MarkUnavailable{PageID: pageID, PSID: ada, At: time.Now()}}, store.OutcomeRefused},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var s heard
			policy := routing.Policy{
				receiving.TypeDefault: {{Handler: handling.UserProfile{}, Signals: true}},
				receiving.TypeSignal:  {answersWords(&s)},
			}
			inBubble(t, simulator.Config{}, messenger.Config{Policy: policy}, func(w *world) {
				w.Says(ada, "hi")
				after(c.acted)
				require.NoError(t, w.Store.Apply(w.T.Context(), c.before...))
				before := w.Person(ada)
				require.NoError(t, w.bot.Signal(w.T.Context(), pageID, ada, "k", word.MustEncodeSignal("x")))
				after(time.Second)
				require.Equal(t, []string{"x"}, s.words(t), "its route runs in any case")
				require.Equal(t, []store.SentOutcome{c.sent}, outcomes(t, w.Store, ada))
				require.Equal(t, before, w.Person(ada))
			})
		})
	}
}

// TestSignalsWhileSilent: the bot keeps silent, and what the routes write takes effect.
func TestSignalsWhileSilent(t *testing.T) {
	t.Parallel()
	var s heard
	policy := routing.Policy{receiving.TypeSignal: {
		route("writes", thumb), answersWords(&s),
		{Name: "despite", Handler: handling.Dummy{}, Senders: sending.List(sending.Text("despite")), DespiteSilence: true},
	}}
	inBubble(t, simulator.Config{}, messenger.Config{Policy: policy, Quiet: handling.Quiet{AfterHuman: time.Hour}}, func(w *world) {
		w.Says(ada, "hi")
		after(time.Second)
		require.NoError(t, w.Store.Apply(w.T.Context(), store.NoteHuman{PageID: pageID, PSID: ada, At: time.Now()}))
		require.NoError(t, w.bot.SignalAfter(w.T.Context(), pageID, ada, time.Minute, "in it", word.MustEncodeSignal("x")))
		require.NoError(t, w.bot.SignalAfter(w.T.Context(), pageID, ada, 2*time.Hour, "after it", word.MustEncodeSignal("y")))
		after(30 * time.Minute)
		require.Equal(t, []string{"x"}, s.words(t))
		require.Equal(t, []string{"despite"}, w.Texts(ada))
		require.Equal(t, 1, w.Person(ada).ThumbUps)
		require.Empty(t, w.Letters())
		after(3 * time.Hour)
		require.Equal(t, []string{"despite", "signal y", "despite"}, w.Texts(ada), "the silence is over when it becomes due")
	})
}

// reminder reminds a person of what they wrote, in its own words, a minute after the last text.
type reminder struct{ handling.TextBase }

func (reminder) Handle(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
	if ev.Type != receiving.TypeSignal {
		return handling.After(ctx, time.Minute, "reminder", word, ev.Text())
	}
	said, err := word.Decode(ev.PayloadText())
	return errors.Join(err, reply.Reply(ctx, sending.Text("you said "+said)))
}

func (reminder) TakesSignal(ev *receiving.Event) bool {
	return ev.Payload.(*receiving.Signal).Key == "reminder"
}

// TestSignalTaker: a handler that waits needs no entry for its timer, answers it, and keeps it from the routes under SIGNAL.
func TestSignalTaker(t *testing.T) {
	t.Parallel()
	for _, under := range []receiving.Type{receiving.TypeSimpleText, receiving.TypeDefault} {
		t.Run(string(under), func(t *testing.T) {
			t.Parallel()
			var s heard
			inBubble(t, simulator.Config{}, messenger.Config{Policy: routing.Policy{
				under:                {{Name: "reminds", When: routing.Not{Condition: routing.Types{receiving.TypeSignal}}, Handler: reminder{}}},
				receiving.TypeSignal: {answersWords(&s)},
			}}, func(w *world) {
				w.Says(ada, "one")
				after(30 * time.Second)
				w.Says(ada, "two")
				require.NoError(t, w.bot.SignalAfter(w.T.Context(), pageID, ada, time.Hour, "other", word.MustEncodeSignal("rest")))
				after(2 * time.Hour)
				require.Equal(t, []string{"you said two", "signal rest"}, w.Texts(ada))
				require.Equal(t, []string{"rest"}, s.words(t))
			})
		})
	}
}

// TestSignalsInMiddleware: no route of a turn could drop what a middleware raises, so it raises nothing; the bot does, from there too.
func TestSignalsInMiddleware(t *testing.T) {
	t.Parallel()
	var s heard
	var turn, send error
	cfg := messenger.Config{
		Policy: routing.Policy{receiving.TypeSignal: {answersWords(&s)}, receiving.TypeSimpleText: {echo}},
		TurnMiddleware: []handling.Middleware{func(next handling.TurnFunc) handling.TurnFunc {
			return func(ctx context.Context, ev *receiving.Event) error {
				turn = handling.After(ctx, time.Minute, "k", word, "x")
				return next(ctx, ev)
			}
		}},
		SendMiddleware: []sending.Middleware{func(next sending.DeliverFunc) sending.DeliverFunc {
			return func(ctx context.Context, d sending.Delivery) (graph.SendResult, error) {
				send = handling.After(ctx, time.Minute, "k", word, "x")
				return next(ctx, d)
			}
		}},
	}
	inBubble(t, simulator.Config{}, cfg, func(w *world) {
		w.Says(ada, "hi")
		after(time.Hour)
		require.ErrorIs(t, turn, store.ErrTurnOver)
		require.ErrorIs(t, send, store.ErrNoTurn)
		require.Empty(t, s.words(t))
	})
}

// TestSignalsOnStandby: DEFAULT routes that only watch may set timers, too.
func TestSignalsOnStandby(t *testing.T) {
	t.Parallel()
	var s heard
	policy := routing.Policy{
		receiving.TypeDefault: {route("watch", func(ctx context.Context, ev *receiving.Event, _ *sending.Replier) error {
			return handling.After(ctx, time.Minute, "k", word, fmt.Sprint("standby ", ev.Standby))
		})},
		receiving.TypeSignal: {answersWords(&s)},
	}
	inBubble(t, simulator.Config{}, messenger.Config{Policy: policy}, func(w *world) {
		body := strings.Replace(callback(pageID, ada, "m", "hi"), `"messaging"`, `"standby"`, 1)
		require.Equal(t, 200, w.Posts(body).Code)
		after(time.Hour)
		require.Equal(t, []string{"standby true"}, s.words(t), "and do not run for them")
	})
}

// TestExplainAgreesOnSignals compares the routes that ran for a signal with those that Explain names, of the event and of what was kept
// of it.
func TestExplainAgreesOnSignals(t *testing.T) {
	t.Parallel()
	var did ran
	signals := func(r routing.Route) routing.Route { r.Signals = true; return r }
	own := route("own", func(context.Context, *receiving.Event, *sending.Replier) error { return nil })
	own.Handler = reminder{}
	inBubble(t, simulator.Config{}, messenger.Config{Policy: routing.Policy{
		receiving.TypeDefault: {
			{Name: "save", Handler: handling.SaveMessage{}, Signals: true},
			did.route("default", nil), signals(did.route("signals", nil)), signals(did.route("no", always("no", false))),
		},
		receiving.TypeSimpleText: {own},
		receiving.TypeSignal: {
			did.route("word", routing.PayloadOf(word)), otherwise(did.route("otherwise", always("yes", true))), final(did.route("final", always("yes", true))),
			did.route("after", always("yes", true)),
		},
	}}, func(w *world) {
		require.NoError(t, w.Store.Apply(w.T.Context(), store.TouchPerson{PageID: pageID, PSID: ada, At: time.Now()}))
		for _, c := range []struct{ key, payload string }{{"a", word.MustEncodeSignal("x")}, {"b", "other"}, {"reminder", word.MustEncodeSignal("x")}} {
			require.NoError(t, w.bot.Signal(w.T.Context(), pageID, ada, c.key, c.payload))
			after(time.Second)
			var fires []string
			kept, err := w.Store.Received(w.T.Context(), pageID, ada, 1)
			require.NoError(t, err)
			explained, err := w.bot.ExplainKept(w.T.Context(), pageID, ada, kept[0].Key)
			require.NoError(t, err)
			direct, err := w.bot.Explain(w.T.Context(), &receiving.Event{
				Type: receiving.TypeSignal, PageID: pageID, PSID: ada, Payload: &receiving.Signal{Key: c.key, Payload: c.payload},
			})
			require.NoError(t, err)
			require.Equal(t, direct, explained)
			for _, e := range explained {
				if e.Fires && e.Route != "save" && e.Route != "own" {
					fires = append(fires, e.Route)
				}
			}
			require.Equal(t, fires, did.taken(), c.key)
		}
	})
}

// TestSignalsOnAStoreWithoutTimers: what the store cannot do says so, and signals work.
func TestSignalsOnAStoreWithoutTimers(t *testing.T) {
	t.Parallel()
	var s heard
	cfg := messenger.Config{Store: &minimal{Store: memory.New(memory.Config{})}, Policy: routing.Policy{receiving.TypeSignal: {answersWords(&s)}}}
	inBubble(t, simulator.Config{}, cfg, func(w *world) {
		w.Says(ada, "hi")
		after(time.Second)
		require.NoError(t, w.bot.Signal(w.T.Context(), pageID, ada, "k", word.MustEncodeSignal("x")))
		after(time.Second)
		require.Equal(t, []string{"x"}, s.words(t))
		_, err := w.bot.Timers(w.T.Context(), pageID, ada, store.TimerQuery{})
		require.ErrorIs(t, err, errors.ErrUnsupported)
		_, err = w.bot.CancelSignal(w.T.Context(), pageID, ada, "k")
		require.ErrorIs(t, err, errors.ErrUnsupported)
	})
}
