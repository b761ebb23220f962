package sending

import (
	"context"
	"slices"
	"strings"

	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/internal/weburl"
	"github.com/djmessenger/messenger/receiving"
)

// UtilityTemplate is a message that the platform has approved beforehand, such
// as an order's confirmation or a reminder. It may be sent at any time, and
// replaces most tags. Messenger only; the page needs the permission for utility
// messages.
//
// As a sender it translates the texts of its parameters; the language of the
// template itself stays. A custom sender embeds it and adds to it; see
// [QuickReplies].
//
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/utility-messages
type UtilityTemplate struct {
	// Name is the template's name among those of the page.
	Name string `json:"name"`
	// Language is one that the template is approved in: "en_US".
	Language string `json:"language"`
	// Components fill in the parts of the template that have parameters.
	Components []UtilityComponent `json:"components,omitempty"`
}

// UtilityComponent fills in one part of a [UtilityTemplate].
type UtilityComponent struct {
	// Type is "header", "body" or "buttons".
	Type       string             `json:"type"`
	Parameters []UtilityParameter `json:"parameters,omitempty"`
}

// UtilityParameter is a value for a place in a [UtilityTemplate]. Functions such
// as [TextParameter] make them.
type UtilityParameter struct {
	// Type is "text", "POSTBACK" or "URL".
	Type string `json:"type"`
	// Name is the place's name, if the template's places have names and not
	// numbers.
	Name string `json:"parameter_name,omitempty"`
	// Text is the value of the text type.
	Text string `json:"text,omitempty"`
	// Payload is what a POSTBACK button sends back, at most 1000 characters.
	Payload string `json:"payload,omitempty"`
	// URL is where a URL button leads: a URL, or what the approved one leaves
	// open at its end.
	URL string `json:"url,omitempty"`
}

// The parts of a utility template, and the types of their parameters.
const (
	utilityHeader  = "header"
	utilityBody    = "body"
	utilityButtons = "buttons"

	parameterText     = "text"
	parameterPostback = "POSTBACK"
	parameterURL      = "URL"
)

// TextParameter makes the value of a numbered place.
func TextParameter(text string) UtilityParameter {
	return UtilityParameter{Type: parameterText, Text: text}
}

// NamedParameter makes the value of a named place.
func NamedParameter(name, text string) UtilityParameter {
	return UtilityParameter{Type: parameterText, Name: name, Text: text}
}

// PostbackParameter makes the payload of a button.
func PostbackParameter(payload string) UtilityParameter {
	return UtilityParameter{Type: parameterPostback, Payload: payload}
}

// URLParameter makes the URL of a button.
func URLParameter(url string) UtilityParameter {
	return UtilityParameter{Type: parameterURL, URL: url}
}

// WithName returns a copy of another template of the page.
func (t UtilityTemplate) WithName(name string) UtilityTemplate {
	t.Name = name
	return t
}

// WithLanguage returns a copy in another language that the template is approved in.
func (t UtilityTemplate) WithLanguage(language string) UtilityTemplate {
	t.Language = language
	return t
}

// WithHeader returns a copy with values for the header.
func (t UtilityTemplate) WithHeader(parameters ...UtilityParameter) UtilityTemplate {
	return t.with(utilityHeader, parameters)
}

// WithBody returns a copy with values for the body.
func (t UtilityTemplate) WithBody(parameters ...UtilityParameter) UtilityTemplate {
	return t.with(utilityBody, parameters)
}

// WithButtons returns a copy with values for the buttons.
func (t UtilityTemplate) WithButtons(parameters ...UtilityParameter) UtilityTemplate {
	return t.with(utilityButtons, parameters)
}

// with adds to the component of that type.
func (t UtilityTemplate) with(component string, parameters []UtilityParameter) UtilityTemplate {
	t.Components = slices.Clone(t.Components)
	at := slices.IndexFunc(t.Components, func(c UtilityComponent) bool { return c.Type == component })
	if at < 0 {
		at = len(t.Components)
		t.Components = append(t.Components, UtilityComponent{Type: component})
	}
	t.Components[at].Parameters = slices.Concat(t.Components[at].Parameters, parameters)
	return t
}

// Message makes the message as it is, without translation.
func (t UtilityTemplate) Message() Message { return t.message() }

// Compose makes the message.
func (t UtilityTemplate) Compose(ctx context.Context, _ *receiving.Event) ([]Message, error) {
	e := expander{ctx: ctx}
	return e.composed(t.expand(&e).message())
}

// TextRefs returns the texts that it translates.
func (t UtilityTemplate) TextRefs() []i18n.TextRef {
	return textRefs(func(e *expander) { t.expand(e) })
}

func (t UtilityTemplate) expand(e *expander) UtilityTemplate {
	t.Components = slices.Clone(t.Components)
	for i, c := range t.Components {
		c.Parameters = slices.Clone(c.Parameters)
		for j := range c.Parameters {
			at := entry(entry("components", i)+".parameters", j)
			e.text(at+".text", &c.Parameters[j].Text, 0)
			e.urlBy(at+".url", &c.Parameters[j].URL, checkUtilityURL)
		}
		t.Components[i] = c
	}
	return t
}

// Validate reports what exceeds a limit before translation. Missing parts are
// allowed: an embedding sender may add them.
func (t UtilityTemplate) Validate() error { return validateDraft(t, node.checkUtility) }

func (t UtilityTemplate) message() Message { return Message{Utility: &t} }

// utilityTemplate is the wire form.
type utilityTemplate struct {
	Name       string             `json:"name"`
	Language   utilityLanguage    `json:"language"`
	Components []UtilityComponent `json:"components,omitempty"`
}

type utilityLanguage struct {
	Code string `json:"code"`
}

func wireUtility(t *UtilityTemplate) *utilityTemplate {
	if t == nil {
		return nil
	}
	return &utilityTemplate{t.Name, utilityLanguage{t.Language}, t.Components}
}

func (n node) checkUtility() {
	n.get("name").needText(0)
	n.get("language").needText(0)
	for _, component := range n.get("components").list(0, 0) {
		kind := component.get("type")
		if kind.need() {
			kind.oneOf(utilityHeader, utilityBody, utilityButtons)
		}
		for _, parameter := range component.get("parameters").list(0, 0) {
			parameter.checkUtilityParameter()
		}
	}
}

func (n node) checkUtilityParameter() {
	kind := n.get("type")
	if !kind.need() {
		return
	}
	switch kind.value {
	case parameterText:
		n.get("text").needText(0)
	case parameterPostback:
		n.get("payload").needText(MaxPayload)
	case parameterURL:
		if n.get("url").need() {
			n.get("url").urlBy(checkUtilityURL)
		}
	}
}

// checkUtilityURL checks a URL, or the end of one.
func checkUtilityURL(text string) error {
	if !strings.Contains(text, "://") {
		text = "https://host.example/" + text
	}
	return weburl.Check(text)
}
