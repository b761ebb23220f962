package catalogedit_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/internal/catalogedit"
)

func words(text string) i18n.Text { return i18n.Text{Words: text} }

func plural(one, other string) i18n.Text {
	return i18n.Text{By: i18n.Plural, Of: "count", Cases: []i18n.Case{{When: "one", Text: words(one)}, {When: i18n.Other, Text: words(other)}}}
}

func open(t *testing.T, name, content string) *catalogedit.Document {
	t.Helper()
	d, mistakes := catalogedit.Open(name, []byte(content))
	require.Empty(t, mistakes)
	return d
}

// What is added comes to the end. Not a byte of the rest changes.
func TestAdd(t *testing.T) {
	t.Parallel()
	one := []catalogedit.Entry{{Key: "b", Text: words("B")}}
	for name, test := range map[string]struct {
		file, before string
		add          []catalogedit.Entry
		want         string
	}{
		"YAML":          {"de.yaml", "# head\n\n'a':   \"A\"   # why\n", one, "# head\n\n'a':   \"A\"   # why\nb: B\n"},
		"no line end":   {"de.yaml", "a: A", one, "a: A\nb: B\n"},
		"tail":          {"de.yaml", "a: A\n\n# the end\n", one, "a: A\n\n# the end\nb: B\n"},
		"indented":      {"de.yaml", "  a: A\n", one, "  a: A\n  b: B\n"},
		"block text":    {"de.yaml", "a: |\n  A\n  # not a comment\n", one, "a: |\n  A\n  # not a comment\nb: B\n"},
		"empty map":     {"de.yaml", "# head\n{}\n", one, "# head\nb: B\n"},
		"only comments": {"de.yaml", "# head\n", one, "# head\nb: B\n"},
		"empty file":    {"de.yaml", "", one, "b: B\n"},
		"document mark": {"de.yaml", "---\na: A\n", one, "---\na: A\nb: B\n"},
		"comment": {"de.yaml", "a: A\n", []catalogedit.Entry{{Key: "b", Comment: []string{"en: Hi", "", "two"}}},
			"a: A\n# en: Hi\n#\n# two\nb:\n"},
		"choice": {"de.yaml", "a: A\n", []catalogedit.Entry{{Key: "b", Text: plural("%{count} x", "y: z")}},
			"a: A\nb:\n  plural: count\n  one: \"%{count} x\"\n  other: \"y: z\"\n"},
		"special":     {"de.yml", "", []catalogedit.Entry{{Key: "yes", Text: words("No")}, {Key: "- x", Text: words("# y")}, {Key: "=0", Text: words("a \"b\"\n\tc\\")}}, "\"yes\": \"No\"\n\"- x\": \"# y\"\n=0: \"a \\\"b\\\"\\n\\tc\\\\\"\n"},
		"long key":    {"de.yaml", "", []catalogedit.Entry{{Key: strings.Repeat("k", 1200), Text: words("x")}}, "? \"" + strings.Repeat("k", 1200) + "\"\n: x\n"},
		"JSON":        {"de.json", "{\n    \"a\": \"A\"\n}\n", one, "{\n    \"a\": \"A\",\n    \"b\": \"B\"\n}\n"},
		"JSON empty":  {"de.json", "{}\n", one, "{\n  \"b\": \"B\"\n}\n"},
		"JSON a line": {"de.json", "{\"a\": \"A\"}", one, "{\"a\": \"A\", \"b\": \"B\"}"},
		"JSON null": {"de.json", "{\n\t\"a\": null\n}", []catalogedit.Entry{{Key: "b", Comment: []string{"en: Hi"}}, {Key: "<c>", Text: plural("x", "w")}},
			"{\n\t\"a\": null,\n\t\"b\": null,\n\t\"<c>\": {\n\t\t\"plural\": \"count\",\n\t\t\"one\": \"x\",\n\t\t\"other\": \"w\"\n\t}\n}"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := open(t, test.file, test.before)
			require.NoError(t, d.Add(test.add...))
			require.Equal(t, test.want, string(d.Bytes()))
			again := open(t, test.file, test.want)
			for _, e := range test.add {
				require.True(t, again.Has(e.Key))
				require.ErrorContains(t, again.Add(e), "there is an entry already")
			}
		})
	}
}

