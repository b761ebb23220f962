package command

import (
	"fmt"
	"strconv"
	"text/tabwriter"
)

// shownMissing is how many missing texts of a language are listed; --json has all.
const shownMissing = 20

// print writes a report for a reader: what is wrong to the standard error, and the table to the standard output.
func (r *report) print(config Config) error {
	for _, e := range r.Mistakes {
		say(config.Err, "%v\n", e.mistake())
	}
	for _, u := range r.Unknown {
		say(config.Err, "%s: warning: %s; it is not checked\n", u.place, u.Why)
	}
	for _, e := range r.NoText {
		say(config.Err, "%s: warning: %q %s\n", e.Used, e.ID, e.Problem)
	}
	for _, l := range r.Languages {
		l.list(config)
	}
	table := tabwriter.NewWriter(config.Out, 0, 0, 2, ' ', tabwriter.AlignRight)
	say(table, "language\tdone\ttexts\tmissing\tmistakes\ttoo long\tnot used\tsame\t\n")
	for _, l := range r.Languages {
		say(table, "%s\t%d%%\t%d/%d\t%d\t%d\t%d\t%d\t%d\t\n", l.Language, l.Percent, l.Translated, l.Texts,
			len(l.Missing), len(l.Mistakes), len(l.TooLong), len(l.Unused), len(l.Same))
	}
	return table.Flush()
}

// list prints what a translator has to do in a language.
func (l *languageReport) list(config Config) {
	for _, e := range append(append([]entryReport{}, l.Mistakes...), l.TooLong...) {
		say(config.Err, "%v\n", e.mistake())
	}
	for i, e := range l.Missing {
		if i == shownMissing {
			say(config.Err, "%s: warning: %s more are missing; messenger i18n merge --language %s adds entries for all\n", l.File, strconv.Itoa(len(l.Missing)-i), l.Language)
			break
		}
		used := ""
		if e.Used != "" {
			used = fmt.Sprintf(" (%s)", e.Used)
		}
		say(config.Err, "%s: warning: %q is missing%s\n", l.File, e.ID, used)
	}
	for _, e := range append(append([]entryReport{}, l.Unused...), l.Same...) {
		m := e.mistake()
		m.Problem = "warning: " + m.Problem
		say(config.Err, "%v\n", m)
	}
}
