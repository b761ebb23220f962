package graph

import (
	"bytes"
	"encoding/json"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// The platform writes ids as strings or as numbers, numbers as strings, and booleans as words. What follows reads all of
// these, and takes what it cannot read for absent, so that one strange field costs nothing but itself.

// decodeObject returns the members of a JSON object, or nil if raw is something else. Of members with one name the last one counts, as
// with encoding/json, which takes three times as long.
func decodeObject(raw json.RawMessage) map[string]json.RawMessage {
	d := jsontext.NewDecoder(bytes.NewBuffer(raw), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	if token, err := d.ReadToken(); err != nil || token.Kind() != jsontext.KindBeginObject {
		return nil
	}
	object := map[string]json.RawMessage{}
	for d.PeekKind() == jsontext.KindString {
		token, err := d.ReadToken()
		name := token.String() // which is valid up to the next read
		value, valueErr := d.ReadValue()
		if err != nil || valueErr != nil {
			return nil
		}
		object[name] = bytes.Clone(value)
	}
	if _, err := d.ReadToken(); err != nil {
		return nil
	}
	if _, err := d.ReadToken(); err != io.EOF { //nolint:errorlint // nothing follows
		return nil
	}
	return object
}

// decodeText returns a string, or the digits of a number as they are written.
func decodeText(raw json.RawMessage) string {
	if len(raw) == 0 {
		return ""
	}
	if text, ok := plainText(raw); ok {
		return text
	}
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	var number json.Number
	if json.Unmarshal(raw, &number) == nil {
		return number.String()
	}
	return ""
}

// plainText returns a string of printable ASCII without escapes, as ids are; or false.
func plainText(raw json.RawMessage) (string, bool) {
	last := len(raw) - 1
	if last < 1 || raw[0] != '"' || raw[last] != '"' {
		return "", false
	}
	for _, c := range raw[1:last] {
		if c < ' ' || c > '~' || c == '"' || c == '\\' {
			return "", false
		}
	}
	return string(raw[1:last]), true
}

// decodeInt returns a whole number, also one with a fraction of zero; any other value is 0.
func decodeInt(raw json.RawMessage) int {
	if number, err := strconv.Atoi(strings.TrimSpace(decodeText(raw))); err == nil {
		return number
	}
	if number := decodeFloat(raw); number != nil && *number == math.Trunc(*number) && math.Abs(*number) < 1<<31 {
		return int(*number)
	}
	return 0
}

// decodeFloat returns nil if there is no number.
func decodeFloat(raw json.RawMessage) *float64 {
	number, err := strconv.ParseFloat(strings.TrimSpace(decodeText(raw)), 64)
	if err != nil || number != number || number-number != 0 { // no number of JSON
		return nil
	}
	return &number
}

func decodeBool(raw json.RawMessage) bool {
	var yes bool
	if json.Unmarshal(raw, &yes) == nil {
		return yes
	}
	return decodeText(raw) == "true"
}
