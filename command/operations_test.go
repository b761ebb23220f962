package command_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/command"
	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/internal/bubble"
	"github.com/djmessenger/messenger/operations"
	"github.com/djmessenger/messenger/secret"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
)

const (
	operationsToken = "operations-token-0123456789"
	opsPage         = "100000000000001"
	opsPerson       = "7100000000000001"
)

// noon is the time of the store of these tests.
var noon = time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)

// desk is an operations API, and the command of an operator.
type desk struct {
	*testing.T

	store *memory.Store
	bot   *messenger.Bot
	url   string
	env   map[string]string
	in    string
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	st := memory.New(memory.Config{Now: func() time.Time { return noon }})
	bot, err := messenger.New(messenger.Config{
		Apps: messenger.App("app-secret"), VerifyToken: secret.New("verify"), Tokens: graph.PageToken("page"), Store: st, Logger: slog.New(slog.DiscardHandler),
	})
	require.NoError(t, err)
	api, err := operations.Handler(bot, operations.Config{
		Prefix: "/operations", Tokens: []secret.Value{secret.New(operationsToken)}, Logger: slog.New(slog.DiscardHandler),
	})
	require.NoError(t, err)
	mux := http.NewServeMux()
	mux.Handle("/operations/", api)
	service := httptest.NewServer(mux)
	t.Cleanup(service.Close)
	return &desk{T: t, store: st, bot: bot, url: service.URL + "/operations", env: map[string]string{
		"MESSENGER_OPERATIONS_URL": service.URL + "/operations", "MESSENGER_OPERATIONS_TOKEN": operationsToken,
	}}
}

// bury makes a dead letter of a text, as a bot does whose route fails.
func (d *desk) bury(mid, text, route, why string) {
	d.Helper()
	d.fails(mid, text, store.Outcome{Release: true, Event: &store.EventResult{Failures: []store.Failure{{Route: route, Error: why}}}})
}

// fails has a text come, whose turn ends with an outcome.
func (d *desk) fails(mid, text string, outcome store.Outcome) {
	d.Helper()
	body := fmt.Sprintf(`{"object":"page","entry":[{"id":%q,"time":1,"messaging":[{"sender":{"id":%q},"recipient":{"id":%q},"timestamp":%d,"message":{"mid":%q,"text":%s}}]}]}`,
		opsPage, opsPerson, opsPage, noon.Add(-time.Minute).UnixMilli(), mid, quotedJSON(text))
	require.Equal(d, 200, bubble.PostSigned(d.bot, "app-secret", body).Code)
	leases, err := d.store.Claim(d.Context(), store.Claim{Owner: "test", Conversations: 1, Events: 1, TTL: time.Minute})
	require.NoError(d, err)
	require.Len(d, leases, 1)
	outcome.Lease, outcome.Event.Seq = leases[0].LeaseID, leases[0].Events[0].Seq
	_, err = d.store.Commit(d.Context(), outcome)
	require.NoError(d, err)
}

func quotedJSON(text string) string {
	data, err := json.Marshal(text)
	if err != nil {
		panic(err)
	}
	return string(data)
}

