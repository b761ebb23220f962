package i18n

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"

	"golang.org/x/text/language"
)

const (
	cachedLocales = 1024 // the platform has some 120; what comes from outside must not fill the memory
	maxLocaleSize = 64   // bytes; no locale comes near it
)

// platformLocales are locales of the platform's own making, and what they mean. Its others that are no language, such as
// en_UD (upside down) and qz_MM (Burmese in an encoding of its own), are served as the language their name begins with,
// if that is one.
var platformLocales = map[string]string{
	"cb_IQ": "ckb-IQ",
	"ck_US": "chr-US",
	"cx_PH": "ceb-PH",
	"es_LA": "es-419",
	"sz_PL": "szl-PL",
	"tz_MA": "tzm-MA",
}

// For returns the localizer for a person's locale, in the platform's form ("zh_TW") or as a BCP 47 tag. It is never nil.
//
// A catalogue serves if CLDR ranks its language as near: pt_PT gets pt-BR, zh_HK gets zh-TW, but zh_CN does not, and
// a French locale never gets German. A locale in the language of the message ids gets the ids, unless there is a
// catalogue for just that locale. A locale that is empty, unknown or malformed is served like the language of the ids.
//
// What was found is kept, up to 1024 locales, so that a call costs a lookup.
func (c *Catalog) For(locale string) *Localizer {
	if c == nil {
		return &untranslated
	}
	if len(locale) > maxLocaleSize {
		return c.texts[0]
	}
	if localizer := c.matches.get(locale); localizer != nil {
		return localizer
	}
	localizer := c.match(locale)
	c.matches.put(strings.Clone(locale), localizer)
	return localizer
}

func (c *Catalog) match(locale string) *Localizer {
	if meant, ok := platformLocales[locale]; ok {
		locale = meant
	}
	tag, err := language.Parse(locale)
	var unknownSubtag language.ValueError
	if err != nil && !errors.As(err, &unknownSubtag) {
		return c.texts[0]
	}
	base, confidence := tag.Base()
	if confidence < language.Exact {
		return c.texts[0] // a region says nothing certain about a person's language
	}
	for _, localizer := range c.texts {
		if localizer.tag == tag {
			return localizer
		}
	}
	_, index, nearness := c.matcher.Match(tag)
	sourceBase, _ := c.texts[0].tag.Base()
	switch {
	case nearness < language.High:
		return c.texts[0]
	case base == sourceBase && nearness < language.Exact && c.readsSource(tag):
		return c.texts[0]
	}
	return c.texts[index]
}

// readsSource reports whether the message ids themselves are near enough to a language.
func (c *Catalog) readsSource(tag language.Tag) bool {
	_, _, nearness := c.sourceMatcher.Match(tag)
	return nearness >= language.High
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

// cache keeps the first localizers that were asked for. It only grows, to its bound.
type cache struct {
	found sync.Map // string to *Localizer
	size  atomic.Int64
}

func (c *cache) get(locale string) *Localizer {
	found, _ := c.found.Load(locale)
	localizer, _ := found.(*Localizer) // nil if nothing was found
	return localizer
}

func (c *cache) put(locale string, localizer *Localizer) {
	if c.size.Add(1) > cachedLocales {
		c.size.Add(-1)
		return
	}
	if _, stored := c.found.LoadOrStore(locale, localizer); stored {
		c.size.Add(-1)
	}
}
