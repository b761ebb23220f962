package command_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// shopCatalogues are those of the shop: German is whole, French is not, Polish is wrong.
func shopCatalogues() map[string]string {
	return map[string]string{
		"en.yaml": strings.ReplaceAll(shopTexts, "orders.shipped:\n", "orders.shipped:\n  plural: count\n  one: One\n  other: \"%{count}\"\n"),
		"de.yaml": `Hello, %{first_name|there}!: Hallo, %{first_name|du}!
What may it be?: Was darf es sein?
Order: Bestellen
My orders: Meine Bestellungen
orders.shipped: {plural: count, one: Eins, other: '%{count}'}
`,
		"fr.yaml": "Order: Order\norders.old: Ancien\nMy orders:\n",
		"pl.yaml": "orders.shipped: {plural: count, one: Jeden, other: 'paczek'}\n\"Hello, %{first_name|there}!\": Witaj!\n",
	}
}

func TestI18nCheckReportsByLanguage(t *testing.T) {
	t.Parallel()
	files := shopCatalogues()
	files["de.yaml"] = strings.Replace(files["de.yaml"], "Hello, %{first_name|there}!: Hallo, %{first_name|du}!", `"Hello, %{first_name|there}!": "Hallo, %{first_name|du}!"`, 1)
	dir := catalogue(t, files)
	got := i18nRun(t, dir, "check", "--policy", "testdata/shop/policy.yaml", "./testdata/shop")
	require.Equal(t, 1, got.code)
	require.Equal(t, `testdata/shop/shop.go:24:29: warning: the result of fmt.Sprintf; it is not checked
locales/fr.yaml: warning: "Hello, %{first_name|there}!" is missing (testdata/shop/policy.yaml:7:48)
locales/fr.yaml: warning: "What may it be?" is missing (testdata/shop/shop.go:13:39)
locales/fr.yaml: warning: "My orders" is missing (testdata/shop/shop.go:15:12)
locales/fr.yaml: warning: "orders.shipped" is missing (testdata/shop/shop.go:19:29)
locales/fr.yaml:2:1: "orders.old": warning: nothing uses it
locales/fr.yaml:1:1: "Order": warning: is the same as in the source language; is it translated?
locales/pl.yaml:1:17: "orders.shipped": plural count lacks the form few; the forms of this language are one, few, many and other
locales/pl.yaml:1:17: "orders.shipped": plural count lacks the form many; the forms of this language are one, few, many and other
locales/pl.yaml:2:32: "Hello, %{first_name|there}!": the translation lacks the placeholder %{first_name}, which the source text has
locales/pl.yaml: warning: "What may it be?" is missing (testdata/shop/shop.go:13:39)
locales/pl.yaml: warning: "Order" is missing (testdata/shop/shop.go:14:12)
locales/pl.yaml: warning: "My orders" is missing (testdata/shop/shop.go:15:12)
`, got.err)
	require.Equal(t, `  language  done  texts  missing  mistakes  too long  not used  same
        de  100%    5/5        0         0         0         0     0
        en  100%    5/5        0         0         0         0     0
        fr   20%    1/5        4         0         0         1     1
        pl    0%    0/5        3         3         0         0     0
`, got.out)
}

func TestI18nCheckStrict(t *testing.T) {
	t.Parallel()
	policy := file(t, "p.yaml", `routers: [{type: DEFAULT, handlers: [{name: Dummy, senders: [{name: SimpleMessage, args: {text: orders.shipped}}, {name: SimpleMessage, args: {text: Hi}}]}]}]`)
	for name, test := range map[string]struct {
		files map[string]string
		want  string // empty if it is no mistake with --strict
	}{
		"whole":   {map[string]string{"en.yaml": "orders.shipped: Shipped\n", "de.yaml": "orders.shipped: Unterwegs\nHi: Hallo\n"}, ""},
		"same":    {map[string]string{"en.yaml": "orders.shipped: Shipped\n", "de.yaml": "orders.shipped: Unterwegs\nHi: Hi\n"}, ""},
		"missing": {map[string]string{"en.yaml": "orders.shipped: Shipped\n", "de.yaml": "Hi: Hallo\n"}, `locales/de.yaml: warning: "orders.shipped" is missing (`},
		"unused":  {map[string]string{"en.yaml": "orders.shipped: Shipped\nold: Old\n"}, `locales/en.yaml:2:1: "old": warning: nothing uses it`},
		"no text": {map[string]string{"en.yaml": "orders.shipped:\n"}, `p.yaml:1:97: warning: "orders.shipped" is a key that has no text in the source catalogue`},
	} {
		args := []string{"check", "--no-code", "--policy", policy}
		require.Zero(t, i18nRun(t, catalogue(t, test.files), args...).code, name+": warnings are no mistakes")
		got := i18nRun(t, catalogue(t, test.files), append(args, "--strict")...)
		require.Equal(t, test.want != "", got.code == 1, name)
		require.Contains(t, got.err, test.want, name)
	}
}

