//go:build linux || darwin

package sqlite //nolint:testpackage // it shares the descriptor of the lock

import (
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// A process that is started while the store is open shares its open files for
// a moment, the lock among them.
func TestStartingProcessKeepsNoLock(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "bot.db")
	owner, err := own(path)
	require.NoError(t, err)
	shared, err := syscall.Dup(int(owner.file.Fd()))
	require.NoError(t, err)
	defer func() { require.NoError(t, syscall.Close(shared)) }()
	_, err = own(path)
	var owned *OwnedError
	require.ErrorAs(t, err, &owned)
	require.NoError(t, owner.Close())
	owner, err = own(path)
	require.NoError(t, err)
	require.NoError(t, owner.Close())
}
