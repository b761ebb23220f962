package simulator_test

import (
	"bufio"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/simulator"
)

func TestAPI(t *testing.T) {
	t.Parallel()
	b := newBot(t)
	p := serve(t, simulator.Config{})
	ok := func(method, path, body string) string {
		t.Helper()
		a := p.do(t, method, path, body)
		require.Equal(t, 200, a.status, "%s", a.body)
		return string(a.body)
	}
	ok("PUT", "/simulator/webhook", `{"url":"`+b.URL+`"}`)
	ok("POST", "/simulator/verify", `{}`)
	require.Contains(t, ok("POST", "/simulator/people", `{"first_name":"Zoë","locale":"fr_FR"}`), `"id":"7`)
	acts := "/simulator/people/" + ada + "/acts"
	require.Contains(t, ok("POST", acts, `{"type":"say","text":"hi"}`), `"mid":"m_`)
	ok("POST", acts, `{"type":"sticker"}`)
	ok("POST", acts, `{"type":"location","latitude":1,"longitude":2}`)
	p.sendMessage(t, ada, template(`{"template_type":"button","text":"t","buttons":`+many(2, tapIt)+`}`))
	ok("POST", acts, `{"type":"button","title":"t1","payload":"p"}`)
	ok("POST", acts, `{"type":"read"}`)
	ok("POST", acts, `{"type":"link","ref":"r"}`)
	ok("POST", acts, `{"type":"optin","ref":"r"}`)
	ok("POST", acts, `{"type":"account_linking","code":"c"}`)
	ok("POST", acts, `{"type":"account_linking"}`)
	ok("POST", acts, `{"type":"comment","text":"c"}`)
	ok("POST", "/simulator/flush", `{}`)
	require.Contains(t, ok("GET", "/simulator/people/"+ada+"/messages", ""), `"text":"t1"`)
	require.Contains(t, ok("GET", "/simulator/deliveries", ""), `"state":"delivered"`)
	require.Contains(t, ok("GET", "/simulator/requests", ""), `/me/messages`)
	ok("PUT", "/simulator/people/"+ada+"/blocked", `{"blocked":true}`)
	code, _ := p.send(t, `{"recipient":{"id":"`+ada+`"},"message":{"text":"x"}}`).code(t)
	require.Equal(t, 551, code)

	var state struct {
		Page          struct{ ID, Name string }
		Conversations map[string]struct{ Messages []simulator.Message }
		Cursor        string
	}
	require.NoError(t, json.Unmarshal([]byte(ok("GET", "/simulator/state", "")), &state))
	require.Equal(t, page, state.Page.ID)
	require.Len(t, state.Conversations[ada].Messages, 5)

	for _, bad := range []struct {
		path, body string
		status     int
	}{
		{acts, `{"type":"dance"}`, 400},
		{acts, `{"typ":"say"}`, 400},
		{acts, `nonsense`, 400},
		{"/simulator/people/1/acts", `{"type":"say","text":"x"}`, 404},
		{"/simulator/nothing", `{}`, 404},
		{"/simulator/files", "", 400},
	} {
		require.Equal(t, bad.status, p.do(t, "POST", bad.path, bad.body).status, bad)
	}
	require.NoError(t, p.Close())
	require.Equal(t, 503, p.do(t, "POST", acts, `{"type":"say","text":"hi"}`).status)
}

// TestOtherSites: a page of another origin can neither write nor frame.
func TestOtherSites(t *testing.T) {
	t.Parallel()
	s := newSim(t, simulator.Config{})
	try := func(kind string, headers ...string) int {
		r := httptest.NewRequest("POST", "/simulator/people/"+ada+"/acts", strings.NewReader(`{"type":"say","text":"x"}`))
		r.Host = "localhost:8080"
		r.Header.Set("Content-Type", kind)
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w.Code
	}
	const js = "application/json"
	require.Equal(t, 403, try(js, "Sec-Fetch-Site", "cross-site"))
	require.Equal(t, 403, try(js, "Sec-Fetch-Site", "same-site"))
	require.Equal(t, 403, try(js, "Origin", "https://evil.example"))
	require.Equal(t, 415, try("text/plain"))
	require.Empty(t, s.Messages(ada))
	require.Equal(t, 200, try(js, "Sec-Fetch-Site", "same-origin"))
	require.Equal(t, 200, try(js))
}

