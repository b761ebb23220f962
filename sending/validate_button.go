package sending

import (
	"fmt"
	"slices"
	"strings"
)

// buttonFields are the fields that go with some kinds of button only, and
// buttonKinds those that each kind takes.
var (
	buttonFields = []string{
		"title", "url", "payload", "webview_height_ratio", "messenger_extensions", "fallback_url",
		"webview_share_button", "game_metadata", "expires_in_days",
	}
	buttonKinds = map[string]struct {
		takes []string
		look  func(node)
	}{
		string(ButtonURL): {[]string{
			"title", "url", "webview_height_ratio", "messenger_extensions", "fallback_url", "webview_share_button",
		}, node.checkURLButton},
		string(ButtonPostback):      {[]string{"title", "payload"}, node.checkPostbackButton},
		string(ButtonPhone):         {[]string{"title", "payload"}, node.checkPhoneButton},
		string(ButtonAccountLink):   {[]string{"url"}, node.checkLinkButton},
		string(ButtonAccountUnlink): {nil, func(node) {}},
		string(ButtonGame):          {[]string{"title", "payload", "game_metadata"}, node.checkGameButton},
		string(ButtonAudioCall):     {[]string{"title", "expires_in_days"}, node.checkCallButton},
	}
)

// checkButtons checks a list of buttons. Without kinds all kinds are taken; on
// Instagram, those that open a page or send a payload back.
func (n node) checkButtons(least int, kinds ...ButtonType) {
	for _, button := range n.list(least, MaxButtons) {
		button.checkButton(kinds)
	}
}

func (n node) checkButton(kinds []ButtonType) {
	kind := n.get("type")
	if !n.isObject() || !kind.need() {
		return
	}
	name := kind.text(0)
	known, ok := buttonKinds[name]
	if !ok {
		// A kind that the platform has added since.
		n.get("title").text(MaxTitle)
		return
	}
	switch {
	case len(kinds) > 0 && !slices.Contains(kinds, ButtonType(name)):
		kind.fail(name + " does not go here")
	case n.c.instagram() && ButtonType(name) != ButtonURL && ButtonType(name) != ButtonPostback:
		kind.fail(name + " is not for Instagram, which takes web_url and postback")
	}
	for _, field := range buttonFields {
		if n.get(field).present() && !slices.Contains(known.takes, field) {
			n.get(field).fail("does not go with a button of the type " + name)
		}
	}
	known.look(n)
}

// checkDefaultAction checks the action of a card: a web_url without a title.
func (n node) checkDefaultAction() {
	if !n.isObject() || !n.get("type").need() {
		return
	}
	if kind := n.get("type").text(0); kind != string(ButtonURL) {
		n.get("type").fail(fmt.Sprintf("%q is not web_url", kind))
		return
	}
	if n.get("title").present() {
		n.get("title").fail("does not go with a default action")
	}
	n.checkWebview()
}

func (n node) checkURLButton() {
	n.get("title").needText(MaxTitle)
	n.checkWebview()
}

func (n node) checkWebview() {
	n.get("url").needURL()
	n.get("webview_height_ratio").oneOf(WebviewCompact, WebviewTall, WebviewFull)
	n.get("webview_share_button").oneOf(WebviewShareHide)
	fallback := n.get("fallback_url")
	fallback.url()
	if fallback.present() && !n.get("messenger_extensions").present() {
		fallback.fail("goes with messenger_extensions only")
	}
}

func (n node) checkPostbackButton() {
	n.get("title").needText(MaxTitle)
	n.get("payload").needText(MaxPayload)
}

func (n node) checkPhoneButton() {
	n.get("title").needText(MaxTitle)
	number := n.get("payload")
	if text := number.needText(MaxPayload); text != "" && (!strings.HasPrefix(text, "+") || !strings.ContainsAny(text, "0123456789")) {
		number.fail("is not a phone number with + and the country code")
	}
}

func (n node) checkLinkButton() { n.get("url").needHTTPS() }

func (n node) checkGameButton() {
	n.get("title").needText(MaxTitle)
	n.get("payload").text(MaxPayload)
	if game := n.get("game_metadata"); game.present() && game.isObject() {
		game.needOne("player_id", "context_id")
	}
}

func (n node) checkCallButton() {
	n.get("title").needText(MaxTitle)
	n.get("expires_in_days").days()
}
