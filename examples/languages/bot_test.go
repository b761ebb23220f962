package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/command"
	"github.com/djmessenger/messenger/messengertest"
)

func start(t *testing.T) *messengertest.Chat {
	t.Helper()
	texts, err := catalog()
	require.NoError(t, err)
	require.Empty(t, texts.Warnings(), "each text is translated")
	noon := time.Date(2026, 12, 24, 12, 0, 0, 0, time.UTC)
	chat := messengertest.Start(t, messenger.Config{Catalog: texts, Policy: policy(shop{ordered: noon, until: noon})})
	chat.Patience = time.Minute
	return chat
}

// offers are what the bot says behind each answer, by language.
var offers = map[string]string{
	"en": "What would you like to know?", "es": "What would you like to know?", "de": "Was möchtest du wissen?", "pl": "Co chcesz wiedzieć?", "ar": "ماذا تريد أن تعرف؟",
}

// Each person reads their own language, with the numbers of their region.
func TestPeopleOfDifferentLocales(t *testing.T) {
	t.Parallel()
	chat := start(t)
	for _, test := range []struct {
		locale, welcome, mine, parcels, place, queue, last, order, who, neighbour string
	}{
		{
			"en_US", "Hello, Robin! I know where your parcels are.", "My parcels", "3 parcels are on their way to you.",
			"My place in line", "You are 2nd in line.",
			"My last order", "Order A-2026/17 of December 24, 2026: green tea, two cups, and sugar. Total: €1,234.50. Questions? Call +49 30 123456.",
			"Who has it?", "Your neighbour Zoë (2nd floor) has it; she is at home until 12:00\u202fPM.",
		},
		{
			"de_DE", "Hallo, Robin! Ich weiß, wo deine Pakete sind.", "Meine Pakete", "3 Pakete sind zu dir unterwegs.",
			"Mein Platz", "Du bist 2. in der Reihe.",
			"Letzte Bestellung", "Bestellung A-2026/17 vom 24. Dezember 2026: grüner Tee, zwei Tassen und Zucker. Summe: 1.234,50\u00a0€. Fragen? Ruf an: +49 30 123456.",
			"Wer hat es?", "Deine Nachbarin Zoë (2nd floor) hat es; sie ist bis 12:00 zu Hause.",
		},
		{
			"pl_PL", "Cześć, Robin! Wiem, gdzie są Twoje paczki.", "Moje paczki", "3 paczki jadą do Ciebie.",
			"Moje miejsce", "Jesteś na 2. miejscu w kolejce.",
			"Ostatnie zamówienie", "Zamówienie A-2026/17 z dnia 24 grudnia 2026: zielona herbata, dwie filiżanki i cukier. Razem: 1234,50\u00a0€. Pytania? Zadzwoń: +49 30 123456.",
			"Kto ją ma?", "Ma ją sąsiadka Zoë (2nd floor); jest w domu do 12:00.",
		},
		{
			"ar_AR", "مرحبًا \u2068Robin\u2069! أعرف أين طرودك.", "طرودي", "3 طرود في الطريق إليك.",
			"دوري", "دورك رقم 2 في الصف.",
			"طلبي الأخير", "الطلب \u2068A-2026/17\u2069 بتاريخ 24 ديسمبر 2026: شاي أخضر وكوبان وسكر. المجموع: \u200f1,234.50\u00a0€. للأسئلة اتصل على \u2068+49 30 123456\u2069.",
			"عند من؟", "طردك عند جارتك \u2068Zoë (2nd floor)\u2069، وهي في البيت حتى 12:00 م.",
		},
		{
			"de_CH", "Hallo, Robin! Ich weiß, wo deine Pakete sind.", "Meine Pakete", "3 Pakete sind zu dir unterwegs.",
			"Mein Platz", "Du bist 2. in der Reihe.",
			"Letzte Bestellung", "Bestellung A-2026/17 vom 24. Dezember 2026: grüner Tee, zwei Tassen und Zucker. Summe: EUR\u00a01'234.50. Fragen? Ruf an: +49 30 123456.",
			"Wer hat es?", "Deine Nachbarin Zoë (2nd floor) hat es; sie ist bis 12:00 zu Hause.",
		},
		{
			"es_ES", "Hello, Robin! I know where your parcels are.", "My parcels", "3 parcels are on their way to you.",
			"My place in line", "You are 2nd in line.",
			"My last order", "Order A-2026/17 of December 24, 2026: green tea, two cups, and sugar. Total: €1,234.50. Questions? Call +49 30 123456.",
			"Who has it?", "Your neighbour Zoë (2nd floor) has it; she is at home until 12:00\u202fPM.",
		},
	} {
		robin := chat.Person("Robin", test.locale)
		robin.Says("?")
		robin.Sees(test.welcome)
		robin.Sees(offers[test.locale[:2]])
		for _, tap := range [][2]string{{test.mine, test.parcels}, {test.place, test.queue}, {test.last, test.order}, {test.who, test.neighbour}} {
			robin.Taps(tap[0])
			robin.Sees(tap[1])
			robin.Sees(offers[test.locale[:2]])
		}
	}
}

