package i18n_test

import (
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/i18n"
)

func TestLoadReadsEveryCatalogueOfADirectory(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{"de", "en-GB", "pt", "pt-BR", "zh-CN", "zh-TW"}, testCatalog(t).Locales())

	root, err := i18n.Load(os.DirFS("testdata/catalogs"), ".")
	require.NoError(t, err)
	require.Equal(t, testCatalog(t).Locales(), root.Locales())
}

func TestLoadRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, file, content, want string
	}{
		{"byte order mark", "de.json", "\ufeff{}", "c/de.json:1:1: begins with a byte order mark; save"},
		{"UTF-16", "de.json", "\xff\xfe{\x00}\x00", "c/de.json:1:1: is UTF-16; save"},
		{"CRLF", "de.json", "{\n\"ä\":\r\n\"b\"}", "c/de.json:2:5: the line ends in CRLF"},
		{"not UTF-8", "de.json", "{\n\"ä\":\"\xff\"}", "c/de.json:2:6: is not UTF-8"},
		{"10 MB", "de.json", `{"a": "` + strings.Repeat("b", 10_000_000) + `"}`, "c/de.json: is larger than 4 MiB"},
		{"broken JSON", "de.json", `{"a": "b"`, "c/de.json:1:10: not valid JSON: the file ends in the middle; a closing } is missing"},
		{"broken value", "de.json", "{\n  \"a\": b}", "c/de.json:2:8: not valid JSON: a text in quotation marks is missing here"},
		{"half a value", "de.json", `{"a": `, "c/de.json:1:7: not valid JSON: the file ends in the middle"},
		{"no JSON", "de.json", ``, "c/de.json:1:1: not valid JSON: the file ends in the middle"},
		{"comma at the end", "de.json", "{\"a\": \"b\",\n}", "c/de.json:1:10: not valid JSON: a comma with nothing after it"},
		{"no comma", "de.json", "{\"a\": \"b\"\n \"c\": \"d\"}", "c/de.json:2:2: not valid JSON: a comma is missing before this"},
		{"quotation mark inside", "de.json", `{"a": "say "no""}`, `c/de.json:1:13: not valid JSON: a comma is missing before this; or a quotation mark inside`},
		{"no colon", "de.json", `{"a" "b"}`, "c/de.json:1:6: not valid JSON: a colon is missing"},
		{"no quotation marks", "de.json", `{a: "b"}`, "c/de.json:1:2: not valid JSON: a message id in quotation marks is missing"},
		{"text over lines", "de.json", "{\"a\": \"b\nc\"}", `c/de.json:1:9: not valid JSON: the text goes over the end of a line`},
		{"open text", "de.json", `{"a": "b`, `c/de.json:1:7: not valid JSON: the text has no closing quotation mark`},
		{"lone backslash", "de.json", `{"a": "b\c"}`, `c/de.json:1:7: not valid JSON: the text has a backslash that means nothing`},
		{"deep", "de.json", strings.Repeat(`{"a":`, 100_000), "c/de.json:1:326: not valid JSON: too many braces within each other"},
		{"array", "de.json", `["a"]`, "c/de.json:1:1: is not a map from message ids to texts"},
		{"null", "de.json", `null`, "c/de.json:1:1: is not a map from message ids to texts"},
		{"trailing text", "de.json", `{"a":"b"} {}`, "c/de.json:1:11: not valid JSON: there is text after the end of the catalogue"},
		{"number", "de.json", `{"a": 1}`, `c/de.json:1:7: "a": the translation is not a text`},
		{"null in a choice", "de.json", `{"a": {"plural": "n", "one": null, "other": "x"}}`, `c/de.json:1:30: "a": the translation is not a text`},
		{"null twice", "de.json", `{"a": null, "a": "b"}`, `c/de.json:1:13: "a": comes twice`},
		{"null without an id", "de.json", `{"": null}`, `c/de.json:1:2: the message id is empty`},
		{"list value", "de.json", `{"a": ["b"]}`, `c/de.json:1:7: "a": the translation is not a text`},
		{"object value", "de.json", `{"a": {"b": "c"}}`, `c/de.json:1:7: "a": is a choice that does not say what decides; add plural`},
		{"duplicate", "de.json", "{\"a\": \"b\",\n\"a\": \"c\"}", `c/de.json:2:1: "a": comes twice; the first one is in line 1`},
		{"duplicate by escape", "de.json", `{"a": "b", "\u0061": "c"}`, `c/de.json:1:12: "a": comes twice`},
		{"empty id", "de.json", `{"": "b"}`, `c/de.json:1:2: the message id is empty`},
		{"empty translation", "de.json", `{"a": ""}`, `c/de.json:1:7: "a": the translation is empty`},
		{"half a character", "de.json", `{"a": "\ud83d"}`, `c/de.json:1:7: "a": the translation has a damaged character`},
		{"control character", "de.json", `{"a": "b\u0000"}`, `c/de.json:1:7: "a": the translation has a control character`},
		{"escaped CR", "de.json", `{"a": "b\r\nc"}`, `c/de.json:1:7: "a": the translation has a control character`},
		{"unknown language", "xx.json", `{}`, `c/xx.json: the name of the file is not that of a language, as in de.json or pt-BR.json: "xx" is not a BCP 47 language tag`},
		{"unknown region", "de-YY.json", `{}`, `"de-YY" is not a BCP 47 language tag`},
		{"no language", "und-DE.json", `{}`, `"und-DE" names no language`},
		{"no tag", "german.json", `{}`, `c/german.json: the name of the file is not that of a language`},
		{"capital extension", "de.JSON", `{}`, `c/de.JSON: the extension is .json, in small letters`},
		{"second extension", "de.json.txt", `{}`, `c/de.json.txt: the name ends in .txt, which an editor may have added; rename it to de.json`},
		{"YAML without its reader", "de.yaml", `{}`, `c/de.yaml: catalogues in this format are not read; the program has to give i18n.Load the option`},
		{"foreign placeholder", "de.json", `{"Hi %{name}": "Hallo %{nmae}"}`, `c/de.json:1:16: "Hi %{name}": the translation has a placeholder %{nmae} that the message id does not have`},
		{"foreign placeholder with default", "de.json", `{"Hi": "Hallo %{name|du}"}`, `placeholder %{name} that`},
		{"missing placeholder", "de.json", `{"Hi %{name}": "Hallo"}`, `c/de.json:1:16: "Hi %{name}": the translation lacks the placeholder %{name}, which the message id has`},
		{"open placeholder", "de.json", `{"Hi %{name}": "Hallo %{name"}`, `c/de.json:1:16: "Hi %{name}": the translation has a placeholder that is not closed`},
		{"placeholder in another", "de.json", `{"Hi %{name}": "Hallo %{na%{name}"}`, `the translation has a placeholder that is not closed`},
		{"placeholder without a name", "de.json", `{"Hi": "Hallo %{}"}`, `c/de.json:1:8: "Hi": the translation has a placeholder without a proper name`},
		{"no catalogue", "notes.txt", `{}`, "i18n: no catalogue (<language tag>.json) in c"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			catalog, err := i18n.Load(fstest.MapFS{"c/" + test.file: {Data: []byte(test.content)}}, "c")
			require.ErrorContains(t, err, test.want)
			require.Nil(t, catalog)
		})
	}
}

