package dialog

import (
	"context"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"
	"golang.org/x/text/unicode/norm"
)

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

// marksFor returns the marks of the languages in which a person may write a number; none if that is
// not known.
func marksFor(ctx context.Context) []marks {
	var all []marks
	if tag, known := ownLanguage(ctx); known {
		all = append(all, marksOf(tag))
	}
	if tag, known := spokenLanguage(ctx); known {
		all = append(all, marksOf(tag))
	}
	return all
}

// maxNumber is the most bytes that a number may have.
const maxNumber = 100

// numeral is a number as it was written.
type numeral struct {
	// digits is it without marks between groups, and with a point in front of the decimals.
	digits string
	// grouped is it if its only mark stands between groups; empty if that cannot be. mark is that mark.
	grouped string
	mark    rune
	// unit reports that something stands behind it.
	unit bool
}

// readNumber reads a number; its digits are empty for what is none.
func readNumber(text string) numeral {
	text = plainText(text)
	if len(text) > maxNumber {
		return numeral{}
	}
	text = digits(norm.NFKC.String(text))
	text = strings.NewReplacer("−", "-", "’", "'", "٫", ".", "٬", "'").Replace(text)
	sign := ""
	if rest, ok := strings.CutPrefix(text, "-"); ok {
		sign, text = "-", rest
	} else {
		text = strings.TrimPrefix(text, "+")
	}
	end := strings.IndexFunc(text, func(r rune) bool { return !strings.ContainsRune("0123456789.,'", r) && !unicode.IsSpace(r) })
	body := text
	if end >= 0 {
		body = strings.TrimSpace(text[:end])
	}
	n := readMarks(body)
	if n.digits == "" {
		return numeral{}
	}
	n.digits, n.unit = sign+n.digits, end >= 0
	if n.grouped != "" {
		n.grouped = sign + n.grouped
	}
	if n.unit && !isUnit(text[end:]) {
		return numeral{}
	}
	return n
}

// isUnit reports whether what stands behind a number may be a unit: not in "1e3", "3-4", "5%", "3 or 4".
func isUnit(text string) bool {
	first, _ := utf8.DecodeRuneInString(text)
	return unicode.In(first, unicode.L, unicode.Sc, unicode.So) && !strings.ContainsAny(text, "0123456789")
}

// readMarks reads digits with marks: of a comma and a point the last one is the decimal mark.
func readMarks(text string) numeral {
	last := strings.LastIndexAny(text, ".,")
	switch {
	case last < 0:
		return numeral{digits: joinGroups(text, 0)}
	case strings.Count(text, text[last:last+1]) > 1: // several of the same: between groups
		return numeral{digits: joinGroups(text, rune(text[last]))}
	}
	whole, decimals := text[:last], text[last+1:]
	n := numeral{}
	if strings.Trim(decimals, "0123456789") == "" && decimals != "" {
		other := rune(".,"[1-strings.IndexByte(".,", text[last])])
		if plain := joinGroups(whole, other); plain != "" {
			n.digits = plain + "." + decimals
		}
	}
	if strings.Trim(whole, "0123456789") == "" && len(decimals) == 3 && whole != "" && whole[0] != '0' && n.digits != "" {
		n.grouped, n.mark = joinGroups(text, rune(text[last])), rune(text[last])
	}
	return n
}

// joinGroups returns the digits of a text whose groups have a mark, a space or an apostrophe
// between them; empty if it is none. The last group has three digits, and those before it two or three.
func joinGroups(text string, mark rune) string {
	var groups []string
	var between rune
	rest := text
	for {
		i := strings.IndexFunc(rest, func(r rune) bool { return r < '0' || r > '9' })
		if i < 0 {
			break
		}
		r := []rune(rest[i:])[0]
		if unicode.IsSpace(r) {
			r = ' '
		}
		if r != mark && r != ' ' && r != '\'' || between != 0 && r != between {
			return ""
		}
		between = r
		groups, rest = append(groups, rest[:i]), rest[i+len(string([]rune(rest[i:])[0])):]
	}
	groups = append(groups, rest)
	size := 3
	if len(groups) > 2 && len(groups[1]) == 2 {
		size = 2 // lakh and crore
	}
	for i, g := range groups {
		switch {
		case g == "", i == 0 && len(groups) > 1 && len(g) > size, i > 0 && i < len(groups)-1 && len(g) != size, i > 0 && i == len(groups)-1 && len(g) != 3:
			return ""
		}
	}
	return strings.Join(groups, "")
}

// by returns what the number is to a person who writes with these marks; more than one value if that
// does not say.
func (n numeral) by(known []marks) []float64 {
	texts := []string{n.digits, n.grouped}
	decimal, group := false, false
	for _, m := range known {
		decimal = decimal || m.decimal == n.mark
		group = group || m.group == n.mark
	}
	switch {
	case n.grouped == "", decimal && !group:
		texts = texts[:1]
	case group && !decimal:
		texts = texts[1:]
	}
	var values []float64
	for _, text := range texts {
		if v, err := strconv.ParseFloat(text, 64); err == nil {
			values = append(values, v)
		}
	}
	return values
}

// both returns the two ways in which the number can be read, so that each can be written in only one.
func (n numeral) both() string { return n.grouped + " / " + n.digits + "0" }