// furnish gives the store what the guide shows.
func (d *desk) furnish() {
	d.Helper()
	d.bury("m_1", "where is order 4711?", "order status", "warehouse: connection refused")
	d.bury("m_2", "cancel order 4712", "order status", "warehouse: connection refused")
	require.NoError(d, d.store.Apply(d.Context(),
		store.SaveProfile{PageID: opsPage, PSID: opsPerson, Profile: store.Profile{FirstName: "Ada", LastName: "Byron", Locale: "en_US"}, At: noon.Add(-time.Hour)},
		store.SaveProfile{PageID: opsPage, PSID: "7402", Profile: store.Profile{FirstName: "Lin"}, At: noon.Add(-time.Hour)}, // who stays after the first is forgotten
		store.TouchPerson{PageID: opsPage, PSID: opsPerson, At: noon.Add(-time.Minute)},
		store.SaveMessage{Received: store.Received{
			PageID: opsPage, PSID: opsPerson, Key: "k1", Type: "SIMPLE_TEXT", At: noon.Add(-3 * time.Minute), Body: []byte(`{"message":{"mid":"m_0","text":"hi"}}`),
		}},
		store.SaveSent{Sent: store.Sent{
			PageID: opsPage, PSID: opsPerson, Key: "s1", Type: "text", Outcome: store.OutcomeSent, Status: 200, At: noon.Add(-2 * time.Minute),
			Body: []byte(`{"message":{"text":"Hello, Ada!"}}`), MID: "m_s1",
		}},
		store.SaveSent{Sent: store.Sent{
			PageID: opsPage, PSID: opsPerson, Key: "s2", Type: "image", Outcome: store.OutcomeRefused, Status: 400, At: noon.Add(-time.Minute),
			Body: []byte(`{"message":{}}`), Error: "(#100) Upload failed",
		}}))
}

// run runs the command, and returns its exit code and what it says on both outputs.
func (d *desk) run(args ...string) (code int, out, errs string) {
	d.Helper()
	var stdout, stderr bytes.Buffer
	code = command.Run(d.Context(), command.Config{
		Out: &stdout, Err: &stderr, In: strings.NewReader(d.in), Env: func(name string) string { return d.env[name] },
	}, args)
	require.NotContains(d, stdout.String()+stderr.String(), operationsToken)
	return code, stdout.String(), stderr.String()
}

// TestTheGuideOfOperationsIsRight: the transcripts of docs/command.md are what the command says, in their order.
func TestTheGuideOfOperationsIsRight(t *testing.T) {
	t.Parallel()
	const name = "../docs/command.md"
	page, err := os.ReadFile(name)
	require.NoError(t, err)
	_, section, ok := bytes.Cut(page, []byte("\n## Operations\n"))
	require.True(t, ok)
	d := newDesk(t)
	d.furnish()
	out, ran := bytes.Clone(page), 0
	for _, at := range block.FindAllSubmatch(section, -1) {
		content := string(at[2])
		if !strings.HasPrefix(content, "$ messenger ") {
			continue
		}
		ran++
		line, _, _ := strings.Cut(content, "\n")
		_, result, errs := d.run(words(strings.TrimPrefix(line, "$ messenger "))...)
		got := line + "\n" + errs + result
		out = bytes.Replace(out, []byte("```\n"+content+"```"), []byte("```\n"+got+"```"), 1)
		if !*update {
			require.Equal(t, content, got, "write the guide anew: go test ./command -run TheGuideOfOperations -update")
		}
	}
	require.Equal(t, 12, ran)
	if *update {
		require.NoError(t, os.WriteFile(name, out, 0o644))
	}
}

// words splits a command line at spaces, except within double quotes.
func words(line string) (all []string) {
	for i, part := range strings.Split(line, `"`) {
		if i%2 == 1 {
			all = append(all, part)
			continue
		}
		all = append(all, strings.Fields(part)...)
	}
	return all
}

func TestOperationsJSON(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.furnish()
	for _, args := range [][]string{
		{"stats", "--json"}, {"dead", "list", "--json"}, {"dead", "show", "1", "--json"}, {"people", "show", opsPage, opsPerson, "--json"},
		{"people", "export", opsPage, opsPerson}, {"dead", "replay", "--all", "--reason", "disk", "--json"}, {"people", "forget", opsPage, opsPerson, "--yes", "--json"},
	} {
		if args[1] == "show" && args[0] == "dead" {
			letters, err := d.store.Dead(t.Context(), store.DeadQuery{})
			require.NoError(t, err)
			args[2] = fmt.Sprint(letters[0].ID)
		}
		code, out, errs := d.run(args...)
		require.Equal(t, 0, code, "%s: %s", args, errs)
		require.True(t, json.Valid([]byte(out)), args)
	}
}

