package scenario

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// difference is a place where something is not as it should be.
type difference struct{ path, want, got string }

// matcher compares what is wanted with what there is.
type matcher struct {
	differences []difference
	groups      map[string]string // what named groups of patterns matched
}

// operators compare in another way than by equality.
var operators = []string{"any", "contains", "matches", "equals", "has", "at least", "at most"}

func (m *matcher) differ(path, want string, got any) {
	m.differences = append(m.differences, difference{path, want, describe(got)})
}

// match compares. An object is a subset of what there is, a list is the same list in the same order.
func (m *matcher) match(path string, want *value, got any) {
	switch want.kind {
	case null:
		if !absent(got) {
			m.differ(path, "nothing", got)
		}
	case object:
		m.matchObject(path, want, got)
	case list:
		m.matchList(path, want, got)
	default:
		m.matchScalar(path, want, got)
	}
}

// absent reports whether there is nothing.
func absent(got any) bool {
	items, isList := got.([]any)
	return got == nil || got == "" || isList && len(items) == 0
}

func (m *matcher) matchScalar(path string, want *value, got any) {
	equal := false
	switch got := got.(type) {
	case thing:
		equal = sameText(want.text, got.main)
	case string:
		equal = sameText(want.text, got)
	case json.Number:
		equal = sameNumber(want.text, string(got))
	case bool:
		equal = strings.EqualFold(want.text, strconv.FormatBool(got))
	}
	if !equal {
		shown := quote(want.text)
		if _, isNumber := got.(json.Number); isNumber || want.kind != text {
			shown = want.text
		}
		m.differ(path, shown, got)
	}
}

// sameText compares as people see it: in one of the forms in which Unicode writes the same character.
func sameText(a, b string) bool { return norm.NFC.String(a) == norm.NFC.String(b) }

func sameNumber(a, b string) bool {
	x, ok := numberOf(a)
	y, fine := numberOf(b)
	return ok && fine && x.Cmp(y) == 0
}

// numberOf reads a number. Its length bounds the work.
func numberOf(text string) (*big.Rat, bool) {
	f, err := strconv.ParseFloat(text, 64)
	if len(text) > 40 || err != nil || f > 1e30 || f < -1e30 {
		return nil, false
	}
	return new(big.Rat).SetString(text)
}

func (m *matcher) matchList(path string, want *value, got any) {
	items, ok := got.([]any)
	if !ok || len(items) != len(want.items) {
		m.differ(path, want.String(), got)
		return
	}
	for i, item := range want.items {
		m.match(fmt.Sprintf("%s[%d]", path, i+1), item, items[i])
	}
}

func (m *matcher) matchObject(path string, want *value, got any) {
	for _, member := range want.members {
		if slices.Contains(operators, member.name) {
			if _, own := fieldOf(got, member.name); !own {
				m.operate(path, member.name, member.value, got)
				continue
			}
		}
		inner, ok := fieldOf(got, member.name)
		below := strings.TrimPrefix(path+"."+member.name, ".")
		if !ok && !isObject(got) {
			m.differ(path, want.String(), got)
			return
		}
		m.match(below, member.value, inner)
	}
}

func isObject(got any) bool {
	switch got.(type) {
	case thing, map[string]any:
		return true
	}
	return false
}

func fieldOf(got any, name string) (any, bool) {
	switch got := got.(type) {
	case thing:
		inner, ok := got.fields[name]
		return inner, ok
	case map[string]any:
		inner, ok := got[name]
		return inner, ok
	}
	return nil, false
}

// operate compares by an operator.
func (m *matcher) operate(path, operator string, want *value, got any) {
	if operator == "has" {
		m.matchSome(path, want, got)
		return
	}
	if operator == "any" {
		if absent(got) == strings.EqualFold(want.text, "true") {
			m.differ(path, map[bool]string{true: "anything", false: "nothing"}[absent(got)], got)
		}
		return
	}
	actual, ok := textOf(got)
	fits := false
	switch operator {
	case "equals":
		m.match(path, want, got)
		return
	case "contains":
		fits = ok && strings.Contains(norm.NFC.String(actual), norm.NFC.String(want.text))
	case "matches":
		fits = ok && m.matches(want.text, actual)
	case "at least", "at most":
		x, isNumber := numberOf(actual)
		y, _ := numberOf(want.text) // it was checked
		fits = ok && isNumber && (operator == "at least" && x.Cmp(y) >= 0 || operator == "at most" && x.Cmp(y) <= 0)
	}
	if !fits {
		m.differ(path, operator+" "+want.String(), got)
	}
}

// matches compares with a pattern, and keeps what its named groups match.
func (m *matcher) matches(pattern, actual string) bool {
	re, err := regexp.Compile(pattern)
	if err != nil {
		return false // a reference has made it wrong
	}
	found := re.FindStringSubmatch(norm.NFC.String(actual))
	if found == nil {
		return false
	}
	for i, name := range re.SubexpNames() {
		if name != "" {
			m.keep(map[string]string{name: found[i]})
		}
	}
	return true
}

func textOf(got any) (string, bool) {
	switch got := got.(type) {
	case thing:
		return got.main, true
	case string:
		return got, true
	case json.Number:
		return string(got), true
	}
	return "", false
}

// matchSome compares a list with some of its items, in any order.
func (m *matcher) matchSome(path string, want *value, got any) {
	items, _ := got.([]any)
	for _, one := range want.listed() {
		if !slices.ContainsFunc(items, func(item any) bool {
			var inner matcher
			inner.match("", one, item)
			fits := len(inner.differences) == 0
			if fits {
				m.keep(inner.groups)
			}
			return fits
		}) {
			m.differ(path, "one that is "+one.String(), got)
		}
	}
}

// keep adds what named groups matched.
func (m *matcher) keep(groups map[string]string) {
	if m.groups == nil {
		m.groups = map[string]string{}
	}
	maps.Copy(m.groups, groups)
}

// matchRefusal compares an error of the Graph API: with a code, with some of its fields, or with nothing, which any fits.
func (m *matcher) matchRefusal(path string, want *value, refusal map[string]any) {
	switch {
	case want.kind == null:
	case want.scalar():
		m.match(strings.TrimPrefix(path+".code", "."), want, refusal["code"])
	default:
		m.match(path, want, refusal)
	}
}
