package policyfile

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
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

// below returns the place of a member. A name that is not one word is quoted.
func below(place, name string) string {
	odd := func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("_-$", r)
	}
	switch {
	case name == "" || len(name) > maxShown || strings.ContainsFunc(name, odd):
		return place + "[" + quoted(name) + "]"
	case place == "":
		return name
	default:
		return place + "." + name
	}
}

// maxShown is how many characters of a text in the file a mistake shows.
const maxShown = 100

// quoted returns a text of the file in quotes, control characters escaped, the
// beginning of a long one.
func quoted(text string) string {
	if start := beginning(text, maxShown); start != text {
		return strconv.Quote(start) + "…"
	}
	return strconv.Quote(text)
}

// beginning returns at most so many characters of a text.
func beginning(text string, characters int) string {
	for i := range text {
		if characters--; characters < 0 {
			return text[:i]
		}
	}
	return text
}

// printable returns a problem with control characters escaped, newlines excepted, or
// the beginning of a long one: it may have parts of the file, and reach a terminal.
func printable(problem string) string {
	if start := beginning(problem, 8*maxShown); start != problem {
		problem = start + "…"
	}
	if !strings.ContainsFunc(problem, func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }) {
		return problem
	}
	var b strings.Builder
	for _, r := range problem {
		if r == '\n' || unicode.IsPrint(r) {
			b.WriteRune(r)
			continue
		}
		b.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
	}
	return b.String()
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
