package datatree

import (
	"bytes"
	"fmt"
	"strconv"
	"unicode/utf8"
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

// Value is a value of a file, with its place.
type Value struct {
	At      Position
	Kind    Kind
	Text    string   // of a text, or the digits of a number
	Yes     bool     // of a boolean
	Items   []*Value // of a list
	Members []Member // of an object, in the file's order
}

// Member is a named value of an object.
type Member struct {
	Name  string
	At    Position // of the name
	Value *Value
}

// Kind is the kind of a value.
type Kind int

// The kinds.
const (
	Null Kind = iota
	Boolean
	Number
	Text
	List
	Object
)

// String returns the kind as mistakes say it: "a list".
func (k Kind) String() string {
	return [...]string{"null", "a boolean", "a number", "a text", "a list", "an object"}[k]
}

// Get returns a member of an object, or nil. A member that is null counts as absent.
func (v *Value) Get(name string) *Value {
	for _, m := range v.Members {
		if m.Name == name && m.Value.Kind != Null {
			return m.Value
		}
	}
	return nil
}

// Set appends a member.
func (v *Value) Set(name string, to *Value) {
	v.Members = append(v.Members, Member{Name: name, Value: to})
}

// TextValue returns a text without a place.
func TextValue(s string) *Value { return &Value{Kind: Text, Text: s} }

// Describe says what a value is, for a mistake.
func (v *Value) Describe() string {
	switch v.Kind {
	case Number:
		return "the number " + ShortNumber(v.Text)
	case Boolean:
		return fmt.Sprintf("the boolean %t", v.Yes)
	default:
		return v.Kind.String()
	}
}

// ShortNumber returns the digits of a number, the beginning of a long one.
func ShortNumber(digits string) string {
	if start := beginning(digits, MaxShown); start != digits {
		return start + "…"
	}
	return digits
}

// Plain returns a value as encoding/json would decode it into an any.
func (v *Value) Plain() any {
	switch v.Kind {
	case Boolean:
		return v.Yes
	case Number:
		f, _ := strconv.ParseFloat(v.Text, 64) // the readers checked it
		return f
	case Text:
		return v.Text
	case List:
		items := make([]any, len(v.Items))
		for i, item := range v.Items {
			items[i] = item.Plain()
		}
		return items
	case Object:
		members := make(map[string]any, len(v.Members))
		for _, m := range v.Members {
			members[m.Name] = m.Value.Plain()
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
