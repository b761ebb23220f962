package scenario

import (
	"fmt"
	"strings"

	"github.com/djmessenger/messenger/internal/printable"
)

const (
	columnMost  = 46 // characters
	rowsBefore  = 6  // the first difference
	rowsAfter   = 14
	alignedMost = 1000 // lines of a side
)

// row is two lines side by side. An empty one has nothing there.
type row struct {
	before, now *line
}

func (r row) same() bool {
	if r.before == nil || r.now == nil || r.before.who != r.now.who || r.before.key != r.now.key {
		return false
	}
	return r.before.key != "" || r.before.text == r.now.text
}

// aligned puts equal lines beside each other.
func (c comparison) aligned() []row {
	var rows []row
	before, now := c.before, c.now
	for len(before) > 0 && len(now) > 0 && (row{&before[0], &now[0]}).same() {
		rows = append(rows, row{&before[0], &now[0]})
		before, now = before[1:], now[1:]
	}
	before, now = before[:min(len(before), alignedMost)], now[:min(len(now), alignedMost)] // more is not shown
	longest := make([][]int, len(before)+1)                                                // common lines from there on
	for i := range longest {
		longest[i] = make([]int, len(now)+1)
	}
	for i := len(before) - 1; i >= 0; i-- {
		for j := len(now) - 1; j >= 0; j-- {
			if (row{&before[i], &now[j]}).same() {
				longest[i][j] = longest[i+1][j+1] + 1
			} else {
				longest[i][j] = max(longest[i+1][j], longest[i][j+1])
			}
		}
	}
	i, j := 0, 0
	for i < len(before) || j < len(now) {
		switch {
		case i < len(before) && j < len(now) && (row{&before[i], &now[j]}).same():
			rows = append(rows, row{&before[i], &now[j]})
			i, j = i+1, j+1
		case i < len(before) && j < len(now) && before[i].who == now[j].who && longest[i+1][j+1] == longest[i][j]:
			rows = append(rows, row{&before[i], &now[j]}) // in place of each other
			i, j = i+1, j+1
		case j == len(now) || i < len(before) && longest[i+1][j] >= longest[i][j+1]:
			rows = append(rows, row{&before[i], nil})
			i++
		default:
			rows = append(rows, row{nil, &now[j]})
			j++
		}
	}
	return rows
}

// columns are the two conversations side by side, around the first difference, which is marked.
func (c comparison) columns(person string) []string {
	rows := c.aligned()
	first := 0
	for first < len(rows)-1 && rows[first].same() {
		first++
	}
	from, to := max(0, first-rowsBefore), min(len(rows), first+rowsAfter)
	names := map[string]string{"person": person, "page": "Page", "agent": "Agent"}
	width := len("recorded")
	cells := make([][2]string, 0, to-from)
	for _, r := range rows[from:to] {
		cell := [2]string{r.before.cell(names, len([]rune(person))), r.now.cell(names, len([]rune(person)))}
		width = max(width, len([]rune(cell[0])))
		cells = append(cells, cell)
	}
	lines := []string{fmt.Sprintf("  %-*s   now", width, "recorded")}
	if from > 0 {
		lines = append(lines, fmt.Sprintf("  (%d lines that are equal)", from))
	}
	for i, cell := range cells {
		mark := " "
		if from+i == first {
			mark = ">"
		}
		lines = append(lines, strings.TrimRight(fmt.Sprintf("%s %-*s   %s", mark, width, cell[0], cell[1]), " "))
	}
	if rest := len(rows) - to; rest > 0 {
		lines = append(lines, fmt.Sprintf("  (%d lines more)", rest))
	}
	return lines
}

// cell is a line in its column.
func (l *line) cell(names map[string]string, longest int) string {
	if l == nil {
		return "-"
	}
	text := []rune(printable.Text(fmt.Sprintf("%-*s  %s", max(longest, len("Page")), names[l.who], l.text)))
	if len(text) > columnMost {
		return string(text[:columnMost-1]) + "…"
	}
	return string(text)
}
