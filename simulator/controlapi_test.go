package simulator_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/simulator"
)

// ok is an answer that must be 200.
func (p platform) ok(t *testing.T, method, path, body string) string {
	t.Helper()
	a := p.do(t, method, path, body)
	require.Equal(t, 200, a.status, "%s %s: %s", method, path, a.body)
	return string(a.body)
}

// answering is a bot that answers each text, and tries again until the platform takes its answer.
func answering(t *testing.T, p platform) {
	t.Helper()
	b := newBot(t)
	b.status = func(body []byte) int {
		var cb struct {
			Entry []struct {
				Messaging []struct {
					Sender  struct{ ID string }
					Message struct{ Text string }
				}
			}
		}
		if json.Unmarshal(body, &cb) != nil || len(cb.Entry[0].Messaging) == 0 {
			return 200
		}
		ev := cb.Entry[0].Messaging[0]
		answer := func() int {
			return p.do(t, "POST", "/me/messages?access_token=simulator-page-token",
				`{"recipient":{"id":"`+ev.Sender.ID+`"},"message":{"text":"you said `+ev.Message.Text+`"}}`).status
		}
		for answer() != 200 {
			continue
		}
		return 200
	}
	require.NoError(t, p.SetWebhook(b.URL))
}

// TestConversationWithCurlAlone: whoever tests a bot in another language needs nothing but HTTP.
func TestConversationWithCurlAlone(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("curl is not installed: the script was not run")
	}
	p := serve(t, simulator.Config{})
	answering(t, p)
	out, err := exec.CommandContext(t.Context(), "sh", "testdata/conversation.sh", p.url).CombinedOutput()
	require.NoError(t, err, string(out))
	require.Equal(t, "passed\n", string(out))
}

func TestWaitForAMessage(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	answering(t, p)
	say := func(text string) {
		p.ok(t, "POST", "/simulator/people/"+ada+"/acts", `{"type":"say","text":"`+text+`"}`)
	}
	wait := func(query string) (m simulator.Message) {
		t.Helper()
		require.NoError(t, json.Unmarshal([]byte(p.ok(t, "GET", "/simulator/people/"+ada+"/wait?"+query, "")), &m))
		return m
	}
	say("one")
	first := wait("")
	require.Equal(t, "you said one", first.Text)
	require.Equal(t, first.ID, wait("contains=one").ID, "it is found again")
	say("two")
	require.Equal(t, "you said two", wait("after="+url.QueryEscape(first.ID)).Text)

	for query, want := range map[string]string{
		"timeout=0s&contains=three": "no such message from the page within 0s. The conversation:\n",
		"after=m_none":              `there is no message "m_none" in this conversation`,
	} {
		a := p.do(t, "GET", "/simulator/people/"+ada+"/wait?"+query, "")
		require.Equal(t, 404, a.status)
		require.Contains(t, message(t, a), want)
	}
	require.Contains(t, message(t, p.do(t, "GET", "/simulator/people/"+ada+"/wait?timeout=0s&contains=x", "")), "person  one\n")
	require.Equal(t, 404, p.do(t, "GET", "/simulator/people/4711/wait", "").status)
	for query, want := range map[string]string{
		"contian=hi": `no parameter "contian"; there are after, contains and timeout`,
		"after=":     "after is empty",
	} {
		a := p.do(t, "GET", "/simulator/people/"+ada+"/wait?"+query, "")
		require.Equal(t, 400, a.status)
		require.Contains(t, message(t, a), want)
	}
	for _, timeout := range []string{"soon", "-1s", "1h"} {
		require.Equal(t, 400, p.do(t, "GET", "/simulator/people/"+ada+"/wait?timeout="+timeout, "").status, timeout)
	}
}

// TestWaitSaysWhatWentWrong: whoever tests with HTTP alone sees no terminal.
func TestWaitSaysWhatWentWrong(t *testing.T) {
	t.Parallel()
	b := newBot(t)
	b.status = func([]byte) int { return 403 }
	p := serve(t, simulator.Config{WebhookURL: b.URL, RetryPauses: []time.Duration{}})
	var act struct{ MID string }
	require.NoError(t, json.Unmarshal([]byte(p.ok(t, "POST", "/simulator/people/"+ada+"/acts", `{"type":"say","text":"hi"}`)), &act))
	p.ok(t, "POST", "/simulator/flush", `{}`)
	p.ok(t, "POST", "/simulator/faults", `{"code":613}`)
	p.do(t, "POST", "/me/messages", `{"recipient":{"id":"`+ada+`"},"message":{"text":"x"}}`)
	p.ok(t, "POST", "/simulator/people/"+lin+"/acts", `{"type":"say","text":"of another person"}`)
	p.ok(t, "POST", "/simulator/flush", `{}`)
	got := message(t, p.do(t, "GET", "/simulator/people/"+ada+"/wait?timeout=0s&after="+act.MID, ""))
	require.NotContains(t, got, "of another person")
	require.Contains(t, got, "What went wrong:\n  callback messages \"hi\": the bot answered 403. The bot refused the signature.")
	require.Contains(t, got, "\n  call POST messages \"x\": 613")
	require.NotContains(t, got, "..", "each sentence ends once")
	require.Contains(t, got, "Wait and send again, later each time.")
	require.True(t, p.Log()[1].Fault)
}

