// Command policyfile is a bot whose routing policy is a file, which is read again when
// it changes. It has a handler of its own, which the file names.
//
//	go run ./examples/policyfile serve policy.yaml
//	go run ./examples/policyfile policy check policy.yaml
//	go run ./examples/policyfile policy explain policy.yaml --text "order 4711"
//
// The second and third are package command with this program's registry. Serving needs
// the variables of messenger.ConfigFromEnv.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/command"
	"github.com/djmessenger/messenger/routing/policyfile"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run serves, or runs the command, and returns the exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	if len(args) == 0 || args[0] != "serve" {
		config := command.Config{Name: "policyfile", Registry: registry(), Out: stdout, Err: stderr}
		return command.Run(ctx, config, args)
	}
	if len(args) != 2 {
		fmt.Fprintln(stderr, "policyfile: serve takes one policy file: policyfile serve policy.yaml")
		return command.Usage
	}
	log := slog.New(slog.NewTextHandler(stderr, nil))
	if err := serve(ctx, log, args[1]); err != nil {
		log.Error("ended", "error", err)
		return command.Mistakes
	}
	return command.OK
}

// serve runs the bot until ctx ends.
func serve(ctx context.Context, log *slog.Logger, path string) error {
	config, err := messenger.ConfigFromEnv()
	if err != nil {
		return err
	}
	reg, files, name := registry(), os.DirFS(filepath.Dir(path)), filepath.Base(path)
	if config.Policy, err = reg.Load(files, name); err != nil {
		return err // nothing starts on a broken policy
	}
	config.Logger = log
	bot, err := messenger.New(config)
	if err != nil {
		return err
	}
	w := policyfile.Watcher{FS: files, Name: name, Registry: reg, Set: bot.SetPolicy, Logger: log}
	go func() { _ = w.Run(ctx) }() // whose errors are those of its fields

	server := &http.Server{
		Addr: ":8080", Handler: bot,
		ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10,
	}
	failed := make(chan error, 1)
	go func() { failed <- server.ListenAndServe() }()
	ctx, cancel := context.WithCancelCause(ctx)
	go func() { cancel(<-failed) }()
	err = bot.Run(ctx) // nil after a clean stop
	if cause := context.Cause(ctx); err == nil && !errors.Is(cause, context.Canceled) {
		err = cause
	}
	return errors.Join(err, server.Close())
}
