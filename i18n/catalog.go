package i18n

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"golang.org/x/text/language"
)

// DefaultSource is the language of the message ids if no [Source] is given: English.
const DefaultSource = "en"

// Catalog holds the translations of a bot's texts. It is immutable and may be used from many goroutines at once. A nil
// Catalog is valid and translates nothing.
type Catalog struct {
	locales   []string
	files     []File
	source    int             // index of the file of the source language; -1 if there is none
	ids       map[string]bool // of all files
	warnings  []*Mistake
	problems  problems
	matches   byLocale[matched]
	languages map[written]*regions
	matcher   language.Matcher
	texts     []*Localizer // in the order that matcher knows; the source language is the first
	spoken    func() []spokenLanguage
}

// Option changes how a [Catalog] is built.
type Option func(*settings)

type settings struct {
	source  string
	formats []format
}

// Source names the language that the bot's texts are written in, as a BCP 47 tag: that of the message ids which are texts,
// and of the catalogue that has the texts of those which are keys. The other catalogues are checked against it. Default:
// [DefaultSource].
func Source(tag string) Option {
	return func(s *settings) { s.source = tag }
}

// New returns the catalogue of messages, which maps BCP 47 tags ("zh-TW" or "zh_TW") to translations by message id. The
// maps are copied. It reports mistakes as [Build] does; use that one for texts with choices.
func New(messages map[string]map[string]string, opts ...Option) (*Catalog, error) {
	var files []File
	for _, tag := range slices.Sorted(maps.Keys(messages)) {
		f := File{Language: tag}
		for _, id := range slices.Sorted(maps.Keys(messages[tag])) {
			f.Messages = append(f.Messages, Message{Key: id, Text: Text{Words: messages[tag][id]}})
		}
		files = append(files, f)
	}
	return Build(files, opts...)
}

// Build returns the catalogue of several files, one for each language. Every mistake is reported, with its place and
// message id, in one error made by errors.Join; each is a [*Mistake]. Mistakes are a tag that is unknown or comes twice, a
// message id that is empty or comes twice, a translation that is empty, damaged, or has a placeholder that is not closed,
// and what does not agree with the source text: a placeholder that one of them lacks, a plural form that the language does
// not have or that is missing, a case that the source text does not have.
//
// The source text of a message id is that of the catalogue of the source language (see [Source]), or the id itself. What a
// language does not translate is no mistake; [Catalog.Warnings] lists it.
func Build(files []File, opts ...Option) (*Catalog, error) {
	chosen := settingsOf(opts)
	source, err := parseTag(chosen.source)
	var mistakes []error
	if err != nil {
		mistakes = append(mistakes, fmt.Errorf("i18n: source language: %w", err))
	}
	byTag := make(map[language.Tag]File, len(files))
	var tags []language.Tag
	for _, file := range files {
		tag, err := parseTag(file.Language)
		first, twice := byTag[tag]
		switch {
		case err != nil && file.Name != "":
			mistakes = append(mistakes, &Mistake{File: file.Name, Problem: "the name of the file is not that of a language, as in de.json or pt-BR.json: " + err.Error()})
		case err != nil:
			mistakes = append(mistakes, fmt.Errorf("i18n: %w", err))
		case twice:
			mistakes = append(mistakes, fmt.Errorf("i18n: %s and %s are the same language", nameOf(first), nameOf(file)))
		default:
			byTag[tag] = file
			tags = append(tags, tag)
		}
	}
	sourceTexts := map[string]Text{}
	for _, m := range byTag[source].Messages {
		if m.Key != "" {
			sourceTexts[m.Key] = m.Text
		}
	}
	hasSource := len(sourceTexts) > 0
	given := givenSources(byTag, tags, sourceTexts)
	maps.Copy(sourceTexts, given)
	for _, tag := range tags {
		c := checker{source: sourceTexts, hasSource: hasSource, file: byTag[tag], rules: rulesFor(byTag[tag], tag)}
		for _, bad := range c.messages(tag == source) {
			mistakes = append(mistakes, bad)
		}
	}
	if len(mistakes) > 0 {
		return nil, errors.Join(mistakes...)
	}
	return build(source, byTag, given), nil
}

// givenSources returns the source texts that the files of other languages give, of the ids that the source does not have.
func givenSources(byTag map[language.Tag]File, tags []language.Tag, known map[string]Text) map[string]Text {
	given := map[string]Text{}
	for _, tag := range tags {
		for _, m := range byTag[tag].Messages {
			_, has := known[m.Key]
			if _, twice := given[m.Key]; !has && !twice && !m.Source.isZero() {
				given[m.Key] = m.Source
			}
		}
	}
	return given
}

func settingsOf(opts []Option) settings {
	chosen := settings{source: DefaultSource, formats: []format{{extensions: []string{".json"}, read: ReadJSON}}}
	for _, opt := range opts {
		opt(&chosen)
	}
	return chosen
}

func nameOf(file File) string {
	if file.Name != "" {
		return file.Name
	}
	return shown(file.Language)
}

// messages checks all entries of a file.
func (c *checker) messages(isSource bool) []*Mistake {
	first := map[string]int{}
	for _, m := range c.file.Messages {
		if line, twice := first[m.Key]; twice {
			c.fail(m.Line, m.Column, m.Key, "comes twice; the first one is in line %d", line)
			continue
		}
		first[m.Key] = m.Line
		c.message(m, isSource)
	}
	return c.mistakes
}

