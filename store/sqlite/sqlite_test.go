package sqlite_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/gormstore"
	"github.com/djmessenger/messenger/store/internal/queuedump"
	"github.com/djmessenger/messenger/store/sqlite"
	"github.com/djmessenger/messenger/store/storetest"
)

// Whoever these tests write to, and a claim of all that waits.
var (
	ann   = store.Conversation{PageID: "page", PSID: "ann"}
	bob   = store.Conversation{PageID: "other page", PSID: "bob"}
	claim = store.Claim{Owner: "w", Conversations: 100, Events: 100, Background: 100, Suspects: store.Suspects{100, 100, 100}, TTL: time.Minute}
)

func TestStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, opts storetest.Options) store.Store {
		st, err := sqlite.Open(filepath.Join(t.TempDir(), "bot.db"), gormstore.WithClock(opts.Now), gormstore.WithBacklog(opts.Backlog))
		require.NoError(t, err)
		return queuedump.With(t, st)
	})
}
