package gormstore

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/djmessenger/messenger/store"
)

// Apply implements [store.Store].
func (s *Store) Apply(ctx context.Context, writes ...store.Write) error {
	if slices.ContainsFunc(writes, raises) {
		return errRaise
	}
	return s.operations.Apply(ctx, writes...)
}

// Commit implements [store.Queuer].
func (s *Store) Commit(ctx context.Context, outcome store.Outcome) ([]store.QueuedSend, error) {
	if slices.ContainsFunc(outcome.Writes, raises) {
		return nil, errRaise
	}
	return s.operations.Commit(ctx, outcome)
}

var errRaise = fmt.Errorf("gormstore: raised events: %w", errors.ErrUnsupported)

func raises(w store.Write) bool {
	switch w.(type) {
	case store.Raise, store.CancelRaise:
		return true
	}
	return false
}
