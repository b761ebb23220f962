// Package nearest finds the known name that an unknown one was probably meant to be,
// for error messages.
package nearest

import (
	"slices"
	"strings"
)

// maxLetters bounds the work for one pair of names.
const maxLetters = 100

// Name returns the known name that is near, or "" if none is. Letter case does not
// count. Of dotted names the last parts have to be near, since a class keeps its name
// when its module moves. Near are names with few letters to insert, delete or replace:
// one, and one more for every five letters. A name of at least four letters that
// is within a known one is near too, as TEXT is to SIMPLE_TEXT. Of several it returns
// the nearest, and the first of those that are equally near.
func Name(name string, known []string) string {
	best, least := "", rank{}
	for _, candidate := range known {
		r, near := rankOf(name, candidate)
		if near && (best == "" || r.less(least)) {
			best, least = candidate, r
		}
	}
	return best
}

// rank says how near a name is: by letters, then by the last part, then as a whole.
type rank struct{ within, last, whole int }

func (r rank) less(other rank) bool {
	return slices.Compare([]int{r.within, r.last, r.whole}, []int{other.within, other.last, other.whole}) < 0
}

func rankOf(name, candidate string) (r rank, near bool) {
	a, b := letters(last(name)), letters(last(candidate))
	r = rank{last: distance(a, b), whole: distance(letters(name), letters(candidate))}
	if r.last <= 1+(len(a)-commonEnd(a, b))/5 {
		return r, len(a) > 0
	}
	r.within = 1
	return r, len(a) >= 4 && strings.Contains(string(b), string(a))
}

// last returns the last part of a dotted name.
func last(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }

// letters returns the first letters of a name, in lower case.
func letters(name string) []rune {
	all := []rune(strings.ToLower(name))
	return all[:min(len(all), maxLetters)]
}

// commonEnd is how many letters two names have in common at their ends.
func commonEnd(a, b []rune) int {
	n := 0
	for n < min(len(a), len(b)) && a[len(a)-1-n] == b[len(b)-1-n] {
		n++
	}
	return n
}

// distance is the number of letters to insert, delete or replace.
func distance(from, to []rune) int {
	row := make([]int, len(to)+1)
	for j := range row {
		row[j] = j
	}
	for i, letter := range from {
		diagonal := row[0]
		row[0] = i + 1
		for j, other := range to {
			cost := diagonal
			if letter != other {
				cost++
			}
			diagonal, row[j+1] = row[j+1], min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(to)]
}
