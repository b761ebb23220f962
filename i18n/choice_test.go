package i18n_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/i18n"
)

func parcels(t testing.TB) *i18n.Catalog {
	t.Helper()
	catalog, err := i18n.Load(os.DirFS("testdata"), "parcels")
	require.NoError(t, err)
	return catalog
}

func TestChoices(t *testing.T) {
	t.Parallel()
	catalog := parcels(t)
	for _, test := range []struct {
		locale, id string
		args       i18n.Args
		want       string
	}{
		{"en_US", "orders.shipped", i18n.Args{"count": 0, "name": "Ada"}, "Nothing has shipped, Ada"},
		{"en_US", "orders.shipped", i18n.Args{"count": 1, "name": "Ada"}, "One parcel has shipped, Ada"},
		{"en_US", "orders.shipped", i18n.Args{"count": int64(2), "name": ""}, "2 parcels have shipped, friend"},
		{"en_US", "orders.shipped", i18n.Args{"count": "1"}, "One parcel has shipped, friend"},
		{"en_US", "orders.shipped", i18n.Args{"count": "1.0"}, "1.0 parcels have shipped, friend"},
		{"en_US", "orders.shipped", i18n.Args{"count": 1.5}, "1.5 parcels have shipped, friend"},
		{"en_US", "orders.shipped", i18n.Args{"count": -1}, "One parcel has shipped, friend"},
		{"en_US", "orders.shipped", i18n.Args{"count": "several"}, "several parcels have shipped, friend"},
		{"en_US", "orders.shipped", i18n.Args{"name": "Ada"}, "%{count} parcels have shipped, Ada"},
		{"en_US", "orders.shipped", i18n.Args{"count": nil}, "%{count} parcels have shipped, friend"},
		{"ru_RU", "orders.shipped", i18n.Args{"count": 0, "name": "Ада"}, "Отправлено 0 посылок, Ада"},
		{"ru_RU", "orders.shipped", i18n.Args{"count": 21, "name": "Ада"}, "Отправлена 21 посылка, Ада"},
		{"ru_RU", "orders.shipped", i18n.Args{"count": uint8(22), "name": "Ада"}, "Отправлены 22 посылки, Ада"},
		{"ru_RU", "orders.shipped", i18n.Args{"count": 111, "name": "Ада"}, "Отправлено 111 посылок, Ада"},
		{"ja_JP", "orders.shipped", i18n.Args{"count": 1}, "お客様、1個の荷物を発送しました"},
		{"en_US", "orders.place", i18n.Args{"place": 1}, "You are 1st in line"},
		{"en_US", "orders.place", i18n.Args{"place": 22}, "You are 22nd in line"},
		{"en_US", "orders.place", i18n.Args{"place": 13}, "You are 13th in line"},
		{"en_US", "orders.place", i18n.Args{"place": 103}, "You are 103rd in line"},
		{"en_US", "guests.invited", i18n.Args{"host": "female", "name": "Ada", "guests": 1}, "Ada invites one guest to her party"},
		{"en_US", "guests.invited", i18n.Args{"host": "male", "name": "Bob", "guests": 2}, "Bob invites 2 guests to his party"},
		{"en_US", "guests.invited", i18n.Args{"host": 7, "name": "Kim", "guests": 2}, "Kim invites 2 guests to their party"},
		{"en_US", "guests.invited", i18n.Args{"name": "Kim", "guests": 2}, "Kim invites 2 guests to their party"},
		{"en_US", "orders.status", i18n.Args{"status": i18n.Key("status.paid")}, "Your order: paid"},
		{"ru_RU", "orders.status", i18n.Args{"status": i18n.Key("status.paid")}, "Ваш заказ: оплачен"},
	} {
		require.Equal(t, test.want, catalog.For(test.locale).Text(test.id, test.args), "%s %v", test.locale, test.args)
	}
	require.Equal(t, "%{count} parcels have shipped, %{name|friend}", catalog.For("en").Text("orders.shipped"), "a sender fills it in")
}

func TestTheFirstArgsThatHaveANameCount(t *testing.T) {
	t.Parallel()
	got := parcels(t).For("en").Text("orders.shipped", i18n.Args{"count": 2}, i18n.Args{"count": 3, "name": "Ada"})
	require.Equal(t, "2 parcels have shipped, Ada", got)
}

