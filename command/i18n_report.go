package command

import (
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"github.com/urfave/cli/v3"

	"github.com/djmessenger/messenger/i18n"
)

// report is what check says of the catalogues of a bot.
type report struct {
	OK        bool             `json:"ok"`
	Source    string           `json:"source"`
	Texts     int              `json:"texts"`
	Languages []languageReport `json:"languages"`
	// Mistakes are of no language, such as the name of a file.
	Mistakes []entryReport `json:"mistakes,omitempty"`
	// NoText are keys that the source catalogue has no text of.
	NoText  []entryReport `json:"no_text"`
	Unknown []unknownText `json:"unknown"`
}

// languageReport is what check says of one language.
type languageReport struct {
	Language   string        `json:"language"`
	File       string        `json:"file"`
	Texts      int           `json:"texts"`
	Translated int           `json:"translated"`
	Percent    int           `json:"percent"` // rounded down
	Mistakes   []entryReport `json:"mistakes"`
	TooLong    []entryReport `json:"too_long"`
	Missing    []entryReport `json:"missing"`
	Unused     []entryReport `json:"unused"`
	Same       []entryReport `json:"same"`
}

// entryReport is one entry of a catalogue, or one that it lacks.
type entryReport struct {
	File    string `json:"file,omitempty"`
	Line    int    `json:"line,omitempty"`
	Column  int    `json:"column,omitempty"`
	ID      string `json:"id,omitempty"`
	Problem string `json:"problem,omitempty"`
	// Used is where the program has it.
	Used string `json:"used,omitempty"`
}

func entryOf(m *i18n.Mistake) entryReport {
	return entryReport{File: m.File, Line: m.Line, Column: m.Column, ID: m.Key, Problem: m.Problem}
}

// mistake returns an entry as a mistake, to say it in the same words.
func (e entryReport) mistake() *i18n.Mistake {
	return &i18n.Mistake{File: e.File, Line: e.Line, Column: e.Column, Key: e.ID, Problem: e.Problem}
}

// readCatalogs reads the catalogues of the flags. Those that cannot be read are left out, and their mistakes returned.
func readCatalogs(cmd *cli.Command) (*catalogs, []entryReport, error) {
	quiet := Config{Err: discard{}}
	c, err := openCatalogs(quiet, cmd)
	if c == nil {
		return nil, nil, err
	}
	if err == nil && len(c.files) == 0 {
		return nil, nil, fmt.Errorf("%s has no catalogue; write one with: messenger i18n extract --catalogs %s", c.dir, c.dir)
	}
	var mistakes []entryReport
	for _, one := range mistakesIn(c.err) { // none, if there is none
		bad := entryReport{Problem: one.Error()}
		if m, ok := errors.AsType[*i18n.Mistake](one); ok {
			bad = entryOf(m)
			bad.File = path.Join(filepath.ToSlash(c.dir), m.File)
		}
		mistakes = append(mistakes, bad)
		c.files = slices.DeleteFunc(c.files, func(f i18n.File) bool { return f.Name == bad.File })
	}
	return c, mistakes, nil
}

// newReport compares catalogues with the texts of a program. used says that these are known.
func newReport(c *catalogs, all *found, mistakes []entryReport, used bool) *report {
	r := &report{Source: c.source, Languages: []languageReport{}, Mistakes: mistakes, NoText: []entryReport{}, Unknown: []unknownText{}}
	r.Unknown = append(r.Unknown, all.unknown...)
	files, source := withTexts(c, all)
	r.Texts = len(source.Messages)
	uses := map[string]text{}
	for _, t := range all.texts {
		uses[t.ID] = t
		if t.Key && !t.Optional && !slices.ContainsFunc(source.Messages, func(m i18n.Message) bool { return m.Key == t.ID }) {
			r.NoText = append(r.NoText, entryReport{ID: t.ID, Used: t.where(), Problem: "is a key that has no text in the source catalogue"})
		}
	}
	catalog, wrong := build(files, c.options())
	long := catalog.LongTexts(refsOf(all))
	for _, f := range c.files {
		if slices.ContainsFunc(wrong, func(m *i18n.Mistake) bool { return m.File == f.Name && m.Key == "" }) {
			continue // it is no catalogue at all
		}
		l := languageReport{
			Language: f.Language, File: f.Name, Texts: r.Texts,
			Mistakes: []entryReport{}, TooLong: []entryReport{}, Missing: []entryReport{}, Unused: []entryReport{}, Same: []entryReport{},
		}
		for _, m := range wrong {
			if m.Language == f.Language {
				l.Mistakes = append(l.Mistakes, entryOf(m))
			}
		}
		isSource := sameLanguage(f.Language, c.source)
		l.missing(catalog, uses)
		l.tooLong(long)
		l.entries(f, source, r.usedBy(uses, used, source), isSource)
		l.Translated = max(0, l.Texts-len(l.Missing)-l.wrong())
		l.Percent = 100
		if l.Texts > 0 {
			l.Percent = 100 * l.Translated / l.Texts
		}
		r.Languages = append(r.Languages, l)
	}
	for _, m := range wrong {
		if m.Language == "" || m.Key == "" {
			r.Mistakes = append(r.Mistakes, entryOf(m))
		}
	}
	return r
}

