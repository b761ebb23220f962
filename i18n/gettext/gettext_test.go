package gettext_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/i18n/gettext"
)

func TestTheCataloguesOfAProject(t *testing.T) {
	t.Parallel()
	files, err := gettext.ReadDir(os.DirFS("testdata"), "locale")
	require.NoError(t, err)
	catalog, err := i18n.Build(files)
	require.NoError(t, err)
	require.Equal(t, []string{"he", "pt-BR", "ru"}, catalog.Locales())
	ru := catalog.For("ru_RU")
	require.Equal(t, "Здравствуйте, друг!", ru.Text("Hello, %{first_name|there}!", i18n.Args{}))
	require.Equal(t, "100% хлопок\n\"мягкий\"", ru.Text("100% cotton\n\"soft\""))
	require.Equal(t, "Май", ru.Text("month\x04May"))
	require.Equal(t, "Size?", ru.Text("Size?"), "a fuzzy entry is none")
	require.Equal(t, "Colour?", ru.Text("Colour?"))
	require.Equal(t, "Old", ru.Text("Old"))
	for _, test := range []struct {
		locale string
		n      any
		want   string
	}{
		{"ru_RU", 1, "1 посылка"}, {"ru_RU", 22, "22 посылки"}, {"ru_RU", 111, "111 посылок"}, {"ru_RU", 1.5, "1,5 посылок"},
		{"he_IL", 1, "חבילה אחת"}, {"he_IL", 2, "שתי חבילות"}, {"he_IL", 20, "20 חבילה"}, {"he_IL", 21, "21 חבילות"}, {"he_IL", 10, "10 חבילות"},
		{"pt_BR", 0, "0 pacotes"}, {"pt_BR", 1, "1 pacote"}, {"pt_BR", 2, "2 pacotes"}, {"pt_BR", 1.5, "1,5 pacotes"},
		{"en_US", 1, "One parcel"}, {"en_US", 2, "2 parcels"}, {"de_DE", 2, "2 parcels"},
		{"pt_BR", 1_000_000, "1.000.000 pacotes"}, {"pt_BR", "12345678901", "12345678901 pacotes"},
	} {
		require.Equal(t, test.want, catalog.For(test.locale).Text("One parcel", i18n.Args{"parcels": test.n}), "%s %v", test.locale, test.n)
	}
}

func TestLayouts(t *testing.T) {
	t.Parallel()
	po := func(text string) *fstest.MapFile {
		return &fstest.MapFile{Data: []byte("msgid \"a\"\nmsgstr \"" + text + "\"\n")}
	}
	files, err := gettext.ReadDir(fstest.MapFS{
		"l/de.po": po("d"), "l/zh_TW/x.po": po("z"), "l/pt_BR/LC_MESSAGES/x.po": po("p"), "l/pt_BR/LC_MESSAGES/x.mo": {Data: []byte("old")},
		"l/README": {Data: []byte("no catalogue")},
	}, "l")
	require.NoError(t, err)
	catalog, err := i18n.Build(files)
	require.NoError(t, err)
	require.Equal(t, []string{"de", "pt-BR", "zh-TW"}, catalog.Locales())
	require.Equal(t, "z", catalog.For("zh_TW").Text("a"))

	_, err = gettext.ReadDir(fstest.MapFS{"l/README": {}}, "l")
	require.ErrorContains(t, err, "no .po or .mo file in l")
	_, err = gettext.ReadDir(fstest.MapFS{}, "none")
	require.Error(t, err)

	files, err = gettext.ReadDir(fstest.MapFS{"de/a.po": po("x"), "de/b.po": po("y")}, ".")
	require.NoError(t, err)
	_, err = i18n.Build(files)
	require.ErrorContains(t, err, `"a": comes twice`)

	mixed, err := i18n.Load(fstest.MapFS{"de.po": po("d"), "fr.json": {Data: []byte(`{"a": "f"}`)}}, ".", gettext.PO(), gettext.MO())
	require.NoError(t, err)
	require.Equal(t, "d f", mixed.For("de").Text("a")+" "+mixed.For("fr").Text("a"))
}

