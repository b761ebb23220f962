package dialog

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/language"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/internal/cldrdates"
	"github.com/djmessenger/messenger/store"
)

// speaking is the context of a turn with a person of that locale, and a bot that has no catalogue.
func speaking(t *testing.T, locale string) context.Context {
	t.Helper()
	return handling.WithTurn(store.WithPerson(t.Context(), store.Person{Profile: store.Profile{Locale: locale}}), handling.Turn{Now: nowOfTests})
}

// on is the context with another day, at noon.
func on(ctx context.Context, day string) context.Context {
	now, err := time.Parse(time.DateOnly, day)
	if err != nil {
		panic(err)
	}
	return handling.WithTurn(ctx, handling.Turn{Now: func() time.Time { return now.Add(12 * time.Hour) }})
}

// reads asserts which day a text is.
func reads(t *testing.T, ctx context.Context, a Answer[time.Time], text, want string) {
	t.Helper()
	got, _, err := answered(t, ctx, a, text, time.Time{})
	require.NoError(t, err, "%q", text)
	require.Equal(t, want, got.Format(time.DateOnly), "%q", text)
	require.Equal(t, midnight(got), got)
}

// refuses asserts how a text is refused; values are alternately names and values.
func refuses(t *testing.T, ctx context.Context, a Answer[time.Time], text, want string, values ...string) {
	t.Helper()
	_, _, err := answered(t, ctx, a, text, time.Time{})
	refusal := &RefusalError{Text: want}
	for i := 0; i < len(values); i += 2 {
		if refusal.Values == nil {
			refusal.Values = map[string]string{}
		}
		refusal.Values[values[i]] = values[i+1]
	}
	if want == refuseDateBetween || want == refuseDateFrom || want == refuseDateTo { // both are always given
		for _, bound := range []string{"first", "last"} {
			if _, ok := refusal.Values[bound]; !ok {
				refusal.Values[bound] = ""
			}
		}
	}
	require.Equal(t, refusal, err, "%q", text)
}

func TestDatesAreReadByTheLanguage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ locale, text, want string }{
		{"de_DE", "24.12.2026", "2026-12-24"}, {"de_DE", "24.12.", "2026-12-24"}, {"de_DE", "1.2.27", "2027-02-01"}, {"de_AT", "4/5/2026", "2026-05-04"},
		{"en_US", "12/24/2026", "2026-12-24"}, {"en_GB", "24/12/2026", "2026-12-24"}, {"en_US", "4/5", "2027-04-05"}, {"en_US", "4-5-2027", "2027-04-05"},
		{"en_GB", "4/5", "2027-05-04"}, {"es_MX", "4/5", "2027-05-04"}, {"tl_PH", "4/5", "2027-04-05"}, {"es_LA", "4.5.27", "2027-05-04"},
		{"zh_CN", "2026年12月24日", "2026-12-24"}, {"zh_CN", "12月24日", "2026-12-24"}, {"zh_TW", "26/4/5", "2026-04-05"}, {"ja_JP", "4/5", "2027-04-05"}, {"sv_SE", "4/5", "2027-05-04"}, {"sv_SE", "26-05-04", "2026-05-04"}, {"qu_PE", "4-5-2027", "2027-05-04"}, {"hu_HU", "4. 5.", "2027-04-05"},

		{"ko_KR", "2026년 12월 24일", "2026-12-24"}, {"hu_HU", "2026. 12. 24.", "2026-12-24"}, {"vi_VN", "24 tháng 12, 2026", "2026-12-24"},
		{"en_US", "Dec 24", "2026-12-24"}, {"en_US", "December 24th, 2026", "2026-12-24"}, {"en_US", "24 decem 26", "2026-12-24"}, {"en_US", "sept. 1", "2027-09-01"},
		{"en_US", "24 December 2026", "2026-12-24"}, {"en_US", "24th of December", "2026-12-24"}, {"en_US", "on the 24th of december", "2026-12-24"},
		{"de_DE", "24. Dezember", "2026-12-24"}, {"de_DE", "24. Dez 2026", "2026-12-24"}, {"de_AT", "6. Jänner", "2027-01-06"}, {"de_DE", "am 24. dezember", "2026-12-24"}, {"de_DE", "1. Maerz", "2027-03-01"},
		{"fr_FR", "24 décembre", "2026-12-24"}, {"fr_FR", "24 DECEMBRE 2026", "2026-12-24"}, {"fr_FR", "le 1er fevrier", "2027-02-01"}, {"fr_FR", "5 aout", "2027-08-05"},
		{"es_ES", "24 de diciembre de 2026", "2026-12-24"}, {"es_ES", "24 mar", "2027-03-24"}, {"es_ES", "mar, 1 dic", "2026-12-01"}, {"ru_RU", "24 декабря", "2026-12-24"}, {"pl_PL", "24 grudnia", "2026-12-24"},
		{"tr_TR", "24 ARALIK", "2026-12-24"}, {"ca_ES", "24 de desembre del 2026", "2026-12-24"}, {"eu_ES", "2026(e)ko abenduaren 24(a)", "2026-12-24"}, {"ar_AR", "٢٤ ديسمبر ٢٠٢٦", "2026-12-24"},
		{"de_DE", "today", "2026-11-28"}, {"de_DE", "heute", "2026-11-28"}, {"de_DE", "Morgen!", "2026-11-29"}, {"de_DE", "übermorgen", "2026-11-30"}, {"de_DE", "uebermorgen", "2026-11-30"},
		{"en_US", "the day after tomorrow", "2026-11-30"}, {"en_US", "Yesterday", "2026-11-27"}, {"ja_JP", "明日", "2026-11-29"}, {"sv_SE", "i morgon", "2026-11-29"},
		{"en_US", "11/28", "2026-11-28"}, {"en_US", "11/27", "2027-11-27"}, {"de_DE", "29.2.", "2028-02-29"},
		{"xx_XX", "2026-12-24", "2026-12-24"}, {"", "2026/12/24", "2026-12-24"}, {"en_US", "2026.12.24", "2026-12-24"}, {"de_DE", "２０２６－１２－２４", "2026-12-24"},
		{"de_DE", "\u200e24.12.2026\u200f", "2026-12-24"}, {"en_US", "(24 Dec)", "2026-12-24"},
	} {
		reads(t, speaking(t, c.locale), Date(), c.text, c.want)
	}
}

