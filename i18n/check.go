package i18n

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// checker finds the mistakes of catalogues, against the source language.
type checker struct {
	source    map[string]Text // the texts of the source language, as far as a catalogue has them
	hasSource bool            // there is a catalogue of the source language
	file      File
	rules     map[Selector]*rules
	mistakes  []*Mistake
}

func (c *checker) fail(line, column int, key, problem string, args ...any) {
	c.mistakes = append(c.mistakes, &Mistake{
		File: c.file.Name, Line: line, Column: column, Language: c.file.Language, Key: key, Problem: fmt.Sprintf(problem, args...),
	})
}

// message checks one entry. isSource says that it is the source language's own.
func (c *checker) message(m Message, isSource bool) {
	at := func(t Text) (line, column int) {
		if t.Line > 0 {
			return t.Line, t.Column
		}
		return m.Line, m.Column
	}
	before := len(c.mistakes)
	if m.Key == "" {
		c.fail(m.Line, m.Column, "", `"": the message id is empty`)
		return
	}
	c.text(m.Text, m.Key, at)
	if len(c.mistakes) > before {
		return // what follows from them is no news
	}
	source, ok := c.source[m.Key]
	if !ok || isSource {
		if isSource && !strings.Contains(m.Key, "%{") {
			return // a key says nothing about placeholders
		}
		source = Text{Words: m.Key}
		if !ok && isKey(m.Key) && c.hasSource {
			return // nothing is known of it; it is among the warnings
		}
	}
	some, all := arguments(source)
	for _, l := range leaves(m.Text) {
		line, column := at(l.Text)
		where := ""
		if l.when != "" {
			where = " in the case " + l.when
		}
		has := slices.Concat(placeholders(l.Words), l.chosen)
		for _, name := range slices.Compact(slices.Sorted(slices.Values(has))) {
			if !some[name] {
				c.fail(line, column, m.Key, "the translation has a placeholder %%{%s}%s that the %s does not have", name, where, c.sourceName(ok))
			}
		}
		for _, name := range slices.Sorted(maps.Keys(all)) {
			if !slices.Contains(has, name) {
				c.fail(line, column, m.Key, "the translation lacks the placeholder %%{%s}%s, which the %s has", name, where, c.sourceName(ok))
			}
		}
	}
	c.values(m, source, at)
}

func (c *checker) sourceName(has bool) string {
	if has {
		return "source text"
	}
	return "message id"
}

// values reports cases of a select that the source does not have.
func (c *checker) values(m Message, source Text, at func(Text) (int, int)) {
	known := map[string][]string{}
	each(source, func(t Text) {
		if t.By == Select {
			for _, one := range t.Cases {
				known[t.Of] = append(known[t.Of], one.When)
			}
		}
	})
	each(m.Text, func(t Text) {
		if t.By != Select || known[t.Of] == nil {
			return
		}
		for _, one := range t.Cases {
			if !slices.Contains(known[t.Of], one.When) {
				line, column := at(Text{Line: one.Line, Column: one.Column})
				c.fail(line, column, m.Key, "select %s has the case %s, which the source text does not have; it has %s",
					t.Of, shown(one.When), list(known[t.Of]))
			}
		}
	})
}

// each calls visit with each choice of a text.
func each(t Text, visit func(Text)) {
	if t.By == "" {
		return
	}
	visit(t)
	for _, one := range t.Cases {
		each(one.Text, visit)
	}
}

// text checks the form of a text by itself.
func (c *checker) text(t Text, key string, at func(Text) (int, int)) {
	line, column := at(t)
	if t.By == "" {
		if problem := checkWords(t.Words); problem != "" {
			c.fail(line, column, key, "%s", problem)
		}
		return
	}
	switch {
	case t.By != Plural && t.By != Ordinal && t.By != Select:
		c.fail(line, column, key, "chooses by %s; there are plural, ordinal and select", shown(string(t.By)))
		return
	case !isName(t.Of):
		c.fail(line, column, key, "%s has the name of the argument that decides, such as %s: count", t.By, t.By)
		return
	case t.Words != "":
		c.fail(line, column, key, "has words beside its cases")
		return
	}
	var whens []string
	for _, one := range t.Cases {
		if slices.Contains(whens, one.When) {
			c.fail(line, column, key, "the case %s comes twice", shown(one.When))
		}
		whens = append(whens, one.When)
		if one.Text.Line == 0 {
			one.Text.Line, one.Text.Column = line, column
		}
		c.text(one.Text, key, at)
	}
	if !slices.Contains(whens, Other) {
		c.fail(line, column, key, "%s %s has no case other, which is said when no other case is met", t.By, t.Of)
	}
	if t.By == Select {
		for _, one := range t.Cases {
			if one.When == "" {
				c.fail(line, column, key, "select %s has a case without a value", t.Of)
			}
		}
		return
	}
	c.forms(t, whens, key, at)
}

// forms compares the cases of a plural or an ordinal with the forms that the language has.
func (c *checker) forms(t Text, whens []string, key string, at func(Text) (int, int)) {
	line, column := at(t)
	r := c.rules[t.By]
	for _, one := range t.Cases {
		if one.Line > 0 {
			line, column = one.Line, one.Column
		}
		when := one.When
		switch exact, isExact := strings.CutPrefix(when, "="); {
		case isExact:
			if n, ok := parseNumber(exact); !ok || n.exact != exact {
				c.fail(line, column, key, "the case %s is not a number; write it as in =0", shown(when))
			}
		case !isCategory(when):
			c.fail(line, column, key, "%s %s has the case %s; the forms of this language are %s, and a number is =0", t.By, t.Of, shown(when), list(r.forms()))
		case when != Other && !r.has(when):
			c.fail(line, column, key, "%s %s has the form %s, which this language does not have; it has %s", t.By, t.Of, when, list(r.forms()))
		}
	}
	line, column = at(t)
	for form, needed := range r.integers {
		if name := categoryNames[form]; needed && name != Other && !slices.Contains(whens, name) {
			c.fail(line, column, key, "%s %s lacks the form %s; the forms of this language are %s", t.By, t.Of, name, list(r.forms()))
		}
	}
}

// keyShape is what a key looks like that is no text: words joined by dots or the like.
var keyShape = regexp.MustCompile(`^[\pL\pN_-]+([.:/][\pL\pN_-]+)+$`)

// isKey reports whether a message id is a key, such as "orders.shipped", which no person should read.
func isKey(id string) bool { return keyShape.MatchString(id) }
