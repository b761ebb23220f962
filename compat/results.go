package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
)

// results are those of all software.
type results struct {
	clients []*clientResult
	bots    []*botResult
}

func newResults() *results {
	return &results{clients: make([]*clientResult, len(clients)), bots: make([]*botResult, len(bots))}
}

// The tables stand between these lines of docs/compatibility.md.
const (
	tablesBegin = "<!-- The tables: make compat writes them. -->\n"
	tablesEnd   = "<!-- The end of the tables. -->\n"
)

// settle compares the tables with those of the page, or writes them.
func (r *results) settle(page string, update bool) error {
	data, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	before, rest, ok := strings.Cut(string(data), tablesBegin)
	old, after, ends := strings.Cut(rest, tablesEnd)
	if !ok || !ends {
		return fmt.Errorf("%s has no lines between which the tables stand", page)
	}
	got := "\n" + r.tables() + "\n"
	switch {
	case got == old:
		return nil
	case update:
		return os.WriteFile(page, []byte(before+tablesBegin+got+tablesEnd+after), 0o600) //nolint:gosec // the page keeps its mode
	}
	return fmt.Errorf("the results are not those of docs/compatibility.md; make compat-update writes it anew, if that is right:\n%s", difference(old, got))
}

// difference is what only one of two texts has, line by line.
func difference(old, now string) string {
	was, is := strings.Split(old, "\n"), strings.Split(now, "\n")
	var out []string
	for _, line := range was {
		if !slices.Contains(is, line) {
			out = append(out, "- "+line)
		}
	}
	for _, line := range is {
		if !slices.Contains(was, line) {
			out = append(out, "+ "+line)
		}
	}
	return strings.Join(out, "\n")
}

// tables is all of it in Markdown.
func (r *results) tables() string {
	var t tables
	r.summaryOfClients(&t)
	r.summaryOfBots(&t)
	r.callTable(&t)
	r.faultTable(&t)
	r.kindTable(&t)
	r.warningList(&t)
	return strings.TrimSpace(t.String()) + "\n"
}

// tables is Markdown that grows.
type tables struct{ strings.Builder }

func (t *tables) heading(text string) { fmt.Fprintf(t, "### %s\n\n", text) }

func (t *tables) row(cells ...string) { fmt.Fprintf(t, "| %s |\n", strings.Join(cells, " | ")) }

func (t *tables) head(cells ...string) {
	t.row(cells...)
	t.row(slices.Repeat([]string{"---"}, len(cells))...)
}

func (t *tables) end() { t.WriteByte('\n') }

func (r *results) summaryOfClients(t *tables) {
	t.heading("Clients")
	head := []string{"Client", "Version", "Calls by", "node.cjs", "HTTPS_PROXY"}
	for _, g := range groups {
		head = append(head, g.title)
	}
	t.head(head...)
	for i, c := range clients {
		got := r.clients[i]
		if got == nil {
			continue
		}
		row := []string{c.name, got.version, c.library, got.preload, got.proxy}
		for _, g := range groups {
			row = append(row, got.share(g.name))
		}
		t.row(row...)
	}
	t.end()
}

// share is how many calls of a group work, of those that the client has.
func (r *clientResult) share(group string) string {
	good, all := 0, 0
	for _, c := range calls {
		value := r.calls[c.name].value
		if c.group != group || value == without {
			continue
		}
		all++
		if value == works {
			good++
		}
	}
	if all == 0 {
		return without
	}
	return fmt.Sprintf("%d/%d", good, all)
}

func (r *results) summaryOfBots(t *tables) {
	t.heading("Bots")
	head := []string{"", "Version", "Calls by"}
	for _, c := range checks {
		head = append(head, c.name)
	}
	head = append(head, "kinds of callbacks received")
	t.head(head...)
	for i, b := range bots {
		got := r.bots[i]
		if got == nil {
			continue
		}
		row := []string{b.name, got.version, b.library}
		for _, c := range checks {
			row = append(row, got.checks[c.name])
		}
		good := 0
		for _, value := range got.kinds {
			if value == works {
				good++
			}
		}
		t.row(append(row, fmt.Sprintf("%d/%d", good, len(got.kinds)))...)
	}
	t.end()
}

// names are those of the clients that ran.
func (r *results) names() []string {
	var names []string
	for i, c := range clients {
		if r.clients[i] != nil {
			names = append(names, c.name)
		}
	}
	return names
}

func (r *results) callTable(t *tables) {
	if len(r.names()) == 0 {
		return
	}
	var notes []string
	for _, g := range groups {
		t.heading(g.title)
		t.head(append([]string{""}, r.names()...)...)
		for _, c := range calls {
			if c.group != g.name {
				continue
			}
			row := []string{c.title}
			for i := range clients {
				if r.clients[i] == nil {
					continue
				}
				cell := r.clients[i].calls[c.name]
				if cell.note != "" {
					notes = append(notes, cell.note)
					if at := slices.Index(notes, cell.note); at >= 0 && at < len(notes)-1 {
						notes = notes[:len(notes)-1]
					}
					cell.value += fmt.Sprintf(" [%d]", slices.Index(notes, cell.note)+1)
				}
				row = append(row, cell.value)
			}
			t.row(row...)
		}
		t.end()
	}
	for i, note := range notes {
		fmt.Fprintf(t, "%d. %s\n", i+1, inline(note))
	}
	if len(notes) > 0 {
		t.end()
	}
}

// inline is a text of foreign software for one line of Markdown.
func inline(s string) string {
	return strings.NewReplacer("\n", " ", "|", "¦", "<", "‹", ">", "›").Replace(s)
}

func (r *results) faultTable(t *tables) {
	if len(r.names()) == 0 {
		return
	}
	t.heading("What the caller learns of a failure")
	t.head(append([]string{""}, r.names()...)...)
	for _, f := range faults {
		row := []string{f.name}
		for i := range clients {
			if r.clients[i] != nil {
				row = append(row, r.clients[i].faults[f.name].value)
			}
		}
		t.row(row...)
	}
	t.end()
}

func (r *results) kindTable(t *tables) {
	head, ran := []string{"Callback"}, []*botResult{}
	for i, b := range bots {
		if r.bots[i] != nil {
			head, ran = append(head, b.name), append(ran, r.bots[i])
		}
	}
	if len(ran) == 0 {
		return
	}
	t.heading("What the bots receive")
	t.head(head...)
	var kinds []string
	for kind := range ran[0].kinds {
		kinds = append(kinds, kind)
	}
	slices.Sort(kinds)
	for _, kind := range kinds {
		row := []string{kind}
		for _, got := range ran {
			row = append(row, got.kinds[kind])
		}
		t.row(row...)
	}
	t.end()
}

func (r *results) warningList(t *tables) {
	t.heading("Warnings of the simulator")
	list := func(name string, warnings []string) {
		for _, w := range warnings {
			fmt.Fprintf(t, "* %s: %s\n", name, inline(w))
		}
	}
	for i, c := range clients {
		if r.clients[i] != nil {
			list(c.name, r.clients[i].warnings)
		}
	}
	for i, b := range bots {
		if r.bots[i] != nil {
			list(b.name, r.bots[i].warnings)
		}
	}
}
