package dialog

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"
	"golang.org/x/text/unicode/norm"
)

const (
	refuseNumber        = "Please write a number."
	refuseNumberFrom    = "Please write a number, %{min} or more."
	refuseNumberTo      = "Please write a number, %{max} or less."
	refuseNumberBetween = "Please write a number from %{min} to %{max}."
)

// Number asks for a number from min to max; math.Inf stands for no bound. Digits of every
// script are read, with the decimal and grouping marks of the person's language: "1.234,5" in
// German is "1,234.5" in English. A mark that cannot group, because other than three digits
// follow, counts as the decimal one. Words, units and exponents are refused. It is shown with
// at most 6 decimals.
func Number(minimum, maximum float64) Answer[float64] { return numberAnswer{minimum, maximum} }

type numberAnswer struct{ min, max float64 }

func (numberAnswer) Choices(context.Context, float64) ([]Choice, error) { return nil, nil }

func (a numberAnswer) Take(ctx context.Context, in Input, into *float64) (bool, error) {
	v, ok := parseNumber(in.Event.Text(), marksOf(languageOf(ctx)))
	if !ok || v < a.min || v > a.max {
		return false, a.refuse(ctx)
	}
	*into = v
	return false, nil
}

func (a numberAnswer) refuse(ctx context.Context) error {
	r := &RefusalError{Text: refuseNumberBetween, Values: map[string]string{"min": a.Show(ctx, a.min), "max": a.Show(ctx, a.max)}}
	switch least, most := !math.IsInf(a.min, 0), !math.IsInf(a.max, 0); {
	case !least && !most:
		r.Text = refuseNumber
	case !most:
		r.Text = refuseNumberFrom
	case !least:
		r.Text = refuseNumberTo
	}
	return r
}

func (numberAnswer) Show(ctx context.Context, v float64) string {
	return message.NewPrinter(languageOf(ctx)).Sprint(number.Decimal(v, number.MaxFractionDigits(6)))
}

func (a numberAnswer) Validate() error {
	if !(a.min <= a.max) { // NaN is no bound either
		return fmt.Errorf("no number is from %v to %v", a.min, a.max)
	}
	return nil
}

// marks are what a language writes into numbers.
type marks struct{ decimal, group rune }

// marksOf finds them by how the language writes a number that has both.
func marksOf(tag language.Tag) marks {
	m := marks{decimal: '.', group: ','}
	text := message.NewPrinter(tag).Sprint(number.Decimal(1234567.5))
	seen := false
	for _, r := range text {
		if _, ok := digit(r); ok {
			continue
		}
		if !seen {
			m.group, seen = r, true
		}
		m.decimal = r
	}
	return m
}

// maxNumber is the most characters that a number may have.
const maxNumber = 40

// parseNumber reads a number in a language's marks.
func parseNumber(text string, m marks) (float64, bool) {
	text = digits(strings.TrimSpace(norm.NFKC.String(text)))
	text = strings.NewReplacer("−", "-", "’", "'").Replace(text)
	sign := 1.0
	if rest, ok := strings.CutPrefix(text, "-"); ok {
		sign, text = -1, rest
	} else {
		text = strings.TrimPrefix(text, "+")
	}
	if len(text) == 0 || len(text) > maxNumber || text[0] < '0' || text[0] > '9' {
		return 0, false
	}
	plain, ok := withoutGroups(text, m)
	if !ok {
		return 0, false
	}
	v, err := strconv.ParseFloat(plain, 64)
	return sign * v, err == nil
}

// withoutGroups returns digits with at most one decimal point. Of the marks in the text the
// last one is the decimal one if the language says so, or if it cannot group.
func withoutGroups(text string, m marks) (string, bool) {
	last := strings.LastIndexFunc(text, func(r rune) bool { return r < '0' || r > '9' })
	if last < 0 {
		return text, true
	}
	mark, size := rune(0), 0
	for i, r := range text[last:] {
		if i > 0 {
			size = i
			break
		}
		mark = r
	}
	if size == 0 {
		return "", false // it ends with a mark
	}
	whole, rest := text[:last], text[last+size:]
	point := mark == m.decimal || len(rest) != 3 && (mark == '.' || mark == ',')
	if !point {
		whole, rest = text, ""
	}
	groups := strings.FieldsFunc(whole, func(r rune) bool { return isGroup(r, m) && (!point || r != mark) })
	for i, g := range groups {
		if strings.Trim(g, "0123456789") != "" || i > 0 && len(g) != 3 || i == 0 && len(groups) > 1 && len(g) > 3 {
			return "", false
		}
	}
	if rest == "" {
		return strings.Join(groups, ""), true
	}
	return strings.Join(groups, "") + "." + rest, true
}

// isGroup reports whether a mark can stand between groups of digits.
func isGroup(r rune, m marks) bool {
	return r == m.group || unicode.IsSpace(r) || r == '\'' || r != m.decimal && (r == '.' || r == ',')
}
