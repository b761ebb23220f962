package command_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/command"
)

// guide is the page that is held true.
const guide = "../docs/i18n-command.md"

var (
	block   = regexp.MustCompile("(?ms)^```([a-z]*)\n(.*?)^```$")
	subject = regexp.MustCompile("`([a-z./]+)` (becomes|has now):\n\n$")
)

// translated is what a translator does with the exported file of the guide.
var translated = strings.NewReplacer(
	"msgid \"Hello, %{first_name|there}!\"\nmsgstr \"\"", "msgid \"Hello, %{first_name|there}!\"\nmsgstr \"Cześć, %{first_name|przyjacielu}!\"",
	"msgid \"What may it be?\"\nmsgstr \"\"", "msgid \"What may it be?\"\nmsgstr \"Co podać?\"",
	"msgid \"Order\"\nmsgstr \"\"", "msgid \"Order\"\nmsgstr \"Zamów\"",
	"msgid \"My orders\"\nmsgstr \"\"", "msgid \"My orders\"\nmsgstr \"Moje ostatnie paczuszki\"",
	`msgstr[0] ""`, `msgstr[0] "Wysłano jedną paczkę"`, `msgstr[1] ""`, `msgstr[1] "Wysłano %{count} paczki"`, `msgstr[2] ""`, `msgstr[2] "Wysłano %{count} paczek"`,
)

// The transcripts and the help texts of the guide are what the command says, in the order of the guide.
func TestTheGuideOfI18nIsRight(t *testing.T) {
	root, err := filepath.Abs("..")
	require.NoError(t, err)
	page, err := os.ReadFile(guide)
	require.NoError(t, err)
	copied := func(from string) []byte {
		data, err := os.ReadFile(from)
		require.NoError(t, err)
		return data
	}
	write := func(name string, content []byte) { require.NoError(t, os.WriteFile(name, content, 0o600)) }
	sums, policy := copied("../go.sum"), copied("testdata/shop/policy.yaml")
	t.Chdir(t.TempDir())
	t.Setenv("GOWORK", "off")
	t.Setenv("GOPROXY", "off")
	t.Setenv("GOFLAGS", os.Getenv("GOFLAGS")+" -mod=mod")
	write("go.mod", []byte("module example.com/shop\n\ngo 1.26.0\n\nrequire github.com/djmessenger/messenger v0.0.0\n\nreplace github.com/djmessenger/messenger => "+root+"\n"))
	write("go.sum", sums)
	write("policy.yaml", policy)

	out := bytes.Clone(page)
	ran := 0
	for _, at := range block.FindAllSubmatchIndex(page, -1) {
		before, kind, content := page[:at[0]], string(page[at[2]:at[3]]), string(page[at[4]:at[5]])
		about := subject.FindSubmatch(before)
		switch {
		case kind == "go":
			write("shop.go", []byte(content))
		case about != nil && string(about[2]) == "becomes":
			write(string(about[1]), []byte(content))
		case about != nil:
			require.Equal(t, content, string(copied(string(about[1]))))
		case strings.HasPrefix(content, "$ messenger "):
			ran++
			line, _, _ := strings.Cut(content, "\n")
			got := combined(t, strings.Fields(strings.TrimPrefix(line, "$ messenger ")))
			out = bytes.Replace(out, []byte("```\n"+content+"```"), []byte("```\n"+line+"\n"+got+"```"), 1)
			if !*update {
				require.Equal(t, content, line+"\n"+got, "write the guide anew: go test ./command -run TheGuideOfI18n -update")
			}
			if strings.Contains(line, " export ") && !strings.Contains(line, "--help") {
				write("pl.po", []byte(translated.Replace(string(copied("pl.po")))))
			}
		}
	}
	require.Equal(t, 10, ran)
	if *update {
		require.NoError(t, os.WriteFile(filepath.Join(root, "docs/i18n-command.md"), out, 0o644))
	}
}

// combined returns what a command says, as a terminal shows it.
func combined(t *testing.T, args []string) string {
	t.Helper()
	var out, errs bytes.Buffer
	command.Run(t.Context(), command.Config{Out: &out, Err: &errs}, args)
	return errs.String() + out.String()
}
