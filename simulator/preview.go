package simulator

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// previewLength is how many characters of a text a preview has.
const previewLength = 80

// previewCallback says in a few words what a callback tells the bot.
func previewCallback(body string) string {
	var cb struct {
		Entry []struct {
			Messaging, Standby []eventPreview
			Changes            []struct {
				Value struct {
					Item, Verb, Message, Text string
				}
			}
		}
	}
	if json.Unmarshal([]byte(body), &cb) != nil {
		return ""
	}
	var parts []string
	for _, e := range cb.Entry {
		for _, ev := range append(e.Messaging, e.Standby...) {
			parts = append(parts, ev.String())
		}
		for _, c := range e.Changes {
			parts = append(parts, fmt.Sprintf("%s %s", cmp.Or(c.Value.Item, "comment"), quoted(cmp.Or(c.Value.Message, c.Value.Text))))
		}
	}
	return strings.TrimSpace(strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ", "))
}

// eventPreview is what the preview of an event needs of it.
type eventPreview struct {
	Message *struct {
		Text        string
		IsEcho      bool                      `json:"is_echo"`
		IsDeleted   bool                      `json:"is_deleted"`
		StickerID   json.Number               `json:"sticker_id"`
		QuickReply  *struct{ Payload string } `json:"quick_reply"`
		Attachments []struct{ Type string }
	}
	Postback    *struct{ Title, Payload string }
	Reaction    *struct{ Action, Emoji string }
	MessageEdit *struct{ Text string } `json:"message_edit"`
	Optin       *struct {
		Ref, Type string
		Status    string `json:"notification_messages_status"`
	}
	Referral *struct {
		Ref  string
		AdID ident `json:"ad_id"`
	}
	AccountLinking *struct{ Status string } `json:"account_linking"`
	Read, Delivery json.RawMessage
	Feedback       json.RawMessage `json:"messaging_feedback"`
	Information    json.RawMessage `json:"messaging_customer_information"`
	Form           json.RawMessage
	Template       *struct {
		CouponCode string `json:"coupon_code"`
	}
	CallPermission *struct{ Response string } `json:"call_permission_reply"`
	Pass           json.RawMessage            `json:"pass_thread_control"`
	Take           json.RawMessage            `json:"take_thread_control"`
	Request        json.RawMessage            `json:"request_thread_control"`
}

func (e eventPreview) String() string {
	switch {
	case e.Message != nil:
		return e.message()
	case e.Postback != nil:
		return fmt.Sprintf("taps %s (%s)", quoted(e.Postback.Title), shortened(e.Postback.Payload))
	case e.Reaction != nil:
		return strings.TrimSpace(e.Reaction.Action + " " + e.Reaction.Emoji)
	case e.MessageEdit != nil:
		return "edits to " + quoted(e.MessageEdit.Text)
	case e.Optin != nil:
		return e.optin()
	case e.Referral != nil:
		return "comes by " + quoted(cmp.Or(e.Referral.Ref, "ad "+string(e.Referral.AdID)))
	case e.AccountLinking != nil:
		return cmp.Or(strings.TrimSuffix(e.AccountLinking.Status, "ed"), "change") + "s the account"
	case e.Feedback != nil:
		return "gives feedback"
	case e.Information != nil:
		return "fills in the form"
	case e.Form != nil:
		return "fills in a form"
	case e.Template != nil:
		return "reveals the coupon " + quoted(e.Template.CouponCode)
	case e.CallPermission != nil:
		return cmp.Or(e.CallPermission.Response, "answer") + "s calls by the page"
	case e.Read != nil:
		return "read"
	case e.Delivery != nil:
		return "delivered"
	case e.Pass != nil:
		return "conversation passed"
	case e.Take != nil:
		return "conversation taken"
	case e.Request != nil:
		return "conversation requested"
	default:
		return ""
	}
}