func TestChoiceMistakes(t *testing.T) {
	t.Parallel()
	const source = `{
		"n": {"plural": "count", "one": "one", "other": "%{count}"},
		"s": {"select": "who", "female": "she", "other": "they"},
		"t": "%{count}"
	}`
	for name, test := range map[string]struct{ ru, want string }{
		"form missing":       {`{"n": {"plural": "count", "one": "a", "few": "b", "other": "c"}}`, `c/ru.json:1:7: "n": plural count lacks the form many; the forms of this language are one, few, many and other`},
		"form too many":      {`{"n": {"plural": "count", "one": "a", "two": "a", "few": "b", "many": "c", "other": "d"}}`, `c/ru.json:1:39: "n": plural count has the form two, which this language does not have; it has one, few, many and other`},
		"no other":           {`{"n": {"plural": "count", "one": "a", "few": "b", "many": "c"}}`, `c/ru.json:1:7: "n": plural count has no case other`},
		"no form":            {`{"n": {"plural": "count", "sone": "a", "other": "c"}}`, `c/ru.json:1:27: "n": plural count has the case "sone"; the forms`},
		"no number":          {`{"n": {"plural": "count", "=x": "a", "one": "a", "few": "b", "many": "c", "other": "d"}}`, `the case "=x" is not a number`},
		"two selectors":      {`{"n": {"plural": "count", "select": "who", "other": "d"}}`, `c/ru.json:1:27: "n": chooses by plural and by select`},
		"selector no text":   {`{"n": {"plural": {}, "other": "d"}}`, `c/ru.json:1:18: "n": plural has the name of the argument`},
		"selector in braces": {`{"n": {"plural": "%{count}", "other": "d"}}`, `"n": plural has the name of the argument that decides, such as plural: count`},
		"case twice":         {`{"s": {"select": "who", "other": "a", "other": "b"}}`, `c/ru.json:1:39: "s": the case "other" comes twice`},
		"select no other":    {`{"s": {"select": "who", "female": "a"}}`, `c/ru.json:1:7: "s": select who has no case other`},
		"foreign case":       {`{"s": {"select": "who", "femal": "a", "other": "b"}}`, `c/ru.json:1:25: "s": select who has the case "femal", which the source text does not have; it has female and other`},
		"empty case":         {`{"s": {"select": "who", "": "a", "other": "b"}}`, `"s": select who has a case without a value`},
		"empty words":        {`{"s": {"select": "who", "female": "", "other": "b"}}`, `c/ru.json:1:35: "s": the translation is empty`},
		"foreign argument":   {`{"t": {"select": "who", "female": "%{count}", "other": "%{count}"}}`, `"t": the translation has a placeholder %{who} in the case female that the source text does not have`},
		"missing in a case":  {`{"t": {"plural": "count", "one": "a", "few": "%{count}", "many": "%{count}", "other": "%{counts}"}}`, `"t": the translation has a placeholder %{counts} in the case other`},
		"choice left out":    {`{"n": "много"}`, `c/ru.json:1:7: "n": the translation lacks the placeholder %{count}, which the source text has`},
		"too deep": {
			`{"s": ` + strings.Repeat(`{"select": "who", "other": `, 7) + `"a"` + strings.Repeat("}", 8), `"s": has more than 6 choices within each other`,
		},
	} {
		_, err := i18n.Load(fstest.MapFS{"c/en.json": {Data: []byte(source)}, "c/ru.json": {Data: []byte(test.ru)}}, "c")
		require.ErrorContains(t, err, test.want, name)
		var bad *i18n.Mistake
		require.ErrorAs(t, err, &bad, name)
		require.Equal(t, "c/ru.json", bad.File, name)
		require.Equal(t, "ru", bad.Language, name)
	}
}

func TestAChoiceMayLeaveOutWhatItWasChosenBy(t *testing.T) {
	t.Parallel()
	_, err := i18n.Load(fstest.MapFS{
		"en.json": {Data: []byte(`{"n": {"plural": "count", "one": "one", "other": "%{count}"}, "l": "%{count}"}`)},
		"cs.json": {Data: []byte(`{"n": {"plural": "count", "one": "a", "few": "b", "other": "c"}, "l": {"plural": "count", "=0": "no", "one": "a", "few": "b", "many": "c", "other": "d"}}`)},
		"fr.json": {Data: []byte(`{"n": {"plural": "count", "one": "a", "many": "%{count} de", "other": "%{count}"}}`)},
	}, ".")
	require.NoError(t, err, "Czech needs many for fractions only, and French has it for millions since 2020")
}

// What a program builds by itself, or a format reads, is checked like a file.
func TestBuildRefusesTextsThatAreNone(t *testing.T) {
	t.Parallel()
	other := []i18n.Case{{When: i18n.Other, Text: i18n.Text{Words: "a"}}}
	for name, test := range map[string]struct {
		text i18n.Text
		want string
	}{
		"nothing":          {i18n.Text{}, "the translation is empty"},
		"unknown selector": {i18n.Text{By: "0", Of: "n", Cases: other}, `chooses by "0"; there are plural, ordinal and select`},
		"no argument":      {i18n.Text{By: i18n.Select, Cases: other}, "select has the name of the argument that decides"},
		"bad argument":     {i18n.Text{By: i18n.Plural, Of: "%{n}", Cases: other}, "plural has the name of the argument that decides"},
		"words and cases":  {i18n.Text{Words: "a", By: i18n.Select, Of: "n", Cases: other}, "has words beside its cases"},
		"case twice":       {i18n.Text{By: i18n.Select, Of: "n", Cases: append(other, other...)}, `the case "other" comes twice`},
		"no cases":         {i18n.Text{By: i18n.Plural, Of: "n"}, "plural n has no case other"},
		"empty case":       {i18n.Text{By: i18n.Plural, Of: "n", Cases: []i18n.Case{{}}}, "the translation is empty"},
	} {
		_, err := i18n.Build([]i18n.File{{Language: "de", Messages: []i18n.Message{{Key: "k.a", Text: test.text}}}})
		require.ErrorContains(t, err, test.want, name)
	}
}