func TestPOMistakes(t *testing.T) {
	t.Parallel()
	const header = "msgid \"\"\nmsgstr \"Plural-Forms: nplurals=2; plural=n != 1;\\n\"\n"
	for name, test := range map[string]struct{ content, want string }{
		"byte order mark":     {"\ufeffmsgid \"a\"\n", "c/de.po:1:1: begins with a byte order mark"},
		"CRLF":                {"msgid \"a\"\r\nmsgstr \"b\"\r\n", "c/de.po:1:10: the line ends in CRLF"},
		"not UTF-8":           {"msgid \"a\"\nmsgstr \"\xe4\"\n", "c/de.po:2:9: is not UTF-8"},
		"other charset":       {"msgid \"\"\nmsgstr \"Content-Type: text/plain; charset=ISO-8859-1\\n\"\n", "c/de.po:1:1: the header says that the characters are iso-8859-1"},
		"10 MB":               {"msgid \"" + strings.Repeat("a", 10_000_000), "c/de.po: is larger than 4 MiB"},
		"duplicate":           {"msgid \"a\"\nmsgstr \"b\"\n\nmsgid \"a\"\nmsgstr \"c\"\n", `c/de.po:4:1: "a": comes twice; the first one is in line 1`},
		"no msgstr":           {"msgid \"a\"\n\nmsgid \"b\"\nmsgstr \"c\"\n", `c/de.po:3:1: "a": msgid does not belong here`},
		"nothing but msgid":   {"msgid \"a\"\n", `c/de.po:1:1: "a": the entry has no msgstr`},
		"no msgid":            {"msgstr \"a\"\n", "c/de.po:1:1: msgstr does not belong here"},
		"msgctxt alone":       {"msgctxt \"a\"\n", "c/de.po:1:1: the entry has no msgid"},
		"open quotes":         {"msgid \"a\nmsgstr \"b\"\n", "c/de.po:1:7: the text has no quotation mark"},
		"no quotes":           {"msgid a\nmsgstr \"b\"\n", "c/de.po:1:7: the text has no quotation mark"},
		"quotes inside":       {"msgid \"a\"\nmsgstr \"say \"no\"\"\n", "c/de.po:2:13: \"a\": a quotation mark inside"},
		"lone backslash":      {"msgid \"a\"\nmsgstr \"ä\\c\"\n", "c/de.po:2:10: \"a\": the text has a backslash that means nothing"},
		"no keyword":          {"msgid \"a\"\nmsgstr \"b\"\nwhat\n", "c/de.po:3:1: \"a\": a line begins neither"},
		"text of nothing":     {"\"a\"\n", "c/de.po:1:1: a text that belongs to nothing"},
		"plural, no header":   {"msgid \"a\"\nmsgid_plural \"b\"\nmsgstr[0] \"c\"\n", `c/de.po:1:1: "a": has plural forms, but the file has no header Plural-Forms`},
		"broken expression":   {"msgid \"\"\nmsgstr \"Plural-Forms: nplurals=2; plural=n !;\\n\"\n", "c/de.po:1:1: the header Plural-Forms: plural "},
		"form missing":        {header + "\nmsgid \"a\"\nmsgid_plural \"b\"\nmsgstr[0] \"c\"\n", `c/de.po:4:1: "a": has 1 plural forms; by the header Plural-Forms there are 2`},
		"form too many":       {header + "\nmsgid \"a\"\nmsgid_plural \"b\"\nmsgstr[0] \"c\"\nmsgstr[1] \"c\"\nmsgstr[2] \"c\"\n", `"a": has 3 plural forms; by the header Plural-Forms there are 2`},
		"form skipped":        {header + "\nmsgid \"a\"\nmsgid_plural \"b\"\nmsgstr[1] \"c\"\n", `c/de.po:6:1: "a": msgstr[1] does not belong here`},
		"placeholder":         {"msgid \"a %{x}\"\nmsgstr \"b %{y}\"\n", `c/de.po:1:1: "a %{x}": the translation has a placeholder %{y}`},
		"missing placeholder": {"msgid \"a %{x}\"\nmsgstr \"b\"\n", `c/de.po:1:1: "a %{x}": the translation lacks the placeholder %{x}`},
	} {
		_, err := i18n.Load(fstest.MapFS{"c/de.po": {Data: []byte(test.content)}}, "c", gettext.PO())
		require.ErrorContains(t, err, test.want, name)
	}
}

