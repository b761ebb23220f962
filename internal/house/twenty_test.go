package house_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

// The bot in the README builds where a user would build it: in a module of their
// own, without a C compiler, and with nothing but what the library requires.
func TestTheBotOfTheREADMEBuildsOutsideTheCheckout(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile(filepath.Join(root(t), "README.md"))
	require.NoError(t, err)
	blocks := regexp.MustCompile("(?ms)^```go\n(package main\n.*?)^```$").FindAllSubmatch(readme, -1)
	require.Len(t, blocks, 1, "the README has one bot: a block that starts with ```go and package main")

	dir := t.TempDir()
	write := func(name string, content []byte) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), content, 0o600))
	}
	sums, err := os.ReadFile(filepath.Join(root(t), "go.sum"))
	require.NoError(t, err)
	write("main.go", blocks[0][1])
	write("go.sum", sums)
	write("go.mod", []byte("module example.com/bot\n\ngo 1.26.0\n\n"+
		"require "+module+" v0.0.0\n\n"+
		"replace "+module+" => "+root(t)+"\n"))

	// Looking up what the library links brings it to this machine. From then on
	// nothing may be fetched: nothing else is needed.
	list(t, "-deps", ".")
	env := []string{"CGO_ENABLED=0", "GOWORK=off", "GOPROXY=off", "GOFLAGS=" + os.Getenv("GOFLAGS") + " -mod=mod"}
	run(t, dir, env, "go", "vet", ".")
	run(t, dir, env, "go", "build", "-o", "bot", ".")
}