func TestFrenchMillions(t *testing.T) {
	t.Parallel()
	catalog, err := i18n.Load(fstest.MapFS{"fr.json": {Data: []byte(`{"%{n} fans": {"plural": "n", "one": "%{n} fan", "many": "%{n} de fans", "other": "%{n} fans"}}`)}}, ".")
	require.NoError(t, err)
	for n, want := range map[string]string{"1000000": "1000000 de fans", "1000001": "1000001 fans", "1": "1 fan", "0": "0 fan", "12000000": "12000000 de fans"} {
		require.Equal(t, want, catalog.For("fr_FR").Text("%{n} fans", i18n.Args{"n": n}))
	}
}

func TestWarnings(t *testing.T) {
	t.Parallel()
	var got []string
	for _, w := range parcels(t).Warnings() {
		got = append(got, w.Error())
	}
	require.Equal(t, []string{
		`parcels/ar.json: "orders.place": is not translated`,
		`parcels/ar.json: "guests.invited": is not translated`,
		`parcels/ja.json: "guests.invited": is not translated`,
		`parcels/ja.json: "orders.status": is not translated`,
		`parcels/ja.json: "status.paid": is not translated`,
	}, got)

	catalog, err := i18n.Load(fstest.MapFS{
		"de.json":    {Data: []byte(`{"a": "b", "c": "d"}`)},
		"pt.json":    {Data: []byte(`{"a": "b"}`)},
		"pt-BR.json": {Data: []byte(`{"c": "b"}`)},
		"en-GB.json": {Data: []byte(`{"a": "A"}`)},
	}, ".")
	require.NoError(t, err)
	require.Empty(t, catalog.Warnings(), "a region has what its language has, and a region of the source what the source has")

	catalog, err = i18n.Load(fstest.MapFS{
		"en.json": {Data: []byte(`{"a.b": "b"}`)}, "de.json": {Data: []byte(`{"a.b": "b", "a.c": "d", "Plain text": "Text"}`)},
	}, ".")
	require.NoError(t, err)
	require.Len(t, catalog.Warnings(), 1)
	require.EqualError(t, catalog.Warnings()[0], `de.json:1:14: "a.c": the source language does not have this message id`)
	require.Nil(t, (*i18n.Catalog)(nil).Warnings())
}

func TestFallbackChain(t *testing.T) {
	t.Parallel()
	catalog, err := i18n.Load(fstest.MapFS{
		"en.json":    {Data: []byte(`{"k.1": "en", "k.2": "en", "k.3": "en", "k.4": "en"}`)},
		"nn.json":    {Data: []byte(`{"k.1": "nn"}`)},
		"nb.json":    {Data: []byte(`{"k.1": "nb", "k.2": "nb"}`)},
		"da.json":    {Data: []byte(`{"k.1": "da", "k.2": "da", "k.3": "da"}`)},
		"pt.json":    {Data: []byte(`{"k.1": "pt"}`)},
		"pt-BR.json": {Data: []byte(`{"k.2": "br"}`)},
		"de.json":    {Data: []byte(`{}`)},
	}, ".")
	require.NoError(t, err)
	for locale, want := range map[string][5]string{
		"nn_NO": {"nn", "nb", "da", "en", "k.5"},
		"pt_BR": {"pt", "br", "en", "en", "k.5"},
		"pt_PT": {"pt", "br", "en", "en", "k.5"},
		"de_DE": {"en", "en", "en", "en", "k.5"},
		"en_GB": {"en", "en", "en", "en", "k.5"},
	} {
		var got [5]string
		for i, id := range []string{"k.1", "k.2", "k.3", "k.4", "k.5"} {
			got[i] = catalog.For(locale).Text(id)
		}
		require.Equal(t, want, got, locale)
	}
}

func FuzzReadJSON(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"a":"b"}`, `{"a":{"plural":"n","other":"x"}}`, `[1,2.5e3,true,null,"x"]`, `{"a":`, `{"a":"\ud800\"\\"}`, "{\n}", `{"a" :"b" , "c":[]}`, "{,}", "[1,]", "01", `"`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		_, mistakes := i18n.ReadJSON("de.json", data)
		if i18n.CheckBytes("de.json", data) != nil || strings.Count(string(data), "{")+strings.Count(string(data), "[") > 60 {
			return
		}
		invalid := len(mistakes) > 0 && strings.HasPrefix(mistakes[0].Problem, "not valid JSON")
		require.Equal(t, !json.Valid(data), invalid, "%q %v", data, mistakes)
		lines := strings.Split(string(data), "\n")
		for _, m := range mistakes {
			require.True(t, m.Line >= 1 && m.Line <= len(lines) && m.Column >= 1 && m.Column <= len([]rune(lines[m.Line-1]))+1, "%q %v", data, m)
		}
	})
}
