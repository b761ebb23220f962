package chaos_test

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// process is a bot in a process of its own.
type process struct {
	t     *testing.T
	cmd   *exec.Cmd
	url   string
	stdin io.Closer
	log   *os.File
	ended chan struct{} // closed when it has ended and was waited for
}

// start starts a bot and waits until it listens. If it ends before that, as one
// does whose handler ends it, url is empty.
func start(t *testing.T, dsn, graphURL string, env ...string) *process {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	log, err := os.CreateTemp(t.TempDir(), "log")
	require.NoError(t, err)
	cmd := exec.Command(self)
	cmd.Env = append(append(os.Environ(), childVariable+"=bot", "CHAOS_DSN="+dsn, "CHAOS_GRAPH="+graphURL), env...)
	cmd.Stderr = log
	// In a group of its own, the system wakes a stopped process to its end
	// when the test's process is no more.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	stdin, err := cmd.StdinPipe()
	require.NoError(t, err)
	stdout, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	p := &process{t: t, cmd: cmd, stdin: stdin, log: log, ended: make(chan struct{})}
	lines := bufio.NewReader(stdout)
	line, _ := lines.ReadString('\n')
	p.url = strings.TrimSpace(line)
	go func() {
		_, _ = io.Copy(io.Discard, lines)
		_ = cmd.Wait()
		close(p.ended)
	}()
	t.Cleanup(func() {
		p.kill()
		if t.Failed() {
			t.Logf("process %d ended with:\n%s", p.pid(), p.tail(30))
		}
		_ = log.Close()
		_ = stdin.Close()
	})
	return p
}

func (p *process) pid() int { return p.cmd.Process.Pid }

// kill ends the process as kill -9 does, and waits for its end.
func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	<-p.ended
}

// stop lets the process end cleanly.
func (p *process) stop() {
	p.t.Helper()
	require.NoError(p.t, p.cmd.Process.Signal(syscall.SIGTERM))
	<-p.ended
	require.True(p.t, p.cmd.ProcessState.Success(), "%v\n%s", p.cmd.ProcessState, p.tail(30))
}

// pause stops the process where it is.
func (p *process) pause() { require.NoError(p.t, halt(p.pid())) }

// resume wakes a stopped process. One that was killed meanwhile stays dead: a handler may
// have announced its end just before the stop.
func (p *process) resume() {
	if err := p.cmd.Process.Signal(syscall.SIGCONT); !errors.Is(err, os.ErrProcessDone) {
		require.NoError(p.t, err)
	}
}

// halt stops a child process and waits until all of its threads stand still, or until
// it has ended. The signal alone returns before that: a thread that writes to the disk
// finishes the call first, and one on another processor may run on for a moment.
func halt(pid int) error {
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil && !errors.Is(err, syscall.ESRCH) {
		return err
	}
	const byPID = 1 // P_PID
	for {
		// WNOWAIT leaves an ended process to whoever started it.
		_, _, errno := syscall.Syscall6(syscall.SYS_WAITID, byPID, uintptr(pid), 0, syscall.WSTOPPED|syscall.WEXITED|syscall.WNOWAIT, 0, 0)
		switch errno {
		case 0, syscall.ECHILD: // ECHILD: it has ended, and was waited for
			return nil
		case syscall.EINTR:
		default:
			return errno
		}
	}
}

// said counts the lines of the log with a text in them.
func (p *process) said(text string) int {
	content, err := os.ReadFile(p.log.Name())
	require.NoError(p.t, err)
	return bytes.Count(content, []byte(text))
}

func (p *process) tail(lines int) string {
	content, err := os.ReadFile(p.log.Name())
	if err != nil {
		return err.Error()
	}
	all := strings.Split(strings.TrimSpace(string(content)), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}

// get asks a path of the bot and returns the status, or 0 if there was no
// answer, and what it says.
func (p *process) get(path string) (int, string) {
	resp, err := patient.Get(p.url + path)
	if err != nil {
		return 0, ""
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, ""
	}
	return resp.StatusCode, string(body)
}

// replicas are the addresses that callbacks go to.
type replicas struct {
	mu   sync.Mutex
	urls []string
}

func (r *replicas) set(urls ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.urls = slices.DeleteFunc(slices.Clone(urls), func(url string) bool { return url == "" })
}

func (r *replicas) all() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.urls
}

func tempDatabase(t *testing.T) string {
	t.Helper()
	return filepath.Join(t.TempDir(), "bot.db")
}
