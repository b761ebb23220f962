package command_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/command"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/threadsettings"
	"github.com/djmessenger/messenger/threadsettings/settingsfile"
)

const linkedAccount = "17841400000000001"

// simulatedPage starts a platform, and returns it with the environment that the command needs of it.
func simulatedPage(t *testing.T) (*simulator.Simulator, map[string]string) {
	t.Helper()
	sim, err := simulator.New(simulator.Config{Pages: []simulator.Page{{ID: linkedAccount, Platform: simulator.PlatformInstagram, LinkedTo: "100000000000001"}}})
	require.NoError(t, err)
	server := httptest.NewServer(sim)
	t.Cleanup(server.Close)
	t.Cleanup(func() { require.NoError(t, sim.Close()) })
	return sim, map[string]string{"MESSENGER_PAGE_TOKEN": "simulator-page-token", "MESSENGER_GRAPH_URL": server.URL}
}

func withEnv(env map[string]string) command.Config {
	return command.Config{Env: func(name string) string { return env[name] }}
}

const settingsFile = "testdata/profile/thread-settings.yaml"

// The transcript of the guide is what the command says.
func TestTheTranscriptOfProfileIsRight(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/command.md")
	require.NoError(t, err)
	_, after, found := strings.Cut(string(page), "<!-- profile: held true by command/profile_test.go -->\n\n```\n")
	require.True(t, found)
	transcript, _, found := strings.Cut(after, "```\n")
	require.True(t, found)
	sim, env := simulatedPage(t)
	var said strings.Builder
	for line := range strings.Lines(transcript) {
		asked, is := strings.CutPrefix(line, "$ messenger ")
		if !is {
			continue
		}
		args := strings.Fields(asked)
		for i := range args {
			if args[i] == "thread-settings.yaml" {
				args[i] = settingsFile
			}
		}
		require.NoError(t, sim.MoveClock(threadsettings.CallsPeriod), "together they are more calls than the platform takes in 10 minutes")
		got := run(t, withEnv(env), args...)
		require.Equal(t, 0, got.code, got.err)
		require.Empty(t, got.err)
		said.WriteString(line + got.out)
	}
	require.Equal(t, transcript, said.String())
}

func TestProfileWritesJSON(t *testing.T) {
	t.Parallel()
	sim, env := simulatedPage(t)
	var plan struct {
		Changes []struct {
			Property, Action, Status, Error string
			From, To                        json.RawMessage
		}
	}
	got := run(t, withEnv(env), "profile", "plan", "--json", settingsFile)
	require.NoError(t, json.Unmarshal([]byte(got.out), &plan))
	require.Len(t, plan.Changes, 4)
	require.Equal(t, "set", plan.Changes[0].Action)
	require.JSONEq(t, `{"payload":"GET_STARTED_BUTTON"}`, string(plan.Changes[0].To))
	require.Empty(t, sim.Profile(), "a plan changes nothing")

	n := 0
	sim.Fault(simulator.Fault{Times: 1, Error: &simulator.GraphError{Code: 613, Message: "too many"}, Match: func(method, _ string) bool {
		if method == "POST" {
			n++
		}
		return n == 2
	}})
	got = run(t, withEnv(env), "profile", "apply", "--json", settingsFile)
	require.Equal(t, command.Mistakes, got.code)
	require.NoError(t, json.Unmarshal([]byte(got.out), &plan))
	require.Equal(t, "applied", plan.Changes[0].Status)
	require.Equal(t, "failed", plan.Changes[1].Status)
	require.Contains(t, plan.Changes[1].Error, "the platform takes 10 calls in 10 minutes for a page")
	require.Equal(t, "skipped", plan.Changes[3].Status)
	require.Equal(t, "messenger profile apply: 3 changes not made; run it again to go on with the rest\n", got.err)

	got = run(t, withEnv(env), "profile", "apply", settingsFile)
	require.Equal(t, result{0, "applied  set persistent_menu\napplied  set ice_breakers\napplied  set greeting\n", ""}, got)
}

func TestProfileTakesDjmessengersSettingsAndCatalogues(t *testing.T) {
	t.Parallel()
	sim, env := simulatedPage(t)
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "de.json"), []byte(`{"Help": "Hilfe"}`), 0o600))
	config := withEnv(env)
	config.In = strings.NewReader(`{"DJM_THREAD_ENABLE_GET_STARTED_BUTTON": true, "DJM_THREAD_PERSISTENT_MENUS": [{"title": "Help"}]}`)
	got := run(t, config, "profile", "apply", "--catalogs", dir, "-")
	require.Equal(t, 0, got.code, got.err)
	require.Contains(t, string(sim.Profile()["persistent_menu"]), `"locale":"de_DE"`)
	require.Contains(t, string(sim.Profile()["persistent_menu"]), `"Hilfe"`)
}

