package command_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/command"
)

func TestSimulateEnvInEachShell(t *testing.T) {
	t.Parallel()
	s := simulate(t, map[string]string{"MESSENGER_PAGE_ID": "4711"}).starts(t)
	for shell, line := range map[string]func(name, value string) string{
		"sh":         func(name, value string) string { return "export " + name + "=" + value + "\n" },
		"fish":       func(name, value string) string { return "set -gx " + name + " " + value + "\n" },
		"powershell": func(name, value string) string { return "$env:" + name + " = '" + value + "'\n" },
		"dotenv":     func(name, value string) string { return name + "=" + value + "\n" },
	} {
		require.Equal(t, "# What a bot needs of the simulator at "+s.base+".\n"+
			line("MESSENGER_APP_SECRET", "simulator-app-secret")+line("MESSENGER_VERIFY_TOKEN", "simulator-verify-token")+
			line("MESSENGER_PAGE_TOKEN", "simulator-page-token")+line("MESSENGER_PAGE_ID", "4711")+
			line("MESSENGER_APP_ID", "1000000000000001")+line("MESSENGER_GRAPH_URL", s.base),
			s.env(t, shell, nil), shell)
	}
}

// TestSimulateEnvSurvivesAShell: what a shell makes of it is what was meant, with a directory that has spaces and quotes.
func TestSimulateEnvSurvivesAShell(t *testing.T) {
	t.Parallel()
	s := simulate(t, nil).starts(t)
	bundle := filepath.Join(s.caDir, "bundle.pem")
	before := map[string]string{"NODE_OPTIONS": "--trace-warnings", "NO_PROXY": "internal.example", "PHP_INI_SCAN_DIR": "/etc/php"}
	const local = "localhost,127.0.0.1,::1"
	for shell, want := range map[string]map[string]string{
		"node": {
			"MESSENGER_SIMULATOR": s.base, "NODE_EXTRA_CA_CERTS": bundle, "HTTPS_PROXY": "",
			"NODE_OPTIONS": `--trace-warnings --require "` + filepath.Join(s.caDir, "node.cjs") + `"`,
		},
		"python": {"HTTPS_PROXY": s.base, "https_proxy": s.base, "REQUESTS_CA_BUNDLE": bundle, "SSL_CERT_FILE": bundle, "NO_PROXY": "internal.example," + local, "http_proxy": ""},
		"ruby":   {"http_proxy": s.base, "HTTPS_PROXY": s.base, "SSL_CERT_FILE": bundle, "no_proxy": "internal.example," + local},
		"php":    {"HTTPS_PROXY": s.base, "PHP_INI_SCAN_DIR": "/etc/php:" + filepath.Join(s.caDir, "php")},
		"go":     {"HTTPS_PROXY": s.base, "SSL_CERT_FILE": bundle, "MESSENGER_GRAPH_URL": s.base},
		"curl":   {"https_proxy": s.base, "CURL_CA_BUNDLE": bundle},
	} {
		script := s.env(t, shell, before)
		cmd := exec.CommandContext(t.Context(), "sh", "-ec", script+"env -0")
		cmd.Env = []string{"PATH=" + os.Getenv("PATH")}
		out, err := cmd.Output()
		require.NoError(t, err)
		got := map[string]string{}
		for line := range strings.SplitSeq(string(out), "\x00") {
			name, value, _ := strings.Cut(line, "=")
			got[name] = value
		}
		for name, value := range want {
			require.Equal(t, value, got[name], "%s %s", shell, name)
		}
		require.Equal(t, script, s.env(t, shell, got), "%s: a second time it is the same", shell)
	}
	ini, err := os.ReadFile(filepath.Join(s.caDir, "php", "simulator.ini"))
	require.NoError(t, err)
	require.Equal(t, "curl.cainfo=\""+bundle+"\"\nopenssl.cafile=\""+bundle+"\"\n", string(ini))
}

// TestSimulateEnvShowsNoSecrets: neither those of this environment nor those of the simulator's.
func TestSimulateEnvShowsNoSecrets(t *testing.T) {
	t.Parallel()
	secrets := map[string]string{"MESSENGER_APP_SECRET": "real secret", "MESSENGER_VERIFY_TOKEN": "real verify", "MESSENGER_PAGE_TOKEN": "real token"}
	s := simulate(t, secrets).starts(t)
	for _, env := range []map[string]string{secrets, nil} {
		got := s.env(t, "sh", env)
		require.NotContains(t, got, "real ")
		require.Contains(t, got, "# MESSENGER_PAGE_TOKEN")
		require.NotContains(t, got, "export MESSENGER_PAGE_TOKEN")
	}
	require.Contains(t, s.env(t, "sh", secrets), "# MESSENGER_APP_SECRET is set here: give the bot the same.\n")
}

