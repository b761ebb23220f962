package sqlite //nolint:testpackage // no option of Open gives the settings that it must refuse

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSettingsAreReadBack(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		set  settings
		want string
	}{
		{settings{journal: "WAL", synchronous: "NORMAL"}, "synchronous is 1"},
		{settings{journal: "WAL", synchronous: "OFF"}, "synchronous is 0"},
		{settings{journal: "DELETE", synchronous: "FULL"}, `journal_mode is "delete"`},
	} {
		path := filepath.Join(t.TempDir(), "bot.db")
		for range 2 {
			_, err := open(path, c.set, nil)
			require.ErrorContains(t, err, c.want)
		}
	}
}

func TestEachConnectionIsDurable(t *testing.T) {
	t.Parallel()
	f, owner, err := prepare(filepath.Join(t.TempDir(), "bot.db"))
	require.NoError(t, err)
	db, err := connect(f, settings{journal: "WAL", synchronous: "FULL"})
	require.NoError(t, err)
	for range 2 {
		opened, err := db.Connect(t.Context())
		require.NoError(t, err)
		writes, ok := opened.(*conn)
		require.True(t, ok)
		for pragma, want := range map[string]string{
			"synchronous": "2", "journal_mode": "wal", "foreign_keys": "1", "busy_timeout": "5000",
			"secure_delete": "1", "journal_size_limit": fmt.Sprint(journalLimit), "wal_autocheckpoint": fmt.Sprint(checkpoint),
		} {
			var got string
			require.NoError(t, writes.sql.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got))
			require.Equal(t, want, got, pragma)
			require.NoError(t, db.Pool.Raw("PRAGMA "+pragma).Row().Scan(&got))
			require.Equal(t, want, got, "%s of the pool", pragma)
		}
		writes.Close()
	}
	require.NoError(t, db.Close())
	require.NoError(t, owner.Close())
}
