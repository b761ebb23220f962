package sending

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"unicode/utf8"
)

// checkUTF8 looks at every text of the message at once, in its JSON. Where the
// JSON cannot be made, a check of the attachments says why.
func (m Message) checkUTF8(c *check) {
	if m.isBareText() && utf8.ValidString(m.Text) {
		return // without JSON, since most messages are that
	}
	if raw, err := json.Marshal(m); err == nil {
		c.utf8("", raw)
	}
}

// isBareText reports whether a message is a text, and nothing else is set.
func (m Message) isBareText() bool {
	m.Text = ""
	return reflect.ValueOf(&m).Elem().IsZero()
}

// utf8 reports the texts in a JSON value that are not UTF-8.
func (c *check) utf8(at string, raw json.RawMessage) {
	if !damaged(raw) {
		return
	}
	before := len(c.errs)
	var fields map[string]json.RawMessage
	var items []json.RawMessage
	switch {
	case json.Unmarshal(raw, &fields) == nil:
		for _, name := range slices.Sorted(maps.Keys(fields)) {
			c.utf8(node{at: at}.get(name).at, fields[name])
		}
	case json.Unmarshal(raw, &items) == nil:
		for i, item := range items {
			c.utf8(fmt.Sprintf("%s[%d]", at, i), item)
		}
	}
	if len(c.errs) == before {
		c.fail(at, "is not valid UTF-8")
	}
}

// damaged reports whether JSON has bytes that are no UTF-8, or the escape that
// encoding/json writes in their place. It writes a replacement character that
// was in the text as the character itself.
func damaged(raw []byte) bool {
	if !utf8.Valid(raw) {
		return true
	}
	escape := []byte(`\ufffd`)
	for {
		at := bytes.Index(raw, escape)
		if at < 0 {
			return false
		}
		backslashes := 0
		for backslashes < at && raw[at-1-backslashes] == '\\' {
			backslashes++
		}
		if backslashes%2 == 0 {
			return true
		}
		raw = raw[at+len(escape):]
	}
}
