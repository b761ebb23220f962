package gormstore

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/internal/database"
)

func putTo(t *testing.T, pageID string) *queue.Operation {
	t.Helper()
	conv := store.Conversation{PageID: pageID, PSID: "person"}
	op, err := queue.Put([]store.Event{{Conversation: conv, Key: pageID}})
	require.NoError(t, err)
	return op
}

// together does operations in one group, the first one of the writer: the writer is in a transaction until all wait.
func together(t *testing.T, f *fakeDatabase, w *writer, ops ...*queue.Operation) []error {
	t.Helper()
	hold := make(chan struct{})
	f.begin = func(n int) error {
		if n == 0 {
			<-hold
		}
		return nil
	}
	errs := make([]error, len(ops))
	var doing sync.WaitGroup
	doing.Go(func() { _ = w.do(context.Background(), putTo(t, "first")) })
	synctest.Wait()
	for i, op := range ops {
		doing.Go(func() { errs[i] = w.do(context.Background(), op) })
	}
	synctest.Wait()
	close(hold)
	doing.Wait()
	return errs
}

// doubtful reports whether it is unknown how many events wait.
func doubtful(w *writer) bool {
	w.backlog.mu.Lock()
	defer w.backlog.mu.Unlock()
	return w.backlog.stale
}

func TestOperationsThatWaitShareATransaction(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := &fakeDatabase{}
		w := f.writer(t, database.Database{})
		var ops []*queue.Operation
		for i := range groupSize + 10 {
			ops = append(ops, putTo(t, fmt.Sprint(i)))
		}
		for _, err := range together(t, f, w, ops...) {
			require.NoError(t, err)
		}
		require.Len(t, f.groups, 3)
		require.Len(t, f.groups[1], groupSize)
		require.Len(t, f.groups[2], 10)
	})
}

func TestAnOperationThatFailsDoesNotAffectOthers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := &fakeDatabase{}
		w := f.writer(t, database.Database{})
		var ops []*queue.Operation
		for i := range 100 {
			pageID := fmt.Sprint(i)
			if i == 37 {
				pageID = poison
			}
			ops = append(ops, putTo(t, pageID))
		}
		for i, err := range together(t, f, w, ops...) {
			if i == 37 {
				require.ErrorIs(t, err, errPoison)
			} else {
				require.NoError(t, err)
			}
		}
		require.LessOrEqual(t, len(f.groups), 2+2*7, "halves, not one at a time")
		require.Zero(t, f.discarded)
	})
}

// An echo whose key the database refuses fails the transaction before anything of its group was read.
func TestAnEchoThatFailsDoesNotAffectOthers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := &fakeDatabase{}
		w := f.writer(t, database.Database{Refused: func(err error) bool { return errors.Is(err, errPoison) }})
		echo, err := queue.Put([]store.Event{{Key: "echo", EchoOf: poison}})
		require.NoError(t, err)
		errs := together(t, f, w, putTo(t, "a"), echo, putTo(t, "b"))
		require.NoError(t, errs[0])
		require.ErrorIs(t, errs[1], errPoison)
		require.NoError(t, errs[2])
		require.Zero(t, f.discarded)
	})
}

// A group that loses its connection is not tried in halves: each half would lose another one.
func TestALostConnectionFailsTheWholeGroup(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := &fakeDatabase{commit: func(n int) error {
			if n == 1 {
				return errLost
			}
			return nil
		}}
		w := f.writer(t, database.Database{})
		for _, err := range together(t, f, w, putTo(t, "a"), putTo(t, "b"), putTo(t, "c")) {
			require.ErrorIs(t, err, errLost)
			require.ErrorContains(t, err, "store: commit")
		}
		require.Len(t, f.groups, 2)
		require.Equal(t, 1, f.discarded)
		require.True(t, doubtful(w), "it may have committed")
		require.NoError(t, w.do(t.Context(), putTo(t, "d")))
		require.Equal(t, 2, f.connections)
	})
}

