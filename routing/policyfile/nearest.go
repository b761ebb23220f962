package policyfile

import (
	"slices"
	"strings"
)

// nearest names what a name was probably meant to be, for the end of a sentence.
func nearest(name string, known []string) string {
	if len(known) == 0 {
		return ""
	}
	if len(known) <= 6 {
		return "; there are: " + strings.Join(known, ", ")
	}
	best, least := "", 0
	for _, candidate := range known {
		if d := nameDistance(name, candidate); best == "" || d < least {
			best, least = candidate, d
		}
	}
	return "; the nearest is " + best
}

// nameDistance compares whole names, and the last parts of dotted ones: a class keeps
// its name when its module moves.
func nameDistance(a, b string) int {
	whole := distance(a, b)
	lastA, dottedA := lastPart(a)
	lastB, dottedB := lastPart(b)
	if !dottedA || !dottedB {
		return whole
	}
	return min(whole, distance(lastA, lastB)+1)
}

func lastPart(name string) (last string, dotted bool) {
	i := strings.LastIndexByte(name, '.')
	return name[i+1:], i >= 0
}

// distance is the number of letters to insert, delete or replace, case ignored, of the
// first 100.
func distance(a, b string) int {
	from, to := short(a), short(b)
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

func short(name string) []rune {
	letters := []rune(strings.ToLower(name))
	return slices.Clip(letters[:min(len(letters), 100)])
}
