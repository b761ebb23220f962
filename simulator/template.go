package simulator

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
)

// templates are the template types there are, each with the keys of its payload
// and what is checked, see
// https://developers.facebook.com/docs/messenger-platform/reference/templates
// Airline, list and open-graph templates are gone.
var templates = map[string]struct {
	keys  string
	check func(sd *send, get func(string) value, t *Template)
}{
	"generic":              {"elements sharable image_aspect_ratio", (*send).readGeneric},
	"button":               {"text buttons sharable", (*send).readButtonTemplate},
	"media":                {"elements sharable", (*send).readMediaTemplate},
	"receipt":              {"recipient_name merchant_name order_number currency payment_method order_url timestamp address summary adjustments elements sharable", (*send).readReceipt},
	"product":              {"elements", (*send).readProduct},
	"coupon":               {"title subtitle coupon_code coupon_url coupon_url_button_title coupon_pre_message image_url payload", (*send).readCoupon},
	"customer_feedback":    {"title subtitle button_title feedback_screens business_privacy expires_in_days", (*send).readFeedback},
	"customer_information": {"countries business_privacy expires_in_days address_overrides contact_overrides purpose", (*send).readInformation},
	"image_grid":           {"elements", (*send).readImageGrid},
	"instant_form":         {"form_id", func(sd *send, get func(string) value, _ *Template) { sd.neededID(get("form_id")) }},
	"notification_messages": {"title image_url payload notification_messages_timezone notification_messages_cta_text elements " +
		"notification_messages_reoptin notification_messages_frequency", (*send).readNotification},
	"one_time_notif_req": {"title payload", (*send).readOneTime},
	"calling_optin":      {"", nil},
	"call_prompt":        {"*", nil},
}

// instagramTemplates are those that Instagram has too.
var instagramTemplates = []string{"button", "generic", "notification_messages", "product"}

func (sd *send) readTemplate(v value) *Template {
	var head struct {
		Type string `json:"template_type"`
	}
	v = v.unquoted()
	if json.Unmarshal(v.raw, &head) != nil {
		sd.refuse("Param %s must be an object with a template_type.", v.path)
		return nil
	}
	kind, ok := templates[head.Type]
	if !ok {
		names := make([]string, 0, len(templates))
		for name := range templates {
			names = append(names, name)
		}
		slices.Sort(names)
		sd.refuse("Param %s[template_type] must be one of {%s}.", v.path, strings.Join(names, ", "))
		return nil
	}
	if sd.instagram && !slices.Contains(instagramTemplates, head.Type) {
		sd.refuse("Param %s[template_type] must be one of {%s}.", v.path, strings.Join(instagramTemplates, ", "))
		return nil
	}
	t := &Template{Type: head.Type, Raw: v.raw}
	if kind.keys != "*" {
		get := sd.object(v, append(strings.Fields(kind.keys), "template_type")...)
		if kind.check != nil && sd.err == nil {
			kind.check(sd, get, t)
		}
	}
	return t
}

func (sd *send) readGeneric(get func(string) value, t *Template) {
	sd.oneOf(get("image_aspect_ratio"), "horizontal", "square")
	for _, item := range sd.list(get("elements"), 1, 10) {
		part := sd.object(item, "title", "subtitle", "image_url", "default_action", "buttons")
		e := Element{Title: sd.required(part("title"), 80), Subtitle: sd.text(part("subtitle"), 80), ImageURL: sd.link(part("image_url"), false)}
		if action := part("default_action"); action.present() {
			b := sd.readButton(action, buttonOfCard)
			e.DefaultAction = &b
		}
		e.Buttons = sd.readButtons(part("buttons"), 0)
		if e.Subtitle == "" && e.ImageURL == "" && e.DefaultAction == nil && len(e.Buttons) == 0 {
			sd.refuse("Param %s must have one thing beside its title.", item.path)
		}
		t.Elements = append(t.Elements, e)
	}
}

func (sd *send) readButtonTemplate(get func(string) value, t *Template) {
	t.Text = sd.required(get("text"), 640)
	t.Buttons = sd.readButtons(get("buttons"), 1)
}

func (sd *send) readMediaTemplate(get func(string) value, t *Template) {
	for _, item := range sd.list(get("elements"), 1, 1) {
		part := sd.object(item, "media_type", "attachment_id", "url", "buttons")
		e := Element{MediaType: sd.oneOf(part("media_type"), "image", "video"), URL: sd.link(part("url"), false), AttachmentID: sd.id(part("attachment_id"))}
		if e.MediaType == "" {
			sd.refuse("Param %s[media_type] must be one of {image, video}.", item.path)
		}
		if (e.URL == "") == (e.AttachmentID == "") {
			sd.refuse("Param %s must have exactly one of url and attachment_id.", item.path)
		}
		if e.URL != "" && !facebookURL.MatchString(e.URL) {
			sd.refuse("Param %s[url] must be a Facebook URL.", item.path)
		}
		e.Buttons = sd.readButtons(part("buttons"), 0)
		t.Elements = append(t.Elements, e)
	}
}

