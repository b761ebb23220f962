package i18n

import (
	"cmp"
	"slices"
	"sync"
	"sync/atomic"
)

// Problem is something that went wrong when a text was said. The person got the best text that there was.
type Problem struct {
	Kind     ProblemKind
	Language string // the BCP 47 tag of the language that the text should have been in
	Key      string // the message id; empty for a text that may be what a person wrote: see [Localizer.Naming]
	Name     string // of the placeholder
}

// ProblemKind is the kind of a [Problem].
type ProblemKind string

const (
	// NotTranslated is a message id that the language of the person does not translate.
	NotTranslated ProblemKind = "not translated"
	// NoValue is a placeholder that had no value, and no default.
	NoValue ProblemKind = "no value"
	// TooLong is a text that was shortened, since it was longer than there is room for. See [Localizer.Within].
	TooLong ProblemKind = "too long"
)

// ProblemCount is how often a [Problem] was met.
type ProblemCount struct {
	Problem
	Count int64
}

// maxProblems is how many different problems a catalogue remembers.
const maxProblems = 4096

// problems counts what goes wrong.
type problems struct {
	counts sync.Map // of Problem to *atomic.Int64
	size   atomic.Int64
}

// note counts a problem, and reports whether it is the first of its kind. Beyond the bound problems are not told apart.
func (p *problems) note(what Problem) (first bool) {
	if p.size.Load() >= maxProblems {
		if count, known := p.counts.Load(what); known {
			what.add(count)
			return false
		}
		what.Key, what.Name = "", ""
	}
	count, known := p.counts.LoadOrStore(what, new(atomic.Int64))
	if !known {
		p.size.Add(1)
	}
	what.add(count)
	return !known
}

func (Problem) add(count any) {
	if n, ok := count.(*atomic.Int64); ok {
		n.Add(1)
	}
}

// Problems returns what went wrong with the texts of a catalogue since it was made, and how often.
func (c *Catalog) Problems() []ProblemCount {
	if c == nil {
		return nil
	}
	var all []ProblemCount
	c.problems.counts.Range(func(key, count any) bool {
		what, _ := key.(Problem) // nothing else is kept
		if n, ok := count.(*atomic.Int64); ok {
			all = append(all, ProblemCount{what, n.Load()})
		}
		return true
	})
	slices.SortFunc(all, func(a, b ProblemCount) int {
		return cmp.Or(cmp.Compare(a.Language, b.Language), cmp.Compare(a.Key, b.Key), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name))
	})
	return all
}

// note counts a problem of this person's texts, and reports it if it is new. Without a catalogue nothing is counted.
func (l *Localizer) note(what Problem) {
	if l == nil {
		return
	}
	if l.catalog != nil {
		what.Language = l.tag.String()
		if !l.catalog.problems.note(what) {
			return
		}
	}
	if l.report != nil {
		l.report(what)
	}
}

// name returns a message id if a problem may name it: what is in no catalogue may be what a person wrote.
func (l *Localizer) name(id string) string {
	switch {
	case isKey(id), l != nil && l.catalog != nil && l.catalog.ids[id], l != nil && l.named != nil && l.named(id):
		return id
	}
	return ""
}
