package catalogedit_test

import (
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/catalogedit"
)

func TestWriteFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	name := filepath.Join(dir, "de.yaml")
	require.NoError(t, catalogedit.WriteFile(name, []byte("a: A\n")))
	require.NoError(t, os.Chmod(name, 0o600))
	link := filepath.Join(dir, "link.yaml")
	require.NoError(t, os.Symlink("de.yaml", link))
	require.NoError(t, catalogedit.WriteFile(link, []byte("a: B\n")))
	data, err := os.ReadFile(name)
	require.NoError(t, err)
	require.Equal(t, "a: B\n", string(data))
	info, err := os.Lstat(link)
	require.NoError(t, err)
	require.NotZero(t, info.Mode()&os.ModeSymlink, "a link stays one")
	info, err = os.Stat(name)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm(), "the permissions stay")

	require.NoError(t, os.Chmod(name, 0o400))
	require.ErrorContains(t, catalogedit.WriteFile(name, []byte("a: C\n")), "is read-only; nothing was written")
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 2, "nothing is left behind")

	require.Error(t, catalogedit.WriteFile(filepath.Join(dir, "none", "de.yaml"), nil))
}

// A reader never sees a half of a file: the old one is there until the new one is whole.
func TestAFileThatIsOpenStaysWhole(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "de.yaml")
	require.NoError(t, catalogedit.WriteFile(name, []byte("old")))
	reader, err := os.Open(name)
	require.NoError(t, err)
	defer reader.Close()
	require.NoError(t, catalogedit.WriteFile(name, []byte("new text")))
	buffer := make([]byte, 16)
	n, err := reader.Read(buffer)
	require.NoError(t, err)
	require.Equal(t, "old", string(buffer[:n]))
}

// What is no file, such as /dev/stdout, is not replaced by one.
func TestWriteFileReplacesFilesOnly(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	name := filepath.Join(dir, "s") // the path of a socket has to be short
	listener, err := net.Listen("unix", name)
	require.NoError(t, err)
	defer listener.Close()
	require.Error(t, catalogedit.WriteFile(name, []byte("a: A\n")), "nothing can be written into a socket")
	info, err := os.Lstat(name)
	require.NoError(t, err)
	require.NotZero(t, info.Mode()&os.ModeSocket)
	require.ErrorContains(t, catalogedit.WriteFile(dir, nil), "is a directory")

	reader, writer, err := os.Pipe()
	require.NoError(t, err)
	defer reader.Close()
	require.NoError(t, catalogedit.WriteFile(fmt.Sprintf("/dev/fd/%d", writer.Fd()), []byte("a: A\n")))
	require.NoError(t, writer.Close())
	data, err := io.ReadAll(reader)
	require.NoError(t, err)
	require.Equal(t, "a: A\n", string(data))
}
