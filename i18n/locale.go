package i18n

import (
	"fmt"

	"golang.org/x/text/language"
)

// LocaleRange is a set of locales: those of a language, in a script and in a region if
// it names them. Parse one with [ParseLocaleRange]; the zero LocaleRange is empty. It
// may be used from many goroutines at once.
//
//	range      contains                     does not contain
//	de         de_DE, de_AT                 en_US
//	de_AT      de_AT, de-AT                 de_DE
//	zh         zh_CN, zh_SG                 zh_TW, zh_HK: another script
//	zh_TW      zh_TW, zh-Hant-TW            zh_CN, zh_HK
//	zh_Hant    zh_TW, zh_HK                 zh_CN
//	sr         sr_RS                        sr_Latn: another script
type LocaleRange struct {
	name string
	parsedLocale
	anyRegion bool
}

// parsedLocale is what ranges compare. Its zero value is no locale.
type parsedLocale struct {
	base   language.Base
	script language.Script
	region language.Region
	known  bool
}

// ParseLocaleRange reads a range: a BCP 47 tag ("zh-TW"), or a locale in the
// platform's form ("zh_TW", "es_LA"). It returns an error if that names no known
// language, script and region.
func ParseLocaleRange(tag string) (LocaleRange, error) {
	if _, ours := platformLocales[tag]; !ours {
		if _, err := parseTag(tag); err != nil {
			return LocaleRange{}, fmt.Errorf("i18n: %w", err)
		}
	}
	r := LocaleRange{name: tag, parsedLocale: parseLocale(tag)}
	r.anyRegion = !namesRegion(tag)
	return r, nil
}

func namesRegion(tag string) bool {
	parsed, _ := language.All.Parse(meant(tag)) // it was parsed before
	_, _, region := parsed.Raw()
	return region != (language.Region{})
}

// String returns the range as it was given.
func (r LocaleRange) String() string { return r.name }

// Contains reports whether a person's locale, in either form, is of the range. A
// locale that is empty, unknown or malformed is of none.
func (r LocaleRange) Contains(locale string) bool {
	if !r.known || len(locale) > maxLocaleSize {
		return false
	}
	l := locales.get(locale, parseLocale)
	return l.known && l.base == r.base && l.script == r.script && (r.anyRegion || l.region == r.region)
}

// meant returns what a locale of the platform's own making means.
func meant(locale string) string {
	if means, ok := platformLocales[locale]; ok {
		return means
	}
	return locale
}

func parseLocale(locale string) parsedLocale {
	tag, _ := language.All.Parse(meant(locale)) // what of it is known counts
	base, confidence := tag.Base()
	if confidence < language.Exact {
		return parsedLocale{}
	}
	script, _ := tag.Script()
	region, _ := tag.Region()
	return parsedLocale{base: base, script: script, region: region, known: true}
}

// locales keeps people's locales parsed, up to a bound.
var locales byLocale[parsedLocale]
