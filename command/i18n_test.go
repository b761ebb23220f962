package command_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/command"
)

// catalogue writes catalogues into a new directory, and returns it.
func catalogue(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "locales")
	require.NoError(t, os.Mkdir(dir, 0o750))
	for name, content := range files {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600))
	}
	return dir
}

// i18nRun runs one of the i18n commands on a directory, which the result calls locales.
func i18nRun(t *testing.T, dir string, args ...string) result {
	t.Helper()
	got := run(t, command.Config{}, append([]string{"i18n", args[0], "--catalogs", dir}, args[1:]...)...)
	got.out, got.err = strings.ReplaceAll(got.out, dir, "locales"), strings.ReplaceAll(got.err, dir, "locales")
	return got
}

func read(t *testing.T, dir, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, name))
	require.NoError(t, err)
	return string(data)
}

const (
	shopTexts = `"Hello, %{first_name|there}!": "Hello, %{first_name|there}!"
What may it be?: What may it be?
Order: Order
My orders: My orders
orders.shipped:
`
	shopWarnings = `testdata/shop/shop.go:24:29: warning: the result of fmt.Sprintf; its texts are for you to add to locales/en.yaml
testdata/shop/shop.go:19:29: warning: "orders.shipped" is a key that has no text yet; write it in locales/en.yaml
`
)

func TestExtractWritesTheSourceCatalogue(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "locales")
	args := []string{"extract", "--policy", "testdata/shop/policy.yaml", "./testdata/shop"}
	got := i18nRun(t, dir, args...)
	require.Equal(t, result{0, "locales/en.yaml: 5 texts added; the program has 5 texts\n", shopWarnings}, got)
	require.Equal(t, shopTexts, read(t, dir, "en.yaml"))
	again := i18nRun(t, dir, args...)
	require.Equal(t, "locales/en.yaml: 0 texts added; the program has 5 texts\n", again.out)
	require.Equal(t, shopTexts, read(t, dir, "en.yaml"), "the same again changes nothing")
}

// What is left out is named, and the flag adds it.
func TestExtractNamesOptionalTexts(t *testing.T) {
	t.Parallel()
	dir := catalogue(t, map[string]string{"en.yaml": "{}\n"})
	got := i18nRun(t, dir, "extract", "../i18n/extract/testdata/bot")
	require.Zero(t, got.code, got.err)
	require.Regexp(t, `\nnot added, since optional: \d+ texts? \(.*"looked up".*\); --optional adds them\n$`, got.out)
	require.NotContains(t, read(t, dir, "en.yaml"), "looked up")
	got = i18nRun(t, dir, "extract", "--optional", "../i18n/extract/testdata/bot")
	require.Zero(t, got.code, got.err)
	require.NotContains(t, got.out, "optional")
	require.Contains(t, read(t, dir, "en.yaml"), "\nlooked up: looked up\n")
}

// Before the first catalogue go:embed has no file, and the code does not compile.
func TestExtractSaysHowToBeginWithAnEmbeddedDirectory(t *testing.T) {
	root, err := filepath.Abs("..")
	require.NoError(t, err)
	sums, err := os.ReadFile("../go.sum")
	require.NoError(t, err)
	t.Setenv("GOWORK", "off")
	t.Setenv("GOPROXY", "off")
	t.Setenv("GOFLAGS", os.Getenv("GOFLAGS")+" -mod=mod")
	for name, directory := range map[string]bool{"no directory": false, "empty directory": true} {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			require.NoError(t, os.WriteFile("go.mod", []byte("module example.com/shop\n\ngo 1.26.0\n\nrequire github.com/djmessenger/messenger v0.0.0\n\nreplace github.com/djmessenger/messenger => "+root+"\n"), 0o600))
			require.NoError(t, os.WriteFile("go.sum", sums, 0o600))
			require.NoError(t, os.WriteFile("shop.go", []byte("package shop\n\nimport (\n\t\"embed\"\n\n\t_ \"github.com/djmessenger/messenger/i18n\"\n)\n\n//go:embed locales\nvar Locales embed.FS\n"), 0o600))
			if directory {
				require.NoError(t, os.Mkdir("locales", 0o750))
			}
			got := run(t, command.Config{}, "i18n", "extract", "--source", "de")
			require.Equal(t, 1, got.code)
			require.Contains(t, got.err, "begin with an empty one: mkdir -p locales && echo '{}' > locales/de.yaml\n")
		})
	}
}

