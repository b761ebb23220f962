package simulator

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// value is a piece of a Graph call, with its place in the platform's notation:
// message[attachment][payload].
type value struct {
	path string
	raw  json.RawMessage // nil if absent
}

func (v value) present() bool { return len(v.raw) > 0 && string(v.raw) != "null" }

func (v value) at(name string, raw json.RawMessage) value {
	return value{v.path + "[" + name + "]", raw}
}

// unquoted opens a string that holds an object or a list, as form fields do.
func (v value) unquoted() value {
	var text string
	if json.Unmarshal(v.raw, &text) != nil {
		return v
	}
	inner := strings.TrimSpace(text)
	if (strings.HasPrefix(inner, "{") || strings.HasPrefix(inner, "[")) && json.Valid([]byte(inner)) {
		v.raw = json.RawMessage(inner)
	}
	return v
}

// string is the text of a string, or the literal of a number or boolean.
func (v value) string() string {
	var text string
	if json.Unmarshal(v.raw, &text) == nil {
		return text
	}
	return string(bytes.TrimSpace(v.raw))
}

// check checks a call and keeps its first mistake; after a mistake its results
// are not valid.
type check struct {
	err       *GraphError
	instagram bool // whether Instagram's limits apply
}

func (c *check) refuse(format string, args ...any) {
	if c.err == nil {
		c.err = refuse(0, format, args...)
	}
}

// object opens an object and refuses keys the platform does not know there.
func (c *check) object(v value, known ...string) func(name string) value {
	v = v.unquoted()
	var fields map[string]json.RawMessage
	if c.err == nil && (json.Unmarshal(v.raw, &fields) != nil || fields == nil) {
		c.refuse("Param %s must be an object.", v.path)
	}
	var strange []string
	for name := range fields {
		if !slices.Contains(known, name) {
			strange = append(strange, name)
		}
	}
	if len(strange) > 0 {
		slices.Sort(strange)
		c.refuse("Invalid keys %q were found in param %q.", strings.Join(strange, ", "), v.path)
	}
	return func(name string) value { return v.at(name, fields[name]) }
}

// list opens a list of least to most entries.
func (c *check) list(v value, least, most int) []value {
	v = v.unquoted()
	var raws []json.RawMessage
	if c.err == nil && json.Unmarshal(v.raw, &raws) != nil {
		c.refuse("Param %s must be an array.", v.path)
	}
	if len(raws) < least || len(raws) > most {
		c.refuse("Param %s must have between %d and %d entries, it has %d.", v.path, least, most, len(raws))
	}
	values := make([]value, 0, len(raws))
	for i, raw := range raws {
		values = append(values, v.at(strconv.Itoa(i), raw))
	}
	return values
}

// text reads a string of at most that many characters; an absent one is empty.
func (c *check) text(v value, most int) string {
	if !v.present() {
		return ""
	}
	var text string
	if json.Unmarshal(v.raw, &text) != nil {
		c.refuse("Param %s must be a string.", v.path)
	}
	if utf8.RuneCountInString(text) > most {
		c.refuse("Length of param %s must be less than or equal to %d.", v.path, most)
	}
	return text
}

// required reads a string that must not be empty.
func (c *check) required(v value, most int) string {
	text := c.text(v, most)
	if text == "" {
		c.refuse("Param %s must be a non-empty string.", v.path)
	}
	return text
}

// id reads an id, a string or a number.
func (c *check) id(v value) string {
	if !v.present() {
		return ""
	}
	var id ident
	if json.Unmarshal(v.raw, &id) != nil || id == "" {
		c.refuse("Param %s must be an id.", v.path)
	}
	return string(id)
}

// neededID reads an id that must be there.
func (c *check) neededID(v value) string {
	id := c.id(v)
	if id == "" {
		c.refuse("Param %s must be an id.", v.path)
	}
	return id
}

// link reads an absolute web address; only https where secure.
func (c *check) link(v value, secure bool) string {
	text := c.text(v, 10000)
	if text == "" {
		return ""
	}
	if err := checkURL(text); err != nil {
		c.refuse("Param %s %s.", v.path, err)
	}
	if secure && !strings.EqualFold(text[:min(len(text), 6)], "https:") {
		c.refuse("Param %s must be an https URL.", v.path)
	}
	return text
}

// oneOf reads a word of a set, in any case, and returns it as in the set.
func (c *check) oneOf(v value, words ...string) string {
	if !v.present() {
		return ""
	}
	text := v.string()
	for _, word := range words {
		if strings.EqualFold(word, text) {
			return word
		}
	}
	c.refuse("Param %s must be one of {%s}.", v.path, strings.Join(words, ", "))
	return ""
}

// boolean reads true or false, also as a string, as forms have it.
func (c *check) boolean(v value) bool {
	switch v.string() {
	case "true", "1":
		return true
	case "", "false", "0", "null":
		return false
	}
	c.refuse("Param %s must be a boolean.", v.path)
	return false
}

// days checks a number of days, 1 to 7, which may be absent.
func (c *check) days(v value) {
	if !v.present() {
		return
	}
	if n, err := strconv.Atoi(v.string()); err != nil || n < 1 || n > 7 {
		c.refuse("Param %s must be a whole number between 1 and 7.", v.path)
	}
}
