package command_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/command"
	"github.com/djmessenger/messenger/simulator"
)

// screen is a terminal whose text can be waited for.
type screen struct {
	mu      sync.Mutex
	text    bytes.Buffer
	changed chan struct{}
}

func newScreen() *screen { return &screen{changed: make(chan struct{})} }

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.changed)
	s.changed = make(chan struct{})
	return s.text.Write(p)
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// shows waits for a text that matches, and returns it and its groups.
func (s *screen) shows(t *testing.T, pattern string) []string {
	t.Helper()
	re := regexp.MustCompile(pattern)
	for {
		s.mu.Lock()
		found, changed := re.FindStringSubmatch(s.text.String()), s.changed
		s.mu.Unlock()
		if found != nil {
			return found
		}
		select {
		case <-changed:
		case <-t.Context().Done():
			require.Fail(t, "not shown", "%s in\n%s", pattern, s)
		}
	}
}

// simulation is the command while it runs.
type simulation struct {
	out, err *screen
	base     string
	caDir    string
	stop     func() int // interrupts it, and returns the exit code
}

func simulate(t *testing.T, env map[string]string, args ...string) *simulation {
	t.Helper()
	s := &simulation{out: newScreen(), err: newScreen(), caDir: filepath.Join(t.TempDir(), "the bot's")}
	s.runsWith(t, env, append([]string{"simulate", "--listen", "127.0.0.1:0", "--ca-dir", s.caDir}, args...)...)
	return s
}

func (s *simulation) runsWith(t *testing.T, env map[string]string, args ...string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	code := make(chan int, 1)
	config := command.Config{Out: s.out, Err: s.err, Env: func(name string) string { return env[name] }}
	go func() { code <- command.Run(ctx, config, args) }()
	s.stop = sync.OnceValue(func() int {
		cancel()
		return <-code
	})
	t.Cleanup(func() { s.stop() })
}

// starts waits until it listens.
func (s *simulation) starts(t *testing.T) *simulation {
	t.Helper()
	s.base = s.out.shows(t, `Chat page  (http://\S+)/\n(?s:.*)compiled into it`)[1]
	return s
}

// post sends JSON to the simulator's API and returns the answer.
func (s *simulation) post(t *testing.T, path, body string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.base+path, strings.NewReader(body))
	require.NoError(t, err)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.Equal(t, 200, resp.StatusCode, string(answer))
	return string(answer)
}

// echo is a bot as it may be written in any language.
type echo struct {
	graph  atomic.Value // the address of the Graph API, a string
	status int          // of answers to callbacks; 0 is 200
	silent bool
}

func (e *echo) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet {
		if r.URL.Query().Get("hub.verify_token") != "simulator-verify-token" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		_, _ = io.WriteString(w, r.URL.Query().Get("hub.challenge"))
		return
	}
	var body struct {
		Entry []struct {
			Messaging []struct {
				Sender  struct{ ID string }
				Message struct{ Text string }
			}
		}
	}
	if json.NewDecoder(r.Body).Decode(&body) != nil || e.status != 0 {
		w.WriteHeader(e.status)
		return
	}
	if e.silent {
		return
	}
	ev := body.Entry[0].Messaging[0]
	answer, _ := json.Marshal(map[string]any{"recipient": ev.Sender, "message": map[string]string{"text": "you said " + ev.Message.Text}})
	answer = bytes.ReplaceAll(answer, []byte(`"ID"`), []byte(`"id"`))
	resp, err := http.Post(fmt.Sprint(e.graph.Load())+"/me/messages?access_token=simulator-page-token", "application/json", bytes.NewReader(answer))
	if err == nil {
		_ = resp.Body.Close()
	}
}