func TestLoadReportsEveryMistakeAtOnce(t *testing.T) {
	t.Parallel()
	_, err := i18n.Load(fstest.MapFS{
		"de.json":    {Data: []byte(`{"a": 1, "b": "", "c": "%{x}"}`)},
		"es.json":    {Data: []byte(`{`)},
		"klang.json": {Data: []byte(`{"d": true}`)},
		"pt_BR.json": {Data: []byte(`{"e": "f"}`)},
		"pt-BR.json": {Data: []byte(`{"e": "g"}`)},
	}, ".", i18n.Source("nowhere"))
	require.Error(t, err)
	for _, want := range []string{
		`de.json:1:7: "a"`, `de.json:1:15: "b"`, `de.json:1:24: "c"`, "es.json:1:2: not valid JSON", `klang.json:1:7: "d"`, `"klang" is not`,
		`pt-BR.json and pt_BR.json are the same language`, `source language: "nowhere"`,
	} {
		require.ErrorContains(t, err, want)
	}
}

func TestLoadNamesAMissingDirectory(t *testing.T) {
	t.Parallel()
	_, err := i18n.Load(fstest.MapFS{}, "catalogs")
	require.ErrorIs(t, err, fs.ErrNotExist)
}

func TestTranslationMayChangeTheDefaultOfAPlaceholder(t *testing.T) {
	t.Parallel()
	catalog, err := i18n.New(map[string]map[string]string{"de": {
		"Hi %{first_name|there}":                 "Hallo %{first_name|du}!",
		"100%":                                   "100 %",
		"100% cotton, %s %d {0} {{.Name}} %%{x}": "100% Baumwolle, %s %d {0} {{.Name}} %%{x}",
	}})
	require.NoError(t, err)
	require.Equal(t, "100 %", catalog.For("de").Text("100%"))
	require.Equal(t, "Hallo du!", catalog.For("de").Text("Hi %{first_name|there}", i18n.Args{}))
	const safe = "100% cotton, %s %d {0} {{.Name}} %%{x}"
	require.Equal(t, "100% Baumwolle, %s %d {0} {{.Name}} %{x}", catalog.For("de").Text(safe, i18n.Args{"x": 1, "Name": 2}))
	require.Equal(t, "100% cotton, %s %d {0} {{.Name}} %{x}", catalog.For("en").Text(safe, i18n.Args{"x": 1, "Name": 2}))
}

