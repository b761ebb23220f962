package receiving

import "slices"

// Known reports whether this library has a receiving type of that name,
// [TypeDefault] and [TypeTap] included.
func Known(t Type) bool { return t == TypeDefault || t == TypeTap || slices.Contains(Types(), t) }

// Nearest returns the receiving type whose name is most like the given one,
// for error messages.
func Nearest(name string) Type {
	best := TypeDefault
	least := distance(name, string(best))
	for _, t := range append(Types(), TypeTap) {
		if d := distance(name, string(t)); d < least {
			best, least = t, d
		}
	}
	return best
}

// distance is the number of single-byte edits between two names.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