func TestWhatIsNoDate(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "soon", "12", "1/2/3/4", "24.12.2026 12:00", "Foo 12", "May June 3", "123456/12/1", "1/2/3/4/5/6", "December 2026", "December", "12/2026", "in 3 days", "next week", "no",
		"24122026", "123/4/5", "1/2/345", "Friday Monday 4 May", "4 May 26 27", strings.Repeat("1.", 10_000), strings.Repeat("december ", 3_000), "the of on", "Fri Sat",
	} {
		refuses(t, speaking(t, "en_US"), Date(), text, refuseDate, "example", "12/24/2026")
	}
	for _, text := range []string{"31.02.2027", "0.1.2027", "13.13.2027", "99.99.", "30. Februar", "0. Mai", "2027-02-29", "2027-13-13"} {
		refuses(t, speaking(t, "de_DE"), Date(), text, refuseNoDate)
	}
}

// Day and month are never guessed: who writes in an order that is not known says which day it is.
func TestADayThatIsNotKnownIsAskedFor(t *testing.T) {
	t.Parallel()
	english, err := i18n.New(map[string]map[string]string{"de": {"Small": "Klein"}})
	require.NoError(t, err)
	british, err := i18n.New(nil, i18n.Source("en-GB"))
	require.NoError(t, err)
	both := []string{"dates", "May 4, 2027 / April 5, 2027"}
	for _, ctx := range []context.Context{
		strange(t), speaking(t, "fb_LT"), i18n.With(strange(t), english.For("")), // nothing known, no such locale, English of no region
	} {
		for _, text := range []string{"4/5", "4.5.", "4/5/2027", "4-5-27"} {
			refuses(t, ctx, Date(), text, refuseWhichDate, both...)
		}
		reads(t, ctx, Date(), "4 May", "2027-05-04")
		reads(t, ctx, Date(), "May 4, 2027", "2027-05-04") // as the question has it
		reads(t, ctx, Date(), "2027-05-04", "2027-05-04")
		reads(t, ctx, Date(), "24/12", "2026-12-24") // there is only one such day
		reads(t, ctx, Date(), "12/24", "2026-12-24")
		reads(t, ctx, Date(), "4/4", "2027-04-04")
		reads(t, ctx, Date(), "Tue 4/5/27", "2027-05-04") // as the day of the week says
		reads(t, ctx, Dates{First: OnDay(2027, time.May, 1)}, "4/5/27", "2027-05-04")
		refuses(t, ctx, Date(), "soon", refuseDate, "example", "December 24, 2026")
	}
	reads(t, i18n.With(strange(t), british.For("")), Date(), "4/5", "2027-05-04")
	refuses(t, i18n.With(strange(t), british.For("")), Date(), "soon", refuseDate, "example", "24/12/2026")
	reads(t, i18n.With(strange(t), english.For("de_DE")), Date(), "4.5.", "2027-05-04") // a bot that speaks German with them

	american := speaking(t, "en_US")
	refuses(t, american, Date(), "4.5.2027", refuseWhichDate, both...) // points are not American
	refuses(t, speaking(t, "fr_CA"), Date(), "4/5/2027", refuseWhichDate, "dates", "4 mai 2027 / 5 avril 2027")
	reads(t, american, Date(), "24.12.2026", "2026-12-24")
	reads(t, american, Date(), "24/12/2026", "2026-12-24")
	refuses(t, american, Date(), "Sun, 12/24/2026", refuseWeekday, "date", "December 24, 2026")
	// The bot's language does not say how a person from Austria writes.
	reads(t, store.WithPerson(i18n.With(strange(t), english.For("en_US")), store.Person{Profile: store.Profile{Locale: "de_AT"}}), Date(), "4.5.27", "2027-05-04")
}

