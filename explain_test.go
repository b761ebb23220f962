package messenger_test

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/internal/bubble"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
)

// knows is a condition that looks at the stored person, at the bot, and at whether something can be written.
func knows(firstName string) routing.Condition {
	return routing.If("knows "+firstName, func(ctx context.Context, ev *receiving.Event) bool {
		if err := store.Queue(ctx, store.AddThumbUp{PageID: ev.PageID, PSID: ev.PSID}); !errors.Is(err, store.ErrTurnOver) && err != nil {
			return false
		}
		_, unknown := store.From(ctx).Session(ctx, ev.PageID, ev.PSID, "none")
		return store.PersonFrom(ctx).Profile.FirstName == firstName && messenger.From(ctx) != nil &&
			sending.Expand(ctx, "%{first_name}") == firstName && i18n.From(ctx) != nil && errors.Is(unknown, store.ErrNotFound)
	})
}

// TestExplainOfARunningBot explains decoded events, dead letters and kept events by the policy in force and the stored person,
// and has no effect.
func TestExplainOfARunningBot(t *testing.T) {
	t.Parallel()
	runs := 0
	policy := routing.Policy{
		receiving.TypeDefault: {{Name: "keep", Handler: handling.SaveMessage{}}},
		receiving.TypeSimpleText: {
			{Name: "knows", When: knows("Ada"), Handler: handling.Func(func(context.Context, *receiving.Event, *sending.Replier) error {
				runs++
				return handling.Permanent(errors.New("no"))
			}), Senders: sending.List(sending.Text("a"))},
			{Name: "otherwise", Handler: handling.Dummy{}, Otherwise: true},
		},
	}
	inBubble(t, simulator.Config{}, messenger.Config{Policy: policy}, func(w *world) {
		require.NoError(t, w.Store.Apply(t.Context(), store.SaveProfile{PageID: pageID, PSID: ada, Profile: store.Profile{FirstName: "Ada"}, At: time.Now()}))
		w.Says(ada, "hi")
		w.Says(lin, "hi")
		after(time.Second)
		require.Equal(t, 1, runs)
		thumbs, calls := w.Person(ada).ThumbUps, len(w.Requests())

		letter := w.Letters()[0]
		kept, err := w.Store.Received(t.Context(), pageID, ada, 10)
		require.NoError(t, err)
		require.Len(t, kept, 1)
		var envelope receiving.Envelope
		require.NoError(t, envelope.UnmarshalBinary(letter.Body))
		ev, _ := envelope.Event()
		want := []routing.Explanation{
			{Route: "keep", Fires: true, Ways: []sending.Way{sending.ByMessage}, Why: "handling.SaveMessage.ShouldHandle says yes"},
			{Route: "knows", Fires: true, Answers: true, Ways: []sending.Way{sending.ByMessage}, Why: `When If "knows Ada" matches, and handling.Func.ShouldHandle says yes`},
			{Route: "otherwise", Why: "it is an otherwise route, and one before it handles the event"},
		}
		explain := func(by string, explained []routing.Explanation, err error) []routing.Explanation {
			require.NoError(t, err, by)
			return explained
		}
		all := func() [][]routing.Explanation {
			byEvent, eventErr := w.bot.Explain(w.T.Context(), ev)
			byLetter, letterErr := w.bot.ExplainDead(w.T.Context(), letter.ID)
			byKey, keyErr := w.bot.ExplainKept(w.T.Context(), pageID, ada, kept[0].Key)
			return [][]routing.Explanation{explain("event", byEvent, eventErr), explain("letter", byLetter, letterErr), explain("key", byKey, keyErr)}
		}
		for _, explained := range all() {
			require.Equal(t, want, explained)
		}
		theirs, err := w.Store.Received(t.Context(), pageID, lin, 10)
		require.NoError(t, err)
		explained, err := w.bot.ExplainKept(w.T.Context(), pageID, lin, theirs[0].Key)
		require.NoError(t, err)
		require.False(t, explained[1].Fires, "it is another person")
		require.True(t, explained[2].Fires)

		require.NoError(t, w.bot.SetPolicy(texts(route("new", thumb))))
		for _, explained := range all() {
			require.Len(t, explained, 1)
			require.Equal(t, "new", explained[0].Route, "the policy in force")
		}
		after(time.Minute)
		require.Equal(t, 1, runs)
		require.Equal(t, thumbs, w.Person(ada).ThumbUps)
		require.Len(t, w.Requests(), calls)
		require.Len(t, w.Letters(), 1)
	})
}

