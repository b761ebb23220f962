package i18n

import (
	"slices"

	"golang.org/x/text/feature/plural"
)

// compiled is a text that is ready to be said.
type compiled struct {
	words  string
	parts  []part // of the words; nil if they are plain
	choice *choice
	lang   *tongue
}

// choice is what a text chooses by.
type choice struct {
	by    Selector
	of    string
	rules *rules               // of Plural and Ordinal
	forms [numForms]*compiled  // by plural form
	exact map[string]*compiled // by value
	other *compiled
}

const numForms = len(categoryNames)

func (t *tongue) compile(text Text, by map[Selector]*rules) *compiled {
	c := &compiled{words: text.Words, lang: t}
	if text.By == "" {
		if parts := partsOf(text.Words); len(parts) != 1 || parts[0].holds || parts[0].plain != text.Words {
			c.parts = parts
		}
		return c
	}
	ch := &choice{by: text.By, of: text.Of, exact: map[string]*compiled{}}
	if text.By != Select {
		ch.rules = by[text.By]
	}
	for _, one := range text.Cases {
		said := t.compile(one.Text, by)
		switch when := one.When; {
		case when == Other:
			ch.other = said
		case when[0] == '=':
			ch.exact[when[1:]] = said
		case text.By == Select:
			ch.exact[when] = said
		default:
			ch.forms[formNamed(when)] = said
		}
	}
	ch.forms[plural.Other] = ch.other
	c.choice = ch
	return c
}

// pick returns the text of a choice for a value.
func (c *choice) pick(value any) *compiled {
	if c.by == Select {
		if said, ok := c.exact[plainText(value)]; ok {
			return said
		}
		return c.other
	}
	n, ok := numberOf(value, len(c.exact) > 0)
	if !ok {
		return c.other
	}
	if len(c.exact) > 0 {
		if said, ok := c.exact[n.exact]; ok {
			return said
		}
	}
	if said := c.forms[c.rules.formOf(n)]; said != nil {
		return said
	}
	return c.other
}

// plain returns the words that are said if nothing is known of the arguments, placeholders
// and all.
func (c *compiled) plain() string {
	for c.choice != nil {
		c = c.choice.other
	}
	return c.words
}

// leaf is one of the words that a text can come to, with the arguments that it was chosen by.
type leaf struct {
	Text
	when   string
	chosen []string
}

// leaves returns what a text can come to, in the order of the file.
func leaves(t Text) []leaf {
	if t.By == "" {
		return []leaf{{Text: t}}
	}
	var all []leaf
	for _, c := range t.Cases {
		for _, inner := range leaves(c.Text) {
			inner.chosen = append(slices.Clone(inner.chosen), t.Of)
			if inner.when != "" {
				inner.when = " " + inner.when
			}
			inner.when = c.When + inner.when
			all = append(all, inner)
		}
	}
	return all
}

// arguments returns the names that a text uses on some way, and those that it uses on all.
func arguments(t Text) (some, all map[string]bool) {
	some = map[string]bool{}
	for i, l := range leaves(t) {
		here := map[string]bool{}
		for _, name := range slices.Concat(placeholders(l.Words), l.chosen) {
			here[name], some[name] = true, true
		}
		if i == 0 {
			all = here
			continue
		}
		for name := range all {
			if !here[name] {
				delete(all, name)
			}
		}
	}
	return some, all
}
