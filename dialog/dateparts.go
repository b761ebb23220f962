package dialog

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// datePart is a number or a name in a date.
type datePart struct {
	n      int
	digits int // how many digits it was written with; 0 for a name
	dateName
}

// dateParts are what a text with a date consists of.
type dateParts struct {
	numbers []datePart
	month   int
	weekday int
	points  bool // there are points between the numbers
}

// behindNumbers are the characters for year, month and day. Some are short for days of the week, too.
const behindNumbers = "年月日年년월일"

// maxParts is how many numbers and names a date has at most.
const maxParts = 4

// partsOf cuts a folded text into numbers and names; false if anything else is in it.
func partsOf(text string, words []*dateWords) (dateParts, bool) {
	var all []datePart
	var found dateParts
	number := false // the text is right behind one
	for text != "" && len(all) <= maxParts {
		if first, size := utf8.DecodeRuneInString(text); number && strings.ContainsRune(behindNumbers, first) {
			text, number = text[size:], false
			continue
		}
		part, rest, ok := nextPart(text, words)
		number = part.digits > 0
		if !ok {
			return found, false
		}
		if rest == text { // a mark or a word that says nothing
			_, size := utf8.DecodeRuneInString(text)
			found.points = found.points || text[0] == '.' && len(all) > 0
			text = text[size:]
			continue
		}
		if part.digits > 0 || part.dateName != (dateName{}) {
			all = append(all, part)
		}
		text = rest
	}
	return found, len(all) <= maxParts && found.sort(all)
}

// sort tells numbers, the month and the day of the week apart. What can be both a month and a
// day is the month, unless there is another one.
func (p *dateParts) sort(all []datePart) bool {
	var either []dateName
	for _, part := range all {
		switch is := part.dateName; {
		case part.digits > 0:
			p.numbers = append(p.numbers, part)
		case is.month > 0 && is.weekday > 0:
			either = append(either, is)
		case is.month > 0 && p.month == 0:
			p.month = is.month
		case is.weekday > 0 && p.weekday == 0:
			p.weekday = is.weekday
		default:
			return false
		}
	}
	for _, is := range either {
		switch {
		case p.month == 0:
			p.month = is.month
		case p.weekday == 0:
			p.weekday = is.weekday
		default:
			return false
		}
	}
	return true
}

// nextPart reads what a text begins with. The rest is the text itself if that is only a mark.
func nextPart(text string, words []*dateWords) (part datePart, rest string, ok bool) {
	for _, w := range words {
		for _, name := range w.order {
			if after, ok := strings.CutPrefix(text, name); ok && !joins(name, after) {
				return datePart{dateName: w.names[name]}, after, true
			}
		}
	}
	first, _ := utf8.DecodeRuneInString(text)
	switch {
	case first >= '0' && first <= '9':
		number := text[:len(text)-len(strings.TrimLeft(text, "0123456789"))]
		n, err := strconv.Atoi(number)
		return datePart{n: n, digits: len(number)}, text[len(number):], err == nil && len(number) <= 4
	case isLetter(first):
		end := strings.IndexFunc(text, func(r rune) bool { return !isLetter(r) && r != '\'' })
		if end < 0 {
			end = len(text)
		}
		for _, w := range words {
			if is, ok := w.named(text[:end]); ok {
				return datePart{dateName: is}, text[end:], true
			}
		}
		for _, w := range words {
			if w.fillers[strings.Trim(text[:end], "'")] {
				return datePart{}, text[end:], true
			}
		}
		return datePart{}, "", false
	}
	return datePart{}, text, unicode.IsSpace(first) || strings.ContainsRune(`.,/-–()'،⹁`, first)
}

// joins reports whether a name goes on in what follows it.
func joins(name, after string) bool {
	last, _ := utf8.DecodeLastRuneInString(name)
	next, _ := utf8.DecodeRuneInString(after)
	switch {
	case after == "":
		return false
	case unicode.IsNumber(last) && unicode.IsNumber(next):
		return true
	}
	return isLetter(last) && isLetter(next) && !unicode.In(next, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul,
		unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar) // which are written without spaces
}

func isLetter(r rune) bool { return unicode.In(r, unicode.L, unicode.M) }
