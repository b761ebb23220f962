package scenario

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/djmessenger/messenger/internal/shown"
	"github.com/djmessenger/messenger/simulator"
)

// thing is what a step looks at: it has a text of its own, which a scalar is compared with, and fields.
type thing struct {
	main   string
	fields map[string]any
}

// messageKeys are the keys of what a person sees, besides the names of templates.
var messageKeys = []string{
	"text", "quick_replies", "buttons", "cards", "image", "video", "audio", "file", "sticker", "template", "payload", "attachments",
	"persona", "reply_to", "metadata", "tag", "messaging_type", "raw",
}

var templateTypes = []string{
	"generic", "button", "media", "receipt", "product", "coupon", "customer_feedback", "customer_information", "image_grid", "instant_form",
	"notification_messages", "one_time_notif_req", "calling_optin", "call_prompt",
}

// viewOf is a message as steps look at it.
func viewOf(m simulator.Message) thing {
	fields := map[string]any{"text": shown.Text(m)}
	put := func(name, text string) {
		if text != "" {
			fields[name] = text
		}
	}
	put("reply_to", m.ReplyTo)
	put("metadata", m.Metadata)
	put("tag", m.Tag)
	put("messaging_type", m.MessagingType)
	if m.Persona != nil {
		fields["persona"] = thing{m.Persona.Name, map[string]any{"id": m.Persona.ID, "name": m.Persona.Name, "profile_picture_url": m.Persona.PictureURL}}
	}
	fields["quick_replies"] = replies(m.QuickReplies)
	var pressed, cards, attachments []any
	for _, a := range m.Attachments {
		attachments = append(attachments, decoded(must(json.Marshal(a))))
		put(a.Type, cmp.Or(a.URL, a.AttachmentID))
		put("sticker", a.StickerID)
		if a.Template == nil {
			continue
		}
		payload := payloadOf(*a.Template)
		fields["template"], fields["payload"], fields[a.Template.Type] = a.Template.Type, payload, payload
		pressed = append(pressed, buttons(a.Template.Buttons)...)
		for _, e := range a.Template.Elements {
			pressed = append(pressed, buttons(e.Buttons)...)
			cards = append(cards, card(e))
		}
	}
	fields["buttons"], fields["cards"], fields["attachments"] = list0(pressed), list0(cards), list0(attachments)
	fields["raw"] = decoded(m.Raw)
	return thing{shown.Text(m), fields}
}

func list0(items []any) []any { return append([]any{}, items...) }

func replies(chips []simulator.QuickReply) []any {
	list := []any{}
	for _, q := range chips {
		list = append(list, thing{cmp.Or(q.Title, q.ContentType), fieldsOf(q)})
	}
	return list
}

func buttons(all []simulator.Button) []any {
	list := []any{}
	for _, b := range all {
		list = append(list, thing{cmp.Or(b.Title, b.Type), fieldsOf(b)})
	}
	return list
}

func card(e simulator.Element) thing {
	fields := fieldsOf(e)
	fields["buttons"] = buttons(e.Buttons)
	return thing{e.Title, fields}
}

// fieldsOf are the fields of a struct as JSON has them.
func fieldsOf(v any) map[string]any {
	fields, _ := decoded(must(json.Marshal(v))).(map[string]any)
	return fields
}

// payloadOf is the payload of a template. What a receipt sums up is found at its top too.
func payloadOf(t simulator.Template) map[string]any {
	payload, _ := decoded(t.Raw).(map[string]any)
	if payload == nil {
		payload = map[string]any{}
	}
	if summary, ok := payload["summary"].(map[string]any); ok {
		for name, value := range summary {
			if _, taken := payload[name]; !taken {
				payload[name] = value
			}
		}
	}
	return payload
}

// decoded is JSON as plain values, with its numbers as they are written; nil if it is none.
func decoded(data []byte) any {
	var v any
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	if dec.Decode(&v) != nil {
		return nil
	}
	return v
}

// must is for values that JSON can hold.
func must(data []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return data
}

// describe is a value in a few words, for differences.
func describe(v any) string {
	switch v := v.(type) {
	case nil:
		return "nothing"
	case thing:
		if v.main != "" {
			return quote(v.main)
		}
		names := slices.DeleteFunc(slices.Sorted(maps.Keys(v.fields)), func(name string) bool {
			inner, isList := v.fields[name].([]any)
			return isList && len(inner) == 0 || v.fields[name] == "" || name == "raw"
		})
		return "{" + strings.Join(names, ", ") + "}"
	case []any:
		parts := make([]string, len(v))
		for i, item := range v {
			parts[i] = describe(item)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case string:
		return quote(v)
	}
	return shortened(string(must(json.Marshal(v))))
}

func quote(text string) string { return shortened(string(must(json.Marshal(text)))) }

// shortened is a text of at most 200 characters.
func shortened(text string) string {
	if runes := []rune(text); len(runes) > 200 {
		return string(runes[:199]) + "…"
	}
	return text
}
