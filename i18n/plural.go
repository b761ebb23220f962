package i18n

import (
	"math"
	"strconv"
	"strings"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// categoryNames are the names of plural categories, by their [plural.Form].
var categoryNames = [...]string{plural.Other: Other, plural.Zero: "zero", plural.One: "one", plural.Two: "two", plural.Few: "few", plural.Many: "many"}

// rules are the plural forms of one language: those for counting, or those for ordinals.
type rules struct {
	tag      language.Tag
	numbers  *plural.Rules
	amended  func(operands) plural.Form // instead of numbers
	integers [len(categoryNames)]bool   // the forms that whole numbers have
	all      [len(categoryNames)]bool   // and those of decimal fractions besides
	millions bool                       // whole millions are "many", if there is such a case
	small    [1000]plural.Form          // the forms of the first whole numbers, which nearly all counts are
}

// countsLike are languages that have no rules in x/text, and others that have the same; ordersLike are the same for
// ordinals.
var (
	countsLike = map[string]string{"ceb": "fil", "sc": "it", "szl": "pl"}
	ordersLike = map[string]string{"sc": "it"}
)

// inMillions are the languages in which whole millions have a form of their own. The rules
// of x/text are older than it; so are most catalogues, which may leave it out.
var inMillions = map[string]bool{"ca": true, "es": true, "fr": true, "it": true, "pt": true}

// rulesOf returns the rules of a language, which are made once.
func rulesOf(tag language.Tag, by Selector) *rules {
	kept := &cardinals
	if by == Ordinal {
		kept = &ordinals
	}
	return kept.get(tag.String(), func(string) *rules { return makeRules(tag, by) })
}

// They keep what was worked out about languages: each costs some thousand numbers.
var cardinals, ordinals byLocale[*rules]

// rulesFor returns the rules of a file for the choices that count.
func rulesFor(file File, tag language.Tag) map[Selector]*rules {
	return map[Selector]*rules{Plural: rulesOfFile(file, tag, Plural), Ordinal: rulesOf(tag, Ordinal)}
}

// rulesOfFile returns the rules of a file: those that it brings itself, or those of its language.
func rulesOfFile(file File, tag language.Tag, by Selector) *rules {
	if file.Plural == nil || by != Plural {
		return rulesOf(tag, by)
	}
	r := &rules{tag: tag, amended: func(n operands) plural.Form {
		if n.digits != 0 {
			return plural.Other
		}
		return formNamed(file.Plural(n.whole))
	}}
	r.sample()
	return r
}

func makeRules(tag language.Tag, by Selector) *rules {
	base, _ := tag.Base()
	r, likes := &rules{tag: tag, numbers: plural.Ordinal}, ordersLike
	if by != Ordinal {
		r.numbers, r.amended, r.millions = plural.Cardinal, amended[base.String()], inMillions[base.String()]
		likes = countsLike
	}
	if like, ok := likes[base.String()]; ok {
		r.tag = language.MustParse(like)
	}
	r.sample()
	return r
}

// sample finds out which forms there are.
func (r *rules) sample() {
	for n := range r.small {
		r.small[n] = r.form(operands{whole: n})
	}
	for n := range 1200 { // all rules are about the last three digits, and about whole millions
		r.integers[r.form(operands{whole: n})] = true
	}
	r.integers[r.form(operands{whole: 1_000_000})] = true
	r.all = r.integers
	for whole := range 12 {
		for tenths := range 100 {
			r.all[r.form(operands{whole: whole, digits: 1, fraction: tenths / 10})] = true
			r.all[r.form(operands{whole: whole, digits: 2, fraction: tenths})] = true
		}
	}
}

// PluralCategory returns the category of a whole number from 0 in a language, by the rules of CLDR: "one", "few", [Other]. It
// is for formats that convert to them.
func PluralCategory(tag language.Tag, n int) string {
	return categoryNames[rulesOf(tag, Plural).form(operands{whole: n})]
}

// operands are what plural rules look at in a number: its whole part, and the fraction with
// its number of digits, as it is shown.
type operands struct{ whole, digits, fraction int }

func (r *rules) form(n operands) plural.Form {
	if r.amended != nil {
		return r.amended(n)
	}
	t, w := n.significant()
	return r.numbers.MatchPlural(r.tag, n.whole, n.digits, w, n.fraction, t)
}

// formOf returns the form of a number as it is shown.
func (r *rules) formOf(n number) plural.Form {
	if n.digits == 0 && n.whole < len(r.small) {
		return r.small[n.whole]
	}
	form := r.form(n.operands)
	if form == plural.Other && r.millions && n.whole != 0 && n.whole%1_000_000 == 0 && n.digits == 0 {
		return plural.Many
	}
	return form
}

// forms returns the names of the forms that a language has.
func (r *rules) forms() []string {
	var names []string
	for _, form := range []plural.Form{plural.Zero, plural.One, plural.Two, plural.Few, plural.Many, plural.Other} {
		if r.all[form] || form == plural.Other {
			names = append(names, categoryNames[form])
		}
	}
	return names
}

// has reports whether a language has a form, also one that only fractions or millions have.
func (r *rules) has(category string) bool {
	return r.all[formNamed(category)] || category == "many" && r.millions
}

// formNamed returns the form of a category's name.
func formNamed(category string) plural.Form {
	for form, name := range categoryNames {
		if name == category {
			return plural.Form(form)
		}
	}
	return plural.Other
}

// number is an argument that can be counted.
type number struct {
	operands
	exact string // as cases write it: "0", "-1", "2.5"; empty if it is not needed
}

// numberOf reads an argument as a number: any of Go's, or a text that is one, such as "3". The sign has no form.
// exact says whether its digits are needed, too.
func numberOf(value any, exact bool) (number, bool) {
	var text string
	switch v := value.(type) {
	case int:
		if v >= 0 && v < maxCounted && !exact {
			return number{operands: operands{whole: v}}, true
		}
		text = strconv.Itoa(v)
	case string:
		text = v
	case interface{ decimal() string }:
		text = v.decimal()
	default:
		text = decimalOf(value)
	}
	return parseNumber(text)
}

const maxCounted = 10_000_000 // plural rules look at no digit beyond the seventh

// decimalOf returns the digits of a number of Go's, as it is shown; empty for anything else.
func decimalOf(value any) string {
	switch v := value.(type) {
	case int8:
		return strconv.FormatInt(int64(v), 10)
	case int16:
		return strconv.FormatInt(int64(v), 10)
	case int32:
		return strconv.FormatInt(int64(v), 10)
	case int64:
		return strconv.FormatInt(v, 10)
	case uint:
		return strconv.FormatUint(uint64(v), 10)
	case uint8:
		return strconv.FormatUint(uint64(v), 10)
	case uint16:
		return strconv.FormatUint(uint64(v), 10)
	case uint32:
		return strconv.FormatUint(uint64(v), 10)
	case uint64:
		return strconv.FormatUint(v, 10)
	case int:
		return strconv.Itoa(v)
	case float32:
		return decimalOfFloat(float64(v), 32)
	case float64:
		return decimalOfFloat(v, 64)
	}
	return ""
}

func decimalOfFloat(v float64, bits int) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return ""
	}
	text := strings.TrimRight(strings.TrimRight(strconv.FormatFloat(v, 'f', shownDecimals, bits), "0"), ".")
	if text == "-0" || text == "" {
		return "0"
	}
	return text
}

// parseNumber reads a number in plain digits.
func parseNumber(text string) (number, bool) {
	n := number{exact: text}
	text = strings.TrimPrefix(text, "-")
	whole, fraction, _ := strings.Cut(text, ".")
	if !isDigits(whole) || fraction != "" && !isDigits(fraction) || strings.HasSuffix(text, ".") {
		return number{}, false
	}
	n.whole, _ = strconv.Atoi(lastDigits(whole))
	if len(strings.TrimLeft(whole, "0")) > 7 {
		n.whole += maxCounted // it is large, which some rules want to know
	}
	if len(fraction) > 6 {
		fraction = fraction[:6]
	}
	n.digits = len(fraction)
	n.fraction, _ = strconv.Atoi("0" + fraction)
	return n, true
}

func lastDigits(text string) string {
	if len(text) > 7 {
		return text[len(text)-7:]
	}
	return text
}

func isDigits(text string) bool {
	return text != "" && strings.Trim(text, "0123456789") == ""
}
