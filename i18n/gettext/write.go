package gettext

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"golang.org/x/text/language"

	"github.com/djmessenger/messenger/i18n"
)

// WritePO writes a catalogue as a .po file for translators. The msgid is the text of the source language, which is of its
// catalogue or, if that does not have it, the message id itself; an id that is not the msgid is the msgctxt. What the file
// does not translate, and the source has, is an entry with an empty msgstr. A plural is one of gettext if its cases are just
// the forms that gettext has for the language; each case of another choice is an entry of its own, whose msgctxt says which.
//
// ReadPO reads the same catalogue back, except for the places of its messages, the order of cases, and rules for plurals
// that are not those of CLDR: File.Plural is not written, and with one an error.
func WritePO(w io.Writer, file, source i18n.File) error {
	if file.Plural != nil {
		return fmt.Errorf("i18n: %s has plural rules of its own", file.Name)
	}
	tag, err := language.Parse(file.Language)
	if err != nil {
		return fmt.Errorf("i18n: %q is not a BCP 47 language tag: %w", file.Language, err)
	}
	p := poWriter{forms: formsOf(tag)}
	p.text("msgid", "")
	header := "Language: " + strings.ReplaceAll(file.Language, "-", "_") + "\nMIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\n" +
		"Content-Transfer-Encoding: 8bit\nX-Messenger-Keys: msgctxt\n"
	if p.forms.source != "" {
		header += "Plural-Forms: " + p.forms.source + "\n"
	}
	p.text("msgstr", header)
	sources, done := map[string]i18n.Text{}, map[string]bool{}
	for _, m := range source.Messages {
		sources[m.Key] = m.Text
	}
	for _, m := range file.Messages {
		done[m.Key] = true
		p.message(m.Key, m.Text, sources[m.Key])
	}
	for _, m := range source.Messages {
		if !done[m.Key] {
			p.message(m.Key, i18n.Text{}, m.Text)
		}
	}
	_, err = io.WriteString(w, p.out.String())
	return err //nolint:wrapcheck // of the writer that was given
}

type poWriter struct {
	out   strings.Builder
	forms namedForms
}

// namedForms are the plural forms that gettext has for a language, with the categories that they stand for.
type namedForms struct {
	source string
	names  []string
}

// knownForms are the expressions in use, the shortest first. That of a language is the first that has a form for each of
// its categories, and no other.
var knownForms = []string{
	"nplurals=1; plural=0;",
	"nplurals=2; plural=n != 1;",
	"nplurals=2; plural=n > 1;",
	"nplurals=2; plural=n%10==1 && n%100!=11 ? 0 : 1;",
	"nplurals=2; plural=n==1 || n==2 || n==3 || (n%10!=4 && n%10!=6 && n%10!=9) ? 0 : 1;",
	"nplurals=2; plural=n<=1 || (n>=11 && n<=99) ? 0 : 1;",
	"nplurals=3; plural=n==1 ? 0 : n==2 ? 1 : 2;",
	"nplurals=3; plural=n==1 ? 0 : n>=2 && n<=4 ? 1 : 2;",
	"nplurals=3; plural=n==1 ? 0 : n==0 || (n%100>=1 && n%100<=19) ? 1 : 2;",
	"nplurals=3; plural=n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2;",
	"nplurals=3; plural=n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2;",
	"nplurals=3; plural=n%10==1 && (n%100<11 || n%100>19) ? 0 : n%10>=2 && n%10<=9 && (n%100<11 || n%100>19) ? 1 : 2;",
	"nplurals=3; plural=n%10==0 || (n%100>=11 && n%100<=19) ? 0 : n%10==1 && n%100!=11 ? 1 : 2;",
	"nplurals=3; plural=n==0 ? 0 : n==1 ? 1 : 2;",
	"nplurals=3; plural=n<=1 ? 0 : n<=10 ? 1 : 2;",
	"nplurals=4; plural=n%100==1 ? 0 : n%100==2 ? 1 : n%100==3 || n%100==4 ? 2 : 3;",
	"nplurals=5; plural=n==1 ? 0 : n==2 ? 1 : n>=3 && n<=6 ? 2 : n>=7 && n<=10 ? 3 : 4;",
	"nplurals=5; plural=n==1 ? 0 : n==2 ? 1 : n==0 || (n%100>=3 && n%100<=10) ? 2 : n%100>=11 && n%100<=19 ? 3 : 4;",
	"nplurals=5; plural=n%10==1 && n%100!=11 && n%100!=71 && n%100!=91 ? 0 : n%10==2 && n%100!=12 && n%100!=72 && n%100!=92 ? 1 : " +
		"(n%10==3 || n%10==4 || n%10==9) && (n%100<10 || n%100>19) && (n%100<70 || n%100>79) && (n%100<90) ? 2 : n!=0 && n%1000000==0 ? 3 : 4;",
	"nplurals=6; plural=n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n==3 ? 3 : n==6 ? 4 : 5;",
	"nplurals=6; plural=n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5;",
}

// parsedForms are the known expressions.
var parsedForms = sync.OnceValue(func() []forms {
	var all []forms
	for _, source := range knownForms {
		f, err := parseForms(source)
		if err != nil {
			f = forms{} // a test parses them all
		}
		all = append(all, f)
	}
	return all
})

