package command_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/command"
	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/secret"
	"github.com/djmessenger/messenger/simulator"
)

const (
	policyFile  = "testdata/platform/policy.yaml"
	webhookURL  = "https://example.com/webhook"
	platformApp = "1000000000000001"
)

// connection is a simulator with the bot that it calls at webhookURL.
type connection struct {
	*simulator.Simulator
	env map[string]string
	bot *http.Client // reaches the bot at webhookURL
}

// connected starts a platform and a bot with the app's secret and the verify token of the simulator.
func connected(t *testing.T, config simulator.Config) connection {
	t.Helper()
	bot, err := messenger.New(messenger.Config{
		Apps: messenger.App(simulator.DefaultAppSecret), VerifyToken: secret.New(simulator.DefaultVerifyToken), Tokens: graph.PageToken("x"),
		Logger: slog.New(slog.DiscardHandler),
	})
	require.NoError(t, err)
	mux := http.NewServeMux()
	mux.Handle("/webhook", bot)
	return connectedTo(t, config, mux)
}

// connectedTo is connected with another bot.
func connectedTo(t *testing.T, config simulator.Config, bot http.Handler) connection {
	t.Helper()
	served := httptest.NewTLSServer(bot) // its certificate is that of example.com
	t.Cleanup(served.Close)
	client := served.Client()
	client.Transport.(*http.Transport).DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		if address == "example.com:443" {
			address = served.Listener.Addr().String()
		}
		var d net.Dialer
		return d.DialContext(ctx, network, address)
	}
	config.Client, config.AnswerTimeout = client, time.Minute
	sim, err := simulator.New(config)
	require.NoError(t, err)
	server := httptest.NewServer(sim)
	t.Cleanup(server.Close)
	t.Cleanup(func() { require.NoError(t, sim.Close()) })
	return connection{sim, map[string]string{
		"MESSENGER_PAGE_TOKEN": "simulator-page-token", "MESSENGER_GRAPH_URL": server.URL, "MESSENGER_APP_ID": platformApp,
		"MESSENGER_APP_SECRET": simulator.DefaultAppSecret, "MESSENGER_VERIFY_TOKEN": simulator.DefaultVerifyToken,
	}, client}
}

// says runs a command that must succeed.
func (p connection) says(t *testing.T, args ...string) string {
	t.Helper()
	got := run(t, withEnv(p.env), args...)
	require.Equal(t, 0, got.code, "%q: %s%s", args, got.out, got.err)
	return got.out
}

// without is the environment with some variables changed; an empty value unsets one.
func (p connection) without(changes map[string]string) command.Config {
	env := maps.Clone(p.env)
	maps.Copy(env, changes)
	return withEnv(env)
}

type webhookStatus struct {
	OK       bool
	AppKnown bool `json:"app_known"`
	Missing  []string
	App      *struct {
		ID, CallbackURL string
		Active          bool
		Fields          []string
	}
	Page struct {
		Subscribed bool
		Fields     []string
	}
	Fields []struct {
		Field     string
		App, Page bool
		Handled   []string
	}
}

func (p connection) status(t *testing.T, args ...string) (status webhookStatus) {
	t.Helper()
	got := run(t, withEnv(p.env), append([]string{"webhook", "status", "--json"}, args...)...)
	require.NoError(t, json.Unmarshal([]byte(got.out), &status), got.err)
	require.Equal(t, status.OK, got.code == 0)
	return status
}

