//go:build linux

package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// process is a bot in a process of its own.
type process struct {
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	stdout *bufio.Reader
	stderr *bytes.Buffer
	url    string
}

// startProcess starts a bot and waits until it listens.
func startProcess(ctx context.Context, program string, environment ...string) (*process, error) {
	cmd := exec.CommandContext(ctx, program)
	cmd.Env = append(os.Environ(), environment...)
	p := &process{cmd: cmd, stderr: &bytes.Buffer{}}
	cmd.Stderr = p.stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.stdin, p.stdout = stdin, bufio.NewReader(stdout)
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	if p.url, err = p.line(); err != nil {
		return nil, errors.Join(fmt.Errorf("the bot did not start: %w", err), p.stop())
	}
	return p, nil
}

// cpu returns the CPU time that the process has used so far, user and system.
func (p *process) cpu() (time.Duration, error) {
	if _, err := io.WriteString(p.stdin, "\n"); err != nil {
		return 0, err
	}
	line, err := p.line()
	if err != nil {
		return 0, err
	}
	micros, err := strconv.ParseInt(line, 10, 64)
	return time.Duration(micros) * time.Microsecond, err
}

func (p *process) line() (string, error) {
	line, err := p.stdout.ReadString('\n')
	return strings.TrimSpace(line), err
}

// stop lets the process end and waits for it.
func (p *process) stop() error {
	err := p.stdin.Close()
	if ended := p.cmd.Wait(); ended != nil {
		err = errors.Join(err, fmt.Errorf("%w: %s", ended, bytes.TrimSpace(p.stderr.Bytes())))
	}
	return err
}
