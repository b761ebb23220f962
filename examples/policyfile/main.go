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
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/command"
)

func main() {
	if len(os.Args) != 3 || os.Args[1] != "serve" {
		os.Exit(command.Main(command.Config{Name: "policyfile", Registry: registry()}))
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := serve(ctx, log, os.Args[2])
	stop()
	if err != nil {
		log.Error("ended", "error", err)
		os.Exit(1)
	}
}

// serve runs the bot until ctx ends.
func serve(ctx context.Context, log *slog.Logger, path string) error {
	config, err := messenger.ConfigFromEnv()
	if err != nil {
		return err
	}
	files, name := os.DirFS(filepath.Dir(path)), filepath.Base(path)
	if config.Policy, err = registry().Load(files, name); err != nil {
		return err // nothing starts on a broken policy
	}
	config.Logger = log
	bot, err := messenger.New(config)
	if err != nil {
		return err
	}
	w := &watcher{files: files, name: name, registry: registry(), set: bot.SetPolicy, log: log}
	go w.run(ctx, 2*time.Second)

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
