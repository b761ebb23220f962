package i18n

import "golang.org/x/text/language"

// Localizer says texts in the language of one person. A nil Localizer, like the zero value, translates nothing. It is
// immutable and may be used from many goroutines at once.
type Localizer struct {
	tag      language.Tag
	catalog  *Catalog
	source   bool                   // it is the one of the source language
	messages []map[string]*compiled // the catalogue of tag first, then what people of it read as well
	own      int                    // how many of them are in the language itself
}

// Text returns the translation of a message id, with the values of its placeholders, or the source text if there is none.
//
// Without Args the placeholders stay as they are, for a sender of the bot to fill them in. With Args, %{name} becomes the
// value of that name; of several Args the first that has it. A placeholder without a value becomes its default, as in
// %{name|there}, and otherwise stays as it is: a gap would say something else.
//
// A choice is made by the argument that it names. If that is missing, or is no number where one is counted, its case other
// is said. Numbers are those of Go, and texts that are numbers, such as "3" and "2.50".
func (l *Localizer) Text(id string, args ...Args) string {
	said := l.lookup(id)
	switch {
	case len(args) > 0:
		return l.fill(said, id, func(name string) (any, bool) {
			for _, a := range args {
				if value, ok := a[name]; ok {
					return value, true
				}
			}
			return nil, false
		})
	case said != nil:
		return said.plain()
	}
	return id
}

// Fill is like Text with Args, with a function that returns the values.
func (l *Localizer) Fill(id string, value func(name string) (any, bool)) string {
	return l.fill(l.lookup(id), id, value)
}

// lookup returns the text of a message id, or nil.
func (l *Localizer) lookup(id string) *compiled {
	if l == nil {
		return nil
	}
	for _, messages := range l.messages {
		if text, ok := messages[id]; ok {
			return text
		}
	}
	return nil
}

// Tag returns the language that Text answers in: that of a catalogue, or that of the message ids if nothing is
// translated. Without a catalogue it is language.Und.
func (l *Localizer) Tag() language.Tag {
	if l == nil {
		return language.Und
	}
	return l.tag
}
