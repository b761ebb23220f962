package command_test

import (
	"encoding/json"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/command"
)

// instruction is one of a Dockerfile, such as COPY and its arguments.
type instruction struct{ name, args string }

// stagesOf reads a Dockerfile: the instructions of each stage, FROM first. Any instruction that this test does not know fails it.
func stagesOf(t *testing.T, content string) (stages [][]instruction) {
	t.Helper()
	known := regexp.MustCompile(`^(FROM|WORKDIR|COPY|RUN|USER|VOLUME|EXPOSE|ENTRYPOINT) (.+)$`)
	for line := range strings.SplitSeq(strings.ReplaceAll(content, "\\\n", " "), "\n") {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		found := known.FindStringSubmatch(line)
		require.NotNil(t, found, line)
		if found[1] == "FROM" {
			stages = append(stages, nil)
		}
		require.NotEmpty(t, stages, "the first instruction is FROM")
		last := &stages[len(stages)-1]
		*last = append(*last, instruction{found[1], found[2]})
	}
	return stages
}

// argsOf returns the arguments of all instructions of a name.
func argsOf(stage []instruction, name string) (args []string) {
	for _, i := range stage {
		if i.name == name {
			args = append(args, i.args)
		}
	}
	return args
}

// The Dockerfile of a new project copies what is there, also beside .dockerignore, and starts the program that it has built, as a user who
// may write where the database is. No directory of the build image has the path of the program, whatever the project is called.
func TestDockerfileOfANewProject(t *testing.T) {
	t.Parallel()
	directories := []string{"/bin", "/boot", "/data", "/dev", "/etc", "/go", "/home", "/lib", "/media", "/mnt", "/opt", "/proc", "/root", "/run", "/sbin", "/src", "/srv", "/sys", "/tmp", "/usr", "/var"}
	for _, name := range []string{"pizza-bot", "src", "go", "bin", "out"} {
		dir := filepath.Join(t.TempDir(), name)
		got := run(t, command.Config{}, "new", "example.com/"+name, "--dir", dir)
		require.Equal(t, 0, got.code, got.err)
		text := func(file string) string {
			content, err := os.ReadFile(filepath.Join(dir, file))
			require.NoError(t, err)
			return string(content)
		}
		stages := stagesOf(t, text("Dockerfile"))
		require.Len(t, stages, 2)
		build, final := stages[0], stages[1]

		// The build has the Go of go.mod, and the C library of the final image.
		version := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindStringSubmatch(text("go.mod"))
		require.NotNil(t, version)
		require.Equal(t, []string{"golang:" + version[1] + "-bookworm AS build"}, argsOf(build, "FROM"))
		require.Equal(t, []string{"debian:bookworm-slim"}, argsOf(final, "FROM"))

		copies := argsOf(build, "COPY")
		require.Equal(t, []string{"go.mod go.sum ./", ". ."}, copies, "go.sum is written by go mod tidy")
		ignored := strings.Fields(text(".dockerignore"))
		for _, needed := range []string{"go.mod", "go.sum", "main.go", "policy.yaml"} {
			for _, pattern := range ignored {
				matches, err := path.Match(strings.TrimPrefix(pattern, "/"), needed)
				require.NoError(t, err)
				require.False(t, matches, "%s leaves out %s", pattern, needed)
			}
		}
		require.Contains(t, ignored, ".env", "secrets stay out of the image")
		require.Contains(t, ignored, ".git")

		output := regexp.MustCompile(`^go build -trimpath -o (\S+) \.$`).FindStringSubmatch(argsOf(build, "RUN")[1])
		require.NotNil(t, output)
		require.NotContains(t, directories, output[1])
		require.NotEqual(t, argsOf(build, "WORKDIR")[0], output[1])
		from, to, ok := strings.Cut(strings.TrimPrefix(argsOf(final, "COPY")[0], "--from=build "), " ")
		require.True(t, ok)
		require.Equal(t, output[1], from)
		var entry []string
		require.NoError(t, json.Unmarshal([]byte(argsOf(final, "ENTRYPOINT")[0]), &entry), "without a shell, which would not pass signals on")
		require.Equal(t, []string{to}, entry)

		data := argsOf(final, "WORKDIR")[0]
		require.Contains(t, argsOf(final, "RUN")[1], "--create-home --home-dir "+data+" "+argsOf(final, "USER")[0])
		require.Equal(t, []string{data}, argsOf(final, "VOLUME"))
		require.Contains(t, text("main.go"), `":`+argsOf(final, "EXPOSE")[0]+`"`)
	}
}
