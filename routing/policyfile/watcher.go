package policyfile

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"time"

	"github.com/djmessenger/messenger/routing"
)

// Watcher reads a policy file again when its content changes, and gives the policy to a
// running bot:
//
//	go func() { _ = policyfile.Watcher{FS: files, Name: "policy.yaml", Registry: reg, Set: bot.SetPolicy}.Run(ctx) }()
//
// It compares contents, so it also works on network file systems and where a file is
// replaced by a link, as Kubernetes does it. While the file is missing or has mistakes,
// the old policy stays in force. Each mistake is logged once, at level ERROR, and a file that
// cannot be read once, at WARN, until the file changes.
//
// A new content counts when two looks in a row have found it, since the first half of a
// file may be a policy too. A writer that pauses for longer than that has to write
// another file and rename it.
type Watcher struct {
	// Every is the time between two looks. Default: 2 seconds.
	Every time.Duration
	// FS has the file. Required.
	FS fs.FS
	// Logger gets mistakes and changes. Default: slog.Default().
	Logger *slog.Logger
	// Name is the file's name in FS. Required.
	Name string
	// Registry says which names the file may use. Default: [BuiltIn].
	Registry *Registry
	// Set takes the new policy, such as Bot.SetPolicy, or a function that calls Bot.SetPages.
	// Its error is logged once. Required.
	Set func(routing.Policy) error
}

// watchEvery is the default of Watcher.Every.
const watchEvery = 2 * time.Second

// Run looks now and every so often, until ctx ends; then it returns nil. The first look sets
// the policy, also if the bot has it already. It returns an error only if a required field is
// missing or the registry has mistakes.
func (w Watcher) Run(ctx context.Context) error {
	if w.FS == nil || w.Name == "" || w.Set == nil {
		return errors.New("policyfile: a Watcher needs FS, Name and Set")
	}
	if w.Every <= 0 {
		w.Every = watchEvery
	}
	if w.Logger == nil {
		w.Logger = slog.Default()
	}
	if w.Registry == nil {
		w.Registry = BuiltIn()
	}
	if err := w.Registry.Err(); err != nil {
		return err
	}
	watching := watching{Watcher: w}
	ticks := time.NewTicker(w.Every)
	defer ticks.Stop()
	for {
		watching.look(ctx)
		select {
		case <-ctx.Done():
			return nil
		case <-ticks.C:
		}
	}
}

// watching is a Watcher that runs.
type watching struct {
	Watcher

	looked  bool
	seen    []byte // the content that was taken last, good or not
	next    []byte // the content that the last look has found
	problem string // why the file cannot be read; "" if it can
}

// look sets the policy of the file if the content has changed.
func (w *watching) look(ctx context.Context) {
	content, err := readFile(w.FS, w.Name)
	if err != nil {
		if w.problem != err.Error() {
			w.problem = err.Error()
			w.Logger.WarnContext(ctx, "policy: cannot read the file; the old policy stays", "file", w.Name, "error", err)
		}
		return
	}
	changed := !w.looked || !bytes.Equal(content, w.seen)
	if w.problem != "" && !changed {
		w.Logger.InfoContext(ctx, "policy: the file can be read again; it has not changed", "file", w.Name)
	}
	w.problem = ""
	whole := !w.looked || bytes.Equal(content, w.next)
	w.next = content
	if !changed || !whole {
		return
	}
	w.looked, w.seen = true, content
	policy, err := w.Registry.Parse(w.Name, content)
	if err == nil {
		err = w.Set(policy)
	}
	mistakes, several := errors.AsType[Mistakes](err)
	switch {
	case err == nil:
		w.Logger.InfoContext(ctx, "policy: read", "file", w.Name)
	case several:
		for _, m := range mistakes {
			w.Logger.ErrorContext(ctx, "policy: mistake; the old policy stays", "at", m.Position.String(), "place", m.Place, "problem", m.Problem)
		}
	default:
		w.Logger.ErrorContext(ctx, "policy: refused; the old policy stays", "file", w.Name, "error", err)
	}
}
