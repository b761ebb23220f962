package house_test

import (
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/graph"
)

// graphVersion matches a version of the Graph API as code and documentation write it. Versions of modules have three parts.
var graphVersion = regexp.MustCompile(`\bv[1-9][0-9]+\.[0-9]+\b(?:\.[0-9]+)?`)

// Documentation and code that users build name one version of the Graph API: the default.
func TestOneGraphVersionIsNamed(t *testing.T) {
	t.Parallel()
	top, err := os.OpenRoot(root(t))
	require.NoError(t, err)
	t.Cleanup(func() { _ = top.Close() })
	found := map[string]bool{} // files that name it
	err = fs.WalkDir(top.FS(), ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == ".git" || entry.Name() == "node_modules"):
			return fs.SkipDir
		case !strings.HasSuffix(name, ".md") && !strings.HasSuffix(name, ".go"), strings.HasSuffix(name, "_test.go"):
			return nil
		case name == "docs/compatibility.md":
			return nil // it has the versions that foreign clients call
		}
		content, err := fs.ReadFile(top.FS(), name)
		if err != nil {
			return err
		}
		for _, version := range graphVersion.FindAllString(string(content), -1) {
			if strings.HasSuffix(version, ".0") && strings.Count(version, ".") == 1 {
				require.Equal(t, graph.DefaultVersion, version, name)
				found[name] = true
			}
		}
		return nil
	})
	require.NoError(t, err)
	for _, name := range []string{"graph/config.go", "simulator/graph.go", "config.go", "docs/setup.md"} {
		require.True(t, found[name], "%s names no version: the test looks at too little", name)
	}
}
