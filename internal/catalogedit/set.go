package catalogedit

import (
	"bytes"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/djmessenger/messenger/i18n"
)

// setYAML returns the text in which an entry has another text. data is that of the document up to the end of the entry.
func (d *Document) setYAML(data []byte, e entry, text i18n.Text) []byte {
	lines := data[e.start:e.end]
	if changed, ok := setWords(lines, e.key, text); ok {
		return slices.Concat(data[:e.start], changed, data[e.end:])
	}
	indent := strings.Repeat(" ", e.column)
	var kept []byte // comments within it
	if !bytes.ContainsAny(lines, "|>") {
		for line := range bytes.Lines(lines) {
			if trimmed := bytes.TrimSpace(line); len(trimmed) > 0 && trimmed[0] == '#' {
				kept = append(append(append(kept, indent...), trimmed...), '\n')
			}
		}
	}
	return slices.Concat(data[:e.start], kept, []byte(yamlEntry(e.key, text, indent)), data[e.end:])
}

// setWords changes only the words of an entry, if its shape stays.
func setWords(lines []byte, key string, text i18n.Text) ([]byte, bool) {
	var document yaml.Node
	if yaml.Unmarshal(lines, &document) != nil || len(document.Content) != 1 || len(document.Content[0].Content) != 2 {
		return nil, false
	}
	var changes []change
	if !wordsOf(lines, document.Content[0].Content[1], text, &changes) {
		return nil, false
	}
	slices.SortFunc(changes, func(a, b change) int { return b.start - a.start })
	out := slices.Clone(lines)
	for _, c := range changes {
		out = slices.Concat(out[:c.start], []byte(c.text), out[c.end:])
	}
	check := Document{Name: "check.yaml", yaml: true, data: out}
	if len(check.read()) > 0 || len(check.File.Messages) != 1 || check.File.Messages[0].Key != key || !Same(check.File.Messages[0].Text, text) {
		return nil, false
	}
	return out, true
}

type change struct {
	start, end int
	text       string
}

// wordsOf finds the changes that make a value say another text. It returns false if its shape changes.
func wordsOf(lines []byte, n *yaml.Node, text i18n.Text, changes *[]change) bool {
	if text.By == "" {
		start, end, ok := spanOf(lines, n)
		if !ok || text.Words == "" {
			return false
		}
		if n.Value != text.Words {
			*changes = append(*changes, change{start, end, scalar(text.Words)})
		}
		return true
	}
	if n.Kind != yaml.MappingNode || len(n.Content) != 2*(len(text.Cases)+1) {
		return false
	}
	for i := 0; i < len(n.Content); i += 2 {
		name, value := n.Content[i].Value, n.Content[i+1]
		if name == string(text.By) {
			if value.Value != text.Of {
				return false
			}
			continue
		}
		at := slices.IndexFunc(text.Cases, func(c i18n.Case) bool { return c.When == name })
		if at < 0 || !wordsOf(lines, value, text.Cases[at].Text, changes) {
			return false
		}
	}
	return true
}

// spanOf returns where a text of one line is written.
func spanOf(lines []byte, n *yaml.Node) (start, end int, ok bool) {
	if n.Kind != yaml.ScalarNode || n.Value == "" || n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		return 0, 0, false
	}
	starts := lineStarts(lines)
	line := lines[starts[n.Line-1]:starts[n.Line]]
	at := 0
	for range n.Column - 1 {
		_, size := decodeRune(line[at:])
		at += size
	}
	rest := line[at:]
	var length int
	switch {
	case n.Style&yaml.DoubleQuotedStyle != 0:
		for length = 1; length < len(rest) && rest[length] != '"'; length++ {
			if rest[length] == '\\' {
				length++
			}
		}
		length++
	case n.Style&yaml.SingleQuotedStyle != 0:
		for length = 1; length < len(rest); length++ {
			if rest[length] == '\'' {
				if length+1 < len(rest) && rest[length+1] == '\'' {
					length++
					continue
				}
				break
			}
		}
		length++
	default:
		length = len(rest)
		if hash := bytes.Index(rest, []byte(" #")); hash >= 0 {
			length = hash
		}
		length = len(bytes.TrimRight(rest[:length], " \t\n"))
	}
	if length > len(rest) {
		return 0, 0, false // it goes on in the next line
	}
	start = starts[n.Line-1] + at
	return start, start + length, true
}