// Without the program's code the source catalogue says what the texts are.
func TestI18nCheckOfCataloguesAlone(t *testing.T) {
	t.Parallel()
	dir := catalogue(t, map[string]string{
		"en.json": `{"orders.shipped": "Shipped", "OK": "OK"}`, "de.json": `{"orders.shipped": "Unterwegs", "OK": "OK", "orders.old": "Alt"}`, "de-AT.json": `{}`, "en-GB.json": `{}`,
		"xx.json": "{}", "pt_BR.po": "msgid \"\"\nmsgstr \"\"\n\nmsgid \"orders.shipped\"\nmsgstr \"Enviado\"\n", "broken.json": "{", "notes.txt": "x",
	})
	got := i18nRun(t, dir, "check", "--no-code", "--json")
	require.Equal(t, 1, got.code)
	require.Empty(t, got.err)
	var report struct {
		OK        bool
		Source    string
		Texts     int
		Mistakes  []struct{ File, Problem string }
		Languages []struct {
			Language, File    string
			Texts, Translated int
			Percent           int
			Missing, Unused   []struct{ ID string }
			Same              []struct{ Line, Column int }
			Mistakes          []any
			TooLong           []any `json:"too_long"`
		}
	}
	require.NoError(t, json.Unmarshal([]byte(got.out), &report))
	require.False(t, report.OK)
	require.Equal(t, 2, report.Texts)
	require.Len(t, report.Mistakes, 2, "a file that is broken, and one of no language")
	require.Contains(t, report.Mistakes[1].Problem, "the name of the file is not that of a language")
	shares := map[string]int{}
	for _, l := range report.Languages {
		shares[l.Language] = l.Percent
		switch l.Language {
		case "de":
			require.Equal(t, "orders.old", l.Unused[0].ID)
			require.Len(t, l.Same, 1)
			require.Equal(t, 1, l.Same[0].Line)
		case "pt_BR":
			require.Equal(t, "OK", l.Missing[0].ID)
		}
	}
	require.Equal(t, map[string]int{"de": 100, "de-AT": 100, "en": 100, "en-GB": 100, "pt_BR": 50}, shares, "a region has what its language has")

	got = i18nRun(t, catalogue(t, nil), "check", "--no-code")
	require.Equal(t, 1, got.code)
	require.Contains(t, got.err, "locales has no catalogue; write one with: messenger i18n extract --catalogs locales")
}

func TestI18nCheckOfLimits(t *testing.T) {
	t.Parallel()
	dir := catalogue(t, map[string]string{"en.yaml": shopTexts, "de.yaml": `Order: "jetzt sofort bestellen"
My orders: Zwanzig Zeichen hier
What may it be?: Was darf es denn heute sein, bitte sehr?
`})
	got := i18nRun(t, dir, "check", "./testdata/shop")
	require.Equal(t, 1, got.code)
	require.Contains(t, got.err, `locales/de.yaml:1:8: "Order": has 22 characters, limit 20: sending.QuickReply.Title in testdata/shop/shop.go:14:12`)
	require.NotContains(t, got.err, `"What may it be?": has`)
	require.Contains(t, got.out, "de  ", "the language is in the table")

	policy := file(t, "p.yaml", `routers: [{type: DEFAULT, handlers: [{name: Dummy, senders: [{name: Buttons, args: {text: Hi, buttons: [{title: Order, payload: O}]}}]}]}]`)
	got = i18nRun(t, dir, "check", "--no-code", "--policy", policy)
	require.Equal(t, 1, got.code)
	require.Contains(t, got.err, `"Order": has 22 characters, limit 20: sending.Button.Title in `+policy+":1:113")
}
