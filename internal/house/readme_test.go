package house_test

import (
	"bufio"
	"bytes"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
)

// The bot in the README builds where a user would build it: in a module of their
// own, without a C compiler, and with nothing but what the library requires.
func TestTheBotOfTheREADMEBuildsOutsideTheCheckout(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile(filepath.Join(root(t), "README.md"))
	require.NoError(t, err)
	blocks := regexp.MustCompile("(?ms)^```go\n(package main\n.*?)^```$").FindAllSubmatch(readme, -1)
	require.Len(t, blocks, 1, "the README has one bot: a block that starts with ```go and package main")

	dir := t.TempDir()
	write := func(name string, content []byte) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), content, 0o600))
	}
	sums, err := os.ReadFile(filepath.Join(root(t), "go.sum"))
	require.NoError(t, err)
	// Any free port: tests of other packages have ports too.
	write("main.go", bytes.Replace(blocks[0][1], []byte(`":8080"`), []byte(`"127.0.0.1:0"`), 1))
	write("go.sum", sums)
	write("go.mod", []byte("module example.com/bot\n\ngo 1.26.0\n\n"+
		"require "+module+" v0.0.0\n\n"+
		"replace "+module+" => "+root(t)+"\n"))

	// Looking up what the library links brings it to this machine. From then on
	// nothing may be fetched: nothing else is needed.
	list(t, "-deps", ".")
	env := []string{"CGO_ENABLED=0", "GOWORK=off", "GOPROXY=off", "GOFLAGS=" + os.Getenv("GOFLAGS") + " -mod=mod"}
	run(t, dir, env, "go", "vet", ".")
	run(t, dir, env, "go", "build", "-o", "bot", ".")
	stopCleanly(t, dir)
}

// The first bot that someone runs answers what people write, not only the bare word.
func TestTheFirstBotsAnswerAGreetingWithPunctuation(t *testing.T) {
	t.Parallel()
	greeting := regexp.MustCompile("handling\\.SimpleText\\{Pattern: `([^`]*)`\\}")
	for _, name := range []string{"README.md", "doc.go", "examples/production/bot.go", "examples/quickstart/bot.go"} {
		content, err := os.ReadFile(filepath.Join(root(t), filepath.FromSlash(name)))
		require.NoError(t, err)
		found := greeting.FindSubmatch(content)
		require.NotNil(t, found, name)
		text := handling.TextBase{Pattern: string(found[1])}
		for said, want := range map[string]bool{"hi": true, "Hi!": true, "hello.": true, "HELLO !!": true, "hi 👋": true, "hippo": false, "oh hi": false} {
			require.Equal(t, want, text.ShouldHandle(t.Context(), &receiving.Event{Payload: &receiving.Message{Text: said}}), "%s: %q", name, said)
		}
	}
}

// stopCleanly starts the bot, stops it as a service manager does, and requires
// that it reports success and no error.
func stopCleanly(t *testing.T, dir string) {
	t.Helper()
	bot := exec.Command("./bot")
	bot.Dir = dir
	bot.Env = append(os.Environ(), "MESSENGER_APP_SECRET=secret", "MESSENGER_VERIFY_TOKEN=verify", "MESSENGER_PAGE_TOKEN=token")
	stderr, err := bot.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, bot.Start())
	t.Cleanup(func() { _ = bot.Process.Kill() })
	lines := bufio.NewReader(stderr)
	first, err := lines.ReadString('\n') // the warning about the store in memory: the bot is there
	require.NoError(t, err, first)
	require.NoError(t, bot.Process.Signal(syscall.SIGTERM))
	rest, err := io.ReadAll(lines)
	require.NoError(t, err)
	require.NoError(t, bot.Wait(), "%s%s", first, rest)
	require.NotContains(t, string(rest), "<nil>")
}

// Run returns nil after a clean stop, which log.Fatal would print and exit with 1.
func TestNoCodeTakesACleanStopForAnError(t *testing.T) {
	t.Parallel()
	misleading := regexp.MustCompile(`log\.(Fatal|Panic|Print)\w*\([^()]*\.Run\(`)
	top, err := os.OpenRoot(root(t))
	require.NoError(t, err)
	t.Cleanup(func() { _ = top.Close() })
	files := 0
	err = fs.WalkDir(top.FS(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() || path.Ext(name) != ".go" && path.Ext(name) != ".md" {
			return err
		}
		files++
		content, err := fs.ReadFile(top.FS(), name)
		require.NotRegexp(t, misleading, string(content), "%s: Run returns nil after a clean stop; log its error only if there is one", name)
		return err
	})
	require.NoError(t, err)
	require.Greater(t, files, 50, "the walk has missed the repository")
}
