package simulator_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/simulator"
)

// DNS rebinding: another site's name resolves to this machine, so that the site's
// page and the simulator are of one origin.
func TestOtherNamesAreRefusedEverywhere(t *testing.T) {
	t.Parallel()
	s := newSim(t, simulator.Config{WebhookURL: "http://127.0.0.1:2/"})
	people := len(s.People())
	for _, host := range []string{"evil.example", "evil.example:8080", "localhost.evil.example", "evillocalhost", "127.0.0.1.evil.example", "203.0.113.9", "[2001:db8::1]:80", ""} {
		for _, one := range append(routes(t), route{"POST", "/v27.0/me/messages"}) { // by a page's script
			r := one.request()
			r.Host = host
			r.Header.Set("Origin", "http://"+host)
			r.Header.Set("Sec-Fetch-Site", "same-origin")
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			require.Equal(t, http.StatusForbidden, w.Code, "%s %s of %q", r.Method, r.URL, host)
			require.Contains(t, w.Body.String(), "Config.Hosts")
		}
	}
	require.Empty(t, s.Messages(ada))
	require.Len(t, s.People(), people)
	require.Empty(t, s.Deliveries())
}

func TestOwnNamesAreTaken(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{Hosts: []string{"bot.test", "Dev-Box"}})
	for _, host := range []string{
		strings.TrimSuffix(strings.TrimPrefix(p.url, "http://"), "/base"), "localhost", "LOCALHOST:8080", "localhost.", "bot.localhost:1", "127.0.0.1", "127.9.9.9:80",
		"[::1]", "[::1]:8080", "[::ffff:127.0.0.1]", "bot.test", "bot.test:8080", "Bot.Test.", "dev-box:1",
	} {
		r := httptest.NewRequest("GET", p.url+"/simulator/state", nil)
		r.RequestURI = ""
		r.Host = host
		answer, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		require.Equal(t, http.StatusOK, answer.StatusCode, host)
	}
	for _, host := range []string{"sub.bot.test", "test", "evil.example"} {
		r := httptest.NewRequest("GET", p.url+"/simulator/state", nil)
		r.RequestURI = ""
		r.Host = host
		answer, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		require.Equal(t, http.StatusForbidden, answer.StatusCode, host)
	}
}

// A server that listens on an address of the network answers to that address.
func TestTheAddressOfTheServerIsTaken(t *testing.T) {
	t.Parallel()
	s := newSim(t, simulator.Config{})
	for host, status := range map[string]int{
		"192.0.2.7": http.StatusOK, "192.0.2.7:8080": http.StatusOK, "[::ffff:192.0.2.7]": http.StatusOK,
		"192.0.2.8": http.StatusForbidden, "192.0.2.7.evil.example": http.StatusForbidden, "[2001:db8::1]": http.StatusForbidden,
	} {
		r := httptest.NewRequest("GET", "/simulator/state", nil)
		r = r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, &net.TCPAddr{IP: net.IPv4(192, 0, 2, 7), Port: 8080}))
		r.Host = host
		r.Header.Set("X-Forwarded-Host", "localhost") // a page's script can set it
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		require.Equal(t, status, w.Code, host)
	}
}

// Some browsers send only one of the headers: Sec-Fetch-Site is missing over http
// on most addresses.
func TestEitherHeaderOfABrowserGuardsTheGraphAPI(t *testing.T) {
	t.Parallel()
	s := newSim(t, simulator.Config{})
	for name, value := range map[string]string{"Origin": "http://evil.example", "Sec-Fetch-Site": "same-origin"} {
		r := httptest.NewRequest("POST", "/v27.0/me/messages", nil)
		r.Host = "evil.example"
		r.Header.Set(name, value)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		require.Equal(t, http.StatusForbidden, w.Code, name)
	}
}

// instagramLogin is an account whose token graph.instagram.com takes, which takes no page's.
var instagramLogin = simulator.Page{ID: "17841400000000009", Platform: simulator.PlatformInstagram, Token: "instagram-token"}

// tokenAt is a token that a host takes.
func tokenAt(host string) string {
	if strings.HasPrefix(host, "graph.instagram.com") {
		return instagramLogin.Token
	}
	return "simulator-page-token"
}

// A bot in a container calls the Graph API by whatever name the network has. A name that a web site can have is refused:
// its page would call with GET, without any header of a browser, and GET can change things.
func TestBotsCallTheGraphAPIByNamesThatNoSiteHas(t *testing.T) {
	t.Parallel()
	s := newSim(t, simulator.Config{Hosts: []string{"sim.example.org"}, Pages: []simulator.Page{instagramLogin}})
	call := func(host string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("GET", "/v27.0/me", nil)
		r.Host = host
		r.Header.Set("Authorization", "Bearer "+tokenAt(host))
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w
	}
	for _, host := range []string{
		"simulator:9090", "simulator", "", "localhost:9090", "bot.localhost", "127.0.0.1:9090", "172.17.0.2:9090", "203.0.113.9", "[2001:db8::1]:80",
		"host.docker.internal:9090", "sim.test", "graph.example", "graph.invalid.", "graph.facebook.com", "graph.instagram.com:443", "sim.example.org", "SIM.example.org.:80",
	} {
		w := call(host)
		require.Equal(t, http.StatusOK, w.Code, "%s: %s", host, w.Body)
	}
	for _, host := range []string{"evil.org", "evil.org:9090", "simulator.evil.org", "127.0.0.1.evil.org", "graph.facebook.com.evil.org", "internal.org", "a.facebook.com"} {
		w := call(host)
		require.Equal(t, http.StatusForbidden, w.Code, "%s: %s", host, w.Body)
		require.Contains(t, w.Body.String(), "--allow-host")
	}
	require.Len(t, s.Requests(), 17, "a refused one is no call")
}

func TestHostsThatAreNoNames(t *testing.T) {
	t.Parallel()
	for _, host := range []string{"", "*", "http://bot.test", "bot.test/x", "a b"} {
		_, err := simulator.New(simulator.Config{Hosts: []string{host}})
		require.ErrorContains(t, err, "Config.Hosts", host)
	}
}
