package operations_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/operations"
	"github.com/djmessenger/messenger/secret"
	"github.com/djmessenger/messenger/store/memory"
)

func TestHandlerRefusesToBeOpenToEveryone(t *testing.T) {
	t.Parallel()
	bot, err := newBot(memory.New(memory.Config{}))
	require.NoError(t, err)
	for _, c := range []struct {
		bot    *messenger.Bot
		config operations.Config
		want   string
	}{
		{bot, operations.Config{}, "neither Config.Tokens nor Config.Authorize is set"},
		{nil, operations.Config{Tokens: []secret.Value{secret.New(token)}}, "the bot is nil"},
		{bot, operations.Config{Tokens: []secret.Value{{}}}, "Config.Tokens[0] has 0 bytes, fewer than 24"},
		{bot, operations.Config{Tokens: []secret.Value{secret.New(token), secret.New("short")}}, "Config.Tokens[1] has 5 bytes"},
		{bot, operations.Config{Tokens: []secret.Value{secret.New(token + " x")}}, "Config.Tokens[0] has a space"},
		{bot, operations.Config{Tokens: []secret.Value{secret.New(token)}, Prefix: "ops"}, "Config.Prefix"},
		{bot, operations.Config{Tokens: []secret.Value{secret.New(token)}, Prefix: "/ops/"}, "Config.Prefix"},
	} {
		h, err := operations.Handler(c.bot, c.config)
		require.ErrorContains(t, err, c.want)
		require.Nil(t, h)
		require.NotContains(t, err.Error(), token)
	}
}

func TestOnlyATokenOpens(t *testing.T) {
	t.Parallel()
	const second = "another-operations-token-abc"
	w := newWorld(t, memory.New(memory.Config{}), operations.Config{Tokens: []secret.Value{secret.New(token), secret.New(second)}})
	for _, path := range []string{"/stats", "/", "/openapi.yaml", "/nothing", "/dead/1"} {
		for _, header := range []string{
			"", "Bearer", "Bearer ", "Bearer x", "Bearer " + token[1:], "Bearer " + token + "x", "Bearer  " + token, "Basic " + token, token,
			"Bearer " + token + "," + second,
		} {
			a := w.do("GET", path, "", "Authorization", header)
			w.refused(a, 401, "unauthenticated")
			require.Contains(t, a.header.Get("WWW-Authenticate"), "Bearer")
		}
		w.refused(w.do("GET", path+"?token="+second, "", "Authorization", ""), 401, "unauthenticated")
	}
	for _, header := range []string{"Bearer " + token, "bearer " + token, "Bearer " + second} {
		require.Equal(t, 200, w.do("GET", "/stats", "", "Authorization", header).status)
	}
	w.refused(w.do("DELETE", w.person(), "", "Authorization", "Bearer x"), 401, "unauthenticated")
}

func TestTheProgramDecidesByAction(t *testing.T) {
	t.Parallel()
	var asked atomic.Pointer[operations.Action]
	var err atomic.Pointer[error]
	w := newWorld(t, memory.New(memory.Config{}), operations.Config{Authorize: func(_ *http.Request, a operations.Action) error {
		asked.Store(&a)
		if p := err.Load(); p != nil {
			if *p == nil {
				panic("of the program")
			}
			return *p
		}
		return nil
	}})
	require.Equal(t, 200, w.do("GET", "/stats", "", "Authorization", "").status)
	require.Equal(t, operations.Action{Name: "stats"}, *asked.Load())
	w.do("DELETE", w.person(), "")
	require.Equal(t, operations.Action{Name: "forgetPerson", Changes: true, PageID: w.page, PSID: w.ada}, *asked.Load())
	w.do("GET", "/dead?page=7&person=8", "")
	require.Equal(t, operations.Action{Name: "listDead", PageID: "7", PSID: "8"}, *asked.Load())
	w.do("POST", "/dead/drop?page=7;x", `{"all":true}`)
	require.Equal(t, operations.Action{Name: "dropMany", Changes: true}, *asked.Load(), "what is malformed may mean all pages")
	w.do("POST", "/dead/3/replay?page=7", "")
	require.Equal(t, operations.Action{Name: "replayDead", Changes: true, PageID: "7"}, *asked.Load())

	secretReason := errors.New("not in the group admins-4711")
	err.Store(&secretReason)
	a := w.do("GET", "/stats", "")
	w.refused(a, 403, "forbidden")
	require.NotContains(t, a.body, "4711")
	require.Contains(t, w.log.String(), "admins-4711")
	w.refused(w.do("GET", "/nothing", ""), 403, "forbidden")
	unknown := errors.Join(operations.ErrUnauthenticated, secretReason)
	err.Store(&unknown)
	w.refused(w.do("GET", "/stats", ""), 401, "unauthenticated")
	panics := error(nil)
	err.Store(&panics)
	w.refused(w.do("GET", "/stats", ""), 403, "forbidden")
}

