package i18n_test

import (
	"errors"
	"math"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/i18n"
)

// inIsolates writes isolates as brackets, so that a test can be read.
func inIsolates(text string) string {
	return strings.NewReplacer("\u2068", "[", "\u2069", "]", "\u00a0", "_", "\u202f", "_").Replace(text)
}

func TestFormat(t *testing.T) {
	t.Parallel()
	when := time.Date(2026, 12, 24, 15, 4, 5, 0, time.UTC)
	var none *i18n.Catalog
	for _, test := range []struct {
		locale string
		value  any
		want   string
	}{
		{"en_US", 1234567, "1,234,567"},
		{"de_DE", 1234567, "1.234.567"},
		{"de_DE", int64(math.MinInt64), "-9.223.372.036.854.775.808"},
		{"de_DE", uint64(math.MaxUint64), "18.446.744.073.709.551.615"},
		{"de_CH", 1234567, "1'234'567"},
		{"es_ES", 1234, "1234"},
		{"es_ES", 12345, "12.345"},
		{"es_LA", 1234, "1,234"},
		{"es_MX", 1234.5, "1,234.5"},
		{"hi_IN", 1234567, "12,34,567"},
		{"ar_EG", -7, "\u061c-٧"},
		{"en_US", 0.1 + 0.2, "0.3"},
		{"en_US", 1e21, "1,000,000,000,000,000,000,000"},
		{"en_US", -0.0001, "0"},
		{"en_US", math.NaN(), "NaN"},
		{"en_US", math.Inf(1), "+Inf"},
		{"en_US", float32(1.5), "1.5"},
		{"en_US", i18n.Number{Value: 2.5, Decimals: 2}, "2.50"},
		{"de_DE", i18n.Number{Value: 1234.5, Decimals: 2}, "1.234,50"},
		{"de_DE", i18n.Number{Value: -0.001, Decimals: 2}, "0,00"},
		{"de_DE", i18n.Number{Value: math.NaN(), Decimals: 2}, "NaN"},
		{"de_DE", i18n.Number{Value: 2, Decimals: -1}, "2"},
		{"de_DE", i18n.Percent{Value: 0.256, Decimals: 1}, "25,6_%"},
		{"tr_TR", i18n.Percent{Value: -0.5}, "-%50"},
		{"en_US", i18n.Percent{Value: math.Inf(-1)}, "-Inf"},
		{"en_US", i18n.Money{Amount: "1234.5", Currency: "EUR"}, "€1,234.50"},
		{"de_DE", i18n.Money{Amount: "1234.5", Currency: "EUR"}, "1.234,50_€"},
		{"de_DE", i18n.Money{Amount: "-1234.567", Currency: "EUR"}, "-1.234,567_€"},
		{"ja_JP", i18n.Money{Amount: "1234", Currency: "JPY"}, "￥1,234"},
		{"ja_JP", i18n.Money{Amount: "1234.50", Currency: "JPY"}, "￥1,234.5"},
		{"en_US", i18n.Money{Amount: "1", Currency: "KWD"}, "KWD_1.000"},
		{"en_US", i18n.Money{Amount: "12,50", Currency: "EUR"}, "12,50 EUR"},
		{"en_US", i18n.Money{Amount: "", Currency: "EUR"}, " EUR"},
		{"en_US", when, "Dec 24, 2026, 3:04_PM"},
		{"en_GB", when, "24 Dec 2026, 15:04"},
		{"de_DE", i18n.Date{Time: when, Style: i18n.Full}, "Donnerstag, 24. Dezember 2026"},
		{"zh_TW", i18n.DateTime{Time: when, Style: i18n.Long}, "2026年12月24日 下午3:04"},
		{"en_US", i18n.Date{Time: time.Time{}, Style: i18n.Style(9)}, "Jan 1, 1"},
		{"en_US", i18n.Date{Time: time.Date(-44, 3, 15, 0, 0, 0, 0, time.UTC)}, "Mar 15, -44"},
		{"en_US", i18n.ListOf("a", "b", "c"), "a, b, and c"},
		{"en_US", i18n.Choices{1000, "b"}, "1,000 or b"},
		{"en_US", i18n.List{}, ""},
		{"en_US", i18n.List{i18n.List{1, 2}, nil, 3}, "1 and 2, , and 3"},
		{"es_ES", i18n.ListOf("Madrid", "Ibiza"), "Madrid e Ibiza"},
		{"es_ES", i18n.ListOf("agua", "hielo"), "agua y hielo"},
		{"es_ES", i18n.Choices{"siete", "ocho"}, "siete u ocho"},
		{"it_IT", i18n.Choices{"sette", "otto"}, "sette o otto"},
		{"he_IL", i18n.ListOf("לחם", "חלב"), "לחם וחלב"},
		{"he_IL", i18n.ListOf("לחם", "Milk"), "לחם ו-[Milk]"},
		{"", 1234567, "1,234,567"},
		{"xx_XX", 1234567, "1,234,567"},
		{strings.Repeat("x", 1000), 1234567, "1,234,567"},
		{"de_DE", "1234567", "1234567"},
		{"de_DE", true, "true"},
		{"de_DE", nil, ""},
		{"de_DE", errors.New("e"), "e"},
		{"de_DE", time.Hour, "1h0m0s"},
		{"de_DE", i18n.Key("Menu"), "Menu"},
	} {
		require.Equal(t, test.want, inIsolates(none.For(test.locale).Format(test.value)), "%s %T %v", test.locale, test.value, test.value)
	}
	var nobody *i18n.Localizer
	require.Equal(t, "1,234.5", nobody.Format(1234.5))
	require.Equal(t, "2 of 1,000", nobody.Text("%{n} of %{all}", i18n.Args{"n": 2, "all": 1000}))
}