// TestSimulateEnvIsThatOfTheRunningSimulator: whatever is set here, the bot needs what the simulator has.
func TestSimulateEnvIsThatOfTheRunningSimulator(t *testing.T) {
	t.Parallel()
	all := map[string]string{"MESSENGER_APP_SECRET": "my secret", "MESSENGER_VERIFY_TOKEN": "my verify", "MESSENGER_PAGE_TOKEN": "my token", "MESSENGER_PAGE_ID": "4711"}
	defaults := simulate(t, nil).starts(t)
	require.Equal(t, defaults.env(t, "sh", nil), defaults.env(t, "sh", all))
	require.Contains(t, defaults.env(t, "node", all), "export MESSENGER_APP_SECRET=simulator-app-secret\n")
	for name, public := range map[string]string{"MESSENGER_APP_SECRET": "simulator-app-secret", "MESSENGER_VERIFY_TOKEN": "simulator-verify-token"} {
		one := simulate(t, map[string]string{name: all[name]}).starts(t)
		require.Contains(t, one.env(t, "sh", nil), "# "+name+": give the bot the one with which the simulator was started.\n")
		require.NotContains(t, one.env(t, "sh", nil), public)
		require.NotContains(t, one.env(t, "sh", all), all[name])
	}
}

// TestSimulateEnvWithoutACertificateNeedsNoDirectory: only a language names the CA.
func TestSimulateEnvWithoutACertificateNeedsNoDirectory(t *testing.T) {
	t.Parallel()
	s := simulate(t, nil).starts(t)
	foreign := filepath.Dir(file(t, "ca-key.pem", "another's"))
	for _, shell := range []string{"sh", "fish", "powershell", "dotenv"} {
		got := run(t, command.Config{Env: func(string) string { return "" }}, "simulate", "env", "--shell", shell, "--simulator", s.base, "--ca-dir", foreign)
		require.Equal(t, 0, got.code, got.err)
		require.Equal(t, s.env(t, shell, nil), got.out)
	}
}

// TestSimulateEnvBeforeTheSimulator: the order of two terminals does not matter.
func TestSimulateEnvBeforeTheSimulator(t *testing.T) {
	t.Parallel()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := free.Addr().String()
	require.NoError(t, free.Close())
	dir := t.TempDir()
	none := command.Config{Env: func(string) string { return "" }}
	before := run(t, none, "simulate", "env", "--shell", "node", "--simulator", address, "--ca-dir", dir)
	require.Equal(t, 0, before.code)
	require.Contains(t, before.err, "nothing listens on "+address+" yet")
	s := simulate(t, nil, "--ca-dir", dir, "--listen", address)
	s.base, s.caDir = "http://"+address, dir
	s.awaitServer(t)
	require.Equal(t, before.out, s.env(t, "node", nil))
}

