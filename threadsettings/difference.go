package threadsettings

import (
	"fmt"
	"slices"
	"strings"
)

// String formats the plan for people: for each property the lines that go and the lines that come.
func (p Plan) String() string {
	if p.Empty() {
		return "nothing to change\n"
	}
	var text strings.Builder
	for _, change := range p.Changes {
		text.WriteString(change.String())
	}
	return text.String()
}

// Action says what the change does: "set", "change" or "remove".
func (c Change) Action() string {
	switch {
	case c.To == nil:
		return "remove"
	case c.From == nil:
		return "set"
	}
	return "change"
}

// String formats the change for people. Blocks that stay as they are, are left out.
func (c Change) String() string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s %s\n", c.Action(), c.Property)
	from, to := describe(c.Property, c.From), describe(c.Property, c.To)
	for _, locale := range localesIn(from, to) {
		before, after := linesOf(from, locale), linesOf(to, locale)
		if slices.Equal(before, after) {
			continue
		}
		if locale != "" {
			fmt.Fprintf(&text, "  %s\n", locale)
		}
		for _, line := range difference(before, after) {
			fmt.Fprintf(&text, "    %s\n", line)
		}
	}
	return text.String()
}

// localesIn returns the locales of both lists in their order.
func localesIn(from, to []described) []string {
	var locales []string
	for _, d := range slices.Concat(to, from) {
		if !slices.Contains(locales, d.locale) {
			locales = append(locales, d.locale)
		}
	}
	slices.SortStableFunc(locales, byLocale)
	return locales
}

func linesOf(blocks []described, locale string) []string {
	for _, d := range blocks {
		if d.locale == locale {
			return d.lines
		}
	}
	return nil
}

// difference returns the lines of both lists in order: "- " those that only the first has, "+ " those that only the second
// has, and "  " those that both have. A block has at most some hundred lines, so the table of all pairs is small.
func difference(before, after []string) []string {
	common := make([][]int, len(before)+1) // common[i][j]: the longest common part of before[i:] and after[j:]
	for i := range common {
		common[i] = make([]int, len(after)+1)
	}
	for i, line := range slices.Backward(before) {
		for j, other := range slices.Backward(after) {
			common[i][j] = max(common[i+1][j], common[i][j+1])
			if line == other {
				common[i][j] = common[i+1][j+1] + 1
			}
		}
	}
	var lines []string
	i, j := 0, 0
	for i < len(before) || j < len(after) {
		switch {
		case i < len(before) && j < len(after) && before[i] == after[j]:
			lines = append(lines, "  "+before[i])
			i, j = i+1, j+1
		case j == len(after) || i < len(before) && common[i+1][j] >= common[i][j+1]:
			lines = append(lines, "- "+before[i])
			i++
		default:
			lines = append(lines, "+ "+after[j])
			j++
		}
	}
	return lines
}
