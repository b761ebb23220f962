package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"
)

// How long a process may take. They are for a machine that has much else to do.
const (
	startTime  = 2 * time.Minute // until it listens, or says what it offers
	answerTime = 30 * time.Second
)

// process is a piece of software that runs, and speaks to the suite by lines: JSON on its file descriptor 3.
type process struct {
	cmd   *exec.Cmd
	in    io.WriteCloser
	lines chan json.RawMessage
	noise *noise
	done  chan struct{}
	end   error // after done
}

// way is how a process reaches the simulator.
type way string

const (
	byPreload way = "node.cjs"    // simulate env --shell node
	byProxy   way = "HTTPS_PROXY" // and NODE_EXTRA_CA_CERTS
)

// start runs a script by Node.js. The process ends with ctx.
func (k *kit) start(ctx context.Context, p *platform, by way, folder, dir, script string, env ...string) (*process, error) {
	command := fmt.Sprintf(`e="$(%s simulate env --shell node --simulator %s --ca-dir %s)" && eval "$e" && exec node %s`,
		quoted(k.messenger()), quoted(p.address), quoted(p.caDir), script)
	if by == byProxy {
		command = fmt.Sprintf(`e="$(%s simulate env --simulator %s)" && eval "$e" && exec node %s`, quoted(k.messenger()), quoted(p.address), script)
		env = append(env, "HTTPS_PROXY=http://"+p.address, "NODE_EXTRA_CA_CERTS="+filepath.Join(p.caDir, "bundle.pem"))
	}
	cmd := exec.CommandContext(ctx, "sh", "-c", command) //nolint:gosec // its words are quoted, and of this run
	cmd.Dir = dir
	cmd.Env = append(k.environment(), append(env, "NODE_PATH="+k.modules(folder), "NODE_OPTIONS=--require "+filepath.Join(k.root, "compat", "offline.cjs"))...)
	cmd.WaitDelay = 5 * time.Second
	noise := &noise{}
	cmd.Stdout, cmd.Stderr = noise, noise
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	read, write, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	cmd.ExtraFiles = []*os.File{write}
	err = cmd.Start()
	_ = write.Close()
	if err != nil {
		_ = read.Close()
		return nil, err
	}
	pr := &process{cmd: cmd, in: in, lines: make(chan json.RawMessage, 1000), noise: noise, done: make(chan struct{})}
	go pr.read(read)
	go func() {
		pr.end = cmd.Wait()
		close(pr.done)
	}()
	return pr, nil
}

// passedOn are the variables of this process that foreign code may see.
var passedOn = []string{"LANG", "LC_ALL", "PATH", "TMPDIR"}

// environment has what foreign code needs to run, and nothing of this process that is secret or would lead a client elsewhere: its home is a
// directory of this run, and it finds the Node.js of the kit.
func (k *kit) environment() []string {
	env := []string{"HOME=" + k.home()}
	for _, name := range passedOn {
		value, ok := os.LookupEnv(name)
		if name == "PATH" {
			value = filepath.Dir(k.node) + string(os.PathListSeparator) + value
		}
		if ok || name == "PATH" {
			env = append(env, name+"="+value)
		}
	}
	return env
}

func (p *process) read(from io.ReadCloser) {
	defer func() { _ = from.Close() }()
	defer close(p.lines)
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, 4<<20)
	for lines.Scan() {
		p.lines <- bytes.Clone(lines.Bytes())
	}
}

// next is the next line.
func (p *process) next(ctx context.Context, into any) error { return p.within(ctx, answerTime, into) }

// within is the next line, which comes within a time.
func (p *process) within(ctx context.Context, patience time.Duration, into any) error {
	late := time.NewTimer(patience)
	defer late.Stop()
	select {
	case line, ok := <-p.lines:
		if !ok {
			return p.died()
		}
		return json.Unmarshal(line, into)
	case <-late.C:
		return fmt.Errorf("nothing within %v; it wrote:\n%s", patience, p.noise)
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *process) died() error {
	<-p.done
	return fmt.Errorf("the process ended (%w); it wrote:\n%s", errors.Join(p.end), p.noise)
}

// stop ends the process and waits for that.
func (p *process) stop() {
	_ = p.in.Close()
	_ = p.cmd.Process.Kill() // one that has ended cannot be killed
	for range p.lines {      // so that the reader ends
	}
	<-p.done
}

// noise is the last part of what a process wrote, for the message of a failure.
type noise struct {
	mu   sync.Mutex
	text []byte
}

const noiseKept = 8 << 10

func (n *noise) Write(b []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.text = append(n.text, b...)
	n.text = n.text[max(0, len(n.text)-noiseKept):]
	return len(b), nil
}

func (n *noise) String() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return string(n.text)
}