// A text takes the place of another one. Comments, quotation marks and order stay.
func TestSet(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		file, before string
		text         i18n.Text
		want         string
	}{
		"plain":          {"de.yaml", "# one\na: A # why\n# two\nb: B\n", words("New"), "# one\na: New # why\n# two\nb: B\n"},
		"double quotes":  {"de.yaml", "a: \"A\\\" #\" # why\nb: B\n", words("New: x"), "a: \"New: x\" # why\nb: B\n"},
		"single quotes":  {"de.yaml", "a: 'it''s' # why\n", words("New"), "a: New # why\n"},
		"untranslated":   {"de.yaml", "# en: Hi\na:\nb: B\n", words("New"), "# en: Hi\na: New\nb: B\n"},
		"tilde":          {"de.yaml", "a: ~\nb: B\n", words("New"), "a: New\nb: B\n"},
		"block":          {"de.yaml", "a: |\n  A\n  # text\n\n# of b\nb: B\n", words("New"), "a: New\n\n# of b\nb: B\n"},
		"over lines":     {"de.yaml", "a: one\n  two\nb: B\n", words("New"), "a: New\nb: B\n"},
		"quoted lines":   {"de.yaml", "a: \"one\n  two\"\nb: B\n", words("New"), "a: New\nb: B\n"},
		"a choice":       {"de.yaml", "a:\n  # first\n  plural: count\n  one: Ä # x\n  other: ß\nb: B\n", plural("Ö", "ß"), "a:\n  # first\n  plural: count\n  one: Ö # x\n  other: ß\nb: B\n"},
		"another choice": {"de.yaml", "a:\n  # first\n  plural: n\n  one: x\n  other: w\nb: B\n", plural("x", "w"), "# first\na:\n  plural: count\n  one: x\n  other: w\nb: B\n"},
		"flow choice":    {"de.yaml", "a: {plural: count, one: x, other: w}\nb: B\n", plural("x", "z"), "a:\n  plural: count\n  one: x\n  other: z\nb: B\n"},
		"other order":    {"de.yaml", "a:\n  other: w\n  one: x\n  plural: count\n", plural("x", "z"), "a:\n  other: z\n  one: x\n  plural: count\n"},
		"indented":       {"de.yaml", "  a: A\n  b: B\n", plural("x", "w"), "  a:\n    plural: count\n    one: x\n    other: w\n  b: B\n"},
		"JSON":           {"de.json", "{\n\"a\" : null ,\n \"b\":\"B\"}", words("é<"), "{\n\"a\" : \"é<\" ,\n \"b\":\"B\"}"},
		"JSON choice":    {"de.json", "{\n  \"a\": \"A\"\n}\n", plural("x", "w"), "{\n  \"a\": {\n    \"plural\": \"count\",\n    \"one\": \"x\",\n    \"other\": \"w\"\n  }\n}\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := open(t, test.file, test.before)
			require.NoError(t, d.Set(map[string]i18n.Text{"a": test.text}))
			require.Equal(t, test.want, string(d.Bytes()))
			require.NoError(t, d.Set(map[string]i18n.Text{"a": test.text}))
			require.Equal(t, test.want, string(d.Bytes()), "the same again changes nothing")
			require.ErrorContains(t, d.Set(map[string]i18n.Text{"none": test.text}), `"none": there is no such entry`)
		})
	}
}

func TestCommentsAboveEntries(t *testing.T) {
	t.Parallel()
	d := open(t, "de.yaml", "# head\n\n# of a\n#two\na: A\nb: B\n")
	require.Equal(t, []string{"of a", "two"}, d.Above("a"))
	require.Empty(t, d.Above("b"))
	require.NoError(t, d.Comment(map[string][]string{"a": {"new"}, "b": {"x", ""}}))
	require.Equal(t, "# head\n\n# new\na: A\n# x\n#\nb: B\n", string(d.Bytes()))
	require.NoError(t, d.Comment(map[string][]string{"a": nil, "b": nil}))
	require.Equal(t, "# head\n\na: A\nb: B\n", string(d.Bytes()))

	j := open(t, "de.json", "{}")
	require.False(t, j.Comments())
	require.NoError(t, j.Comment(map[string][]string{"a": {"new"}}))
	require.Equal(t, "{}", string(j.Bytes()))
}

func TestWhatIsWrongIsRefused(t *testing.T) {
	t.Parallel()
	for name, content := range map[string]string{
		"byte order mark": "\ufeffa: A\n", "CRLF": "a: A\r\n", "10 MB": "a: " + strings.Repeat("A", 10_000_000), "broken": "a: 'A\n", "twice": "a: A\na: B\n", "list": "- a\n",
	} {
		_, mistakes := catalogedit.Open("de.yaml", []byte(content))
		require.NotEmpty(t, mistakes, name)
	}
	_, mistakes := catalogedit.Open("de.json", nil)
	require.NotEmpty(t, mistakes, "an empty file is no JSON")

	for name, content := range map[string]string{"braces": "{a: A}\n", "end mark": "a: A\n...\n", "open block": "a: |+\n  A\n"} {
		d := open(t, "de.yaml", content)
		err := d.Add(catalogedit.Entry{Key: "b", Text: words("B")})
		if name == "open block" {
			require.NoError(t, err)
			require.Equal(t, "a: |+\n  A\nb: B\n", string(d.Bytes()))
			continue
		}
		require.ErrorIs(t, err, catalogedit.ErrShape, name)
		require.Equal(t, content, string(d.Bytes()), name)
	}
}

func TestLines(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{"Hi"}, catalogedit.Lines(words("Hi")))
	require.Equal(t, []string{"  plural: count", "  one: x", "  other: w"}, catalogedit.Lines(plural("x", "w")))
}

// Whatever a text is, it is read as it was written.
func FuzzAdd(f *testing.F) {
	f.Add("a", "A", "# x\nb: B\n", true)
	f.Add("%{x}", "- 'x': \"", "{\n\"b\": \"B\"}", false)
	f.Fuzz(func(t *testing.T, key, text, content string, yaml bool) {
		name := "de.json"
		if yaml {
			name = "de.yaml"
		}
		d, mistakes := catalogedit.Open(name, []byte(content))
		if len(mistakes) > 0 || d.Has(key) || key == "" || text == "" || strings.ToValidUTF8(key+text, "") != key+text {
			return
		}
		before := string(d.Bytes())
		if d.Add(catalogedit.Entry{Key: key, Text: words(text)}) != nil {
			require.Equal(t, before, string(d.Bytes()))
			return
		}
		require.Equal(t, text, d.File.Messages[len(d.File.Messages)-1].Text.Words)
		require.NoError(t, d.Set(map[string]i18n.Text{key: plural(text, text)}))
	})
}
