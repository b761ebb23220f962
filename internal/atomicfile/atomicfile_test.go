package atomicfile_test

import (
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/atomicfile"
)

func TestWrite(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	name := filepath.Join(dir, "de.yaml")
	require.NoError(t, atomicfile.Write(name, []byte("a: A\n")))
	require.NoError(t, os.Chmod(name, 0o600))
	link := filepath.Join(dir, "link.yaml")
	require.NoError(t, os.Symlink("de.yaml", link))
	require.NoError(t, atomicfile.Write(link, []byte("a: B\n")))
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
	require.ErrorContains(t, atomicfile.Write(name, []byte("a: C\n")), "is read-only; nothing was written")
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 2, "nothing is left behind")

	require.Error(t, atomicfile.Write(filepath.Join(dir, "none", "de.yaml"), nil))
}

// A reader never sees a half of a file: the old one is there until the new one is whole.
func TestAFileThatIsOpenStaysWhole(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "de.yaml")
	require.NoError(t, atomicfile.Write(name, []byte("old")))
	reader, err := os.Open(name)
	require.NoError(t, err)
	defer reader.Close()
	require.NoError(t, atomicfile.Write(name, []byte("new text")))
	buffer := make([]byte, 16)
	n, err := reader.Read(buffer)
	require.NoError(t, err)
	require.Equal(t, "old", string(buffer[:n]))
}

// What is no file, such as /dev/stdout, is not replaced by one.
func TestWriteReplacesFilesOnly(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	name := filepath.Join(dir, "s") // the path of a socket has to be short
	listener, err := net.Listen("unix", name)
	require.NoError(t, err)
	defer listener.Close()
	require.Error(t, atomicfile.Write(name, []byte("a: A\n")), "nothing can be written into a socket")
	info, err := os.Lstat(name)
	require.NoError(t, err)
	require.NotZero(t, info.Mode()&os.ModeSocket)
	require.ErrorContains(t, atomicfile.Write(dir, nil), "is a directory")

	reader, writer, err := os.Pipe()
	require.NoError(t, err)
	defer reader.Close()
	require.NoError(t, atomicfile.Write(fmt.Sprintf("/dev/fd/%d", writer.Fd()), []byte("a: A\n")))
	require.NoError(t, writer.Close())
	data, err := io.ReadAll(reader)
	require.NoError(t, err)
	require.Equal(t, "a: A\n", string(data))
}

// A link to a file that does not exist yet, as a dotfile manager makes them, stays a link.
func TestALinkToNothingStaysOne(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	link := filepath.Join(dir, "link")
	require.NoError(t, os.Symlink("file", link))
	require.NoError(t, atomicfile.Write(link, []byte("text")))
	require.Equal(t, "text", string(read(t, filepath.Join(dir, "file"))))
	info, err := os.Lstat(link)
	require.NoError(t, err)
	require.NotZero(t, info.Mode()&os.ModeSymlink)
}

// WriteMode closes a file that was open to others, and keeps a link to it.
func TestWriteMode(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	name, link := filepath.Join(dir, "key.pem"), filepath.Join(dir, "link.pem")
	require.NoError(t, os.WriteFile(name, []byte("old"), 0o444))
	require.NoError(t, os.Symlink(name, link))
	require.NoError(t, atomicfile.WriteMode(link, []byte("new"), 0o600))
	info, err := os.Lstat(name)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode())
	info, err = os.Lstat(link)
	require.NoError(t, err)
	require.NotZero(t, info.Mode()&os.ModeSymlink, "a link stays one")
	require.Equal(t, "new", string(read(t, name)))
}

// Create leaves a file that is there as it is, and nothing beside it.
func TestCreate(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	name := filepath.Join(dir, "key.pem")
	require.NoError(t, atomicfile.Create(name, []byte("first"), 0o600))
	require.ErrorIs(t, atomicfile.Create(name, []byte("second"), 0o644), fs.ErrExist)
	require.Equal(t, "first", string(read(t, name)))
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 1)
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	require.NoError(t, err)
	return data
}