func TestSimulateShowsAConversation(t *testing.T) {
	t.Parallel()
	var answers echo
	bot := httptest.NewServer(&answers)
	t.Cleanup(bot.Close)
	s := simulate(t, nil, "--webhook", bot.URL, "--people", "Ada:en_US,Bo:de_DE", "--seed", "7").starts(t)
	answers.graph.Store(s.base)
	s.out.shows(t, `Webhook verified in \d+ ms\.`)
	var people []simulator.Person
	require.NoError(t, json.Unmarshal([]byte(s.get(t, "/simulator/people")), &people))
	require.Len(t, people, 2)
	require.Equal(t, "de_DE", people[1].Locale)
	s.post(t, "/simulator/people/"+people[0].ID+"/acts", `{"type":"say","text":"hi"}`)
	s.post(t, "/simulator/flush", `{}`)
	s.out.shows(t, `(?m)^\d\d:\d\d:\d\d  →  messages +Ada  "hi" +200 +\d+ ms$`)
	s.out.shows(t, `(?m)^\d\d:\d\d:\d\d  ←  POST messages +Ada  "you said hi" +200 +\d+ ms$`)
	require.Less(t, strings.Index(s.out.String(), "→"), strings.Index(s.out.String(), "←"), "the callback began before the call")
	require.Equal(t, 0, s.stop())
	require.Contains(t, s.out.String(), "Stopped: 1 callback (0 refused), 1 call (0 refused).\n")
	require.Empty(t, s.err.String())
	require.True(t, strings.HasPrefix(s.out.String(), "Messenger simulator on "+s.base+" (also https, also a proxy; seed 7)\n  Chat page  "+s.base+"/\n  Webhook    "+bot.URL+"\n\n"+
		"The bot needs:\n  export MESSENGER_APP_SECRET=simulator-app-secret\n  export MESSENGER_VERIFY_TOKEN=simulator-verify-token\n"+
		"  export MESSENGER_PAGE_TOKEN=simulator-page-token\n  export MESSENGER_PAGE_ID=100000000000001\n  export MESSENGER_APP_ID=1000000000000001\n"+
		"  export MESSENGER_GRAPH_URL="+s.base+"\n"), s.out.String())

	_, err := http.Get(s.base) //nolint:bodyclose // there is no answer
	require.Error(t, err, "nothing listens any more")
}

func (s *simulation) get(t *testing.T, path string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.base+path, nil)
	require.NoError(t, err)
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return string(answer)
}

// TestSimulateExplainsFailures: what is wrong with the bot is on the terminal in words.
func TestSimulateExplainsFailures(t *testing.T) {
	t.Parallel()
	bot := httptest.NewServer(&echo{status: 403})
	t.Cleanup(bot.Close)
	s := simulate(t, nil, "--webhook", bot.URL, "--retries", "none").starts(t)
	s.post(t, "/simulator/people/7100000000000001/acts", `{"type":"say","text":"hi"}`)
	s.out.shows(t, `→  messages +Ada  "hi" +403 `)
	s.out.shows(t, `!  The bot refused the signature\. It was made with the app secret "simulator-app-secret" over the raw bytes`)
	s.out.shows(t, `!  The callback is given up\.`)
	s.postAny(t, "/me/messages?access_token=wrong", `{"recipient":{"id":"1"},"message":{"text":"x"}}`)
	s.out.shows(t, `←  POST messages +1? +"x" +40[01] `)
	s.out.shows(t, `!  190: .*\n +!  The access token is not that of the simulated page`)
	require.Equal(t, 0, s.stop())
	require.Contains(t, s.out.String(), "Stopped: 1 callback (1 refused), 1 call (1 refused).\n")
}

// postAny sends JSON, whatever the answer is.
func (s *simulation) postAny(t *testing.T, path, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.base+path, strings.NewReader(body))
	require.NoError(t, err)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
}

// TestSimulateWaitsForTheBot: a bot that starts later is verified then.
func TestSimulateWaitsForTheBot(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := listener.Addr().String()
	require.NoError(t, listener.Close())
	s := simulate(t, nil, "--webhook", "http://"+address+"/webhook").starts(t)
	s.out.shows(t, `Webhook NOT verified: .*\n  !  Nothing listens on `+address+`\. Start the bot, or correct the webhook\.\n     It is tried again every 2s\.`)
	listener, err = net.Listen("tcp", address)
	require.NoError(t, err)
	bot := httptest.NewUnstartedServer(&echo{silent: true})
	bot.Listener = listener
	bot.Start()
	t.Cleanup(bot.Close)
	s.out.shows(t, `Webhook verified in`)
}

