package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"sync"
	"syscall"
	"time"
)

const (
	// atATime is how many pieces of software run beside each other.
	atATime = 2
	// softwareTime is how long one of them may take in all, on a busy machine.
	softwareTime = 6 * time.Minute
)

func main() {
	update := flag.Bool("update", false, "write the tables of docs/compatibility.md anew")
	only := flag.String("only", "", "run this `NAME` alone, and print its results")
	install := flag.Bool("install", false, "install the software, and stop")
	verbose := flag.Bool("v", false, "print each call")
	flag.Parse()
	if err := untilInterrupted(settings{update: *update, only: *only, install: *install, verbose: *verbose}); err != nil {
		fmt.Fprintf(os.Stderr, "compat: %v\n", err)
		os.Exit(1)
	}
}

type settings struct {
	update, install, verbose bool
	only                     string
}

// untilInterrupted runs, and ends what was started on an interrupt.
func untilInterrupted(set settings) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return run(ctx, set)
}

func run(ctx context.Context, set settings) error {
	root, err := repository()
	if err != nil {
		return err
	}
	kit, err := newKit(ctx, root)
	if err != nil {
		return err
	}
	if set.install {
		return nil
	}
	if err := kit.build(ctx); err != nil {
		return err
	}
	defer kit.remove()
	start := time.Now()
	results, err := kit.runAll(ctx, set)
	if err != nil {
		return err
	}
	if set.only != "" {
		fmt.Print(results.tables())
		return nil
	}
	if err := results.settle(filepath.Join(root, "docs", "compatibility.md"), set.update); err != nil {
		return err
	}
	fmt.Printf("compat: %d clients and %d bots in %v, as in docs/compatibility.md\n", len(clients), len(bots), time.Since(start).Round(time.Second))
	return nil
}

// runAll runs everything that was asked for, a few at a time.
func (k *kit) runAll(ctx context.Context, set settings) (*results, error) {
	all := newResults()
	places := make(chan struct{}, atATime)
	var wait sync.WaitGroup
	var mu sync.Mutex
	var errs []error
	begin := func(name string, work func(context.Context) error) {
		if set.only != "" && set.only != name {
			return
		}
		wait.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			ctx, cancel := context.WithTimeoutCause(ctx, softwareTime, fmt.Errorf("%s took longer than %v", name, softwareTime))
			defer cancel()
			start := time.Now()
			err := work(ctx)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", name, errors.Join(err, context.Cause(ctx))))
			}
			fmt.Printf("%-28s %5.1f s\n", name, time.Since(start).Seconds())
		})
	}
	// The bots first: one of them leaves callbacks unanswered, each of which takes five seconds.
	for i := range bots {
		begin(bots[i].name, func(ctx context.Context) (err error) {
			all.bots[i], err = k.runBot(ctx, bots[i])
			return err
		})
	}
	for i := range clients {
		begin(clients[i].name, func(ctx context.Context) (err error) {
			all.clients[i], err = k.runClient(ctx, clients[i], set.verbose)
			return err
		})
	}
	wait.Wait()
	return all, errors.Join(errs...)
}

// repository is the folder of go.mod, above or at the working directory.
func repository() (string, error) {
	dir, err := os.Getwd()
	for err == nil {
		if _, missing := os.Stat(filepath.Join(dir, "go.mod")); missing == nil {
			return dir, nil
		}
		if filepath.Dir(dir) == dir {
			return "", errors.New("run this in a clone of the repository")
		}
		dir = filepath.Dir(dir)
	}
	return "", err
}
