package command_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/command"
)

// A new project builds, passes its tests, and is formatted, with the library of this checkout.
func TestNewProjectIsBuiltAndTested(t *testing.T) {
	t.Parallel()
	root, err := filepath.Abs("..")
	require.NoError(t, err)
	dir := filepath.Join(t.TempDir(), "pizza-bot")
	got := run(t, command.Config{}, "new", "example.com/pizza-bot", "--dir", dir, "--replace", root)
	require.Equal(t, 0, got.code, got.err)
	require.Contains(t, got.out, "Go on with: cd "+dir+" && go mod tidy && go test ./...")
	sums, err := os.ReadFile(filepath.Join(root, "go.sum"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go.sum"), sums, 0o600))
	inProject := func(name string, args ...string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), name, args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GOWORK=off", "GOPROXY=off", "GOFLAGS="+os.Getenv("GOFLAGS")+" -mod=mod")
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s %q: %s", name, args, out)
		return string(out)
	}
	require.Empty(t, inProject("gofmt", "-l", "."))
	inProject("go", "vet", ".")
	require.Contains(t, inProject("go", "test", "-v", "."), "--- PASS: TestBot")

	policy := filepath.Join(dir, "policy.yaml")
	require.Equal(t, 0, run(t, command.Config{}, "policy", "check", "--allow-unknown", policy).code)
	for _, name := range []string{".gitignore", ".dockerignore", ".env.example", "Dockerfile", "README.md"} {
		content, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		require.NotContains(t, string(content), "{{")
	}
	settings, err := os.ReadFile(filepath.Join(dir, "thread-settings.yaml"))
	require.NoError(t, err)
	_, env := simulatedPage(t)
	config := withEnv(env)
	config.In = strings.NewReader(string(settings))
	require.Equal(t, 0, run(t, config, "profile", "apply", "-").code)
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	full := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(full, "mine"), nil, 0o600))
	for _, test := range []struct {
		args []string
		code int
		says string
	}{
		{nil, 2, "new takes the path of the module to make"},
		{[]string{"a", "b"}, 2, "new takes the path of the module"},
		{[]string{"../shop"}, 2, `"../shop" is no path of a module of yours`},
		{[]string{"Shop bot"}, 2, "is no path of a module"},
		{[]string{"github.com/djmessenger/messenger/x"}, 2, "is no path of a module of yours"},
		{[]string{"shop", "--dir", full}, 1, "is not empty: give another --dir"},
		{[]string{"shop", "--dir", filepath.Join(full, "mine")}, 1, "the project is not made: "},
		{[]string{"shop", "--dir", filepath.Join(full, "new"), "--replace", full}, 1, "--replace is no checkout"},
	} {
		got := run(t, command.Config{}, append([]string{"new"}, test.args...)...)
		require.Equal(t, test.code, got.code, "%q: %s", test.args, got.err)
		require.Contains(t, got.err, test.says, test.args)
		require.Empty(t, got.out)
	}
	left, err := os.ReadDir(full)
	require.NoError(t, err)
	require.Len(t, left, 1, "nothing is written")
}
