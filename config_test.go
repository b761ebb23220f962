package messenger_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/secret"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/threadsettings"
)

func TestNewNamesEveryMistakeAtOnce(t *testing.T) {
	t.Parallel()
	_, err := messenger.New(messenger.Config{
		Apps:        []receiving.App{{Secrets: []secret.Value{secret.New("")}}},
		BodyBudget:  -1,
		BodyTimeout: -1,
		GracePeriod: -1,
		GraphURL:    "::",
		MaxBody:     -1,
		Policies:    map[string]routing.Policy{"7": {receiving.TypeSimpleText: {{}}}},
		Policy:      routing.Policy{receiving.TypeSimpleText: {{Handler: handling.SimpleText{Pattern: "("}}}, "NOPE": nil},
		Retention:   messenger.Retention{People: time.Hour, Seen: time.Hour},
		SendTimeout: -1,
		ThreadSettings: map[string]threadsettings.Settings{
			"8": {Greeting: threadsettings.Greet(strings.Repeat("x", 161))},
		},
		TurnTimeout: -1,
		Workers:     -1,
	})
	require.Error(t, err)
	for _, want := range []string{
		"Apps[0].Secrets[0]", "VerifyToken", "Tokens", "BaseURL", "BodyBudget", "BodyTimeout", "GracePeriod", "MaxBody", "SendTimeout", "TurnTimeout",
		"Workers", "Retention.People", "Retention.Seen", `Policies["7"]`, "SIMPLE_TEXT/0", "NOPE", `ThreadSettings["8"]`,
	} {
		require.ErrorContains(t, err, want)
	}
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
	type memory struct{ store.Store }
	valid := messenger.Config{Apps: messenger.App("s"), VerifyToken: secret.New("v"), Tokens: graph.PageToken("t")}
	for name, test := range map[string]struct {
		change func(*messenger.Config)
		want   string
	}{
		"store":        {func(c *messenger.Config) { c.Store = (*store.Memory)(nil) }, "messenger: Config.Store is a nil *store.Memory"},
		"own store":    {func(c *messenger.Config) { c.Store = (*memory)(nil) }, "messenger: Config.Store is a nil *messenger_test.memory"},
		"tokens":       {func(c *messenger.Config) { c.Tokens = (*tokens)(nil) }, "messenger: Config.Tokens is a nil *messenger_test.tokens"},
		"token source": {func(c *messenger.Config) { c.Tokens = graph.TokenFunc(nil) }, "messenger: Config.Tokens is a nil graph.TokenFunc"},
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
