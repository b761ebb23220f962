package gettext

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/djmessenger/messenger/i18n"
)

func itoa(n int) string { return strconv.Itoa(n) }

// contextOf writes the msgctxt of a message id, and of the case of a choice that a path leads to: a JSON list of the id and
// of selector, argument and case for each choice.
func contextOf(key string, path []string) string {
	if path == nil && !strings.HasPrefix(key, "[") {
		return key
	}
	var out strings.Builder
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(append([]string{key}, path...)) // texts can be encoded
	return strings.TrimSuffix(out.String(), "\n")
}

// parseContext reads what contextOf wrote. The key is empty for anything else; the path is nil for a whole message.
func parseContext(context string) (key string, path []string) {
	if !strings.HasPrefix(context, "[") {
		return context, nil
	}
	var all []string
	if json.Unmarshal([]byte(context), &all) != nil || len(all)%3 != 1 {
		return "", nil
	}
	if len(all) == 1 {
		return all[0], nil
	}
	return all[0], all[1:]
}

// branch puts the text of an entry where its path leads in the choice of its message.
func (b *builder) branch(e entry, key string, path []string, text i18n.Text) {
	if at, ok := b.plurals[key]; ok {
		b.extra(at, e, path, text)
		return
	}
	tree := b.trees[key]
	if tree == nil {
		tree = &i18n.Text{Line: e.line, Column: e.column}
		b.trees[key] = tree
		b.file.Messages = append(b.file.Messages, i18n.Message{Key: key, Line: e.line, Column: e.column})
	}
	for i := 0; i < len(path); i += 3 {
		by, of, when := i18n.Selector(path[i]), path[i+1], path[i+2]
		if tree.By == "" && tree.Words == "" {
			tree.By, tree.Of = by, of
		}
		if tree.By != by || tree.Of != of || i/3 >= i18n.MaxDepth {
			b.fail(e.line, e.column, key, "the cases of the choice do not have the same msgctxt")
			return
		}
		found := -1
		for j, c := range tree.Cases {
			if c.When == when {
				found = j
			}
		}
		if found < 0 {
			found = len(tree.Cases)
			tree.Cases = append(tree.Cases, i18n.Case{When: when, Line: e.line, Column: e.column})
		}
		tree = &tree.Cases[found].Text
	}
	if tree.By != "" || tree.Words != "" {
		b.fail(e.line, e.column, key, "the cases of the choice do not have the same msgctxt")
		return
	}
	*tree = text
}

// extra adds a case that gettext has no form for to a plural: an exact number, or what is said of fractions.
func (b *builder) extra(at int, e entry, path []string, text i18n.Text) {
	m := &b.file.Messages[at]
	if len(path) != 3 || i18n.Selector(path[0]) != m.Text.By || path[1] != m.Text.Of {
		b.fail(e.line, e.column, m.Key, "the cases of the choice do not have the same msgctxt")
		return
	}
	for i, c := range m.Text.Cases {
		if c.When == path[2] {
			m.Text.Cases[i].Text = text
			return
		}
	}
	m.Text.Cases = append(m.Text.Cases, i18n.Case{When: path[2], Text: text, Line: e.line, Column: e.column})
}

// finish puts the choices into their messages.
func (b *builder) finish() (i18n.File, []*i18n.Mistake) {
	for i, m := range b.file.Messages {
		if tree := b.trees[m.Key]; tree != nil && m.Text.By == "" && m.Text.Words == "" {
			b.file.Messages[i].Text = *tree
		}
	}
	return b.file, b.bad
}

func newBuilder(name, language string) *builder {
	return &builder{file: i18n.File{Name: name, Language: language}, places: map[string]int{}, trees: map[string]*i18n.Text{}, plurals: map[string]int{}}
}
