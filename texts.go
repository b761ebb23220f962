package messenger

import (
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"reflect"
	"strings"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
)

// texts are what is known of the texts that policies, dialogs and thread settings name. Pages may share a policy, so each
// text is checked once.
type texts struct {
	named   map[string]bool // the message ids; a log line may show them
	checked map[string]bool
	// policies are those that were added to this table, by address: of an older table one may be gone, or have changed.
	policies map[uintptr]bool
	long     []*i18n.TooLongError // translations that are found to be too long, and were not before
}

// more returns a copy for a table with other pages, in which nothing is long yet.
func (t *texts) more() texts {
	return texts{named: cloned(t.named), checked: cloned(t.checked), policies: map[uintptr]bool{}}
}

func cloned[K comparable](m map[K]bool) map[K]bool {
	if m == nil {
		return map[K]bool{}
	}
	return maps.Clone(m)
}

// addPolicy checks the texts of a valid policy, unless they were checked for another page.
func (t *texts) addPolicy(c Config, p routing.Policy, fail func(error)) {
	if p == nil {
		return
	}
	at := reflect.ValueOf(p).Pointer()
	if t.policies[at] {
		return
	}
	t.policies[at] = true
	t.add(c, p.TextRefs(), fail)
}

// add checks texts in all languages: that their placeholders can have values, and how long they are.
func (t *texts) add(c Config, refs []i18n.TextRef, fail func(error)) {
	var news []i18n.TextRef
	for _, r := range refs {
		t.named[r.Key] = true
		if len(c.TurnMiddleware) > 0 {
			r.Values = nil // it may set others
		}
		at := fmt.Sprintf("%q %d %v %s", r.Key, r.Limit, r.Values != nil, strings.Join(r.Values, "|"))
		if !t.checked[at] {
			t.checked[at] = true
			news = append(news, r)
		}
	}
	for _, unfilled := range c.Catalog.Unfilled(news) {
		fail(unfilled)
	}
	for _, long := range c.Catalog.LongTexts(news) {
		if long.Source {
			fail(long)
		} else {
			t.long = append(t.long, long)
		}
	}
}

// addTexts checks the texts that do not belong to one page.
func (t *pageTable) addTexts(c Config) error {
	var errs []error
	in := func(field string) func(error) {
		return func(err error) { errs = append(errs, inConfig("Config."+field+": ", err)) }
	}
	t.texts = (&texts{}).more()
	if t.common != nil { // else it is broken
		t.texts.addPolicy(c, c.Policy, in("Policy"))
	}
	t.texts.add(c, c.ThreadSettings[graph.Me].TextRefs(), in(fmt.Sprintf("ThreadSettings[%q]", graph.Me)))
	t.texts.add(c, []i18n.TextRef{{Key: c.Prefix, Place: "Config.Prefix"}}, in("Prefix"))
	t.texts.add(c, []i18n.TextRef{{Key: c.DefaultText, Place: "Config.DefaultText", Limit: sending.MaxText}}, in("DefaultText"))
	return errors.Join(errs...)
}

// checkLanguage returns what is wrong with the default language of a page.
func checkLanguage(language string) error {
	if language == "" {
		return nil
	}
	_, err := i18n.ParseLocaleRange(language)
	return err
}

// LanguageOf returns the BCP 47 tag of the language in which the bot speaks to a person, in turns in which the platform detects none:
// the one that was chosen for them, or that of their profile, or of their page. It is "de" for people who read the catalogue de.json, and
// "und" without a catalogue. A broadcast in several languages yields to each the people of its language; see [Bot.People].
func (b *Bot) LanguageOf(person store.Person) string {
	if b == nil {
		return "und"
	}
	return b.cfg.Catalog.Choose(person.Language, person.Profile.Locale, nil, b.languageOf(person.PageID)).Tag().String()
}

// languageOf returns the language in which a page speaks to people of whom none is known; "" is the source language.
func (b *Bot) languageOf(pageID string) string {
	if p := b.pages.Load().page(pageID); p != nil && p.Language != "" {
		return p.Language
	}
	return b.cfg.Language
}

// logLongTexts says once for each language which translations are too long.
func logLongTexts(log *slog.Logger, long []*i18n.TooLongError) {
	var warnings []*i18n.Mistake
	for _, l := range long {
		warnings = append(warnings, &l.Mistake)
	}
	byLanguage(warnings, func(about ...any) {
		log.Warn("translations are longer than the platform shows, and are shortened", about...)
	})
}