func TestSimulateWarnsOfASilentBot(t *testing.T) {
	t.Parallel()
	bot := httptest.NewServer(&echo{silent: true})
	t.Cleanup(bot.Close)
	s := simulate(t, nil, "--webhook", bot.URL, "--warn-silence", "1ms").starts(t)
	s.post(t, "/simulator/people/7100000000000001/acts", `{"type":"say","text":"hi"}`)
	s.out.shows(t, `!  The bot took "hi", and no call of it has reached `+s.base+` since the start\. Is MESSENGER_GRAPH_URL set to it\?`)
	s.get(t, profile)
	s.post(t, "/simulator/people/7100000000000001/acts", `{"type":"say","text":"again"}`)
	s.out.shows(t, `!  The bot took "again" and nothing of it has arrived for 1ms\.`)
}

// TestSimulateAsJSON: each line is an entry, and there is nothing else.
func TestSimulateAsJSON(t *testing.T) {
	t.Parallel()
	bot := httptest.NewServer(&echo{silent: true})
	t.Cleanup(bot.Close)
	free, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := free.Addr().String()
	require.NoError(t, free.Close())
	s := simulate(t, nil, "--webhook", bot.URL, "--log", "json", "--listen", address)
	s.base = "http://" + address
	s.awaitServer(t)
	s.post(t, "/simulator/people/7100000000000001/acts", `{"type":"say","text":"hi"}`)
	line := s.out.shows(t, `(.*)\n`)[1]
	require.Equal(t, 0, s.stop())
	var entry simulator.Entry
	require.NoError(t, json.Unmarshal([]byte(line), &entry))
	require.Equal(t, `"hi"`, entry.Preview)
	require.Equal(t, line+"\n", s.out.String())
}

// awaitServer waits until the simulator answers.
func (s *simulation) awaitServer(t *testing.T) {
	t.Helper()
	for t.Context().Err() == nil {
		resp, err := http.Get(s.base + "/simulator/people")
		if err == nil {
			require.NoError(t, resp.Body.Close())
			return
		}
	}
}

// TestSimulateTakesSecretsFromTheEnvironment: the bot gets the same ones, and they are not shown.
func TestSimulateTakesSecretsFromTheEnvironment(t *testing.T) {
	t.Parallel()
	env := map[string]string{
		"MESSENGER_APP_SECRET": "real secret", "MESSENGER_VERIFY_TOKEN": "real verify", "MESSENGER_PAGE_TOKEN": "real token",
		"MESSENGER_PAGE_ID": "4711", "MESSENGER_APP_ID": "815", "MESSENGER_WEBHOOK": "http://127.0.0.1:1/webhook",
	}
	s := simulate(t, env).starts(t)
	s.out.shows(t, `export MESSENGER_APP_ID=815`)
	require.Contains(t, s.env(t, "sh", nil), "export MESSENGER_APP_ID=815\n")
	s.out.shows(t, `Webhook    http://127\.0\.0\.1:1/webhook`)
	s.out.shows(t, `# MESSENGER_PAGE_ID is set here: give the bot the same`)
	require.Contains(t, s.get(t, "/4711?fields=name&access_token=real+token"), "Simulated Page")
	require.Equal(t, 0, s.stop())
	require.NotContains(t, s.out.String(), "real ")
}

