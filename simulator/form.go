package simulator

import (
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

const (
	maxFormDepth = 8    // brackets in the name of a parameter
	maxParts     = 1000 // of a multipart body
)

// form reads the fields of a query or a form. A name that comes twice is a list; a[0], a[] and a[b] are lists and objects,
// as PHP reads them.
func (p *params) form(form url.Values) *GraphError {
	trees := map[string]*branch{}
	for _, name := range slices.Sorted(maps.Keys(form)) {
		list := form[name]
		head, keys, ok := bracketed(name)
		switch {
		case name == "access_token":
			p.token = list[len(list)-1]
		case !ok && len(list) > 1 && !isSecret(name):
			p.values[name] = mustJSON(list)
		case !ok:
			p.values[name] = quote(list[len(list)-1])
		default:
			if trees[head] == nil {
				trees[head] = &branch{}
			}
			for _, text := range list {
				if !trees[head].put(keys, text) {
					return refuse(0, "Param %s has names that do not fit together, or too many brackets", head)
				}
			}
		}
	}
	for name, tree := range trees {
		p.values[name] = tree.json()
	}
	return nil
}

// bracketed takes a name such as message[attachments][0] apart.
func bracketed(name string) (head string, keys []string, ok bool) {
	head, rest, found := strings.Cut(name, "[")
	if !found || head == "" || !strings.HasSuffix(rest, "]") {
		return name, nil, false
	}
	return head, strings.Split(strings.TrimSuffix(rest, "]"), "]["), true
}

// branch is a value that grows from names with brackets.
type branch struct {
	text *string // nil: it has parts
	keys []string
	part map[string]*branch
}

// put adds a text below keys. It reports whether that fits with what is there.
func (b *branch) put(keys []string, text string) bool {
	if len(keys) > maxFormDepth || b.text != nil {
		return false
	}
	if len(keys) == 0 {
		b.text = &text
		return len(b.keys) == 0
	}
	key := keys[0]
	if key == "" {
		key = strconv.Itoa(len(b.keys))
	}
	next := b.part[key]
	if next == nil {
		if b.part == nil {
			b.part = map[string]*branch{}
		}
		next = &branch{}
		b.part[key], b.keys = next, append(b.keys, key)
	}
	return next.put(keys[1:], text)
}

func (b *branch) json() json.RawMessage {
	if b.text != nil {
		return quote(*b.text)
	}
	list := make([]json.RawMessage, 0, len(b.keys))
	for i := range b.keys {
		part := b.part[strconv.Itoa(i)]
		if part == nil {
			object := map[string]json.RawMessage{}
			for key, part := range b.part {
				object[key] = part.json()
			}
			return mustJSON(object)
		}
		list = append(list, part.json())
	}
	return mustJSON(list)
}
