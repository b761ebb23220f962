package command_test

import (
	"encoding/xml"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// echoOf is an echo bot of the simulator at an address.
func echoOf(t *testing.T, graph string) *httptest.Server {
	t.Helper()
	var answers echo
	answers.graph.Store(graph)
	bot := httptest.NewServer(&answers)
	t.Cleanup(bot.Close)
	return bot
}

// freeAddress is one of this machine that nothing listens on.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, l.Close())
	return l.Addr().String()
}

// plays runs simulate --scenario with an echo bot.
func plays(t *testing.T, args ...string) ran {
	t.Helper()
	address := freeAddress(t)
	return runs(t, nil, "", append([]string{"simulate", "--listen", address, "--ca-dir", t.TempDir(), "--webhook", echoOf(t, "http://"+address).URL}, args...)...)
}

// blocks are the blocks of code of a guide in a language.
func blocks(t *testing.T, path, language string) []string {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	var all []string
	for _, found := range regexp.MustCompile("(?s)```"+language+"\n(.*?)```").FindAllStringSubmatch(string(data), -1) {
		all = append(all, found[1])
	}
	return all
}

var took = regexp.MustCompile(`\d+\.\d\d s\n`)

// TestScenariosOfTheGuide: what they print is what the guide shows.
func TestScenariosOfTheGuide(t *testing.T) {
	t.Parallel()
	files := blocks(t, "../docs/scenarios.md", "yaml")
	guide, err := os.ReadFile("../docs/scenarios.md")
	require.NoError(t, err)
	for i, c := range []struct {
		name string
		code int
	}{{"bot.yaml", 0}, {"names.yaml", 1}} {
		path := file(t, c.name, files[i])
		junit := filepath.Join(t.TempDir(), "results.xml")
		got := plays(t, "--scenario", path, "--junit", junit)
		require.Equal(t, c.code, got.code, got)
		shown := took.ReplaceAllString(strings.ReplaceAll(got.out, path, c.name), "TIME\n")
		require.Contains(t, took.ReplaceAllString(string(guide), "TIME\n"), "```\n"+shown+"```", "the guide shows what is printed")
		require.Contains(t, xmlOf(t, junit), fmt.Sprintf(`failures="%d" errors="0"`, c.code))
	}
}

// xmlOf reads a file that has to be XML.
func xmlOf(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, xml.Unmarshal(data, &struct{}{}), string(data))
	return string(data)
}

// TestTheScriptOfTheGuide runs it as it is printed, with other ports, and with this test in place of node and of the command.
func TestTheScriptOfTheGuide(t *testing.T) {
	t.Parallel()
	script := blocks(t, "../docs/scenarios.md", "sh")[0]
	files := blocks(t, "../docs/scenarios.md", "yaml")
	simulator, bot := freeAddress(t), freeAddress(t)
	_, port, err := net.SplitHostPort(bot)
	require.NoError(t, err)
	script = strings.NewReplacer("localhost:9090", simulator, "localhost:3000", bot, "PORT=3000", "PORT="+port,
		"messenger simulate", "messenger simulate --listen "+simulator+" --ca-dir "+t.TempDir()).Replace(script)
	tools := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(tools, "messenger"), []byte("#!/bin/sh\nCOMMAND_TEST_ARGS=\"$*\" exec "+os.Args[0]+"\n"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(tools, "node"), []byte("#!/bin/sh\nCOMMAND_TEST_BOT=\"$PORT\" exec "+os.Args[0]+"\n"), 0o700))
	for i, code := range []int{0, 1} {
		dir := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, "bot.yaml"), []byte(files[i]), 0o600))
		sh := exec.CommandContext(t.Context(), "sh", "-c", script)
		sh.Dir = dir
		sh.Env = append(os.Environ(), "PATH="+tools+":"+os.Getenv("PATH"))
		out, err := sh.CombinedOutput()
		require.Equal(t, code, sh.ProcessState.ExitCode(), "%v\n%s", err, out)
		require.Contains(t, xmlOf(t, filepath.Join(dir, "results.xml")), fmt.Sprintf(`failures="%d"`, code))
	}
}

// echoOnPort is the bot of the guide's script.
func echoOnPort(port string) int {
	var answers echo
	answers.graph.Store(os.Getenv("MESSENGER_GRAPH_URL"))
	server := &http.Server{Addr: "127.0.0.1:" + port, Handler: http.StripPrefix("/webhook", &answers), ReadHeaderTimeout: time.Minute}
	if server.ListenAndServe() != nil {
		return 1
	}
	return 0
}

// TestScenariosNeedABot: without one the exit code is 4, and the results say so.
func TestScenariosNeedABot(t *testing.T) {
	t.Parallel()
	path, junit := file(t, "bot.yaml", "steps: [ada says: hi]"), filepath.Join(t.TempDir(), "results.xml")
	for _, args := range [][]string{{"--wait", "10ms"}, {"--require-bot"}} {
		got := runs(t, nil, "", append([]string{"simulate", "--listen", "127.0.0.1:0", "--ca-dir", t.TempDir(), "--webhook", "http://127.0.0.1:1/",
			"--scenario", path, "--junit", junit}, args...)...)
		require.Equal(t, 4, got.code, got)
		require.Contains(t, got.err, "the bot could not be verified")
		require.Contains(t, xmlOf(t, junit), `errors="1"`)
		require.Contains(t, got.err, "The bot needs:\n  export MESSENGER_APP_SECRET=simulator-app-secret\n", "also where no log is shown")
	}
	require.Contains(t, xmlOf(t, junit), "Nothing listens on 127.0.0.1:1. Start the bot, or correct the webhook.", "as the terminal has it")
}

