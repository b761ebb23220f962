package engine

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/internal/replier"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
)

// Speak returns a context in which texts are in a person's language and find
// what is known of them, at the time of each use. What goes wrong with a text for
// the first time is logged.
func Speak(ctx context.Context, catalog *i18n.Catalog, texts sending.Texts, log *slog.Logger, person func() store.Person) context.Context {
	ctx = sending.WithTexts(ctx, texts)
	ctx = replier.WithLookup(ctx, func(name string) (string, bool) { return personValue(person(), name) })
	report := func(p i18n.Problem) {
		log.WarnContext(ctx, "a text is not as it should be", "problem", string(p.Kind), "language", p.Language, "key", p.Key, "placeholder", p.Name)
	}
	return i18n.WithFunc(ctx, func() *i18n.Localizer {
		profile := person().Profile
		l := catalog.For(profile.Locale).Reporting(report)
		if profile.Timezone == nil {
			return l
		}
		return l.In(i18n.Zone(*profile.Timezone))
	})
}

// personValue gives texts what is known of the person.
func personValue(p store.Person, name string) (string, bool) {
	switch name {
	case "first_name":
		return p.Profile.FirstName, true
	case "last_name":
		return p.Profile.LastName, true
	case "name":
		if p.Profile.Name != "" {
			return p.Profile.Name, true
		}
		return joinNames(p.Profile.FirstName, p.Profile.LastName), true
	case "thumb_ups":
		return fmt.Sprint(p.ThumbUps), true
	}
	return "", false
}

func joinNames(first, last string) string {
	if first == "" || last == "" {
		return first + last
	}
	return first + " " + last
}

// person returns what texts know of the person. An event without one, such as a
// comment, has its author's name.
func (t *turn) person() store.Person {
	p := t.state.Person()
	if t.ev.PSID != "" || p.Profile.Name != "" {
		return p
	}
	switch c := t.ev.Payload.(type) {
	case *receiving.FeedChange:
		if c.From != nil {
			p.Profile.Name = c.From.Name
		}
	case *receiving.Mention:
		if c.From != nil {
			p.Profile.Name = c.From.Name
		}
	case *receiving.GroupFeed:
		if c.From != nil {
			p.Profile.Name = c.From.Name
		}
	case *receiving.InstagramComment:
		if c.From != nil {
			p.Profile.Name = c.From.Username
		}
	}
	return p
}