// formsOf returns the forms of a language; none if no expression is known that fits.
func formsOf(tag language.Tag) namedForms {
	for at, f := range parsedForms() {
		source := knownForms[at]
		names := make([]string, f.count)
		index := map[string]int{}
		fits := true
		for n := 0; n < 1200 && fits; n++ {
			i, _ := f.index(n)
			c := i18n.PluralCategory(tag, n)
			j, known := index[c]
			fits = (!known || i == j) && (names[i] == "" || names[i] == c)
			names[i], index[c] = c, i
		}
		if fits {
			return namedForms{source, names}
		}
	}
	return namedForms{}
}

// message writes the entries of one message. Without a text it is still to be translated.
func (p *poWriter) message(key string, text, source i18n.Text) {
	if source.By == "" && source.Words == "" {
		source = i18n.Text{Words: key}
	}
	shape := text // what is translated says which choices there are, else the source does
	if text.By == "" && text.Words == "" {
		shape = source
	}
	p.branch(key, nil, shape, text, source)
}

// branch writes the entries of a text, or of a part of one.
func (p *poWriter) branch(key string, path []string, shape, text, source i18n.Text) {
	switch {
	case shape.By == "":
		p.entry(key, path, said(source), "", []string{text.Words}, "")
	case shape.By == i18n.Plural && path == nil && p.hasForms(shape, text):
		p.plural(key, shape, text, source)
	default:
		for _, c := range shape.Cases {
			inner := source
			if source.By == shape.By && source.Of == shape.Of {
				if same := caseOf(source, c.When); same.By != "" || same.Words != "" {
					inner = same
				}
			}
			p.branch(key, append(slices.Clip(path), string(shape.By), shape.Of, c.When), c.Text, caseOf(text, c.When), inner)
		}
	}
}

// plural writes a plural of gettext, and behind it the cases that gettext has no form for.
func (p *poWriter) plural(key string, shape, text, source i18n.Text) {
	texts := make([]string, len(p.forms.names))
	for i, name := range p.forms.names {
		texts[i] = caseOf(text, name).Words
	}
	id, plural := said(source), said(source)
	if one := caseOf(source, "one"); source.By == i18n.Plural && one.By == "" && one.Words != "" {
		id = one.Words
	}
	p.entry(key, nil, id, plural, texts, shape.Of)
	last := texts[len(texts)-1]
	for _, c := range shape.Cases {
		translated := caseOf(text, c.When)
		switch {
		case slices.Contains(p.forms.names, c.When):
		case c.When == i18n.Other && (translated.Words == last || text.By == ""): // reading does that by itself
		case !strings.HasPrefix(c.When, "=") && text.By == "": // a form of the source language
		default:
			p.entry(key, []string{string(shape.By), shape.Of, c.When}, said(source), "", []string{translated.Words}, "")
		}
	}
}

// hasForms reports whether a plural can be one of gettext: it has no choices in it, and has the forms that are there.
func (p *poWriter) hasForms(shape, text i18n.Text) bool {
	if p.forms.source == "" || caseOf(shape, i18n.Other).Words == "" {
		return false
	}
	for _, c := range shape.Cases {
		if c.Text.By != "" {
			return false
		}
	}
	return text.By == "" || !slices.ContainsFunc(p.forms.names, func(name string) bool { return caseOf(text, name).Words == "" })
}

func caseOf(t i18n.Text, when string) i18n.Text {
	for _, c := range t.Cases {
		if c.When == when {
			return c.Text
		}
	}
	return i18n.Text{}
}

// said returns the words of a text, of a choice those of its case other.
func said(t i18n.Text) string {
	for t.By != "" {
		t = caseOf(t, i18n.Other)
	}
	return t.Words
}

// entry writes one entry.
func (p *poWriter) entry(key string, path []string, id, plural string, texts []string, counted string) {
	p.out.WriteByte('\n')
	if counted != "" {
		p.out.WriteString(countNote + counted + "\n")
	}
	if path != nil || id != key || strings.HasPrefix(key, "[") || counted != "" {
		p.text("msgctxt", contextOf(key, path))
	}
	p.text("msgid", id)
	if counted == "" {
		p.text("msgstr", texts[0])
		return
	}
	p.text("msgid_plural", plural)
	for i, text := range texts {
		p.text("msgstr["+itoa(i)+"]", text)
	}
}

// text writes a keyword and its text, each line of it on its own.
func (p *poWriter) text(keyword, text string) {
	p.out.WriteString(keyword + " ")
	if strings.Contains(strings.TrimSuffix(text, "\n"), "\n") {
		p.out.WriteString("\"\"\n")
	}
	if text == "" {
		p.out.WriteString("\"\"\n")
	}
	for line := range strings.SplitAfterSeq(text, "\n") {
		if line != "" {
			p.out.WriteString(`"` + escape.Replace(line) + "\"\n")
		}
	}
}

var escape = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\t", `\t`, "\r", `\r`, "\a", `\a`, "\b", `\b`, "\f", `\f`, "\v", `\v`)