// mo compiles messages as msgfmt does.
func mo(order binary.ByteOrder, messages map[string]string) []byte {
	var ids []string
	for id := range messages {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	n := len(ids)
	out := make([]byte, 28+16*n)
	for i, v := range []uint32{0x950412de, 0, uint32(n), 28, uint32(28 + 8*n), 0, uint32(28 + 16*n)} {
		order.PutUint32(out[4*i:], v)
	}
	for i, id := range ids {
		for table, text := range []string{id, messages[id]} {
			order.PutUint32(out[28+8*(table*n+i):], uint32(len(text)))
			order.PutUint32(out[28+8*(table*n+i)+4:], uint32(len(out)))
			out = slices.Concat(out, []byte(text), []byte{0})
		}
	}
	return out
}

func TestMO(t *testing.T) {
	t.Parallel()
	messages := map[string]string{
		"":                        "Content-Type: text/plain; charset=UTF-8\nPlural-Forms: nplurals=2; plural=n != 1;\n",
		"Size?":                   "Größe?",
		"month\x04May":            "Mai",
		"One\x00%{parcels} boxes": "%{parcels} Paket\x00%{parcels} Pakete",
	}
	for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		data := mo(order, messages)
		catalog, err := i18n.Load(fstest.MapFS{"de.mo": {Data: data}}, ".", gettext.MO())
		require.NoError(t, err)
		de := catalog.For("de_DE")
		require.Equal(t, "Größe? Mai", de.Text("Size?")+" "+de.Text("month\x04May"))
		require.Equal(t, "1 Paket, 2 Pakete", de.Text("One", i18n.Args{"parcels": 1})+", "+de.Text("One", i18n.Args{"parcels": 2}))
		for size := range len(data) - 1 {
			_, mistakes := gettext.ReadMO("de.mo", data[:size])
			if len(mistakes) == 0 {
				t.Fatalf("%d of %d bytes are a file", size, len(data))
			}
		}
	}
	for name, data := range map[string][]byte{
		"text": []byte("msgid \"a\"\nmsgstr \"b\"\nand more of it"), "not UTF-8": mo(binary.LittleEndian, map[string]string{"a": "\xff"}),
		"many": append([]byte{0xde, 0x12, 0x04, 0x95, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff}, make([]byte, 16)...), "large": make([]byte, i18n.MaxFileSize+1),
	} {
		_, mistakes := gettext.ReadMO("de.mo", data)
		require.Len(t, mistakes, 1, name)
		require.Contains(t, mistakes[0].Error(), "de.mo: is ", name)
	}
}

// equal compares catalogues, whatever the places and the order of cases.
func equal(t *testing.T, want, got i18n.File) {
	t.Helper()
	var plain func(x i18n.Text) i18n.Text
	plain = func(x i18n.Text) i18n.Text {
		x.Line, x.Column = 0, 0
		x.Cases = slices.Clone(x.Cases)
		for i, c := range x.Cases {
			x.Cases[i] = i18n.Case{When: c.When, Text: plain(c.Text)}
		}
		slices.SortFunc(x.Cases, func(a, b i18n.Case) int { return strings.Compare(a.When, b.When) })
		return x
	}
	texts := func(f i18n.File) (all []i18n.Message) {
		for _, m := range f.Messages {
			all = append(all, i18n.Message{Key: m.Key, Text: plain(m.Text)})
		}
		return all
	}
	require.Equal(t, texts(want), texts(got))
	require.Nil(t, got.Plural)
}

func roundTrip(t *testing.T, file, source i18n.File) string {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, gettext.WritePO(&out, file, source))
	back, mistakes := gettext.ReadPO(file.Language+".po", out.Bytes())
	require.Empty(t, mistakes, "%s", out.String())
	equal(t, file, back)
	return out.String()
}

func TestExportAndBackLosesNothing(t *testing.T) {
	t.Parallel()
	files, err := i18n.ReadFiles(os.DirFS("../testdata"), "parcels")
	require.NoError(t, err)
	at := slices.IndexFunc(files, func(f i18n.File) bool { return f.Language == "en" })
	texts := map[string]string{}
	for _, file := range files {
		texts[file.Language] = roundTrip(t, file, files[at])
	}
	require.Contains(t, texts["ru"], `
#. plural: count
msgctxt "orders.shipped"
msgid "One parcel has shipped, %{name|friend}"
msgid_plural "%{count} parcels have shipped, %{name|friend}"
`, "a translator sees the source text")
	require.Contains(t, texts["ru"], `
msgctxt "[\"orders.shipped\",\"plural\",\"count\",\"other\"]"
`, "what is said of fractions")
	require.Contains(t, texts["ja"], `
msgctxt "[\"guests.invited\",\"select\",\"host\",\"female\",\"plural\",\"guests\",\"one\"]"
msgid "%{name} invites one guest to her party"
msgstr ""
`, "what is to be translated is there")
}