func TestOperationsListsInPages(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for i := range 120 {
		d.bury(fmt.Sprint("m_", i), fmt.Sprint("order ", i), "r", "e")
	}
	code, out, errs := d.run("dead", "list", "--limit", "120")
	require.Equal(t, 0, code)
	require.Empty(t, errs)
	require.Equal(t, 121, strings.Count(out, "\n"))
	code, out, errs = d.run("dead", "list", "--limit", "70")
	require.Equal(t, 0, code)
	require.Equal(t, 71, strings.Count(out, "\n"))
	require.Contains(t, errs, "there are more")
	code, out, _ = d.run("dead", "list", "--since", "2h", "--until", "2026-11-27T11:00:00Z")
	require.Equal(t, 0, code)
	require.Contains(t, out, "There are no such dead letters.")
}

func TestOperationsRefuses(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.furnish()
	without := func(name, value string) map[string]string {
		env := maps.Clone(d.env)
		if env[name] = value; value == "" {
			delete(env, name)
		}
		return env
	}
	foreign := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(foreign.Close)
	redirecting := httptest.NewServer(http.RedirectHandler(d.url+"/stats", http.StatusFound))
	t.Cleanup(redirecting.Close)
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	for _, c := range []struct {
		env  map[string]string
		args string
		code int
		want string
	}{
		{without("MESSENGER_OPERATIONS_TOKEN", ""), "stats", 2, "there is no token: set MESSENGER_OPERATIONS_TOKEN"},
		{without("MESSENGER_OPERATIONS_TOKEN", "  \n"), "stats", 2, "there is no token"},
		{without("MESSENGER_OPERATIONS_TOKEN", "a b"), "stats", 1, "is no token"},
		{without("MESSENGER_OPERATIONS_TOKEN", "wrong-token-0123456789-abc"), "stats", 5, "the token in MESSENGER_OPERATIONS_TOKEN is not accepted at "},
		{without("MESSENGER_OPERATIONS_TOKEN", "wrong-token-0123456789-abc"), "stats", 5, "(unauthenticated, request "},
		{without("MESSENGER_OPERATIONS_URL", ""), "stats", 2, "give the address of the operations API by --url"},
		{d.env, "stats --token-file no-such-file", 1, "the token cannot be read"},
		{d.env, "stats --token x", 2, "flag provided but not defined"},
		{d.env, "stats --url bot.example", 2, "the URL has to be such as"},
		{d.env, "stats --url ftp://bot.example/", 2, "the URL has to be such as"},
		{d.env, "stats --url https://me:pw@bot.example/", 2, "the URL has a user or a password"},
		{d.env, "stats --url http://bot.example/", 2, "would get the token without TLS"},
		{d.env, "stats --url " + gone.URL, 5, "cannot be reached"},
		{d.env, "stats --url " + foreign.URL, 5, "is no operations API"},
		{d.env, "stats --url " + redirecting.URL, 5, "with the status 302 is no operations API"},
		{d.env, "stats --url " + strings.TrimSuffix(d.url, "/operations"), 5, "the path of the API belongs to the URL"},
		{d.env, "stats now", 2, "stats takes no arguments"},
		{d.env, "dead", 2, "a command is missing"},
		{d.env, "dead list --person 1", 2, "--person needs --page"},
		{d.env, "dead list --since yesterday", 2, "has to be a time such as"},
		{d.env, "dead list --limit 0", 2, "has to be at least 1"},
		{d.env, "dead show", 2, "the id of one dead letter"},
		{d.env, "dead show x", 2, "is no id of a dead letter"},
		{d.env, "dead show 999", 1, "there is no dead letter 999"},
		{d.env, "dead replay", 2, "give either ids, or --all"},
		{d.env, "dead replay --all 1", 2, "give either ids, or --all"},
		{d.env, "dead replay --route x 1", 2, "--route goes with --all"},
		{d.env, "dead replay 999", 1, "there are no such dead letters: 999"},
		{d.env, "dead drop 999", 2, "cannot be undone: give --yes"},
		{d.env, "dead drop --all", 2, "cannot be undone: give --yes"},
		{d.env, "pause", 2, "give either --page, or --all"},
		{d.env, "pause --page 1 --all", 2, "give either --page, or --all"},
		{d.env, "pause --page *", 2, "--all is for all pages"},
		{d.env, "pause 1", 2, "pause takes no arguments"},
		{d.env, "pause --page me", 1, "is not a page id"},
		{d.env, "pause --all --note " + strings.Repeat("x", 201), 1, "more than 200"},
		{d.env, "resume", 2, "give either --page, or --all"},
		{d.env, "resume --page 1", 1, "there is no such pause"},
		{d.env, "paused 1", 2, "paused takes no arguments"},
		{d.env, "people show 1", 2, "takes the id of a page and the id of a person"},
		{d.env, "people show 1 ..", 2, "are no ids"},
		{d.env, "people show 1 2", 1, "the store does not know this person"},
		{d.env, "people export 1 2", 1, "the store does not know this person"},
		{d.env, "people forget 1 2", 2, "cannot be undone: give --yes"},
	} {
		d.env = c.env
		code, out, errs := d.run(strings.Fields(c.args)...)
		require.Contains(t, errs, c.want, c.args)
		require.Equal(t, c.code, code, "%s: %s", c.args, errs)
		if code != 1 {
			require.Empty(t, out, c.args)
		}
	}
}