// TestJUnitIsCompleteWhateverEndsTheRun: a file of 0 bytes is an error of CI's, and says nothing.
func TestJUnitIsCompleteWhateverEndsTheRun(t *testing.T) {
	t.Parallel()
	path := file(t, "bot.yaml", "steps: [ada says: hi]")
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, taken.Close()) })
	for want, args := range map[string][]string{
		"does not answer":   {"simulate", "replay", "--simulator", "127.0.0.1:1", path},
		"it was not played": {"simulate", "--listen", taken.Addr().String(), "--ca-dir", t.TempDir(), "--webhook", "http://127.0.0.1:1/", "--scenario", path},
	} {
		junit := filepath.Join(t.TempDir(), "results.xml")
		got := runs(t, nil, "", append(args, "--junit", junit)...)
		require.NotZero(t, got.code)
		require.Contains(t, xmlOf(t, junit), want)
		if want == "it was not played" {
			require.Contains(t, got.err, "if a simulator runs there, messenger simulate replay plays the files on it")
		}
	}
}

// TestWrongScenarioFiles end it before anything starts, with all mistakes.
func TestWrongScenarioFiles(t *testing.T) {
	t.Parallel()
	one, other := file(t, "one.yaml", "steps: [ada sayss: hi]"), file(t, "other.yaml", "step: []")
	for _, args := range [][]string{
		{"simulate", "--webhook", "http://127.0.0.1:1/", "--scenario", one, "--scenario", other}, {"simulate", "replay", one, other},
	} {
		got := runs(t, nil, "", args...)
		require.Equal(t, 2, got.code)
		require.Contains(t, got.err, `one.yaml:1: there is no verb "ada sayss"; the nearest is says`)
		require.Contains(t, got.err, `other.yaml:1: a scenario has no "step"; the nearest is steps`)
	}
	good := file(t, "good.yaml", "steps: [ada says: hi]")
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"simulate", "--junit", "x"}, "--junit goes with --scenario"},
		{[]string{"simulate", "--scenario", good}, "--scenario needs --webhook"},
		{[]string{"simulate", "--scenario", good, "--wait", "0s"}, "--wait is a time"},
		{[]string{"simulate", "--webhook", "http://127.0.0.1:1/", "--scenario", good, "--junit", "/nowhere/at/all"}, "--junit: open /nowhere/at/all"},
		{[]string{"simulate", "replay"}, "the files are missing"},
		{[]string{"simulate", "replay", "--update", good}, "--update is about transcripts, and there is none among the files"},
		{[]string{"simulate", "replay", "--strict", good}, "--strict is about transcripts"},
		{[]string{"simulate", "replay", "--lenient", one}, "flag provided but not defined: -lenient"},
		{[]string{"simulate", "--lenient", "replay", one}, "--lenient is a flag of simulate by itself, not of simulate replay"},
		{[]string{"simulate", "--scenario", "/nowhere.yaml"}, "/nowhere.yaml"},
	} {
		got := runs(t, nil, "", c.args...)
		require.Equal(t, 2, got.code, c.args)
		require.Contains(t, got.err, c.want)
	}
}

// TestReplayOnARunningSimulator: the conversation stays, to be looked at.
func TestReplayOnARunningSimulator(t *testing.T) {
	t.Parallel()
	address := freeAddress(t)
	s := simulate(t, nil, "--listen", address, "--webhook", echoOf(t, "http://"+address).URL)
	s.base = "http://" + address
	s.awaitServer(t)
	for code, want := range []string{"you said hi", "Hi"} {
		got := runs(t, nil, "", "simulate", "replay", "--simulator", address, file(t, "bot.yaml", "steps: [ada says: hi, ada sees: "+want+"]"))
		require.Equal(t, code, got.code, got)
	}
	require.Contains(t, s.get(t, "/simulator/state"), "you said hi")
	got := runs(t, nil, "", "simulate", "replay", "--simulator", "127.0.0.1:1", file(t, "bot.yaml", "steps: [ada says: hi]"))
	require.Equal(t, 1, got.code)
	require.Contains(t, got.err, "the simulator at http://127.0.0.1:1 does not answer")
}

// TestAnInterruptEndsScenarios: the results so far are written, and CI is not told that all is well.
func TestAnInterruptEndsScenarios(t *testing.T) {
	t.Parallel()
	address := freeAddress(t)
	bot := echoOf(t, "http://"+address)
	path := file(t, "bot.yaml", "scenario: one\nsteps: [ada says: hi, ada sees: you said hi]\n---\nscenario: two\npatience: 5m\nsteps: [ada sees: {any: true}]")
	junit := filepath.Join(t.TempDir(), "results.xml")
	out := newScreen()
	process := exec.CommandContext(t.Context(), os.Args[0])
	process.Env = append(os.Environ(), "COMMAND_TEST_ARGS=simulate --listen "+address+" --ca-dir "+t.TempDir()+" --webhook "+bot.URL+" --scenario "+path+" --junit "+junit)
	process.Stdout, process.Stderr = out, out
	require.NoError(t, process.Start())
	out.shows(t, `ok    one`)
	require.NoError(t, process.Process.Signal(syscall.SIGINT))
	_ = process.Wait()
	require.Equal(t, 130, process.ProcessState.ExitCode(), out)
	require.Regexp(t, `(?s)FAIL  two .*  interrupted\n2 scenarios, 1 failed\.\n`, out.String())
	require.Contains(t, xmlOf(t, junit), `tests="2" failures="0" errors="1"`)
}
