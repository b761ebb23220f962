package dialog

import (
	"context"

	"golang.org/x/text/language"

	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/store"
)

// ownLanguage returns the language and region of the person's profile, if that names a known one.
func ownLanguage(ctx context.Context) (tag language.Tag, known bool) {
	tag, err := language.Parse(store.PersonFrom(ctx).Profile.Locale)
	return tag, err == nil && tag != language.Und
}

// spokenLanguage returns the language in which the bot speaks to the person, if it has a catalogue.
func spokenLanguage(ctx context.Context) (tag language.Tag, known bool) {
	tag = i18n.From(ctx).Tag()
	return tag, tag != language.Und
}

// languageOf is the language in which numbers and dates are shown: the one that the
// bot's texts are in, with the person's region if they speak that language. A bot without a
// catalogue shows them in the person's language, and in English if that is not known.
func languageOf(ctx context.Context) language.Tag {
	own, known := ownLanguage(ctx)
	spoken, speaks := spokenLanguage(ctx)
	switch {
	case !speaks && known:
		return own
	case !speaks:
		return language.English
	case known && sameBase(own, spoken):
		return own
	}
	return spoken
}

func sameBase(a, b language.Tag) bool {
	one, _ := a.Base()
	other, _ := b.Base()
	return one == other
}
