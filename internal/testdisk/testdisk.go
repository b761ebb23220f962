//go:build linux

package testdisk

import (
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Variable names the environment variable with a directory on the disk to
// measure, for machines whose directory of temporary files is in memory.
const Variable = "MESSENGER_TEST_DISK"

// tmpfs is what statfs says of a file system in memory.
const tmpfs = 0x01021994

// Dir makes a directory on a disk, which is removed after the test.
func Dir(tb testing.TB) string {
	tb.Helper()
	dir, err := os.MkdirTemp(os.Getenv(Variable), "messenger") //nolint:usetesting // not where t.TempDir is
	require.NoError(tb, err)
	tb.Cleanup(func() { require.NoError(tb, os.RemoveAll(dir)) }) //nolint:gosec // who runs the tests says where
	refuseMemory(tb, dir)
	return dir
}

func refuseMemory(tb testing.TB, dir string) {
	tb.Helper()
	var fs syscall.Statfs_t
	require.NoError(tb, syscall.Statfs(dir, &fs))
	require.NotEqualValues(tb, tmpfs, fs.Type, "%s is in memory; set %s to a directory on a disk", dir, Variable)
}

// Syncs returns how often a second a file in a directory can be made durable:
// appends of 1 KiB, each with fdatasync, one after another.
func Syncs(tb testing.TB, dir string) float64 {
	tb.Helper()
	refuseMemory(tb, dir)
	f, err := os.CreateTemp(dir, "fdatasync")
	require.NoError(tb, err)
	defer func() {
		require.NoError(tb, f.Close())
		require.NoError(tb, os.Remove(f.Name()))
	}()
	block := make([]byte, 1024)
	began := time.Now()
	n := 0
	for ; time.Since(began) < time.Second; n++ {
		_, err := f.Write(block)
		require.NoError(tb, err)
		require.NoError(tb, syscall.Fdatasync(int(f.Fd())))
	}
	return float64(n) / time.Since(began).Seconds()
}
