package simulator_test

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/simulator"
)

// route is one of the chat page and its API.
type route struct{ method, path string }

// routes are all of them.
func routes(t *testing.T) []route {
	t.Helper()
	var found []route
	for _, pattern := range newSim(t, simulator.Config{}).Routes() {
		method, path, ok := strings.Cut(pattern, " ")
		require.True(t, ok, "the route %q has no method", pattern)
		path = strings.NewReplacer("{$}", "", "{psid}", ada, "{page}", page, "{file}", "app.js").Replace(path)
		found = append(found, route{method, regexp.MustCompile(`\{[a-z]+\}`).ReplaceAllString(path, "1")})
	}
	return found
}

// request is one that works on many routes, of a program that is no browser.
func (r route) request() *http.Request {
	req := httptest.NewRequest(r.method, r.path, strings.NewReader(`{"url":"http://127.0.0.1:1/","first_name":"Eve","type":"say","text":"hi"}`))
	req.Host = "localhost:9090"
	req.Header.Set("Content-Type", "application/json")
	return req
}

func answerOf(s *simulator.Simulator, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// TestEveryRouteIsGuarded: another site's page, by whatever trick, neither reads nor changes anything. A new route that is
// not guarded fails it.
func TestEveryRouteIsGuarded(t *testing.T) {
	t.Parallel()
	s := newSim(t, simulator.Config{WebhookURL: "http://127.0.0.1:2/"})
	people := len(s.People())
	all := append(routes(t), route{"POST", "/v27.0/me/messages"}, route{"GET", "/me"}, route{"DELETE", "/v27.0/me/messenger_profile"})
	for name, header := range map[string]map[string]string{
		"another name":            {"Host": "evil.example", "Origin": "http://evil.example", "Sec-Fetch-Site": "same-origin"},
		"a platform host":         {"Host": "graph.facebook.com", "Origin": "http://graph.facebook.com"},
		"another origin":          {"Origin": "http://evil.example"},
		"another port":            {"Origin": "http://localhost:3000", "Sec-Fetch-Site": "same-site"},
		"another loopback name":   {"Origin": "http://127.0.0.1:9090", "Sec-Fetch-Site": "cross-site"},
		"a sandboxed frame":       {"Origin": "null"},
		"an empty origin":         {"Origin": ""},
		"a broken origin":         {"Origin": "http://[::1"},
		"an extension":            {"Origin": "chrome-extension://abc"},
		"a script or a picture":   {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"},
		"a frame":                 {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"},
		"another server's page":   {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors"},
		"a site that is no value": {"Sec-Fetch-Site": "Same-Origin"},
		"one header against both": {"Origin": "http://localhost:9090", "Sec-Fetch-Site": "cross-site"},
		"the other against both":  {"Origin": "http://evil.example", "Sec-Fetch-Site": "same-origin"},
	} {
		for _, one := range all {
			r := one.request()
			for key, value := range header {
				if key == "Host" {
					r.Host = value
					continue
				}
				r.Header.Set(key, value)
			}
			w := answerOf(s, r)
			require.Equal(t, http.StatusForbidden, w.Code, "%s: %s %s: %s", name, one.method, one.path, w.Body)
			require.NotContains(t, w.Body.String(), ada, name)
		}
	}
	require.Empty(t, s.Messages(ada))
	require.Len(t, s.People(), people)
	require.Empty(t, s.Deliveries())
	require.Empty(t, s.Requests())
}

// A link to the chat page may stand on any page: it opens in a tab, and nothing else does.
func TestALinkOpensTheChatPageAlone(t *testing.T) {
	t.Parallel()
	s := newSim(t, simulator.Config{})
	for _, one := range append(routes(t), route{"POST", "/"}) {
		for _, site := range []string{"cross-site", "same-site"} {
			r := one.request()
			r.Header.Set("Sec-Fetch-Site", site)
			r.Header.Set("Sec-Fetch-Mode", "navigate")
			r.Header.Set("Sec-Fetch-Dest", "document")
			want := http.StatusForbidden
			if one == (route{"GET", "/"}) {
				want = http.StatusOK
			}
			require.Equal(t, want, answerOf(s, r).Code, "%s %s", one.method, one.path)
		}
	}
}

// TestThePageItselfIsServed: its own requests, and those of a program, pass the guard.
func TestThePageItselfIsServed(t *testing.T) {
	t.Parallel()
	s := newSim(t, simulator.Config{})
	for _, header := range []map[string]string{
		{}, {"Sec-Fetch-Site": "none"}, {"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://localhost:9090"}, {"Origin": "https://LOCALHOST:9090"},
		{"Origin": "http://localhost:9090", "Sec-Fetch-Site": "same-origin"},
	} {
		for _, one := range []route{{"GET", "/"}, {"GET", "/simulator/state"}, {"PUT", "/simulator/webhook"}} {
			r := one.request()
			if one.method == "PUT" {
				r = httptest.NewRequest("PUT", one.path, strings.NewReader(`{"url":""}`))
				r.Host = "localhost:9090"
				r.Header.Set("Content-Type", "application/json")
			}
			for key, value := range header {
				r.Header.Set(key, value)
			}
			require.Equal(t, http.StatusOK, answerOf(s, r).Code, "%v %s", header, one.path)
		}
	}
}

// TestEveryChangeNeedsJSON: a form of another site can send no other type without asking first, and a browser that sends
// neither Origin nor Sec-Fetch-Site asks.
func TestEveryChangeNeedsJSON(t *testing.T) {
	t.Parallel()
	s := newSim(t, simulator.Config{})
	bytesOfAnyType := map[string]bool{"/simulator/files": true, "/simulator/callbacks/raw": true}
	var changes int
	for _, one := range routes(t) {
		if one.method == "GET" || one.method == "DELETE" || bytesOfAnyType[one.path] { // a form cannot send DELETE
			continue
		}
		changes++
		for _, kind := range []string{"", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/jsonp", "json", "text/plain; application/json"} {
			r := one.request()
			r.Header.Del("Content-Type")
			if kind != "" {
				r.Header.Set("Content-Type", kind)
			}
			require.Equal(t, http.StatusUnsupportedMediaType, answerOf(s, r).Code, "%s %s as %q", one.method, one.path, kind)
		}
	}
	require.Greater(t, changes, 10)
	require.Empty(t, s.Messages(ada))
}

// TestNoAnswerOpensToOtherOrigins: there are no CORS headers, whatever is asked, and no answer is taken for another type.
func TestNoAnswerOpensToOtherOrigins(t *testing.T) {
	t.Parallel()
	s := newSim(t, simulator.Config{})
	for _, one := range append(routes(t), route{"GET", "/v27.0/me"}, route{"POST", "/v27.0/me/messages"}) {
		if one.path == "/simulator/events" || one.path == "/simulator/people/"+ada+"/wait" {
			continue // they do not end; the guard answers before them, as above
		}
		for _, method := range []string{one.method, "OPTIONS", "HEAD"} {
			for _, origin := range []string{"", "http://localhost:9090", "http://evil.example"} {
				r := httptest.NewRequest(method, one.path, nil)
				r.Host = "localhost:9090"
				if origin != "" {
					r.Header.Set("Origin", origin)
					r.Header.Set("Access-Control-Request-Method", one.method)
					r.Header.Set("Access-Control-Request-Headers", "content-type")
					r.Header.Set("Access-Control-Request-Private-Network", "true")
				}
				w := answerOf(s, r)
				for key := range w.Header() {
					require.NotContains(t, key, "Access-Control", "%s %s", method, one.path)
				}
				if !strings.HasPrefix(one.path, "/v27.0/") {
					require.Equal(t, "nosniff", w.Header().Get("X-Content-Type-Options"), "%s %s", method, one.path)
					require.Equal(t, "same-origin", w.Header().Get("Cross-Origin-Resource-Policy"), "%s %s", method, one.path)
				}
			}
		}
	}
}

// TestThePolicyOfThePageIsStrict: it runs its own scripts and nothing else, in no frame.
func TestThePolicyOfThePageIsStrict(t *testing.T) {
	t.Parallel()
	s := newSim(t, simulator.Config{})
	w := answerOf(s, route{"GET", "/"}.request())
	got := map[string]string{}
	for part := range strings.SplitSeq(w.Header().Get("Content-Security-Policy"), ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), " ")
		got[name] = value
	}
	for name, want := range map[string]string{
		"default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "connect-src": "'self'",
		"base-uri": "'none'", "form-action": "'none'", "frame-ancestors": "'none'",
	} {
		require.Equal(t, want, got[name], name)
	}
	require.Equal(t, "same-origin", w.Header().Get("Cross-Origin-Opener-Policy"))
	require.NotContains(t, w.Body.String(), "<script>", "a script of its own has a file of its own")
	require.NotRegexp(t, `(?i)\son[a-z]+\s*=|<style|\sstyle\s*=|javascript:`, w.Body.String())
}

// TestUnderThePlatformsHostsThereIsOnlyTheGraphAPI: a bot that has graph.facebook.com compiled in gets the API, and the
// simulator's own paths are no part of it.
func TestUnderThePlatformsHostsThereIsOnlyTheGraphAPI(t *testing.T) {
	t.Parallel()
	s := newSim(t, simulator.Config{Pages: []simulator.Page{instagramLogin}})
	for _, host := range []string{"graph.facebook.com", "graph.instagram.com", "graph-video.facebook.com", "Graph.Facebook.com:443", "graph.facebook.com."} {
		r := httptest.NewRequest("GET", "/v27.0/me?access_token="+tokenAt(host), nil)
		r.Host = host
		require.Equal(t, http.StatusOK, answerOf(s, r).Code, host)
		for _, path := range []string{"/simulator/people", "/simulator/state", "/"} {
			r = httptest.NewRequest("GET", path, nil)
			r.Host = host
			w := answerOf(s, r)
			require.Equal(t, http.StatusBadRequest, w.Code, "%s of %s", path, host)
			require.Contains(t, w.Body.String(), `"fbtrace_id"`)
		}
	}
	r := httptest.NewRequest("GET", "/simulator/people", nil)
	r.Host = "facebook.com"
	require.Equal(t, http.StatusForbidden, answerOf(s, r).Code)
}

// TestAnAddressOfTheNetworkIsGuarded: there a browser sends no Sec-Fetch-Site, and with a picture or a frame no Origin. Another site could
// embed what people have uploaded, and act as the bot by ?method=.
func TestAnAddressOfTheNetworkIsGuarded(t *testing.T) {
	t.Parallel()
	s := newSim(t, simulator.Config{Hosts: []string{"192.0.2.7"}})
	const browser, page = "Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0", "text/html,application/xhtml+xml"
	for _, c := range []struct {
		path, agent, accept, referer string
		want                         int
	}{
		{"/simulator/pictures/" + ada, browser, "image/webp,*/*", "", 403},
		{"/simulator/pictures/" + ada, browser, "image/webp,*/*", "http://evil.example/", 403},
		{"/simulator/pictures/" + ada, browser, "image/webp,*/*", "http://192.0.2.7:9090/", 200},
		{"/simulator/state", browser, "*/*", "", 403},
		{"/", browser, page, "", 200},
		{"/simulator/openapi.yaml", browser, page, "http://evil.example/", 200},
		{"/me/messages?method=post&access_token=simulator-page-token", browser, "image/webp", "", 403},
		{"/me/messages?method=post&access_token=simulator-page-token", browser, page, "", 403},
		{"/me?access_token=simulator-page-token", "curl/8.5.0", "*/*", "", 200},
		{"/me?access_token=simulator-page-token", "Mozilla/5.0 (Windows NT 10.0) WindowsPowerShell/5.1", "", "", 200},
		{"/simulator/state", "", "", "", 200},
	} {
		r := httptest.NewRequest("GET", c.path, nil)
		r.Host = "192.0.2.7:9090"
		for name, value := range map[string]string{"User-Agent": c.agent, "Accept": c.accept, "Referer": c.referer} {
			if value != "" {
				r.Header.Set(name, value)
			}
		}
		require.Equal(t, c.want, answerOf(s, r).Code, "%+v", c)
	}
}
