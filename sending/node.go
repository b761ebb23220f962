package sending

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/djmessenger/messenger/internal/weburl"
)

// node is a value somewhere in the JSON of a payload, and its path. A check
// reads the fields that it names and ignores others: the platform adds fields.
type node struct {
	c     *check
	at    string
	value any // nil if it is absent or null
}

// maxDepth is how deeply a payload may be nested, far below the limit of
// encoding/json.
const maxDepth = 100

// decode reads the JSON of a payload.
func (c *check) decode(at string, raw json.RawMessage) (node, bool) {
	n := node{c: c, at: at}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	if !json.Valid(raw) || decoder.Decode(&n.value) != nil {
		n.fail("is not JSON")
		return n, false
	}
	if depth(n.value) > maxDepth {
		n.failf("is nested more than %d levels deep", maxDepth)
		return n, false
	}
	return n, true
}

func depth(value any) int {
	deepest := 0
	switch v := value.(type) {
	case map[string]any:
		for _, inner := range v {
			deepest = max(deepest, depth(inner))
		}
	case []any:
		for _, inner := range v {
			deepest = max(deepest, depth(inner))
		}
	default:
		return 0
	}
	return deepest + 1
}

// validateDraft checks a sender before it composes.
func validateDraft(payload any, look func(node)) error {
	c := check{draft: true, blanks: true}
	raw := encode(payload)
	c.utf8("", raw)
	if n, ok := c.decode("", raw); ok {
		look(n)
	}
	return c.err()
}

func (n node) fail(problem string) { n.c.fail(n.at, problem) }

func (n node) failf(format string, args ...any) { n.fail(fmt.Sprintf(format, args...)) }

// missing reports a value that is not there. In a draft an embedding sender may
// still add it, unless it belongs to an entry of a list.
func (n node) missing(problem string) {
	if !n.c.draft || strings.Contains(n.at, "[") {
		n.fail(problem)
	}
}

// get returns a field of an object; of anything else an absent one.
func (n node) get(name string) node {
	fields, _ := n.value.(map[string]any)
	at := name
	if n.at != "" {
		at = n.at + "." + name
	}
	return node{n.c, at, fields[name]}
}

// present reports whether there is a value that is not empty.
func (n node) present() bool {
	switch v := n.value.(type) {
	case string:
		return v != ""
	case bool:
		return v
	case []any:
		return len(v) > 0
	default:
		return v != nil
	}
}

// need reports whether there is a value, and its absence.
func (n node) need() bool {
	if !n.present() {
		n.missing("is missing")
		return false
	}
	return true
}

// needOne reports that not exactly one of two fields is there.
func (n node) needOne(one, other string) {
	first, second := n.get(one), n.get(other)
	problem := "exactly one of " + one + " and " + other + " must be set"
	switch {
	case first.present() && second.present():
		n.fail(problem)
	case !first.present() && !second.present():
		n.missing(problem)
	}
}

// isObject reports whether the value is an object, and if not, that.
func (n node) isObject() bool {
	_, ok := n.value.(map[string]any)
	switch {
	case n.value == nil:
		n.missing("is missing")
	case !ok:
		n.fail("is not an object")
	}
	return ok
}

// list returns the entries of a list, and reports if they are too few or too
// many. A most of 0 is no limit.
func (n node) list(least, most int) []node {
	items, ok := n.value.([]any)
	if !ok && n.value != nil {
		n.fail("is not a list")
		return nil
	}
	wanted := fmt.Sprintf("%d of them, must be %d to %d", len(items), least, most)
	switch least {
	case 0:
		wanted = fmt.Sprintf("%d of them, limit %d", len(items), most)
	case most:
		wanted = fmt.Sprintf("%d of them, must be %d", len(items), most)
	}
	switch {
	case most > 0 && len(items) > most:
		n.fail(wanted)
	case len(items) < least:
		n.missing(wanted)
	}
	nodes := make([]node, len(items))
	for i, item := range items {
		nodes[i] = node{n.c, fmt.Sprintf("%s[%d]", n.at, i), item}
	}
	return nodes
}

// text checks a text that may be absent. A limit of 0 is none.
func (n node) text(limit int) string {
	text, ok := n.value.(string)
	if !ok && n.value != nil {
		n.fail("is not a string")
	}
	if limit > 0 {
		n.c.length(n.at, text, limit)
	}
	return text
}

func (n node) needText(limit int) string {
	if !n.need() {
		return ""
	}
	return n.text(limit)
}

// oneOf checks a text that may be absent.
func (n node) oneOf(values ...string) {
	if text := n.text(0); text != "" && !slices.Contains(values, text) {
		n.fail("is none of " + strings.Join(values, ", "))
	}
}

// id checks an id that may be absent: the platform takes them as numbers too.
func (n node) id() {
	if _, ok := n.value.(json.Number); !ok {
		n.text(0)
	}
}

// word checks a text without spaces, which may be absent.
func (n node) word() {
	if text := n.text(0); len(strings.Fields(text)) != 1 && text != "" || strings.TrimSpace(text) != text {
		n.fail("has spaces")
	}
}

var identifier = regexp.MustCompile(`^[A-Za-z0-9_]*$`)

// identifier checks an id of letters, digits and underscores.
func (n node) identifier(limit int) {
	if !identifier.MatchString(n.needText(limit)) {
		n.fail("has characters other than letters, digits and underscores")
	}
}

// days checks a number of days that may be absent.
func (n node) days() {
	number, ok := n.value.(json.Number)
	switch days, err := number.Int64(); {
	case n.value == nil:
	case !ok || err != nil:
		n.fail("is not a number of days")
	case days < 1 || days > 7:
		n.failf("%d days, must be 1 to 7", days)
	}
}

// amount checks a sum of money that may be absent.
func (n node) amount() {
	switch v := n.value.(type) {
	case nil, json.Number:
	case string:
		if !decimal.MatchString(v) {
			n.fail("is not a decimal number")
		}
	default:
		n.fail("is not a decimal number")
	}
}

// discount checks an amount that may be absent and is not negative: the platform
// subtracts it.
func (n node) discount() {
	n.amount()
	if strings.HasPrefix(fmt.Sprint(n.value), "-") {
		n.fail("is negative; a discount has a positive amount")
	}
}

func (n node) needAmount() {
	if n.need() {
		n.amount()
	}
}

// url checks a URL that may be absent.
func (n node) url() { n.urlBy(weburl.Check) }

func (n node) urlBy(rule func(string) error) {
	if text := n.text(0); text != "" {
		n.c.url(n.at, text, rule)
	}
}

func (n node) needURL() {
	if n.need() {
		n.url()
	}
}

func (n node) needHTTPS() {
	if n.need() {
		n.urlBy(weburl.CheckHTTPS)
	}
}

func (n node) facebookURL() { n.urlBy(checkFacebookURL) }

func checkFacebookURL(text string) error {
	if err := weburl.Check(text); err != nil {
		return err
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" || u.Hostname() != "facebook.com" && !strings.HasSuffix(u.Hostname(), ".facebook.com") {
		return errors.New("is not an https URL of facebook.com")
	}
	return nil
}