// withTexts returns the files, with the texts of the program among those of the source language, which it returns too.
func withTexts(c *catalogs, all *found) ([]i18n.File, i18n.File) {
	files := slices.Clone(c.files)
	at := slices.IndexFunc(files, func(f i18n.File) bool { return sameLanguage(f.Language, c.source) })
	if at < 0 {
		at = len(files)
		files = append(files, i18n.File{Language: c.source})
	}
	source := &files[at]
	source.Messages = slices.Clone(source.Messages)
	has := map[string]bool{}
	for _, m := range source.Messages {
		has[m.Key] = true
	}
	for _, t := range all.texts {
		if !t.Key && !t.Optional && !has[t.ID] {
			source.Messages = append(source.Messages, i18n.Message{Key: t.ID, Text: i18n.Text{Words: t.ID}})
		}
	}
	return files, *source
}

// build builds the catalogue without the entries that are wrong, which it returns. Without these it is nil only if a whole
// file is wrong.
func build(files []i18n.File, options []i18n.Option) (*i18n.Catalog, []*i18n.Mistake) {
	var wrong []*i18n.Mistake
	for range 3 { // what is left out of the source may make others wrong
		catalog, err := i18n.Build(files, options...)
		if err == nil {
			return catalog, wrong
		}
		for _, one := range mistakesIn(err) {
			m, ok := errors.AsType[*i18n.Mistake](one)
			if !ok {
				m = &i18n.Mistake{Problem: one.Error()}
			}
			wrong = append(wrong, m)
			for i, f := range files {
				if f.Name == m.File || f.Language == m.Language {
					files[i].Messages = slices.DeleteFunc(slices.Clone(f.Messages), func(e i18n.Message) bool { return e.Key == m.Key })
				}
			}
			if m.Key == "" {
				files = slices.DeleteFunc(files, func(f i18n.File) bool { return f.Name == m.File && m.File != "" })
			}
		}
	}
	return nil, wrong
}

// wrong returns how many entries have mistakes.
func (l *languageReport) wrong() int {
	ids := map[string]bool{}
	for _, e := range l.Mistakes {
		ids[e.ID] = true
	}
	return len(ids)
}

// missing lists what a language does not translate.
func (l *languageReport) missing(catalog *i18n.Catalog, uses map[string]text) {
	for _, w := range catalog.Warnings() {
		wrong := slices.ContainsFunc(l.Mistakes, func(e entryReport) bool { return e.ID == w.Key })
		if w.Language == l.Language && w.Line == 0 && !wrong {
			l.Missing = append(l.Missing, entryReport{File: l.File, ID: w.Key, Problem: "is missing", Used: uses[w.Key].where()})
		}
	}
}

// entries looks at what a language has: what nothing uses, and what is the same as in the source language.
func (l *languageReport) entries(f, source i18n.File, used func(id string) bool, isSource bool) {
	sources := map[string]string{}
	for _, m := range source.Messages {
		sources[m.Key] = m.Text.Words
	}
	for _, m := range f.Messages {
		at := entryReport{File: f.Name, Line: m.Line, Column: m.Column, ID: m.Key}
		original, known := sources[m.Key]
		if !used(m.Key) {
			at.Problem = "nothing uses it"
			l.Unused = append(l.Unused, at)
			continue
		}
		if !known {
			original = m.Key
		}
		if !isSource && base(f.Language) != base(source.Language) && m.Text.Words == original && hasWords(original) {
			at.Problem = "is the same as in the source language; is it translated?"
			l.Same = append(l.Same, at)
		}
	}
}

// usedBy returns whether the program says a message id, as far as it is known: one may also be put together at run time.
// Without the program's code the source catalogue says it of keys.
func (r *report) usedBy(uses map[string]text, known bool, source i18n.File) func(id string) bool {
	return func(id string) bool {
		if !known {
			return !isKey(id) || slices.ContainsFunc(source.Messages, func(m i18n.Message) bool { return m.Key == id })
		}
		_, used := uses[id]
		return used || slices.ContainsFunc(r.Unknown, func(u unknownText) bool { return u.Prefix != "" && strings.HasPrefix(id, u.Prefix) })
	}
}

// base returns the language of a tag without its region.
func base(tag string) string {
	name, _, _ := strings.Cut(strings.ReplaceAll(tag, "_", "-"), "-")
	return strings.ToLower(name)
}

// hasWords reports whether a text has letters besides its placeholders.
func hasWords(text string) bool {
	return strings.ContainsFunc(withoutPlaceholders(text), unicode.IsLetter)
}

// ok reports whether nothing is wrong.
func (r *report) ok(strict bool) bool {
	fine := len(r.Mistakes) == 0
	for _, l := range r.Languages {
		fine = fine && len(l.Mistakes)+len(l.TooLong) == 0 && (!strict || len(l.Missing)+len(l.Unused) == 0)
	}
	return fine && (!strict || len(r.NoText) == 0)
}

// discard is a writer to nowhere.
type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }
