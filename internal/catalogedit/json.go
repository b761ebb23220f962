package catalogedit

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/djmessenger/messenger/i18n"
)

// jsonEntries finds the entries of an object. The text is valid JSON.
func jsonEntries(data []byte) []entry {
	decoder := json.NewDecoder(bytes.NewReader(data))
	if _, err := decoder.Token(); err != nil {
		return nil
	}
	var entries []entry
	for decoder.More() {
		e := entry{start: int(decoder.InputOffset())}
		e.start += bytes.IndexByte(data[e.start:], '"')
		line := data[bytes.LastIndexByte(data[:e.start], '\n')+1 : e.start]
		e.column = utf8.RuneCount(line)
		key, err := decoder.Token()
		if err != nil {
			return nil
		}
		e.key, _ = key.(string)
		var raw json.RawMessage
		if decoder.Decode(&raw) != nil {
			return nil
		}
		e.end = int(decoder.InputOffset())
		e.value, e.valueEnd = e.end-len(raw), e.end
		entries = append(entries, e)
	}
	return entries
}

// addJSON returns the text with more entries, or nil.
func (d *Document) addJSON(entries []Entry) []byte {
	data := d.data
	closing := bytes.LastIndexByte(data, '}')
	if closing < 0 {
		return nil
	}
	indent, lines := d.jsonIndent()
	var out bytes.Buffer
	end := len(bytes.TrimRight(data[:closing], " \t\n"))
	out.Write(data[:end])
	for i, e := range entries {
		if i > 0 || len(d.entries) > 0 {
			out.WriteByte(',')
		}
		switch {
		case lines:
			out.WriteString("\n" + indent)
		case i > 0 || len(d.entries) > 0:
			out.WriteByte(' ')
		}
		out.WriteString(quoted(e.Key) + ": " + jsonText(e.Text, indent, indent, lines))
	}
	if lines {
		out.WriteByte('\n')
	}
	out.Write(data[closing:])
	return out.Bytes()
}

// jsonIndent returns what is before a key, and whether each is in a line of its own.
func (d *Document) jsonIndent() (indent string, lines bool) {
	if len(d.entries) == 0 {
		return "  ", true
	}
	first := d.entries[0].start
	line := d.data[bytes.LastIndexByte(d.data[:first], '\n')+1 : first]
	if len(bytes.TrimSpace(line)) > 0 {
		return "  ", false
	}
	return string(line), true
}

func (d *Document) setJSON(data []byte, e entry, text i18n.Text) []byte {
	indent, lines := d.jsonIndent()
	return slices.Concat(data[:e.value], []byte(jsonText(text, indent, indent, lines)), data[e.valueEnd:])
}

// jsonText writes a text.
func jsonText(t i18n.Text, step, indent string, lines bool) string {
	if t.By == "" && t.Words == "" {
		return "null"
	}
	if t.By == "" {
		return quoted(t.Words)
	}
	members := []string{quoted(string(t.By)) + ": " + quoted(t.Of)}
	for _, c := range t.Cases {
		members = append(members, quoted(c.When)+": "+jsonText(c.Text, step, indent+step, lines))
	}
	if !lines {
		return "{" + strings.Join(members, ", ") + "}"
	}
	inner := "\n" + indent + step
	return "{" + inner + strings.Join(members, ","+inner) + "\n" + indent + "}"
}

// quoted writes a text in quotation marks, as JSON and YAML read it.
func quoted(text string) string {
	var out strings.Builder
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(text) // texts can be encoded
	return strings.NewReplacer("\u007f", `\u007f`, "\ufeff", `\ufeff`, "\u0085", `\u0085`).Replace(strings.TrimSuffix(out.String(), "\n"))
}
