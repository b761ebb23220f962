package i18n

import (
	"time"

	"golang.org/x/text/language"
)

// Localizer says texts in the language of one person. A nil Localizer, like the zero value, translates nothing. It is
// immutable and may be used from many goroutines at once.
type Localizer struct {
	tag     language.Tag
	catalog *Catalog
	source  bool // it is the one of the source language
	// translates reports that the catalogue of tag has a text.
	translates bool
	messages   []map[string]*compiled // the catalogue of tag first, then what people of it read as well
	own        int                    // how many of them are in the language itself
	speaks     *tongue                // the language with the region of the person
	zone       *time.Location
	report     func(Problem)
	named      func(id string) bool
}

// Text returns the translation of a message id, with the values of its placeholders, or the source text if there is none.
//
// Without Args the placeholders stay as they are, for a sender of the bot to fill them in. With Args, %{name} becomes the
// value of that name, as [Localizer.Format] writes it; of several Args the first that has it. A placeholder without a value
// becomes its default, as in %{name|there}, and otherwise stays as it is: a gap would say something else.
//
// A choice is made by the argument that it names. If that is missing, or is no number where one is counted, its case other
// is said. Numbers are those of Go, [Number] and the like, and texts that are numbers, such as "3" and "2.50".
//
// A value that could disturb the direction of a text around it, such as a Latin name in Arabic, stands between isolates.
//
// What goes wrong is counted: see [Catalog.Problems].
func (l *Localizer) Text(id string, args ...Args) string {
	said := l.lookup(id)
	switch {
	case len(args) == 1:
		return l.fill(said, id, given{args: args[0]})
	case len(args) > 1:
		return l.fill(said, id, given{find: func(name string) (any, bool) {
			for _, a := range args {
				if value, ok := a[name]; ok {
					return value, true
				}
			}
			return nil, false
		}})
	case said != nil:
		return said.plain()
	}
	return id
}

// Lookup returns the translation of a message id that need not have one, as Text without Args does, and whether there is one.
// A missing one is no [Problem].
func (l *Localizer) Lookup(id string) (text string, ok bool) {
	if l != nil {
		for _, messages := range l.messages {
			if said, has := messages[id]; has {
				return said.plain(), true
			}
		}
	}
	return id, false
}

// Fill is like Text with Args, with a function that returns the values.
func (l *Localizer) Fill(id string, value func(name string) (any, bool)) string {
	return l.fill(l.lookup(id), id, given{find: value})
}

// lookup returns the text of a message id, or nil, and counts it if it is not in the language of the person.
func (l *Localizer) lookup(id string) *compiled {
	if l == nil || l.catalog == nil {
		return nil
	}
	for i, messages := range l.messages {
		if text, ok := messages[id]; ok {
			if i >= l.own && !l.readsSource() {
				l.note(Problem{Kind: NotTranslated, Key: id})
			}
			return text
		}
	}
	switch known := l.catalog.ids[id]; {
	case known && !l.readsSource(), isKey(id):
		l.note(Problem{Kind: NotTranslated, Key: id})
	case !known && !l.readsSource():
		l.note(Problem{Kind: NotTranslated, Key: l.name(id)})
	}
	return nil
}

// readsSource reports whether the texts of the source are in the language of the person.
func (l *Localizer) readsSource() bool {
	return l.source || l.catalog.texts[0].speaks.in == l.speaks.in
}

// Tag returns the language that Text answers in: that of a catalogue, or that of the message ids if nothing is
// translated. Without a catalogue it is language.Und.
func (l *Localizer) Tag() language.Tag {
	if l == nil {
		return language.Und
	}
	return l.tag
}

// In returns a localizer that shows times in a time zone, see [Zone]. With nil, as without In, a time is shown in the
// location that it has itself.
func (l *Localizer) In(zone *time.Location) *Localizer {
	with := *l.orUntranslated()
	with.zone = zone
	return &with
}

// Reporting returns a localizer that calls report with each [Problem] that its catalogue has not met before; without a
// catalogue, with each one. report is called while a text is said, and may be called from many goroutines at once.
func (l *Localizer) Reporting(report func(Problem)) *Localizer {
	with := *l.orUntranslated()
	with.report = report
	return &with
}

// Naming returns a localizer whose problems have the message ids for which own returns true, though no catalogue has them: texts
// of the program or of a library that are not translated yet. Of other texts that are in no catalogue, and are no key, a
// problem does not say which they are, since what a person wrote must not get into logs. A bot names the texts of its policy,
// dialogs and settings; a program with texts of its own in code may name those. own may be called from many goroutines at once.
func (l *Localizer) Naming(own func(id string) bool) *Localizer {
	with := *l.orUntranslated()
	with.named = own
	return &with
}

// Within returns a text that was made of a message id as it is if it has at most limit characters, as [Shorten] counts them, and
// else shortened: what a translation or a value has made too long must not cost the message. It is a [Problem] then.
// A text that is the message id itself stays: it is the program's, and for the check of what is sent. A limit below 1 is none.
func (l *Localizer) Within(text, id string, limit int) string {
	return l.within(text, id, limit, Shorten)
}

// WithinBytes is [Localizer.Within] with a limit in bytes, as [ShortenBytes] counts them.
func (l *Localizer) WithinBytes(text, id string, limit int) string {
	return l.within(text, id, limit, ShortenBytes)
}

func (l *Localizer) within(text, id string, limit int, shorten func(string, int) string) string {
	if text == id {
		return text
	}
	short := shorten(text, limit)
	if short != text {
		l.note(Problem{Kind: TooLong, Key: l.name(id)})
	}
	return short
}

func (l *Localizer) orUntranslated() *Localizer {
	if l == nil {
		return &untranslated
	}
	return l
}
