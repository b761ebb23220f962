package sending

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Rules for breaking a text without a dictionary: the parts of
// https://www.unicode.org/reports/tr14/ and of
// https://www.unicode.org/reports/tr29/#Sentence_Boundaries that matter where
// a break is seldom and there are many places to choose from.

const (
	noBreakSpaces  = "\u00a0\u2007\u202f"
	zeroWidthSpace = '\u200b'
)

// spaceless are scripts that put no spaces between words.
var spaceless = []*unicode.RangeTable{
	unicode.Bopomofo, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Khmer,
	unicode.Lao, unicode.Myanmar, unicode.Tai_Tham, unicode.Thai, unicode.Yi,
}

func isSpaceless(r rune) bool { return r >= '\u0e00' && unicode.In(r, spaceless...) }

func isBlank(s string) bool { return strings.TrimSpace(s) == "" }

func firstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

// lineEnds counts the ends of lines in white space; a paragraph separator counts
// as two.
func lineEnds(space string) int {
	n := 0
	var last rune
	for _, r := range space {
		switch {
		case r == '\n' && last == '\r':
		case r == '\n', r == '\v', r == '\f', r == '\r', r == '\u0085', r == '\u2028':
			n++
		case r == '\u2029':
			n += 2
		}
		last = r
	}
	return n
}

// closesSentence returns what ends a sentence after the character: the
// character, or what has ended it before, if the character is a bracket or a
// quotation mark that belongs to it. It returns 0 if none ends.
func closesSentence(c string, closed rune) rune {
	r := firstRune(c)
	switch {
	case unicode.IsLetter(r):
		return 0
	case r == '…', unicode.Is(unicode.Sentence_Terminal, r):
		return r
	case r == '"', r == '\'', unicode.In(r, unicode.Pe, unicode.Pf, unicode.Pi):
		return closed
	}
	return 0
}

// endsWithoutSpace reports whether what ends a sentence is one of those that no
// space follows, as in Chinese and Japanese.
func endsWithoutSpace(closed rune) bool { return closed >= '\u3000' }

// staysAfter reports whether a character belongs to what is before it, and so
// does not begin a part.
func staysAfter(r rune) bool {
	return strings.ContainsRune("…‥ー々〻ゝゞヽヾぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶฯๆໆ", r) ||
		unicode.In(r, unicode.Pe, unicode.Pf, unicode.Terminal_Punctuation)
}

// staysBefore reports whether a character belongs to what is after it, and so
// does not end a part: what opens, and vowels that are written before their
// consonant.
func staysBefore(r rune) bool {
	return r >= 'เ' && r <= 'ไ' || r >= 'ເ' && r <= 'ໄ' || unicode.In(r, unicode.Ps, unicode.Pi)
}
