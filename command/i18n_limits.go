package command

import (
	"strings"

	"github.com/djmessenger/messenger/i18n"
)

// refsOf returns where the platform limits the texts of a program.
func refsOf(all *found) []i18n.TextRef {
	var refs []i18n.TextRef
	for _, t := range all.texts {
		add := func(what string, limit int) {
			if at := t.where(); at != "" {
				what += " in " + at
			}
			refs = append(refs, i18n.TextRef{Key: t.ID, Place: what, Limit: limit})
		}
		for _, field := range t.fields {
			if limit := all.limits[field]; limit > 0 {
				add(strings.TrimPrefix(field, "github.com/djmessenger/messenger/"), limit)
			}
		}
		if t.limit > 0 {
			add("a text", t.limit)
		}
	}
	return refs
}

// tooLong lists the texts of a language that are longer than the platform takes, without the values of placeholders.
func (l *languageReport) tooLong(long []*i18n.TooLongError) {
	for _, t := range long {
		if t.Language == l.Language {
			l.TooLong = append(l.TooLong, entryOf(&t.Mistake))
		}
	}
}

func withoutPlaceholders(text string) string {
	var out strings.Builder
	for {
		before, rest, ok := strings.Cut(text, "%{")
		out.WriteString(before)
		if !ok {
			return out.String()
		}
		_, text, _ = strings.Cut(rest, "}")
	}
}
