package command_test

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/command"
	"github.com/djmessenger/messenger/receiving"
)

// full is a writer with no space left.
type full struct{ room int }

func (f *full) Write(p []byte) (int, error) {
	if len(p) > f.room {
		return 0, errors.New("no space left on device")
	}
	f.room -= len(p)
	return len(p), nil
}

// A result that is not written whole is not taken for one.
func TestResultsThatAreCutShort(t *testing.T) {
	t.Parallel()
	path := file(t, "good.yaml", good)
	for _, args := range [][]string{
		{"policy", "check", path},
		{"policy", "check", "--json", path},
		{"policy", "explain", "--text", "x"},
		{"policy", "explain", "--text", "x", "--json"},
		{"policy", "schema"},
		{"policy", "dump"},
		{"policy", "--help"},
	} {
		var errs strings.Builder
		code := command.Run(t.Context(), command.Config{Out: &full{room: 10}, Err: &errs, In: strings.NewReader("")}, args)
		require.Equal(t, 1, code, args)
		require.Contains(t, errs.String(), "messenger: ")
		require.Contains(t, errs.String(), "no space left on device")
	}
}

// A file that cannot be read is one mistake of several.
func TestCheckGoesOnAfterAFileThatCannotBeRead(t *testing.T) {
	t.Parallel()
	path, folder := file(t, "good.yaml", good), t.TempDir()
	got := run(t, command.Config{}, "policy", "check", "none.yaml", path, folder)
	require.Equal(t, 1, got.code)
	require.Equal(t, path+": ok, 1 route under 1 type\n", got.out)
	require.Equal(t, "open none.yaml: no such file or directory\nread "+folder+": is a directory\n", got.err)

	got = run(t, command.Config{}, "policy", "check", "--json", "none.yaml", path)
	require.Equal(t, 1, got.code)
	require.Empty(t, got.err)
	require.JSONEq(t, `{"ok": false, "files": [
		{"file": "none.yaml", "ok": false, "types": 0, "routes": 0, "mistakes": [{"problem": "open none.yaml: no such file or directory", "warning": false}]},
		{"file": "`+path+`", "ok": true, "types": 1, "routes": 1, "mistakes": []}]}`, got.out)
}

func TestEventThatIsTooLarge(t *testing.T) {
	t.Parallel()
	in := strings.NewReader(`{"message": "` + strings.Repeat("x", receiving.DefaultMaxBody) + `"}`)
	got := run(t, command.Config{In: in}, "policy", "explain", "--event", "-")
	require.Equal(t, 1, got.code)
	require.Equal(t, "messenger: the event in - has more than 4194304 bytes\n", got.err)
}

// The JSON that docs/command.md shows is what the command writes.
func TestJSONOfTheGuide(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile("../docs/command.md")
	require.NoError(t, err)
	var blocks []string
	for _, part := range strings.Split(string(guide), "```json\n")[1:] {
		block, _, _ := strings.Cut(part, "```")
		blocks = append(blocks, block)
	}
	require.Len(t, blocks, 2)

	policy := "routers: [{type: SIMPLE_TEXT, handlers: [{name: SimpelText, route: greet}]}]"
	got := run(t, command.Config{In: strings.NewReader(policy)}, "policy", "check", "--json", "-")
	require.JSONEq(t, blocks[0], got.out)
	got = run(t, command.Config{In: strings.NewReader(good)}, "policy", "explain", "-", "--text", "hi", "--json")
	require.JSONEq(t, blocks[1], got.out)
}

// started reads the standard input, and closes the standard output as a sign of it.
type started struct{}

func (started) Read(p []byte) (int, error) {
	_ = os.Stdout.Close()
	return os.Stdin.Read(p)
}

// An interrupt ends a command that waits for its input.
func TestInterruptWhileReading(t *testing.T) {
	t.Parallel()
	if os.Getenv("MESSENGER_TEST_COMMAND_READS") != "" {
		os.Args = []string{"messenger", "policy", "check", "-"}
		os.Exit(command.Main(command.Config{In: started{}}))
	}
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestInterruptWhileReading$")
	child.Env = append(os.Environ(), "MESSENGER_TEST_COMMAND_READS=1")
	in, err := child.StdinPipe()
	require.NoError(t, err)
	defer in.Close()
	out, err := child.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, child.Start())
	_, err = io.ReadAll(out) // until it reads
	require.NoError(t, err)
	require.NoError(t, child.Process.Signal(os.Interrupt))
	require.Error(t, child.Wait())
	require.False(t, child.ProcessState.Exited(), "by the signal, not with an exit code: %s", child.ProcessState)
}
