package routing

import (
	"context"
	"errors"
	"strings"
	"sync"

	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/store"
)

// Locale is met by events of a person whose stored locale is of one of the languages:
// BCP 47 tags, or locales in the platform's form. "de" is met by de_DE and de_AT,
// "de_AT" by de_AT alone, "zh" by zh_CN and not by zh_TW, which is written in another
// script and is met by "zh_TW" and "zh_Hant"; see [i18n.LocaleRange].
//
// The locale is in the person's profile: the policy needs handling.UserProfile under
// DEFAULT, and the app the platform's permission. A person of whom no locale is known
// does not meet the condition: on Instagram, where profiles have no locale, that is
// everyone.
//
// A language that was chosen for the person (handling.SetLanguage) counts in place of the profile's locale, unless
// that is of the chosen language: then its region counts.
type Locale []string

// Match reports whether the event's person has such a locale.
func (c Locale) Match(ctx context.Context, _ *receiving.Event) bool {
	person := store.PersonFrom(ctx)
	locale := person.Profile.Locale
	if person.Language != "" {
		chosen, err := i18n.ParseLocaleRange(person.Language) // not kept: it may come from anyone
		if err == nil && !chosen.Contains(locale) {
			locale = person.Language
		}
	}
	for _, tag := range c {
		if r, err := localeRange(tag); err == nil && r.Contains(locale) {
			return true
		}
	}
	return false
}

// Validate reports tags that name no language, and that there is none.
func (c Locale) Validate() error {
	if len(c) == 0 {
		return errors.New("routing: it names no locale")
	}
	var errs []error
	for _, tag := range c {
		_, err := localeRange(tag)
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

func (c Locale) String() string { return strings.TrimSpace("Locale " + strings.Join(c, ", ")) }

// localeRanges keeps the parsed tags of policies, so that a condition can be a plain value.
var localeRanges sync.Map // of string to i18n.LocaleRange

func localeRange(tag string) (i18n.LocaleRange, error) {
	if found, ok := localeRanges.Load(tag); ok {
		if r, ok := found.(i18n.LocaleRange); ok {
			return r, nil
		}
	}
	r, err := i18n.ParseLocaleRange(tag)
	if err == nil {
		localeRanges.Store(tag, r)
	}
	return r, err
}
