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
