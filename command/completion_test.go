package command_test

import (
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/command"
)

// completed is what is suggested behind a part of a command line.
func completed(t *testing.T, args ...string) []string {
	t.Helper()
	got := run(t, command.Config{}, append(args, "--generate-shell-completion")...)
	require.Equal(t, 0, got.code, got.err)
	require.Empty(t, got.err)
	var words []string
	for line := range strings.Lines(got.out) {
		word, _, _ := strings.Cut(strings.TrimSpace(line), ":")
		words = append(words, word)
	}
	return words
}

func TestCompletion(t *testing.T) {
	t.Parallel()
	require.Subset(t, completed(t), []string{"policy", "simulate", "webhook", "doctor", "completion"})
	require.Equal(t, []string{"status", "subscribe", "unsubscribe", "verify-url"}, completed(t, "webhook"))
	require.Subset(t, completed(t, "trigger"), []string{"simple_text", "quick_reply"})
	require.Empty(t, completed(t, "trigger", "simple_text"), "one kind is all that it takes")
	require.Contains(t, completed(t, "trigger", "simple_text", "--web"), "--webhook")
	properties := completed(t, "profile", "delete", "greeting")
	require.Contains(t, properties, "persistent_menu")
	require.NotContains(t, properties, "greeting", "it is there")
	require.Equal(t, []string{"persistent_menu", "ice_breakers"}, completed(t, "profile", "delete", "--platform", "instagram"))
	require.Empty(t, completed(t, "policy", "check"), "the shell completes names of files where nothing is suggested")
}

// TestCompletionOfValues: of flags whose values are few, and not of switches.
func TestCompletionOfValues(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		args string
		want []string
	}{
		{"policy dump --format", []string{"yaml", "json"}},
		{"profile pull --format", []string{"yaml", "json"}},
		{"simulate record --format", []string{"transcript", "scenario"}},
		{"simulate --log", []string{"text", "json", "none"}},
		{"simulate env --shell", []string{"sh", "fish", "powershell", "dotenv"}},
		{"profile delete --platform", []string{"messenger", "instagram"}},
		{"send --platform", []string{"messenger", "instagram"}},
		{"webhook status --platform", []string{"messenger", "instagram", "instagram-login"}},
		{"token check --platform", []string{"messenger", "instagram", "instagram-login"}},
		{"doctor --platform", []string{"messenger", "instagram", "instagram-login"}},
		{"send 7100000000000001 hi --type", []string{"RESPONSE", "UPDATE"}},
		{"send 7100000000000001 hi --tag", []string{"HUMAN_AGENT"}},
		{"dead list --type", []string{"SIMPLE_TEXT", "GET_STARTED_BUTTON"}},
		{"pause --page", nil},
	} {
		values := completed(t, strings.Fields(test.args)...)
		require.Subset(t, values, test.want, test.args)
		require.False(t, slices.ContainsFunc(values, func(v string) bool { return strings.HasPrefix(v, "--") }), "%s: %s", test.args, values)
	}
	require.Equal(t, []string{"--token-file"}, completed(t, "stats", "--token"))
	require.Empty(t, completed(t, "dead", "drop", "--yes"), "a switch has no value")
	require.Contains(t, completed(t, "dead", "drop", "--ye"), "--yes")
	page := command.Config{Env: func(name string) string { return map[string]string{"MESSENGER_PAGE_ID": "4711"}[name] }}
	require.Equal(t, "4711\n", run(t, page, "pause", "--page", "--generate-shell-completion").out)
}

func TestCompletionScripts(t *testing.T) {
	t.Parallel()
	for shell, has := range map[string]string{
		"bash": "complete -o bashdefault -o default", "zsh": "_files", "fish": "complete -c shop -a ", "pwsh": "Register-ArgumentCompleter", "powershell": "Register-ArgumentCompleter",
	} {
		got := run(t, command.Config{Name: "shop"}, "completion", shell)
		require.Equal(t, 0, got.code, got.err)
		require.Contains(t, got.out, has, shell)
	}
	got := run(t, command.Config{}, "completion")
	require.Equal(t, 2, got.code)
	require.Contains(t, got.err, "a command is missing: one of bash, fish, pwsh, zsh")
	require.Equal(t, 2, run(t, command.Config{}, "completion", "tcsh").code)
}

// bash runs the script, and the script asks the command.
func TestCompletionInBash(t *testing.T) {
	t.Parallel()
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("there is no bash: its completion is not tried")
	}
	dir := t.TempDir()
	built := exec.CommandContext(t.Context(), "go", "build", "-o", filepath.Join(dir, "messenger"), "../cmd/messenger")
	out, err := built.CombinedOutput()
	require.NoError(t, err, "%s", out)
	script := run(t, command.Config{}, "completion", "bash").out
	cmd := exec.CommandContext(t.Context(), bash, "--norc", "-c", script+`
_get_comp_words_by_ref() { cur="${COMP_WORDS[COMP_CWORD]}"; prev="${COMP_WORDS[COMP_CWORD-1]}"; words=("${COMP_WORDS[@]}"); cword=$COMP_CWORD; }
COMP_WORDS=(messenger profile delete ice) COMP_CWORD=3
__messenger_bash_autocomplete
printf '%s\n' "${COMPREPLY[@]}"`)
	cmd.Env = append(cmd.Environ(), "PATH="+dir+":/usr/bin:/bin")
	answer, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", answer)
	require.True(t, slices.Contains(strings.Fields(string(answer)), "ice_breakers"), "%s", answer)
}
