// Package cldr has what Unicode's Common Locale Data Repository says about writing numbers, dates and lists, for the languages
// of the platform in all their regions. tools/cldr writes its table.
package cldr

import (
	_ "embed" // the table
	"strconv"
	"strings"
	"sync"
)

//go:embed locales.tsv
var table string

// Locale says how to write in one language and region. It does not change.
type Locale struct {
	Tag                            string
	Digits                         []string // from 0 to 9; nil for those of ASCII
	Decimal, Group                 string
	CurrencyDecimal, CurrencyGroup string
	MinGrouping                    int // digits that the first group must have
	Number, Percent                Pattern
	Currency, CurrencyAlpha        Pattern // the second for signs that end in a letter
	Months, MonthsShort            []string
	Days, DaysShort, DaysAlone     []string // from Sunday
	Halves                         []string // am, pm
	Era                            string
	Periods                        []Period // parts of the day, if times have them
	Dates                          []string // patterns, from short to full
	Times                          []string // with minutes, with seconds
	Glue                           []string // patterns of date {1} and time {0}, from short to full
	And, Or                        []string // patterns of lists: of two, and at the start, the middle and the end

	signs map[string]string
}

// Period is a part of a day.
type Period struct {
	From int // hour
	Name string
}

// Pattern is how a number is written.
type Pattern struct {
	Prefix, Suffix                 string // of numbers from 0
	NegativePrefix, NegativeSuffix string
	Primary, Secondary             int // sizes of the last group and of the others
	Decimals                       int // the most that are written
}

// rows are the lines of the table, by locale.
var rows = sync.OnceValue(func() map[string]string {
	byTag := map[string]string{}
	for line := range strings.Lines(table) {
		tag, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		byTag[tag] = rest
	}
	return byTag
})

// decimals are those of currencies that have another number of them than two.
var decimals = sync.OnceValue(func() map[string]int {
	byCode := map[string]int{}
	for entry := range strings.SplitSeq(rows()["currencies"], "|") {
		byCode[entry[:3]] = int(entry[3] - '0')
	}
	return byCode
})

// Decimals returns the number of decimals that amounts of a currency have.
func Decimals(currency string) int {
	if n, ok := decimals()[currency]; ok {
		return n
	}
	return 2
}

// made keeps the locales that were asked for; there are some 500.
var made sync.Map // of string to *Locale

// Find returns the first of the locales that the table has, or the root.
func Find(tags ...string) *Locale {
	for _, tag := range tags {
		if l := find(tag); l != nil {
			return l
		}
	}
	return find("und")
}

func find(tag string) *Locale {
	if kept, ok := made.Load(tag); ok {
		l, _ := kept.(*Locale) // nothing else is kept
		return l
	}
	if _, ok := rows()[tag]; !ok || tag == "" || tag == "currencies" {
		return nil
	}
	l := parse(tag)
	made.Store(tag, l)
	return l
}

// fieldsOf returns all fields of a locale, those that it inherits too.
func fieldsOf(tag string) map[string]string {
	fields := map[string]string{}
	for tag != "" {
		parts := strings.Split(rows()[tag], "\t")
		for _, field := range parts[1:] {
			key, value, _ := strings.Cut(field, "=")
			if _, own := fields[key]; !own {
				fields[key] = value
			}
		}
		tag = parts[0]
	}
	return fields
}

func parse(tag string) *Locale {
	f := fieldsOf(tag)
	list := func(key string) []string { return strings.Split(f[key], "|") }
	l := &Locale{
		Tag: tag, Decimal: f["decimal"], Group: f["group"],
		CurrencyDecimal: f["currencyDecimal"], CurrencyGroup: f["currencyGroup"],
		Months: list("months"), MonthsShort: list("monthsShort"),
		Days: list("days"), DaysShort: list("daysShort"), DaysAlone: list("daysAlone"),
		Halves: list("halves"), Era: f["era"], Dates: list("dates"), Times: list("times"), Glue: list("glue"),
		And: list("and"), Or: list("or"), signs: map[string]string{},
	}
	l.MinGrouping, _ = strconv.Atoi(f["minGrouping"])
	if f["digits"] != "" {
		l.Digits = strings.Split(f["digits"], "")
	}
	if l.CurrencyDecimal == "" {
		l.CurrencyDecimal = l.Decimal
	}
	if l.CurrencyGroup == "" {
		l.CurrencyGroup = l.Group
	}
	for _, p := range []struct {
		key  string
		into *Pattern
	}{{"decimalPattern", &l.Number}, {"percentPattern", &l.Percent}, {"currencyPattern", &l.Currency}, {"currencyAlpha", &l.CurrencyAlpha}} {
		*p.into = parsePattern(f[p.key], f["minus"], f["percentSign"])
	}
	for _, entry := range list("symbols") {
		if len(entry) > 3 {
			l.signs[entry[:3]] = entry[3:]
		}
	}
	if f["periods"] != "" {
		for _, entry := range list("periods") {
			name := strings.TrimLeft(entry, "0123456789")
			from, _ := strconv.Atoi(strings.TrimSuffix(entry, name))
			l.Periods = append(l.Periods, Period{From: from, Name: name})
		}
	}
	return l
}

// Sign returns what stands for a currency: its sign in the locale, or its code.
func (l *Locale) Sign(currency string) string {
	if sign, ok := l.signs[currency]; ok {
		return sign
	}
	return currency
}

// parsePattern reads a pattern such as "#,##0.00 ¤;-#,##0.00 ¤".
func parsePattern(pattern, minus, percent string) Pattern {
	positive, negative, has := strings.Cut(pattern, ";")
	var p Pattern
	var body string
	p.Prefix, body, p.Suffix = around(positive)
	if has {
		p.NegativePrefix, _, p.NegativeSuffix = around(negative)
	} else {
		p.NegativePrefix, p.NegativeSuffix = "-"+p.Prefix, p.Suffix
	}
	whole, fraction, _ := strings.Cut(body, ".")
	p.Decimals = len(fraction)
	groups := strings.Split(whole, ",")
	if len(groups) > 1 {
		p.Primary = len(groups[len(groups)-1])
		p.Secondary = p.Primary
	}
	if len(groups) > 2 {
		p.Secondary = len(groups[len(groups)-2])
	}
	replace := strings.NewReplacer("-", minus, "%", percent)
	for _, text := range []*string{&p.Prefix, &p.Suffix, &p.NegativePrefix, &p.NegativeSuffix} {
		*text = replace.Replace(*text)
	}
	return p
}

// around cuts a pattern into what stands before the number, the number, and what stands behind.
func around(pattern string) (before, body, after string) {
	const number = "#,0."
	start := strings.IndexAny(pattern, number)
	end := strings.LastIndexAny(pattern, number) + 1
	return pattern[:max(start, 0)], pattern[max(start, 0):end], pattern[end:]
}