// build makes a localizer for every catalogue. The source language comes first: a matcher's default is its first tag.
func build(source language.Tag, byTag map[language.Tag]File, given map[string]Text) *Catalog {
	tags := slices.SortedFunc(maps.Keys(byTag), func(a, b language.Tag) int {
		switch {
		case a == b:
			return 0
		case a == source:
			return -1
		case b == source:
			return 1
		}
		return strings.Compare(a.String(), b.String())
	})
	c := &Catalog{ids: map[string]bool{}, source: -1}
	texts := make(map[language.Tag]map[string]*compiled, len(tags))
	for _, tag := range tags {
		if tag == source {
			c.source = len(c.files)
		}
		c.locales = append(c.locales, tag.String())
		c.files = append(c.files, byTag[tag])
		tongue, rules := tongueOf(tag), rulesFor(byTag[tag], tag)
		texts[tag] = make(map[string]*compiled, len(byTag[tag].Messages))
		for _, m := range byTag[tag].Messages {
			texts[tag][m.Key] = tongue.compile(m.Text, rules)
			c.ids[m.Key] = true
		}
	}
	slices.Sort(c.locales)
	if texts[source] == nil {
		tags = slices.Insert(tags, 0, source)
	}
	sources := make(map[string]*compiled, len(given))
	for key, text := range given {
		sources[key] = tongueOf(source).compile(text, rulesFor(File{}, source))
	}
	for i, tag := range tags {
		l := &Localizer{tag: tag, catalog: c, source: i == 0, translates: len(texts[tag]) > 0, speaks: tongueOf(tag)}
		if i > 0 || texts[source] != nil { // else the ids are the text, whatever the parents of their language hold
			l.messages, l.own = chain(tag, source, tags, texts)
		}
		if len(given) > 0 { // they are in the language of the source
			l.messages = append(l.messages, sources)
		}
		c.texts = append(c.texts, l)
	}
	c.languages = byLanguage(c.texts)
	c.spoken = sync.OnceValue(func() []spokenLanguage { return spokenLanguages(c.texts) })
	c.matcher = language.NewMatcher(tags)
	c.warnings = c.findMissing(byTag[source])
	return c
}

// chain returns where the texts of a language are looked for, and how many of that are in the language itself: its own
// catalogue, those of its parents (what pt-BR does not translate, pt may), those of other regions, then those of languages
// that its people read as well, and the one of the source.
func chain(tag, source language.Tag, tags []language.Tag, texts map[language.Tag]map[string]*compiled) (found []map[string]*compiled, own int) {
	seen := map[language.Tag]bool{}
	add := func(tag language.Tag) {
		if messages := texts[tag]; messages != nil && !seen[tag] {
			seen[tag] = true
			found = append(found, messages)
		}
	}
	for parent := tag; parent != language.Und; parent = parent.Parent() {
		add(parent)
	}
	if writtenIn(tag) != writtenIn(source) {
		for _, other := range tags {
			if writtenIn(other) == writtenIn(tag) {
				add(other)
			}
		}
		own = len(found)
		for _, near := range alsoRead(tag) {
			for _, other := range tags {
				if writtenIn(other) == writtenIn(near) {
					add(other)
				}
			}
		}
	} else {
		own = len(found)
	}
	add(source)
	return found, own
}

// findMissing lists what languages do not translate, and what the source language does not have.
func (c *Catalog) findMissing(source File) []*Mistake {
	files := c.files
	hasSource := len(source.Messages) > 0
	if hasSource {
		files = []File{source}
	}
	var known []string
	seen := map[string]bool{}
	for _, file := range files {
		for _, m := range file.Messages {
			if !seen[m.Key] {
				seen[m.Key] = true
				known = append(known, m.Key)
			}
		}
	}
	var warnings []*Mistake
	for _, l := range c.texts {
		file := c.fileOf(l.tag)
		if l.source || file == nil {
			continue
		}
		for _, m := range file.Messages {
			if hasSource && !seen[m.Key] && isKey(m.Key) {
				warnings = append(warnings, &Mistake{File: file.Name, Line: m.Line, Column: m.Column, Language: file.Language, Key: m.Key,
					Problem: "the source language does not have this message id"})
			}
		}
		if writtenIn(l.tag) == writtenIn(c.texts[0].tag) {
			continue // it differs from the source where it says so
		}
		for _, id := range known {
			if !slices.ContainsFunc(l.messages[:l.own], func(in map[string]*compiled) bool { return in[id] != nil }) {
				warnings = append(warnings, &Mistake{File: file.Name, Language: file.Language, Key: id, Problem: "is not translated"})
			}
		}
	}
	return warnings
}

func (c *Catalog) fileOf(tag language.Tag) *File {
	for i, file := range c.files {
		if found, err := parseTag(file.Language); err == nil && found == tag {
			return &c.files[i]
		}
	}
	return nil
}

// Locales returns the BCP 47 tags of the catalogues, sorted.
func (c *Catalog) Locales() []string {
	if c == nil {
		return nil
	}
	return slices.Clone(c.locales)
}

// Warnings returns what a bot can run with, but a translator should know: message ids that a language does not translate,
// and those that only a translation has. A person gets such a text in the language nearest to theirs that has it, and at
// last as it is in the source language.
func (c *Catalog) Warnings() []*Mistake {
	if c == nil {
		return nil
	}
	return slices.Clone(c.warnings)
}
