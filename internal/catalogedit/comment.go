package catalogedit

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"
)

func decodeRune(b []byte) (rune, int) { return utf8.DecodeRune(b) }

// Comments reports whether the format has comments.
func (d *Document) Comments() bool { return d.yaml }

// Above returns the comments directly above an entry, without #.
func (d *Document) Above(key string) []string {
	e := d.entryOf(key)
	if e == nil || !d.yaml {
		return nil
	}
	var lines []string
	for line := range bytes.Lines(d.data[d.commentsOf(e):e.start]) {
		lines = append(lines, strings.TrimPrefix(strings.TrimPrefix(strings.TrimSpace(string(line)), "#"), " "))
	}
	return lines
}

// commentsOf returns where the comments directly above an entry begin.
func (d *Document) commentsOf(e *entry) int {
	start := e.start
	for start > 0 {
		before := bytes.LastIndexByte(d.data[:start-1], '\n') + 1
		if text := bytes.TrimSpace(d.data[before:start]); len(text) == 0 || text[0] != '#' {
			break
		}
		start = before
	}
	return start
}

// Comment puts other comments directly above entries. In JSON it does nothing.
func (d *Document) Comment(comments map[string][]string) error {
	if !d.yaml {
		return nil
	}
	data := slices.Clone(d.data)
	for _, e := range slices.Backward(d.entries) {
		lines, ok := comments[e.key]
		if !ok {
			continue
		}
		var above strings.Builder
		for _, line := range lines {
			above.WriteString(strings.Repeat(" ", e.column) + strings.TrimRight("# "+line, " ") + "\n")
		}
		data = slices.Concat(data[:d.commentsOf(&e)], []byte(above.String()), data[e.start:])
	}
	return d.replace(data, d.wanted())
}