// TestPauseOfAPageWithoutPeople: a mistyped id is paused, since the page may be new, and not in silence.
func TestPauseOfAPageWithoutPeople(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	code, out, errs := d.run("pause", "--page", "1")
	require.Equal(t, 0, code, errs)
	require.Equal(t, "Sending is paused for page 1.\n", out)
	require.Equal(t, "This page has no people: check its id. messenger resume ends the pause.\n", errs)
	require.NoError(t, d.store.Apply(t.Context(), store.SaveProfile{PageID: opsPage, PSID: opsPerson}))
	code, _, errs = d.run("pause", "--page", opsPage)
	require.Equal(t, 0, code, errs)
	require.Empty(t, errs)
}

// TestStatsSayWhyAConversationIsBlocked: what failed, since when, and when it is tried again.
func TestStatsSayWhyAConversationIsBlocked(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.fails("m_1", "order", store.Outcome{Release: true, After: time.Minute, Event: &store.EventResult{
		Retry: true, Failures: []store.Failure{{Route: "order status", Error: "warehouse:\nconnection refused"}},
	}})
	code, out, errs := d.run("stats")
	require.Equal(t, 0, code, errs)
	require.Contains(t, out, `
Blocked: the next event has failed and waits for another try
  page 100000000000001, person 7100000000000001: SIMPLE_TEXT since 2026-11-27 12:00:00Z, 1 failure, next try 2026-11-27 12:01:00Z
    order status: warehouse: connection refused
`)
}

