package simulator

import (
	"cmp"
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
)

// utilityPart is a part of a utility template, or what a message fills into one.
type utilityPart struct {
	Type, Format, Text string
	Buttons            []struct{ Type, Text, URL, Payload string }
	Parameters         []struct {
		Type, Text, Payload, URL string
		Name                     string `json:"parameter_name"`
	}
}

var utilityPlace = regexp.MustCompile(`\{\{\s*([A-Za-z0-9_]+)\s*\}\}`)

// fill shows what a message says that names the template: its texts with the values of the message in their places. A place
// without a value stays as it is.
func (t *utilityTemplate) fill(shown *Template) {
	var parts []utilityPart
	var message struct{ Components []utilityPart }
	if json.Unmarshal(t.components, &parts) != nil || json.Unmarshal(shown.Raw, &message) != nil {
		return // what they are was checked; a template that names no text shows its parameters
	}
	for _, part := range parts {
		given := valuesFor(part.Type, message.Components)
		switch strings.ToUpper(part.Type) {
		case "HEADER":
			shown.Elements = []Element{{Title: given.in(part.Text)}}
		case "BODY":
			shown.Text = given.in(part.Text)
		case "BUTTONS":
			shown.Buttons = given.buttons(part)
		}
	}
}

// valuesFor are the values for one part, none if the message has none.
func valuesFor(part string, components []utilityPart) utilityPart {
	for _, c := range components {
		if strings.EqualFold(c.Type, part) {
			return c
		}
	}
	return utilityPart{}
}

// in fills the places of a text, which have numbers from 1 or names.
func (p utilityPart) in(text string) string {
	return utilityPlace.ReplaceAllStringFunc(text, func(place string) string {
		name := utilityPlace.FindStringSubmatch(place)[1]
		for i, value := range p.Parameters {
			if value.Name == name || value.Name == "" && strconv.Itoa(i+1) == name {
				return value.Text
			}
		}
		return place
	})
}

// buttons are those of the template, each with the payload or the address of the message.
func (p utilityPart) buttons(part utilityPart) []Button {
	var list []Button
	for i, b := range part.Buttons {
		shown := Button{Type: "postback", Title: b.Text, Payload: b.Payload}
		if strings.EqualFold(b.Type, "URL") {
			shown = Button{Type: "web_url", Title: b.Text, URL: b.URL}
		}
		if i < len(p.Parameters) {
			given := p.Parameters[i]
			shown.Payload = cmp.Or(given.Payload, shown.Payload)
			if given.URL != "" && utilityPlace.MatchString(shown.URL) {
				shown.URL = utilityPlace.ReplaceAllLiteralString(shown.URL, given.URL)
			} else {
				shown.URL = cmp.Or(given.URL, shown.URL)
			}
		}
		list = append(list, shown)
	}
	return list
}
