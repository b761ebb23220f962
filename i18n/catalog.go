package i18n

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"golang.org/x/text/language"
)

// DefaultSource is the language of the message ids if no [Source] is given: English.
const DefaultSource = "en"

// Catalog holds the translations of a bot's texts. It is immutable and may be used from many goroutines at once. A nil
// Catalog is valid and translates nothing.
type Catalog struct {
	locales   []string
	matches   byLocale[*Localizer]
	languages map[written]*regions
	matcher   language.Matcher
	texts     []*Localizer // in the order that matcher knows; the language of the ids is the first
}

// Option changes how a [Catalog] is built.
type Option func(*settings)

type settings struct {
	source string
}

// Source names the language that the message ids are written in, as a BCP 47 tag. Default: [DefaultSource].
func Source(tag string) Option {
	return func(s *settings) { s.source = tag }
}

// New returns the catalogue of messages, which maps BCP 47 tags ("zh-TW" or "zh_TW") to translations by message id. The
// maps are copied. Every mistake is reported, with its tag and message id, in one error made by errors.Join: a tag that is
// unknown or comes twice, a translation that is empty, and one with a placeholder that its id does not have.
//
// A catalogue for the language of the ids is allowed; use it to show other texts than the ids.
func New(messages map[string]map[string]string, opts ...Option) (*Catalog, error) {
	chosen := settings{source: DefaultSource}
	for _, opt := range opts {
		opt(&chosen)
	}
	var mistakes []error
	source, err := parseTag(chosen.source)
	if err != nil {
		mistakes = append(mistakes, fmt.Errorf("i18n: source language: %w", err))
	}
	byTag := make(map[language.Tag]map[string]string, len(messages))
	names := make(map[language.Tag]string, len(messages))
	for _, name := range slices.Sorted(maps.Keys(messages)) {
		tag, err := parseTag(name)
		switch {
		case err != nil:
			mistakes = append(mistakes, fmt.Errorf("i18n: %w", err))
			continue
		case byTag[tag] != nil:
			mistakes = append(mistakes, fmt.Errorf("i18n: %q and %q are the same language", names[tag], name))
			continue
		}
		for _, err := range checkMessages(messages[name]) {
			mistakes = append(mistakes, fmt.Errorf("i18n: %s: %w", name, err))
		}
		names[tag] = name
		byTag[tag] = make(map[string]string, len(messages[name]))
		maps.Copy(byTag[tag], messages[name])
	}
	if len(mistakes) > 0 {
		return nil, errors.Join(mistakes...)
	}
	return build(source, byTag), nil
}

// build makes a localizer for every catalogue. The language of the ids comes first: a matcher's default is its first tag.
func build(source language.Tag, byTag map[language.Tag]map[string]string) *Catalog {
	tags := slices.SortedFunc(maps.Keys(byTag), func(a, b language.Tag) int {
		switch {
		case a == source:
			return -1
		case b == source:
			return 1
		case a.String() < b.String():
			return -1
		}
		return 1
	})
	c := &Catalog{}
	for _, tag := range tags {
		c.locales = append(c.locales, tag.String())
	}
	slices.Sort(c.locales)
	if byTag[source] == nil {
		tags = slices.Insert(tags, 0, source)
	}
	for i, tag := range tags {
		localizer := &Localizer{tag: tag, messages: chain(tag, byTag)}
		if i == 0 && byTag[source] == nil {
			localizer.messages = nil // the ids are the text, whatever the parents of their language hold
		}
		c.texts = append(c.texts, localizer)
	}
	c.languages = byLanguage(c.texts)
	c.matcher = language.NewMatcher(tags)
	return c
}

// chain returns the catalogue of a tag followed by those of its parents: what pt-BR does not translate, pt may.
func chain(tag language.Tag, byTag map[language.Tag]map[string]string) []map[string]string {
	var messages []map[string]string
	for ; tag != language.Und; tag = tag.Parent() {
		if found := byTag[tag]; found != nil {
			messages = append(messages, found)
		}
	}
	return messages
}

// Locales returns the BCP 47 tags of the catalogues, sorted.
func (c *Catalog) Locales() []string {
	if c == nil {
		return nil
	}
	return slices.Clone(c.locales)
}
