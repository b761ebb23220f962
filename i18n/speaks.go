package i18n

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"
	"golang.org/x/text/width"

	"github.com/djmessenger/messenger/i18n/internal/cldr"
)

// Language is one that a bot speaks.
type Language struct {
	// Tag is that of its catalogue, or of the source language: a BCP 47 tag.
	Tag string
	// Name is what the language calls itself, as at the beginning of a line: "Deutsch", "Français", "繁體中文". Of two regions of a
	// language each has its own name. Of a language that CLDR does not have it is the tag.
	Name string
	// English is its name in English; empty if CLDR has none.
	English string
}

// spokenLanguage is a language with the names that it is found by, folded.
type spokenLanguage struct {
	Language

	names []string // its own, with its region or script if it has one
	base  []string // those of the language without a region and a script
}

// spokenLanguages names the languages of localizers, in the order of their names. One whose catalogue has no text is left out: a person
// who chose it would get another language.
func spokenLanguages(all []*Localizer) []spokenLanguage {
	var texts []*Localizer
	for _, l := range all {
		if l.source || l.translates {
			texts = append(texts, l)
		}
	}
	languages := make([]spokenLanguage, 0, len(texts))
	for _, l := range texts {
		siblings := 0
		for _, other := range texts {
			if other.speaks.in == l.speaks.in {
				siblings++
			}
		}
		named := nameLanguage(l.tag, siblings > 1)
		base, _ := l.tag.Base()
		own, english := cldr.Name(base.String())
		languages = append(languages, spokenLanguage{
			named, foldNames(named.Name, named.English, named.Tag), foldNames(own, english, base.String()),
		})
	}
	slices.SortFunc(languages, func(a, b spokenLanguage) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Tag, b.Tag)) })
	return languages
}

// Languages returns what a bot with this catalogue speaks: the language of each catalogue that translates a text, and the source language,
// in the order of their names by Unicode code point. A nil Catalog has none.
func (c *Catalog) Languages() []Language {
	if c == nil {
		return nil
	}
	languages := make([]Language, 0, len(c.texts))
	for _, known := range c.spoken() {
		languages = append(languages, known.Language)
	}
	return languages
}

// nameLanguage names a language, with its region if several are there.
func nameLanguage(tag language.Tag, several bool) Language {
	in := writtenIn(tag)
	base, script := in.base.String(), in.base.String()+"-"+in.script.String()
	_, _, region := tag.Raw()
	regional := several && region != (language.Region{})
	named := Language{Tag: tag.String()}
	candidates := []string{script, base}
	if several {
		candidates = []string{tag.String(), script, base}
	}
	for i, candidate := range candidates {
		if own, english := cldr.Name(candidate); own != "" {
			named.Name, named.English = titled(own), english
			if english == "" {
				_, named.English = cldr.Name(base)
			}
			if regional && i > 0 {
				named.Name += " (" + region.String() + ")"
			}
			return named
		}
	}
	named.Name = named.Tag
	return named
}

// titled is a name as at the beginning of a line. One with a capital within, such as isiZulu, stays.
func titled(name string) string {
	first, length := utf8.DecodeRuneInString(name)
	if strings.ContainsFunc(name[length:], unicode.IsUpper) && !strings.Contains(name, " ") {
		return name
	}
	return string(unicode.ToTitle(first)) + name[length:]
}

// Speaks returns the tag of the language in which a bot with this catalogue speaks to people who have chosen a
// language, a tag or a locale of the platform, and false if it does not speak that language in its script: a language that people
// read as well is none.
func (c *Catalog) Speaks(locale string) (tag string, ok bool) {
	l := c.speaking(locale)
	if l == nil {
		return "", false
	}
	return l.tag.String(), true
}

// speaking returns the localizer of a language that the bot speaks, or nil.
func (c *Catalog) speaking(locale string) *Localizer {
	if c == nil || locale == "" || len(locale) > maxLocaleSize {
		return nil
	}
	if m := c.matches.get(locale, c.match); m.spoken {
		return m.localizer
	}
	return nil
}

// Choose returns the localizer of a person for whom a language may have been chosen, whose profile has a locale, and whose words
// were taken for those of the detected locales, the most certain first. The first of these serves that is there: the chosen
// language, if the bot speaks it; the locale of the profile, if it names a language; the first detected locale in which the bot
// speaks; and standard, which the page may have. If the profile is of the chosen language, the region of the profile counts for
// numbers and dates. detected is called only if it matters; it may be nil.
func (c *Catalog) Choose(chosen, profile string, detected func() []string, standard string) *Localizer {
	if l := c.speaking(chosen); l != nil {
		if own := c.speaking(profile); own != nil && own.tag == l.tag {
			return own
		}
		return l
	}
	if c.knows(profile) {
		return c.For(profile)
	}
	if detected != nil {
		for _, locale := range detected() {
			if l := c.speaking(spoken(locale)); l != nil {
				return l
			}
		}
	}
	return c.For(standard)
}

// knows reports whether a locale names a language.
func (c *Catalog) knows(locale string) bool {
	switch {
	case locale == "" || len(locale) > maxLocaleSize:
		return false
	case c == nil:
		return strangers.get(locale, stranger) != &untranslated
	}
	return c.matches.get(locale, c.match).known
}

// spoken is a locale that the platform has detected without the region XX, which is none: "en_XX".
func spoken(locale string) string { return strings.TrimSuffix(locale, "_XX") }

// Languages returns what the bot speaks, as [Catalog.Languages] does.
func (l *Localizer) Languages() []Language {
	if l == nil {
		return nil
	}
	return l.catalog.Languages()
}

// FindLanguages returns the languages of the catalogue that a person can mean by what they write: its name in the language itself or in English, the
// translation of the English name in the language of the localizer, which a catalogue may have as of any other text, or its
// tag. Letter case, width and white space do not count. A name that several have, such as that of two regions, means all of
// them; a name of a language without its region or script too.
func (l *Localizer) FindLanguages(written string) []Language {
	if l == nil || l.catalog == nil || len(written) > 4*maxLocaleSize {
		return nil
	}
	said := foldName(written)
	if said == "" {
		return nil
	}
	var exact, near []Language
	for _, known := range l.catalog.spoken() {
		local, translated := l.Lookup(known.English)
		switch {
		case slices.Contains(known.names, said), translated && foldName(local) == said:
			exact = append(exact, known.Language)
		case slices.Contains(known.base, said):
			near = append(near, known.Language)
		}
	}
	switch {
	case len(exact) > 0:
		return exact
	case len(near) > 0:
		return near
	}
	locale := strings.TrimSpace(written)
	if locale == "" || len(locale) > maxLocaleSize {
		return nil
	}
	means := l.catalog.match(locale) // which is not kept: people may write anything, and the locales of profiles need the room
	if !means.spoken {
		return nil
	}
	for _, known := range l.catalog.spoken() { // another region of it, or a locale of the platform
		if known.Tag == means.localizer.tag.String() {
			return []Language{known.Language}
		}
	}
	return nil
}

func foldNames(names ...string) []string {
	for i, name := range names {
		names[i] = foldName(name)
	}
	return names
}

// foldName is what counts of the name of a language.
func foldName(name string) string {
	name = strings.ReplaceAll(width.Fold.String(name), "_", "-")
	return strings.ToLower(strings.Join(strings.Fields(strings.Trim(name, " .!?\"'")), " "))
}
