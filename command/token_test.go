package command_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/command"
	"github.com/djmessenger/messenger/simulator"
)

// dayOfCheck is the time of the platform and of the command, where times are shown.
var dayOfCheck = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)

func onDay() time.Time { return dayOfCheck }

// tokens starts a platform with two pages of one app.
func tokens(t *testing.T) connection {
	t.Helper()
	p := connected(t, simulator.Config{Now: onDay, WebhookURL: webhookURL, Pages: []simulator.Page{{ID: "100000000000002", Name: "Lamp Shop"}}})
	p.env["MESSENGER_USER_TOKEN"] = simulator.DefaultUserToken
	return p
}

type checkedToken struct {
	OK, Valid  bool
	Type, Page string
	Expires    time.Time
	Scopes     []string
	Findings   []struct{ Status, What, Do string }
}

func (p connection) checkedToken(t *testing.T, code int, args ...string) (state checkedToken) {
	t.Helper()
	config := command.WithNow(withEnv(p.env), p.Now)
	got := run(t, config, append([]string{"token", "check", "--json"}, args...)...)
	require.Equal(t, code, got.code, got.err)
	require.NoError(t, json.Unmarshal([]byte(got.out), &state), got.out)
	return state
}

func TestTokenCheck(t *testing.T) {
	t.Parallel()
	p := tokens(t)
	state := p.checkedToken(t, 0)
	require.Equal(t, checkedToken{OK: true, Valid: true, Type: "PAGE", Page: "100000000000001", Scopes: state.Scopes, Findings: state.Findings}, state)
	require.Empty(t, state.Findings)
	require.Contains(t, state.Scopes, "pages_messaging")
	require.Equal(t, "USER", p.checkedToken(t, 0, "--user").Type)

	p.env["MESSENGER_PAGE_TOKEN"] = simulator.DefaultUserToken
	state = p.checkedToken(t, 1)
	require.True(t, state.Valid)
	require.Contains(t, state.Findings[0].What, "it is the token of user, and the bot needs that of a page")
	require.Contains(t, state.Findings[0].Do, "token exchange")

	p.env["MESSENGER_PAGE_TOKEN"] = "secret-and-wrong"
	got := run(t, withEnv(p.env), "token", "check")
	require.Equal(t, 1, got.code)
	require.Equal(t, "token  not valid\n", got.out)
	require.Contains(t, got.err, "problem: the token is not valid: error 190/0: ")
	require.Contains(t, got.err, "get a new one: token exchange, or the App Dashboard")
	require.NotContains(t, got.err+got.out, "secret-and-wrong")
}

func TestTokenCheckOfARevokedToken(t *testing.T) {
	t.Parallel()
	p := tokens(t)
	p.RevokeToken(460)
	state := p.checkedToken(t, 1)
	require.Contains(t, state.Findings[0].What, "error 190/460")
	require.Len(t, state.Findings, 1, "what it may do does not matter then")
}

// A token that ends soon, and one that lacks a permission.
func TestTokenCheckWarns(t *testing.T) {
	t.Parallel()
	now := dayOfCheck
	p := connected(t, simulator.Config{Now: func() time.Time { return now }, Pages: []simulator.Page{{ID: linkedAccount, Platform: simulator.PlatformInstagram, Token: "of-instagram-login"}}})
	state := p.checkedToken(t, 1, "--platform", "instagram-login")
	require.Contains(t, state.Findings[0].What, "the permission instagram_business_basic is missing")
	p.env["MESSENGER_PAGE_TOKEN"] = "of-instagram-login"
	state = p.checkedToken(t, 0, "--platform", "instagram-login")
	require.Empty(t, state.Findings)
	require.Equal(t, dayOfCheck.Add(60*24*time.Hour), state.Expires.UTC())
	now = now.Add(47 * 24 * time.Hour)
	state = p.checkedToken(t, 0, "--platform", "instagram-login")
	last := state.Findings[len(state.Findings)-1]
	require.Equal(t, "warning", last.Status)
	require.Equal(t, "the token ends at 2027-01-27 12:00:00Z", last.What)
	require.NotContains(t, last.Do, "token exchange", "which has tokens of pages only")
}