var (
	facebookURL = regexp.MustCompile(`^https://([a-z0-9-]+\.)*facebook\.com/`)
	questionID  = regexp.MustCompile(`^[A-Za-z0-9_]{1,80}$`)
	noSpaces    = regexp.MustCompile(`^\S+$`)
)

func (sd *send) readReceipt(get func(string) value, t *Template) {
	for _, name := range []string{"recipient_name", "order_number", "currency", "payment_method"} {
		sd.required(get(name), 1000)
	}
	sum := sd.object(get("summary"), "subtotal", "shipping_cost", "total_tax", "total_cost")
	if !sum("total_cost").present() {
		sd.refuse("Param %s must be present.", sum("total_cost").path)
	}
	if elements := get("elements"); elements.present() {
		for _, item := range sd.list(elements, 0, 100) {
			part := sd.object(item, "title", "subtitle", "quantity", "price", "currency", "image_url")
			e := Element{Title: sd.required(part("title"), 1000), Subtitle: sd.text(part("subtitle"), 1000), ImageURL: sd.link(part("image_url"), false)}
			if !part("price").present() {
				sd.refuse("Param %s[price] must be present.", item.path)
			}
			t.Elements = append(t.Elements, e)
		}
	}
}

func (sd *send) readProduct(get func(string) value, _ *Template) {
	for _, item := range sd.list(get("elements"), 1, 10) {
		sd.neededID(sd.object(item, "id")("id"))
	}
}

func (sd *send) readCoupon(get func(string) value, t *Template) {
	t.Text = sd.required(get("title"), 80)
	sd.text(get("subtitle"), 80)
	sd.text(get("payload"), maxPayload)
	code, link := sd.text(get("coupon_code"), 1000), sd.link(get("coupon_url"), false)
	if code == "" && link == "" {
		sd.refuse("Param %s must have a coupon_code or a coupon_url.", get("coupon_code").path)
	}
	if code != "" && !noSpaces.MatchString(code) {
		sd.refuse("Param %s must have no spaces.", get("coupon_code").path)
	}
}

func (sd *send) privacy(v value) { sd.needLink(sd.object(v, "url")("url")) }

func (sd *send) needLink(v value) {
	if sd.link(v, false) == "" {
		sd.refuse("Param %s must be an absolute URL.", v.path)
	}
}

func (sd *send) readFeedback(get func(string) value, t *Template) {
	t.Text = sd.required(get("title"), 65)
	sd.text(get("subtitle"), 80)
	sd.text(get("button_title"), 20)
	sd.days(get("expires_in_days"))
	sd.privacy(get("business_privacy"))
	for _, screen := range sd.list(get("feedback_screens"), 1, 1) {
		for _, item := range sd.list(sd.object(screen, "questions")("questions"), 1, 1) {
			question := sd.object(item, "id", "type", "title", "score_label", "score_option", "follow_up")
			if id := sd.required(question("id"), 80); !questionID.MatchString(id) {
				sd.refuse("Param %s[id] must be letters, digits and underscores.", item.path)
			}
			sd.required(question("type"), 100)
			if follow := question("follow_up"); follow.present() {
				more := sd.object(follow, "type", "placeholder")
				sd.text(more("placeholder"), 65)
			}
		}
	}
}

func (sd *send) readInformation(get func(string) value, _ *Template) {
	sd.list(get("countries"), 1, 1000)
	sd.privacy(get("business_privacy"))
	sd.days(get("expires_in_days"))
}

func (sd *send) readImageGrid(get func(string) value, t *Template) {
	for _, item := range sd.list(get("elements"), 1, 1) {
		part := sd.object(item, "images", "title", "subtitle", "buttons")
		e := Element{Title: sd.text(part("title"), 45), Subtitle: sd.text(part("subtitle"), 80)}
		heroes := 0
		for _, image := range sd.list(part("images"), 2, 6) {
			field := sd.object(image, "url", "is_hero_image", "action")
			sd.needLink(field("url"))
			if sd.boolean(field("is_hero_image")) {
				heroes++
			}
		}
		if heroes > 1 {
			sd.refuse("Param %s[images] must have at most one hero image.", item.path)
		}
		e.Buttons = sd.readButtons(part("buttons"), 0)
		for _, b := range e.Buttons {
			if b.Type != "web_url" && b.Type != "postback" {
				sd.refuse("Param %s[buttons] takes web_url and postback only.", item.path)
			}
		}
		t.Elements = append(t.Elements, e)
	}
}

func (sd *send) readNotification(get func(string) value, t *Template) {
	t.Text = sd.text(get("title"), 65)
	sd.text(get("payload"), maxPayload)
	sd.link(get("image_url"), false)
	sd.oneOf(get("notification_messages_cta_text"), "ALLOW", "FREQUENCY", "GET", "GET_UPDATES", "OPT_IN", "SIGN_UP")
}

func (sd *send) readOneTime(get func(string) value, t *Template) {
	t.Text = sd.required(get("title"), 65)
	sd.required(get("payload"), maxPayload)
}
