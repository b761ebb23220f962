package i18n

import (
	"fmt"
	"strings"
)

// fill says a text, or words that are in no catalogue, with the values of its placeholders.
func (l *Localizer) fill(said *compiled, words string, value func(name string) (any, bool)) string {
	if said == nil {
		if !strings.Contains(words, "%{") {
			return words
		}
		said = &compiled{words: words, parts: partsOf(words)}
	}
	for said.choice != nil {
		chosen, _ := value(said.choice.of)
		said = said.choice.pick(chosen)
	}
	if said.parts == nil {
		return said.words
	}
	var out strings.Builder
	for _, p := range said.parts {
		if !p.holds {
			out.WriteString(p.plain)
			continue
		}
		out.WriteString(l.valueOf(p, value))
	}
	return out.String()
}

// valueOf returns what stands for a placeholder.
func (l *Localizer) valueOf(p part, value func(name string) (any, bool)) string {
	found, ok := value(p.name)
	text := ""
	if ok = ok && found != nil; ok {
		text = l.show(found)
	}
	switch {
	case text != "":
		return text
	case p.has || ok:
		return p.fallback
	}
	return "%{" + p.name + "}"
}

func (l *Localizer) show(value any) string {
	if key, ok := value.(Key); ok {
		return l.Text(string(key))
	}
	return plainText(value)
}

// plainText writes a value as it is, in no language.
func plainText(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		return v
	case Key:
		return string(v)
	case fmt.Stringer:
		return v.String()
	}
	if digits := decimalOf(value); digits != "" {
		return digits
	}
	return fmt.Sprint(value)
}