func TestDaysOfTheWeek(t *testing.T) {
	t.Parallel()
	catalog, err := i18n.New(map[string]map[string]string{"de": {
		"Friday": "Freitag|freidach", "next %{weekday}": "kommenden %{weekday}|nächsten %{weekday}", "this %{weekday}": "an diesem %{weekday}",
		"tomorrow": "in der Früh", "December": "Christmond",
	}})
	require.NoError(t, err)
	german := i18n.With(speaking(t, "de_DE"), catalog.For("de_DE"))
	for _, c := range []struct{ day, text, want string }{ // 2026-11-23 is a Monday
		{"2026-11-23", "Friday", "2026-11-27"}, {"2026-11-23", "on friday!", "2026-11-27"}, {"2026-11-23", "Fri", "2026-11-27"}, {"2026-11-23", "this Friday", "2026-11-27"},
		{"2026-11-23", "Sunday", "2026-11-29"}, {"2026-11-29", "Sunday", "? 2026-11-29 2026-12-06"}, {"2026-11-29", "this Sunday", "2026-11-29"},
		{"2026-11-23", "next Friday", "? 2026-11-27 2026-12-04"}, {"2026-11-26", "next Friday", "? 2026-11-27 2026-12-04"},
		{"2026-11-27", "next Friday", "2026-12-04"}, {"2026-11-28", "next Friday", "2026-12-04"}, {"2026-11-29", "next Friday", "2026-12-04"},
		{"2026-11-23", "next Monday", "2026-11-30"}, {"2026-11-29", "next Monday", "2026-11-30"}, {"2026-11-28", "next Sunday", "? 2026-11-29 2026-12-06"},
		{"2026-11-23", "Freitag", "2026-11-27"}, {"2026-11-23", "am Freitag", "2026-11-27"}, {"2026-11-28", "nächsten Freitag", "2026-12-04"}, {"2026-11-23", "diesen Freitag", "2026-11-27"},
		{"2026-11-23", "Freidach", "2026-11-27"}, {"2026-11-28", "Kommenden Freidach", "2026-12-04"}, {"2026-11-23", "an diesem Freitag", "2026-11-27"}, {"2026-11-23", "in der früh", "2026-11-24"},
		{"2026-11-23", "24. Christmond", "2026-12-24"}, {"2026-11-23", "Freitag, 27.11.", "2026-11-27"}, {"2026-11-23", "Fr 27.11.", "2026-11-27"},
	} {
		want, ask := strings.CutPrefix(c.want, "? ")
		if !ask {
			reads(t, on(german, c.day), Date(), c.text, want)
			continue
		}
		var shown []string
		for day := range strings.FieldsSeq(want) {
			date, err := time.Parse(time.DateOnly, day)
			require.NoError(t, err)
			shown = append(shown, showDate(german, date))
		}
		refuses(t, on(german, c.day), Date(), c.text, refuseWhichDate, "dates", strings.Join(shown, " / "))
		reads(t, on(german, c.day), Dates{Last: OnDay(2026, time.November, 29)}, c.text, strings.Fields(want)[0]) // the bounds decide
		reads(t, on(german, c.day), Date(), shown[1], strings.Fields(want)[1])                                    // and so does the answer
	}
	reads(t, on(speaking(t, "fr_FR"), "2026-11-23"), Date(), "vendredi", "2026-11-27")
	reads(t, on(speaking(t, "fr_FR"), "2026-11-28"), Date(), "vendredi prochain", "2026-12-04")
	reads(t, on(speaking(t, "ja_JP"), "2026-11-23"), Date(), "金曜日", "2026-11-27")
	hindi := on(speaking(t, "hi_IN"), "2026-11-23")
	refuses(t, hindi, Date(), "कल", refuseWhichDate, "dates", "22 नवंबर 2026 / 24 नवंबर 2026")
	reads(t, hindi, Dates{First: InDays(0)}, "कल", "2026-11-24")
	reads(t, on(german, "2026-11-28"), Dates{Last: InDays(0)}, "Friday", "2026-11-27") // of the past, if there is no other
}

