package i18n

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"golang.org/x/text/language"
)

// given finds the values of placeholders.
type given struct {
	args Args
	find func(name string) (any, bool) // instead of args
}

func (f given) value(name string) (any, bool) {
	if f.find != nil {
		value, ok := f.find(name)
		return value, ok && value != nil
	}
	value, ok := f.args[name]
	return value, ok && value != nil
}

// fill says a text, or words that are in no catalogue, with the values of its placeholders.
func (l *Localizer) fill(said *compiled, id string, with given) string {
	if said == nil {
		if !strings.Contains(id, "%{") {
			return id
		}
		said = &compiled{words: id, parts: partsOf(id)}
		id = l.name(id)
	}
	in := l.tongueFor(said)
	for said.choice != nil {
		chosen, ok := with.value(said.choice.of)
		if !ok {
			l.noValue(id, said.choice.of)
		}
		said = said.choice.pick(chosen)
	}
	if said.parts == nil {
		return said.words
	}
	var space [256]byte
	out := space[:0]
	for i := range said.parts {
		if p := &said.parts[i]; p.holds {
			out = l.appendPart(out, p, in, id, with, len(said.parts) == 1)
		} else {
			out = append(out, p.plain...)
		}
	}
	return string(out)
}

// tongueFor returns how the values of a text are written: as in the region of the person, if it is in their language.
func (l *Localizer) tongueFor(said *compiled) *tongue {
	lang := said.lang
	if lang == nil && l != nil && l.catalog != nil {
		lang = l.catalog.texts[0].speaks // it is in the language of the source
	}
	if l != nil && l.speaks != nil && (lang == nil || lang.in == l.speaks.in) {
		return l.speaks
	}
	if lang == nil {
		return english()
	}
	return lang
}

// english is what a localizer writes that knows no language.
var english = sync.OnceValue(func() *tongue { return tongueOf(language.English) })

// appendPart writes what stands for a placeholder.
func (l *Localizer) appendPart(out []byte, p *part, in *tongue, id string, with given, alone bool) []byte {
	value, ok := with.value(p.name)
	switch {
	case !ok && !p.has:
		l.noValue(id, p.name)
		return append(append(append(out, "%{"...), p.name...), '}')
	case !ok:
		return append(out, p.fallback...)
	}
	if text, is := value.(string); is {
		switch {
		case text == "":
			return append(out, p.fallback...)
		case alone:
			return append(out, text...)
		}
		return appendIsolated(out, text, in.rightToLeft)
	}
	before := len(out)
	out, foreign := l.appendValue(out, value, in)
	switch {
	case len(out) == before:
		return append(out, p.fallback...)
	case foreign && !alone:
		text := isolated(string(out[before:]), in.rightToLeft)
		return append(out[:before], text...)
	}
	return out
}

// noValue counts a placeholder that nothing was given for.
func (l *Localizer) noValue(id, name string) {
	if id == "" {
		name = "" // as the text
	}
	l.note(Problem{Kind: NoValue, Key: id, Name: name})
}

// Format writes a value in the language of the person: numbers of Go, [Number], [Percent], [Money], [time.Time], [Date],
// [Clock], [DateTime], [List], [Choices] and [Key]. Texts stay as they are, and so does what else there is, as package fmt
// writes it.
func (l *Localizer) Format(value any) string {
	in := english()
	if l != nil && l.speaks != nil {
		in = l.speaks
	}
	out, _ := l.appendValue(nil, value, in)
	return string(out)
}

// appendValue writes a value, and reports whether it may be text of another direction.
func (l *Localizer) appendValue(out []byte, value any, in *tongue) (with []byte, foreign bool) {
	switch v := value.(type) {
	case nil:
		return out, false
	case string:
		return append(out, v...), true
	case int:
		return appendInteger(out, in.locale, v), false
	case Key:
		return append(out, l.Text(string(v), Args{})...), true
	case Number:
		return l.appendShown(out, v.decimal(), in), false
	case Percent:
		if v.decimal() == "" {
			return append(out, plainText(v.Value)...), false
		}
		return appendPercent(out, in.locale, v), false
	case Money:
		return appendMoney(out, in.locale, v), false
	case time.Time:
		return appendDateTime(out, in.locale, l.local(v), Medium), false
	case Date:
		return appendDate(out, in.locale, l.local(v.Time), v.Style), false
	case Clock:
		return appendClock(out, in.locale, l.local(v.Time)), false
	case DateTime:
		return appendDateTime(out, in.locale, l.local(v.Time), v.Style), false
	case List:
		return append(out, joined(in.in.base.String(), in.locale.And, l.items(v, in))...), false
	case Choices:
		return append(out, joined(in.in.base.String(), in.locale.Or, l.items(v, in))...), false
	}
	if digits := decimalOf(value); digits != "" {
		return appendPlain(out, in.locale, digits), false
	}
	return append(out, plainText(value)...), true
}

func (l *Localizer) appendShown(out []byte, digits string, in *tongue) []byte {
	if digits == "" {
		return append(out, "NaN"...)
	}
	return appendPlain(out, in.locale, digits)
}

// items writes the items of a list. Each that is text of another direction is whole by itself.
func (l *Localizer) items(values []any, in *tongue) []string {
	items := make([]string, 0, len(values))
	for _, value := range values {
		text, foreign := l.appendValue(nil, value, in)
		if foreign {
			items = append(items, isolated(string(text), in.rightToLeft))
		} else {
			items = append(items, string(text))
		}
	}
	return items
}

// local returns a time in the zone of the person.
func (l *Localizer) local(t time.Time) time.Time {
	if l == nil || l.zone == nil {
		return t
	}
	return t.In(l.zone)
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
	case error:
		return v.Error()
	case fmt.Stringer:
		return v.String()
	}
	if digits := decimalOf(value); digits != "" {
		return digits
	}
	return fmt.Sprint(value)
}
