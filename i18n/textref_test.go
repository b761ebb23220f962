package i18n_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/i18n"
)

func TestLongTextsNamesLanguageKeyAndLength(t *testing.T) {
	t.Parallel()
	file := func(name, text string) i18n.File {
		f, mistakes := i18n.ReadJSON(name, []byte(text))
		require.Empty(t, mistakes)
		return f
	}
	catalog, err := i18n.Build([]i18n.File{
		file("en.json", `{"pay": "Pay", "cart.empty": "Empty the whole cart now", "%{count} parcels": {"plural": "count", "one": "One parcel", "other": "%{count} parcels"}}`),
		file("de.json", "{\"pay\": \"Jetzt kostenpflichtig bestellen\",\n \"cart.empty\": \"Leeren\",\n \"%{count} parcels\":\n {\"plural\": \"count\", \"one\": \"Ein Paket\",\n  \"other\": \"%{count} Pakete von weit her kommend\"}}"),
		file("fr.json", `{"pay": "Payer"}`),
	})
	require.NoError(t, err)
	long := catalog.LongTexts([]i18n.TextRef{
		{Key: "pay", Place: "one", Limit: 20}, {Key: "pay", Place: "two", Limit: 20}, {Key: "pay", Place: "menu", Limit: 30}, {Key: "pay", Place: "text"},
		{Key: "cart.empty", Place: "three", Limit: 20}, {Key: "%{count} parcels", Place: "four", Limit: 20},
		{Key: "A source text in no catalogue", Place: "five", Limit: 20},
	})
	var said []string
	for _, l := range long {
		said = append(said, l.Error())
	}
	require.Equal(t, []string{
		`en.json:1:30: "cart.empty": has 24 characters, limit 20: three`,
		`de.json:1:9: "pay": has 31 characters, limit 20: one`,
		`de.json:1:9: "pay": has 31 characters, limit 30: menu`,
		`de.json:5:12: "%{count} parcels": has 28 characters, limit 20: four`, // the placeholder counts as nothing
	}, said)
	require.True(t, long[0].Source)
	require.False(t, long[1].Source)
	require.Equal(t, []any{"de", "pay", 31, 20, "one"}, []any{long[1].Language, long[1].Key, long[1].Length, long[1].Limit, long[1].Place})
	require.Empty(t, (*i18n.Catalog)(nil).LongTexts([]i18n.TextRef{{Key: strings.Repeat("x", 99), Limit: 20}}))
}

func TestUnfilledFindsPlaceholdersThatNothingFills(t *testing.T) {
	t.Parallel()
	catalog, err := i18n.New(map[string]map[string]string{
		"en": {"greet": "Hi, %{first_name|there}", "order.sent": "Order %{number} for %{name} is on its way"}, "de": {"Hello": "Hallo"},
	})
	require.NoError(t, err)
	person := []string{"first_name", "name"}
	unfilled := func(c *i18n.Catalog, key string, values []string) string {
		var all []string
		for _, u := range c.Unfilled([]i18n.TextRef{{Key: key, Place: "here", Values: values}}) {
			all = append(all, u.Error())
		}
		return strings.Join(all, "\n")
	}
	require.Empty(t, unfilled(catalog, "order.sent", nil), "nothing is known")
	require.Empty(t, unfilled(catalog, "order.sent", []string{"number", "name"}))
	require.Equal(t, `i18n: here: the placeholder %{number} of the text "order.sent" has no value there`, unfilled(catalog, "order.sent", person))
	require.Empty(t, unfilled(nil, "order.sent", person), "a key says nothing")
	require.Equal(t, `i18n: here: the placeholder %{nothing} of the text "%{nothing}" has no value there`, unfilled(nil, "%{nothing}", person))
	require.Equal(t, `i18n: here: the placeholder %{fist_name} of the text "%{fist_name|there}" has no value there; do you mean %{first_name}?`,
		unfilled(nil, "%{fist_name|there}", person))
	require.Empty(t, unfilled(nil, "%{shop|ours}, %%{nothing}", person), "a default says that it may be missing")
}

func TestAProblemNamesTheProgramsOwnTexts(t *testing.T) {
	t.Parallel()
	catalog, err := i18n.New(map[string]map[string]string{"de": {"Hello": "Hallo", "Pay": "Jetzt kostenpflichtig bestellen"}})
	require.NoError(t, err)
	var met []i18n.Problem
	l := catalog.For("de_DE").Reporting(func(p i18n.Problem) { met = append(met, p) }).Naming(func(id string) bool { return id == "Please write a number." })
	for range 2 {
		require.Equal(t, "Please write a number.", l.Text("Please write a number."))
		require.Equal(t, "my secret", l.Text("my secret"))
		require.Equal(t, "Jetzt kostenpflich…", l.Within(l.Text("Pay"), "Pay", 19))
		require.Equal(t, "a very long secret", l.Within("a very long secret", "a very long secret", 5), "a text as the program has it stays")
	}
	require.Equal(t, []i18n.Problem{
		{Kind: i18n.NotTranslated, Language: "de", Key: "Please write a number."},
		{Kind: i18n.NotTranslated, Language: "de"},
		{Kind: i18n.TooLong, Language: "de", Key: "Pay"},
	}, met)
}
