package i18n_test

import (
	"io/fs"
	"os"
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
		{"byte order mark", "de.json", "\ufeff{}", "c/de.json: begins with a byte order mark"},
		{"broken JSON", "de.json", `{"a": "b"`, "c/de.json: invalid JSON near byte 9"},
		{"broken value", "de.json", `{"a": b}`, "c/de.json: invalid JSON"},
		{"no JSON", "de.json", ``, "c/de.json: invalid JSON near byte 0: unexpected EOF"},
		{"array", "de.json", `["a"]`, "c/de.json: is not a JSON object"},
		{"null", "de.json", `null`, "c/de.json: is not a JSON object"},
		{"trailing text", "de.json", `{"a":"b"} {}`, "c/de.json: has text after the JSON object"},
		{"not UTF-8", "de.json", "{\"a\":\"\xff\"}", "c/de.json: is not UTF-8"},
		{"number", "de.json", `{"a": 1}`, `c/de.json: "a": the translation is not a string`},
		{"null value", "de.json", `{"a": null}`, `c/de.json: "a": the translation is not a string`},
		{"object value", "de.json", `{"a": {"b": "c"}}`, `c/de.json: "a": the translation is not a string`},
		{"duplicate", "de.json", `{"a": "b", "a": "c"}`, `c/de.json: "a" comes twice`},
		{"duplicate by escape", "de.json", `{"a": "b", "\u0061": "c"}`, `c/de.json: "a" comes twice`},
		{"empty id", "de.json", `{"": "b"}`, `de: "": the message id is empty`},
		{"empty translation", "de.json", `{"a": ""}`, `de: "a": the translation is empty`},
		{"unknown language", "xx.json", `{}`, `"xx" is not a BCP 47 language tag`},
		{"unknown region", "de-YY.json", `{}`, `"de-YY" is not a BCP 47 language tag`},
		{"no language", "und-DE.json", `{}`, `"und-DE" names no language`},
		{"no tag", "german.json", `{}`, `"german" is not a BCP 47 language tag`},
		{"foreign placeholder", "de.json", `{"Hi %{name}": "Hallo %{nmae}"}`, `de: "Hi %{name}": the translation has a placeholder %{nmae}`},
		{"foreign placeholder with default", "de.json", `{"Hi": "Hallo %{name|du}"}`, `placeholder %{name} that`},
		{"open placeholder", "de.json", `{"Hi %{name}": "Hallo %{name"}`, `de: "Hi %{name}": the translation has a placeholder that is not closed`},
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
		`de.json: "a"`, `de: "b"`, `de: "c"`, "es.json: invalid JSON", `klang.json: "d"`, `"klang" is not`,
		`"pt-BR" and "pt_BR" are the same language`, `source language: "nowhere"`,
	} {
		require.ErrorContains(t, err, want)
	}
}

func TestLoadNamesAMissingDirectory(t *testing.T) {
	t.Parallel()
	_, err := i18n.Load(fstest.MapFS{}, "catalogs")
	require.ErrorIs(t, err, fs.ErrNotExist)
}

func TestTranslationMayLeaveOutAPlaceholderAndChangeItsDefault(t *testing.T) {
	t.Parallel()
	catalog, err := i18n.New(map[string]map[string]string{"de": {
		"Hi %{first_name|there}, %{city}": "Hallo %{first_name|du}!",
		"100%":                            "100 %",
	}})
	require.NoError(t, err)
	require.Equal(t, "100 %", catalog.For("de").Text("100%"))
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