func TestExtractPrints(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "locales")
	got := i18nRun(t, dir, "extract", "--no-code", "--print", "--policy", "testdata/shop/policy.yaml")
	require.Equal(t, "\"Hello, %{first_name|there}!\": \"Hello, %{first_name|there}!\"\n", got.out)
	require.NoDirExists(t, dir, "no file is written")
}

// What a person has written into the catalogue stays, in its order.
func TestExtractKeepsWhatIsThere(t *testing.T) {
	t.Parallel()
	const before = "# Of the shop.\norders.shipped:   # a plural\n  plural: count\n  one: One\n  other: \"%{count}\"\n\nold: Old # why\n"
	dir := catalogue(t, map[string]string{"en.yaml": before})
	got := i18nRun(t, dir, "extract", "./testdata/shop")
	require.Zero(t, got.code, got.err)
	after := read(t, dir, "en.yaml")
	require.True(t, strings.HasPrefix(after, before), after)
	require.NotContains(t, got.err, "orders.shipped", "it has a text")

	dir = catalogue(t, map[string]string{"en.json": "{\n\t\"Order\": \"Buy\"\n}\n"})
	require.Zero(t, i18nRun(t, dir, "extract", "./testdata/shop").code)
	require.Equal(t, "{\n\t\"Order\": \"Buy\",\n\t\"What may it be?\": \"What may it be?\",\n\t\"My orders\": \"My orders\",\n\t\"orders.shipped\": null\n}\n", read(t, dir, "en.json"))
}

func TestExtractInJSON(t *testing.T) {
	t.Parallel()
	dir := catalogue(t, nil)
	got := i18nRun(t, dir, "extract", "--json", "./testdata/shop")
	require.Zero(t, got.code, got.err)
	require.Empty(t, got.err)
	var report struct {
		File    string
		Added   []string
		NoText  []string `json:"no_text"`
		Unknown []struct {
			File         string
			Line, Column int
			Why          string
		}
		Texts []struct {
			ID     string
			Key    bool
			Places []struct {
				File string
				Line int
			}
		}
		Wrote bool
	}
	require.NoError(t, json.Unmarshal([]byte(got.out), &report))
	require.Equal(t, "locales/en.yaml", report.File)
	require.Len(t, report.Added, 4)
	require.Equal(t, []string{"orders.shipped"}, report.NoText)
	require.Equal(t, 24, report.Unknown[0].Line)
	require.Equal(t, "the result of fmt.Sprintf", report.Unknown[0].Why)
	require.True(t, report.Wrote)
	require.Equal(t, "What may it be?", report.Texts[0].ID)
	require.Equal(t, "testdata/shop/shop.go", report.Texts[0].Places[0].File)
}

// Of code that does not compile, and with a catalogue that is broken, nothing is written.
func TestExtractWithBadInput(t *testing.T) {
	t.Parallel()
	dir := catalogue(t, map[string]string{"en.yaml": "a: A\n"})
	got := i18nRun(t, dir, "extract", "../i18n/extract/testdata/broken")
	require.Equal(t, 1, got.code)
	require.Contains(t, got.err, "broken.go:11:38: undefined: missing\n")
	require.Contains(t, got.err, "the code does not compile, so not all of its texts are known; mend it first. Nothing was written.\n")
	require.Equal(t, "a: A\n", read(t, dir, "en.yaml"))

	for name, test := range map[string]struct{ file, content, want string }{
		"broken":           {"en.yaml", "a: 'A\n", "locales/en.yaml:2:1: not valid YAML: "},
		"another language": {"de.json", "{\"a\": }", "locales/de.json:1:7: not valid JSON: "},
		"CRLF":             {"en.yaml", "a: A\r\n", "locales/en.yaml:1:5: the line ends in CRLF"},
		"byte order mark":  {"en.yaml", "\ufeffa: A\n", "locales/en.yaml:1:1: begins with a byte order mark"},
		"10 MB":            {"en.yaml", "a: " + strings.Repeat("A", 10_000_000), "locales/en.yaml: is larger than 4 MiB"},
		"duplicate":        {"en.yaml", "a: A\na: B\n", `locales/en.yaml:2:1: "a": comes twice; the first one is in line 1`},
	} {
		dir := catalogue(t, map[string]string{test.file: test.content})
		for _, args := range [][]string{{"extract", "--no-code"}, {"merge", "--language", "fr"}, {"export", "--language", "fr"}, {"import", "fr.po"}} {
			got := i18nRun(t, dir, args...)
			require.Equal(t, 1, got.code, name)
			require.Contains(t, got.err, test.want, name)
			require.Contains(t, got.err, "locales: mend this first; nothing was written\n", name)
		}
		require.Equal(t, test.content, read(t, dir, test.file), name)
	}
	dir = catalogue(t, map[string]string{"en.yaml": "{a: A}\n"})
	got = i18nRun(t, dir, "extract", "./testdata/shop")
	require.Equal(t, 1, got.code)
	require.Contains(t, got.err, "locales/en.yaml cannot be changed without being written anew; write each entry in a line of its own")
}

