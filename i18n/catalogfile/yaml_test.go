package catalogfile_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/i18n/catalogfile"
)

const german = `# For the shop.
Small: Klein
Norway: No
"100% cotton": "100% Baumwolle"
Code: 010
Long: |
  Eine Zeile
  und noch eine
orders.shipped:
  plural: count
  one: Ein Paket
  other: "%{count} Pakete"
`

func load(file, content string) (*i18n.Catalog, error) {
	return i18n.Load(fstest.MapFS{
		"c/en.json": {Data: []byte(`{"orders.shipped": {"plural": "count", "one": "One parcel", "other": "%{count} parcels"}}`)},
		"c/" + file: {Data: []byte(content)},
	}, "c", catalogfile.YAML())
}

func TestYAMLHasTextsAsTheyAreWritten(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"de.yaml", "de.yml"} {
		catalog, err := load(file, german)
		require.NoError(t, err)
		l := catalog.For("de_DE")
		for id, want := range map[string]string{
			"Small": "Klein", "Norway": "No", "100% cotton": "100% Baumwolle", "Code": "010", "Long": "Eine Zeile\nund noch eine\n",
		} {
			require.Equal(t, want, l.Text(id))
		}
		require.Equal(t, "Ein Paket", l.Text("orders.shipped", i18n.Args{"count": 1}))
		require.Equal(t, "3 Pakete", l.Text("orders.shipped", i18n.Args{"count": 3}))
	}
}

func TestYAMLMistakes(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ content, want string }{
		"byte order mark":   {"\ufeffa: b", "c/de.yaml:1:1: begins with a byte order mark"},
		"CRLF":              {"a: b\r\n", "c/de.yaml:1:5: the line ends in CRLF"},
		"not UTF-8":         {"a: \xff", "c/de.yaml:1:4: is not UTF-8"},
		"empty":             {"# nothing\n", "c/de.yaml:1:1: is empty"},
		"10 MB":             {"a: " + strings.Repeat("b", 10_000_000), "c/de.yaml: is larger than 4 MiB"},
		"two documents":     {"a: b\n---\nc: d\n", "c/de.yaml:2:1: has a second document"},
		"list":              {"- a\n- b\n", "c/de.yaml:1:1: is not a map from message ids to texts"},
		"list value":        {"a:\n  - b\n", `c/de.yaml:2:3: "a": the translation is not a text`},
		"no value":          {"a: {plural: n, one: , other: x}\n", `c/de.yaml:1:21: "a": the translation is not a text`},
		"empty text":        {"a: ''\n", `c/de.yaml:1:4: "a": the translation is empty`},
		"duplicate":         {"a: b\nc: d\na: e\n", `c/de.yaml:3:1: "a": comes twice; the first one is in line 1`},
		"alias":             {"a: &x b\nc: *x\n", "c/de.yaml:1:4: has an anchor"},
		"merge":             {"a: b\n<<: {c: d}\n", `c/de.yaml:2:5: "<<": is a choice that does not say`},
		"tag":               {"a: !!int 1\n", "c/de.yaml:1:4: has a tag"},
		"list as key":       {"? [a]\n: b\n", "c/de.yaml:1:3: has a message id that is not a text"},
		"percent":           {"a: %{b}\n", "c/de.yaml:1:4: not valid YAML: "},
		"percent explains":  {"a: %{b}\n", "into quotation marks"},
		"indentation":       {"a: b\n  c: d\n", "c/de.yaml:2:4: not valid YAML: "},
		"tab":               {"a:\n\tplural: n\n", "c/de.yaml:2:1: not valid YAML: "},
		"tab explains":      {"a:\n\tplural: n\n", "; YAML takes no tabs as indentation, write spaces"},
		"tab behind spaces": {"a:\n  \tplural: n\n", "; YAML takes no tabs as indentation, write spaces"},
		"no tab":            {"a: @b\n", "; put a text that begins with a special character into quotation marks"},
		"open quotes":       {"a: \"b\nc: d\n", "not valid YAML: "},
		"broken plural":     {"orders.shipped:\n  plural: count\n  few: x\n  other: y\n", `c/de.yaml:3:3: "orders.shipped": plural count has the form few, which this language does not have; it has one and other`},
		"form missing":      {"orders.shipped:\n  plural: count\n  other: y\n", `c/de.yaml:2:3: "orders.shipped": plural count lacks the form one`},
		"placeholder":       {"orders.shipped: viele\n", `c/de.yaml:1:17: "orders.shipped": the translation lacks the placeholder %{count}`},
		"deep":              {strings.Repeat("{a: ", 200) + "b" + strings.Repeat("}", 200), "c/de.yaml:1:"},
	} {
		_, err := load("de.yaml", test.content)
		require.ErrorContains(t, err, test.want, name)
	}
}

func TestTheGuideIsRight(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile("../../docs/i18n.md")
	require.NoError(t, err)
	_, rest, _ := strings.Cut(string(guide), "```yaml\n")
	example, _, _ := strings.Cut(rest, "```")
	catalog, err := i18n.Load(fstest.MapFS{"en.yaml": {Data: []byte(example)}}, ".", catalogfile.YAML())
	require.NoError(t, err)
	l := catalog.For("")
	require.Equal(t, "Nothing has shipped yet", l.Text("orders.shipped", i18n.Args{"count": 0}))
	require.Equal(t, "You are 3rd in line", l.Text("queue.place", i18n.Args{"place": 3}))
	require.Equal(t, "Ada invites 2 guests to her party", l.Text("guests.invited", i18n.Args{"host": "female", "name": "Ada", "guests": 2}))
}

func FuzzReadYAML(f *testing.F) {
	for _, seed := range []string{german, "a: b", "a: {plural: n, other: x}", "&a [*a]", "? {a: b}\n: c", "a: |\n b", "--- !!map {}"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, mistakes := catalogfile.ReadYAML("de.yaml", data)
		if len(mistakes) > 0 {
			require.NotEmpty(t, mistakes[0].Error())
			return
		}
		_, _ = i18n.Build([]i18n.File{file})
	})
}

func ExampleYAML() {
	dir := os.DirFS("testdata")
	catalog, err := i18n.Load(dir, "locales", catalogfile.YAML())
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, count := range []int{1, 2, 5} {
		fmt.Println(catalog.For("pl_PL").Text("orders.shipped", i18n.Args{"count": count}))
	}
	// Output:
	// Wysłano 1 paczkę
	// Wysłano 2 paczki
	// Wysłano 5 paczek
}

// An entry without a text stands for a translation that is still to be made.
func TestAnEntryWithoutAText(t *testing.T) {
	t.Parallel()
	file, mistakes := catalogfile.ReadYAML("de.yaml", []byte("a:\nb: ~\nc: null\nd: x\n"))
	require.Empty(t, mistakes)
	require.Len(t, file.Messages, 2)
	require.Equal(t, "null", file.Messages[0].Text.Words, "a word that is written is a text")
	require.Equal(t, "d", file.Messages[1].Key)
}