func TestChatPageIsServed(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	for path, kind := range map[string]string{
		"/": "text/html; charset=utf-8", "/favicon.ico": "image/svg+xml",
		"/simulator/ui/app.js": "text/javascript; charset=utf-8", "/simulator/ui/style.css": "text/css; charset=utf-8",
		"/simulator/ui/dom.js": "text/javascript; charset=utf-8", "/simulator/ui/templates/generic.js": "text/javascript; charset=utf-8",
		"/simulator/ui/tools/log.js": "text/javascript; charset=utf-8",
	} {
		a := p.do(t, "GET", path, "")
		require.Equal(t, 200, a.status, path)
		require.Equal(t, kind, a.header.Get("Content-Type"))
		require.Contains(t, a.header.Get("Content-Security-Policy"), "default-src 'none'; script-src 'self'")
		for _, foreign := range []string{"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "//cdn"} {
			require.NotContains(t, string(a.body), foreign, path)
		}
	}
	require.Equal(t, 404, p.do(t, "GET", "/simulator/ui/nothing.js", "").status)
}

// stream reads server-sent events.
type stream struct {
	*bufio.Scanner
	last string
}

func (p platform) listen(t *testing.T, after, last string) *stream {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "GET", p.url+"/simulator/events?after="+after, nil)
	require.NoError(t, err)
	if last != "" {
		r.Header.Set("Last-Event-ID", last)
	}
	resp, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	t.Cleanup(func() { _ = resp.Body.Close() })
	require.Equal(t, "text/event-stream", resp.Header.Get("Content-Type"))
	return &stream{Scanner: bufio.NewScanner(resp.Body)}
}

// next returns the next event's kind and data.
func (s *stream) next(t *testing.T) (kind, data string) {
	t.Helper()
	for s.Scan() {
		name, v, _ := strings.Cut(s.Text(), ": ")
		switch {
		case name == "id":
			s.last = v
		case name == "event":
			kind = v
		case name == "data":
			data = v
		case s.Text() == "" && kind != "":
			return kind, data
		}
	}
	t.Fatal("the stream ended")
	return "", ""
}

func TestEventsAndResume(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{Fields: []string{}})
	var state struct{ Cursor string }
	require.NoError(t, json.Unmarshal(p.do(t, "GET", "/simulator/state", "").body, &state))
	live := p.listen(t, state.Cursor, "")
	for _, text := range []string{"one", "two", "three"} {
		_, err := p.Say(t.Context(), ada, text)
		require.NoError(t, err)
	}
	kind, data := live.next(t)
	require.Equal(t, "message", kind)
	require.Contains(t, data, `"text":"one"`)

	resumed := p.listen(t, state.Cursor, live.last) // the header wins over the first address
	for _, text := range []string{"two", "three"} {
		_, data = resumed.next(t)
		require.Contains(t, data, `"text":"`+text+`"`)
	}
	for range 1500 { // more than is remembered
		_, err := p.Say(t.Context(), ada, "x")
		require.NoError(t, err)
	}
	require.NoError(t, json.Unmarshal(p.do(t, "GET", "/simulator/state", "").body, &state))
	_, number, _ := strings.Cut(state.Cursor, "-")
	for name, cursor := range map[string]string{"lost": resumed.last, "another run": "0123-" + number, "nonsense": "x", "none": "", "future": state.Cursor + "0"} {
		gap := p.listen(t, cursor, "")
		kind, _ = gap.next(t)
		require.Equal(t, "reset", kind, name)
		_, err := p.Say(t.Context(), ada, name)
		require.NoError(t, err)
		_, data = gap.next(t)
		require.Contains(t, data, `"text":"`+name+`"`)
	}
	require.NoError(t, p.Close())
	for resumed.Scan() { // ends, because Close ends it
		continue
	}
}