// TestPeopleShowWhatIsOpen: what waits both ways, and dead letters with what failed, of that person alone.
func TestPeopleShowWhatIsOpen(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.furnish()
	require.NoError(t, d.bot.Send(t.Context(), opsPage, opsPerson, sending.Text("Where shall it go?").After(time.Hour)))
	require.NoError(t, d.store.Put(t.Context(), store.Event{Conversation: store.Conversation{PageID: opsPage, PSID: opsPerson}, Key: "k", Time: noon, Body: []byte("?")}))
	code, out, errs := d.run("people", "show", opsPage, opsPerson)
	require.Equal(t, 0, code, errs)
	_, open, _ := strings.Cut(out, "Upload failed\n")
	require.Equal(t, `
Waiting to be handled
2026-11-27 12:00:00Z  -

Waiting to be sent
2026-11-27 13:00:00Z  text "Where shall it go?"

Dead letters
2026-11-27 12:00:00Z  letter 2, SIMPLE_TEXT "where is order 4711?"  order status: warehouse: connection refused
2026-11-27 12:00:00Z  letter 4, SIMPLE_TEXT "cancel order 4712"     order status: warehouse: connection refused
`, open)
	var shown struct {
		Waiting struct{ Events, Sends []any }
		Dead    []any
	}
	_, out, _ = d.run("people", "show", opsPage, opsPerson, "--json", "--limit", "1")
	require.NoError(t, json.Unmarshal([]byte(out), &shown))
	require.Equal(t, []int{1, 1, 1}, []int{len(shown.Waiting.Events), len(shown.Waiting.Sends), len(shown.Dead)})
	require.NoError(t, d.store.Put(t.Context(), store.Event{Conversation: store.Conversation{PageID: opsPage, PSID: "other"}, Key: "o", Time: noon, Body: []byte("?")}))
	_, out, _ = d.run("people", "show", opsPage, "other")
	require.NotContains(t, out, "Dead letters")
}

// TestDeclined: whoever is asked and does not say yes is told what was not done.
func TestDeclined(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.furnish()
	for _, test := range []struct{ args, says string }{
		{"dead drop --all", "messenger: declined: did not drop all dead letters that the flags select. Nothing was changed\n"},
		{"people forget " + opsPage + " " + opsPerson, "messenger: declined: did not forget person " + opsPerson + " of page " + opsPage + ". Nothing was changed\n"},
	} {
		terminal, err := os.Open(os.DevNull) // a device that answers nothing
		require.NoError(t, err)
		var out, errs strings.Builder
		code := command.Run(t.Context(), command.Config{Out: &out, Err: &errs, In: terminal, Env: func(name string) string { return d.env[name] }}, strings.Fields(test.args))
		require.NoError(t, terminal.Close())
		require.Equal(t, command.Declined, code, errs.String())
		require.Contains(t, errs.String(), "Type yes: ")
		require.Contains(t, errs.String(), test.says)
		require.Empty(t, out.String())
	}
	letters, err := d.store.Dead(t.Context(), store.DeadQuery{})
	require.NoError(t, err)
	require.Len(t, letters, 2)
}

// TestAnInterruptedStepIsCounted: an interrupt while the API works on a step waits for what that has done.
func TestAnInterruptedStepIsCounted(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for i := range 3 {
		d.bury(fmt.Sprint("m_", i), "order", "r", "e")
	}
	ctx, interrupt := context.WithCancel(t.Context())
	target, err := url.Parse(strings.TrimSuffix(d.url, "/operations"))
	require.NoError(t, err)
	proxy := httputil.NewSingleHostReverseProxy(target)
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		interrupt()
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(front.Close)
	var out, errs strings.Builder
	code := command.Run(ctx, command.Config{Out: &out, Err: &errs, Env: func(name string) string { return d.env[name] }},
		[]string{"dead", "drop", "--all", "--yes", "--url", front.URL + "/operations"})
	require.Equal(t, 0, code, errs.String())
	require.Equal(t, "3 dead letters dropped.\n", out.String())
}

// TestAnInterruptedExportWritesNothing: what is cut short cannot be taken for all.
func TestAnInterruptedExportWritesNothing(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.furnish()
	ctx, interrupt := context.WithCancel(t.Context())
	service := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		interrupt()
		<-r.Context().Done()
	}))
	t.Cleanup(service.Close)
	var out, errs strings.Builder
	code := command.Run(ctx, command.Config{Out: &out, Err: &errs, Env: func(name string) string { return d.env[name] }},
		[]string{"people", "export", opsPage, opsPerson, "--url", service.URL})
	require.Equal(t, command.Interrupted, code, errs.String())
	require.Equal(t, "messenger: interrupted: nothing was written; the same command begins anew\n", errs.String())
	require.Empty(t, out.String())
}

