package cldr

import (
	_ "embed" // the table
	"strings"
	"sync"
)

//go:embed languages.tsv
var names string

type name struct{ own, english string }

var namesOf = sync.OnceValue(func() map[string]name {
	all := map[string]name{}
	for line := range strings.Lines(names) {
		tag, rest, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		own, english, _ := strings.Cut(rest, "\t")
		if ok {
			all[tag] = name{own, english}
		}
	}
	return all
})

// Name returns what a language calls itself, and what it is called in English; empty if the table does not have it. The tag is that
// of a language, with a script or a region where that has a name of its own: "pt-BR", "zh-Hant".
func Name(tag string) (own, english string) {
	n := namesOf()[tag]
	return n.own, n.english
}
