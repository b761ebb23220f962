package command_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/command"
)

// The texts of thread settings are extracted, and their translations held to the platform's limits.
func TestI18nOfThreadSettings(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	settings := file(t, "settings.yaml", "get_started: true\ngreeting: Welcome\npersistent_menu: [{title: Opening hours}]\n")
	args := func(name string) []string {
		return []string{"i18n", name, "--catalogs", dir, "--no-code", "--settings", settings}
	}
	got := run(t, command.Config{}, args("extract")...)
	require.Equal(t, 0, got.code, got.err)
	require.Contains(t, got.out, "2 texts added; the program has 2 texts")
	source, err := os.ReadFile(filepath.Join(dir, "en.yaml"))
	require.NoError(t, err)
	require.Contains(t, string(source), "Opening hours")

	require.NoError(t, os.WriteFile(filepath.Join(dir, "de.yaml"), []byte("Welcome: Willkommen\nOpening hours: Unsere neuen Öffnungszeiten im Advent\n"), 0o600))
	got = run(t, command.Config{}, args("check")...)
	require.Equal(t, 1, got.code, got.out)
	require.Contains(t, got.out+got.err, "has 37 characters, limit 30: a text in "+settings+":3:27")
	wrong := file(t, "wrong.yaml", "greting: Hi\n")
	got = run(t, command.Config{}, "i18n", "extract", "--catalogs", dir, "--no-code", "--settings", wrong)
	require.Equal(t, 1, got.code)
	require.Contains(t, got.err, wrong+":1:1: greting: there is no such field; the nearest is greeting")
	got = run(t, command.Config{}, "i18n", "extract", "--catalogs", dir, "--no-code", "--settings", "/gone.yaml")
	require.Equal(t, 1, got.code)
	require.Contains(t, got.err, "--settings: open /gone.yaml")
}
