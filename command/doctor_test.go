package command_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/command"
	"github.com/djmessenger/messenger/internal/testpostgres"
	"github.com/djmessenger/messenger/simulator"
)

// diagnosis is what the doctor found, by check.
type diagnosis struct {
	OK     bool
	Checks []struct{ Check, Status, What, Do string }
}

// of returns what a check says, as "status: what → do", one a line.
func (d diagnosis) of(check string) (said []string) {
	for _, c := range d.Checks {
		if c.Check == check {
			said = append(said, c.Status+": "+c.What+" → "+c.Do)
		}
	}
	return said
}

// doctor runs the doctor, whose calls of the webhook reach the bot.
func (p connection) doctor(t *testing.T, args ...string) diagnosis {
	t.Helper()
	got := run(t, command.WithClient(withEnv(p.env), p.bot), append([]string{"doctor", "--json"}, args...)...)
	var d diagnosis
	require.NoError(t, json.Unmarshal([]byte(got.out), &d), got.err)
	require.Equal(t, d.OK, got.code == 0)
	for _, secret := range []string{simulator.DefaultAppSecret, simulator.DefaultVerifyToken, p.env["MESSENGER_PAGE_TOKEN"]} {
		require.NotContains(t, got.out+got.err, secret)
	}
	return d
}

// healthy is a bot that is set up as its policy wants.
func healthy(t *testing.T, bot http.Handler) connection {
	t.Helper()
	config := simulator.Config{WebhookURL: webhookURL, Fields: []string{"messages", "messaging_postbacks", "message_reactions"}}
	if bot == nil {
		return connected(t, config)
	}
	return connectedTo(t, config, bot)
}

func TestDoctorOfAHealthyBot(t *testing.T) {
	t.Parallel()
	p := healthy(t, nil)
	p.says(t, "profile", "apply", settingsFile)
	calls := len(p.Requests())
	d := p.doctor(t, "--settings", settingsFile, policyFile)
	require.True(t, d.OK)
	for _, check := range []string{"graph", "clock", "token", "events", "webhook", "settings"} {
		require.Len(t, d.of(check), 1, check)
		require.Contains(t, d.of(check)[0], "ok: ", check)
	}
	require.Equal(t, []string{"skipped: MESSENGER_DATABASE is not set → set it to the DSN of the bot's PostgreSQL database, such as postgres://bot@db.internal/bot"}, d.of("database"))
	for _, request := range p.Requests()[calls:] {
		require.Equal(t, "GET", request.Method, "it changes nothing")
	}
}

func TestDoctorFindsWhatDoesNotArrive(t *testing.T) {
	t.Parallel()
	p := healthy(t, nil)
	p.says(t, "webhook", "unsubscribe", "message_reactions")
	d := p.doctor(t, "--settings", settingsFile, policyFile)
	require.Equal(t, []string{"problem: the policy handles events that do not arrive: message_reactions → messenger webhook subscribe " + policyFile}, d.of("events"))
	require.Equal(t, []string{"warning: the page differs from " + settingsFile + ": get_started, persistent_menu, ice_breakers, greeting → messenger profile plan " + settingsFile + ", then profile apply"}, d.of("settings"))
	p.env["MESSENGER_APP_ID"] = ""
	d = p.doctor(t, "--url", webhookURL)
	require.Contains(t, d.of("events")[0], "warning: the page is subscribed to what the policy handles; the app's side is not known → MESSENGER_APP_ID and")
	require.Contains(t, d.of("token")[0], "skipped: the app is not known")
}

func TestDoctorFindsAWrongToken(t *testing.T) {
	t.Parallel()
	p := healthy(t, nil)
	p.RevokeToken(460)
	d := p.doctor(t)
	require.Contains(t, d.of("graph")[0], "problem: ")
	require.Contains(t, d.of("graph")[0], "Get a new one: messenger token exchange, or the App Dashboard.")
	require.Empty(t, d.of("token"), "nothing else can be asked")
}

