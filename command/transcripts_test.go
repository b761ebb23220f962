package command_test

import (
	"bytes"
	"cmp"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/command"
)

// holdTranscripts runs the commands of a page of documentation in its order, and holds each transcript, a block that begins
// with "$ messenger ", to what the commands say. names are the real names of the files in it. With -update it writes the page
// anew.
func holdTranscripts(t *testing.T, page string, config command.Config, names map[string]string) {
	t.Helper()
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	fresh, ran := bytes.Clone(text), 0
	for _, found := range block.FindAllSubmatch(text, -1) {
		content := string(found[2])
		if !strings.HasPrefix(content, "$ messenger ") {
			continue
		}
		var said strings.Builder
		for line := range strings.Lines(content) {
			asked, is := strings.CutPrefix(line, "$ messenger ")
			if !is {
				continue
			}
			ran++
			var terminal bytes.Buffer
			config.Out, config.Err = &terminal, &terminal
			args := words(asked)
			for i, arg := range args {
				args[i] = cmp.Or(names[arg], arg)
			}
			command.Run(t.Context(), config, args)
			text := terminal.String()
			for shown, name := range names {
				text = strings.ReplaceAll(text, name, shown)
			}
			said.WriteString(line + text)
		}
		fresh = bytes.Replace(fresh, found[0], []byte("```\n"+said.String()+"```"), 1)
		if !*update {
			require.Equal(t, content, said.String(), "write the page anew: go test ./command -run %s -update", t.Name())
		}
	}
	require.NotZero(t, ran)
	if *update {
		require.NoError(t, os.WriteFile(page, fresh, 0o644))
	}
}
