package policyfile

import (
	"strings"

	"github.com/djmessenger/messenger/internal/nearest"
)

// maxListed is how many known names a mistake lists.
const maxListed = 6

// nearestName says which registered name was probably meant, for the end of a sentence.
func nearestName(name string, known []string) string {
	near := nearest.Name(name, known)
	switch {
	case near != "":
		return "; the nearest is " + near
	case len(known) == 0:
		return ""
	case len(known) <= maxListed:
		return "; there are: " + strings.Join(known, ", ")
	}
	return "; if it is one of your own, port and register it (docs/policy.md)"
}

// nearestField says which field was probably meant, or which there are.
func nearestField(name string, fields []string) string {
	if near := nearest.Name(name, fields); near != "" && len(fields) > maxListed {
		return "; the nearest is " + near
	}
	return "; there are: " + strings.Join(fields, ", ")
}
