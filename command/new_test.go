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
	temporary := t.TempDir()
	dir, checkout := filepath.Join(temporary, "pizza-bot"), filepath.Join(temporary, "a checkout")
	require.NoError(t, os.Symlink(root, checkout))
	got := run(t, command.Config{}, "new", "example.com/pizza-bot", "--dir", dir, "--replace", checkout)
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
	require.NoError(t, os.WriteFile(filepath.Join(dir, "further_test.go"), []byte(furtherTests), 0o600))
	tested := inProject("go", "test", "-v", ".")
	require.Contains(t, tested, "--- PASS: TestBot")
	require.Contains(t, tested, "--- PASS: TestStore")
	require.Contains(t, tested, "--- PASS: TestOperations")

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

// furtherTests are tests in a new project: keywords of PostgreSQL are not taken for the name of a SQLite file, and the operations API is
// served by its token.
const furtherTests = `package main

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
)

func TestStore(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, database := range []string{"host=db.internal dbname=bot", "dbname=bot"} {
		if _, err := openStore(slog.Default(), database); err == nil || !strings.Contains(err.Error(), "write them as a postgres:// URL") {
			t.Errorf("%s: %v", database, err)
		}
	}
}

func TestOperations(t *testing.T) {
	t.Chdir(t.TempDir())
	const token = "operations-token-0123456789"
	for name, value := range map[string]string{
		"APP_SECRET": "s", "VERIFY_TOKEN": "v", "PAGE_TOKEN": "p", "ADDR": "127.0.0.1:0", "OPERATIONS_ADDR": "127.0.0.1:0", "OPERATIONS_TOKEN": token,
	} {
		t.Setenv("MESSENGER_"+name, value)
	}
	lines, out := io.Pipe()
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, slog.New(slog.NewJSONHandler(out, nil))); out.Close() }()
	var line struct{ Msg, Addr string }
	for log := json.NewDecoder(lines); line.Addr == ""; {
		if err := log.Decode(&line); err != nil {
			t.Fatal(err, <-ended)
		}
	}
	go io.Copy(io.Discard, lines)
	for given, want := range map[string]int{token: 200, "another": 401} {
		r, _ := http.NewRequestWithContext(ctx, "GET", "http://"+line.Addr+"/stats", nil)
		r.Header.Set("Authorization", "Bearer "+given)
		answer, err := http.DefaultClient.Do(r)
		if err != nil || answer.StatusCode != want {
			t.Errorf("%s: %v %v", given, answer, err)
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
`

// After a failure halfway nothing is left that the next try would stumble over.
func TestNewLeavesNothingHalfMade(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "shop")
	require.Error(t, command.WriteProject(dir, "go.mod", "missing/main.go"))
	require.NoDirExists(t, dir)
	require.NoError(t, os.Mkdir(dir, 0o700))
	require.Error(t, command.WriteProject(dir, "go.mod", "missing/main.go"))
	require.DirExists(t, dir, "it was there before")
	require.NoError(t, command.WriteProject(dir, "go.mod", "main.go"))
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
		{[]string{"shop."}, 2, "is no path of a module"},
		{[]string{"example.com./shop"}, 2, "is no path of a module"},
		{[]string{"example.com/shop."}, 2, "is no path of a module"},
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
