package command_test

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v4"

	"github.com/djmessenger/messenger/command"
	"github.com/djmessenger/messenger/internal/graphhosts"
)

// here is a command line of a container, with addresses and a directory of this machine.
func here(t *testing.T, args []string) []string {
	t.Helper()
	dir := t.TempDir()
	out := make([]string, 0, len(args))
	for _, arg := range args {
		arg = regexp.MustCompile(`^--listen=0\.0\.0\.0:\d+$`).ReplaceAllString(arg, "--listen=127.0.0.1:0")
		arg = strings.Replace(arg, "--webhook=http://bot:3000", "--webhook=http://127.0.0.1:1", 1)
		out = append(out, strings.Replace(arg, "--ca-dir=/ca", "--ca-dir="+dir, 1))
	}
	require.NotEqual(t, args, out)
	return out
}

// TestTheContainerFileRuns: its command and its health check are of this command, and fit each other. The image itself is built
// by hand: make container.
func TestTheContainerFileRuns(t *testing.T) {
	t.Parallel()
	file, err := os.ReadFile("../container/Containerfile")
	require.NoError(t, err)
	list := func(pattern string) (args []string) {
		m := regexp.MustCompile(pattern + ` (\[.*\])\n`).FindSubmatch(file)
		require.NotNil(t, m, pattern)
		require.NoError(t, json.Unmarshal(m[1], &args))
		return args
	}
	require.Equal(t, []string{"/messenger"}, list(`(?m)^ENTRYPOINT`))
	start, health := list(`(?m)^CMD`), list(`(?m)^HEALTHCHECK .* CMD`)
	require.Contains(t, start, "--listen=0.0.0.0:9090")
	require.Equal(t, []string{"/messenger", "simulate", "health", "--simulator=127.0.0.1:9090"}, health)

	s := &simulation{out: newScreen(), err: newScreen()}
	s.runsWith(t, nil, here(t, start)...)
	s.starts(t)
	health[3] = "--simulator=" + strings.TrimPrefix(s.base, "http://")
	got := run(t, command.Config{}, health[1:]...)
	require.Equal(t, 0, got.code, got.err)
	require.Equal(t, 0, s.stop())

	require.NotRegexp(t, `(?m)^(RUN|ADD)\b`, string(file), "an empty image runs nothing while it is built")
	require.Regexp(t, `(?m)^USER 65532:65532$`, string(file))
}

// TestTheComposeFileRuns: what it gives to the simulator and to the bot is what they take.
func TestTheComposeFileRuns(t *testing.T) {
	t.Parallel()
	file, err := os.ReadFile("../container/compose.yaml")
	require.NoError(t, err)
	var compose struct {
		Services map[string]struct {
			Command     []string
			Environment map[string]string
			Ports       []string
			Volumes     []string
			Networks    map[string]struct{ Aliases []string }
		}
	}
	require.NoError(t, yaml.Unmarshal(file, &compose))
	sim, bot := compose.Services["simulator"], compose.Services["bot"]
	require.ElementsMatch(t, graphhosts.Names(), sim.Networks["default"].Aliases)
	require.Equal(t, []string{"127.0.0.1:9090:9090"}, sim.Ports, "other machines do not reach it")
	require.Equal(t, []string{"ca:/ca:ro"}, bot.Volumes)
	require.Contains(t, sim.Command, "--listen=0.0.0.0:443")

	s := &simulation{out: newScreen(), err: newScreen()}
	s.runsWith(t, nil, here(t, sim.Command)...)
	s.starts(t)
	for name, value := range bot.Environment {
		if strings.HasPrefix(name, "MESSENGER_") {
			require.Contains(t, s.out.String(), "  export "+name+"="+value+"\n")
		}
	}
	require.Equal(t, "/ca/ca.pem", bot.Environment["NODE_EXTRA_CA_CERTS"])
}
