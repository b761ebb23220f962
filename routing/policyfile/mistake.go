package policyfile

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Mistake is one thing that is wrong with a policy file.
type Mistake struct {
	Position
	// Place is where in the tree it is: "routers[2].handlers[0].args.text". It is
	// empty if the file as a whole is meant.
	Place string
	// Problem says what is wrong, and how it would be right if that is known.
	Problem string
	// Unknown is the name of a handler, a sender or a condition that is not
	// registered, if that is the mistake: another program may know it.
	Unknown string
	// Err is what went wrong, if Problem was an error.
	Err error
}

// Error returns the position, the place and the problem, in one line if the problem
// has one.
func (m *Mistake) Error() string {
	if m.Place == "" {
		return fmt.Sprintf("%s: %s", m.Position, m.Problem)
	}
	return fmt.Sprintf("%s: %s: %s", m.Position, m.Place, m.Problem)
}

func (m *Mistake) Unwrap() error { return m.Err }

// Mistakes are all mistakes of a policy file, in the file's order. It is the error of
// [Registry.Load] and of [Registry.Parse].
type Mistakes []*Mistake

// maxMistakes is how many mistakes an error shows.
const maxMistakes = 100

// Error returns one mistake a line, at most 100 of them.
func (m Mistakes) Error() string {
	var b strings.Builder
	for i, mistake := range m {
		if i > 0 {
			b.WriteByte('\n')
		}
		if i == maxMistakes {
			fmt.Fprintf(&b, "and %d more", len(m)-i)
			break
		}
		b.WriteString(mistake.Error())
	}
	return b.String()
}

// Unwrap returns the mistakes, for errors.As.
func (m Mistakes) Unwrap() []error {
	errs := make([]error, len(m))
	for i, mistake := range m {
		errs[i] = mistake
	}
	return errs
}

func (m Mistakes) sort() {
	slices.SortStableFunc(m, func(a, b *Mistake) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
}

// once leaves each mistake once: a route under several types is checked for each of them.
func (m Mistakes) once() Mistakes {
	seen := map[string]bool{}
	return slices.DeleteFunc(m, func(mistake *Mistake) bool {
		text := mistake.Error()
		again := seen[text]
		seen[text] = true
		return again
	})
}
