package command_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const mergeSource = `# Said after an order.
orders.shipped:
  plural: count
  one: One parcel has shipped
  other: "%{count} parcels have shipped"
orders.lost: "%{number} is lost: call us"
Order: Order
`

const merged = `# en:
#   plural: count
#   one: One parcel has shipped
#   other: "%{count} parcels have shipped"
orders.shipped:
# en: "%{number} is lost: call us"
orders.lost:
Order:
`

func TestMergeWritesANewLanguage(t *testing.T) {
	t.Parallel()
	dir := catalogue(t, map[string]string{"en.yaml": mergeSource})
	printed := i18nRun(t, dir, "merge", "--language", "fr", "--print")
	require.Equal(t, result{0, merged, ""}, printed)
	require.NoFileExists(t, filepath.Join(dir, "fr.yaml"))
	got := i18nRun(t, dir, "merge", "--language", "fr", "--language", "pt_BR")
	require.Equal(t, result{0, `locales/fr.yaml: 3 texts to translate, 3 of them new; 0 obsolete
locales/pt-BR.yaml: 3 texts to translate, 3 of them new; 0 obsolete
`, ""}, got)
	require.Equal(t, merged, read(t, dir, "fr.yaml"))
	require.Equal(t, "locales/fr.yaml: 3 texts to translate, 0 of them new; 0 obsolete\nlocales/pt-BR.yaml: 3 texts to translate, 0 of them new; 0 obsolete\n",
		i18nRun(t, dir, "merge").out)
	require.Equal(t, merged, read(t, dir, "fr.yaml"), "a second run changes nothing")

	got = i18nRun(t, dir, "check", "--no-code")
	require.Zero(t, got.code)
	require.Contains(t, got.out, "fr    0%    0/3", "an entry without a text is no translation")
}

// What a translator has written stays, also what the program does not say any more, and what they noted.
func TestMergeLosesNothing(t *testing.T) {
	t.Parallel()
	const before = `# Translated by Ada.

# formal
Order: Commander # see the guide
orders.old: Ancien
orders.lost: ""
`
	dir := catalogue(t, map[string]string{"en.yaml": mergeSource, "fr.yaml": strings.Replace(before, "orders.lost: \"\"\n", "", 1)})
	got := i18nRun(t, dir, "merge")
	require.Equal(t, result{0, "locales/fr.yaml: 2 texts to translate, 2 of them new; 1 obsolete\n", ""}, got)
	after := read(t, dir, "fr.yaml")
	require.True(t, strings.HasPrefix(after, `# Translated by Ada.

# formal
Order: Commander # see the guide
# obsolete: the source catalogue does not have it any more
orders.old: Ancien
`), after)
	i18nRun(t, dir, "merge")
	require.Equal(t, after, read(t, dir, "fr.yaml"))

	require.NoError(t, os.WriteFile(filepath.Join(dir, "en.yaml"), []byte(mergeSource+"orders.old: Old\n"), 0o600))
	i18nRun(t, dir, "merge")
	require.NotContains(t, read(t, dir, "fr.yaml"), "obsolete", "the program says it again")
}

func TestMergeOfJSONAndOfRegions(t *testing.T) {
	t.Parallel()
	dir := catalogue(t, map[string]string{"en.json": `{"orders.lost": "Lost", "orders.found": "Found"}`, "de.json": "{\n  \"orders.lost\": \"Weg\",\n  \"Text\": \"Text\"\n}", "de-CH.json": "{}", "en-GB.json": "{}"})
	got := i18nRun(t, dir, "merge")
	require.Equal(t, result{0, "locales/de.json: 1 text to translate, 1 of them new; 0 obsolete\n", ""}, got)
	require.Equal(t, "{\n  \"orders.lost\": \"Weg\",\n  \"Text\": \"Text\",\n  \"orders.found\": null\n}", read(t, dir, "de.json"))
	require.Equal(t, "{}", read(t, dir, "de-CH.json"), "a region has only what is said otherwise there")
	require.Zero(t, i18nRun(t, dir, "merge", "--language", "fr").code)
	require.Equal(t, "{\n  \"orders.lost\": null,\n  \"orders.found\": null\n}\n", read(t, dir, "fr.json"), "a new one is in the format of the others")
}

func TestMergeThatCannotWrite(t *testing.T) {
	t.Parallel()
	dir := catalogue(t, map[string]string{"en.yaml": mergeSource, "fr.yaml": "Order: Commander\n"})
	require.NoError(t, os.Chmod(filepath.Join(dir, "fr.yaml"), 0o400))
	got := i18nRun(t, dir, "merge")
	require.Equal(t, 1, got.code)
	require.Contains(t, got.err, "locales/fr.yaml is read-only; nothing was written")
	require.Equal(t, "Order: Commander\n", read(t, dir, "fr.yaml"))

	got = i18nRun(t, catalogue(t, map[string]string{"de.yaml": "a: A\n"}), "merge")
	require.Equal(t, 1, got.code)
	require.Contains(t, got.err, "locales has no catalogue of the source language en; write it with: messenger i18n extract --catalogs locales --source en")

	got = i18nRun(t, catalogue(t, map[string]string{"en.yaml": "a: A\n", "de.po": "msgid \"\"\nmsgstr \"\"\n"}), "merge")
	require.Equal(t, 1, got.code)
	require.Contains(t, got.err, "locales/de.po is a file of gettext, which this command does not change; convert it: messenger i18n import locales/de.po")
}
