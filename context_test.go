package messenger_test

import (
	"context"
	"errors"
	"sync"
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
)

// TestSendToAnotherPersonSurvivesTheTurn: what a handler sends by the bot is sent at once, whether its turn fails or not.
// SendOnce takes effect once in all tries of the turn, Send in each one.
func TestSendToAnotherPersonSurvivesTheTurn(t *testing.T) {
	t.Parallel()
	tries := 0
	policy := texts(route("tells lin", func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
		if ev.PSID == lin {
			return nil
		}
		tries++
		bot := messenger.From(ctx)
		if err := errors.Join(
			bot.SendOnce(ctx, ev.PageID, lin, "ticket-"+ev.Key, sending.Text("once")),
			bot.Send(ctx, ev.PageID, lin, sending.Text("each time")),
			reply.Reply(ctx, sending.Text("with the turn")),
		); err != nil {
			return err
		}
		time.Sleep(5 * time.Second)
		return errors.New("no")
	}))
	inBubble(t, simulator.Config{}, messenger.Config{Policy: policy}, func(w *world) {
		w.Says(lin, "hi")
		w.Says(ada, "hi")
		after(time.Second)
		require.Equal(t, []string{"once", "each time"}, w.Texts(lin), "while the handler still runs")
		after(2 * time.Minute)
		require.Equal(t, 4, tries)
		require.Len(t, w.Letters(), 1)
		require.Equal(t, []string{"once", "each time", "each time", "each time", "each time"}, w.Texts(lin))
		require.Empty(t, w.Texts(ada), "an answer commits with its turn")
	})
}

// TestSendToTheSamePersonInATurn goes out with the turn's commit, before the turn's own answer, and if the turn fails too.
func TestSendToTheSamePersonInATurn(t *testing.T) {
	t.Parallel()
	policy := texts(route("both", func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
		if err := reply.Reply(ctx, sending.Text("answer to "+ev.Text())); err != nil {
			return err
		}
		if err := messenger.From(ctx).SendOnce(ctx, ev.PageID, ev.PSID, ev.Key, sending.Text("sent at "+ev.Text())); err != nil {
			return err
		}
		if ev.Text() == "fail" {
			return handling.Permanent(errors.New("no"))
		}
		return nil
	}))
	inBubble(t, simulator.Config{}, messenger.Config{Policy: policy}, func(w *world) {
		w.Says(ada, "fail")
		w.Says(ada, "hi")
		after(time.Second)
		require.Equal(t, []string{"sent at fail", "sent at hi", "answer to hi"}, w.Texts(ada))
	})
}

// TestCancelByTheBotInATurn: a handler takes back what waits for another person, and can use the key again.
func TestCancelByTheBotInATurn(t *testing.T) {
	t.Parallel()
	policy := texts(route("moves", func(ctx context.Context, ev *receiving.Event, _ *sending.Replier) error {
		if ev.PSID == lin {
			return nil
		}
		bot := messenger.From(ctx)
		canceled, err := bot.Cancel(ctx, ev.PageID, lin, "reminder")
		if err == nil && canceled {
			err = bot.SendOnce(ctx, ev.PageID, lin, "reminder", sending.Text("moved").After(time.Minute))
		}
		return err
	}))
	inBubble(t, simulator.Config{}, messenger.Config{Policy: policy}, func(w *world) {
		w.Says(lin, "hi")
		require.NoError(t, w.bot.SendOnce(t.Context(), pageID, lin, "reminder", sending.Text("old").After(10*time.Second)))
		w.Says(ada, "hi")
		after(2 * time.Minute)
		require.Equal(t, []string{"moved"}, w.Texts(lin))
	})
}

