package quickstart_test

import (
	"bufio"
	"bytes"
	"io"
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

// build compiles the quickstart and returns the path of the program.
func build(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "quickstart")
	cmd := exec.CommandContext(t.Context(), "go", "build", "-o", program, ".")
	cmd.Dir = "../../../examples/quickstart"
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "go build: %s", out)
	return program
}

// process is a quickstart that runs.
type process struct {
	url    string // of the chat page
	cmd    *exec.Cmd
	ended  chan struct{} // closed when it has, and how is known
	how    error
	stderr bytes.Buffer
}

// start runs the program on a free port and waits until it says where it is.
func start(t *testing.T, program, db string) *process {
	t.Helper()
	p := &process{ended: make(chan struct{})}
	p.cmd = exec.Command(program, "-addr", "127.0.0.1:0", "-db", db)
	p.cmd.Dir = t.TempDir()
	p.cmd.Stderr = &p.stderr
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "MESSENGER_") { // else it talks to the real platform
			p.cmd.Env = append(p.cmd.Env, variable)
		}
	}
	reader, writer, err := os.Pipe()
	require.NoError(t, err)
	p.cmd.Stdout = writer
	require.NoError(t, p.cmd.Start())
	require.NoError(t, writer.Close())
	go func() {
		p.how = p.cmd.Wait()
		close(p.ended)
	}()
	t.Cleanup(func() { p.stop(t) })

	require.NoError(t, reader.SetReadDeadline(time.Now().Add(time.Minute)))
	line, err := bufio.NewReader(reader).ReadString('\n')
	if err != nil {
		p.kill()
		require.NoError(t, err, "the quickstart has not said where it is: %s", &p.stderr)
	}
	go func() { _, _ = io.Copy(io.Discard, reader) }()
	p.url = regexp.MustCompile(`http://\S+`).FindString(line)
	require.NotEmpty(t, p.url, "no address in %q", line)
	return p
}

// stop ends the program as Ctrl-C does. It must end by itself, without an error
// and without having complained.
func (p *process) stop(t *testing.T) {
	t.Helper()
	select {
	case <-p.ended:
		return // by an earlier stop, or by a kill
	default:
	}
	require.NoError(t, p.cmd.Process.Signal(syscall.SIGINT))
	select {
	case <-p.ended:
		require.NoError(t, p.how, "the quickstart has ended: %s", &p.stderr)
		require.Empty(t, p.stderr.String(), "the quickstart has complained")
	case <-time.After(time.Minute):
		p.kill()
		require.Fail(t, "the quickstart does not end", "%s", &p.stderr)
	}
}

func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	<-p.ended
}
