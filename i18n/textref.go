package i18n

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/djmessenger/messenger/internal/nearest"
)

// TextRef is a place where a bot shows the text of a message id.
type TextRef struct {
	// Key is the message id: a key ("orders.shipped"), or the text in the source language.
	Key string
	// Place says where, for whoever corrects it: "SIMPLE_TEXT/0: senders[0]: quick_replies[2].title".
	Place string
	// Limit is the most characters (Unicode code points) that the platform takes there; 0 if no limit is known.
	Limit int
	// Values are the names of all placeholders that have values there. Default: nil, they are not known before the text is said.
	Values []string
}

// TextUser is implemented by handlers, senders, policies, dialogs and thread settings that show texts which are known before they are
// said. TextRefs returns them, each in its place.
type TextUser interface {
	TextRefs() []TextRef
}

// within returns references with a place before theirs.
func within(place string, refs []TextRef) []TextRef {
	out := make([]TextRef, len(refs))
	for i, r := range refs {
		if place != "" {
			r.Place = strings.TrimSuffix(place+": "+r.Place, ": ")
		}
		out[i] = r
	}
	return out
}

// TextRefsOf returns the texts of what may be a [TextUser], with a place before theirs, and none if it is none.
func TextRefsOf(place string, user any) []TextRef {
	if u, ok := user.(TextUser); ok {
		return within(place, u.TextRefs())
	}
	return nil
}

// TooLongError is a translation that has more characters than there is room for. A bot shortens it when it is said.
type TooLongError struct {
	// Mistake has its language, its message id, its file, line and column as far as they are known, and what is wrong in words.
	Mistake
	// Place and Limit are those of the [TextRef].
	Place string
	Limit int
	// Length is how many characters the longest form has at least: those of its words, without the values of its placeholders.
	Length int
	// Source reports that it is in the source language.
	Source bool
}

// LongTexts returns the translations, and the texts of keys in the source language, that are longer than the limits of the places
// where they are shown: of each language and message id the first place with each limit. It counts all forms of plurals,
// ordinals and selects. A placeholder counts as nothing, since its value is not known. What no catalogue has, such as a
// source text without an entry of its own, is not counted: the sender that has it reports it when the bot is built.
//
//	refs := append(policy.TextRefs(), settings.TextRefs()...)
//	for _, long := range catalog.LongTexts(refs) {
//		fmt.Println(long.Error()) // de.json:12:3: "orders.pay": has 27 characters, limit 20: POSTBACK/0: senders[0]: buttons[0].title
//	}
//
// messenger.New logs them as warnings, and refuses those in the source language. The command "messenger i18n check" reports
// them too.
func (c *Catalog) LongTexts(refs []TextRef) []*TooLongError {
	if c == nil {
		return nil
	}
	type shown struct {
		key   string
		limit int
	}
	first := map[shown]string{}
	limits := map[string][]int{} // of each message id, in the order of refs
	for _, r := range refs {
		at := shown{r.Key, r.Limit}
		if _, twice := first[at]; twice || r.Limit < 1 {
			continue
		}
		first[at] = r.Place
		limits[r.Key] = append(limits[r.Key], r.Limit)
	}
	var long []*TooLongError
	for i, file := range c.files {
		for _, m := range file.Messages {
			if limits[m.Key] == nil {
				continue
			}
			form, length := longest(m)
			for _, limit := range limits[m.Key] {
				if length <= limit {
					continue
				}
				place := first[shown{m.Key, limit}]
				long = append(long, &TooLongError{
					Mistake: Mistake{
						File: file.Name, Line: form.Line, Column: form.Column, Language: file.Language, Key: m.Key,
						Problem: fmt.Sprintf("has %d characters, limit %d: %s", length, limit, place),
					},
					Place: place, Limit: limit, Length: length, Source: i == c.source,
				})
			}
		}
	}
	return long
}

// UnfilledError is a placeholder that has no value where its text is shown.
type UnfilledError struct {
	// Key is the message id, and Place where its text is shown.
	Key, Place string
	// Name is that of the placeholder, or of the argument that a choice is made by.
	Name string
	// Near is one of the names that have values there, if one looks like a slip of the pen; else it is empty.
	Near string
}

// Error says which placeholder it is.
func (e *UnfilledError) Error() string {
	hint := ""
	if e.Near != "" {
		hint = fmt.Sprintf("; do you mean %%{%s}?", e.Near)
	}
	text := ""
	if e.Key != "" {
		text = " of the text " + shown(e.Key)
	}
	return fmt.Sprintf("i18n: %s: the placeholder %%{%s}%s has no value there%s", e.Place, e.Name, text, hint)
}

// Unfilled returns the placeholders of texts, and the arguments of their choices, that have no value where they are shown, as
// far as [TextRef.Values] are known: of each text in all languages. A placeholder with a default, as in %{name|there}, may lack a
// value; it counts only if its name looks like a slip of the pen for one that has a value. A nil Catalog knows the texts that
// are message ids themselves.
func (c *Catalog) Unfilled(refs []TextRef) []*UnfilledError {
	var source *Localizer
	if c != nil {
		source = c.texts[0]
	}
	var found []*UnfilledError
	for _, r := range refs {
		if r.Values == nil {
			continue
		}
		seen := map[string]bool{}
		source.arguments(r.Key, func(name string, hasDefault bool) {
			near := nearest.Name(name, r.Values)
			if slices.Contains(r.Values, name) || seen[name] || hasDefault && near == "" {
				return
			}
			seen[name] = true
			found = append(found, &UnfilledError{Key: r.Key, Place: r.Place, Name: name, Near: near})
		})
	}
	return found
}

// longest returns the longest form of a message, with its place, and its length.
func longest(m Message) (form Text, length int) {
	for _, l := range leaves(m.Text) {
		n := 0
		for _, p := range partsOf(l.Words) {
			n += utf8.RuneCountInString(p.plain)
		}
		if n > length {
			form, length = l.Text, n
		}
	}
	if form.Line == 0 {
		form.Line, form.Column = m.Line, m.Column
	}
	return form, length
}
