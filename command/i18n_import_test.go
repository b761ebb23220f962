package command_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/command"
)

const polish = `# Przetłumaczone.
orders.shipped: # forms
  plural: count
  =0: Nic
  one: Jedna paczka
  few: "%{count} paczki"
  many: "%{count} paczek"
  other: "%{count} paczki"
`

const exchangeSource = mergeSource + `invited:
  select: host
  female: She invites
  other: They invite
place:
  ordinal: n
  one: "%{n}st"
  two: "%{n}nd"
  few: "%{n}rd"
  other: "%{n}th"
`

// exchange exports a language into a file.
func exchange(t *testing.T, dir, language string) string {
	t.Helper()
	po := filepath.Join(t.TempDir(), language+".po")
	got := i18nRun(t, dir, "export", "--language", language, "--output", po)
	require.Zero(t, got.code, got.err)
	return po
}

func rewrite(t *testing.T, file string, oldnew ...string) {
	t.Helper()
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	for i := 0; i < len(oldnew); i += 2 {
		require.Contains(t, string(data), oldnew[i])
	}
	require.NoError(t, os.WriteFile(file, []byte(strings.NewReplacer(oldnew...).Replace(string(data))), 0o600))
}

// What was exported changes nothing when it is imported, plurals, ordinals and selects included.
func TestExportAndImportLoseNothing(t *testing.T) {
	t.Parallel()
	const all = polish + "# n\nOrder: \"Zamów: \\\"teraz\\\"\"\ninvited:\n  select: host\n  female: Ona zaprasza\n  other: Oni zapraszają\nplace:\n  ordinal: n\n  other: \"%{n}.\"\n"
	dir := catalogue(t, map[string]string{"en.yaml": exchangeSource, "pl.yaml": all})
	po := exchange(t, dir, "pl")
	require.Contains(t, read(t, filepath.Dir(po), "pl.po"), "msgid_plural \"%{count} parcels have shipped\"\nmsgstr[0] \"Jedna paczka\"")
	got := i18nRun(t, dir, "import", po)
	require.Equal(t, result{0, "locales/pl.yaml: 0 new, 0 changed, 4 the same; conflicts: 0\n", ""}, got)
	require.Equal(t, all, read(t, dir, "pl.yaml"))

	fresh := catalogue(t, map[string]string{"en.yaml": exchangeSource})
	require.Zero(t, i18nRun(t, fresh, "import", po).code)
	again := exchange(t, fresh, "pl")
	first, second := read(t, filepath.Dir(po), "pl.po"), read(t, filepath.Dir(again), "pl.po")
	require.ElementsMatch(t, strings.Split(first, "\n\n"), strings.Split(second, "\n\n"), "a catalogue that is made of it says the same")
}

// Each language is exported as itself, whatever other catalogues there are.
func TestExportWritesTheLanguageThatIsAskedFor(t *testing.T) {
	t.Parallel()
	dir := catalogue(t, map[string]string{"en.yaml": mergeSource, "ar.yaml": "Order: اطلب\n", "fr.yaml": "Order: Commander\norders.lost: Perdu %{number}\n"})
	for language, want := range map[string]struct{ done, header, order string }{
		"ar": {"1 of 3 texts", "Language: ar", "اطلب"}, "fr": {"2 of 3 texts", "Language: fr", "Commander"}, "pt-BR": {"0 of 3 texts", "Language: pt_BR", ""},
	} {
		po := filepath.Join(t.TempDir(), "out.po")
		got := i18nRun(t, dir, "export", "--language", language, "--output", po)
		require.Equal(t, result{0, po + ": " + want.done + " translated\n", ""}, got, language)
		content := read(t, filepath.Dir(po), "out.po")
		require.Contains(t, content, want.header+`\n"`, language)
		require.Contains(t, content, "msgid \"Order\"\nmsgstr \""+want.order+"\"\n", language)
	}
}

