package command_test

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/command"
	"github.com/djmessenger/messenger/internal/graphhosts"
)

// profile is a call by which a client shows that it has reached the simulator: the answer has Ada's name.
const profile = "/v27.0/7100000000000001?fields=first_name&access_token=simulator-page-token"

// platform is one simulator with an account of Instagram Login, whose token graph.instagram.com takes.
func platform(t *testing.T) *simulation {
	t.Helper()
	s := simulate(t, nil).starts(t)
	s.post(t, "/simulator/pages", `{"id":"17841400000000009","name":"Ada","platform":"instagram","token":"instagram-token"}`)
	return s
}

// profileAt is a call to one of the hosts, whose answer has the name Ada.
func profileAt(host string) string {
	if host == "graph.instagram.com" {
		return "/v27.0/me?fields=name&access_token=instagram-token"
	}
	return profile
}

// env is what the command prints for a running simulator.
func (s *simulation) env(t *testing.T, shell string, vars map[string]string) string {
	t.Helper()
	got := run(t, command.Config{Env: func(name string) string { return vars[name] }},
		"simulate", "env", "--shell", shell, "--simulator", s.base, "--ca-dir", s.caDir)
	require.Equal(t, 0, got.code, got.err)
	require.Empty(t, got.err)
	return got.out
}

// runs starts a client in the environment that the command prints for its language.
func (s *simulation) runs(t *testing.T, shell string, client ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "sh", append([]string{"-c", s.env(t, shell, nil) + `exec "$@"`, "sh"}, client...)...)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	return string(out)
}

// needs skips a test for a client that this machine does not have. CI has all of them, and fails for one that is skipped.
func needs(t *testing.T, program string) {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		t.Skip("there is no " + program)
	}
}

// getInGo is a bot in Go, in a process of its own.
func getInGo(url string) int {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSHandshakeTimeout = 0 // the machine may be busy
	resp, err := (&http.Client{Transport: transport}).Get(url)
	if err != nil {
		fmt.Println(err)
		return 1
	}
	defer resp.Body.Close()
	_, _ = io.Copy(os.Stdout, resp.Body)
	return 0
}

func TestCurlReachesTheSimulatorByThePlatformsName(t *testing.T) {
	t.Parallel()
	needs(t, "curl")
	s := platform(t)
	for _, host := range graphhosts.Names() {
		require.Contains(t, s.runs(t, "curl", "curl", "-sS", "https://"+host+profileAt(host)), "Ada", host)
	}
	port := s.base[strings.LastIndex(s.base, ":")+1:]
	out := s.runs(t, "sh", "curl", "-sS", "--noproxy", "*", "--connect-to", "graph.facebook.com:443:127.0.0.1:"+port, "--cacert", filepath.Join(s.caDir, "ca.pem"), "https://graph.facebook.com"+profile)
	require.Contains(t, out, "Ada", "as with an entry in the hosts file")

	cmd := exec.CommandContext(t.Context(), "sh", "-c", s.env(t, "curl", nil)+"exec curl -sS https://api.example.com/")
	refused, err := cmd.CombinedOutput()
	require.Error(t, err)
	require.Contains(t, string(refused), "403")
	s.out.shows(t, `  !  The proxy refused "api\.example\.com:443", which is not the platform's host\n +!  Start the simulator with --others tunnel to let other hosts through`)
	require.Contains(t, s.get(t, "/simulator/log"), "--others tunnel")
}