func TestWebhookSubscribesToWhatThePolicyHandles(t *testing.T) {
	t.Parallel()
	p := connected(t, simulator.Config{Fields: []string{}})
	require.Equal(t, []string{"messages", "messaging_postbacks", "message_reactions"}, p.status(t, policyFile).Missing)
	got := run(t, withEnv(p.env), "webhook", "subscribe", policyFile)
	require.Equal(t, 2, got.code, "where to is not known yet")
	require.Contains(t, got.err, "the app has no callback URL yet: give --url")

	p.says(t, "webhook", "subscribe", "--url", webhookURL, "--field", "message_echoes", policyFile)
	status := p.status(t, policyFile)
	require.True(t, status.OK)
	require.Equal(t, []string{"messages", "messaging_postbacks", "message_reactions", "message_echoes"}, status.App.Fields)
	require.Equal(t, status.App.Fields, status.Page.Fields)
	require.Equal(t, []string{"GET_STARTED_BUTTON"}, status.Fields[1].Handled)
	require.Empty(t, status.Fields[3].Handled, "message_echoes")

	calls := len(p.Requests())
	got = run(t, withEnv(p.env), "webhook", "subscribe", policyFile)
	require.Equal(t, 0, got.code, got.err)
	require.Contains(t, got.out, "the page has been subscribed to messages, ")
	require.Contains(t, got.err, "note: the app keeps message_echoes, which the policy does not handle; --exact ends it")
	for _, request := range p.Requests()[calls:] {
		require.Equal(t, "GET", request.Method, "it changes nothing")
	}
	p.says(t, "webhook", "subscribe", "--exact", policyFile)
	require.Equal(t, []string{"messages", "messaging_postbacks", "message_reactions"}, p.status(t).Page.Fields)
}

// The policy of the program's own command counts where no file is given.
func TestWebhookOfAnEmbeddedPolicy(t *testing.T) {
	t.Parallel()
	p := connected(t, simulator.Config{Fields: []string{}})
	const note = "note: no policy file was given: the fields are those of the built-in policy\n"
	subscribed := run(t, withEnv(p.env), "webhook", "subscribe", "--url", webhookURL)
	require.Equal(t, 0, subscribed.code, subscribed.err)
	require.Equal(t, note, subscribed.err)
	status := p.status(t)
	require.Equal(t, []string{"messages", "messaging_postbacks"}, status.Page.Fields)
	require.Equal(t, []string{"DEFAULT", "SIMPLE_TEXT", "LOCATION", "STICKER"}, status.Fields[0].Handled)

	config := withEnv(p.env)
	config.Policy = routing.Policy{receiving.TypeReferral: {{Handler: handling.Dummy{}}}}
	got := run(t, config, "webhook", "status")
	require.Equal(t, 1, got.code)
	require.Contains(t, got.err, "no events of messaging_referrals arrive: run messenger webhook subscribe\n")
	require.NotContains(t, got.err, note)
}

// A policy without routes has no fields that could be subscribed.
func TestWebhookThatIsOffWithoutRoutes(t *testing.T) {
	t.Parallel()
	p := connected(t, simulator.Config{Fields: []string{}})
	empty := file(t, "empty.yaml", "routers: []")
	got := run(t, withEnv(p.env), "webhook", "status", empty)
	require.Equal(t, 1, got.code)
	require.Contains(t, got.err, "messenger: callbacks are off; the policy handles no event of this platform\n", got.err)
	require.Equal(t, []string{"problem: the platform has switched callbacks off, and the policy handles no event of this platform → messenger webhook subscribe " + empty + " --field messages"},
		p.doctor(t, empty).of("events"))
}

func TestWebhookUnsubscribes(t *testing.T) {
	t.Parallel()
	p := connected(t, simulator.Config{Fields: []string{}})
	p.says(t, "webhook", "subscribe", "--url", webhookURL, policyFile)
	require.Equal(t, "the page is now subscribed to messages, messaging_postbacks\n", p.says(t, "webhook", "unsubscribe", "message_reactions"))
	status := p.status(t, policyFile)
	require.Equal(t, []string{"message_reactions"}, status.Missing)
	require.True(t, status.Fields[2].App)
	require.Equal(t, "the page is no longer subscribed\n", p.says(t, "webhook", "unsubscribe"))
	require.Equal(t, "the page was not subscribed\n", p.says(t, "webhook", "unsubscribe"))
	require.Equal(t, "the app is now subscribed to messages, messaging_postbacks\n", p.says(t, "webhook", "unsubscribe", "--app", "message_reactions"))
	require.JSONEq(t, `{"app": {"changed": true, "fields": []}}`, p.says(t, "webhook", "unsubscribe", "--app", "--json"))
	require.Empty(t, p.status(t, policyFile).App.Fields)
	require.Equal(t, "the app was not subscribed\n", p.says(t, "webhook", "unsubscribe", "--app"))

	got := run(t, withEnv(p.env), "webhook", "unsubscribe", "message_reaction")
	require.Equal(t, 1, got.code)
	require.Contains(t, got.err, `the page is not subscribed to "message_reaction"`)
}