// A translator fills in, and corrects. The comments and the order of the catalogue stay.
func TestImportTakesWhatATranslatorHasDone(t *testing.T) {
	t.Parallel()
	dir := catalogue(t, map[string]string{"en.yaml": mergeSource, "pl.yaml": polish + "# en: \"%{number} is lost: call us\"\norders.lost:\n"})
	po := exchange(t, dir, "pl")
	rewrite(t, po, `msgstr[0] "Jedna paczka"`, `msgstr[0] "Tylko jedna"`, "msgid \"%{number} is lost: call us\"\nmsgstr \"\"", "msgid \"%{number} is lost: call us\"\nmsgstr \"Zginęła %{number}\"",
		"msgid \"Order\"\nmsgstr \"\"", "#, fuzzy\nmsgid \"Order\"\nmsgstr \"Zam\"")
	got := i18nRun(t, dir, "import", po)
	require.Equal(t, result{0, "locales/pl.yaml: 0 new, 2 changed, 0 the same; conflicts: 0\n", ""}, got)
	require.Equal(t, strings.Replace(polish, "Jedna paczka", "Tylko jedna", 1)+"# en: \"%{number} is lost: call us\"\norders.lost: \"Zginęła %{number}\"\n", read(t, dir, "pl.yaml"))
}

// A long text is shown up to a whole character, with its line breaks as escapes.
func TestImportShortensTheTextsOfAConflict(t *testing.T) {
	t.Parallel()
	const family = "\U0001F469\u200d\U0001F469\u200d\U0001F467"
	dir := catalogue(t, map[string]string{"en.yaml": mergeSource, "pl.yaml": "Order: Zamów\n"})
	po := exchange(t, dir, "pl")
	rewrite(t, po, `msgstr "Zamów"`, `msgstr "\n`+strings.Repeat("a", 74)+family+`bcd"`)
	rewrite(t, filepath.Join(dir, "pl.yaml"), "Zamów", "Kup")
	require.Contains(t, i18nRun(t, dir, "import", po).err, `conflict: here it is "\n`+strings.Repeat("a", 74)+`…", and in`)
}

func TestImportNamesConflicts(t *testing.T) {
	t.Parallel()
	start := func() (dir, po string) {
		dir = catalogue(t, map[string]string{"en.yaml": mergeSource, "pl.yaml": polish + "Order: Zamów\norders.lost: Brak %{number}\n"})
		po = exchange(t, dir, "pl")
		rewrite(t, po, `msgstr "Zamów"`, `msgstr "Zamawiam"`)
		rewrite(t, filepath.Join(dir, "pl.yaml"), "Zamów", "Kup")                  // since the export
		rewrite(t, filepath.Join(dir, "en.yaml"), "is lost: call us", "was found") // the same
		rewrite(t, po, `msgstr "Brak %{number}"`, `msgstr "Zginęła %{number}"`)
		return dir, po
	}
	dir, po := start()
	before := read(t, dir, "pl.yaml")
	got := i18nRun(t, dir, "import", po)
	require.Equal(t, 1, got.code)
	require.Contains(t, got.err, `: "Order": conflict: here it is "Zamawiam", and in locales/pl.yaml:9:1 "Kup"`+"\n")
	require.Contains(t, got.err, `: "orders.lost": conflict: the source text has changed since the export`+"\n")
	require.Contains(t, got.err, "locales/pl.yaml: 2 conflicts; nothing was written. Run it again with --take po or --take catalogue, or change one of the files\n")
	require.Equal(t, before, read(t, dir, "pl.yaml"))

	require.Zero(t, i18nRun(t, dir, "import", "--take", "catalogue", po).code)
	require.Equal(t, before, read(t, dir, "pl.yaml"))
	require.Zero(t, i18nRun(t, dir, "import", "--take", "po", po).code)
	require.Equal(t, strings.NewReplacer("Kup", "Zamawiam", "Brak %{number}", "\"Zginęła %{number}\"").Replace(before), read(t, dir, "pl.yaml"))
}

func TestImportOfAForeignFile(t *testing.T) {
	t.Parallel()
	const foreign = `msgid ""
msgstr ""
"Plural-Forms: nplurals=3; plural=n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2;\n"

#: shop.py:7
msgid "Order"
msgstr "Zamów"

msgid "One day"
msgid_plural "%{days} days"
msgstr[0] "Dzień"
msgstr[1] "%{days} dni"
msgstr[2] "%{days} dni"
`
	dir := catalogue(t, map[string]string{"en.yaml": mergeSource})
	config := command.Config{In: strings.NewReader(foreign)}
	got := run(t, config, "i18n", "import", "--catalogs", dir, "--language", "pl", "-")
	require.Zero(t, got.code, got.err)
	require.Contains(t, read(t, dir, "pl.yaml"), "Order: Zamów\nOne day:\n  plural: days\n  one: Dzień\n")

	inPlace := catalogue(t, map[string]string{"en.yaml": mergeSource, "pl.po": foreign})
	got = i18nRun(t, inPlace, "import", filepath.Join(inPlace, "pl.po"))
	require.Zero(t, got.code, got.err)
	require.Contains(t, got.out, "locales/pl.yaml has what locales/pl.po has: remove that one, a language has one catalogue\n")
}

