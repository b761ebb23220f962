package command_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/command"
	"github.com/djmessenger/messenger/simulator"
)

// platformHosts calls a simulator in place of the platform's hosts, whose names the calls keep.
type platformHosts struct {
	simulator *url.URL

	mu    sync.Mutex
	calls []string // host, method, path, and whether they were signed
}

func (h *platformHosts) RoundTrip(request *http.Request) (*http.Response, error) {
	call := request.Method + " " + request.URL.Host + request.URL.Path
	if request.URL.Query().Has("appsecret_proof") || request.URL.Query().Has("appsecret_time") {
		call += " signed"
	}
	h.mu.Lock()
	h.calls = append(h.calls, call)
	h.mu.Unlock()
	sent := request.Clone(request.Context())
	sent.Host = request.URL.Host
	sent.URL.Scheme, sent.URL.Host = h.simulator.Scheme, h.simulator.Host
	return http.DefaultTransport.RoundTrip(sent)
}

// ofInstagramLogin is a platform with an account of Instagram Login, whose two hosts tell tokens apart as the platform's do.
func ofInstagramLogin(t *testing.T) (connection, *platformHosts) {
	t.Helper()
	p := connected(t, simulator.Config{Pages: []simulator.Page{{ID: linkedAccount, Platform: simulator.PlatformInstagram, Token: "of-instagram-login"}}})
	base, err := url.Parse(p.env["MESSENGER_GRAPH_URL"])
	require.NoError(t, err)
	delete(p.env, "MESSENGER_GRAPH_URL")
	p.env["MESSENGER_PAGE_TOKEN"] = "of-instagram-login"
	return p, &platformHosts{simulator: base}
}

// An account of Instagram Login is looked at on its own host, and its token on that of the app; what another address is given for
// its calls does not change the second.
func TestInstagramLoginHasAHostOfItsOwn(t *testing.T) {
	t.Parallel()
	policy := file(t, "policy.yaml", "routers: [{type: ECHO, handlers: [{name: Dummy}]}]")
	const flag = "--platform=instagram-login"
	for _, base := range []string{"", "https://graph.instagram.com", "https://graph.instagram.com/"} {
		p, hosts := ofInstagramLogin(t)
		p.env["MESSENGER_GRAPH_URL"] = base
		config := command.WithTransport(command.WithClient(withEnv(p.env), p.bot), hosts)
		says := func(code int, args ...string) (out, mistakes string) {
			t.Helper()
			got := run(t, config, args...)
			require.Equal(t, code, got.code, "%q: %s%s", args, got.out, got.err)
			return got.out, got.err
		}
		_, note := says(0, "webhook", "subscribe", flag, "--exact", policy)
		require.Equal(t, "note: subscribe the app to the same fields, too: the app's side of Instagram Login is in the App Dashboard\n", note)
		_, note = says(0, "webhook", "status", flag, policy)
		require.Equal(t, "note: what the app is subscribed to is not known here: the app's side of Instagram Login is in the App Dashboard\n", note)
		says(0, "token", "check", flag)

		out, _ := says(0, "doctor", flag, "--json", policy)
		var d diagnosis
		require.NoError(t, json.Unmarshal([]byte(out), &d))
		require.Contains(t, d.of("token")[0], "ok: it is valid until ")
		require.Equal(t, []string{"warning: the page is subscribed to what the policy handles; the app's side is not known → the app's side of Instagram Login is in the App Dashboard"}, d.of("events"))

		_, mistakes := says(2, "webhook", "status", flag, "--require-app", policy)
		require.Contains(t, mistakes, "--require-app cannot be met: the app's side of Instagram Login is in the App Dashboard")
		_, mistakes = says(2, "webhook", "subscribe", flag, "--url", webhookURL, policy)
		require.Contains(t, mistakes, "--url is of the app: the app's side of Instagram Login is in the App Dashboard")
		slices.Sort(hosts.calls)
		require.Equal(t, []string{
			"GET graph.facebook.com/v27.0/debug_token signed",
			"GET graph.instagram.com/v27.0/me",
			"GET graph.instagram.com/v27.0/me/subscribed_apps",
			"POST graph.instagram.com/v27.0/me/subscribed_apps",
		}, slices.Compact(hosts.calls))
	}
}

// A page's calls stay on the host of pages, signed.
func TestAccountsOfPagesAreOnTheHostOfPages(t *testing.T) {
	t.Parallel()
	p, hosts := ofInstagramLogin(t)
	env := maps.Clone(p.env)
	env["MESSENGER_PAGE_TOKEN"] = "simulator-page-token"
	got := run(t, command.WithTransport(withEnv(env), hosts), "webhook", "status")
	require.Equal(t, 1, got.code)
	require.Equal(t, []string{
		"GET graph.facebook.com/v27.0/1000000000000001/subscriptions signed", "GET graph.facebook.com/v27.0/me/subscribed_apps signed",
	}, hosts.calls)
}