// TestAWarningIsNoCallback: what went wrong has the kind of each entry.
func TestAWarningIsNoCallback(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	p.Warn("The client went away.", "Look at its log.")
	got := message(t, p.do(t, "GET", "/simulator/people/"+ada+"/wait?timeout=0s", ""))
	require.Contains(t, got, "\n  warning server: The client went away. Look at its log.")
}

// TestActsHaveTheFieldsOfTheirType: what has no effect is a mistake of the test that sent it, and so is what is missing.
func TestActsHaveTheFieldsOfTheirType(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	for body, want := range map[string][2]string{
		`{"type":"say","text":"hi","title":"Hi"}`:               {"title", `an act of type say has no field "title", only text`},
		`{"type":"say","text":"hi","latitude":0}`:               {"latitude", `has no field "latitude"`},
		`{"type":"get_started","payload":"x"}`:                  {"payload", `an act of type get_started has no field "payload", only its type`},
		`{"type":"location"}`:                                   {"latitude", "latitude is missing"},
		`{"type":"location","latitude":1}`:                      {"longitude", "longitude is missing"},
		`{"type":"location","latitude":null,"longitude":1}`:     {"latitude", "latitude is missing"},
		`{"type":"edit","text":"x"}`:                            {"mid", "mid is missing"},
		`{"type":"react","emoji":"x"}`:                          {"mid", "mid is missing"},
		`{"type":"unreact"}`:                                    {"mid", "mid is missing"},
		`{"type":"unsend"}`:                                     {"mid", "mid is missing"},
		`{"type":"location","latitude":"x"}`:                    {"latitude", "cannot be a JSON string"},
		`{"type":"attachment","kind":"image","sticker_id":"1"}`: {"sticker_id", "only kind, url"},
	} {
		got := p.do(t, "POST", "/simulator/people/"+ada+"/acts", body)
		require.Equal(t, 400, got.status, body)
		require.Contains(t, message(t, got), want[1], body)
		require.Contains(t, string(got.body), `"field":"`+want[0]+`"`, body)
	}
	require.Empty(t, p.Messages(ada))
	p.ok(t, "POST", "/simulator/people/"+ada+"/acts", `{"type":"location","latitude":0,"longitude":0}`)
	for _, err := range []error{p.Edit(t.Context(), ada, "", "x"), p.React(t.Context(), ada, "", "x"), p.Unreact(t.Context(), ada, "")} {
		require.EqualError(t, err, "simulator: mid is missing")
	}
}

// TestMessagesOfNoPerson: a typing error in an id is no empty conversation.
func TestMessagesOfNoPerson(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	require.JSONEq(t, `[]`, p.ok(t, "GET", "/simulator/people/"+ada+"/messages", ""))
	got := p.do(t, "GET", "/simulator/people/77/messages", "")
	require.Equal(t, 404, got.status)
	require.Contains(t, string(got.body), `"code":"no_such_person"`)
}

// TestTheGuideHasAllActs: the table of docs/simulator.md, openapi.yaml, and the refusal of an act that there is not.
func TestTheGuideHasAllActs(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	refused := message(t, p.do(t, "POST", "/simulator/people/"+ada+"/acts", `{"type":"tap"}`))
	_, list, ok := strings.Cut(refused, `no act of type "tap"; there are `)
	require.True(t, ok, refused)
	guide, err := os.ReadFile("../docs/simulator.md")
	require.NoError(t, err)
	_, table, ok := strings.Cut(string(guide), "| act | fields")
	require.True(t, ok)
	acts := strings.Split(list, ", ")
	require.ElementsMatch(t, simulator.ActTypes(), acts)
	inFile := described().Components.Schemas["Act"].Properties["type"].Enum
	require.Len(t, inFile, len(acts))
	for i, act := range acts {
		require.Equal(t, act, inFile[i], "openapi.yaml has them too")
	}
	for _, act := range acts {
		require.Contains(t, table, "`"+act+"`")
	}
}

// message is the error of an answer.
func message(t *testing.T, a answer) string {
	t.Helper()
	var e struct{ Error string }
	require.NoError(t, json.Unmarshal(a.body, &e), string(a.body))
	return e.Error
}

