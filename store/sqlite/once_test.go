package sqlite_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store/sqlite"
)

// Work that a process did not finish does not wait for its lease when the next process opens the file. What was done stays done.
func TestUnfinishedWorkBeginsAnewWithTheNextProcess(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "bot.db")
	st, err := sqlite.Open(path)
	require.NoError(t, err)
	first, err := st.StartOnce(t.Context(), "menu", "1", time.Hour)
	require.NoError(t, err)
	require.NotZero(t, first.Token)
	done, err := st.StartOnce(t.Context(), "token", "1", time.Hour)
	require.NoError(t, err)
	require.NoError(t, st.EndOnce(t.Context(), "token", "1", done.Token, true))
	require.NoError(t, st.Close())

	st, err = sqlite.Open(path)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, st.Close()) })
	second, err := st.StartOnce(t.Context(), "menu", "1", time.Hour)
	require.NoError(t, err)
	require.Greater(t, second.Token, first.Token)
	again, err := st.StartOnce(t.Context(), "token", "1", time.Hour)
	require.NoError(t, err)
	require.True(t, again.Done)
}