func TestProfileOfAnInstagramAccount(t *testing.T) {
	t.Parallel()
	sim, env := simulatedPage(t)
	path := file(t, "instagram.yaml", "platform: instagram\nice_breakers: [{question: q, payload: p}]\n")
	require.Equal(t, result{0, "applied  set ice_breakers\n", ""}, run(t, withEnv(env), "profile", "apply", path))
	require.Empty(t, sim.Profile())
	pulled := run(t, withEnv(env), "profile", "pull", "--platform", "instagram", "--format", "json")
	require.Equal(t, 0, pulled.code, pulled.err)
	again := file(t, "pulled.json", pulled.out)
	require.Equal(t, result{0, "nothing to change\n", ""}, run(t, withEnv(env), "profile", "plan", again))
	require.Equal(t, result{0, "applied  remove ice_breakers\n", ""}, run(t, withEnv(env), "profile", "delete", "--platform=instagram", "--all"))
}

func TestProfileSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	_, env := simulatedPage(t)
	wrong := file(t, "wrong.yaml", "greting: Hi\npersistent_menu:\n  - {title: Help, tpye: x}\n")
	badToken := map[string]string{"MESSENGER_PAGE_TOKEN": "secret-and-wrong", "MESSENGER_GRAPH_URL": env["MESSENGER_GRAPH_URL"]}
	for _, test := range []struct {
		env  map[string]string
		args []string
		code int
		says string
	}{
		{env, []string{"plan"}, 2, "plan takes one file with settings, or - for the standard input"},
		{env, []string{"apply", "a", "b"}, 2, "apply takes one file"},
		{env, []string{"apply", "/gone.yaml"}, 1, "the settings cannot be read: open /gone.yaml: no such file or directory; profile pull writes a file with those of the page"},
		{env, []string{"apply", wrong}, 1, wrong + ":1:1: greting: there is no such field; the nearest is greeting\n" + wrong + ":3:19: "},
		{nil, []string{"plan", settingsFile}, 1, "MESSENGER_PAGE_TOKEN is not set: set it to the access token of the page, or name a file that has it with --env-file"},
		{badToken, []string{"plan", settingsFile}, 1, "error 190"},
		{map[string]string{"MESSENGER_PAGE_TOKEN": "x", "MESSENGER_GRAPH_URL": "nowhere"}, []string{"pull"}, 1, "MESSENGER_GRAPH_URL is wrong: scheme must be http or https, host is missing; leave it out for the platform"},
		{map[string]string{"MESSENGER_PAGE_TOKEN": "x", "MESSENGER_GRAPH_VERSION": "27"}, []string{"pull"}, 1, `MESSENGER_GRAPH_VERSION is "27", and has to look like v27.0; leave it out for that version`},
		{nil, []string{"delete"}, 2, "name the properties to delete"},
		{env, []string{"plan", "--catalogs", "/gone", settingsFile}, 1, "--catalogs /gone: "},
		{env, []string{"delete"}, 2, "name the properties to delete, or --all: there are whitelisted_domains, account_linking_url"},
		{env, []string{"delete", "menu"}, 2, `messenger has no property "menu"; there are`},
		{env, []string{"delete", "--platform", "instagram", "greeting"}, 2, `instagram has no property "greeting"; there are persistent_menu, ice_breakers`},
		{env, []string{"delete", "--all", "greeting"}, 2, `--all is given beside "greeting"`},
		{env, []string{"delete", "--platform", "whatsapp", "--all"}, 2, `--platform is "whatsapp"; there are messenger and instagram`},
		{env, []string{"pull", "x"}, 2, "pull takes no arguments"},
		{env, []string{"pull", "--format", "toml"}, 2, `--format is "toml"; there are json and yaml`},
		{nil, []string{"pull", "--env-file", "/gone"}, 1, "--env-file: open /gone: no such file or directory; name a file with lines NAME=value"},
	} {
		got := run(t, withEnv(test.env), append([]string{"profile"}, test.args...)...)
		require.Equal(t, test.code, got.code, "%q: %s", test.args, got.err)
		require.Contains(t, got.err, test.says, test.args)
		require.NotContains(t, got.err, "secret-and-wrong")
		require.Empty(t, got.out)
	}
}

// Without the app's secret, and with a wrong one, the error names its variable.
func TestProfileNamesTheMissingAppSecret(t *testing.T) {
	t.Parallel()
	sim, err := simulator.New(simulator.Config{RequireProof: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, sim.Close()) })
	platform := httptest.NewServer(sim)
	t.Cleanup(platform.Close)
	env := map[string]string{"MESSENGER_PAGE_TOKEN": "simulator-page-token", "MESSENGER_GRAPH_URL": platform.URL}
	for _, secret := range []string{"", "secret-and-wrong"} {
		env["MESSENGER_APP_SECRET"] = secret
		got := run(t, withEnv(env), "profile", "pull")
		require.Equal(t, 1, got.code)
		require.Contains(t, got.err, "Set MESSENGER_APP_SECRET to the secret of the token's app: it is in the App Dashboard under Settings, Basic.")
		require.NotContains(t, got.err, "secret-and-wrong")
	}
	env["MESSENGER_APP_SECRET"] = simulator.DefaultAppSecret
	require.Equal(t, 0, run(t, withEnv(env), "profile", "pull").code)
}

