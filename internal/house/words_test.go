package house_test

import (
	"bytes"
	"io/fs"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// The repository stands for itself: nothing in it points to a folder outside, to
// the machine of whoever wrote it, or to where packages are downloaded from. The
// words are put together here so that this file has none of them.
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
		case entry.IsDir() && entry.Name() == ".git":
			return fs.SkipDir
		case !entry.Type().IsRegular():
			return nil
		}
		content, err := fs.ReadFile(top.FS(), name)
		if err != nil || bytes.IndexByte(content, 0) >= 0 {
			return err // what is not text has no words
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