func TestSimulateEnvAndHealthThatCannotWork(t *testing.T) {
	t.Parallel()
	s := simulate(t, nil).starts(t)
	running := strings.TrimPrefix(s.base, "http://")
	other := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(other.Close)
	pretender := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"name":"x"}`)) }))
	t.Cleanup(pretender.Close)
	free, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	nothing := free.Addr().String()
	require.NoError(t, free.Close())
	foreign := file(t, "ca-key.pem", "another's")
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"env", "--shell", "node", "--simulator", running, "--ca-dir", t.TempDir()}, 1, "has its certificates in another directory: give the same --ca-dir to both"},
		{[]string{"env", "--shell", "node", "--simulator", other.URL, "--ca-dir", t.TempDir()}, 1, "speaks no https"},
		{[]string{"env", "--simulator", other.URL}, 1, "is no Messenger simulator: it answered 404"},
		{[]string{"env", "--shell", "bash", "--ca-dir", t.TempDir()}, 2, `--shell is one of sh, fish, powershell, dotenv, node, python, ruby, php, go, curl, not "bash"`},
		{[]string{"env", "--simulator", "localhost"}, 2, `"localhost" is no address`},
		{[]string{"env", "node"}, 2, "only flags"},
		{[]string{"env", "--shell", "node", "--ca-dir", filepath.Dir(foreign)}, 2, "remove it, or choose another directory"},
		{[]string{"env", "--shel", "sh"}, 2, "the nearest is --shell"},
		{[]string{"health", "--simulator", other.URL}, 1, "is no Messenger simulator: it answered 404"},
		{[]string{"health", "--simulator", pretender.URL + "/"}, 1, "is no Messenger simulator"},
		{[]string{"health", "--simulator", nothing}, 1, "connection refused"},
		{[]string{"health", "now"}, 2, "only flags"},
		{[]string{"healt"}, 2, "only flags"},
	} {
		got := run(t, command.Config{Env: func(string) string { return "" }}, append([]string{"simulate"}, c.args...)...)
		require.Equal(t, c.code, got.code, "%v %s", c.args, got.err)
		require.Contains(t, got.err, c.want, c.args)
		if c.args[0] != "env" {
			require.Empty(t, got.out, c.args)
			continue
		}
		require.Equal(t, "false # simulate env failed\n", got.out, c.args)
	}
	for _, address := range []string{running, s.base, s.base + "/", "https://" + running} {
		got := run(t, command.Config{}, "simulate", "health", "--simulator", address)
		require.Equal(t, 0, got.code, got.err)
		require.Equal(t, "The simulator at "+running+" works.\n", got.out)
	}
}

// TestSimulateEnvThatFailsStartsNoBot: with an environment that is not set the bot would call the real platform.
func TestSimulateEnvThatFailsStartsNoBot(t *testing.T) {
	t.Parallel()
	wrongDir := filepath.Dir(file(t, "ca-key.pem", "another's"))
	for _, args := range [][]string{
		{"--shell", "node", "--ca-dir", wrongDir},
		{"--shell", "sh", "--simulator", "localhost"},
		{"--shell", "bash"},
		{"--shell"},
		{"--shel", "node"},
		{"node"},
	} {
		got := run(t, command.Config{Env: func(string) string { return "" }}, append([]string{"simulate", "env"}, args...)...)
		require.NotZero(t, got.code, args)
		for _, form := range []string{`eval "$1" && echo started`, `e="$(printf %s "$1")" && eval "$e" && echo started`, `set -e; eval "$1"; echo started`} {
			cmd := exec.CommandContext(t.Context(), "sh", "-c", form, "sh", got.out)
			out, err := cmd.CombinedOutput()
			require.Error(t, err, "%v %s", args, form)
			require.Empty(t, string(out), "%v %s", args, form)
		}
	}
	for shell, want := range map[string]string{"fish": "false # simulate env failed\n", "powershell": "throw 'simulate env failed'\n", "dotenv": ""} {
		got := run(t, command.Config{Env: func(string) string { return "" }}, "simulate", "env", "--shell", shell, "--simulator", "localhost")
		require.Equal(t, 2, got.code)
		require.Equal(t, want, got.out, shell)
	}
}

// TestSimulateListensOnSeveralAddresses: a container has one for the chat page and 443 for bots that know no other.
func TestSimulateListensOnSeveralAddresses(t *testing.T) {
	t.Parallel()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	second := free.Addr().String()
	require.NoError(t, free.Close())
	s := simulate(t, nil, "--listen", second).starts(t)
	require.NotContains(t, s.base, second, "the first counts")
	for _, base := range []string{s.base, "http://" + second} {
		require.Equal(t, 0, run(t, command.Config{}, "simulate", "health", "--simulator", base).code, base)
	}
}

// TestSimulateOnAllAddressesShowsOneThatWorks: no browser opens 0.0.0.0, and a bot in another container needs a name.
func TestSimulateOnAllAddressesShowsOneThatWorks(t *testing.T) {
	t.Parallel()
	s := &simulation{out: newScreen(), err: newScreen()}
	s.runsWith(t, nil, "simulate", "--public", "--listen", "0.0.0.0:0", "--allow-host", "sim", "--ca-dir", t.TempDir())
	port := s.out.shows(t, `export MESSENGER_GRAPH_URL=http://sim:(\d+)\n`)[1]
	require.Contains(t, s.out.String(), "  Chat page  http://localhost:"+port+"/\n")
	require.Contains(t, s.out.String(), "simulate env --simulator localhost:"+port+" --ca-dir ")
	require.Equal(t, 0, run(t, command.Config{}, "simulate", "health", "--simulator", "localhost:"+port).code)
}

// TestSimulateWithoutAHome: a container may have none. Everything works but https.
func TestSimulateWithoutAHome(t *testing.T) {
	t.Parallel()
	out := newScreen()
	process := exec.CommandContext(t.Context(), os.Args[0])
	process.Env = []string{"COMMAND_TEST_ARGS=simulate --listen 127.0.0.1:0"}
	process.Stdout, process.Stderr = out, out
	require.NoError(t, process.Start())
	base := out.shows(t, `MESSENGER_GRAPH_URL=(\S+)\n`)[1]
	out.shows(t, `!  There is no https, because there is no directory for the certificates \(.*HOME.*\)\. Name one with --ca-dir\.`)
	require.Equal(t, 0, run(t, command.Config{}, "simulate", "health", "--simulator", base).code)
	require.NoError(t, process.Process.Signal(os.Interrupt))
	require.NoError(t, process.Wait())
}