// Without the app's id and secret, the page's side is all that can be seen and changed.
func TestWebhookWithoutTheApp(t *testing.T) {
	t.Parallel()
	p := connected(t, simulator.Config{WebhookURL: webhookURL, Fields: []string{"messages"}})
	config := p.without(map[string]string{"MESSENGER_APP_ID": ""})
	got := run(t, config, "webhook", "subscribe", policyFile)
	require.Equal(t, 0, got.code, got.err)
	require.Equal(t, "the page is now subscribed to messages, messaging_postbacks, message_reactions\n", got.out)
	require.Equal(t, "note: subscribe the app to the same fields, too: MESSENGER_APP_ID and MESSENGER_APP_SECRET are needed: both are in the App Dashboard under Settings, Basic\n", got.err)
	got = run(t, config, "webhook", "status", policyFile)
	require.Equal(t, 0, got.code)
	require.Contains(t, got.out, "messages             ?    yes   SIMPLE_TEXT\n")
	require.Contains(t, got.err, "note: what the app is subscribed to is not known here")
	got = run(t, config, "webhook", "status", "--require-app", policyFile)
	require.Equal(t, 1, got.code)
	require.Contains(t, got.err, "MESSENGER_APP_ID and MESSENGER_APP_SECRET are needed")
	require.Empty(t, got.out)
	require.True(t, p.status(t, "--require-app", policyFile).AppKnown)
	delete(p.env, "MESSENGER_APP_ID")
	require.False(t, p.status(t, policyFile).AppKnown)
	got = run(t, config, "webhook", "subscribe", "--url", webhookURL)
	require.Equal(t, 2, got.code)
	require.Contains(t, got.err, "MESSENGER_APP_ID and MESSENGER_APP_SECRET are needed")
}

// The account that is linked to a page has its fields in the app's subscription; the page must be subscribed to any.
func TestWebhookOfALinkedAccount(t *testing.T) {
	t.Parallel()
	p := connected(t, simulator.Config{Fields: []string{}, Pages: []simulator.Page{{ID: linkedAccount, Platform: simulator.PlatformInstagram, LinkedTo: "100000000000001"}}})
	flag := "--platform=instagram"
	policy := file(t, "policy.yaml", "routers: [{type: SIMPLE_TEXT, handlers: [{name: Dummy}]}, {type: MESSAGE_EDIT, handlers: [{name: Dummy}]}, {type: ORDER, handlers: [{name: Dummy}]}]")
	require.Equal(t, []string{"messages", "message_edit"}, p.status(t, flag, policy).Missing)
	p.says(t, "webhook", "subscribe", flag, "--url", webhookURL, policy)
	status := p.status(t, flag, policy)
	require.True(t, status.OK)
	require.Equal(t, []string{"messages", "message_edit"}, status.App.Fields)
	require.Equal(t, []string{"messages"}, status.Page.Fields)
	got := run(t, withEnv(p.env), "webhook", "unsubscribe", flag)
	require.Equal(t, 2, got.code)
	require.Contains(t, got.err, "what the linked account sends is chosen by the app: give --app")
	p.says(t, "webhook", "unsubscribe", flag, "--app")
	require.Equal(t, []string{"messages", "message_edit"}, p.status(t, flag, policy).Missing)
}

