//go:build linux

package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime"
	"runtime/pprof"
	"strconv"
	"syscall"
	"time"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/secret"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
	"github.com/djmessenger/messenger/store/postgres"
	"github.com/djmessenger/messenger/store/sqlite"
)

// The environment of a bot's process.
const (
	botVariable      = "MESSENGER_COST_BOT" // one of the kinds
	databaseVariable = "MESSENGER_COST_DATABASE"
	graphVariable    = "MESSENGER_COST_GRAPH"
	profileVariable  = "MESSENGER_COST_PROFILE"
	workersVariable  = "MESSENGER_COST_WORKERS"
)

// The kinds of bots.
const (
	kindFloor    = "floor"
	kindMemory   = "memory"
	kindPostgres = "postgres"
	kindSQLite   = "sqlite"
)

const (
	appSecret   = "cost-app-secret"
	pageToken   = "cost-page-token"
	verifyToken = "cost-verify-token" //nolint:gosec // of no app
	echoed      = "you said "
)

// serveBot is the process of a bot. It writes its address, then, for each line that it reads, the CPU time that its
// process has used so far, in microseconds. It ends when in ends.
func serveBot(kind string, in io.Reader, out io.Writer) error {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	handler, finish, err := newBot(ctx, kind)
	if err != nil {
		return err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10,
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	endProfile, err := profile()
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintln(out, "http://"+listener.Addr().String())
	for lines := bufio.NewScanner(in); lines.Scan(); {
		var used syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
			return err
		}
		_, _ = fmt.Fprintln(out, (time.Duration(used.Utime.Nano()) + time.Duration(used.Stime.Nano())).Microseconds())
	}
	err = endProfile()
	stop()
	err = errors.Join(err, server.Close(), finish())
	if ended := <-served; !errors.Is(ended, http.ErrServerClosed) {
		err = errors.Join(err, ended)
	}
	return err
}

// newBot returns the webhook of a bot that runs until ctx ends, and a function that waits for its end.
func newBot(ctx context.Context, kind string) (http.Handler, func() error, error) {
	graphURL, database := os.Getenv(graphVariable), os.Getenv(databaseVariable)
	if kind == kindFloor {
		return newFloor(graphURL), func() error { return nil }, nil
	}
	st, closeStore, err := openStore(kind, database)
	if err != nil {
		return nil, nil, err
	}
	workers, _ := strconv.Atoi(os.Getenv(workersVariable)) // none: the default
	bot, err := messenger.New(messenger.Config{
		Apps:        messenger.App(appSecret),
		GraphURL:    graphURL,
		Logger:      slog.New(slog.DiscardHandler),
		Policy:      routing.Policy{receiving.TypeSimpleText: {{Name: "echo", Handler: handling.Func(echo)}}},
		Store:       st,
		Tokens:      graph.PageToken(pageToken),
		VerifyToken: secret.New(verifyToken),
		Workers:     workers,
	})
	if err != nil {
		return nil, nil, errors.Join(err, closeStore())
	}
	ran := make(chan error, 1)
	go func() { ran <- bot.Run(ctx) }()
	return bot, func() error { return errors.Join(<-ran, closeStore()) }, nil
}

func echo(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
	return reply.Reply(ctx, sending.Text(echoed+ev.Text()))
}

func openStore(kind, database string) (store.Store, func() error, error) {
	switch kind {
	case kindMemory:
		return memory.New(memory.Config{}), func() error { return nil }, nil
	case kindSQLite:
		st, err := sqlite.Open(database)
		if err != nil {
			return nil, nil, err
		}
		return st, st.Close, nil
	case kindPostgres:
		st, err := postgres.Open(database)
		if err != nil {
			return nil, nil, err
		}
		return st, st.Close, nil
	}
	return nil, nil, fmt.Errorf("no bot is a %q", kind)
}

// profile starts the profiles that the environment asks for, and returns a function that writes them.
func profile() (func() error, error) {
	path := os.Getenv(profileVariable)
	if path == "" {
		return func() error { return nil }, nil
	}
	cpu, err := os.Create(path + ".cpu") //nolint:gosec // the user of this program names it
	if err != nil {
		return nil, err
	}
	allocs, err := os.Create(path + ".allocs") //nolint:gosec // the user of this program names it
	if err != nil {
		return nil, errors.Join(err, cpu.Close())
	}
	if err := pprof.StartCPUProfile(cpu); err != nil {
		return nil, errors.Join(err, cpu.Close(), allocs.Close())
	}
	return func() error {
		pprof.StopCPUProfile()
		runtime.GC() // so that the profile of allocations has the last ones
		return errors.Join(pprof.Lookup("allocs").WriteTo(allocs, 0), cpu.Close(), allocs.Close())
	}, nil
}
