package gormstore

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/internal/database"
)

// A conversation that another transaction has locked for long costs its group one wait for the group and one for itself, however many
// operations there are.
func TestALockedConversationDelaysOthersOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := &fakeDatabase{}
		w := f.writer(t, database.Database{LockTimeout: func(err error) bool { return errors.Is(err, errPoison) }})
		var ops []*queue.Operation
		for i := range 60 {
			pageID := fmt.Sprint(i)
			if i%10 == 0 {
				pageID = poison
			}
			ops = append(ops, putTo(t, pageID))
		}
		waits := 0
		for i, err := range together(t, f, w, ops...) {
			if i%10 == 0 {
				require.ErrorIs(t, err, errPoison)
			} else {
				require.NoError(t, err)
			}
		}
		for _, group := range f.groups {
			if slices.Contains(group, store.Conversation{PageID: poison, PSID: "person"}) {
				waits++
			}
		}
		require.Equal(t, 2, waits)
	})
}

// A group that what keeps out all transactions has failed, such as a migration, is not divided: each part would wait again.
func TestAGroupThatAMigrationKeepsOutIsNotDivided(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		is := func(err error) bool { return errors.Is(err, errPoison) }
		f := &fakeDatabase{}
		w := f.writer(t, database.Database{LockTimeout: is, Blocked: is})
		for i, err := range together(t, f, w, putTo(t, "1"), putTo(t, poison), putTo(t, "2")) {
			require.ErrorIs(t, err, errPoison, i)
		}
		waits := slices.DeleteFunc(slices.Clone(f.groups), func(group []store.Conversation) bool {
			return !slices.Contains(group, store.Conversation{PageID: poison, PSID: "person"})
		})
		require.Len(t, waits, 1)
	})
}
