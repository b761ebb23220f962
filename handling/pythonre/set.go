package pythonre

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode"
)

// span is a range of runes, both ends included.
type span struct{ lo, hi rune }

// set is a set of runes: spans in order, which neither overlap nor touch.
type set []span

func runes(list ...rune) set {
	spans := make([]span, len(list))
	for i, r := range list {
		spans[i] = span{r, r}
	}
	return union(spans)
}

// union makes a set of spans in any order.
func union(sets ...[]span) set {
	all := slices.Concat(sets...)
	slices.SortFunc(all, func(a, b span) int { return cmp.Compare(a.lo, b.lo) })
	var out set
	for _, s := range all {
		if n := len(out); n > 0 && s.lo <= out[n-1].hi+1 {
			out[n-1].hi = max(out[n-1].hi, s.hi)
			continue
		}
		out = append(out, s)
	}
	return out
}

// not returns all other runes.
func (s set) not() set {
	var out set
	next := rune(0)
	for _, in := range s {
		if in.lo > next {
			out = append(out, span{next, in.lo - 1})
		}
		next = in.hi + 1
	}
	if next <= unicode.MaxRune {
		out = append(out, span{next, unicode.MaxRune})
	}
	return out
}

func (s set) and(other set) set { return union(s.not(), other.not()).not() }

func (s set) has(r rune) bool {
	_, found := slices.BinarySearchFunc(s, r, func(in span, r rune) int {
		switch {
		case in.hi < r:
			return -1
		case in.lo > r:
			return 1
		}
		return 0
	})
	return found
}

// ofTables returns the runes of Unicode's tables.
func ofTables(tables ...*unicode.RangeTable) set {
	var spans []span
	add := func(lo, hi, stride rune) {
		if stride == 1 {
			spans = append(spans, span{lo, hi})
			return
		}
		for r := lo; r <= hi; r += stride {
			spans = append(spans, span{r, r})
		}
	}
	for _, table := range tables {
		for _, r := range table.R16 {
			add(rune(r.Lo), rune(r.Hi), rune(r.Stride))
		}
		for _, r := range table.R32 {
			add(rune(r.Lo), rune(r.Hi), rune(r.Stride)) //nolint:gosec // Unicode ends at U+10FFFF
		}
	}
	return union(spans)
}

// class returns the set as RE2's syntax writes it.
func (s set) class() string {
	if name, ok := named(s); ok {
		return name
	}
	if len(s) == 0 {
		return `[^\x00-\x{10FFFF}]`
	}
	if len(s) == 1 && s[0].lo == s[0].hi {
		return literal(s[0].lo)
	}
	var b strings.Builder
	b.WriteByte('[')
	for _, in := range s {
		b.WriteString(literal(in.lo))
		if in.hi > in.lo {
			b.WriteByte('-')
			b.WriteString(literal(in.hi))
		}
	}
	b.WriteByte(']')
	return b.String()
}

// named returns a short way to write a set, if there is one. Written out, \w takes
// 15 kB.
func named(s set) (string, bool) {
	if len(s) < 20 {
		return "", false
	}
	for _, n := range names() {
		if slices.Equal(s, n.set) {
			return n.class, true
		}
	}
	return "", false
}

type namedSet struct {
	set   set
	class string
}

var names = sync.OnceValue(func() []namedSet {
	all := unicodeAlphabet()
	return []namedSet{
		{all.word, `[\p{L}\p{N}_]`}, {all.word.not(), `[^\p{L}\p{N}_]`},
		{all.digit, `\p{Nd}`}, {all.digit.not(), `\P{Nd}`},
	}
})

// fewest returns the set that takes the least to write.
func fewest(sets ...set) set {
	return slices.MinFunc(sets, func(a, b set) int { return cmp.Compare(len(a), len(b)) })
}

func literal(r rune) string {
	if r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
		return string(r)
	}
	return fmt.Sprintf(`\x{%X}`, r)
}
