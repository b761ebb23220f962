// Package shown says what people see of the simulator's messages, for reports of tests and for comparisons.
package shown

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/djmessenger/messenger/internal/printable"
	"github.com/djmessenger/messenger/simulator"
)

// Text is what a message says: its own text, or that of its template, or else the first title in it.
func Text(m simulator.Message) string {
	if m.Text != "" {
		return m.Text
	}
	for _, a := range m.Attachments {
		if a.Template == nil {
			continue
		}
		if a.Template.Text != "" {
			return a.Template.Text
		}
		for _, e := range a.Template.Elements {
			if e.Title != "" {
				return e.Title
			}
		}
	}
	for _, a := range m.Attachments {
		if a.Title != "" {
			return a.Title
		}
	}
	return ""
}

// Line is a message in one line, without ids, addresses of the simulator and times.
func Line(m simulator.Message) string {
	var parts []string
	add := func(format string, args ...any) { parts = append(parts, fmt.Sprintf(format, args...)) }
	switch {
	case m.Unsent:
		add("(taken back)")
	case m.Kind == simulator.KindPostback || m.From == simulator.FromPerson && m.Payload != "":
		add("taps %s", m.Text)
	case m.Text != "":
		add("%s", m.Text)
	}
	for _, a := range m.Attachments {
		parts = append(parts, attachment(a)...)
	}
	var replies []string
	for _, q := range m.QuickReplies {
		replies = append(replies, cmp.Or(q.Title, q.ContentType))
	}
	if len(replies) > 0 {
		add("[quick replies: %s]", strings.Join(replies, " | "))
	}
	if m.Persona != nil {
		add("(as %s)", m.Persona.Name)
	}
	if m.PageReaction != "" {
		add("(the page reacts %s)", m.PageReaction)
	}
	if len(parts) == 0 {
		return "(nothing to see)"
	}
	return printable.Text(strings.ReplaceAll(strings.Join(parts, " "), "\n", "⏎"))
}

func attachment(a simulator.Attachment) []string {
	switch {
	case a.Template != nil:
		return template(*a.Template)
	case a.StickerID != "":
		return []string{"[sticker " + a.StickerID + "]"}
	case a.Type == "location":
		return []string{fmt.Sprintf("[location %s %v, %v]", a.Title, a.Latitude, a.Longitude)}
	}
	return []string{"[" + strings.TrimSpace(a.Type+" "+cmp.Or(where(a.URL), a.Title)) + "]"}
}

// where is an address without that of the simulator, whose port and ids change.
func where(url string) string {
	if strings.Contains(url, "/simulator/files/") {
		return "file " + url[strings.LastIndexByte(url, '/')+1:]
	}
	return url
}

func template(t simulator.Template) []string {
	parts := []string{"[" + t.Type + "]"}
	if t.Text != "" {
		parts = append(parts, t.Text)
	}
	if t.Text == "" && len(t.Elements) == 0 || t.Type == "receipt" {
		parts = append(parts, words(t.Raw)...)
	}
	parts = append(parts, buttons(t.Buttons)...)
	if t.Type == "receipt" {
		return parts
	}
	for i, e := range t.Elements {
		if len(t.Elements) > 1 {
			parts = append(parts, fmt.Sprintf("(%d)", i+1))
		}
		for _, text := range []string{e.Title, e.Subtitle, where(e.ImageURL), where(e.URL)} {
			if text != "" {
				parts = append(parts, text)
			}
		}
		parts = append(parts, buttons(e.Buttons)...)
	}
	return parts
}

func buttons(list []simulator.Button) []string {
	var titles []string
	for _, b := range list {
		titles = append(titles, strings.TrimSpace(cmp.Or(b.Title, b.Type)+" "+where(b.URL)))
	}
	if len(titles) == 0 {
		return nil
	}
	return []string{"[buttons: " + strings.Join(titles, " | ") + "]"}
}

// words is the JSON of a template without a text of its own, with its keys in order.
func words(raw json.RawMessage) []string {
	var payload map[string]any
	if json.Unmarshal(raw, &payload) != nil {
		return nil
	}
	delete(payload, "template_type")
	delete(payload, "payload")
	delete(payload, "timestamp")
	data, err := json.Marshal(payload)
	if err != nil || len(payload) == 0 {
		return nil
	}
	return []string{string(data)}
}
