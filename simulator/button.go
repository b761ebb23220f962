package simulator

import "regexp"

// buttonPlace says where a button stands, which decides its limits.
type buttonPlace int

const (
	buttonOfTemplate buttonPlace = iota
	buttonOfCard                 // default_action: a web_url without title
	buttonOfMenu                 // persistent menu: longer titles, two kinds
)

var phoneNumber = regexp.MustCompile(`^\+[0-9][0-9 ()-]{3,30}$`)

// readButtons checks up to three buttons.
func (c *check) readButtons(v value, least int) []Button {
	if !v.present() && least == 0 {
		return nil
	}
	items := c.list(v, max(least, 1), 3)
	buttons := make([]Button, 0, len(items))
	for _, item := range items {
		buttons = append(buttons, c.readButton(item, buttonOfTemplate))
	}
	return buttons
}

// readButton checks one button, see
// https://developers.facebook.com/docs/messenger-platform/reference/buttons
// element_share, payment and nested are gone.
func (c *check) readButton(v value, place buttonPlace) Button {
	get := c.object(v, "type", "title", "url", "payload", "webview_height_ratio", "messenger_extensions", "fallback_url",
		"webview_share_button", "game_metadata", "expires_in_days")
	kinds := []string{"web_url", "postback", "phone_number", "account_link", "account_unlink", "game_play", "audio_call"}
	longest := maxTitle
	switch place {
	case buttonOfCard:
		kinds = kinds[:1]
	case buttonOfMenu:
		kinds, longest = kinds[:2], 30
	case buttonOfTemplate:
		if c.instagram {
			kinds = kinds[:2]
		}
	}
	b := Button{Type: c.oneOf(get("type"), kinds...)}
	if b.Type == "" {
		c.refuse("Param %s[type] must be one of %v.", v.path, kinds)
		return b
	}
	b.Title = c.text(get("title"), longest)
	untitled := place == buttonOfCard || b.Type == "account_link" || b.Type == "account_unlink"
	if untitled && b.Title != "" {
		c.refuse("Param %s takes no title.", v.path)
	}
	if !untitled && b.Title == "" {
		c.refuse("Param %s[title] must be a non-empty string.", v.path)
	}
	switch b.Type {
	case "web_url":
		c.readWebButton(v, get, &b)
	case "postback":
		b.Payload = c.required(get("payload"), maxPayload)
	case "phone_number":
		if b.Payload = c.required(get("payload"), maxPayload); !phoneNumber.MatchString(b.Payload) {
			c.refuse("Param %s[payload] must be a phone number with + and country code.", v.path)
		}
	case "account_link":
		if b.URL = c.link(get("url"), true); b.URL == "" {
			c.refuse("Param %s[url] must be an https URL.", v.path)
		}
	case "game_play":
		b.Payload = c.text(get("payload"), maxPayload)
	case "audio_call":
		c.days(get("expires_in_days"))
	}
	return b
}

func (c *check) readWebButton(v value, get func(string) value, b *Button) {
	if b.URL = c.link(get("url"), false); b.URL == "" {
		c.refuse("Param %s[url] must be an absolute URL.", v.path)
	}
	c.oneOf(get("webview_height_ratio"), "compact", "tall", "full")
	c.oneOf(get("webview_share_button"), "hide")
	if c.link(get("fallback_url"), false) != "" && !c.boolean(get("messenger_extensions")) {
		c.refuse("Param %s[fallback_url] needs messenger_extensions.", v.path)
	}
}