func TestBoundsOfADate(t *testing.T) {
	t.Parallel()
	ctx := speaking(t, "de_DE") // it is 2026-11-28
	soon := Dates{First: InDays(1), Last: InDays(20)}
	reads(t, ctx, soon, "morgen", "2026-11-29")
	reads(t, ctx, soon, "18.12.", "2026-12-18")
	bounds := []string{"first", "29. November 2026", "last", "18. Dezember 2026"}
	for _, text := range []string{"heute", "19.12.", "24.12.2026", "1.1.2020", "gestern"} {
		refuses(t, ctx, soon, text, refuseDateBetween, bounds...)
	}
	refuses(t, ctx, soon, "bald", refuseDate, "example", "29.11.2026") // is within the bounds
	refuses(t, ctx, Dates{First: InDays(0)}, "gestern", refuseDateFrom, "first", "28. November 2026")
	refuses(t, ctx, Dates{Last: InDays(-1)}, "heute", refuseDateTo, "last", "27. November 2026")
	refuses(t, ctx, Dates{Last: OnDay(2026, time.March, 7)}, "bald", refuseDate, "example", "28.2.2026")
	refuses(t, ctx, Dates{First: OnDay(2027, time.March, 1), Last: OnDay(2027, time.March, 7)}, "bald", refuseDate, "example", "1.3.2027")

	born := Dates{First: OnDay(1900, time.January, 1), Last: InDays(0)}
	reads(t, ctx, born, "24.12.85", "1985-12-24")
	reads(t, ctx, born, "24.12.", "2025-12-24")
	reads(t, ctx, born, "28.11.26", "2026-11-28")
	reads(t, ctx, born, "29.11.26", "1926-11-29")
	reads(t, ctx, Date(), "24.12.85", "2085-12-24")

	for _, empty := range []Dates{{First: InDays(1), Last: InDays(0)}, {First: OnDay(2030, 1, 2), Last: OnDay(2030, 1, 1)}} {
		require.ErrorContains(t, empty.Validate(), "no day is from ")
		_, _, err := answered(t, ctx, Answer[time.Time](empty), "heute", time.Time{})
		require.ErrorIs(t, err, errNoDay)
	}
	require.NoError(t, soon.Validate())
	require.NoError(t, born.Validate())
}

// Today is today where the person is.
func TestTheDayWhereThePersonIs(t *testing.T) {
	t.Parallel()
	at := func(zone *float64) context.Context { // it is half past 23 on the 28th in UTC
		return handling.WithTurn(store.WithPerson(t.Context(), store.Person{Profile: store.Profile{Locale: "en_US", Timezone: zone}}), handling.Turn{Now: nowOfTests})
	}
	hours := func(h float64) *float64 { return &h }
	reads(t, at(nil), Date(), "today", "2026-11-28")
	reads(t, at(hours(2)), Date(), "today", "2026-11-29")
	reads(t, at(hours(0.5)), Date(), "today", "2026-11-29")
	reads(t, at(hours(0.25)), Date(), "today", "2026-11-28")
	reads(t, at(hours(-11)), Date(), "tomorrow", "2026-11-29")
	reads(t, at(hours(500)), Date(), "today", "2026-11-28") // no such zone
	tokyo := time.FixedZone("Tokyo", 9*3600)
	reads(t, at(nil), Dates{Zone: tokyo}, "today", "2026-11-29")
	reads(t, at(hours(-5)), Dates{Zone: tokyo}, "today", "2026-11-28") // the profile knows better
	reads(t, at(hours(2)), Dates{First: InDays(0)}, "11/29", "2026-11-29")
	reads(t, at(nil), Dates{Last: InDays(0)}, "11/28", "2026-11-28")
}

