package house_test

import (
	"bytes"
	"io/fs"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// No file of the repository names a folder outside of it, a path of the machine
// that it was written on, or the host of a package registry. The words are
// concatenated here so that this file does not contain them.
func TestNoFilePointsOutside(t *testing.T) {
	t.Parallel()
	forbidden := []string{
		"../" + "shared", "/" + "work/", "/" + "root/", "/" + "home/",
		"proxy." + "golang.org", "sum." + "golang.org", "goproxy" + ".io", "goproxy" + ".cn",
		"registry." + "npmjs.org", "deb." + "debian.org", "pypi" + ".org",
	}
	top, err := os.OpenRoot(root(t))
	require.NoError(t, err)
	t.Cleanup(func() { _ = top.Close() })

	files := 0
	err = fs.WalkDir(top.FS(), ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.Name() == ".git": // a file in a linked worktree
			if entry.IsDir() {
				return fs.SkipDir
			}
			return nil
		case !entry.Type().IsRegular():
			return nil
		}
		content, err := fs.ReadFile(top.FS(), name)
		if err != nil || bytes.IndexByte(content, 0) >= 0 {
			return err // not a text file
		}
		files++
		for _, word := range forbidden {
			require.False(t, bytes.Contains(content, []byte(word)), "%s says %s", name, word)
		}
		return nil
	})
	require.NoError(t, err)
	require.Greater(t, files, 50, "the walk has missed the repository")
}