func TestSimulateRefusesWhatCannotWork(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = taken.Close() })
	refusing := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(refusing.Close)
	foreign := file(t, "ca-key.pem", "another's")
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"--listen", taken.Addr().String()}, 3, "address already in use: choose another --listen"},
		{[]string{"--listen", "0.0.0.0:9090"}, 2, "anyone who does can act as any person; add --public if that is wanted"},
		{[]string{"--listen", ":9090"}, 2, "add --public"},
		{[]string{"--listen", "localhost"}, 2, `"localhost" is no address; write it as localhost:9090`},
		{[]string{"--webhook", "localhost:3000/webhook"}, 2, "--webhook: must begin with http:// or https://, such as http://localhost:3000/webhook"},
		{[]string{"--webhook", "ftp://localhost/hook"}, 2, "--webhook: must begin with http:// or https://"},
		{[]string{"--webhook", "http://localhost:3000/a b"}, 2, "WebhookURL"},
		{[]string{"--people", "0"}, 2, "from 1 to 1000 people, not 0"},
		{[]string{"--people", "Ada,,Bo"}, 2, "a name is empty"},
		{[]string{"--people", "@none.json"}, 2, "none.json"},
		{[]string{"--people", "@" + file(t, "people.json", "{}")}, 2, "no JSON list of people"},
		{[]string{"--people", "@" + file(t, "people.json", "[]")}, 2, "has no people"},
		{[]string{"--fields", "messages,mesages"}, 2, "mesages"},
		{[]string{"--retries", "often"}, 2, `--retries is quick, platform or none, not "often"`},
		{[]string{"--profile-calls", "-1"}, 2, "--profile-calls must not be negative"},
		{[]string{"--log", "xml"}, 2, `--log is text, json or none, not "xml"`},
		{[]string{"--sed", "1"}, 2, "the nearest is --seed"},
		{[]string{"--require-bot"}, 2, "--require-bot needs --webhook"},
		{[]string{"--seed", "1", "env"}, 2, "--seed is a flag of simulate by itself, not of simulate env"},
		{[]string{"localhost:3000"}, 2, "only flags"},
		{[]string{"--require-bot", "--listen", "127.0.0.1:0", "--ca-dir", t.TempDir(), "--webhook", refusing.URL + "/hook"}, 4, "the bot could not be verified"},
		{[]string{"--listen", "127.0.0.1:0", "--listen", taken.Addr().String()}, 3, "address already in use: choose another --listen"},
		{[]string{"--listen", "127.0.0.1:0", "--ca-dir", filepath.Dir(foreign)}, 2, foreign + " is not a certificate authority of the simulator: remove it"},
		{[]string{"--listen", "127.0.0.1:0", "--ca-dir", foreign}, 2, "not a directory"},
		{[]string{"--clock", "tomorrow"}, 2, `--clock: "tomorrow" is no time such as 2026-12-01T09:00:00Z, and not frozen`},
		{[]string{"--clock", "2026-12-01T09:00:00Z,2026-12-01T09:00:00Z"}, 2, "there are two times"},
		{[]string{"--clock", "frozen,"}, 2, `"" is no time`},
		{[]string{"--pages", "world.json"}, 2, "--pages: write @world.json"},
		{[]string{"--pages", "@none.json"}, 2, "none.json"},
		{[]string{"--pages", "@" + file(t, "pages.json", `{"pages":[]}`)}, 2, "pages.json: "},
		{[]string{"--pages", "@" + file(t, "pages.json", `{"snapshot":1,"pages":[{"id":"x"}]}`)}, 2, "pages.json: "},
		{[]string{"--pages", "@x", "--people", "3"}, 2, "--people does not go with --pages: the file has it"},
		{[]string{"--pages", "@x", "--clock", "frozen"}, 2, "--clock does not go with --pages"},
		{[]string{"--others", "accept"}, 2, `--others is refuse or tunnel, not "accept"`},
		{[]string{"--others", "tunnel", "--public"}, 2, "anyone who reaches the proxy could call any host through it"},
	} {
		got := run(t, command.Config{Env: func(string) string { return "" }}, append([]string{"simulate"}, c.args...)...)
		require.Equal(t, c.code, got.code, c.args)
		require.Contains(t, got.err, c.want, c.args)
		require.NotContains(t, got.out, "tried again", c.args)
	}
}

// TestAnUnsubscribedAppIsReportedOnce: its warning is an entry of the log, and needs no second line.
func TestAnUnsubscribedAppIsReportedOnce(t *testing.T) {
	t.Parallel()
	bot := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }))
	t.Cleanup(bot.Close)
	s := simulate(t, nil, "--webhook", bot.URL, "--retries", "platform").starts(t)
	s.post(t, "/simulator/people/7100000000000001/acts", `{"type":"say","text":"hi"}`)
	s.out.shows(t, `"hi"`)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, s.base+"/simulator/clock", strings.NewReader(`{"advance":"2h"}`))
	require.NoError(t, err)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, 200, resp.StatusCode)
	s.out.shows(t, `the platform has unsubscribed it`)
	require.Equal(t, 0, s.stop())
	require.Equal(t, 1, strings.Count(s.out.String(), "unsubscribed"), s.out.String())
}

// TestSimulateLimitsCallsOfTheProfile: --profile-calls is how many there may be, and 0 is no limit.
func TestSimulateLimitsCallsOfTheProfile(t *testing.T) {
	t.Parallel()
	read := func(s *simulation) string {
		return s.get(t, "/v27.0/me/messenger_profile?fields=greeting&access_token=simulator-page-token")
	}
	s := simulate(t, nil, "--profile-calls", "1").starts(t)
	require.JSONEq(t, `{"data":[]}`, read(s))
	require.Contains(t, read(s), `"code":613`)
	s = simulate(t, nil, "--profile-calls", "0").starts(t)
	for range simulator.DefaultProfileCalls + 1 {
		require.JSONEq(t, `{"data":[]}`, read(s))
	}
}