func TestZones(t *testing.T) {
	t.Parallel()
	when := time.Date(2026, 12, 24, 20, 30, 0, 0, time.UTC)
	var none *i18n.Catalog
	l := none.For("en_GB")
	for offset, want := range map[float64]string{
		0: "24 Dec 2026, 20:30", 1: "24 Dec 2026, 21:30", 5.75: "25 Dec 2026, 02:15", -3.5: "24 Dec 2026, 17:00", 14: "25 Dec 2026, 10:30", -12: "24 Dec 2026, 08:30",
		5.7499: "25 Dec 2026, 02:15",
	} {
		require.Equal(t, want, l.In(i18n.Zone(offset)).Format(when), "%v", offset)
	}
	for _, offset := range []float64{14.1, -15, math.NaN(), math.Inf(1), 1e300} {
		require.Nil(t, i18n.Zone(offset), "%v", offset)
	}
	home := when.In(time.FixedZone("home", 3600))
	require.Equal(t, "24 Dec 2026, 21:30", l.In(nil).Format(home), "without a zone a time has its own")
	require.Equal(t, "20:30", l.In(time.UTC).Format(i18n.Clock{Time: home}))
	require.Equal(t, "UTC-03:30", i18n.Zone(-3.5).String())
	require.Equal(t, "Dec 24, 2026, 8:30\u202fPM", (*i18n.Localizer)(nil).In(time.UTC).Format(home))
}

func TestValuesAreWrittenAsWhereThePersonLives(t *testing.T) {
	t.Parallel()
	catalog, err := i18n.Load(fstest.MapFS{
		"de.json":    {Data: []byte(`{"%{n} pieces": "%{n} Stück"}`)},
		"pt-BR.json": {Data: []byte(`{"%{n} pieces": "%{n} peças"}`)},
		"nb.json":    {Data: []byte(`{"%{n} pieces": "%{n} stykker"}`)},
		"fr.json":    {Data: []byte(`{}`)},
	}, ".")
	require.NoError(t, err)
	for locale, want := range map[string]string{
		"de_DE": "12.345,5 Stück",
		"de_AT": "12_345,5 Stück",
		"de_CH": "12'345.5 Stück",
		"pt_BR": "12.345,5 peças",
		"pt_PT": "12_345,5 peças",
		"nn_NO": "12_345,5 stykker",
		"en_US": "12,345.5 pieces",
		"en_IN": "12,345.5 pieces",
		"en_ZA": "12_345,5 pieces",
		"fr_FR": "12,345.5 pieces", // the text is in English
		"ko_KR": "12,345.5 pieces",
		"":      "12,345.5 pieces",
	} {
		require.Equal(t, want, inIsolates(catalog.For(locale).Text("%{n} pieces", i18n.Args{"n": 12345.5})), locale)
	}
}