func TestExportOfAnyTexts(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	words := func() string {
		pieces := []string{"a", "ß", " ", "\n", "\t", `"`, `\`, "%{x}", "%", "[", "]", "#", "msgid", "\u200f", "🎉", "|"}
		var out strings.Builder
		for range 1 + random.IntN(5) {
			out.WriteString(pieces[random.IntN(len(pieces))])
		}
		return out.String()
	}
	var text func(depth int) i18n.Text
	text = func(depth int) i18n.Text {
		if depth > 2 || random.IntN(3) > 0 {
			return i18n.Text{Words: words()}
		}
		x := i18n.Text{By: []i18n.Selector{i18n.Plural, i18n.Ordinal, i18n.Select}[random.IntN(3)], Of: words()}
		for _, when := range []string{"one", "few", "many", "other", "=0", "a b", `"`}[random.IntN(4):] {
			x.Cases = append(x.Cases, i18n.Case{When: when, Text: text(depth + 1)})
		}
		return x
	}
	for range 500 {
		file, source := i18n.File{Language: []string{"de", "ja", "pl", "ar", "lv"}[random.IntN(5)]}, i18n.File{Language: "en"}
		seen := map[string]bool{}
		for range 4 {
			key := words()
			if random.IntN(2) == 0 {
				key = []string{"k.a", "k.b", `["k"]`, "["}[random.IntN(4)]
			}
			if seen[key] {
				continue
			}
			seen[key] = true
			file.Messages = append(file.Messages, i18n.Message{Key: key, Text: text(0)})
			if random.IntN(2) == 0 {
				source.Messages = append(source.Messages, i18n.Message{Key: key, Text: text(0)})
			}
		}
		source.Messages = append(source.Messages, i18n.Message{Key: "k.untranslated", Text: text(0)})
		roundTrip(t, file, source)
	}
}

func TestWritePORefuses(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	require.ErrorContains(t, gettext.WritePO(&out, i18n.File{Language: "german"}, i18n.File{}), "not a BCP 47 language tag")
	require.ErrorContains(t, gettext.WritePO(&out, i18n.File{Language: "he", Plural: func(int) string { return "other" }}, i18n.File{}), "plural rules of its own")
	require.Empty(t, out.String())
}

func FuzzReadPO(f *testing.F) {
	data, err := os.ReadFile("testdata/locale/ru/LC_MESSAGES/django.po")
	require.NoError(f, err)
	f.Add(data)
	f.Add([]byte("msgid \"\"\nmsgstr \"X-Messenger-Keys: msgctxt\\n\"\nmsgctxt \"[\\\"a\\\",\\\"select\\\",\\\"b\\\",\\\"c\\\"]\"\nmsgid \"d\"\nmsgstr \"e\"\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, mistakes := gettext.ReadPO("ru.po", data)
		lines := strings.Split(string(data), "\n")
		for _, m := range mistakes {
			require.True(t, m.Line >= 1 && m.Line <= len(lines), "%v", m)
		}
		if len(mistakes) == 0 {
			_, _ = i18n.Build([]i18n.File{file})
		}
	})
}

func FuzzReadMO(f *testing.F) {
	f.Add(mo(binary.LittleEndian, map[string]string{"": "Plural-Forms: nplurals=1; plural=0\n", "a": "b", "c\x00d": "e"}))
	f.Fuzz(func(_ *testing.T, data []byte) {
		if file, mistakes := gettext.ReadMO("ja.mo", data); len(mistakes) == 0 {
			_, _ = i18n.Build([]i18n.File{file})
		}
	})
}

func ExampleReadDir() {
	files, err := gettext.ReadDir(os.DirFS("testdata"), "locale")
	if err != nil {
		fmt.Println(err)
		return
	}
	catalog, err := i18n.Build(files)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(catalog.For("ru_RU").Text("One parcel", i18n.Args{"parcels": 5}))
	// Output: 5 посылок
}

func ExampleWritePO() {
	source := i18n.File{Language: "en", Messages: []i18n.Message{{Key: "orders.shipped", Text: i18n.Text{Words: "Your order has shipped"}}}}
	german := i18n.File{Language: "de", Messages: []i18n.Message{{Key: "orders.shipped", Text: i18n.Text{Words: "Deine Bestellung ist unterwegs"}}}}
	var out strings.Builder
	if err := gettext.WritePO(&out, german, source); err != nil {
		fmt.Println(err)
		return
	}
	_, entries, _ := strings.Cut(out.String(), "\n\n")
	fmt.Println(entries)
	// Output:
	// msgctxt "orders.shipped"
	// msgid "Your order has shipped"
	// msgstr "Deine Bestellung ist unterwegs"
}
