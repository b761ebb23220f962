package receiving

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// NLP is what the platform's built-in natural language processing made of a message.
// A page has to turn it on; see graph.Client.SetNLP. Names have no "wit$" in front,
// which the platform writes in one of its two forms.
//
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/built-in-nlp
type NLP struct {
	// Intents are what the person may want, the most certain first.
	Intents []NLPIntent
	// Entities are the things that the text names, by "name:role", such as
	// "datetime:datetime".
	Entities map[string][]NLPEntity
	// Traits are properties of the whole text, such as "greetings" or "sentiment";
	// the most certain value first.
	Traits map[string][]NLPTrait
	// Locales are the languages that the text may be in, such as "en_XX", the most
	// certain first.
	Locales []NLPLocale
}

// NLPIntent is something that the person may want.
type NLPIntent struct {
	ID, Name string
	// Confidence is between 0 and 1.
	Confidence float64
}

// NLPEntity is a thing that the text names.
type NLPEntity struct {
	ID, Name, Role string
	// Body is the part of the text.
	Body string
	// Value is what it means, if that is a word or a number.
	Value string
	// Confidence is between 0 and 1.
	Confidence float64
	// Raw is the entity as the platform sent it, for all else.
	Raw json.RawMessage
}

// NLPTrait is a property of the whole text.
type NLPTrait struct {
	ID, Value string
	// Confidence is between 0 and 1.
	Confidence float64
}

// NLPLocale is a language that the text may be in.
type NLPLocale struct {
	Locale string
	// Confidence is between 0 and 1.
	Confidence float64
}

// ReadNLP reads NLP and NLPV2, whichever the platform sent; if both, what one of them
// lacks comes from the other. It is lenient: what is missing or of another form is
// left out, and costs nothing else.
func (m *Message) ReadNLP() NLP {
	n := NLP{}
	n.read(m.NLPV2)
	n.read(m.NLP)
	slices.SortStableFunc(n.Intents, func(a, b NLPIntent) int { return cmp.Compare(b.Confidence, a.Confidence) })
	slices.SortStableFunc(n.Locales, func(a, b NLPLocale) int { return cmp.Compare(b.Confidence, a.Confidence) })
	for _, values := range n.Traits {
		slices.SortStableFunc(values, func(a, b NLPTrait) int { return cmp.Compare(b.Confidence, a.Confidence) })
	}
	return n
}

// read adds what is not there yet.
func (n *NLP) read(raw json.RawMessage) {
	root := nlpObject(raw)
	if len(n.Intents) == 0 {
		for _, e := range nlpList(root["intents"]) {
			if name := e.name("name"); name != "" {
				n.Intents = append(n.Intents, NLPIntent{ID: e.text("id"), Name: name, Confidence: e.confidence()})
			}
		}
	}
	if len(n.Locales) == 0 {
		for _, e := range nlpList(root["detected_locales"]) {
			if locale := e.text("locale"); locale != "" {
				n.Locales = append(n.Locales, NLPLocale{Locale: locale, Confidence: e.confidence()})
			}
		}
	}
	traits := map[string][]NLPTrait{}
	for key, value := range nlpObject(root["traits"]) {
		for _, e := range nlpList(value) {
			traits[nlpName(key)] = append(traits[nlpName(key)], NLPTrait{ID: e.text("id"), Value: e.text("value"), Confidence: e.confidence()})
		}
	}
	n.Traits = orElse(n.Traits, traits)
	entities := map[string][]NLPEntity{}
	for key, value := range nlpObject(root["entities"]) {
		for _, raw := range nlpElements(value) {
			e := nlpObject(raw)
			if e == nil {
				continue
			}
			entities[nlpName(key)] = append(entities[nlpName(key)], NLPEntity{
				ID: e.text("id"), Name: e.name("name"), Role: e.text("role"), Body: e.text("body"), Value: e.text("value"),
				Confidence: e.confidence(), Raw: raw,
			})
		}
	}
	n.Entities = orElse(n.Entities, entities)
}

// orElse adds to a what only b has.
func orElse[V any](a, b map[string]V) map[string]V {
	if len(b) == 0 {
		return a
	}
	maps.Copy(b, a)
	return b
}

func nlpName(name string) string { return strings.TrimPrefix(name, "wit$") }

// nlpElement is an object of the list of an intent, entity, trait or locale.
type nlpElement map[string]json.RawMessage

// nlpObject returns an object's fields; none if raw is something else.
func nlpObject(raw json.RawMessage) nlpElement {
	var fields nlpElement
	if len(raw) == 0 || json.Unmarshal(raw, &fields) != nil {
		return nil
	}
	return fields
}

// nlpElements returns the elements of a list, or the one object that stands for it.
func nlpElements(raw json.RawMessage) []json.RawMessage {
	var elements []json.RawMessage
	if len(raw) == 0 || json.Unmarshal(raw, &elements) == nil {
		return elements
	}
	return []json.RawMessage{raw}
}

// nlpList returns the objects of a list.
func nlpList(raw json.RawMessage) []nlpElement {
	var list []nlpElement
	for _, element := range nlpElements(raw) {
		if e := nlpObject(element); e != nil {
			list = append(list, e)
		}
	}
	return list
}

// text returns a string, or a number or truth value as it is written.
func (e nlpElement) text(field string) string {
	raw := e[field]
	var s string
	switch {
	case len(raw) == 0 || raw[0] == '{' || raw[0] == '[' || string(raw) == "null":
		return ""
	case raw[0] == '"' && json.Unmarshal(raw, &s) == nil:
		return s
	}
	return string(raw)
}

func (e nlpElement) name(field string) string { return nlpName(e.text(field)) }

// confidence returns a number between 0 and 1; 0 if the platform did not say one.
func (e nlpElement) confidence() float64 {
	f, err := strconv.ParseFloat(e.text("confidence"), 64)
	if err != nil || f != f { // not a number
		return 0
	}
	return min(max(f, 0), 1)
}
