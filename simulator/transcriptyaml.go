package simulator

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// plainText is a text that YAML reads as that text, also within brackets.
var plainText = regexp.MustCompile(`^\pL[\pL\pN .!?'_-]*$`)

// notTexts are words that some reader of YAML takes for something else.
var notTexts = []string{"y", "n", "yes", "no", "on", "off", "true", "false", "null"}

// yamlText is a text in YAML.
func yamlText(text string) string {
	if plainText.MatchString(text) && !strings.HasSuffix(text, " ") && !slices.Contains(notTexts, strings.ToLower(text)) {
		return text
	}
	var out strings.Builder
	out.WriteByte('"')
	for _, r := range strings.ToValidUTF8(text, string(utf8.RuneError)) {
		switch {
		case r == '"' || r == '\\':
			out.WriteByte('\\')
			out.WriteRune(r)
		case r == '\n':
			out.WriteString(`\n`)
		case r == '\t':
			out.WriteString(`\t`)
		case r < 0x20 || r >= 0x7f && r < 0xa0 || r == 0x2028 || r == 0x2029 || r == 0xfeff || r == 0xfffe || r == 0xffff:
			fmt.Fprintf(&out, `\u%04x`, r)
		default:
			out.WriteRune(r)
		}
	}
	out.WriteByte('"')
	return out.String()
}

// text is a text of an act.
func (w *scenarioWriter) text(text string) string { return yamlText(w.referring(text)) }

// referring is a text in which {{…}} means what it says: the person by name, a message that was kept, and all else itself.
func (w *scenarioWriter) referring(text string) string {
	return anyReference.ReplaceAllStringFunc(text, func(found string) string {
		switch name := strings.Trim(found, "{}"); {
		case name == "person":
			return "{{" + w.who + "}}"
		case w.kept[found] || w.kept["{{"+strings.ReplaceAll(name, "_", " ")+"}}"]:
			return "{{" + keptName(found) + "}}"
		default:
			key := fmt.Sprintf("text_%d", len(w.vars)+1)
			for known, value := range w.vars {
				if value == found {
					key = known
				}
			}
			w.vars[key] = found
			return "{{" + key + "}}"
		}
	})
}

// flow is a value in one line.
func (w *scenarioWriter) flow(v any) string {
	switch v := v.(type) {
	case string:
		return w.text(v)
	case []any:
		parts := make([]string, len(v))
		for i, inner := range v {
			parts[i] = w.flow(inner)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case map[string]any:
		var parts []string
		for _, key := range slices.Sorted(maps.Keys(v)) {
			parts = append(parts, yamlText(key)+": "+w.flow(v[key]))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	data, _ := json.Marshal(v) // a number, true, false or null
	return string(data)
}
