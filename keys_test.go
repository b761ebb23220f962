package messenger_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
)

func TestKeys(t *testing.T) {
	t.Parallel()
	type do func(ctx context.Context, bot *messenger.Bot) error
	once := func(key, to string, texts ...string) do {
		return func(ctx context.Context, bot *messenger.Bot) error {
			var messages []sending.Message
			for _, text := range texts {
				messages = append(messages, sending.Text(text))
			}
			return bot.SendOnce(ctx, pageID, to, key, messages...)
		}
	}
	named := func(key, to, text string) do {
		return func(ctx context.Context, bot *messenger.Bot) error {
			return bot.Send(ctx, pageID, to, sending.Text(text).WithKey(key))
		}
	}
	later := func(key, to string, messages ...sending.Message) do {
		return func(ctx context.Context, bot *messenger.Bot) error {
			for i := range messages {
				messages[i] = messages[i].After(time.Hour)
			}
			return bot.SendOnce(ctx, pageID, to, key, messages...)
		}
	}
	cancel := func(key, to string, want bool) do {
		return func(ctx context.Context, bot *messenger.Bot) error {
			got, err := bot.Cancel(ctx, pageID, to, key)
			if err == nil && got != want {
				return errors.New("the report of Cancel is not true")
			}
			return err
		}
	}
	for name, c := range map[string]struct {
		do       []do
		ada, lin []string
	}{
		"a key is one person's": {
			[]do{once("k", ada, "a"), once("k", lin, "l")}, []string{"a"}, []string{"l"},
		},
		"a message's key is one person's": {
			[]do{named("k", ada, "a"), named("k", lin, "l"), named("k", lin, "again")}, []string{"a"}, []string{"l"},
		},
		"a group is one": {
			[]do{once("k", ada, "a"), once("k", ada, "a", "b")}, []string{"a"}, nil,
		},
		"SendOnce, then the same key on a message": {
			[]do{once("k", ada, "a"), named("k", ada, "b")}, []string{"a"}, nil,
		},
		"a message's key, then SendOnce": {
			[]do{named("k", ada, "a"), once("k", ada, "b", "c")}, []string{"a"}, nil,
		},
		"keys that look alike": {
			[]do{once("order", ada, "a", "b"), once("order#1", ada, "c"), once("order1", ada, "d")}, []string{"a", "b", "c", "d"}, nil,
		},
		"canceled for one": {
			[]do{later("k", ada, sending.Text("a")), later("k", lin, sending.Text("l")), cancel("k", ada, true)}, nil, []string{"l"},
		},
		"canceled as a group, a message with its own key too": {
			[]do{later("k", ada, sending.Text("a").WithKey("own"), sending.Text("b")), cancel("k", ada, true)}, nil, nil,
		},
		"a canceled key is free": {
			[]do{later("k", ada, sending.Text("a")), cancel("k", ada, true), once("k", ada, "b")}, []string{"b"}, nil,
		},
		"a canceled group is free": {
			[]do{later("k", ada, sending.Text("a"), sending.Text("b")), cancel("k", ada, true), once("k", ada, "c", "d")},
			[]string{"c", "d"}, nil,
		},
		"nothing to cancel": {
			[]do{once("k", ada, "a"), cancel("k", ada, false), cancel("other", lin, false)}, []string{"a"}, nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, simulator.Config{Strangers: true}, messenger.Config{}, func(w *world) {
				for i, do := range c.do {
					require.NoError(t, do(t.Context(), w.bot), "step %d", i)
					after(time.Second)
				}
				after(2 * time.Hour)
				require.Equal(t, c.ada, w.Texts(ada))
				require.Equal(t, c.lin, w.Texts(lin))
			})
		})
	}
}

func TestCancelTakesBackWhatIsLeftOfAGroup(t *testing.T) {
	t.Parallel()
	inBubble(t, simulator.Config{Strangers: true}, messenger.Config{}, func(w *world) {
		parts := []sending.Message{sending.Text("now"), sending.Text("in an hour").After(time.Hour), sending.Text("now too")}
		require.NoError(t, w.bot.SendOnce(t.Context(), pageID, ada, "k", parts...))
		after(time.Second)
		canceled, err := w.bot.Cancel(t.Context(), pageID, ada, "k")
		require.NoError(t, err)
		require.True(t, canceled)
		after(2 * time.Hour)
		require.Equal(t, []string{"now", "now too"}, w.Texts(ada))
		require.NoError(t, w.bot.SendOnce(t.Context(), pageID, ada, "k", parts...))
		after(2 * time.Hour)
		require.Equal(t, []string{"now", "now too"}, w.Texts(ada), "what was sent stays sent")
	})
}

func TestCancelInATurn(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		turn handling.Func
		want []string
	}{
		"that commits": {func(ctx context.Context, _ *receiving.Event, reply *sending.Replier) error {
			return reply.Cancel(ctx, "reminder")
		}, nil},
		"that moves it": {func(ctx context.Context, _ *receiving.Event, reply *sending.Replier) error {
			return errors.Join(reply.Cancel(ctx, "reminder"),
				reply.Reply(ctx, sending.Text("moved").WithKey("reminder").After(30*time.Minute)))
		}, []string{"moved"}},
		"that fails": {func(ctx context.Context, _ *receiving.Event, reply *sending.Replier) error {
			return errors.Join(reply.Cancel(ctx, "reminder"), handling.Permanent(errors.New("no")))
		}, []string{"remember"}},
		"that skips": {func(ctx context.Context, _ *receiving.Event, reply *sending.Replier) error {
			return errors.Join(reply.Cancel(ctx, "reminder"), handling.Skip)
		}, []string{"remember"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, simulator.Config{}, messenger.Config{Policy: texts(route("turn", c.turn))}, func(w *world) {
				require.NoError(t, w.bot.Send(t.Context(), pageID, ada, sending.Text("remember").WithKey("reminder").After(time.Hour)))
				w.Says(ada, "change it")
				after(time.Second)
				require.Empty(t, w.Texts(ada))
				after(2 * time.Hour)
				require.Equal(t, c.want, w.Texts(ada))
			})
		})
	}
}

func TestForSpeaksThePersonsLanguage(t *testing.T) {
	t.Parallel()
	const text = "%{first_name|friend}, your order has shipped."
	catalog, err := i18n.New(map[string]map[string]string{"zh-TW": {text: "%{first_name|朋友}，您的訂單已出貨。"}})
	require.NoError(t, err)
	inBubble(t, simulator.Config{Strangers: true}, messenger.Config{Catalog: catalog, Prefix: "> "}, func(w *world) {
		require.NoError(t, w.Store.Apply(t.Context(), store.SaveProfile{
			PageID: pageID, PSID: lin, At: time.Now(), Profile: store.Profile{FirstName: "小美", Locale: "zh_TW"},
		}))
		for _, psid := range []string{ada, lin} {
			ctx, err := w.bot.For(t.Context(), pageID, psid)
			require.NoError(t, err)
			composed, err := sending.SimpleMessage{Text: text}.Compose(ctx, nil)
			require.NoError(t, err)
			require.NoError(t, w.bot.Send(ctx, pageID, psid, append(composed, sending.Text(sending.Expand(ctx, text)))...))
		}
		after(time.Second)
		require.Equal(t, []string{"> friend, your order has shipped.", "friend, your order has shipped."}, w.Texts(ada))
		require.Equal(t, []string{"> 小美，您的訂單已出貨。", "小美，您的訂單已出貨。"}, w.Texts(lin))
	})
}