func TestDatesAreShownWithTheNameOfTheMonth(t *testing.T) {
	t.Parallel()
	day := time.Date(2026, 4, 5, 0, 0, 0, 0, time.UTC)
	for locale, want := range map[string]string{
		"de_DE": "5. April 2026", "en_US": "April 5, 2026", "en_GB": "5 April 2026", "es_ES": "5 de abril de 2026", "zh_CN": "2026年4月5日", "hu_HU": "2026. április 5.",
		"fa_IR": "5 آوریل 2026", "bg_BG": "5 април 2026\u202fг.", "ru_RU": "5 апреля 2026\u202fг.", "ay_BO": "2026-04-05", "": "April 5, 2026", "fb_LT": "April 5, 2026",
	} {
		require.Equal(t, want, Date().Show(speaking(t, locale), day), locale)
	}
	require.Equal(t, "April 5, 2026", Date().Show(store.WithPerson(in(t, "fr_FR"), store.Person{Profile: store.Profile{Locale: "fr_FR"}}), day), "a bot that speaks no French")
	require.Empty(t, Date().Show(speaking(t, "en_US"), time.Time{}))
}

// What the bot shows, it reads: a person who copies an example, or one of the days that they are asked to
// choose from, is understood, in every language of the platform.
func TestWhatIsShownIsReadInEveryLanguage(t *testing.T) {
	t.Parallel()
	file, err := os.Open("../i18n/testdata/locales.txt")
	require.NoError(t, err)
	defer file.Close()
	locales := 0
	for lines := bufio.NewScanner(file); lines.Scan(); {
		locale, _, _ := strings.Cut(lines.Text(), " ")
		if locale == "#" {
			continue
		}
		locales++
		ctx := speaking(t, locale)
		for month := time.January; month <= time.December; month++ {
			date := time.Date(2027, month, 5, 0, 0, 0, 0, time.UTC)
			for _, text := range []string{showDate(ctx, date), exampleDate(ctx, date)} {
				got, _, err := answered(t, ctx, Date(), text, time.Time{})
				require.NoError(t, err, "%s %q", locale, text)
				require.Equal(t, date, got, "%s %q", locale, text)
			}
		}
	}
	require.Equal(t, 155, locales)
}

// The long names of months and days are read in every language of the platform.
func TestNamesAreReadInEveryLanguage(t *testing.T) {
	t.Parallel()
	file, err := os.Open("../i18n/testdata/locales.txt")
	require.NoError(t, err)
	defer file.Close()
	read := 0
	for lines := bufio.NewScanner(file); lines.Scan(); {
		locale, _, _ := strings.Cut(lines.Text(), " ")
		ctx := on(speaking(t, locale), "2026-11-23")
		tag, err := language.Parse(locale)
		dates, ok := cldrdates.Of(tag)
		if err != nil || !ok {
			continue
		}
		for i, names := range dates.Months {
			reads(t, ctx, Date(), "24 "+names[0], fmt.Sprintf("%d-%02d-24", 2026+map[bool]int{true: 1}[i < 10], i+1))
		}
		for i, names := range dates.Days {
			if i == 1 { // Monday is today
				continue
			}
			if slices.Contains(dates.Relative[:], names[0]) {
				continue
			}
			reads(t, ctx, Date(), names[0], fmt.Sprintf("2026-11-%02d", 23+(i+6)%7))
		}
		for days, word := range dates.Relative {
			if word != "" && dates.Relative[0] != dates.Relative[2] { // the same word, in Hindi and others
				reads(t, ctx, Date(), word, fmt.Sprintf("2026-11-%02d", 22+days))
			}
		}
		read++
	}
	require.Greater(t, read, 130)
}

// Whatever is written, it is a day within the bounds or a refusal.
func FuzzDate(f *testing.F) {
	for _, text := range []string{"24.12.2026", "4/5", "next Friday", "2026年12月24日", "24 tháng 12, 2026", "\xff\x00", "٢٤ ديسمبر"} {
		f.Add("de_DE", text)
		f.Add("zh_TW", text)
		f.Add("", text)
	}
	f.Fuzz(func(t *testing.T, locale, text string) {
		ctx := handling.WithTurn(store.WithPerson(t.Context(), store.Person{Profile: store.Profile{Locale: locale}}), handling.Turn{Now: nowOfTests})
		var got time.Time
		_, err := Dates{First: InDays(0), Last: InDays(400)}.Take(ctx, Input{Event: wrote(text)}, &got)
		if err != nil {
			require.NotEmpty(t, refusedWith(t, err))
			return
		}
		require.Equal(t, midnight(got), got)
		require.False(t, got.Before(midnight(nowOfTests())) || got.After(midnight(nowOfTests()).AddDate(0, 0, 400)))
	})
}
