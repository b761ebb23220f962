package messenger_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stretchr/testify/assert"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/secret"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
	"github.com/djmessenger/messenger/threadsettings"
)

// TestNewNamesEveryMistake: all of them together, each in one line that begins with its field.
func TestNewNamesEveryMistake(t *testing.T) {
	t.Parallel()
	twoMistakes := threadsettings.Settings{Greeting: threadsettings.GreetingOf(strings.Repeat("x", 161)), GetStarted: &threadsettings.GetStarted{Payload: strings.Repeat("p", 1001)}}
	for name, test := range map[string]struct {
		config messenger.Config
		want   []string
	}{
		"nothing is set": {messenger.Config{}, []string{
			"Config.Apps: is empty: without an app secret a forged callback cannot be detected",
			"Config.VerifyToken: is empty: nothing would be left of the verification",
			"Config.Tokens: is missing: nothing could be sent",
		}},
		"everything is wrong": {messenger.Config{
			Apps:         []receiving.App{{Secrets: []secret.Value{secret.New("")}}},
			BodyBudget:   -1,
			BodyTimeout:  -1,
			GracePeriod:  -1,
			GraphURL:     "::",
			GraphVersion: "27",
			MaxBody:      -1,
			Policies:     map[string]routing.Policy{"7": {receiving.TypeSimpleText: {{}, {}}}, "abc": {}},
			Policy:       routing.Policy{receiving.TypeSimpleText: {{Handler: handling.SimpleText{Pattern: "("}}}, receiving.TypeImage: {{}}},
			Quiet:        handling.Quiet{AfterHuman: -1},
			Retention:    messenger.Retention{People: time.Hour, DedupKeys: time.Hour},
			SendTimeout:  -1,
			ThreadSettings: map[string]threadsettings.Settings{
				"8": twoMistakes,
			},
			TurnTimeout: -1,
			Workers:     -1,
		}, []string{
			"Config.Apps[0].Secrets[0]: is empty",
			"Config.BodyBudget: is negative",
			"Config.BodyTimeout: is negative",
			"Config.MaxBody: is negative",
			"Config.VerifyToken: is empty: nothing would be left of the verification",
			"Config.GraphURL: not an http or https URL",
			"Config.SendTimeout: must not be negative: -1ns",
			"Config.GraphVersion: must look like v27.0",
			"Config.GracePeriod: is negative",
			"Config.TurnTimeout: is negative",
			"Config.Workers: is negative",
			"Config.Tokens: is missing: nothing could be sent",
			"Config.Retention.DedupKeys: is below 7 days: the platform may still repeat what would be forgotten",
			"Config.Retention.People: is below 24 hours: people whom the bot may still answer would be forgotten",
			"Config.Quiet.AfterHuman: is negative: -1ns",
			`Config.ThreadSettings["8"]: GetStarted.Payload: 1001 characters; at most 1000`,
			`Config.ThreadSettings["8"]: Greeting[0].Text (default): 161 characters; at most 160`,
			"Config.Policy: IMAGE/0: its handler is nil; only a route with When and Senders needs none",
			"Config.Policy: SIMPLE_TEXT/0: handler handling.SimpleText: pattern: error parsing regexp: missing closing ): `(`",
			`Config.Policies["7"] (page "7"): Policy: SIMPLE_TEXT/0: its handler is nil; only a route with When and Senders needs none`,
			`Config.Policies["7"] (page "7"): Policy: SIMPLE_TEXT/1: its handler is nil; only a route with When and Senders needs none`,
			`Config.Policies["abc"] (page "abc"): ID: is not a number: page ids have digits only`,
		}},
		"pages": {messenger.Config{
			Apps:        []receiving.App{{Secrets: []secret.Value{secret.New("s")}, Pages: []string{"1", "page"}}},
			VerifyToken: secret.New("v"),
			Tokens:      graph.TokenMap{"1": secret.New("t")},
			Pages:       []messenger.Page{{ID: "abc", Token: graph.PageToken("")}, {ID: "3"}, {ID: "4", Token: graph.TokenMap{}}},
		}, []string{
			`Config.Pages[0] (page "abc"): ID: is not a number: page ids have digits only`,
			`Config.Pages[0] (page "abc"): Token: is empty`,
			`Config.Pages[1] (page "3"): Token: is missing: Config.Tokens has no token of the page`,
			`Config.Pages[2] (page "4"): Token: is a graph.TokenMap without a token of this page`,
			`Config.Apps[0].Pages[1] (page "page"): ID: is not a number: page ids have digits only`,
		}},
		"an empty token": {messenger.Config{Apps: messenger.App("s"), VerifyToken: secret.New("v"), Tokens: graph.PageToken("")}, []string{
			"Config.Tokens: is an empty token: nothing could be sent",
		}},
		"a nil function": {messenger.Config{Apps: messenger.App("s"), VerifyToken: secret.New("v"), Tokens: graph.TokenFunc(nil)}, []string{
			"Config.Tokens: is a nil graph.TokenFunc: nothing could be sent",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := messenger.New(test.config)
			require.Error(t, err)
			lines := strings.Split(err.Error(), "\n")
			require.Equal(t, "messenger: invalid configuration:", lines[0])
			require.Equal(t, test.want, lines[1:])
		})
	}
}