func TestFaultsOverHTTP(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	_, err := p.Say(t.Context(), ada, "hi")
	require.NoError(t, err)
	send := func() (status, code int) {
		t.Helper()
		a := p.do(t, "POST", "/v27.0/me/messages?access_token=simulator-page-token", `{"recipient":{"id":"`+ada+`"},"message":{"text":"x"}}`)
		if a.status == 200 {
			return 200, 0
		}
		code, _ = a.code(t)
		return a.status, code
	}
	order := func(body string) { t.Helper(); p.ok(t, "POST", "/simulator/faults", body) }

	order(`{"refusal":"calls limit","times":2}`)
	require.Contains(t, p.ok(t, "GET", "/simulator/faults", ""), `"refusal":"calls limit"`)
	for range 2 {
		_, code := send()
		require.Equal(t, simulator.RefusalNamed("calls limit").Code, code)
	}
	status, _ := send()
	require.Equal(t, 200, status)
	require.JSONEq(t, `[]`, p.ok(t, "GET", "/simulator/faults", ""))

	order(`{"error":{"code":2,"message":"try again","is_transient":true},"status":503,"times":-1}`)
	for range 3 {
		status, code := send()
		require.Equal(t, []int{503, 2}, []int{status, code})
	}
	require.Contains(t, p.ok(t, "GET", "/simulator/faults", ""), `"hits":3`)
	p.ok(t, "DELETE", "/simulator/faults", "")
	status, _ = send()
	require.Equal(t, 200, status)

	order(`{"status":503,"header":{"Retry-After":"3","X-A":["1","2"]}}`)
	header := p.do(t, "POST", "/me/messages", `{}`).header
	require.Equal(t, []string{"3", "1", "2"}, append(header["Retry-After"], header["X-A"]...))
	order(`{"method":"get","path":"/*","status":500,"body":"<html>"}`)
	status, _ = send()
	require.Equal(t, 200, status, "it is about another call")
	a := p.do(t, "GET", "/v27.0/"+ada+"?fields=first_name&access_token=simulator-page-token", "")
	require.Equal(t, "500 <html>", strings.Join([]string{"500", string(a.body)}, " "))
	p.Fault(simulator.Fault{Delay: time.Hour, Times: -1, Match: func(string, string) bool { return false }})
	require.Contains(t, p.ok(t, "GET", "/simulator/faults", ""), `"delay":"1h0m0s"`)

	for body, want := range map[string]string{
		`{}`:                         "a fault needs a refusal, an error, a status, a body, a delay or a drop",
		`{"refusal":"none of them"}`: `no refusal is named "none of them"; GET /simulator/refusals lists them`,
		`{"refusal":"calls limit","error":{"code":1}}`: "a refusal, a code or an error, not several of them",
		`{"code":4711}`: "no refusal has the code 4711",
		`{"error":613}`: `the field "error" cannot be a JSON number`,
		`{"status":500,"header":{"Retry-After":3}}`: "header is an object of texts, or of lists of texts",
		`{"delay":"long"}`:                          `the delay "long" is no duration`,
		`{"delay":"-1s"}`:                           "must not be negative",
		`{"drop":"sometimes"}`:                      `unknown kind "sometimes"`,
		`{"status":42}`:                             "42 is not the status of an answer",
		`{"status":500,"path":"/["}`:                "is no pattern",
		`{"status":500,"statuss":1}`:                "statuss",
	} {
		a := p.do(t, "POST", "/simulator/faults", body)
		require.Equal(t, 400, a.status, body)
		require.Contains(t, message(t, a), want)
	}
	var refusals []struct{ Name, Meaning, Message string }
	require.NoError(t, json.Unmarshal([]byte(p.ok(t, "GET", "/simulator/refusals", "")), &refusals))
	require.Len(t, refusals, len(simulator.Refusals()))
}

