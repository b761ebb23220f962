package command_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/command"
	"github.com/djmessenger/messenger/simulator"
)

// ran is what a command wrote.
type ran struct {
	code     int
	out, err string
}

func runs(t *testing.T, env map[string]string, input string, args ...string) ran {
	t.Helper()
	var out, err bytes.Buffer
	code := command.Run(t.Context(), command.Config{
		Out: &out, Err: &err, In: strings.NewReader(input), Env: func(name string) string { return env[name] },
	}, args)
	return ran{code, out.String(), err.String()}
}

// verifying is a bot that checks signatures, and keeps the last body.
func verifying(t *testing.T, appSecret string, last *string) *httptest.Server {
	t.Helper()
	bot := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || r.Header.Get("X-Hub-Signature-256") != signature(appSecret, body) {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		*last = string(body)
		_, _ = io.WriteString(w, "EVENT_RECEIVED\x1b[2J\u202Egpj")
	}))
	t.Cleanup(bot.Close)
	return bot
}

func signature(appSecret string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(appSecret))
	_, _ = mac.Write(body)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

// TestTriggerPostsEveryKind: signed with the secret of the environment, to the webhook of the environment.
func TestTriggerPostsEveryKind(t *testing.T) {
	t.Parallel()
	var body string
	bot := verifying(t, "shh", &body)
	env := map[string]string{"MESSENGER_APP_SECRET": "shh", "MESSENGER_WEBHOOK": bot.URL, "MESSENGER_PAGE_ID": "4711"}
	list := runs(t, env, "", "trigger", "--list")
	require.Equal(t, 0, list.code)
	for _, kind := range simulator.Kinds() {
		require.NotEmpty(t, kind.Description, kind.Kind)
		require.Regexp(t, "(?m)^"+kind.Kind+" +"+regexp.QuoteMeta(kind.Description), list.out)
		got := runs(t, env, "", "trigger", kind.Kind)
		require.Equal(t, 0, got.code, "%s: %+v", kind.Kind, got)
		require.Regexp(t, "^"+kind.Kind+" to "+bot.URL+`: 200 in \d+ ms\n  EVENT_RECEIVED\x{FFFD}\[2J\x{FFFD}gpj\n$`, got.out)
		require.Contains(t, body, `"4711"`)
	}
}

// TestTriggerWithValuesAndIDs: values are replaced by their paths, and what may be a typing error is told.
func TestTriggerWithValuesAndIDs(t *testing.T) {
	t.Parallel()
	var body string
	bot := verifying(t, simulator.DefaultAppSecret, &body)
	got := runs(t, nil, "", "trigger", "quick_reply", "--webhook", bot.URL, "--page", "11", "--person", "22",
		"--set", "message.text=a=b, c", "--set", "message.quick_reply.payload=P", "--set", `message.n:={"x":[1,true]}`)
	require.Equal(t, 0, got.code, got)
	var callback struct {
		Entry []struct {
			ID        string
			Messaging []struct {
				Sender  struct{ ID string }
				Message struct {
					Text       string
					QuickReply struct{ Payload string } `json:"quick_reply"`
					N          json.RawMessage
				}
			}
		}
	}
	require.NoError(t, json.Unmarshal([]byte(body), &callback))
	ev := callback.Entry[0].Messaging[0]
	require.Equal(t, []string{"11", "22", "a=b, c", "P", `{"x":[1,true]}`},
		[]string{callback.Entry[0].ID, ev.Sender.ID, ev.Message.Text, ev.Message.QuickReply.Payload, string(ev.Message.N)})

	got = runs(t, nil, "", "trigger", "simple_text", "--print", "--set", "message.txt=hi")
	require.Equal(t, "messenger: note: message.txt is new in this event; the nearest that it has is message.text\n", got.err)
	require.Contains(t, got.out, `"txt":"hi"`)
	require.True(t, json.Valid([]byte(got.out)))
}

func TestTriggerTakesABody(t *testing.T) {
	t.Parallel()
	var body string
	bot := verifying(t, simulator.DefaultAppSecret, &body)
	for _, flag := range []string{`{"a": 1}`, "@-", "@" + file(t, "b.json", `{"a": 1}`)} {
		body = ""
		require.Equal(t, 0, runs(t, nil, `{"a": 1}`, "trigger", "--webhook", bot.URL, "--body", flag).code)
		require.Equal(t, `{"a": 1}`, body)
	}
}