func TestTokensAndAuthorizeMustBothAllow(t *testing.T) {
	t.Parallel()
	w := newWorld(t, memory.New(memory.Config{}), operations.Config{
		Tokens: []secret.Value{secret.New(token)},
		Authorize: func(_ *http.Request, a operations.Action) error {
			if a.Changes {
				return errors.New("read only")
			}
			return nil
		},
	})
	require.Equal(t, 200, w.do("GET", "/stats", "").status)
	w.refused(w.do("GET", "/stats", "", "Authorization", ""), 401, "unauthenticated")
	w.refused(w.do("DELETE", w.person(), ""), 403, "forbidden")
}

func TestPagesOfOtherOriginsAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, memory.New(memory.Config{}), operations.Config{Tokens: []secret.Value{secret.New(token)}})
	own := strings.TrimSuffix(w.url, "/base")
	for _, headers := range [][]string{
		{"Origin", "https://evil.example"}, {"Origin", "null"}, {"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"},
		{"Sec-Fetch-Site", "cross-site", "Origin", own},
	} {
		w.refused(w.do("GET", "/stats", "", headers...), 403, "foreign_origin")
		w.refused(w.do("DELETE", w.person(), "", headers...), 403, "foreign_origin")
	}
	for _, headers := range [][]string{{"Origin", own}, {"Sec-Fetch-Site", "same-origin"}, {"Sec-Fetch-Site", "none"}} {
		require.Equal(t, 200, w.do("DELETE", w.person(), "", headers...).status, headers)
	}
	a := w.do("GET", "/stats", "", "Origin", own)
	require.Empty(t, a.header.Get("Access-Control-Allow-Origin"))
}

func TestAChangeNeedsJSON(t *testing.T) {
	t.Parallel()
	w := newWorld(t, memory.New(memory.Config{}), operations.Config{Tokens: []secret.Value{secret.New(token)}})
	for _, kind := range []string{"", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json-seq"} {
		w.refused(w.do("POST", "/dead/replay", `{"all":true}`, "Content-Type", kind), 415, "not_json")
		w.refused(w.do("DELETE", w.person(), "", "Content-Type", kind), 415, "not_json")
	}
	require.Equal(t, 200, w.do("POST", "/dead/replay", `{"all":true}`, "Content-Type", "application/json; charset=utf-8").status)
}