func (e eventPreview) optin() string {
	switch o := e.Optin; {
	case o.Type == "one_time_notif_req":
		return "allows one notification"
	case o.Type != "notification_messages":
		return "opts in " + quoted(cmp.Or(o.Ref, o.Type))
	case strings.HasPrefix(o.Status, "STOP"):
		return "stops notifications"
	case strings.HasPrefix(o.Status, "RESUME"):
		return "resumes notifications"
	default:
		return "allows notifications"
	}
}

func (e eventPreview) message() string {
	m := e.Message
	var parts []string
	if m.IsEcho {
		parts = append(parts, "echo")
	}
	if m.IsDeleted {
		parts = append(parts, "unsent")
	}
	if m.QuickReply != nil {
		parts = append(parts, "taps "+quoted(m.Text), "("+shortened(m.QuickReply.Payload)+")")
	} else if m.Text != "" {
		parts = append(parts, quoted(m.Text))
	}
	if m.StickerID != "" {
		return strings.Join(append(parts, "[sticker]"), " ")
	}
	for _, a := range m.Attachments {
		parts = append(parts, "["+a.Type+"]")
	}
	return strings.Join(parts, " ")
}

// previewCall says whom a Graph call is about, and in a few words what it does.
func previewCall(path []string, p *params) (psid, preview string) {
	var c callPreview
	fits := true
	for name, to := range map[string]any{"recipient": &c.Recipient, "message": &c.Message, "sender_action": &c.SenderAction} {
		value := p.values[name]
		var text string
		if name != "sender_action" && json.Unmarshal(value, &text) == nil {
			value = json.RawMessage(text) // of a form
		}
		if json.Valid(value) && json.Unmarshal(value, to) != nil {
			fits = false // a field of another type: the answer says so
		}
	}
	if !fits {
		return c.Recipient.ID, ""
	}
	if len(path) == 1 && !word.MatchString(path[0]) {
		return path[0], ""
	}
	return c.Recipient.ID, c.String()
}

// callPreview is what the preview of a Graph call needs of its parameters.
type callPreview struct {
	Recipient    struct{ ID string }
	SenderAction string `json:"sender_action"`
	Message      struct {
		Text         string
		QuickReplies []json.RawMessage `json:"quick_replies"`
		Attachment   *struct {
			Type    string
			Payload struct {
				TemplateType string `json:"template_type"`
				Text         string
				Elements     []struct{ Title string }
			}
		}
		Attachments []struct{ Type string }
		StickerID   json.RawMessage `json:"sticker_id"`
		Template    *struct{ Name string }
	}
}

func (c callPreview) String() string {
	if c.SenderAction != "" {
		return c.SenderAction
	}
	var parts []string
	if c.Message.Text != "" {
		parts = append(parts, quoted(c.Message.Text))
	}
	if a := c.Message.Attachment; a != nil {
		parts = append(parts, "["+cmp.Or(a.Payload.TemplateType, a.Type)+"]")
		switch {
		case a.Payload.Text != "":
			parts = append(parts, quoted(a.Payload.Text))
		case len(a.Payload.Elements) > 0:
			parts = append(parts, quoted(a.Payload.Elements[0].Title))
		}
	}
	for _, a := range c.Message.Attachments {
		parts = append(parts, "["+a.Type+"]")
	}
	if c.Message.StickerID != nil {
		parts = append(parts, "[sticker]")
	}
	if t := c.Message.Template; t != nil {
		parts = append(parts, "[utility]", quoted(t.Name))
	}
	switch n := len(c.Message.QuickReplies); {
	case n == 1:
		parts = append(parts, "+1 quick reply")
	case n > 1:
		parts = append(parts, fmt.Sprintf("+%d quick replies", n))
	}
	return strings.Join(parts, " ")
}

// quoted is a text on one line, in quotes, empty if it is.
func quoted(text string) string {
	if text == "" {
		return ""
	}
	return fmt.Sprintf("%q", shortened(text))
}

// shortened is a text of at most previewLength characters.
func shortened(text string) string {
	if runes := []rune(text); len(runes) > previewLength {
		return string(runes[:previewLength-1]) + "…"
	}
	return text
}
