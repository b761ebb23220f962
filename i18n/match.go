package i18n

import (
	"errors"
	"fmt"

	"golang.org/x/text/language"
)

// For returns the localizer for a person's locale, in the platform's form ("zh_TW") or as a BCP 47 tag. It is never nil.
//
// A catalogue of the same language in the same script serves, the nearest region first: pt_PT
// gets pt-BR, and zh_HK gets zh-TW, but never zh-CN. Else one serves that people of that language
// read as well: Norwegians get any Norwegian before Danish, Serbs Serbian in either script, and
// others what CLDR ranks as near, so that a French locale never gets German. A locale in the
// language of the message ids gets the ids, unless there is a catalogue for just that locale. A
// locale that is empty, unknown or malformed is served like the language of the ids.
// docs/i18n.md has the whole list.
//
// What was found is kept, up to 1024 locales, so that a call costs a lookup.
func (c *Catalog) For(locale string) *Localizer {
	switch {
	case len(locale) > maxLocaleSize && c == nil:
		return &untranslated
	case len(locale) > maxLocaleSize:
		return c.texts[0]
	case c == nil:
		return strangers.get(locale, stranger)
	}
	return c.matches.get(locale, c.match).localizer
}

// matched is what is known of a locale.
type matched struct {
	localizer *Localizer // never nil
	known     bool       // it names a language
	spoken    bool       // the localizer is of that language in its script
}

// strangers are people whose bot has no catalogue: their numbers and dates are written as in their locale.
var strangers byLocale[*Localizer]

func stranger(locale string) *Localizer {
	tag, ok := personsTag(locale)
	if !ok {
		return &untranslated
	}
	return &Localizer{speaks: tongueOf(tag)}
}

// personsTag reads a person's locale. It is not ok if that names no language for certain: a region alone does not.
func personsTag(locale string) (language.Tag, bool) {
	tag, err := language.Parse(meant(locale))
	var unknownSubtag language.ValueError
	if err != nil && !errors.As(err, &unknownSubtag) {
		return tag, false
	}
	_, confidence := tag.Base()
	return tag, confidence >= language.Exact
}

// match returns the localizer of a locale: that of its catalogue, which writes as in the region of the person.
func (c *Catalog) match(locale string) matched {
	tag, ok := personsTag(locale)
	if !ok {
		return matched{localizer: c.texts[0]}
	}
	found := c.matchText(tag)
	m := matched{localizer: found, known: true, spoken: writtenIn(tag) == writtenIn(found.tag)}
	if region := inRegion(found.tag, tag); region != found.tag {
		with := *found
		with.speaks = tongueOf(region)
		m.localizer = &with
	}
	return m
}

func (c *Catalog) matchText(tag language.Tag) *Localizer {
	if localizer := c.inLanguage(tag); localizer != nil {
		return localizer
	}
	for _, other := range alsoRead(tag) {
		if localizer := c.inLanguage(other); localizer != nil {
			return localizer
		}
	}
	if _, index, nearness := c.matcher.Match(tag); nearness >= language.High {
		return c.texts[index]
	}
	return c.texts[0]
}

// inLanguage returns the localizer for the language of a tag, in its script, or nil.
func (c *Catalog) inLanguage(tag language.Tag) *Localizer {
	for _, localizer := range c.texts {
		if localizer.tag == tag {
			return localizer
		}
	}
	written := writtenIn(tag)
	nearest, nearness := c.languages[written].nearest(tag)
	if written == writtenIn(c.texts[0].tag) && nearness < language.Exact {
		return c.texts[0]
	}
	return nearest
}

// parseTag reads the tag of a catalogue, which must name a known language in a known script and region.
func parseTag(name string) (language.Tag, error) {
	tag, err := language.Parse(name)
	if err != nil {
		return language.Und, fmt.Errorf("%q is not a BCP 47 language tag: %w", name, err)
	}
	if _, confidence := tag.Base(); confidence < language.Exact {
		return language.Und, fmt.Errorf("%q names no language", name)
	}
	return tag, nil
}