func TestIsolates(t *testing.T) {
	t.Parallel()
	catalog, err := i18n.Load(fstest.MapFS{"he.json": {Data: []byte(`{
		"Hello %{name}!": "שלום %{name}!",
		"%{name}": "%{name}",
		"%{name|friend} has %{n} for %{price}, %{list}": "ל%{name|friend} יש %{n} ב%{price}, %{list}"
	}`)}}, ".")
	require.NoError(t, err)
	he, en := catalog.For("he_IL"), catalog.For("en_US")
	for _, test := range []struct {
		l              *i18n.Localizer
		id, name, want string
	}{
		{he, "Hello %{name}!", "Ada", "שלום [Ada]!"},
		{he, "Hello %{name}!", "+49 (30) 1", "שלום [+49 (30) 1]!"},
		{he, "Hello %{name}!", "דנה", "שלום דנה!"},
		{he, "Hello %{name}!", "דנה כהן", "שלום דנה כהן!"},
		{he, "%{name}", "Ada", "Ada"},
		{en, "Hello %{name}!", "Ada", "Hello Ada!"},
		{en, "Hello %{name}!", "O’Neill (30)", "Hello O’Neill (30)!"},
		{en, "Hello %{name}!", "دانا", "Hello [دانا]!"},
		{en, "%{name}", "دانا", "دانا"},
		{en, "Hello %{name}!", "a\u202eb", "Hello [a\u202eb]!"},
		{en, "Hello %{name}!", "a\u2069\u202eb", "Hello [a\u202eb]!"},
		{en, "Hello %{name}!", "a\u2066b", "Hello [a\u2066b]]!"},
		{en, "Hello %{name}!", "a\u2067b\u2069\u2069c", "Hello [a\u2067b]c]!"},
	} {
		require.Equal(t, test.want, inIsolates(test.l.Text(test.id, i18n.Args{"name": test.name})), test.name)
	}
	const id = "%{name|friend} has %{n} for %{price}, %{list}"
	got := he.Text(id, i18n.Args{"name": "", "n": -5, "price": i18n.Money{Amount: "3", Currency: "ILS"}, "list": i18n.ListOf("Tea", "קפה")})
	require.Equal(t, "לfriend יש \u200e-5 ב\u200f3.00_\u200f₪, [Tea] וקפה", inIsolates(got), "what the locale writes needs no isolates")
	require.Equal(t, "שלום [Ada]!", inIsolates(he.Fill("Hello %{name}!", func(string) (any, bool) { return named("Ada"), true })))
}

type named string

func (n named) String() string { return string(n) }

func TestAPluralIsChosenByTheNumberThatIsShown(t *testing.T) {
	t.Parallel()
	catalog, err := i18n.Load(fstest.MapFS{"en.json": {Data: []byte(`{"k.stars": {"plural": "n", "one": "%{n} star", "other": "%{n} stars"}}`)}}, ".")
	require.NoError(t, err)
	for _, test := range []struct {
		n    any
		want string
	}{
		{1, "1 star"}, {1.0, "1 star"}, {1.00001, "1 star"}, {1.1, "1.1 stars"}, {i18n.Number{Value: 1, Decimals: 1}, "1.0 stars"}, {1000, "1,000 stars"},
		{i18n.Number{Value: 1.04, Decimals: 1}, "1.0 stars"}, {uint(1), "1 star"}, {math.NaN(), "NaN stars"}, {i18n.Percent{Value: 0.01}, "1% star"},
	} {
		require.Equal(t, test.want, catalog.For("").Text("k.stars", i18n.Args{"n": test.n}))
	}
}

