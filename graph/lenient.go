package graph

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
)

// The platform writes ids as strings or as numbers, numbers as strings, and booleans as words. What follows reads all of
// these, and takes what it cannot read for absent, so that one strange field costs nothing but itself.

// decodeObject returns the members of a JSON object, or nil if raw is something else.
func decodeObject(raw json.RawMessage) map[string]json.RawMessage {
	var object map[string]json.RawMessage
	if len(raw) == 0 || json.Unmarshal(raw, &object) != nil {
		return nil
	}
	return object
}

// decodeText returns a string, or the digits of a number as they are written.
func decodeText(raw json.RawMessage) string {
	if len(raw) == 0 {
		return ""
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