// A COMMIT that the database itself refused, as for a deferred constraint, is the fault of one operation.
func TestARefusedCommitIsTriedInHalves(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := &fakeDatabase{}
		refused := errors.New("constraint")
		f.commit = func(n int) error {
			f.mu.Lock()
			defer f.mu.Unlock()
			for _, conv := range f.groups[n] {
				if conv.PageID == "b" {
					return refused
				}
			}
			return nil
		}
		w := f.writer(t, database.Database{Refused: func(err error) bool { return errors.Is(err, refused) }})
		errs := together(t, f, w, putTo(t, "a"), putTo(t, "b"), putTo(t, "c"))
		require.NoError(t, errs[0])
		require.ErrorIs(t, errs[1], refused)
		require.NoError(t, errs[2])
		require.False(t, doubtful(w))
	})
}

func TestATransactionThatOthersAbortIsTriedAgain(t *testing.T) {
	t.Parallel()
	deadlock := errors.New("deadlock")
	for name, test := range map[string]struct {
		failures int
		fails    bool
	}{
		"that succeeds in the end": {failures: tries - 1},
		"that never succeeds":      {failures: 1000, fails: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := &fakeDatabase{commit: func(n int) error {
				if n < test.failures {
					return deadlock
				}
				return nil
			}}
			is := func(err error) bool { return errors.Is(err, deadlock) }
			w := f.writer(t, database.Database{Again: is, Refused: is})
			err := w.do(t.Context(), putTo(t, "a"))
			require.Equal(t, test.fails, err != nil)
			require.Len(t, f.groups, tries)
			require.Equal(t, f.rollbacks, min(test.failures, tries))
		})
	}
}

// Two outcomes of one conversation are validated against one row, so they cannot share a transaction.
func TestAGroupHasOneOutcomeOfAConversation(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := &fakeDatabase{}
		w := f.writer(t, database.Database{})
		var ops []*queue.Operation
		for i := range 6 {
			lease := store.LeaseID{Conversation: store.Conversation{PageID: "page", PSID: fmt.Sprint(i % 2)}, Token: int64(i)}
			op, err := queue.Commit(store.Outcome{Lease: lease}, api)
			require.NoError(t, err)
			ops = append(ops, op)
		}
		for _, err := range together(t, f, w, ops...) {
			require.ErrorIs(t, err, store.ErrFenced)
		}
		outcomes := 0
		for _, group := range f.groups[1:] {
			seen := map[store.Conversation]bool{}
			for _, conv := range group {
				require.False(t, seen[conv])
				seen[conv] = true
				outcomes++
			}
		}
		require.Equal(t, 6, outcomes)
	})
}

func TestAnOperationThatMustBeAloneIsAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := &fakeDatabase{}
		w := f.writer(t, database.Database{})
		for _, err := range together(t, f, w, putTo(t, "a"), queue.Touch(), putTo(t, "b"), queue.Touch()) {
			require.NoError(t, err)
		}
		alone := 0
		for _, group := range f.groups[1:] {
			if len(group) == 0 {
				alone++
			}
		}
		require.Equal(t, 2, alone)
	})
}

// The operation of a caller that has left is dropped if it has not begun, and the others take effect.
func TestAnOperationWhoseCallerHasLeftIsDropped(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		hold := make(chan struct{})
		f := &fakeDatabase{begin: func(n int) error {
			if n == 0 {
				<-hold
			}
			return nil
		}}
		w := f.writer(t, database.Database{Writers: 2, Cluster: lonely{}})
		f.begin = func(int) error {
			<-hold
			return nil
		}
		ctx, cancel := context.WithCancel(t.Context())
		var doing sync.WaitGroup
		doing.Go(func() { _ = w.do(context.Background(), putTo(t, "first")) })
		doing.Go(func() { _ = w.do(context.Background(), putTo(t, "second")) })
		synctest.Wait()
		doing.Go(func() {
			if err := w.do(ctx, putTo(t, "left")); !errors.Is(err, context.Canceled) {
				t.Errorf("got %v", err)
			}
		})
		doing.Go(func() { _ = w.do(context.Background(), putTo(t, "stays")) })
		synctest.Wait()
		cancel()
		synctest.Wait()
		close(hold)
		doing.Wait()
		var pages []string
		for _, group := range f.groups {
			for _, conv := range group {
				pages = append(pages, conv.PageID)
			}
		}
		require.ElementsMatch(t, []string{"first", "second", "stays"}, pages)
	})
}

// lonely is a cluster without another process.
type lonely struct{}

func (lonely) Notify()                               {}
func (lonely) Watch(context.Context, func(), func()) {}