// A file of another language does not get into the catalogue, and what tools call the same language in another way does.
func TestImportComparesTheLanguageOfTheHeader(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		header, language string
		refused          bool
	}{
		{"ar", "fr", true}, {"pt_BR", "pt-PT", true}, {"zh_CN", "zh-Hant", true}, {"sr_Latn", "sr-Cyrl", true},
		{"fr", "fr", false}, {"pt_BR", "pt-BR", false}, {"pl_PL", "pl", false}, {"pt", "pt-BR", false}, {"zh_TW", "zh-Hant", false},
		{"nb", "no", false}, {"", "fr", false}, {"French", "fr", false},
	} {
		name := test.header + " into " + test.language
		dir := catalogue(t, map[string]string{"en.yaml": mergeSource, test.language + ".yaml": "Order: Kept\n"})
		po := file(t, test.language+".po", "msgid \"\"\nmsgstr \"\"\n\"Language: "+test.header+"\\n\"\n\nmsgid \"Order\"\nmsgstr \"New\"\n")
		got := i18nRun(t, dir, "import", "--take", "po", po)
		if !test.refused {
			require.Zero(t, got.code, "%s: %s", name, got.err)
			require.Equal(t, "Order: New\n", read(t, dir, test.language+".yaml"), name)
			continue
		}
		require.Equal(t, 1, got.code, name)
		require.Contains(t, got.err, po+": the file is of language "+test.header+", not "+test.language+`: its header says "Language: `+test.header+`"; nothing was written. `+
			"Name its language with --language "+strings.ReplaceAll(test.header, "_", "-")+"; if the header is wrong, correct it", name)
		require.Equal(t, "Order: Kept\n", read(t, dir, test.language+".yaml"), name)
	}
}

func TestImportOfABadFile(t *testing.T) {
	t.Parallel()
	dir := catalogue(t, map[string]string{"en.yaml": mergeSource, "pl.yaml": "Order: Zamów\n"})
	const header = "msgid \"\"\nmsgstr \"\"\n\"X-Messenger-Keys: msgctxt\\n\"\n\n"
	for name, test := range map[string]struct{ file, content, want string }{
		"placeholder":     {"pl.po", header + "msgctxt \"orders.lost\"\nmsgid \"x\"\nmsgstr \"Brak\"\n", `pl.po:5:1: "orders.lost": the translation lacks the placeholder %{number}, which the source text has`},
		"broken":          {"pl.po", "msgid \"Order\nmsgstr \"x\"\n", "pl.po:1:7: the text has no quotation mark at its beginning or end"},
		"byte order mark": {"pl.po", "\ufeff" + header, "pl.po:1:1: begins with a byte order mark"},
		"CRLF":            {"pl.po", "msgid \"\"\r\n", "the line ends in CRLF"},
		"10 MB":           {"pl.po", strings.Repeat("# x\n", 2_500_000), "is larger than 4 MiB"},
		"plural rule":     {"pl.po", "msgid \"\"\nmsgstr \"\"\n\"Plural-Forms: nplurals=2; plural=n>5;\\n\"\n\nmsgid \"a\"\nmsgid_plural \"b\"\nmsgstr[0] \"x\"\nmsgstr[1] \"y\"\n", "the header Plural-Forms has another rule than Unicode's CLDR for pl"},
	} {
		got := i18nRun(t, dir, "import", file(t, test.file, test.content))
		require.Equal(t, 1, got.code, name)
		require.Contains(t, got.err, test.want, name)
		require.Contains(t, got.err, "nothing was written; mend the file, and run the command again\n", name)
		require.Equal(t, "Order: Zamów\n", read(t, dir, "pl.yaml"), name)
	}
	got := i18nRun(t, dir, "import", file(t, "polish.po", header))
	require.Equal(t, 2, got.code)
	require.Contains(t, got.err, `"polish" is no language; name the language of `)
	require.Equal(t, 1, i18nRun(t, dir, "import", filepath.Join(dir, "none.po")).code)
}