func TestNewCopiesItsMaps(t *testing.T) {
	t.Parallel()
	messages := map[string]map[string]string{"de": {"a": "b"}}
	catalog, err := i18n.New(messages)
	require.NoError(t, err)
	messages["de"]["a"] = "changed"
	require.Equal(t, "b", catalog.For("de").Text("a"))
	catalog.Locales()[0] = "changed"
	require.Equal(t, []string{"de"}, catalog.Locales())
}

func FuzzLoad(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"a":"b"}`, `{"a":1}`, `{"a":"b","a":"c"}`, "\ufeff{}", `{"Hi %{name|x}":"Hallo %{name}"}`, `{"a":"%{"}`, `[`, `{"a":"\ud800"}`,
	} {
		f.Add("de", "de_DE", []byte(seed))
	}
	f.Add("zh-TW", "zh_TW", []byte(`{"Menu":"選單"}`))
	f.Fuzz(func(t *testing.T, tag, locale string, data []byte) {
		if !fs.ValidPath(tag) {
			t.Skip()
		}
		catalog, err := i18n.Load(fstest.MapFS{tag + ".json": {Data: data}}, ".")
		if err != nil {
			require.Nil(t, catalog)
			require.NotEmpty(t, err.Error())
			return
		}
		require.Len(t, catalog.Locales(), 1)
		require.NotEmpty(t, catalog.For(locale).Text("Menu"))
		found := catalog.For(tag)
		require.Same(t, found, catalog.For(tag), "what was found is kept")
	})
}

// An entry without a text stands for a translation that is still to be made: the person gets what they get without it.
func TestNullIsNotTranslated(t *testing.T) {
	t.Parallel()
	catalog, err := i18n.Load(fstest.MapFS{
		"en.json": {Data: []byte(`{"orders.shipped": "It has shipped"}`)}, "de.json": {Data: []byte(`{"orders.shipped": null, "Yes": "Ja"}`)},
	}, ".")
	require.NoError(t, err)
	require.Equal(t, "It has shipped", catalog.For("de_DE").Text("orders.shipped"))
	require.Equal(t, "Ja", catalog.For("de_DE").Text("Yes"))
	require.Len(t, catalog.Warnings(), 1)
	require.ErrorContains(t, catalog.Warnings()[0], `de.json: "orders.shipped": is not translated`)
}