// TestMistakesCanBeTakenApart: the text is for people, the parts are for programs.
func TestMistakesCanBeTakenApart(t *testing.T) {
	t.Parallel()
	_, err := messenger.New(messenger.Config{
		Policy: routing.Policy{"NOPE": nil},
		Pages:  []messenger.Page{{ID: "abc"}},
	})
	mistake, ok := errors.AsType[*routing.Mistake](err)
	require.True(t, ok)
	require.Equal(t, "NOPE", mistake.Place)
	page, ok := errors.AsType[*messenger.PageError](err)
	require.True(t, ok)
	require.Equal(t, "Config.Pages[0]", page.Place)
	require.Equal(t, "ID", page.Field)
}

func TestEmptySecretsAreNeverAnythingGoes(t *testing.T) {
	t.Parallel()
	for name, cfg := range map[string]messenger.Config{
		"no app":             {VerifyToken: secret.New("v"), Tokens: graph.PageToken("t")},
		"empty app secret":   {Apps: messenger.App(""), VerifyToken: secret.New("v"), Tokens: graph.PageToken("t")},
		"no app secret":      {Apps: messenger.App(), VerifyToken: secret.New("v"), Tokens: graph.PageToken("t")},
		"empty verify token": {Apps: messenger.App("s"), VerifyToken: secret.New(""), Tokens: graph.PageToken("t")},
	} {
		bot, err := messenger.New(cfg)
		require.Error(t, err, name)
		require.Nil(t, bot, name)
	}
}

// A constructor that failed returns a nil pointer, which equals nil no more once it is in an interface.
func TestNewRefusesNilPointersInInterfaces(t *testing.T) {
	t.Parallel()
	type tokens struct{ graph.TokenMap }
	type mine struct{ store.Store }
	valid := messenger.Config{Apps: messenger.App("s"), VerifyToken: secret.New("v"), Tokens: graph.PageToken("t")}
	for name, test := range map[string]struct {
		change func(*messenger.Config)
		want   string
	}{
		"store":        {func(c *messenger.Config) { c.Store = (*memory.Store)(nil) }, "Config.Store: is a nil *memory.Store"},
		"own store":    {func(c *messenger.Config) { c.Store = (*mine)(nil) }, "Config.Store: is a nil *messenger_test.mine"},
		"tokens":       {func(c *messenger.Config) { c.Tokens = (*tokens)(nil) }, "Config.Tokens: is a nil *messenger_test.tokens"},
		"token source": {func(c *messenger.Config) { c.Tokens = graph.TokenFunc(nil) }, "Config.Tokens: is a nil graph.TokenFunc"},
	} {
		config := valid
		test.change(&config)
		bot, err := messenger.New(config)
		require.ErrorContains(t, err, test.want, name)
		require.Nil(t, bot, name)
	}
}

