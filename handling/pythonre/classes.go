package pythonre

import (
	"slices"
	"sync"
	"unicode"
)

// alphabet is what the character classes mean.
type alphabet struct{ word, digit, space set }

var (
	asciiWord = union([]span{{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}})

	// asciiAlphabet is that of (?a).
	asciiAlphabet = sync.OnceValue(func() alphabet {
		return alphabet{word: asciiWord, digit: set{{'0', '9'}}, space: set{{'\t', '\r'}, {' ', ' '}}}
	})

	// unicodeAlphabet is str.isalnum or an underscore, str.isdecimal, and
	// str.isspace.
	unicodeAlphabet = sync.OnceValue(func() alphabet {
		return alphabet{
			word:  union(ofTables(unicode.L, unicode.N), runes('_')),
			digit: ofTables(unicode.Nd),
			space: union(ofTables(unicode.Z), []span{{'\t', '\r'}, {0x1c, 0x1f}, {0x85, 0x85}}),
		}
	})
)

// class returns the set of an escape such as \w, if it is one.
func (a alphabet) class(escape rune) (set, bool) {
	switch escape {
	case 'w':
		return a.word, true
	case 'W':
		return a.word.not(), true
	case 'd':
		return a.digit, true
	case 'D':
		return a.digit.not(), true
	case 's':
		return a.space, true
	case 'S':
		return a.space.not(), true
	}
	return nil, false
}

// fold adds to a set what is the same letter in the other case.
func fold(s set, ascii bool) set {
	var more []span
	if ascii {
		for r := 'a'; r <= 'z'; r++ {
			if upper := r - 'a' + 'A'; s.has(r) || s.has(upper) {
				more = append(more, span{r, r}, span{upper, upper})
			}
		}
		return union(s, more)
	}
	for _, orbit := range orbits() {
		for _, r := range orbit {
			if !s.has(r) {
				continue
			}
			for _, same := range orbit {
				more = append(more, span{same, same})
			}
			break
		}
	}
	return union(s, more)
}

// orbits are the letters that are the same under (?i): those of Unicode's simple
// case folding; the two i of Turkish, which Python takes for the other ones; and
// pairs that Python takes from the case mappings, and older tables of Go lack.
var orbits = sync.OnceValue(func() [][]rune {
	all := [][]rune{
		{'I', 'i', 'İ', 'ı'},
		{0x0390, 0x1FD3},
		{0x03B0, 0x1FE3},
		{0xFB05, 0xFB06},
	}
	for r := rune(0); r <= unicode.MaxRune; r++ {
		orbit := []rune{r}
		for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
			orbit = append(orbit, next)
		}
		if len(orbit) > 1 && r == slices.Min(orbit) && r != 'I' {
			all = append(all, orbit)
		}
	}
	return all
})
