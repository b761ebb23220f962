package dialog

import (
	"context"

	"golang.org/x/text/language"

	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/store"
)

// languageOf is the language by which numbers and dates are read and shown: the one that the
// bot's texts are in, with the person's region if they speak that language. A person from
// Austria with a bot that has no German catalogue is asked in English, and answers as such.
func languageOf(ctx context.Context) language.Tag {
	locale, err := language.Parse(store.PersonFrom(ctx).Profile.Locale)
	known := err == nil && locale != language.Und
	spoken := i18n.From(ctx).Tag()
	switch {
	case spoken == language.Und && known:
		return locale
	case spoken == language.Und:
		return language.English
	case known && sameBase(locale, spoken):
		return locale
	}
	return spoken
}

func sameBase(a, b language.Tag) bool {
	one, _ := a.Base()
	other, _ := b.Base()
	return one == other
}