func TestConfigFromEnvNamesMalformedVariables(t *testing.T) {
	for name, value := range map[string]string{"APP_SECRET": "", "VERIFY_TOKEN": "v", "PAGE_TOKEN": "t"} {
		t.Setenv("MESSENGER_"+name, value)
	}
	t.Setenv("MESSENGER_APP_ID", "abc")
	t.Setenv("MESSENGER_GRAPH_URL", "127.0.0.1:9090")
	t.Setenv("MESSENGER_GRAPH_VERSION", "27")
	_, err := messenger.ConfigFromEnv()
	require.ErrorContains(t, err, "MESSENGER_APP_SECRET")
	require.ErrorContains(t, err, "MESSENGER_APP_ID is not a number")
	require.ErrorContains(t, err, `MESSENGER_GRAPH_URL="127.0.0.1:9090" is malformed: `)
	require.ErrorContains(t, err, `MESSENGER_GRAPH_VERSION="27" is malformed: `)
	require.NotContains(t, err.Error(), "abc")

	t.Setenv("MESSENGER_GRAPH_URL", "ftp://user:password@host")
	_, err = messenger.ConfigFromEnv()
	require.ErrorContains(t, err, "MESSENGER_GRAPH_URL is malformed: ")
	require.NotContains(t, err.Error(), "password@")
}

func TestConfigFromEnv(t *testing.T) {
	t.Setenv("MESSENGER_APP_SECRET", "")
	t.Setenv("MESSENGER_VERIFY_TOKEN", "verify")
	t.Setenv("MESSENGER_PAGE_TOKEN", "")
	_, err := messenger.ConfigFromEnv()
	require.EqualError(t, err, "messenger: not set in the environment: MESSENGER_APP_SECRET, MESSENGER_PAGE_TOKEN")

	t.Setenv("MESSENGER_APP_SECRET", "secret")
	t.Setenv("MESSENGER_PAGE_TOKEN", "token")
	t.Setenv("MESSENGER_APP_ID", "1234")
	t.Setenv("MESSENGER_GRAPH_URL", "http://localhost:1/graph")
	t.Setenv("MESSENGER_GRAPH_VERSION", "v25.0")
	cfg, err := messenger.ConfigFromEnv()
	require.NoError(t, err)
	require.Equal(t, "1234", cfg.Apps[0].ID)
	require.True(t, cfg.Apps[0].Secrets[0].Equal("secret"))
	require.True(t, cfg.VerifyToken.Equal("verify"))
	token, err := cfg.Tokens.Token(t.Context(), "any")
	require.NoError(t, err)
	require.True(t, token.Equal("token"))
	require.Equal(t, "http://localhost:1/graph", cfg.GraphURL)
	require.Equal(t, "v25.0", cfg.GraphVersion)
}

func TestConfigPrintsNoSecret(t *testing.T) {
	t.Parallel()
	cfg := messenger.Config{
		Apps: messenger.App("the-app-secret"), VerifyToken: secret.New("the-verify-token"), Tokens: graph.PageToken("the-page-token"),
	}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("config", "config", cfg)
	bot, err := messenger.New(cfg)
	require.NoError(t, err)
	for _, text := range []string{
		fmt.Sprintf("%+v", cfg), fmt.Sprintf("%#v", cfg), log.String(), fmt.Sprintf("%+v", bot), fmt.Sprintf("%+v", *bot.Client()),
	} {
		require.NotContains(t, text, "the-app-secret")
		require.NotContains(t, text, "the-verify-token")
		require.NotContains(t, text, "the-page-token")
	}
}

func TestInMemoryStoreIsAnnounced(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	_, err := messenger.New(messenger.Config{
		Apps: messenger.App("s"), VerifyToken: secret.New("v"), Tokens: graph.PageToken("t"),
		Logger: slog.New(slog.NewTextHandler(&log, nil)),
	})
	require.NoError(t, err)
	require.Contains(t, log.String(), "all data is lost")
}

