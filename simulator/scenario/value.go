package scenario

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// value is a part of a file, with its place.
type value struct {
	line    int
	kind    kind
	text    string // of a scalar, as it is written
	members []member
	items   []*value
}

type kind int

const (
	null kind = iota
	text
	number
	boolean
	list
	object
)

var kindNames = map[kind]string{null: "nothing", text: "a text", number: "a number", boolean: "true or false", list: "a list", object: "an object"}

// scalar reports whether it is one text, whatever that says: "no" and 12 are texts too where a text is asked for.
func (v *value) scalar() bool { return v.kind == text || v.kind == number || v.kind == boolean }

// member is a key of an object with its value.
type member struct {
	name  string
	line  int
	value *value
}

// listed are the items of a list; of anything else that alone.
func (v *value) listed() []*value {
	if v.kind == list {
		return v.items
	}
	return []*value{v}
}

// get is the value of a key; nil if there is none.
func (v *value) get(name string) *value {
	for _, m := range v.members {
		if m.name == name {
			return m.value
		}
	}
	return nil
}

// string is the text of a scalar below a key; empty if there is none.
func (v *value) string(name string) string {
	if inner := v.get(name); inner != nil {
		return inner.text
	}
	return ""
}

// MarshalJSON implements json.Marshaler.
func (v *value) MarshalJSON() ([]byte, error) { return json.Marshal(v.plain()) }

// plain is the value as package encoding/json has it.
func (v *value) plain() any {
	switch v.kind {
	case null:
		return nil
	case number:
		if json.Valid([]byte(v.text)) {
			return json.Number(v.text)
		}
		return v.text
	case boolean:
		return strings.EqualFold(v.text, "true")
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
		return v.text
	}
}

// String is the value in one line, for messages.
func (v *value) String() string {
	switch v.kind {
	case text:
		return fmt.Sprintf("%q", v.text)
	case number, boolean:
		return v.text
	}
	data, err := json.Marshal(v)
	if err != nil {
		return kindNames[v.kind]
	}
	return string(data)
}

// mapped is a copy in which each text is replaced by a function's.
func (v *value) mapped(replace func(line int, text string) (string, error)) (*value, error) {
	out := *v
	var err error
	if v.kind == text {
		if out.text, err = replace(v.line, v.text); err != nil {
			return nil, err
		}
	}
	out.items = make([]*value, len(v.items))
	for i, item := range v.items {
		if out.items[i], err = item.mapped(replace); err != nil {
			return nil, err
		}
	}
	out.members = make([]member, len(v.members))
	for i, m := range v.members {
		inner, err := m.value.mapped(replace)
		if err != nil {
			return nil, err
		}
		out.members[i] = member{m.name, m.line, inner}
	}
	return &out, nil
}

func sortedKeys[T any](m map[string]T) []string { return slices.Sorted(maps.Keys(m)) }