func TestNodeReachesTheSimulatorByThePlatformsName(t *testing.T) {
	t.Parallel()
	needs(t, "node")
	s := platform(t)
	const script = `
		const http = require("node:http"), https = require("node:https"), tls = require("node:tls"), net = require("node:net");
		const [own, ...urls] = process.argv.slice(1);
		const read = (stream) => new Promise((done, fail) => { let all = ""; stream.on("data", (d) => all += d).on("end", () => done(all)).on("error", fail); });
		const get = (by, options) => new Promise((done, fail) => by.get(options, (r) => read(r).then(done, fail)).on("error", fail));
		const calls = async (host, path) => {
			const request = "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
			const by = async (socket) => { socket.write(request); return read(socket); };
			console.log("https", await get(https, "https://" + host + path));
			console.log("agent", await get(https, { host: host.toUpperCase() + ".", path, headers: { Host: host }, servername: host, agent: new https.Agent({ keepAlive: false }) }));
			console.log("tls", await by(tls.connect(443, host, { servername: host })));
			console.log("net", await by(net.connect(443, host)));
			console.log("socket", await by(new net.Socket().connect(443, host)));
			console.log("net options", await by(net.connect({ host, port: 80 })));
			for (let done = false; !done;) {
				await fetch("https://" + host + path).then((r) => r.text()).then((text) => { console.log("fetch", text); done = true; },
					(e) => { if (e.cause?.code !== "UND_ERR_CONNECT_TIMEOUT") throw e; }); // its limit of 10 s, on a busy machine
			}
		};
		(async () => {
			for (const url of urls.map((u) => new URL(u))) await calls(url.host, url.pathname + url.search);
			console.log("other", await get(http, own + "/simulator/"));
			net.connect(1, "graph.facebook.com.localhost").on("error", (e) => console.log("not redirected", e.code));
		})();`
	client := []string{"node", "-e", script, s.base}
	for _, host := range graphhosts.Names() {
		client = append(client, "https://"+host+profileAt(host))
	}
	out := s.runs(t, "node", client...)
	require.Equal(t, 7*len(graphhosts.Names()), strings.Count(out, "Ada"), out)
	require.Contains(t, out, "messenger simulator")
	require.Regexp(t, "not redirected (ECONNREFUSED|ENOTFOUND|EAI_AGAIN)", out)

	out = s.runs(t, "node", "node", "--input-type=module", "-e", `import https from "node:https"; https.get("https://graph.facebook.com`+profile+`", (r) => r.pipe(process.stdout))`)
	require.Contains(t, out, "Ada", "a module")

	out = s.runs(t, "node", "sh", "-c", `MESSENGER_SIMULATOR="http://[" exec node -e 'console.log("runs")'`)
	require.Contains(t, out, "runs\n")
	require.Contains(t, out, "MESSENGER_SIMULATOR is no address")
}

func TestPythonReachesTheSimulatorByThePlatformsName(t *testing.T) {
	t.Parallel()
	needs(t, "python3")
	s := platform(t)
	client := []string{"python3", "-c", `import sys, urllib.request
for url in sys.argv[1:]: print(urllib.request.urlopen(url).read().decode())`}
	for _, host := range graphhosts.Names() {
		client = append(client, "https://"+host+profileAt(host))
	}
	out := s.runs(t, "python", client...)
	require.Equal(t, len(graphhosts.Names()), strings.Count(out, "Ada"), out)
}

func TestGoReachesTheSimulatorByThePlatformsName(t *testing.T) {
	t.Parallel()
	s := platform(t)
	for _, host := range graphhosts.Names() {
		out := s.runs(t, "go", "env", "COMMAND_TEST_GET=https://"+host+profileAt(host), os.Args[0])
		require.Contains(t, out, "Ada", host)
	}
}

// TestAClientThatDoesNotTrustIsExplained: without the variables a client refuses the certificate, and the terminal says what to do.
func TestAClientThatDoesNotTrustIsExplained(t *testing.T) {
	t.Parallel()
	s := simulate(t, nil).starts(t)
	_, err := http.Get("https" + strings.TrimPrefix(s.base, "http")) //nolint:bodyclose // there is no answer
	require.ErrorContains(t, err, "certificate")
	s.out.shows(t, `!  A client closed its TLS connection before a request: it seems not to trust .*\n +!  "messenger simulate env --shell node"`)
}