// A number that is written has the form of the plural that the language has for it.
func TestPlurals(t *testing.T) {
	t.Parallel()
	chat := start(t)
	for locale, forms := range map[string]map[string]string{
		"en_US": {"0": "Nothing is on its way to you.", "1": "One parcel is on its way to you.", "2": "2 parcels are on their way to you."},
		"pl_PL": {
			"0": "Nic do Ciebie nie jedzie.", "1": "Jedna paczka jedzie do Ciebie.", "2": "2 paczki jadą do Ciebie.", "5": "5 paczek jedzie do Ciebie.",
			"12": "12 paczek jedzie do Ciebie.", "22": "22 paczki jadą do Ciebie.", "25": "25 paczek jedzie do Ciebie.",
		},
		"ar_AR": {
			"0": "لا شيء في الطريق إليك.", "1": "طرد واحد في الطريق إليك.", "2": "طردان في الطريق إليك.",
			"3": "\u20683\u2069 طرود في الطريق إليك.", "11": "\u206811\u2069 طردًا في الطريق إليك.", "100": "\u2068100\u2069 طرد في الطريق إليك.",
		},
	} {
		robin := chat.Person("Robin", locale)
		for number, text := range forms {
			robin.Says(number)
			robin.Sees(text)
			robin.Sees(offers[locale[:2]])
		}
	}
}

// A person of a language that the bot does not speak reads the source texts, and may choose another language.
func TestAPersonChoosesALanguage(t *testing.T) {
	t.Parallel()
	chat := start(t)
	jose := chat.Person("José", "es_ES")
	jose.Says("2")
	jose.Sees("2 parcels are on their way to you.")
	jose.Sees(offers["es"])
	jose.Taps("Another language")
	jose.Sees("Which language shall I speak?")
	jose.Taps("Polski")
	jose.Sees("Od teraz mówię do Ciebie w tym języku: Polski. Napisz „język”, aby to zmienić albo wrócić do języka z Twojego profilu.")
	jose.Says("2")
	jose.Sees("2 paczki jadą do Ciebie.")
	jose.Sees(offers["pl"])
	jose.Says("language Arabic") // the English word counts in every language
	jose.Sees("من الآن سأتحدث معك بهذه اللغة: العربية. اكتب «لغة» لتغييرها أو للعودة إلى لغة ملفك الشخصي.")
	jose.Says("2")
	jose.Sees("طردان في الطريق إليك.")
}

// The command for translations finds nothing wrong: every text of the code is in all four languages.
func TestTheCatalogues(t *testing.T) {
	t.Parallel()
	var out, errs bytes.Buffer
	require.Zero(t, command.Run(t.Context(), command.Config{Out: &out, Err: &errs}, []string{"i18n", "check", "--strict"}), errs.String())
	require.Empty(t, errs.String())
	for _, language := range []string{"ar", "de", "en", "pl"} {
		require.Regexp(t, `(?m)^ +`+language+` +100% +23/23( +0){5}$`, out.String())
	}
	require.Equal(t, 5, strings.Count(out.String(), "\n"))
}
