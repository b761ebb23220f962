package engine

import (
	"context"
	"fmt"
	"log/slog"
	"sync"

	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/internal/replier"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
)

// Voice is what a bot says texts with. It must not be copied after its first use.
type Voice struct {
	Catalog *i18n.Catalog
	Texts   sending.Texts
	Logger  *slog.Logger
	// Named reports whether a text is one of the program's own, which a log line may show.
	Named func(id string) bool

	mu     sync.Mutex
	logged map[i18n.Problem]bool
}

// maxLogged is how many different problems with texts are logged.
const maxLogged = 4096

// report logs what goes wrong with a text, each problem once. A catalogue reports each once itself.
func (v *Voice) report(ctx context.Context, p i18n.Problem) {
	v.mu.Lock()
	known := v.logged[p] || len(v.logged) >= maxLogged
	if !known {
		if v.logged == nil {
			v.logged = map[i18n.Problem]bool{}
		}
		v.logged[p] = true
	}
	v.mu.Unlock()
	if !known {
		v.Logger.WarnContext(ctx, "a text is not as it should be", "problem", string(p.Kind), "language", p.Language, "key", p.Key, "placeholder", p.Name)
	}
}

// Speak returns a context in which texts are in a person's language and find
// what is known of them, at the time of each use. What goes wrong with a text for
// the first time is logged.
func (v *Voice) Speak(ctx context.Context, person func() store.Person) context.Context {
	ctx = sending.WithTexts(ctx, v.Texts)
	ctx = replier.WithLookup(ctx, func(name string) (string, bool) { return personValue(person(), name) })
	report := func(p i18n.Problem) { v.report(ctx, p) }
	return i18n.WithFunc(ctx, func() *i18n.Localizer {
		profile := person().Profile
		l := v.Catalog.For(profile.Locale).Reporting(report)
		if v.Named != nil {
			l = l.Naming(v.Named)
		}
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
