package catalogedit

import (
	"slices"

	"github.com/djmessenger/messenger/i18n"
)

// contents are the entries of a document, in order. An untranslated one has the zero Text.
type contents struct {
	keys  []string
	texts map[string]i18n.Text
}

func (d *Document) wanted() contents {
	c := contents{texts: map[string]i18n.Text{}}
	said := map[string]i18n.Text{}
	for _, m := range d.File.Messages {
		said[m.Key] = m.Text
	}
	for _, e := range d.entries {
		c.set(e.key, said[e.key])
	}
	return c
}

func (c *contents) has(key string) bool { _, ok := c.texts[key]; return ok }

func (c *contents) set(key string, text i18n.Text) {
	if !c.has(key) {
		c.keys = append(c.keys, key)
	}
	c.texts[key] = text
}

func (c *contents) equal(other contents) bool {
	return slices.Equal(c.keys, other.keys) && !slices.ContainsFunc(c.keys, func(key string) bool { return !Same(c.texts[key], other.texts[key]) })
}

// Same reports whether two texts say the same, wherever they are written and in whatever order their cases are.
func Same(a, b i18n.Text) bool {
	if a.Words != b.Words || a.By != b.By || a.Of != b.Of || len(a.Cases) != len(b.Cases) {
		return false
	}
	for _, one := range a.Cases {
		if !slices.ContainsFunc(b.Cases, func(other i18n.Case) bool { return one.When == other.When && Same(one.Text, other.Text) }) {
			return false
		}
	}
	return true
}