// TestGuideShowsTheCommand: docs/simulator.md shows what the command says at its start, and knows its flags.
func TestGuideShowsTheCommand(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile("../docs/simulator.md")
	require.NoError(t, err)
	s := simulate(t, nil, "--webhook", "http://localhost:3000/webhook", "--seed", "48213", "--require-bot").starts(t)
	start, _, _ := strings.Cut(s.out.String(), "\n\nWebhook")
	start = strings.NewReplacer(s.base, "http://localhost:9090", " --simulator "+strings.TrimPrefix(s.base, "http://"), "").Replace(start)
	start = regexp.MustCompile(` --ca-dir '.*?s'`).ReplaceAllString(start, "")
	require.Contains(t, string(guide), strings.TrimSpace(start))

	help := run(t, command.Config{}, "simulate", "--help").out
	flags := regexp.MustCompile(`(?m)^   (--[a-z-]+)`).FindAllStringSubmatch(help, -1)
	require.Len(t, flags, 21)
	for _, flag := range flags {
		if flag[1] != "--public" && flag[1] != "--help" {
			require.Regexp(t, "(?m)^\\| .*`"+flag[1], string(guide), help)
		}
	}
	require.Contains(t, string(guide), "`--public`")
}

// TestSamplesOfTheHelpAreAccepted: what the help and the guide show as a value of a flag starts a simulator.
func TestSamplesOfTheHelpAreAccepted(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile("../docs/simulator.md")
	require.NoError(t, err)
	help := run(t, command.Config{}, "simulate", "--help").out
	world := regexp.MustCompile("(?m)^\\| `--pages .*, or `(\\{.*\\})` \\|$").FindSubmatch(guide)
	require.NotNil(t, world, "the guide has a file for --pages")
	for _, sample := range []struct{ flag, value, shown string }{
		{"people", "Ada:en_US,Bo:de_DE", ""},
		{"people", "@" + file(t, "people.json", `[{"first_name":"Ada"}]`), "@FILE with a JSON list"},
		{"clock", "2026-12-01T09:00:00Z", ""},
		{"clock", "frozen", ""},
		{"clock", "2026-12-01T09:00:00Z,frozen", "both with a comma"},
		{"fields", "all", ""},
		{"retries", "quick", ""},
		{"retries", "platform", ""},
		{"retries", "none", ""},
		{"others", "refuse", ""},
		{"others", "tunnel", ""},
		{"profile-calls", "0", "0: no limit"},
		{"warn-silence", "0", "0: never"},
		{"pages", "@" + file(t, "world.json", string(world[1])), "@FILE"},
	} {
		line := regexp.MustCompile(`(?m)^   --` + sample.flag + ` .*$`).FindString(help)
		require.Contains(t, line, cmp.Or(sample.shown, sample.value))
		s := simulate(t, nil, "--"+sample.flag, sample.value).starts(t)
		require.Equal(t, 0, s.stop(), "--%s %s", sample.flag, sample.value)
	}
}

// TestSimulateAtAnotherTime: the platform's clock starts where it is told, and runs or stands.
func TestSimulateAtAnotherTime(t *testing.T) {
	t.Parallel()
	start := time.Date(2031, 12, 1, 9, 0, 0, 0, time.UTC)
	for flag, standing := range map[string]bool{"2031-12-01T09:00:00Z": false, "frozen,2031-12-01T10:00:00+01:00": true, "frozen": true} {
		s := simulate(t, nil, "--clock", flag).starts(t)
		var first, second struct {
			Now    time.Time
			Frozen bool
		}
		require.NoError(t, json.Unmarshal([]byte(s.get(t, "/simulator/clock")), &first))
		require.NoError(t, json.Unmarshal([]byte(s.get(t, "/simulator/clock")), &second))
		require.Equal(t, standing, first.Frozen, flag)
		require.Equal(t, standing, first.Now.Equal(second.Now), flag)
		if flag != "frozen" {
			require.WithinRange(t, first.Now, start, start.Add(10*time.Minute), flag)
		}
	}
}

