package command_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const recordedAda = "7100000000000001"

// talk is a running simulator with an echo bot, with whom Ada has talked.
func talk(t *testing.T) (s *simulation, address string) {
	t.Helper()
	address = freeAddress(t)
	s = simulate(t, nil, "--listen", address, "--webhook", echoOf(t, "http://"+address).URL)
	s.base = "http://" + address
	s.awaitServer(t)
	s.post(t, "/simulator/people/"+recordedAda+"/acts", `{"type":"say","text":"hi"}`)
	s.get(t, "/simulator/people/"+recordedAda+"/wait?contains=hi")
	return s, address
}

// TestRecordAndReplay: by the commands as the guide has them.
func TestRecordAndReplay(t *testing.T) {
	t.Parallel()
	s, address := talk(t)
	dir := t.TempDir()
	file, yaml, junit := filepath.Join(dir, "ada.json"), filepath.Join(dir, "ada.yaml"), filepath.Join(dir, "results.xml")
	record := func(args ...string) ran {
		return runs(t, nil, "", append([]string{"simulate", "record", "--simulator", address}, args...)...)
	}
	replay := func(args ...string) ran {
		return runs(t, nil, "", append([]string{"simulate", "replay", "--simulator", address}, args...)...)
	}
	for _, args := range [][]string{{"-o", file, "ada"}, {"--output", file, "Ada Byron"}, {"--format", "scenario", "-o", yaml, recordedAda}} {
		got := record(args...)
		require.Equal(t, 0, got.code, got)
		require.Empty(t, got.out)
	}
	got := record("Ada", "--format", "go")
	require.Equal(t, 0, got.code, got)
	require.Contains(t, got.out, "\n\tada.Says(\"hi\")\n\tada.Sees(\"you said hi\")\n\tada.SeesNothing()\n}\n")
	got = record("Ada")
	require.Equal(t, text(t, file), got.out, "without a file it is the output")
	require.Contains(t, text(t, yaml), "  - ada says: hi\n  - ada sees: you said hi\n")

	got = replay("--junit", junit, file, yaml)
	require.Equal(t, 0, got.code, got)
	require.Regexp(t, `^ok    ada +\d\.\d\d s\nok    Ada +\d\.\d\d s\n2 scenarios, 0 failed\.\n$`, got.out)
	require.Contains(t, xmlOf(t, junit), `tests="1" failures="0"`)
	require.Equal(t, 0, replay("--strict", file).code)

	require.NoError(t, os.WriteFile(file, []byte(strings.ReplaceAll(text(t, file), "you said hi", "Hello!")), 0o600))
	got = replay("--junit", junit, file)
	require.Equal(t, 1, got.code, got)
	require.Contains(t, got.out, "      > Page  Hello!   Page  you said hi\n      entries[1].call.message.text   recorded \"Hello!\"   now \"you said hi\"\n")
	require.Contains(t, xmlOf(t, junit), `<failure type="replay"`)
	link := filepath.Join(dir, "link.json")
	require.NoError(t, os.Symlink("ada.json", link))
	got = replay("--update", link)
	require.Equal(t, 0, got.code, got)
	require.Contains(t, got.out, " s  updated\n")
	require.Contains(t, text(t, file), "you said hi")
	info, err := os.Lstat(link)
	require.NoError(t, err)
	require.NotZero(t, info.Mode()&os.ModeSymlink, "a link stays one")

	got = record("Ada") // the replays have met others of that name; one of them has talked since the last one began
	require.Equal(t, 0, got.code, got)
	require.Equal(t, text(t, file), got.out)
	s.post(t, "/simulator/people/"+recordedAda+"/acts", `{"type":"say","text":"hi"}`)
	got = record("Ada")
	require.Equal(t, 1, got.code)
	require.Contains(t, got.err, "2 people who have talked with the bot are named Ada: give the id, one of "+recordedAda)
	s.post(t, "/simulator/reset", `{"keep":["setup"]}`)
	s.post(t, "/simulator/people", `{"first_name":"Ada"}`)
	got = record("Ada")
	require.Equal(t, 1, got.code)
	require.Contains(t, got.err, "2 people are named Ada, and none of them has done anything yet")
}

