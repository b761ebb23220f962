package sending

import (
	"encoding/json"
	"fmt"

	"github.com/djmessenger/messenger/attachment"
)

// Template makes a message with a template of any type, for templates that this
// library has no builder for. The payload is encoded as JSON, an object or nil;
// its template_type is set to templateType.
func Template(templateType string, payload any) (Message, error) {
	fields, err := fieldsOf(payload)
	if err != nil {
		return Message{}, fmt.Errorf("sending: payload of template %q: %w", templateType, err)
	}
	name, err := json.Marshal(templateType)
	if err != nil {
		return Message{}, fmt.Errorf("sending: template type: %w", err)
	}
	fields["template_type"] = name
	return attach(attachment.Template, fields), nil
}

// ButtonTemplate makes a message with a text of at most 640 characters and one
// to three buttons.
//
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/template/button
func ButtonTemplate(text string, buttons ...Button) Message {
	return template("button", Buttons{Text: text, Buttons: buttons})
}

// template makes a message of a template type and a struct with the other
// fields of its payload.
func template(templateType string, payload any) Message {
	raw := encode(payload)
	head := `{"template_type":"` + templateType + `"`
	if string(raw) != "{}" {
		head += ","
	}
	return Message{Attachment: &Attachment{Type: attachment.Template, Payload: append([]byte(head), raw[1:]...)}}
}

func fieldsOf(payload any) (map[string]json.RawMessage, error) {
	raw, err := json.Marshal(payload)
	if err != nil {
		return nil, err
	}
	fields := map[string]json.RawMessage{}
	if err := json.Unmarshal(raw, &fields); err != nil {
		return nil, err
	}
	if fields == nil {
		fields = map[string]json.RawMessage{} // a template without fields
	}
	return fields, nil
}
