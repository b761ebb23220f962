package catalogedit

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/djmessenger/messenger/i18n"
)

// entriesOf finds the entries of the document, which can be read.
func (d *Document) entriesOf() []entry {
	if !d.yaml {
		return jsonEntries(d.data)
	}
	root := d.root()
	if root == nil {
		return nil
	}
	lines := lineStarts(d.data)
	var entries []entry
	for i := 0; i+1 < len(root.Content); i += 2 {
		key := root.Content[i]
		e := entry{key: key.Value, start: lines[key.Line-1], column: key.Column - 1, end: len(d.data)}
		if i+2 < len(root.Content) {
			e.end = lines[root.Content[i+2].Line-1]
		}
		e.end = e.start + len(withoutTail(d.data[e.start:e.end], e.column))
		entries = append(entries, e)
	}
	return entries
}

// root returns the map of a document in YAML.
func (d *Document) root() *yaml.Node {
	var document yaml.Node
	if yaml.Unmarshal(d.data, &document) != nil || len(document.Content) != 1 || document.Content[0].Kind != yaml.MappingNode {
		return nil
	}
	return document.Content[0]
}

// lineStarts returns where each line begins, and the end.
func lineStarts(data []byte) []int {
	starts := []int{0}
	for i, c := range data {
		if c == '\n' {
			starts = append(starts, i+1)
		}
	}
	return append(starts, len(data))
}

// withoutTail returns lines without the empty ones and the comments at their end that belong to what follows.
func withoutTail(lines []byte, column int) []byte {
	for {
		trimmed := bytes.TrimSuffix(lines, []byte("\n"))
		at := bytes.LastIndexByte(trimmed, '\n') + 1
		last := trimmed[at:]
		text := bytes.TrimLeft(last, " \t")
		isComment := len(text) > 0 && text[0] == '#' && len(last)-len(text) <= column
		if at == 0 || len(text) > 0 && !isComment {
			return lines
		}
		lines = lines[:at]
	}
}

// addYAML returns the text with more entries, or nil.
func (d *Document) addYAML(entries []Entry) []byte {
	column := 0
	if len(d.entries) > 0 {
		column = d.entries[0].column
	}
	root := d.root()
	if root != nil && root.Style&yaml.FlowStyle != 0 {
		if len(root.Content) > 0 {
			return nil
		}
		at := lineStarts(d.data)[root.Line-1] + root.Column - 1
		if !bytes.HasPrefix(d.data[at:], []byte("{}")) {
			return nil
		}
		return slices.Concat(d.data[:at], []byte(yamlEntries(entries, 0)), bytes.TrimLeft(d.data[at+2:], "\n"))
	}
	data := d.data
	if len(data) > 0 && data[len(data)-1] != '\n' {
		data = append(slices.Clone(data), '\n')
	}
	return slices.Concat(data, []byte(yamlEntries(entries, column)))
}

func yamlEntries(entries []Entry, column int) string {
	var out strings.Builder
	indent := strings.Repeat(" ", column)
	for _, e := range entries {
		for _, line := range e.Comment {
			out.WriteString(indent + strings.TrimRight("# "+line, " ") + "\n")
		}
		out.WriteString(yamlEntry(e.Key, e.Text, indent))
	}
	return out.String()
}

// longestKey is how long a key may be that is written before a colon.
const longestKey = 1000

func yamlEntry(key string, text i18n.Text, indent string) string {
	name := scalar(key)
	if len(name) > longestKey {
		return indent + "? " + name + "\n" + indent + ":" + yamlValue(text, indent) + "\n"
	}
	return indent + name + ":" + yamlValue(text, indent) + "\n"
}

// yamlValue writes what is behind a colon.
func yamlValue(t i18n.Text, indent string) string {
	switch {
	case t.By == "" && t.Words == "":
		return ""
	case t.By == "":
		return " " + scalar(t.Words)
	}
	inner := "\n" + indent + "  "
	lines := []string{"", string(t.By) + ": " + scalar(t.Of)}
	for _, c := range t.Cases {
		lines = append(lines, scalar(c.When)+":"+yamlValue(c.Text, indent+"  "))
	}
	return strings.Join(lines, inner)
}

// plain is what needs no quotation marks in YAML: less than what YAML allows.
var plain = regexp.MustCompile(`^(=\d+|[\pL_][\pL\pM\pN_]*([ ,.!?;'’/()+-]+[\pL\pM\pN_]+)*[.!?]*)$`)

// special are words that a reader of YAML might take for something else than a text. This library does not.
var special = []string{"y", "n", "yes", "no", "on", "off", "true", "false", "null"}

func scalar(text string) string {
	if !plain.MatchString(text) || len(text) > longestKey || slices.Contains(special, strings.ToLower(text)) {
		return quoted(text)
	}
	return text
}

// Lines returns an entry's text as lines of YAML, for a comment.
func Lines(t i18n.Text) []string {
	if lines, ok := strings.CutPrefix(yamlValue(t, ""), "\n"); ok {
		return strings.Split(lines, "\n")
	}
	return []string{scalar(t.Words)}
}
