package messenger_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/dialog"
	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/secret"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
	"github.com/djmessenger/messenger/threadsettings"
)

func TestNewLogsWhatIsNotTranslated(t *testing.T) {
	t.Parallel()
	catalog, err := i18n.New(map[string]map[string]string{
		"de": {"Small": "Klein", "Medium size": "Mittel"}, "fr": {"Large": "Grand"}, "es": {"Small": "Pequeño", "Large": "Grande", "Medium size": "Mediana"},
	})
	require.NoError(t, err)
	var log bytes.Buffer
	_, err = messenger.New(messenger.Config{
		Apps: messenger.App("s"), VerifyToken: secret.New("v"), Tokens: graph.PageToken("t"), Catalog: catalog,
		Logger: slog.New(slog.NewTextHandler(&log, nil)),
	})
	require.NoError(t, err)
	require.Contains(t, log.String(), `language=de count=1 first="Large: is not translated"`)
	require.Contains(t, log.String(), `language=fr count=2 first="Medium size: is not translated; Small: is not translated"`)
	require.NotContains(t, log.String(), "language=es")
}

// withTexts is a bot that says texts in German too.
func withTexts(t *testing.T, german map[string]string, change func(*messenger.Config)) (log string, err error) {
	t.Helper()
	catalog, err := i18n.New(map[string]map[string]string{"de": german, "en": {"orders.pay": "Pay", "orders.long": "A source text that is too long"}})
	require.NoError(t, err)
	var out bytes.Buffer
	c := messenger.Config{
		Apps: messenger.App("s"), VerifyToken: secret.New("v"), Tokens: graph.PageToken("t"), Catalog: catalog,
		Logger: slog.New(slog.NewTextHandler(&out, nil)), Policy: routing.Policy{},
	}
	change(&c)
	_, err = messenger.New(c)
	return out.String(), err
}

func answering(senders ...sending.Sender) routing.Policy {
	return routing.Policy{receiving.TypeSimpleText: {{Handler: handling.Dummy{}, Senders: senders}}}
}

// All languages × all texts that policies, dialogs and settings name.
func TestNewWarnsOfTranslationsThatAreTooLong(t *testing.T) {
	t.Parallel()
	german := map[string]string{
		"orders.pay": "Jetzt kostenpflichtig bestellen", "Back": "Zurück zum vorigen Schritt", "Menu": "Die Speisekarte von heute und morgen", "Hi": "Hallo",
	}
	ask := dialog.Dialog[struct{ OK bool }]{
		Name: "ask", Done: func(context.Context, *dialog.Run[struct{ OK bool }]) error { return nil },
		Steps: []dialog.Step[struct{ OK bool }]{dialog.Question[struct{ OK bool }, bool]{
			Name: "ok", Text: "Hi", Answer: dialog.OneOf(dialog.Opt(true, "Back")), Field: func(s *struct{ OK bool }) *bool { return &s.OK },
		}},
	}
	log, err := withTexts(t, german, func(c *messenger.Config) {
		c.Policy = answering(sending.After(time.Second, sending.Buttons{Text: "Hi"}.WithPostback("orders.pay", "pay")))
		c.Policy[receiving.TypeDialog] = []routing.Route{{Handler: ask}}
		c.ThreadSettings = map[string]threadsettings.Settings{graph.Me: {
			GetStarted: &threadsettings.GetStarted{}, PersistentMenu: threadsettings.MenuOf(threadsettings.MenuItem{Title: "Menu"}),
		}}
	})
	require.NoError(t, err)
	require.Equal(t, 1, strings.Count(log, "longer than the platform shows"))
	require.Contains(t, log, `language=de count=3 first="`)
	require.Equal(t, 2, strings.Count(log, "; "), "each is told from the next")
	require.Contains(t, log, `Back: has 26 characters, limit 20: DIALOG/0: step ok: options[0]`)
	require.Contains(t, log, `orders.pay: has 31 characters, limit 20: SIMPLE_TEXT/0: senders[0]: buttons[0].title`)
	require.Contains(t, log, `Menu: has 36 characters, limit 30: PersistentMenu[0].Items[0].Title`)
}

func TestNewRefusesASourceTextThatIsTooLong(t *testing.T) {
	t.Parallel()
	_, err := withTexts(t, map[string]string{"Hi": "Hallo"}, func(c *messenger.Config) {
		c.Policy = answering(sending.Buttons{Text: "Hi"}.WithPostback("orders.long", "pay"))
	})
	require.ErrorContains(t, err, `Config.Policy: i18n: en: "orders.long": has 30 characters, limit 20: SIMPLE_TEXT/0: senders[0]: buttons[0].title`)
}

// embedding has values of its own, which nothing outside can know.
type embedding struct{ sending.SimpleMessage }

func (e embedding) Compose(ctx context.Context, ev *receiving.Event) ([]sending.Message, error) {
	return e.SimpleMessage.Compose(sending.WithValues(ctx, map[string]string{"own": "1"}), ev)
}