func TestExtractOfPolicyFilesAlone(t *testing.T) {
	t.Parallel()
	dir := catalogue(t, nil)
	got := i18nRun(t, dir, "extract", "--no-code", "--policy", "testdata/shop/policy.yaml")
	require.Equal(t, result{0, "locales/en.yaml: 1 text added; the program has 1 text\n", ""}, got)
	require.Equal(t, "\"Hello, %{first_name|there}!\": \"Hello, %{first_name|there}!\"\n", read(t, dir, "en.yaml"))

	own := file(t, "own.yaml", strings.ReplaceAll(unknown, "Default", "SimpleMessage, args: {text: Hi}"))
	got = i18nRun(t, dir, "extract", "--no-code", "--policy", own)
	require.Zero(t, got.code)
	require.Contains(t, got.err, own+`:1:43: warning: the texts of "shop.Photo" are not known, since it is not registered in this command`)
	require.Contains(t, read(t, dir, "en.yaml"), "\nHi: Hi\n")

	bad := file(t, "bad.yaml", "routers:\n  - type: STIKER\n    handlers: []\n")
	got = i18nRun(t, dir, "extract", "--no-code", "--policy", bad)
	require.Equal(t, 1, got.code)
	require.Contains(t, got.err, bad+`:2:11: routers[0].type: no such receiving type: "STIKER"`)
}

func TestI18nUsage(t *testing.T) {
	t.Parallel()
	dir := catalogue(t, map[string]string{"en.yaml": "a: A\n"})
	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"extract", "--source", "xx"}, `--source is "xx", which is no language; write it as en or pt-BR`},
		{[]string{"extract", "--format", "toml"}, `--format is "toml"; there are json and yaml`},
		{[]string{"extract", "--print", "--json"}, "give either --print or --json"},
		{[]string{"extract", "--no-code", "./shop"}, "--no-code reads no packages, but ./shop is given"},
		{[]string{"merge", "--language", "german"}, `--language is "german", which is no language; write it as fr or pt-BR`},
		{[]string{"merge", "--language", "en"}, "--language is en, the source language"},
		{[]string{"merge"}, "locales has the source language only; name a new one with --language"},
		{[]string{"merge", "fr"}, "merge takes no arguments; name a language as --language fr"},
		{[]string{"export"}, "--language is missing: the language to write, such as fr"},
		{[]string{"export", "--language", "xx"}, `--language is "xx", which is no language; write it as fr or pt-BR`},
		{[]string{"export", "--language", ""}, `--language is "", which is no language`},
		{[]string{"export", "--language", "en"}, "--language is en, the source language"},
		{[]string{"export", "fr"}, "export takes no arguments; name the language as --language fr"},
		{[]string{"import"}, "import takes one .po file"},
		{[]string{"import", "--take", "mine", "fr.po"}, `--take is "mine"; there are po and catalogue`},
		{[]string{"check", "--stict"}, "the nearest is --strict"},
	} {
		got := i18nRun(t, dir, test.args...)
		require.Equal(t, 2, got.code, test.want)
		require.Contains(t, got.err, test.want)
	}
}

func TestI18nWithoutAGoCommand(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	got := i18nRun(t, catalogue(t, nil), "extract")
	require.Equal(t, 1, got.code)
	require.Contains(t, got.err, "the go command is not found; it is needed to read Go code")
	require.Contains(t, got.err, "--no-code --policy FILE reads policy files alone")
}