// TestFromIsThereWhereverTheBotCalls: in all code of the program that the bot calls while it works the queue.
func TestFromIsThereWhereverTheBotCalls(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	seen := map[string]*messenger.Bot{}
	see := func(ctx context.Context, where string) {
		mu.Lock()
		defer mu.Unlock()
		seen[where] = messenger.From(ctx)
	}
	cfg := messenger.Config{
		Policy: texts(routing.Route{
			Handler: asked{func(ctx context.Context) { see(ctx, "ShouldHandle") }, func(ctx context.Context) { see(ctx, "Handle") }},
			Senders: sending.List(sending.Func(func(ctx context.Context, _ *receiving.Event) ([]sending.Message, error) {
				see(ctx, "sender")
				return []sending.Message{sending.Text("answer")}, nil
			})),
		}),
		TurnMiddleware: []handling.Middleware{func(next handling.TurnFunc) handling.TurnFunc {
			return func(ctx context.Context, ev *receiving.Event) error {
				see(ctx, "turn middleware")
				return next(ctx, ev)
			}
		}},
		SendMiddleware: []sending.Middleware{func(next sending.DeliverFunc) sending.DeliverFunc {
			return func(ctx context.Context, d sending.Delivery) (graph.SendResult, error) {
				see(ctx, "send middleware")
				if d.PSID == lin {
					return graph.SendResult{}, sending.Refuse(errors.New("no"))
				}
				return next(ctx, d)
			}
		}},
		OnSendFailed:   func(ctx context.Context, _ sending.Failure) { see(ctx, "OnSendFailed") },
		OnTokenInvalid: func(ctx context.Context, _ string, _ error) { see(ctx, "OnTokenInvalid") },
		Tokens: graph.TokenFunc(func(ctx context.Context, _ string) (secret.Value, error) {
			see(ctx, "Tokens")
			return secret.New("wrong"), nil
		}),
	}
	inBubble(t, simulator.Config{}, cfg, func(w *world) {
		w.Says(lin, "hi")
		after(time.Second)
		w.Says(ada, "hi") // whose answer finds the token refused, so that the page waits
		after(time.Minute)
		mu.Lock()
		defer mu.Unlock()
		for _, where := range []string{"ShouldHandle", "Handle", "sender", "turn middleware", "send middleware", "OnSendFailed", "OnTokenInvalid", "Tokens"} {
			require.Contains(t, seen, where, "it was not called")
			require.Same(t, w.bot, seen[where], where)
		}
	})
}

// asked is a handler that tells of its calls.
type asked struct{ should, handle func(ctx context.Context) }

func (a asked) ShouldHandle(ctx context.Context, _ *receiving.Event) bool {
	a.should(ctx)
	return true
}

func (a asked) Handle(ctx context.Context, _ *receiving.Event, _ *sending.Replier) error {
	a.handle(ctx)
	return nil
}

// TestFromWithoutABot: outside of a turn From gives no bot, and its methods say so instead of panicking.
func TestFromWithoutABot(t *testing.T) {
	t.Parallel()
	bot := messenger.From(t.Context())
	require.Nil(t, bot)
	require.Nil(t, bot.Client())
	_, cancelErr := bot.Cancel(t.Context(), pageID, ada, "key")
	_, forErr := bot.For(t.Context(), pageID, ada)
	_, statsErr := bot.Stats(t.Context())
	for _, err := range []error{
		bot.Send(t.Context(), pageID, ada, sending.Text("a")),
		bot.SendOnce(t.Context(), pageID, ada, "key", sending.Text("a")),
		bot.SendOnce(t.Context(), pageID, ada, "", sending.Text("a")),
		cancelErr, forErr, statsErr,
	} {
		require.ErrorIs(t, err, messenger.ErrNoBot)
	}
	idle := newIdle(t, t.Output())
	require.Same(t, idle, messenger.From(messenger.With(t.Context(), idle)))
}

// TestForInATurn: in the context of another person texts and reads are of that person, and a write is refused, for it would
// belong to no turn.
func TestForInATurn(t *testing.T) {
	t.Parallel()
	var refused, read error
	var name string
	policy := texts(route("tells lin", func(ctx context.Context, ev *receiving.Event, _ *sending.Replier) error {
		theirs, err := messenger.From(ctx).For(ctx, ev.PageID, lin)
		if err != nil {
			return err
		}
		name = sending.Expand(theirs, "%{first_name}")
		_, read = store.SessionFrom(theirs, "none")
		refused = store.Queue(theirs, store.AddThumbUp{PageID: ev.PageID, PSID: lin})
		return store.Queue(ctx, store.AddThumbUp{PageID: ev.PageID, PSID: ev.PSID})
	}))
	inBubble(t, simulator.Config{}, messenger.Config{Policy: policy}, func(w *world) {
		require.NoError(t, w.Store.Apply(t.Context(), store.SaveProfile{PageID: pageID, PSID: lin, Profile: store.Profile{FirstName: "Lin"}, At: time.Now()}))
		w.Says(ada, "hi")
		after(time.Second)
		require.Equal(t, "Lin", name)
		require.ErrorIs(t, read, store.ErrNotFound)
		require.ErrorIs(t, refused, store.ErrTurnOver)
		require.Zero(t, w.Person(lin).ThumbUps)
		require.Equal(t, 1, w.Person(ada).ThumbUps)
	})
}