func TestTheTokenOfAFile(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	delete(d.env, "MESSENGER_OPERATIONS_TOKEN")
	code, _, errs := d.run("stats", "--token-file", file(t, "token", operationsToken+"\n"))
	require.Equal(t, 0, code, errs)
	d.in = operationsToken
	code, _, errs = d.run("stats", "--token-file", "-")
	require.Equal(t, 0, code, errs)
}

// TestTextsOfPeopleAreNoCommandsOfATerminal: no control sequence reaches it.
func TestTextsOfPeopleAreNoCommandsOfATerminal(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	const nasty = "\x1b[2J\x1b]0;x\x07hi\u202eevil\r\nnext\u009b31m"
	d.bury("m_1", nasty, "r\x1b[1m", "e\x1b[2J\nline 2")
	require.NoError(t, d.store.Apply(t.Context(),
		store.SaveProfile{PageID: opsPage, PSID: opsPerson, Profile: store.Profile{FirstName: nasty}, At: noon},
		store.SaveSent{Sent: store.Sent{PageID: opsPage, PSID: opsPerson, Key: "s", Type: "text", Outcome: "sent", At: noon, Error: nasty, Body: []byte(`{"message":{"text":` + quotedJSON(nasty) + `}}`)}}))
	letters, err := d.store.Dead(t.Context(), store.DeadQuery{})
	require.NoError(t, err)
	show := []string{"dead", "show", fmt.Sprint(letters[0].ID)}
	for _, args := range [][]string{
		{"dead", "list"}, {"dead", "list", "--json"}, show, append(show, "--json"),
		{"people", "show", opsPage, opsPerson}, {"people", "show", opsPage, opsPerson, "--json"}, {"people", "export", opsPage, opsPerson},
	} {
		code, out, errs := d.run(args...)
		require.Equal(t, 0, code, errs)
		require.NotContains(t, out, "\x1b", args)
		require.NotContains(t, out, "\u202e", args)
		require.NotContains(t, out, "\u009b", args)
		require.NotContains(t, out, "\x07", args)
		require.NotContains(t, out, "\r", args)
	}
}

// onWrite does something when it is written to.
type onWrite struct {
	bytes.Buffer

	do func()
}

func (o *onWrite) Write(p []byte) (int, error) {
	o.do()
	return o.Buffer.Write(p)
}

// TestManyLettersInSteps: more than one request is about, with progress, and resumed after an interrupt.
func TestManyLettersInSteps(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	const count = 620
	for i := range count {
		d.bury(fmt.Sprint("m_", i), "order", "r", "e")
	}
	ctx, interrupt := context.WithCancel(t.Context())
	progress := onWrite{do: interrupt}
	code := command.Run(ctx, command.Config{Out: &bytes.Buffer{}, Err: &progress, Env: func(name string) string { return d.env[name] }}, []string{"dead", "drop", "--all", "--yes"})
	require.Equal(t, command.Interrupted, code)
	require.Contains(t, progress.String(), "500 dead letters dropped so far\n")
	require.Contains(t, progress.String(), "interrupted: 500 dead letters dropped. The same command goes on with the rest\n")
	code, out, said := d.run("dead", "drop", "--all", "--yes", "--page", opsPage)
	require.Equal(t, 0, code, said)
	require.Equal(t, "120 dead letters dropped.\n", out)

	for i := range count {
		d.bury(fmt.Sprint("m_again_", i), "order", "r", "e")
	}
	code, out, said = d.run("dead", "drop", "--all", "--yes", "--page", opsPage)
	require.Equal(t, 0, code, said)
	require.Equal(t, "500 dead letters dropped so far\n", said)
	require.Equal(t, "620 dead letters dropped.\n", out)
	_, out, _ = d.run("dead", "drop", "--all", "--yes")
	require.Equal(t, "0 dead letters dropped.\n", out)
}
