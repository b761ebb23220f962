package i18n

import "golang.org/x/text/language"

// Localizer translates texts into the language of one person. A nil Localizer, like the zero value, translates nothing.
// It is immutable and may be used from many goroutines at once.
type Localizer struct {
	tag      language.Tag
	messages []map[string]string // the catalogue of tag first, then those of its parents
}

// Text returns the translation of a message id, or the id itself if there is none.
func (l *Localizer) Text(id string) string {
	if l == nil {
		return id
	}
	for _, messages := range l.messages {
		if text, ok := messages[id]; ok {
			return text
		}
	}
	return id
}

// Tag returns the language that Text answers in: that of a catalogue, or that of the message ids if nothing is
// translated. Without a catalogue it is language.Und.
func (l *Localizer) Tag() language.Tag {
	if l == nil {
		return language.Und
	}
	return l.tag
}
