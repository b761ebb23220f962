package i18n

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/djmessenger/messenger/i18n/internal/cldr"
)

// Number is an argument with a set number of decimals: {Value: 2.5, Decimals: 2} is "2.50". A number of Go's by itself is
// shown with as many decimals as it has, at most 3.
type Number struct {
	Value    float64
	Decimals int // 0 to 9
}

// Percent is an argument that is shown in percent: {Value: 0.256} is "26%", and "25.6%" with one decimal.
type Percent struct {
	Value    float64
	Decimals int // 0 to 9
}

// Money is an argument that is a sum: {Amount: "1234.5", Currency: "EUR"} is "€1,234.50" in English. It has the decimals
// that the currency has, or as many as are needed to show the sum as it is.
type Money struct {
	Amount   string // a decimal number: "12.50", "-3"
	Currency string // the ISO 4217 code
}

const (
	maxDecimals      = 9
	shownDecimals    = 3 // of a float by itself
	maxWrittenDigits = 40
)

// decimal returns the digits that are shown, by which a plural is chosen.
func (n Number) decimal() string  { return fixed(n.Value, n.Decimals) }
func (p Percent) decimal() string { return fixed(p.Value*100, p.Decimals) }

func (m Money) decimal() string {
	digits, ok := m.digits()
	if !ok {
		return ""
	}
	return digits
}

// fixed writes a number with a number of decimals; empty for what is no number.
func fixed(v float64, decimals int) string {
	text := decimalOfFloat(v, 64)
	if text == "" {
		return ""
	}
	text = strconv.FormatFloat(v, 'f', min(max(decimals, 0), maxDecimals), 64)
	if strings.Trim(text, "-0.") == "" {
		return strings.TrimPrefix(text, "-")
	}
	return text
}

// digits returns the sum with the decimals that it is shown with.
func (m Money) digits() (string, bool) {
	if n, ok := parseNumber(m.Amount); !ok || n.exact == "" || len(m.Amount) > maxWrittenDigits {
		return "", false
	}
	whole, fraction, _ := strings.Cut(m.Amount, ".")
	decimals := cldr.Decimals(m.Currency)
	fraction = strings.TrimRight(fraction, "0")
	if missing := decimals - len(fraction); missing > 0 {
		fraction += strings.Repeat("0", missing)
	}
	if fraction == "" {
		return whole, true
	}
	return whole + "." + fraction, true
}

// appendNumber writes the digits of a number ("-1234.5") as a pattern has them.
func appendNumber(out []byte, l *cldr.Locale, p *cldr.Pattern, digits, decimal, group string) []byte {
	digits, negative := strings.CutPrefix(digits, "-")
	whole, fraction, _ := strings.Cut(digits, ".")
	return appendDigits(out, l, p, negative, whole, fraction, decimal, group)
}

func appendDigits[T string | []byte](out []byte, l *cldr.Locale, p *cldr.Pattern, negative bool, whole, fraction T, decimal, group string) []byte {
	prefix, suffix := p.Prefix, p.Suffix
	if negative {
		prefix, suffix = p.NegativePrefix, p.NegativeSuffix
	}
	out = append(out, prefix...)
	grouped := p.Primary > 0 && len(whole) >= p.Primary+l.MinGrouping
	for i := range len(whole) {
		if left := len(whole) - i; grouped && i > 0 && left >= p.Primary && (left-p.Primary)%p.Secondary == 0 {
			out = append(out, group...)
		}
		out = appendDigit(out, l, whole[i])
	}
	if len(fraction) > 0 {
		out = append(out, decimal...)
		for i := range len(fraction) {
			out = appendDigit(out, l, fraction[i])
		}
	}
	return append(out, suffix...)
}

// appendInteger writes a whole number, without a text between.
func appendInteger(out []byte, l *cldr.Locale, n int) []byte {
	var space [20]byte
	digits := strconv.AppendInt(space[:0], int64(n), 10)
	if n < 0 {
		digits = digits[1:]
	}
	return appendDigits(out, l, &l.Number, n < 0, digits, nil, l.Decimal, l.Group)
}

func appendDigit(out []byte, l *cldr.Locale, digit byte) []byte {
	if l.Digits == nil {
		return append(out, digit)
	}
	return append(out, l.Digits[digit-'0']...)
}

func appendPlain(out []byte, l *cldr.Locale, digits string) []byte {
	return appendNumber(out, l, &l.Number, digits, l.Decimal, l.Group)
}

func appendPercent(out []byte, l *cldr.Locale, p Percent) []byte {
	return appendNumber(out, l, &l.Percent, p.decimal(), l.Decimal, l.Group)
}

// appendMoney writes a sum; what is none stays as it is.
func appendMoney(out []byte, l *cldr.Locale, m Money) []byte {
	digits, ok := m.digits()
	if !ok {
		return append(append(append(out, m.Amount...), ' '), m.Currency...)
	}
	sign := l.Sign(m.Currency)
	before := strings.Contains(l.Currency.Prefix, "¤")
	near, _ := utf8.DecodeRuneInString(sign) // the character next to the digits
	if before {
		near, _ = utf8.DecodeLastRuneInString(sign)
	}
	pattern := l.Currency
	if unicode.IsLetter(near) {
		pattern = l.CurrencyAlpha
	}
	apart := !unicode.IsSymbol(near) && !unicode.IsSpace(near) // a letter or a point has a space between it and the digits
	for _, part := range []*string{&pattern.Prefix, &pattern.NegativePrefix} {
		if apart && strings.HasSuffix(*part, "¤") {
			*part += "\u00a0"
		}
		*part = strings.Replace(*part, "¤", sign, 1)
	}
	for _, part := range []*string{&pattern.Suffix, &pattern.NegativeSuffix} {
		if apart && strings.HasPrefix(*part, "¤") {
			*part = "\u00a0" + *part
		}
		*part = strings.Replace(*part, "¤", sign, 1)
	}
	return appendNumber(out, l, &pattern, digits, l.CurrencyDecimal, l.CurrencyGroup)
}