// TestSimulateTheWorldOfAFile: what one simulator gave another one starts with, and a file of two lines is enough.
func TestSimulateTheWorldOfAFile(t *testing.T) {
	t.Parallel()
	one := simulate(t, nil, "--pages", "@"+file(t, "pages.json", `{"snapshot":1,"pages":[{"id":"4711","name":"Shop"},{"id":"4712","token":"real token","app_id":"99"}],
		"people":[{"first_name":"Eve","page_id":"4711"},{"id":"7300000000000001","first_name":"Sue","page_id":"4712"}]}`)).starts(t)
	require.Contains(t, one.out.String(), "export MESSENGER_PAGE_TOKEN=simulator-page-token-4711\n  export MESSENGER_PAGE_ID=4711\n")
	require.Contains(t, one.get(t, "/4711?access_token=simulator-page-token-4711"), "Shop")
	require.Contains(t, one.env(t, "sh", nil), "export MESSENGER_PAGE_TOKEN=simulator-page-token-4711\n")
	one.post(t, "/simulator/people/7300000000000001/acts", `{"type":"say","text":"hello there"}`)
	one.post(t, "/simulator/flush", `{}`)
	other := simulate(t, nil, "--pages", "@"+file(t, "world.json", one.get(t, "/simulator/snapshot"))).starts(t)
	require.Contains(t, other.get(t, "/simulator/people/7300000000000001/messages"), "hello there")

	second := simulate(t, nil, "--pages", "@"+file(t, "second.json", `{"snapshot":1,"pages":[{"id":"4712","token":"real token","app_id":"99"}]}`)).starts(t)
	require.NotContains(t, second.out.String(), "real token")
	require.Contains(t, second.out.String(), "# MESSENGER_PAGE_TOKEN is set here")
	require.Contains(t, second.out.String(), "# MESSENGER_APP_SECRET is set here")
}

func TestSimulatedPeople(t *testing.T) {
	t.Parallel()
	path := file(t, "people.json", `[{"id":"71","first_name":"Eve","locale":"fr_FR"}]`)
	for flag, want := range map[string][]string{
		"12":        {"Ada", "Bo", "Chen", "Dina", "Emre", "Fatou", "Goran", "Hana", "Ivo", "Juno", "Ada", "Bo"},
		"Ada:sv_SE": {"Ada"},
		"@" + path:  {"Eve"},
	} {
		s := simulate(t, nil, "--people", flag).starts(t)
		var people []simulator.Person
		require.NoError(t, json.Unmarshal([]byte(s.get(t, "/simulator/people")), &people))
		var got []string
		for _, p := range people {
			got = append(got, p.FirstName)
		}
		require.Equal(t, want, got)
	}
}

// TestMain runs the command in place of the tests in a process of its own.
func TestMain(m *testing.M) {
	command.SetHeaderTime(time.Minute)
	if url := os.Getenv("COMMAND_TEST_GET"); url != "" {
		os.Exit(getInGo(url))
	}
	if port := os.Getenv("COMMAND_TEST_BOT"); port != "" {
		os.Exit(echoOnPort(port))
	}
	if args := os.Getenv("COMMAND_TEST_ARGS"); args != "" {
		os.Exit(command.Run(context.Background(), command.Config{}, strings.Fields(args)))
	}
	os.Exit(m.Run())
}

// TestSimulateEndsWhenItIsInterrupted: a process that gets a signal stops cleanly.
func TestSimulateEndsWhenItIsInterrupted(t *testing.T) {
	t.Parallel()
	for _, sig := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		out := newScreen()
		process := exec.CommandContext(t.Context(), os.Args[0])
		process.Env = append(os.Environ(), "COMMAND_TEST_ARGS=simulate --listen 127.0.0.1:0 --ca-dir "+t.TempDir())
		process.Stdout, process.Stderr = out, out
		require.NoError(t, process.Start())
		out.shows(t, `MESSENGER_GRAPH_URL=`)
		require.NoError(t, process.Process.Signal(sig))
		require.NoError(t, process.Wait(), fmt.Sprint(sig))
		require.Contains(t, out.String(), "Stopped: 0 callbacks (0 refused), 0 calls (0 refused).\n")
	}
}