func TestRequestsThatAreWrong(t *testing.T) {
	t.Parallel()
	w := newWorld(t, memory.New(memory.Config{}), operations.Config{Tokens: []secret.Value{secret.New(token)}})
	person := w.person()
	for _, c := range []struct {
		method, path, body string
		status             int
		code               string
	}{
		{"GET", "/nothing", "", 404, "no_such_route"},
		{"PATCH", "/stats", "", 405, "method_not_allowed"},
		{"POST", "/stats", "", 405, "method_not_allowed"},
		{"GET", "/dead/replay/x", "", 404, "no_such_route"},
		{"GET", "/stats?page=1", "", 400, "unknown_parameter"},
		{"GET", "/dead?pgae=1", "", 400, "unknown_parameter"},
		{"GET", "/dead?page=1&page=2", "", 400, "bad_parameter"},
		{"GET", "/dead?page=1;type=POSTBACK", "", 400, "bad_parameter"},
		{"GET", "/dead?page=%ZZ", "", 400, "bad_parameter"},
		{"POST", "/dead/drop?page=4711;type=POSTBACK", `{"all":true}`, 400, "bad_parameter"},
		{"POST", "/dead/drop?page=47%ZZ11", `{"all":true}`, 400, "bad_parameter"},
		{"POST", "/dead/drop?page=1&person=2", `{"ids":[1]}`, 400, "bad_parameter"},
		{"POST", "/dead/replay?route=order", `{"ids":[1]}`, 400, "bad_parameter"},
		{"GET", "/dead?type=POSTBAK", "", 400, "bad_parameter"},
		{"GET", "/dead?limit=0", "", 400, "bad_parameter"},
		{"GET", "/dead?limit=201", "", 400, "bad_parameter"},
		{"GET", "/dead?limit=ten", "", 400, "bad_parameter"},
		{"GET", "/dead?since=yesterday", "", 400, "bad_parameter"},
		{"GET", "/dead?person=1", "", 400, "bad_parameter"},
		{"GET", "/dead?after=x", "", 400, "bad_cursor"},
		{"GET", "/dead?after=e30x", "", 400, "bad_cursor"},
		{"GET", "/blocked?after=eyJJRCI6NX0", "", 400, "bad_cursor"}, // that of another list
		{"GET", person + "/conversation?after=%00", "", 400, "bad_cursor"},
		{"GET", person + "/timers?after=bnVsbA%3D%3D", "", 400, "bad_cursor"},
		{"GET", "/broadcasts?after=_", "", 400, "bad_cursor"},
		{"GET", "/broadcasts?open=maybe", "", 400, "bad_parameter"},
		{"GET", "/dead/x", "", 400, "bad_parameter"},
		{"GET", "/dead/0", "", 400, "bad_parameter"},
		{"GET", "/dead/-1", "", 400, "bad_parameter"},
		{"GET", "/dead/99999999999999999999", "", 400, "bad_parameter"},
		{"GET", "/dead/9223372036854775807", "", 404, "no_such_letter"},
		{"GET", "/dead/1", "", 404, "no_such_letter"},
		{"GET", "/dead/1/explanation", "", 404, "no_such_letter"},
		{"POST", "/dead/1/replay", "", 404, "no_such_letter"},
		{"DELETE", "/dead/1", "", 404, "no_such_letter"},
		{"POST", "/dead/replay", "", 400, "bad_body"},
		{"POST", "/dead/replay", `{}`, 400, "bad_body"},
		{"POST", "/dead/replay", `{"ids":[]}`, 400, "bad_body"},
		{"POST", "/dead/replay", `{"ids":[1],"all":true}`, 400, "bad_body"},
		{"POST", "/dead/replay", `{"ids":["1"]}`, 400, "bad_body"},
		{"POST", "/dead/replay", `{"ids":[1],"after":"x"}`, 400, "bad_body"},
		{"POST", "/dead/replay", `{"all":true,"after":"x"}`, 400, "bad_cursor"},
		{"POST", "/dead/replay", `{"all":true,"limit":501}`, 400, "too_many"},
		{"POST", "/dead/replay", `{"all":true,"limit":-1}`, 400, "bad_body"},
		{"POST", "/dead/replay", `{"all":true,"every":1}`, 400, "bad_body"},
		{"POST", "/dead/replay", `{"all":true} {"all":true}`, 400, "bad_body"},
		{"POST", "/dead/replay", `[` + strings.Repeat("1,", 300) + `1]`, 400, "bad_body"},
		{"POST", "/dead/drop", `{"ids":[` + strings.Repeat("1,", operations.MaxMany) + `1]}`, 400, "too_many"},
		{"POST", "/dead/drop", `{"ids":[` + strings.Repeat("1,", operations.MaxBody) + `1]}`, 413, "too_large"},
		{"PUT", "/pages/" + w.page + "/broadcasts/k", `{"messages":[{"text":"` + strings.Repeat("x", operations.MaxBody) + `"}]}`, 413, "too_large"},
		{"GET", "/pages/" + w.page + "/people/4711", "", 404, "no_such_person"},
		{"GET", "/pages/" + w.page + "/people/4711/export", "", 404, "no_such_person"},
		{"GET", person + "/dialog", "", 404, "no_dialog"},
		{"DELETE", person + "/dialog", "", 404, "no_dialog"},
		{"DELETE", person + "/timers/none", "", 404, "no_such_timer"},
		{"DELETE", person + "/timers/messenger.dialog", "", 409, "reserved"},
		{"DELETE", person + "/timers/" + strings.Repeat("k", 201), "", 400, "bad_request"},
		{"GET", person + "/events/none/explanation", "", 404, "no_such_event"},
		{"GET", person + "/waiting/none/explanation", "", 404, "no_such_event"},
		{"GET", "/pages/" + w.page + "/broadcasts/none", "", 404, "not_found"},
		{"POST", "/pages/" + w.page + "/broadcasts/none/cancel", "", 404, "not_found"},
		{"PUT", "/pages/" + w.page + "/broadcasts/k", `{"messages":[{"text":"Hello"}]}`, 400, "bad_body"},
		{"PUT", "/pages/" + w.page + "/broadcasts/k", `{"messages":[{"txt":"Hello"}],"everyone":true}`, 400, "bad_body"},
		{"PUT", "/pages/" + w.page + "/broadcasts/k", `{"messages":[{}],"everyone":true}`, 400, "bad_request"},
		{"PUT", "/pages/" + w.page + "/broadcasts/k", `{"messages":[{"text":"Hello"}],"everyone":true,"active_within":"soon"}`, 400, "bad_body"},
		{"PUT", "/pages/" + w.page + "/broadcasts/k", `{"messages":[{"text":"Hello"}],"people":["1"],"active_within":"1h"}`, 400, "bad_body"},
		{"PUT", "/pages/" + w.page + "/broadcasts/k", `{"messages":[{"text":"Hello"}],"people":["a/b"]}`, 400, "bad_request"},
	} {
		a := w.do(c.method, c.path, c.body)
		w.refused(a, c.status, c.code)
	}
	require.Equal(t, "GET", w.do("POST", "/stats", "").header.Get("Allow"))
}

