package engine

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"

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
	// Language returns the locale in which a page speaks to people of whom no language is known; "" is the source language. Or nil.
	Language func(pageID string) string
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
		v.Logger.WarnContext(ctx, "a text is not as it should be", aboutProblem(p)...)
	}
}

// aboutProblem returns the attributes of a problem that are known. A text without a key may be what a person wrote.
func aboutProblem(p i18n.Problem) []any {
	about := []any{"problem", string(p.Kind), "language", p.Language}
	if p.Key != "" {
		about = append(about, "key", p.Key)
	} else {
		about = append(about, "text", "is in no catalogue, and not shown since a person may have written it; a text that is in its language already is sent by sending.Text")
	}
	if p.Name != "" {
		about = append(about, "placeholder", p.Name)
	}
	return about
}

// Speak returns a context in which texts are in a person's language and find
// what is known of them, at the time of each use. Detected returns the locales of what they have said, the most certain first. What
// goes wrong with a text for the first time is logged.
func (v *Voice) Speak(ctx context.Context, person func() store.Person, detected func() []string) context.Context {
	ctx = sending.WithTexts(ctx, v.Texts)
	ctx = replier.WithLookup(ctx, func(name string) (string, bool) { return personValue(person(), name) })
	report := func(p i18n.Problem) { v.report(ctx, p) }
	var last atomic.Pointer[listener]
	return i18n.WithFunc(ctx, func() *i18n.Localizer {
		p := person()
		now := listener{page: p.PageID, chosen: p.Language, profile: p.Profile.Locale, zone: noZone}
		if p.Profile.Timezone != nil {
			now.zone = *p.Profile.Timezone
		}
		if known := last.Load(); known != nil && known.is(now) {
			return known.localizer
		}
		standard := ""
		if v.Language != nil {
			standard = v.Language(p.PageID)
		}
		l := v.Catalog.Choose(p.Language, p.Profile.Locale, detected, standard).Reporting(report)
		if v.Named != nil {
			l = l.Naming(v.Named)
		}
		if p.Profile.Timezone != nil {
			l = l.In(i18n.Zone(*p.Profile.Timezone))
		}
		now.localizer = l
		last.Store(&now)
		return l
	})
}

// listener is what the language of a person depends on in a turn, and the localizer that follows.
type listener struct {
	page, chosen, profile string
	zone                  float64
	localizer             *i18n.Localizer
}

// noZone is the zone of a person of whom none is known.
const noZone = 1 << 20

func (l *listener) is(other listener) bool {
	return l.page == other.page && l.chosen == other.chosen && l.profile == other.profile && l.zone == other.zone
}

// detected returns the locales that the platform took the words of an event for, the most certain first.
func detected(ev *receiving.Event) func() []string {
	m, ok := ev.Payload.(*receiving.Message)
	if !ok || len(m.NLP)+len(m.NLPV2) == 0 {
		return nil
	}
	return sync.OnceValue(func() []string {
		var locales []string
		for _, l := range m.ReadNLP().Locales {
			locales = append(locales, l.Locale)
		}
		return locales
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