func TestProblemsAreCountedAndReportedOnce(t *testing.T) {
	t.Parallel()
	catalog, err := i18n.Load(fstest.MapFS{
		"en.json": {Data: []byte(`{"k.a": "a", "k.b": "b %{x}"}`)},
		"de.json": {Data: []byte(`{"k.b": "b %{x}"}`)},
	}, ".")
	require.NoError(t, err)
	var mu sync.Mutex
	var reported []i18n.Problem
	report := func(p i18n.Problem) {
		mu.Lock()
		defer mu.Unlock()
		reported = append(reported, p)
	}
	for range 3 {
		de := catalog.For("de_AT").Reporting(report)
		require.Equal(t, "a", de.Text("k.a"))
		require.Equal(t, "b %{x}", de.Text("k.b", i18n.Args{"y": 1}))
		require.Equal(t, "my secret", de.Text("my secret"))
		require.Equal(t, "your %{secret}", de.Text("your %{secret}", i18n.Args{}))
		en := catalog.For("en_GB").Reporting(report)
		require.Equal(t, "a", en.Text("k.a"))
		require.Equal(t, "my secret", en.Text("my secret"))
		require.Equal(t, "k.c", en.Text("k.c"))
	}
	require.Equal(t, []i18n.ProblemCount{
		{i18n.Problem{Kind: i18n.NoValue, Language: "de"}, 3},
		{i18n.Problem{Kind: i18n.NotTranslated, Language: "de"}, 6},
		{i18n.Problem{Kind: i18n.NotTranslated, Language: "de", Key: "k.a"}, 3},
		{i18n.Problem{Kind: i18n.NoValue, Language: "de", Key: "k.b", Name: "x"}, 3},
		{i18n.Problem{Kind: i18n.NotTranslated, Language: "en", Key: "k.c"}, 3},
	}, catalog.Problems())
	require.Len(t, reported, 5, "each once")
	require.Nil(t, (*i18n.Catalog)(nil).Problems())
	require.Equal(t, "x", (*i18n.Localizer)(nil).Reporting(report).Text("x"))
}

func TestProblemsAreBounded(t *testing.T) {
	t.Parallel()
	catalog, err := i18n.New(nil)
	require.NoError(t, err)
	for i := range 10_000 {
		catalog.For("en").Text("key." + strings.Repeat("a", i%100) + "." + strings.Repeat("b", i/100))
	}
	found := catalog.Problems()
	require.LessOrEqual(t, len(found), 4097)
	var sum int64
	for _, p := range found {
		sum += p.Count
	}
	require.Equal(t, int64(9801), sum, "those that are keys by their shape")
}

func TestManyPeopleOfManyLanguages(t *testing.T) {
	t.Parallel()
	catalog := parcels(t)
	when := time.Date(2026, 12, 24, 20, 30, 0, 0, time.UTC)
	want := map[string]string{}
	locales := []string{"en_US", "en_GB", "ru_RU", "ar_EG", "ja_JP", "de_DE", "zh_TW", "", "nn_NO", "pt_BR", "he_IL", "hi_IN"}
	say := func(locale string, i int) string {
		l := catalog.For(locale).In(i18n.Zone(float64(i%14) + 0.5)).Reporting(func(i18n.Problem) {})
		return l.Text("orders.shipped", i18n.Args{"count": i, "name": "Ada"}) + l.Format(when) + l.Format(i18n.Money{Amount: "1.5", Currency: "EUR"}) + l.Text("k.none")
	}
	for _, locale := range locales {
		for i := range 30 {
			want[locale+string(rune('a'+i))] = say(locale, i)
		}
	}
	var group sync.WaitGroup
	for range 8 {
		for _, locale := range locales {
			group.Go(func() {
				for i := range 300 {
					if got := say(locale, i%30); got != want[locale+string(rune('a'+i%30))] {
						t.Errorf("%s reads %s", locale, got)
						return
					}
				}
			})
		}
	}
	group.Wait()
}
