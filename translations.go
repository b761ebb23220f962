package messenger

import (
	"log/slog"
	"strings"

	"github.com/djmessenger/messenger/i18n"
)

// maxWarned is how many warnings of a language a log line names.
const maxWarned = 10

// logTranslations says once for each language what the catalogue warns of.
func logTranslations(log *slog.Logger, catalog *i18n.Catalog) {
	byLanguage(catalog.Warnings(), func(about ...any) { log.Warn("a catalogue and the source language differ", about...) })
}

// byLanguage calls warn with what a log line says about the warnings of each language. Those of a language follow each other.
func byLanguage(warnings []*i18n.Mistake, warn func(about ...any)) {
	for len(warnings) > 0 {
		language := warnings[0].Language
		var named []string
		count := 0
		for count < len(warnings) && warnings[count].Language == language {
			if w := warnings[count]; count < maxWarned {
				named = append(named, w.Key+": "+w.Problem)
			}
			count++
		}
		warn("language", language, "count", count, "first", strings.Join(named, "; "))
		warnings = warnings[count:]
	}
}
