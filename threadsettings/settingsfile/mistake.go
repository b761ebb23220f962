package settingsfile

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/djmessenger/messenger/internal/datatree"
)

// Mistake is one thing that is wrong with a settings file.
type Mistake struct {
	File string
	// Line and Column count from 1, characters in the column; they are 0 if the file as a whole is meant.
	Line, Column int
	// Place is where in the tree it is, such as "persistent_menu[2].title"; empty if the file as a whole is meant.
	Place string
	// Problem says what is wrong, and how it would be right if that is known.
	Problem string
}

// Error returns the position, the place and the problem, in one line.
func (m *Mistake) Error() string {
	at := m.File
	if m.Line > 0 {
		at = fmt.Sprintf("%s:%d:%d", m.File, m.Line, m.Column)
	}
	if m.Place != "" {
		at += ": " + m.Place
	}
	return at + ": " + m.Problem
}

// Mistakes are all mistakes of a settings file, in the file's order.
type Mistakes []*Mistake

// maxMistakes is how many mistakes an error shows.
const maxMistakes = 100

// Error returns one mistake a line, at most 100 of them.
func (m Mistakes) Error() string {
	var lines []string
	for i, mistake := range m {
		if i == maxMistakes {
			lines = append(lines, fmt.Sprintf("and %d more", len(m)-i))
			break
		}
		lines = append(lines, mistake.Error())
	}
	return strings.Join(lines, "\n")
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

// printable returns a problem in one line that a terminal can show, the beginning of a long one.
func printable(problem string) string {
	runes := []rune(problem)
	if len(runes) > 8*datatree.MaxShown {
		runes = append(runes[:8*datatree.MaxShown], '…')
	}
	var b strings.Builder
	for _, r := range runes {
		if unicode.IsPrint(r) {
			b.WriteRune(r)
			continue
		}
		b.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
	}
	return b.String()
}