func TestCallbacksOverHTTP(t *testing.T) {
	t.Parallel()
	b := newBot(t)
	p := serve(t, simulator.Config{WebhookURL: b.URL})
	post := func(body string) {
		t.Helper()
		p.ok(t, "POST", "/simulator/callbacks", body)
		p.ok(t, "POST", "/simulator/flush", `{}`)
	}
	event := `{"sender":{"id":"` + ada + `"},"recipient":{"id":"` + page + `"},"timestamp":1,"game_play":{"game_id":"1"}}`
	post(`{"event":` + event + `}`)
	post(`{"standby":` + event + `}`)
	post(`{"change":{"field":"feed","value":{"item":"status"}}}`)
	post(`{"change":{"field":"leadgen","value":{}},"page_id":"` + page + `"}`)
	require.Len(t, b.bodies, 4)
	for i, want := range []string{`"messaging":[{`, `"standby":[{`, `"field":"feed"`, `"field":"leadgen"`} {
		require.Contains(t, string(b.bodies[i]), want)
	}
	require.Zero(t, b.badSig)
	for body, status := range map[string]int{
		`{}`:                        400,
		`{"event":{},"standby":{}}`: 400,
		`{"event":"text"}`:          400,
		`{"change":{"field":"feed","value":{}},"page_id":"4711"}`: 404,
	} {
		require.Equal(t, status, p.do(t, "POST", "/simulator/callbacks", body).status, body)
	}

	attempt := func(query, body string) (a simulator.Attempt) {
		t.Helper()
		require.NoError(t, json.Unmarshal([]byte(p.ok(t, "POST", "/simulator/callbacks/raw"+query, body)), &a))
		return a
	}
	require.Equal(t, 200, attempt("", `{"object":`).Status)
	require.Zero(t, b.badSig)
	attempt("?signature=bad", `{}`)
	require.Equal(t, 1, b.badSig)
	attempt("?signature=none", `{}`)
	require.Equal(t, 2, b.badSig)
	require.Empty(t, b.header.Get("X-Hub-Signature"))
	require.Equal(t, 400, p.do(t, "POST", "/simulator/callbacks/raw?signature=ugly", `{}`).status)
	b.status = func([]byte) int { return 404 }
	got := attempt("", `{}`)
	require.Equal(t, "the bot answered 404", got.Error)
	require.Contains(t, got.Advice, "Nothing listens at the path")
}

func TestPageOverHTTP(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	change := func(body string) { t.Helper(); p.ok(t, "PATCH", "/simulator/pages/"+page, body) }
	code := func(token string) int {
		t.Helper()
		a := p.as(t, token, "GET", "/me/subscribed_apps", "")
		if a.status == http.StatusOK {
			return 0
		}
		code, _ := a.code(t)
		return code
	}
	change(`{"token":"new"}`)
	require.Equal(t, []int{0, 190}, []int{code("new"), code("simulator-page-token")})
	change(`{"revoked":463}`)
	require.Equal(t, 190, code("new"))
	change(`{"token":"newer","fields":["messages","message_echoes"]}`)
	require.Zero(t, code("newer"))
	require.Contains(t, string(p.as(t, "newer", "GET", "/me/subscribed_apps", "").body), `"subscribed_fields":["messages","message_echoes"]`)
	a := p.do(t, "PATCH", "/simulator/pages/"+page, `{"token":"no","fields":["mesages"]}`)
	require.Equal(t, 400, a.status)
	require.Contains(t, message(t, a), `"mesages" is not a webhook field of a page`)
	require.Zero(t, code("newer"), "what fails changes nothing")
	require.Equal(t, 404, p.do(t, "PATCH", "/simulator/pages/4711", `{}`).status)

	p.ok(t, "PUT", "/simulator/usage", `{"header":"{\"1\":[{\"call_count\":98}]}"}`)
	require.Contains(t, p.as(t, "newer", "GET", "/me", "").header.Get("X-Business-Use-Case-Usage"), "98")
}

// TestOtherSitesCannotControl: every route that reads or changes something refuses other origins and foreign names.
func TestOtherSitesCannotControl(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	for _, route := range []string{
		"GET /simulator/people/" + ada + "/wait", "POST /simulator/callbacks", "POST /simulator/callbacks/raw", "GET /simulator/clock", "PUT /simulator/clock",
		"PUT /simulator/usage", "PATCH /simulator/pages/" + page, "GET /simulator/faults", "POST /simulator/faults", "DELETE /simulator/faults",
		"GET /simulator/refusals", "GET /simulator/log",
	} {
		method, path, _ := strings.Cut(route, " ")
		req, err := http.NewRequestWithContext(t.Context(), method, p.url+path, strings.NewReader(`{}`))
		require.NoError(t, err)
		req.Header.Set("Content-Type", "application/json")
		req.Host = "evil.example"
		resp, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		require.Equal(t, 403, resp.StatusCode, route)
		if method == http.MethodGet {
			continue
		}
		req.Host = ""
		req.Header.Set("Origin", "https://evil.example")
		req.Body = http.NoBody
		resp, err = http.DefaultClient.Do(req)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		require.Equal(t, 403, resp.StatusCode, route)
	}
}

// TestMisspelledNames are answered with the nearest one.
func TestMisspelledNames(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	for path, body := range map[string]string{
		"/simulator/people/" + ada + "/acts":    `{"type":"say","txt":"hi"}`,
		"/simulator/callbacks/kinds/quik_reply": `{}`,
		"/simulator/pages/" + page + "/feed":    `{"item":"post","txt":"x"}`,
	} {
		require.Contains(t, string(p.do(t, "POST", path, body).body), "; the nearest is ", path)
	}
}