func TestNewRefusesPlaceholdersThatNothingFills(t *testing.T) {
	t.Parallel()
	custom := handling.Func(func(_ context.Context, _ *receiving.Event, reply *sending.Replier) error {
		reply.Set("own", "1")
		return nil
	})
	own := sending.SimpleMessage{Text: "%{own}"}
	for name, c := range map[string]struct {
		policy routing.Policy
		wrong  string
	}{
		"a name that nothing has":         {answering(sending.SimpleMessage{Text: "Hi %{nothing}"}), "%{nothing}"},
		"within a delay":                  {answering(sending.After(time.Second, own)), "%{own}"},
		"in a title":                      {answering(sending.Buttons{Text: "Hi"}.WithPostback("%{own}", "p")), "%{own}"},
		"in a translation of a key":       {answering(sending.SimpleMessage{Text: "orders.sent"}), "%{number}"},
		"a group that the pattern has":    {routing.Policy{receiving.TypeSimpleText: {{Handler: handling.SimpleText{Pattern: `(?P<own>\d+)`}, Senders: sending.List(own)}}}, ""},
		"a group of another name":         {routing.Policy{receiving.TypeSimpleText: {{Handler: handling.SimpleText{Pattern: `(?P<one>\d+)`}, Senders: sending.List(own)}}}, "%{own}"},
		"a group of the condition":        {routing.Policy{receiving.TypeSimpleText: {{When: routing.All{routing.Text{Pattern: `(?P<own>\d+)`}}, Senders: sending.List(own)}}}, ""},
		"what the program's handler sets": {routing.Policy{receiving.TypeSimpleText: {{Handler: custom, Senders: sending.List(own)}}}, ""},
		"what a sender around it sets":    {answering(embedding{own}), ""},
		"what texts have of the person":   {answering(sending.SimpleMessage{Text: "%{first_name} %{last_name} %{name} %{thumb_ups}"}), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			german := map[string]string{"orders.sent": "Bestellung %{number}"}
			_, err := withTexts(t, german, func(config *messenger.Config) { config.Policy = c.policy })
			_, wrapped := withTexts(t, german, func(config *messenger.Config) {
				config.Policy = c.policy
				config.TurnMiddleware = []handling.Middleware{func(next handling.TurnFunc) handling.TurnFunc { return next }}
			})
			require.NoError(t, wrapped, "middleware may set any value")
			if c.wrong == "" {
				require.NoError(t, err)
			} else {
				require.ErrorContains(t, err, "the placeholder "+c.wrong)
			}
		})
	}
}

// What is checked of pages that are set and removed while the bot runs.
func TestTextsOfPagesThatChange(t *testing.T) {
	t.Parallel()
	catalog, err := i18n.New(map[string]map[string]string{"de": {"Hi": "Hallo"}})
	require.NoError(t, err)
	st := memory.New(memory.Config{})
	require.NoError(t, st.Apply(t.Context(), store.SaveProfile{PageID: "1", PSID: "ada", Profile: store.Profile{Locale: "de_DE"}}))
	newBot := func(t *testing.T) (*messenger.Bot, *bytes.Buffer) {
		t.Helper()
		var log bytes.Buffer
		bot, err := messenger.New(messenger.Config{
			Apps: messenger.App("s"), VerifyToken: secret.New("v"), Tokens: graph.PageToken("t"), Catalog: catalog, Store: st,
			Logger: slog.New(slog.NewTextHandler(&log, nil)), Policy: answering(sending.SimpleMessage{Text: "Good morning"}),
		})
		require.NoError(t, err)
		return bot, &log
	}
	page := func(id string, policy routing.Policy) messenger.Page {
		return messenger.Page{ID: id, Policy: policy}
	}
	t.Run("a log line names the texts that are left", func(t *testing.T) {
		t.Parallel()
		bot, log := newBot(t)
		require.NoError(t, bot.SetPages(page("2", answering(sending.SimpleMessage{Text: "Good evening"}))))
		require.NoError(t, bot.RemovePages("2"))
		ctx, err := bot.For(t.Context(), "1", "ada")
		require.NoError(t, err)
		require.Equal(t, "Good morning", sending.Expand(ctx, "Good morning"))
		require.Contains(t, log.String(), `problem="not translated" language=de key="Good morning"`)
	})
	t.Run("a policy that has changed is checked anew", func(t *testing.T) {
		t.Parallel()
		bot, _ := newBot(t)
		policy := answering(sending.SimpleMessage{Text: "Hi"})
		require.NoError(t, bot.SetPages(page("2", policy)))
		policy[receiving.TypeSimpleText][0].Senders = sending.List(sending.SimpleMessage{Text: "Hi %{nothing}"})
		require.ErrorContains(t, bot.SetPages(page("2", policy)), "the placeholder %{nothing}")
	})
}
