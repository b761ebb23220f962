package i18n

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// Mistake is something wrong in a catalogue, in words for whoever translates.
type Mistake struct {
	File         string // empty if the catalogue is in no file
	Line, Column int    // from 1, in characters; 0 if not known
	Language     string // the tag of the catalogue, as it was given
	Key          string // the message id; empty if the whole file is meant
	Problem      string
}

// Error returns the place, the key, and the problem.
func (m *Mistake) Error() string {
	place := m.File
	if place == "" {
		place = "i18n"
		if m.Language != "" {
			place += ": " + m.Language
		}
	}
	if m.Line > 0 {
		place += ":" + strconv.Itoa(m.Line) + ":" + strconv.Itoa(max(m.Column, 1))
	}
	if m.Key != "" {
		place += ": " + shown(m.Key)
	}
	return place + ": " + m.Problem
}

const maxShown = 80 // characters of a key or a word in a mistake

// shown quotes a text of a catalogue, shortened and without what would disturb a terminal.
func shown(text string) string {
	letters := []rune(text)
	if len(letters) > maxShown {
		letters = append(letters[:maxShown:maxShown], '…')
	}
	quoted := strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) && r != ' ' {
			return unicode.ReplacementChar
		}
		return r
	}, string(letters))
	return `"` + quoted + `"`
}

// list joins names for a mistake.
func list(names []string) string {
	var out strings.Builder
	for i, name := range names {
		switch {
		case i > 0 && i == len(names)-1:
			out.WriteString(" and ")
		case i > 0:
			out.WriteString(", ")
		}
		fmt.Fprintf(&out, "%s", name)
	}
	return out.String()
}