func TestWebhookFailures(t *testing.T) {
	t.Parallel()
	p := connected(t, simulator.Config{WebhookURL: webhookURL})
	for _, test := range []struct {
		changes map[string]string
		args    []string
		code    int
		says    string
	}{
		{nil, []string{"status", "a", "b"}, 2, "status takes one policy file, or none for the program's own policy"},
		{nil, []string{"status", "--platform", "whatsapp"}, 2, `--platform is "whatsapp"; there are messenger, instagram and instagram-login`},
		{nil, []string{"subscribe", "--exact", "--field", "mesages", "--url", webhookURL, policyFile}, 1, `"mesages" is not a webhook field`},
		{nil, []string{"subscribe", "--exact", "--url", "https://example.com/elsewhere", policyFile}, 1,
			"Callback verification failed with the following errors: "},
		{map[string]string{"MESSENGER_VERIFY_TOKEN": "secret-and-wrong"}, []string{"subscribe", "--exact", policyFile}, 1,
			"The bot has to run, to be reachable there by https from the internet, and to have the verify token of MESSENGER_VERIFY_TOKEN."},
		{nil, []string{"subscribe", "--url", "http://example.com/webhook", policyFile}, 1, "the callback URL"},
		{map[string]string{"MESSENGER_VERIFY_TOKEN": ""}, []string{"subscribe", "--exact", policyFile}, 1, "MESSENGER_VERIFY_TOKEN is not set"},
		{map[string]string{"MESSENGER_PAGE_TOKEN": ""}, []string{"status"}, 1, "MESSENGER_PAGE_TOKEN is not set"},
		{map[string]string{"MESSENGER_PAGE_TOKEN": "secret-and-wrong"}, []string{"status"}, 1, "Get a new one: messenger token exchange, or the App Dashboard."},
		{map[string]string{"MESSENGER_APP_SECRET": "secret-and-wrong"}, []string{"status"}, 1, "the app's subscriptions cannot be read"},
		{map[string]string{"MESSENGER_GRAPH_URL": "http://127.0.0.1:1"}, []string{"status"}, 1, "Check the network and MESSENGER_GRAPH_URL"},
		{nil, []string{"subscribe", file(t, "empty.yaml", "routers: []")}, 1, "the policy handles no event of this platform"},
		{map[string]string{"MESSENGER_APP_ID": ""}, []string{"unsubscribe", "--app"}, 1, "MESSENGER_APP_ID and MESSENGER_APP_SECRET are needed"},
		{nil, []string{"verify-url", "a", "b"}, 2, "verify-url takes one URL"},
		{nil, []string{"verify-url", "http://bot.example"}, 2, "the URL has to be an address such as https://"},
	} {
		got := run(t, p.without(test.changes), append([]string{"webhook"}, test.args...)...)
		require.Equal(t, test.code, got.code, "%q: %s", test.args, got.err)
		require.Contains(t, got.err, test.says, test.args)
		require.NotContains(t, got.err, "secret-and-wrong")
	}
}

// What was done before a failure is said.
func TestWebhookSubscribesHalf(t *testing.T) {
	t.Parallel()
	p := connected(t, simulator.Config{Fields: []string{}})
	p.Fault(simulator.Fault{Error: &simulator.GraphError{Code: 200, Message: "no"}, Match: func(method, path string) bool {
		return method == "POST" && strings.HasSuffix(path, "/subscribed_apps")
	}})
	got := run(t, withEnv(p.env), "webhook", "subscribe", "--url", webhookURL, policyFile)
	require.Equal(t, 1, got.code)
	require.Contains(t, got.out, "the app is now subscribed to messages, ")
	require.Contains(t, got.err, "the page is not subscribed: ")
	require.Contains(t, got.err, "See which permissions the token has: messenger token check.")
	require.Equal(t, []string{"messages", "messaging_postbacks", "message_reactions"}, p.status(t, policyFile).Missing)
}

func TestVerifyURL(t *testing.T) {
	t.Parallel()
	first, second := run(t, command.Config{}, "webhook", "verify-url"), run(t, command.Config{}, "webhook", "verify-url")
	require.Regexp(t, `^/[a-z2-7]{26}\n$`, first.out)
	require.NotEqual(t, first.out, second.out)
	require.Regexp(t, `^/webhook/[a-z2-7]{26}\n$`, run(t, command.Config{}, "webhook", "verify-url", "/webhook").out)
	require.Regexp(t, `^https://bot.example/a/[a-z2-7]{26}\n$`, run(t, command.Config{}, "webhook", "verify-url", "https://bot.example/a/").out)
	var both struct{ Path, URL string }
	require.NoError(t, json.Unmarshal([]byte(run(t, command.Config{}, "webhook", "verify-url", "--json", "https://bot.example").out), &both))
	require.Equal(t, "https://bot.example"+both.Path, both.URL)
}
