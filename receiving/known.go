package receiving

import (
	"slices"

	"github.com/djmessenger/messenger/internal/nearest"
)

// Known reports whether this library has a receiving type of that name,
// [TypeDefault], [TypeTap] and [TypeDialog] included.
func Known(t Type) bool {
	return t == TypeDefault || t == TypeTap || t == TypeDialog || slices.Contains(Types(), t)
}

// Nearest returns the receiving type whose name is like the given one, letter case
// ignored, for error messages; "" if none is.
func Nearest(name string) Type {
	known := []string{string(TypeDefault), string(TypeTap), string(TypeDialog)}
	for _, t := range Types() {
		known = append(known, string(t))
	}
	return Type(nearest.Name(name, known))
}
