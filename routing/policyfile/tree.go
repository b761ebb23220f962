package policyfile

import (
	"bytes"
	"fmt"
	"strconv"
	"unicode/utf8"
)

// Limits of a policy file.
const (
	// MaxSize is the most bytes of a file.
	MaxSize = 1 << 20
	// MaxDepth is how many lists and objects may be in one another.
	MaxDepth = 64
	// MaxValues is how many values a file may have, those that YAML aliases repeat
	// counted each time.
	MaxValues = 100_000
)

// Position is a place in a file.
type Position struct {
	File string
	// Line counts from 1; it is 0 if the place is the whole file.
	Line int
	// Column counts characters from 1.
	Column int
}

// String returns "file:line:column", as editors and compilers write it.
func (p Position) String() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// value is a value of a file, with its place.
type value struct {
	at      Position
	kind    kind
	text    string   // of a text, or the digits of a number
	yes     bool     // of a boolean
	items   []*value // of a list
	members []member // of an object, in the file's order
}

// member is a named value of an object.
type member struct {
	name  string
	at    Position // of the name
	value *value
}

type kind int

const (
	null kind = iota
	boolean
	number
	text
	list
	object
)

func (k kind) String() string {
	return [...]string{"null", "a boolean", "a number", "a text", "a list", "an object"}[k]
}

// get returns a member of an object, or nil. A member that is null counts as absent.
func (v *value) get(name string) *value {
	for _, m := range v.members {
		if m.name == name && m.value.kind != null {
			return m.value
		}
	}
	return nil
}

// set appends a member.
func (v *value) set(name string, to *value) {
	v.members = append(v.members, member{name: name, value: to})
}

func textValue(s string) *value { return &value{kind: text, text: s} }

// describe says what a value is, for a mistake.
func (v *value) describe() string {
	switch v.kind {
	case number:
		return "the number " + shortNumber(v.text)
	case boolean:
		return fmt.Sprintf("the boolean %t", v.yes)
	default:
		return v.kind.String()
	}
}

// shortNumber returns the digits of a number, the beginning of a long one.
func shortNumber(digits string) string {
	if start := beginning(digits, maxShown); start != digits {
		return start + "…"
	}
	return digits
}

// plain returns a value as encoding/json would decode it into an any.
func (v *value) plain() any {
	switch v.kind {
	case boolean:
		return v.yes
	case number:
		f, _ := strconv.ParseFloat(v.text, 64) // the readers checked it
		return f
	case text:
		return v.text
	case list:
		items := make([]any, len(v.items))
		for i, item := range v.items {
			items[i] = item.plain()
		}
		return items
	case object:
		members := make(map[string]any, len(v.members))
		for _, m := range v.members {
			members[m.name] = m.value.plain()
		}
		return members
	default:
		return nil
	}
}

// lines finds the lines and the columns of offsets. It is quick if the offsets grow.
type lines struct {
	file string
	data []byte
	// offset is the last one that was asked for, and at its position.
	offset int
	at     Position
}

func newLines(file string, data []byte) *lines {
	return &lines{file: file, data: data, at: Position{File: file, Line: 1, Column: 1}}
}

func (l *lines) position(offset int) Position {
	offset = max(0, min(offset, len(l.data)))
	if offset < l.offset {
		*l = *newLines(l.file, l.data)
	}
	passed := l.data[l.offset:offset]
	if newlines := bytes.Count(passed, []byte("\n")); newlines > 0 {
		l.at.Line += newlines
		l.at.Column = 1
		passed = passed[bytes.LastIndexByte(passed, '\n')+1:]
	}
	l.at.Column += utf8.RuneCount(passed)
	l.offset = offset
	return l.at
}