// TestTriggerTellsWhatTheBotDoes by its exit code and in words.
func TestTriggerTellsWhatTheBotDoes(t *testing.T) {
	t.Parallel()
	var body string
	good := verifying(t, simulator.DefaultAppSecret, &body)
	answering := func(status int) string {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
		t.Cleanup(s.Close)
		return s.URL
	}
	cut := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	t.Cleanup(cut.Close)
	for _, c := range []struct {
		args []string
		code int
		err  string
	}{
		{[]string{"--webhook", good.URL, "--bad-signature"}, 0, ""},
		{[]string{"--webhook", answering(200), "--bad-signature"}, 1, "the bot took a callback with a bad signature: anyone can write to it in the name of any person"},
		{[]string{"--webhook", answering(500), "--bad-signature"}, 1, "the bot should refuse a bad signature with 403, not 500"},
		{[]string{"--webhook", answering(403)}, 1, "the bot did not take the callback"},
		{[]string{"--webhook", answering(302)}, 1, "the bot did not take the callback"},
		{[]string{"--webhook", cut.URL}, 4, "the bot did not answer"},
		{[]string{"--webhook", "http://127.0.0.1:1/"}, 4, "the bot did not answer"},
	} {
		got := runs(t, nil, "", append([]string{"trigger", "simple_text"}, c.args...)...)
		require.Equal(t, c.code, got.code, "%v: %+v", c.args, got)
		if c.err != "" {
			require.Equal(t, "messenger: "+c.err+"\n", got.err)
		}
	}
	refused := runs(t, nil, "", "trigger", "simple_text", "--webhook", answering(403))
	require.Contains(t, refused.out, "  !  The bot refused the signature.")
}

// TestFilesHaveALimit, also those without a size or an end.
func TestFilesHaveALimit(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/dev/zero"); err != nil {
		t.Skip("there is no /dev/zero")
	}
	for want, args := range map[string][]string{
		"--body: a callback can have 16 MiB at most": {"trigger", "--print", "--body", "@/dev/zero"},
		"--people: /dev/zero is larger than 4 MiB":   {"simulate", "--people", "@/dev/zero"},
	} {
		got := runs(t, nil, "", args...)
		require.Equal(t, 2, got.code)
		require.Contains(t, got.err, want)
	}
}

func TestTriggerUsage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args []string
		err  string
	}{
		{[]string{}, "the kind of callback is missing; --list shows the kinds"},
		{[]string{"quick_repl"}, `there is no kind of callback "quick_repl"; the nearest is quick_reply; --list shows the kinds`},
		{[]string{"message"}, `there is no kind of callback "message"; the usual one is simple_text; --list shows the kinds`},
		{[]string{"zzz"}, `there is no kind of callback "zzz"; --list shows the kinds`},
		{[]string{"read"}, "--webhook is missing"},
		{[]string{"read", "more", "--print"}, `trigger takes one kind of callback, and flags before it or behind: "more"`},
		{[]string{"read", "--webhook", "localhost:1"}, "--webhook: must begin with http:// or https://"},
		{[]string{"read", "--body", "{}"}, "a kind and --body do not go together"},
		{[]string{"--body", "{}", "--set", "a=b", "--print"}, "--set, --page and --person do not go with --body"},
		{[]string{"--body", "@/nowhere/at/all", "--print"}, "--body: open /nowhere/at/all"},
		{[]string{"read", "--print", "--set", "x"}, `--set is PATH=TEXT or PATH:=JSON, not "x"`},
		{[]string{"read", "--print", "--set", "a:=b"}, `--set a: "b" is not JSON; a=b sets a text`},
		{[]string{"read", "--print", "--set", "a=b", "--set", "a=c"}, "--set has a twice"},
		{[]string{"read", "--print", "--set", "reed.x=1"}, `there is no "reed"; there are `},
		{[]string{"read", "--print", "--page", "x"}, `Config.PageID must be digits, got "x"`},
		{[]string{"--list", "read"}, "--list takes no kind"},
	} {
		got := runs(t, nil, "", append([]string{"trigger"}, c.args...)...)
		require.Equal(t, 2, got.code, "%v: %+v", c.args, got)
		require.Contains(t, got.err, c.err)
	}
}

// TestSimulateWarnsInJSON: who reads lines sees what a terminal shows.
func TestSimulateWarnsInJSON(t *testing.T) {
	t.Parallel()
	bot := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(bot.Close)
	s := simulate(t, nil, "--webhook", bot.URL, "--log", "json")
	line := s.out.shows(t, `(.*"kind":"warning".*)\n`)[1]
	require.Equal(t, 0, s.stop())
	var entry simulator.Entry
	require.NoError(t, json.Unmarshal([]byte(line), &entry))
	require.Contains(t, entry.Error, "the webhook is not verified")
	require.Contains(t, entry.Advice, "Nothing listens at the path of")
}

func TestSimulateLenient(t *testing.T) {
	t.Parallel()
	s := simulate(t, nil, "--lenient").starts(t)
	require.JSONEq(t, `{"success":true}`, s.get(t, "/v27.0/me/no_such_edge?access_token=simulator-page-token"))
	s.out.shows(t, `no_such_edge`)
}