// TestExplainOfWhatIsNotThere returns store.ErrNotFound, and an error for what cannot be decoded.
func TestExplainOfWhatIsNotThere(t *testing.T) {
	t.Parallel()
	inBubble(t, simulator.Config{}, messenger.Config{Policy: texts(route("no", func(context.Context, *receiving.Event, *sending.Replier) error {
		return handling.Permanent(errors.New("no"))
	}))}, func(w *world) {
		for _, key := range []string{"k1", "k2"} {
			require.NoError(t, w.Store.Put(t.Context(), store.Event{
				Conversation: store.Conversation{PageID: pageID, PSID: ada}, Key: key, Time: time.Now(), Body: []byte("{"),
			}))
		}
		require.NoError(t, w.Store.Apply(t.Context(), store.SaveMessage{Received: store.Received{
			PageID: pageID, PSID: ada, Key: "broken", Type: "SIMPLE_TEXT", Body: []byte("{}"), At: time.Now(),
		}}))
		after(time.Second)
		letters := w.Letters()
		require.Len(t, letters, 2)
		_, err := w.bot.ExplainDead(w.T.Context(), letters[0].ID)
		require.ErrorIs(t, err, receiving.ErrEnvelope)
		require.NoError(t, bubble.As[store.DeadLetters](w.T, w.Store).Drop(t.Context(), letters[0].ID))
		for _, id := range []int64{letters[0].ID, 0, -1, 1 << 62, -1 << 63} {
			_, err := w.bot.ExplainDead(w.T.Context(), id)
			require.ErrorIs(t, err, store.ErrNotFound, id)
		}
		_, err = w.bot.ExplainKept(w.T.Context(), pageID, ada, "broken")
		require.ErrorContains(t, err, "not the event of its key")
		for _, of := range [][3]string{{pageID, ada, "unknown"}, {pageID, lin, "broken"}, {"7", ada, "broken"}, {"", "", ""}} {
			_, err := w.bot.ExplainKept(w.T.Context(), of[0], of[1], of[2])
			require.ErrorIs(t, err, store.ErrNotFound, of)
		}
	})
}

// TestExplainIsBounded: a handler that never answers, or that ends its goroutine, costs Explain as much as a turn.
func TestExplainIsBounded(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		should func(context.Context)
		took   time.Duration
		says   string
	}{
		"never answers":       {func(context.Context) { time.Sleep(time.Hour) }, 31 * time.Second, "did not return"},
		"ends its goroutine":  {func(context.Context) { runtime.Goexit() }, 0, "Goexit"},
		"honours its context": {func(ctx context.Context) { <-ctx.Done() }, 30 * time.Second, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			policy := texts(routing.Route{Name: "asked", Handler: asked{should: c.should}})
			inBubble(t, simulator.Config{}, messenger.Config{Policy: policy}, func(w *world) {
				began := time.Now()
				_, err := w.bot.Explain(w.T.Context(), &receiving.Event{Type: receiving.TypeSimpleText, PageID: pageID, PSID: ada, Payload: &receiving.Message{Text: "hi"}})
				require.Equal(t, c.took, time.Since(began))
				if c.says != "" {
					require.ErrorContains(t, err, c.says)
				}
				after(time.Hour) // until it returns
			})
		})
	}
}

// TestExplainWithHandlersThatMisbehave: a panic of ShouldHandle is what Explain says, as it is what the turn comes to.
func TestExplainWithHandlersThatMisbehave(t *testing.T) {
	t.Parallel()
	policy := texts(routing.Route{Name: "panics", Handler: asked{should: func(context.Context) { panic("mine") }}})
	inBubble(t, simulator.Config{}, messenger.Config{Policy: policy}, func(w *world) {
		explained, err := w.bot.Explain(w.T.Context(), &receiving.Event{Type: receiving.TypeSimpleText, PageID: pageID, PSID: ada, Payload: &receiving.Message{Text: "hi"}})
		require.NoError(t, err)
		require.Contains(t, explained[0].Why, "panic: mine")
		var none *messenger.Bot
		_, err = none.Explain(w.T.Context(), nil)
		require.ErrorIs(t, err, messenger.ErrNoBot)
		_, err = none.ExplainDead(w.T.Context(), 1)
		require.ErrorIs(t, err, messenger.ErrNoBot)
		_, err = none.ExplainKept(w.T.Context(), "", "", "")
		require.ErrorIs(t, err, messenger.ErrNoBot)
	})
}

// An event that waits, one that has failed included, is explained by its key.
func TestExplainAnEventThatWaits(t *testing.T) {
	t.Parallel()
	policy := texts(routing.Route{Name: "fails", Handler: handling.Func(func(context.Context, *receiving.Event, *sending.Replier) error {
		return errors.New("not now")
	})})
	inBubble(t, simulator.Config{}, messenger.Config{Policy: policy}, func(w *world) {
		w.Says(ada, "1")
		after(100 * time.Millisecond)
		w.Says(ada, "2")
		waiting, err := bubble.As[store.Peeker](t, w.Store).Peek(w.T.Context(), store.Conversation{PageID: pageID, PSID: ada}, 10)
		require.NoError(t, err)
		require.Len(t, waiting, 2)
		for _, event := range waiting {
			explained, err := w.bot.ExplainWaiting(w.T.Context(), pageID, ada, event.Key)
			require.NoError(t, err)
			require.Len(t, explained, 1)
			require.Equal(t, "fails", explained[0].Route)
			require.True(t, explained[0].Fires)
		}
		for _, of := range [][3]string{{pageID, ada, "no such key"}, {pageID, lin, waiting[0].Key}, {"1", ada, waiting[0].Key}, {"", "", ""}} {
			_, err := w.bot.ExplainWaiting(w.T.Context(), of[0], of[1], of[2])
			require.ErrorIs(t, err, store.ErrNotFound)
		}
		after(time.Hour) // both are dead letters
		_, err = w.bot.ExplainWaiting(w.T.Context(), pageID, ada, waiting[0].Key)
		require.ErrorIs(t, err, store.ErrNotFound)

		var none *messenger.Bot
		_, err = none.ExplainWaiting(w.T.Context(), pageID, ada, "x")
		require.ErrorIs(t, err, messenger.ErrNoBot)
	})
}