func TestTokenExchange(t *testing.T) {
	t.Parallel()
	p := tokens(t)
	config := command.WithNow(withEnv(p.env), onDay)
	dir := t.TempDir()
	out := filepath.Join(dir, "tokens.json")
	got := run(t, config, "token", "exchange", "--out", out)
	require.Equal(t, 0, got.code, got.err)
	require.Equal(t, "page 100000000000001 \"Simulated Page\"\npage 100000000000002 \"Lamp Shop\"\n2 tokens written to "+out+"\n", got.out)
	require.NotContains(t, got.out+got.err, "simulator-page-token")
	requests, err := json.Marshal(p.Requests())
	require.NoError(t, err)
	require.Contains(t, string(requests), "oauth/access_token")
	require.NotContains(t, string(requests), p.env["MESSENGER_APP_SECRET"], "the record of the simulator has no secret")
	require.NotContains(t, string(requests), p.env["MESSENGER_USER_TOKEN"])
	info, err := os.Stat(out)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode())
	var written struct {
		UserToken string `json:"user_token"`
		Expires   time.Time
		Pages     []struct{ ID, Token string }
	}
	content, err := os.ReadFile(out)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(content, &written))
	require.Equal(t, dayOfCheck.Add(60*24*time.Hour), written.Expires)
	require.Equal(t, "simulator-page-token-100000000000002", written.Pages[1].Token)
	p.env["MESSENGER_USER_TOKEN"] = written.UserToken
	require.True(t, p.checkedToken(t, 0, "--user").OK, "the person's token is the long-lived one")

	env := filepath.Join(dir, "shop.env")
	got = run(t, config, "token", "exchange", "--out", env)
	require.Equal(t, 1, got.code)
	require.Contains(t, got.err, "shop.env can have one page, and there are 2: name one by --page")
	require.Equal(t, 0, run(t, config, "token", "exchange", "--out", env, "--page", "100000000000002").code)
	content, err = os.ReadFile(env)
	require.NoError(t, err)
	require.Equal(t, "MESSENGER_PAGE_ID=100000000000002\nMESSENGER_PAGE_TOKEN=simulator-page-token-100000000000002\n", string(content))
	p.env["MESSENGER_PAGE_TOKEN"] = ""
	require.Equal(t, "100000000000002", p.checkedToken(t, 0, "--env-file", env).Page, "the other commands read the file")

	got = run(t, config, "token", "exchange", "--out", env, "--page", "100000000000001")
	require.Equal(t, 1, got.code)
	require.Contains(t, got.err, "shop.env exists: give another name, or --force to replace it")
	require.Equal(t, 0, run(t, config, "token", "exchange", "--force", "--out", env, "--page", "100000000000001").code)
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 2, "nothing half-written stays")
	require.Contains(t, run(t, config, "token", "exchange", "--out", "-").out, `"token": "simulator-page-token"`)
}

// A file of variables keeps those that are not the page's, also if the command has read its own from it.
func TestTokenExchangeKeepsOtherVariables(t *testing.T) {
	t.Parallel()
	p := tokens(t)
	env := file(t, ".env", "# the shop\nMESSENGER_APP_SECRET='"+simulator.DefaultAppSecret+"'\nexport MESSENGER_PAGE_TOKEN=old\nMESSENGER_PAGE_TOKEN=older\n\nPORT=8080")
	config := p.without(map[string]string{"MESSENGER_APP_SECRET": "", "MESSENGER_PAGE_TOKEN": ""})
	got := run(t, config, "token", "exchange", "--env-file", env, "--out", env, "--force", "--page", "100000000000002")
	require.Equal(t, 0, got.code, got.err)
	content, err := os.ReadFile(env)
	require.NoError(t, err)
	require.Equal(t, "# the shop\nMESSENGER_APP_SECRET='"+simulator.DefaultAppSecret+"'\nMESSENGER_PAGE_TOKEN=simulator-page-token-100000000000002\n\nPORT=8080\n"+
		"MESSENGER_PAGE_ID=100000000000002\n", string(content))

	variables := file(t, "variables", "MESSENGER_APP_SECRET="+simulator.DefaultAppSecret)
	got = run(t, config, "token", "exchange", "--env-file", variables, "--out", variables, "--force")
	require.Equal(t, 2, got.code)
	require.Contains(t, got.err, "--out would replace the variables of --env-file by JSON")
}

// A file that was made while the platform was asked is not replaced.
func TestTokenExchangeReplacesNothingThatCameMeanwhile(t *testing.T) {
	t.Parallel()
	p := tokens(t)
	out := filepath.Join(t.TempDir(), "tokens.json")
	p.Fault(simulator.Fault{Delay: time.Nanosecond, Match: func(string, string) bool {
		assert.NoError(t, os.WriteFile(out, []byte("mine"), 0o600))
		return true
	}})
	got := run(t, withEnv(p.env), "token", "exchange", "--out", out)
	require.Equal(t, 1, got.code)
	require.Contains(t, got.err, "tokens.json exists: give another name, or --force to replace it")
	content, err := os.ReadFile(out)
	require.NoError(t, err)
	require.Equal(t, "mine", string(content))
}

// The failure of a person who may not send names a page only if one was asked for.
func TestTokenExchangeOfAPersonWhoMayNotSend(t *testing.T) {
	t.Parallel()
	p := tokens(t)
	p.Fault(simulator.Fault{Times: -1, Status: 200, Match: func(_, path string) bool { return path == "/me/accounts" },
		Body: `{"data":[{"id":"100000000000001","name":"Shop","access_token":"secret","tasks":["ANALYZE"]}]}`})
	for says, args := range map[string][]string{
		"the person cannot send for any of their pages, 100000000000001: see pages list":                   nil,
		"the person cannot send for the page that is asked for; there are 100000000000001: see pages list": {"--page", "100000000000001"},
	} {
		got := run(t, withEnv(p.env), append([]string{"token", "exchange", "--out", "-"}, args...)...)
		require.Equal(t, 1, got.code)
		require.Contains(t, got.err, says)
	}
}

