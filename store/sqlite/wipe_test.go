//go:build unix

package sqlite //nolint:testpackage // it chooses the pages that are overwritten

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/gormstore"
)

// sound fails the test if SQLite finds anything wrong with a database.
func sound(t *testing.T, db *sql.DB) {
	t.Helper()
	var verdict string
	require.NoError(t, db.QueryRowContext(t.Context(), "PRAGMA integrity_check").Scan(&verdict))
	require.Equal(t, "ok", verdict)
}

// A page of the pointer map may look like one of a B-tree with a gap in it.
func TestPointerMapHasNothingUnused(t *testing.T) {
	t.Parallel()
	// With pages of 1024 bytes the one that has SQLite's locks, 1048577, would be one of
	// the map, and the next one is it.
	for size, pages := range map[int][]int64{512: {2, 105, 208}, 1024: {2, 207, 1048372, 1048578}, 4096: {2, 822, 1642}, 65536: {2, 13110}} {
		data := make([]byte, size)
		copy(data, []byte{5, 0, 0, 0, 3, 1, 0, 0, 0, 4, 5}) // the parent of the first page is page 3
		count := func(l layout, page int64) (n int) {
			l.unused(page, data, func(int, int) { n++ })
			return n
		}
		mapped := layout{size: size, usable: size, mapped: true}
		for _, page := range pages {
			require.Zero(t, count(mapped, page), "page %d of %d bytes", page, size)
			require.Equal(t, 1, count(mapped, page+1), "the next page is none of the map")
			require.Equal(t, 1, count(layout{size: size, usable: size}, page), "a file without auto_vacuum has no pointer map")
		}
	}
}

