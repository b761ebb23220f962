package gettext

import (
	"strings"

	"golang.org/x/text/language"

	"github.com/djmessenger/messenger/i18n"
)

// entry is one message of a .po or .mo file.
type entry struct {
	context, id, plural  string
	hasContext, isPlural bool
	texts                []string // msgstr, or msgstr[0] and on
	argument             string   // by which our own files say that a plural chooses
	line, column         int
}

// categories are the names of CLDR, those that most languages have last.
var categories = []string{"zero", "two", "few", "many", "one", i18n.Other}

// builder makes a catalogue of entries.
type builder struct {
	file    i18n.File
	forms   forms
	names   []string // of the forms, by index; empty without plurals
	ours    bool     // it was written by WritePO
	bad     []*i18n.Mistake
	places  map[string]int
	trees   map[string]*i18n.Text // of choices that are in several entries
	plurals map[string]int        // where messages are that have the plural forms of gettext

	language  string     // by the header
	originals []Original // the source texts; nil if they are not asked for
}

func (b *builder) fail(line, column int, key, problem string) {
	b.bad = append(b.bad, &i18n.Mistake{File: b.file.Name, Language: b.file.Language, Line: line, Column: column, Key: key, Problem: problem})
}

// header reads the fields of the entry whose msgid is empty.
func (b *builder) header(e entry) {
	for line := range strings.SplitSeq(strings.Join(e.texts, ""), "\n") {
		name, value, _ := strings.Cut(line, ":")
		value = strings.TrimSpace(value)
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "content-type":
			if _, charset, ok := strings.Cut(strings.ToLower(value), "charset="); ok && charset != "utf-8" && charset != "utf8" && charset != "us-ascii" && charset != "ascii" && charset != "charset" {
				b.fail(e.line, e.column, "", "the header says that the characters are "+charset+"; save the file as UTF-8, and say so there")
			}
		case "plural-forms":
			if strings.Contains(value, "EXPRESSION") { // of a template
				continue
			}
			f, err := parseForms(value)
			if err != nil {
				b.fail(e.line, e.column, "", "the header Plural-Forms: "+err.Error())
				continue
			}
			b.forms = f
			b.name()
		case "language":
			b.language = value
		case "x-messenger-keys":
			b.ours = value == "msgctxt"
		}
	}
}

// name gives each form the name of a category: the one that its numbers have in CLDR, if there is one that no other form
// has more of. Where the expression and CLDR do not agree, the file keeps the expression.
func (b *builder) name() {
	tag, err := language.Parse(b.file.Language)
	if err != nil {
		tag = language.Und
	}
	count := map[string][]int{}
	for n := range 1200 {
		i, err := b.forms.index(n)
		if err != nil {
			continue // it was checked before
		}
		c := i18n.PluralCategory(tag, n)
		if count[c] == nil {
			count[c] = make([]int, maxForms)
		}
		count[c][i]++
	}
	b.names = make([]string, b.forms.count)
	taken := map[string]bool{}
	for pass := range 2 {
		for i := b.forms.count - 1; i >= 0; i-- {
			best := ""
			for _, c := range categories {
				free := b.names[i] == "" && !taken[c]
				if free && (pass == 1 && best == "" || count[c] != nil && count[c][i] > 0 && (best == "" || count[best] == nil || count[c][i] > count[best][i])) {
					best = c
				}
			}
			if best != "" {
				b.names[i], taken[best] = best, true
			}
		}
	}
	for n := range 1200 {
		if i, err := b.forms.index(n); err == nil && b.names[i] != i18n.PluralCategory(tag, n) {
			b.file.Plural = b.category
			return
		}
	}
}

// category returns the name of the form of a number.
func (b *builder) category(n int) string {
	if i, err := b.forms.index(n); err == nil && i >= 0 && i < len(b.names) {
		return b.names[i]
	}
	return i18n.Other
}

// add takes an entry into the catalogue.
func (b *builder) add(e entry) {
	b.original(e)
	place := e.context + "\x04" + e.id
	if !e.hasContext {
		place = e.id
	}
	if line, twice := b.places[place]; twice {
		b.fail(e.line, e.column, e.id, "comes twice; the first one is in line "+itoa(line))
		return
	}
	b.places[place] = e.line
	key, path := place, []string(nil)
	if b.ours && e.hasContext {
		if key, path = parseContext(e.context); key == "" {
			b.fail(e.line, e.column, e.id, "has a msgctxt that is none of this file: "+e.context)
			return
		}
	}
	text, ok := b.text(e, key)
	switch {
	case !ok:
	case path != nil:
		b.branch(e, key, path, text)
	default:
		m := i18n.Message{Key: key, Text: text, Line: e.line, Column: e.column}
		if e.isPlural {
			b.plurals[key] = len(b.file.Messages)
			if !b.ours {
				m.Source = i18n.Text{By: i18n.Plural, Of: text.Of, Line: e.line, Column: e.column, Cases: []i18n.Case{
					{When: "one", Text: i18n.Text{Words: e.id}}, {When: i18n.Other, Text: i18n.Text{Words: e.plural}},
				}}
			}
		}
		b.file.Messages = append(b.file.Messages, m)
	}
}

// text returns what an entry says; not ok if it says nothing.
func (b *builder) text(e entry, key string) (i18n.Text, bool) {
	said := 0
	for _, t := range e.texts {
		said += truth(t != "")
	}
	switch {
	case said == 0:
		return i18n.Text{}, false
	case !e.isPlural:
		return i18n.Text{Words: e.texts[0], Line: e.line, Column: e.column}, true
	case b.names == nil:
		b.fail(e.line, e.column, key, "has plural forms, but the file has no header Plural-Forms")
		return i18n.Text{}, false
	case len(e.texts) != b.forms.count || said != len(e.texts):
		b.fail(e.line, e.column, key, "has "+itoa(said)+" plural forms; by the header Plural-Forms there are "+itoa(b.forms.count))
		return i18n.Text{}, false
	}
	t := i18n.Text{By: i18n.Plural, Of: e.argument, Line: e.line, Column: e.column}
	if t.Of == "" {
		t.Of = countedIn(e.plural)
	}
	hasOther := false
	for i, words := range e.texts {
		t.Cases = append(t.Cases, i18n.Case{When: b.names[i], Text: i18n.Text{Words: words, Line: e.line, Column: e.column}, Line: e.line, Column: e.column})
		hasOther = hasOther || b.names[i] == i18n.Other
	}
	if !hasOther { // a fraction has the last form
		t.Cases = append(t.Cases, i18n.Case{When: i18n.Other, Text: t.Cases[len(t.Cases)-1].Text, Line: e.line, Column: e.column})
	}
	return t, true
}

// countedIn returns the only placeholder of a text, or "count".
func countedIn(text string) string {
	_, rest, ok := strings.Cut(text, "%{")
	name, after, closed := strings.Cut(rest, "}")
	name, _, _ = strings.Cut(name, "|")
	if !ok || !closed || strings.Contains(after, "%{") {
		return "count"
	}
	return name
}
