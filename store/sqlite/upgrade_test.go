package sqlite_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store/gormstore"
	"github.com/djmessenger/messenger/store/internal/upgradetest"
	"github.com/djmessenger/messenger/store/sqlite"
)

// A file that an older version has written loses nothing when it is opened.
func TestUpgrade(t *testing.T) {
	t.Parallel()
	open := func(t *testing.T, path string, now func() time.Time) *gormstore.Store {
		t.Helper()
		st, err := sqlite.Open(path, gormstore.WithClock(now))
		require.NoError(t, err)
		return st
	}
	cp := func(t *testing.T, from, to string) {
		t.Helper()
		content, err := os.ReadFile(from)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(to, content, 0o600))
	}
	upgradetest.Run(t, upgradetest.Database{
		Suffix: ".sqlite",
		New: func(t *testing.T, now func() time.Time) (*gormstore.Store, func(file string)) {
			t.Helper()
			path := filepath.Join(t.TempDir(), "bot.db")
			return open(t, path, now), func(file string) { cp(t, path, file) }
		},
		Load: func(t *testing.T, file string) func(now func() time.Time) *gormstore.Store {
			t.Helper()
			path := filepath.Join(t.TempDir(), "bot.db")
			cp(t, file, path)
			return func(now func() time.Time) *gormstore.Store { return open(t, path, now) }
		},
	})
}