// Every page can be overwritten where it is unused, however the file is divided.
func TestOverwritingPagesOfEveryKind(t *testing.T) {
	t.Parallel()
	k, _ := openKeeper(t)
	other, err := newPool(source(k.files.path, durable), k.files, 1)
	require.NoError(t, err)
	defer func() { require.NoError(t, other.Close()) }()
	exec := func(statement string, args ...any) {
		t.Helper()
		_, err := other.ExecContext(t.Context(), statement, args...)
		require.NoError(t, err, statement)
	}
	const tables, rows = 5, 400
	for i := range tables {
		exec(fmt.Sprintf("CREATE TABLE program%d (id INTEGER PRIMARY KEY, text TEXT, long BLOB)", i))
		exec(fmt.Sprintf("CREATE INDEX program%[1]d_text ON program%[1]d (substr(text, 1, 20))", i))
		exec(fmt.Sprintf(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
			INSERT INTO program%d SELECT i, hex(randomblob(1600)), zeroblob(CASE WHEN i %% 40 = 0 THEN 20000 END) FROM n`, rows, i))
	}
	content := func() (sum string) {
		t.Helper()
		for i := range tables {
			var part string
			require.NoError(t, other.QueryRowContext(t.Context(),
				fmt.Sprintf("SELECT group_concat(id || text || ifnull(length(long), 0)) FROM program%d", i)).Scan(&part))
			sum += part
		}
		return sum
	}
	before := content()
	for _, mode := range []string{"NONE", "FULL", "INCREMENTAL", "NONE"} {
		exec("PRAGMA auto_vacuum = " + mode)
		exec("VACUUM")
		exec("INSERT INTO program1 SELECT id + 10000, text, long FROM program0 WHERE id % 7 = 0")
		exec("DELETE FROM program1 WHERE id > 10000")
		require.NoError(t, k.truncate())
		info, err := k.files.db.Stat()
		require.NoError(t, err)
		var pages []int64
		for page := int64(1); page <= info.Size()/4096; page++ {
			pages = append(pages, page)
		}
		require.Greater(t, len(pages), 1700, "there are three pages of the pointer map")
		require.NoError(t, k.wipe(pages))
		sound(t, other)
		require.True(t, before == content(), "it is as it was") //nolint:testifylint // megabytes would be printed
		l, err := readLayout(k.files.db)
		require.NoError(t, err)
		soiled, err := l.soiled(k.files.db)
		require.NoError(t, err)
		require.Empty(t, soiled)
	}
}

// What writes and reads beside Forget finds the database whole, whatever its pages are
// and however the program changes it.
func TestForgettingBesideOtherConnections(t *testing.T) {
	t.Parallel()
	for _, size := range []int{512, 4096, 65536} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "bot.db")
			f, owner, err := prepare(path)
			require.NoError(t, err)
			first, err := newPool(source(f.path, settings{journal: "DELETE", synchronous: "FULL"}), f, 1)
			require.NoError(t, err)
			for _, statement := range []string{
				fmt.Sprint("PRAGMA page_size = ", size), "PRAGMA auto_vacuum = INCREMENTAL", "VACUUM",
				"CREATE TABLE program (id INTEGER PRIMARY KEY, text TEXT, long BLOB)", "CREATE INDEX program_text ON program (text)",
			} {
				_, err := first.ExecContext(t.Context(), statement)
				require.NoError(t, err)
			}
			require.NoError(t, first.Close())
			require.NoError(t, owner.Close())

			st, err := Open(path, gormstore.WithLogger(slog.New(slog.DiscardHandler)))
			require.NoError(t, err)
			db, err := st.DB().DB()
			require.NoError(t, err)
			ctx := context.WithoutCancel(t.Context())
			var beside sync.WaitGroup
			over := make(chan struct{})
			for range 2 {
				beside.Go(func() {
					for {
						select {
						case <-over:
							return
						default:
						}
						// As long as something else writes SQLite may refuse it; that is no damage.
						_, _ = db.ExecContext(ctx, "INSERT OR REPLACE INTO program VALUES (?, ?, ?)",
							rand.IntN(100), strings.Repeat("x", rand.IntN(300)), []byte(strings.Repeat("\x02\x05\x0a\x0d", rand.IntN(2000))))
						_, _ = db.ExecContext(ctx, "DELETE FROM program WHERE id % 7 = ?", rand.IntN(7))
						_, _ = db.ExecContext(ctx, "PRAGMA incremental_vacuum(3)")
						_, _ = db.ExecContext(ctx, "PRAGMA wal_checkpoint(PASSIVE)")
					}
				})
			}
			for i := range 40 {
				conv := store.Conversation{PageID: "page", PSID: fmt.Sprint(i % 8)}
				body := []byte(strings.Repeat(`"x"`, rand.IntN(500)))
				assert.NoError(t, st.Put(ctx, store.Event{Conversation: conv, Key: fmt.Sprint(i), Body: body}))
				assert.NoError(t, st.Apply(ctx, store.SaveMessage{Received: store.Received{PageID: "page", PSID: conv.PSID, Key: fmt.Sprint(i), Body: body}}))
				if i%4 == 3 {
					assert.NoError(t, st.Forget(ctx, conv))
				}
			}
			close(over)
			beside.Wait()
			assert.NoError(t, st.Forget(ctx, store.Conversation{PageID: "page", PSID: "0"}))
			var wiped int
			require.NoError(t, db.QueryRowContext(t.Context(), "SELECT wiped FROM messenger_sweeps").Scan(&wiped))
			require.Positive(t, wiped, "otherwise this tests nothing")
			sound(t, db)
			require.NoError(t, st.Close())
		})
	}
}

// A Forget that the end of the store overtakes returns. What is owed is done by then,
// or by the next Open.
func TestForgettingWhileTheStoreIsClosed(t *testing.T) {
	t.Parallel()
	for range 10 {
		st, err := Open(filepath.Join(t.TempDir(), "bot.db"), gormstore.WithLogger(slog.New(slog.DiscardHandler)))
		require.NoError(t, err)
		ctx := context.WithoutCancel(t.Context())
		var forgetting sync.WaitGroup
		begun := make(chan struct{}, 4)
		for i := range 4 {
			forgetting.Go(func() {
				begun <- struct{}{}
				if err := st.Forget(ctx, store.Conversation{PageID: "page", PSID: fmt.Sprint(i)}); err != nil {
					assert.ErrorIs(t, err, store.ErrClosed)
				}
			})
		}
		<-begun
		require.NoError(t, st.Close())
		forgetting.Wait()
	}
}
