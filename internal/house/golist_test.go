package house_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// listed is what `go list -json` says of a package.
type listed struct {
	ImportPath, Dir, Name, Doc         string
	Standard                           bool
	Module                             struct{ Path string }
	GoFiles, CgoFiles, TestGoFiles     []string
	XTestGoFiles, Imports, TestImports []string
	XTestImports                       []string
}

// folder is where the package lies in this module: "." for the root, "" if it
// is another module's.
func (p listed) folder() string {
	if p.ImportPath == module {
		return "."
	}
	folder, ours := strings.CutPrefix(p.ImportPath, module+"/")
	if !ours {
		return ""
	}
	return folder
}

func list(t *testing.T, args ...string) []listed {
	t.Helper()
	out := run(t, root(t), []string{"CGO_ENABLED=1"}, "go", append([]string{"list", "-json"}, args...)...)
	var packages []listed
	decoder := json.NewDecoder(bytes.NewReader(out))
	for {
		var p listed
		err := decoder.Decode(&p)
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		packages = append(packages, p)
	}
	require.NotEmpty(t, packages)
	return packages
}

// run returns what a command writes to its standard output.
func run(t *testing.T, dir string, env []string, name string, args ...string) []byte {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), env...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	require.NoError(t, err, "%s %s:\n%s%s", name, strings.Join(args, " "), &stderr, &stdout)
	return stdout.Bytes()
}

// root is the folder of this module.
func root(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join("..", ".."))
	require.NoError(t, err)
	return dir
}