func TestRequestIDs(t *testing.T) {
	t.Parallel()
	w := newWorld(t, memory.New(memory.Config{}), operations.Config{Tokens: []secret.Value{secret.New(token)}})
	require.Equal(t, "my-id.1", w.do("GET", "/health", "", "X-Request-ID", "my-id.1").header.Get("X-Request-ID"))
	for _, bad := range []string{"a b", "a\tb", strings.Repeat("x", 65), "<script>"} {
		id := w.do("GET", "/health", "", "X-Request-ID", bad).header.Get("X-Request-ID")
		require.NotEqual(t, bad, id)
		require.Regexp(t, `^[A-Z2-7]{26}$`, id)
	}
	a := w.do("DELETE", w.person(), "", "X-Request-ID", "forget-1")
	require.Equal(t, 200, a.status)
	require.Equal(t, "no-store", a.header.Get("Cache-Control"))
	require.Equal(t, "nosniff", a.header.Get("X-Content-Type-Options"))
	require.Contains(t, w.log.String(), `msg="an operator's change" action=forgetPerson`)
	require.Contains(t, w.log.String(), "request=forget-1")
}

// TestPathsThatAreNotClean are not redirected: that would tell a caller without a token what there is.
func TestPathsThatAreNotClean(t *testing.T) {
	t.Parallel()
	bot, err := newBot(memory.New(memory.Config{}))
	require.NoError(t, err)
	handler, err := operations.Handler(bot, operations.Config{Tokens: []secret.Value{secret.New(token)}})
	require.NoError(t, err)
	for _, target := range []string{"/x/../stats", "/dead//1", "//stats", "/stats/"} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.URL.Path = target
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, r)
		require.Equal(t, http.StatusUnauthorized, answer.Code, target)
		r.Header.Set("Authorization", "Bearer "+token)
		answer = httptest.NewRecorder()
		handler.ServeHTTP(answer, r)
		require.Equal(t, http.StatusNotFound, answer.Code, target)
	}
}
