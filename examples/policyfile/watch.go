package main

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"time"

	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/routing/policyfile"
)

// watcher reads a policy file again when it has changed. It looks at the content, so
// that it also works where a file is replaced by a link, as Kubernetes does it, and on
// network file systems.
type watcher struct {
	files    fs.FS
	name     string
	registry *policyfile.Registry
	set      func(routing.Policy) error // Bot.SetPolicy
	log      *slog.Logger

	seen []byte // the content that was read last, good or not
}

// run looks every so often, until ctx ends.
func (w *watcher) run(ctx context.Context, every time.Duration) {
	ticks := time.NewTicker(every)
	defer ticks.Stop()
	for {
		w.look()
		select {
		case <-ctx.Done():
			return
		case <-ticks.C:
		}
	}
}

// look sets the policy of the file if that has changed. A broken file leaves the old
// policy in place, and its mistakes are logged once.
func (w *watcher) look() {
	content, err := fs.ReadFile(w.files, w.name)
	if err != nil {
		w.log.Warn("policy: cannot read the file; the old policy stays", "error", err)
		return
	}
	if bytes.Equal(content, w.seen) {
		return
	}
	w.seen = content
	policy, err := w.registry.Parse(w.name, content)
	if err == nil {
		err = w.set(policy)
	}
	mistakes, several := errors.AsType[policyfile.Mistakes](err)
	switch {
	case err == nil:
		w.log.Info("policy: read", "file", w.name)
	case several:
		for _, m := range mistakes {
			w.log.Error("policy: mistake; the old policy stays", "at", m.Position.String(), "place", m.Place, "problem", m.Problem)
		}
	default:
		w.log.Error("policy: refused; the old policy stays", "error", err)
	}
}