func TestProfileSchema(t *testing.T) {
	t.Parallel()
	require.Equal(t, result{0, string(settingsfile.Schema()), ""}, run(t, command.Config{}, "profile", "schema"))
	require.Equal(t, 2, run(t, command.Config{}, "profile", "schema", "x").code)
}

func TestProfileReadsAnEnvFile(t *testing.T) {
	t.Parallel()
	_, env := simulatedPage(t)
	content := "\ufeff# a comment\r\n\nexport MESSENGER_PAGE_TOKEN='simulator-page-token'\nMESSENGER_GRAPH_URL=\"" + env["MESSENGER_GRAPH_URL"] + "\"\nOTHER=a # comment\n"
	got := run(t, withEnv(nil), "profile", "plan", "--env-file", file(t, ".env", content), settingsFile)
	require.Equal(t, 0, got.code, got.err)
	require.Contains(t, got.out, "set get_started")

	set := map[string]string{"MESSENGER_PAGE_TOKEN": "simulator-page-token"}
	got = run(t, withEnv(set), "profile", "pull", "--env-file", file(t, ".env", "MESSENGER_PAGE_TOKEN=other\nMESSENGER_GRAPH_URL="+env["MESSENGER_GRAPH_URL"]+"\n"))
	require.Equal(t, 0, got.code, "what is set comes first: %s", got.err)
	for _, test := range [][2]string{
		{"TOKEN secret", ":1: not of the form NAME=value"},
		{"\nMESSENGER_PAGE_TOKEN='secret\n", ":2: the quotes of MESSENGER_PAGE_TOKEN do not end at the end of the line"},
		{strings.Repeat("x", 1<<16+1), "more than 65536 bytes"},
	} {
		got := run(t, withEnv(nil), "profile", "pull", "--env-file", file(t, ".env", test[0]))
		require.Equal(t, 1, got.code)
		require.Contains(t, got.err, test[1])
		require.NotContains(t, got.err, "secret")
	}
}

// With --wait apply goes on when the page has calls again; an interrupt ends the waiting, and the report has what was done.
func TestProfileApplyWaits(t *testing.T) {
	t.Parallel()
	limited := func(times int) (*simulator.Simulator, map[string]string) {
		sim, env := simulatedPage(t)
		n := 0
		sim.Fault(simulator.Fault{Times: times, Error: &simulator.GraphError{Code: 613, Message: "too many"}, Match: func(method, _ string) bool {
			if method == "POST" {
				n++
			}
			return n >= 2
		}})
		return sim, env
	}
	sim, env := limited(1)
	var waited []time.Duration
	config := command.WithAfter(withEnv(env), func(d time.Duration) <-chan time.Time {
		waited = append(waited, d)
		over := make(chan time.Time, 1)
		over <- time.Now()
		return over
	})
	got := run(t, config, "profile", "apply", "--wait", settingsFile)
	require.Equal(t, 0, got.code, got.err)
	require.Equal(t, []time.Duration{threadsettings.CallsPeriod}, waited)
	require.Contains(t, got.err, "applied  set get_started\n")
	require.Regexp(t, `The page has used up its calls; going on at \d\d:\d\d:\d\d\. An interrupt ends the waiting\.\n$`, got.err)
	require.Equal(t, "applied  set get_started\napplied  set persistent_menu\napplied  set ice_breakers\napplied  set greeting\n", got.out)
	require.Len(t, sim.Profile(), 4)

	_, env = limited(1)
	config.Env = func(name string) string { return env[name] }
	got = run(t, config, "profile", "apply", "--wait", "--json", settingsFile)
	require.Equal(t, 0, got.code, got.err)
	var applied struct {
		Changes []struct{ Property, Status, Error string }
	}
	require.NoError(t, json.Unmarshal([]byte(got.out), &applied))
	require.Len(t, applied.Changes, 4, "those before the waiting too")
	for _, change := range applied.Changes {
		require.Equal(t, "applied", change.Status, change.Property)
		require.Empty(t, change.Error)
	}

	_, env = limited(-1)
	ctx, cancel := context.WithCancel(t.Context())
	var out, errs bytes.Buffer
	config = command.WithAfter(withEnv(env), func(time.Duration) <-chan time.Time {
		cancel()
		return nil
	})
	config.Out, config.Err = &out, &errs
	require.Equal(t, command.Mistakes, command.Run(ctx, config, []string{"profile", "apply", "--wait", settingsFile}))
	require.Contains(t, out.String(), "applied  set get_started\n")
	require.Contains(t, errs.String(), "run it again to go on with the rest")
}