func TestRecordRefusals(t *testing.T) {
	t.Parallel()
	_, address := talk(t)
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{nil, 2, "the person is missing"},
		{[]string{"Ada", "Byron"}, 2, "record takes one person"},
		{[]string{"--format", "xml", "Ada"}, 2, `--format is transcript, scenario or go, not "xml"`},
		{[]string{"--simulator", "nowhere", "Ada"}, 2, "--simulator: "},
		{[]string{"Adda"}, 1, "no person is named Adda; the nearest is Ada"},
		{[]string{"José"}, 1, "José has done nothing yet"},
		{[]string{"-o", "/nowhere/at/all.json", "Ada"}, 1, "/nowhere/at"},
		{[]string{"--simulator", "127.0.0.1:1", "Ada"}, 1, "the simulator at http://127.0.0.1:1 does not answer"},
	} {
		got := runs(t, nil, "", append([]string{"simulate", "record", "--simulator", address}, c.args...)...)
		require.Equal(t, c.code, got.code, c.args)
		require.Contains(t, got.err, c.want)
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--patience", "1h", "x.json"}, "--patience is a time up to 5m0s"},
		{[]string{file(t, "old.json", `{"transcript": 7}`)}, "old.json:1: is a transcript of the version 7"},
		{[]string{file(t, "half.json", "{\"transcript\": 1,\n\"person\"")}, "half.json:2: is not valid JSON"},
	} {
		got := runs(t, nil, "", append([]string{"simulate", "replay", "--simulator", address}, c.args...)...)
		require.Equal(t, 2, got.code, c.args)
		require.Contains(t, got.err, c.want)
	}
}

// TestAnInterruptedRecordLeavesTheFile: what was in it is there whole.
func TestAnInterruptedRecordLeavesTheFile(t *testing.T) {
	t.Parallel()
	asked := make(chan struct{})
	hangs := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(asked)
		<-r.Context().Done()
	}))
	defer hangs.Close()
	old := file(t, "old.json", "old")
	process := exec.CommandContext(t.Context(), os.Args[0])
	process.Env = append(os.Environ(), "COMMAND_TEST_ARGS=simulate record --simulator "+strings.TrimPrefix(hangs.URL, "http://")+" -o "+old+" Ada")
	require.NoError(t, process.Start())
	select {
	case <-asked:
	case <-time.After(time.Minute):
		t.Fatal("nothing was asked")
	}
	require.NoError(t, process.Process.Signal(syscall.SIGINT))
	_ = process.Wait()
	require.Equal(t, 130, process.ProcessState.ExitCode())
	require.Equal(t, "old", text(t, old))
	entries, err := os.ReadDir(filepath.Dir(old))
	require.NoError(t, err)
	require.Len(t, entries, 1, "nothing is left behind")
}

func text(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	require.NoError(t, err)
	return string(data)
}

// TestTranscriptsOfTheGuide: the file, and what the commands print, is what the guide shows.
func TestTranscriptsOfTheGuide(t *testing.T) {
	t.Parallel()
	const guide = "../docs/transcripts.md"
	_, address := talk(t)
	path := filepath.Join(t.TempDir(), "ada.json")
	require.Equal(t, 0, runs(t, nil, "", "simulate", "record", "--simulator", address, "-o", path, "Ada").code)
	require.Equal(t, text(t, path), blocks(t, guide, "json")[0])
	for code, from := range []string{"", "you said hi"} {
		require.NoError(t, os.WriteFile(path, []byte(strings.ReplaceAll(text(t, path), from, map[string]string{"you said hi": "Hello!"}[from])), 0o600))
		got := runs(t, nil, "", "simulate", "replay", "--simulator", address, path)
		require.Equal(t, code, got.code, got)
		shown := strings.NewReplacer(path, "ada.json", address, "localhost:9090").Replace(got.out)
		require.Contains(t, took.ReplaceAllString(text(t, guide), "TIME\n"), "```\n"+took.ReplaceAllString(shown, "TIME\n")+"```", "the guide shows what is printed: %s", shown)
	}
}