func TestTokenFailures(t *testing.T) {
	t.Parallel()
	p := tokens(t)
	out := filepath.Join(t.TempDir(), "tokens.json")
	for _, test := range []struct {
		changes map[string]string
		args    []string
		code    int
		says    string
	}{
		{nil, []string{"token", "check", "EAAG"}, 2, "check takes no arguments: tokens are in the environment"},
		{map[string]string{"MESSENGER_APP_ID": ""}, []string{"token", "check"}, 1, "MESSENGER_APP_ID and MESSENGER_APP_SECRET are needed: both are in the App Dashboard"},
		{map[string]string{"MESSENGER_PAGE_TOKEN": ""}, []string{"token", "check"}, 1, "MESSENGER_PAGE_TOKEN is not set"},
		{map[string]string{"MESSENGER_USER_TOKEN": ""}, []string{"token", "check", "--user"}, 1, "MESSENGER_USER_TOKEN is not set: it is the access token of a person"},
		{map[string]string{"MESSENGER_APP_SECRET": "secret-and-wrong"}, []string{"token", "check"}, 1, "the platform does not answer what the token is: "},
		{nil, []string{"token", "exchange"}, 2, "exchange takes the file to write by --out"},
		{map[string]string{"MESSENGER_USER_TOKEN": "secret-and-wrong"}, []string{"token", "exchange", "--out", out}, 1, "MESSENGER_USER_TOKEN is not exchanged: "},
		{map[string]string{"MESSENGER_APP_SECRET": ""}, []string{"token", "exchange", "--out", out}, 1, "MESSENGER_APP_ID and MESSENGER_APP_SECRET are needed"},
		{nil, []string{"token", "exchange", "--out", out, "--page", "7"}, 1, "the person cannot send for the page that is asked for; there are 100000000000001, 100000000000002"},
		{nil, []string{"token", "exchange", "--out", filepath.Join(out, "below", "it")}, 1, "the tokens are not written: "},
		{map[string]string{"MESSENGER_USER_TOKEN": ""}, []string{"pages", "list"}, 1, "MESSENGER_USER_TOKEN is not set"},
		{map[string]string{"MESSENGER_USER_TOKEN": "secret-and-wrong"}, []string{"pages", "list"}, 1, "the pages cannot be listed: "},
		{nil, []string{"pages", "list", "x"}, 2, "list takes no arguments"},
	} {
		got := run(t, p.without(test.changes), test.args...)
		require.Equal(t, test.code, got.code, "%q: %s", test.args, got.err)
		require.Contains(t, got.err, test.says, test.args)
		require.NotContains(t, got.err, "secret-and-wrong")
		require.NoFileExists(t, out)
	}
}

// TestWrongApp: the advice is about the app, not about the token, which may be right.
func TestWrongApp(t *testing.T) {
	t.Parallel()
	p := tokens(t)
	out := filepath.Join(t.TempDir(), "tokens.json")
	const advice = "MESSENGER_APP_ID and MESSENGER_APP_SECRET have to be those of one app: both are in the App Dashboard under Settings, Basic.\n"
	for _, args := range [][]string{
		{"token", "check"}, {"token", "exchange", "--out", out}, {"webhook", "status"}, {"webhook", "subscribe", "--url", webhookURL}, {"webhook", "unsubscribe", "--app"},
	} {
		for _, changes := range []map[string]string{{"MESSENGER_APP_ID": "4711"}, {"MESSENGER_APP_SECRET": "secret-and-wrong"}} {
			got := run(t, p.without(changes), args...)
			require.Equal(t, 1, got.code, args)
			require.Contains(t, got.err, advice, "%q %v", args, changes)
		}
	}
	p.env["MESSENGER_APP_ID"] = "4711"
	for _, check := range []string{"token", "events"} {
		require.Contains(t, p.doctor(t).of(check)[0], "have to be those of one app", check)
	}
}

func TestPagesList(t *testing.T) {
	t.Parallel()
	p := tokens(t)
	out := p.says(t, "pages", "list", "--json")
	require.NotContains(t, out, "simulator-page-token")
	var listed struct {
		Pages []struct {
			ID, Name string
			MaySend  bool `json:"may_send"`
			Tasks    []string
		}
	}
	require.NoError(t, json.Unmarshal([]byte(out), &listed))
	require.Len(t, listed.Pages, 2)
	require.Equal(t, "Lamp Shop", listed.Pages[1].Name)
	require.True(t, listed.Pages[1].MaySend)
}