// Webhooks that are wrong in one way each.
func TestDoctorFindsAWrongWebhook(t *testing.T) {
	t.Parallel()
	challenge := func(w http.ResponseWriter, r *http.Request) bool {
		_, _ = io.WriteString(w, r.URL.Query().Get("hub.challenge"))
		return true
	}
	refusing := func(status int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }
	}
	for name, test := range map[string]struct {
		bot  http.HandlerFunc
		says []string
	}{
		"believes everyone": {func(w http.ResponseWriter, r *http.Request) { challenge(w, r) }, []string{
			"problem: it accepts any verify token → ", "problem: it accepts a callback with a wrong signature: anyone can act as any person → "}},
		"has another verify token": {refusing(403), []string{
			"problem: it answers the verification with 403 → give the bot the MESSENGER_VERIFY_TOKEN of this environment, and check the path",
			"problem: it answers a callback that is signed rightly with 403 → give the bot the MESSENGER_APP_SECRET of this environment"}},
		"is not there": {refusing(404), []string{"problem: the bot has no webhook at this path: it answers with 404 → correct the path"}},
		"takes no GET": {refusing(405), []string{"problem: the bot has no webhook at this path: it answers with 405 → correct the path"}},
		"is a web page": {func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, "<html>Shop</html>") }, []string{
			"problem: it does not answer the verification with the challenge alone → ", "problem: it accepts a callback with a wrong signature"}},
		"goes elsewhere": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://example.com/new", http.StatusMovedPermanently)
		}, []string{
			"problem: it answers the verification with 301 → ", "problem: it answers a callback that is signed rightly with 301"}},
		"is gone": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, []string{"problem: it cannot be reached: "}},
	} {
		p := healthy(t, test.bot)
		said := p.doctor(t, policyFile).of("webhook")
		require.Len(t, said, len(test.says), "%s: %q", name, said)
		for i, says := range test.says {
			require.Contains(t, said[i], says, name)
		}
	}
	p := healthy(t, nil)
	require.Contains(t, p.doctor(t, "--url", "http://example.com/webhook").of("webhook")[0], "problem: the callback URL is http → the platform calls https only")
	require.Contains(t, p.doctor(t, "--url", "bot").of("webhook")[0], "problem: the callback URL is no URL")
	p.env["MESSENGER_VERIFY_TOKEN"] = ""
	require.Contains(t, p.doctor(t).of("webhook")[0], "skipped: MESSENGER_VERIFY_TOKEN or MESSENGER_APP_SECRET is not set")
}

// The verify token goes over http to this machine only.
func TestDoctorKeepsTheVerifyTokenFromHTTP(t *testing.T) {
	t.Parallel()
	p := healthy(t, nil)
	var called []string
	p.bot.Transport = roundTripper(func(request *http.Request) (*http.Response, error) {
		called = append(called, request.URL.Host)
		return nil, errors.New("closed")
	})
	said := p.doctor(t, "--url", "http://bot.example/webhook").of("webhook")
	require.Equal(t, []string{"problem: the callback URL is http → the platform calls https only, with a certificate that browsers trust"}, said)
	require.Empty(t, called)
	for _, host := range []string{"localhost:8080", "127.0.0.1:8080", "[::1]:8080"} {
		called = nil
		said := p.doctor(t, "--url", "http://"+host+"/webhook").of("webhook")
		require.Len(t, said, 1, "a simulator on this machine calls http")
		require.Contains(t, said[0], "problem: it cannot be reached")
		require.Equal(t, []string{host}, called)
	}

	base, err := url.Parse(p.env["MESSENGER_GRAPH_URL"])
	require.NoError(t, err)
	delete(p.env, "MESSENGER_GRAPH_URL")
	config := command.WithTransport(command.WithClient(withEnv(p.env), p.bot), &platformHosts{simulator: base})
	got := run(t, config, "doctor", "--url", "http://localhost:8080/webhook")
	require.Equal(t, 1, got.code)
	require.Contains(t, got.out, "the callback URL is http", "the platform does not")
	require.Contains(t, got.out, "it cannot be reached")
}

// roundTripper is a function that makes calls.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(request *http.Request) (*http.Response, error) { return f(request) }

// fronted is a platform whose answers have other headers.
func fronted(t *testing.T, p connection, header, value string) connection {
	t.Helper()
	target, err := url.Parse(p.env["MESSENGER_GRAPH_URL"])
	require.NoError(t, err)
	proxy := httputil.NewSingleHostReverseProxy(target)
	proxy.ModifyResponse = func(response *http.Response) error {
		response.Header.Set(header, value)
		return nil
	}
	front := httptest.NewServer(proxy)
	t.Cleanup(front.Close)
	p.env["MESSENGER_GRAPH_URL"] = front.URL
	return p
}

func TestDoctorComparesClocks(t *testing.T) {
	t.Parallel()
	for ahead, says := range map[time.Duration]string{
		-time.Hour:       "problem: this machine's clock is fast by ",
		time.Hour:        "problem: this machine's clock is slow by ",
		40 * time.Second: "warning: this machine's clock is slow by ",
	} {
		p := fronted(t, healthy(t, nil), "Date", dayOfCheck.Add(ahead).Format(http.TimeFormat))
		got := run(t, command.WithNow(command.WithClient(withEnv(p.env), p.bot), onDay), "doctor", "--json")
		var d diagnosis
		require.NoError(t, json.Unmarshal([]byte(got.out), &d), got.err)
		require.Contains(t, d.of("clock")[0], says)
		require.Contains(t, d.of("clock")[0], "against the platform's → synchronize it by NTP")
	}
}

