package sending

import (
	"encoding/json"

	"github.com/djmessenger/messenger/attachment"
)

// templates are the template types that are looked into. What else the platform
// has passes.
var templates = map[string]struct {
	look      func(node)
	instagram bool // whether Instagram has it too
}{
	"button":                {node.checkButtonTemplate, true},
	"coupon":                {node.checkCoupon, false},
	"customer_feedback":     {node.checkCustomerFeedback, false},
	"customer_information":  {node.checkCustomerInformation, false},
	"generic":               {node.checkGeneric, true},
	"image_grid":            {node.checkImageGrid, false},
	"media":                 {node.checkMedia, false},
	"notification_messages": {node.checkNotificationMessages, true},
	"product":               {node.checkProduct, true},
	"receipt":               {node.checkReceipt, false},
}

func (n node) checkTemplate() {
	kind := n.get("template_type")
	if !n.isObject() || !kind.need() {
		return
	}
	name := kind.text(0)
	known, ok := templates[name]
	if !ok {
		return
	}
	if n.c.instagram() && !known.instagram {
		kind.fail(name + " is not for Instagram")
	}
	known.look(n)
}

func (n node) checkButtonTemplate() {
	n.get("text").needText(MaxButtonText)
	n.get("buttons").checkButtons(1)
}

// templateType returns the type of the message's template, or "".
func (m Message) templateType() string {
	var payload struct {
		TemplateType string `json:"template_type"`
	}
	if m.Attachment == nil || m.Attachment.Type != attachment.Template || json.Unmarshal(m.Attachment.Payload, &payload) != nil {
		return ""
	}
	return payload.TemplateType
}
