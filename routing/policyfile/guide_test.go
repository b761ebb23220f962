package policyfile_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/routing/policyfile"
)

// The guide is true: its files load, and each class of djmessenger that it says is a
// built-in is one.
func TestFilesAndNamesOfTheGuide(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("../../docs/policy.md")
	require.NoError(t, err)
	guide := string(content)
	reg := policyfile.BuiltIn()

	files := 0
	for _, block := range regexp.MustCompile("(?ms)^```yaml\n(.*?)^```$").FindAllStringSubmatch(guide, -1) {
		file := block[1]
		if strings.HasPrefix(file, "when:") {
			file = "routers:\n- type: SIMPLE_TEXT\n  handlers:\n  - senders: [{name: Default}]\n    " +
				strings.ReplaceAll(file, "\n", "\n    ")
		}
		_, err := reg.Parse("guide.yaml", []byte(file))
		require.NoError(t, err, file)
		files++
	}
	require.Equal(t, 3, files)

	names := 0
	for _, row := range regexp.MustCompile("(?m)^\\| `(\\w+(?:Handler|Sender))(?:\\([^)]*\\))?` \\| the same name").FindAllStringSubmatch(guide, -1) {
		names++
		module, kind := "djmessenger.handling.", "handler"
		if strings.HasSuffix(row[1], "Sender") {
			module, kind = "djmessenger.sending.", "sender"
		}
		for _, name := range []string{row[1], module + row[1]} {
			entry := "{name: " + name + "}"
			if kind == "sender" {
				entry = "{name: Dummy, senders: [" + entry + "]}"
			}
			_, mistakes := reg.Check("p.yaml", []byte("routers: [{type: DEFAULT, handlers: ["+entry+"]}]"))
			for _, m := range mistakes {
				require.Empty(t, m.Unknown, "the guide says that %s is a %s", name, kind)
				require.NotContains(t, m.Problem, "base class", name)
			}
		}
	}
	require.Equal(t, 10, names)
}