// A worker that sends finds a connection of its own open.
func TestDefaultClientKeepsAConnectionForEachWorker(t *testing.T) {
	t.Parallel()
	transport, ok := graph.Config{}.WithDefaults().HTTPClient.Transport.(*http.Transport)
	require.True(t, ok)
	require.GreaterOrEqual(t, transport.MaxIdleConnsPerHost, messenger.DefaultWorkers)
	require.GreaterOrEqual(t, transport.MaxIdleConns, messenger.DefaultWorkers)
}

// TestBuiltInPolicyIsAnnounced: a bot without a policy says which one runs.
func TestBuiltInPolicyIsAnnounced(t *testing.T) {
	t.Parallel()
	const line = "the built-in policy"
	token := graph.PageToken("t")
	for name, c := range map[string]struct {
		cfg  messenger.Config
		says int
	}{
		"no policy":                 {messenger.Config{Tokens: token}, 1},
		"a policy":                  {messenger.Config{Tokens: token, Policy: texts(echo)}, 0},
		"an empty policy":           {messenger.Config{Tokens: token, Policy: routing.Policy{}}, 0},
		"policies of pages":         {messenger.Config{Tokens: token, Policies: map[string]routing.Policy{pageID: texts(echo)}}, 0},
		"all pages have their own":  {messenger.Config{PagesAtRunTime: true, Pages: []messenger.Page{{ID: pageID, Token: token, Policy: texts(echo)}}}, 0},
		"a page without its own":    {messenger.Config{PagesAtRunTime: true, Pages: []messenger.Page{{ID: pageID, Token: token, Policy: texts(echo)}, {ID: hotPage, Token: token}}}, 1},
		"pages will come later":     {messenger.Config{Tokens: token, PagesAtRunTime: true}, 1},
		"defaults that were filled": {messenger.Config{Tokens: token}.WithDefaults(), 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			c.cfg.Apps, c.cfg.VerifyToken = messenger.App("s"), secret.New("v")
			c.cfg.Logger = slog.New(slog.NewTextHandler(&log, nil))
			_, err := messenger.New(c.cfg)
			require.NoError(t, err)
			assert.Equal(t, c.says, strings.Count(log.String(), line), log.String())
		})
	}
}

func TestMistakesOfTypingAreFoundWhenTheBotIsBuilt(t *testing.T) {
	t.Parallel()
	policy := texts(routing.Route{Handler: handling.Dummy{}, Senders: sending.List(sending.Typing{
		Senders: sending.List(sending.SimpleMessage{}, nil),
		Pace:    sending.Pace{Max: time.Hour},
	})})
	_, err := messenger.New(messenger.Config{Policy: policy})
	for _, want := range []string{"pace.max: 1h0m0s", "senders[0].text: is missing", "senders[1]: is nil"} {
		require.ErrorContains(t, err, want)
	}
}

func TestNilMiddlewareIsRefused(t *testing.T) {
	t.Parallel()
	_, err := messenger.New(messenger.Config{
		Apps: messenger.App("s"), VerifyToken: secret.New("v"), Tokens: graph.PageToken("t"),
		TurnMiddleware: []handling.Middleware{nil}, SendMiddleware: []sending.Middleware{nil},
	})
	require.ErrorContains(t, err, "Config.TurnMiddleware[0]: is nil")
	require.ErrorContains(t, err, "Config.SendMiddleware[0]: is nil")
}

// A bot guards its attempts to send against code of the program, which may hang.
func TestAttemptsRunCodeOfTheProgramIfItGivesSome(t *testing.T) {
	t.Parallel()
	require.True(t, messenger.Config{}.WithDefaults().OwnSends())
	require.False(t, messenger.Config{HTTPClient: &http.Client{}}.WithDefaults().OwnSends())
	wrap := func(next sending.DeliverFunc) sending.DeliverFunc { return next }
	require.False(t, messenger.Config{SendMiddleware: []sending.Middleware{wrap}}.WithDefaults().OwnSends())
}