func TestDoctorFindsAVersionThatEnds(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		asked, answered string
		says            string
	}{
		{"", "v27.0", "ok: version v27.0 answers for Simulated Page"},
		{"", "v28.0", "problem: the platform answers by v28.0: it no longer has v27.0 → set MESSENGER_GRAPH_VERSION to a newer version"},
		{"v20.0", "", "problem: the platform no longer has version v20.0"},
		{"v21.0", "", "warning: the platform has version v21.0 until 2027-01-21"},
		{"v25.0", "", "ok: version v25.0 answers"},
	} {
		p := fronted(t, healthy(t, nil), "Facebook-Api-Version", test.answered)
		p.env["MESSENGER_GRAPH_VERSION"] = test.asked
		got := run(t, command.WithNow(command.WithClient(withEnv(p.env), p.bot), onDay), "doctor", "--json")
		var d diagnosis
		require.NoError(t, json.Unmarshal([]byte(got.out), &d), got.err)
		require.Contains(t, d.of("graph")[0], test.says, test)
	}
}

func TestDoctorLooksAtTheDatabase(t *testing.T) {
	t.Parallel()
	dsn := testpostgres.DSN(t)
	p := healthy(t, nil)
	database := func(dsn string) diagnosis {
		p.env["MESSENGER_DATABASE"] = dsn
		return p.doctor(t)
	}
	d := database(dsn)
	require.Equal(t, []string{"warning: it has no tables → the first start of the bot makes them"}, d.of("database"))
	require.Len(t, d.of("database clock"), 1)
	conn, err := pgx.Connect(t.Context(), dsn)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close(t.Context()) })
	_, err = conn.Exec(t.Context(), "CREATE TABLE messenger_schema (version BIGINT); INSERT INTO messenger_schema VALUES (1)")
	require.NoError(t, err)
	require.Contains(t, database(dsn).of("database")[0], "warning: its tables have version 1, and this program's ")
	_, err = conn.Exec(t.Context(), "INSERT INTO messenger_schema VALUES (1000)")
	require.NoError(t, err)
	require.Contains(t, database(dsn).of("database")[0], "problem: its tables have version 1000, and this program knows up to ")
	gone := database("postgres://bot:s3cret@127.0.0.1:1/bot").of("database")[0]
	require.Contains(t, gone, "problem: postgres: the server cannot be reached")
	require.NotContains(t, gone, "s3cret")
	for _, sqlite := range []string{"bot.db", "bots/a=b.db", "file:///var/lib/bot.db"} {
		require.Contains(t, database(sqlite).of("database")[0], "skipped: a SQLite database is checked by the bot")
	}
	keywords := database("host=127.0.0.1 dbname=bot password=s3cret").of("database")
	require.Len(t, keywords, 1)
	require.Contains(t, keywords[0], "problem: it has keywords of PostgreSQL, which bots do not take")
	require.NotContains(t, keywords[0], "s3cret")
}

// What was not finished is not taken for a diagnosis.
func TestDoctorIsInterrupted(t *testing.T) {
	t.Parallel()
	p := healthy(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	p.Fault(simulator.Fault{Times: 1, Delay: time.Minute, Match: func(string, string) bool {
		cancel()
		return true
	}})
	var out, errs bytes.Buffer
	config := command.WithClient(withEnv(p.env), p.bot)
	config.Out, config.Err = &out, &errs
	require.Equal(t, command.Mistakes, command.Run(ctx, config, []string{"doctor"}))
	require.Empty(t, out.String())
	require.Contains(t, errs.String(), "the checks were not finished")
}

func TestDoctorIsAskedWrongly(t *testing.T) {
	t.Parallel()
	p := healthy(t, nil)
	for _, test := range []struct {
		changes map[string]string
		args    []string
		code    int
		says    string
	}{
		{nil, []string{"a", "b"}, 2, "doctor takes one policy file"},
		{nil, []string{"--platform", "x"}, 2, "--platform is"},
		{map[string]string{"MESSENGER_PAGE_TOKEN": ""}, nil, 1, "MESSENGER_PAGE_TOKEN is not set"},
		{map[string]string{"MESSENGER_GRAPH_URL": "nowhere"}, nil, 1, "MESSENGER_GRAPH_URL is wrong: scheme must be http or https, host is missing; leave it out for the platform"},
		{nil, []string{"gone.yaml"}, 1, "no such file"},
	} {
		got := run(t, p.without(test.changes), append([]string{"doctor"}, test.args...)...)
		require.Equal(t, test.code, got.code, "%q: %s", test.args, got.err)
		require.Contains(t, got.err, test.says, test.args)
		require.Empty(t, got.out)
	}
}
