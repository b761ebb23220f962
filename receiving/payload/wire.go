package payload

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxName is the most characters of a kind's name: it leaves the data the larger part of [MaxLength].
const maxName = 200

// wireForm is a payload as it travels.
type wireForm struct {
	Kind string          `json:"kind"`
	Data json.RawMessage `json:"data,omitempty"`
}

// parsed is a payload as it was read: the name of its kind, and its data as JSON, if any.
type parsed struct {
	name string
	data []byte
}

// KindOf returns the name of the kind that s is of, in any of the forms that the package's documentation describes. It is
// false for an empty string, for a JSON object that names no kind, and for what cannot be a name.
func KindOf(s string) (name string, ok bool) {
	p, ok := parse(s)
	return p.name, ok
}

func parse(s string) (parsed, bool) {
	object := strings.TrimLeft(s, " \t\r\n")
	if !strings.HasPrefix(object, "{") {
		if nameFault(s) != "" {
			return parsed{}, false
		}
		if strings.HasPrefix(s, "djmessenger.") {
			return parsed{name: canonical(s)}, true
		}
		return parsed{name: s}, true
	}
	// A map and not a struct: encoding/json fills a struct's fields from names in other letter case too.
	var fields map[string]json.RawMessage
	if json.Unmarshal([]byte(object), &fields) != nil {
		return parsed{}, false
	}
	// The class is looked at first: its object's own fields may well be called "kind" and "data".
	if class := className(text(fields["payload_class"])); nameFault(class) == "" {
		return parsed{name: canonical(class), data: []byte(object)}, true
	}
	if name := text(fields["kind"]); nameFault(name) == "" {
		return parsed{name: name, data: fields["data"]}, true
	}
	return parsed{}, false
}

// text returns what raw spells if it is a JSON string.
func text(raw json.RawMessage) string {
	var s string
	if len(raw) == 0 || raw[0] != '"' || json.Unmarshal(raw, &s) != nil {
		return ""
	}
	return s
}

// marshal is json.Marshal without the escapes for HTML, which cost six characters each.
func marshal(v any) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), nil
}

// nameFault says what keeps name from being a name; nothing if it is one.
func nameFault(name string) string {
	switch {
	case name == "":
		return "is empty"
	case !utf8.ValidString(name):
		return "is not UTF-8"
	case utf8.RuneCountInString(name) > maxName:
		return fmt.Sprintf("has more than %d characters", maxName)
	case strings.TrimSpace(name) != name:
		return "begins or ends with a space"
	case strings.HasPrefix(name, "{"):
		return `begins with "{", as JSON objects do`
	case strings.ContainsFunc(name, unicode.IsControl):
		return "contains a control character"
	}
	return ""
}

func mustBeName(what, name string) {
	if fault := nameFault(name); fault != "" {
		panic(fmt.Sprintf("payload: New: the %s %q %s", what, name, fault))
	}
}
