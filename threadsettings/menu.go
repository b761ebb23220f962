package threadsettings

import (
	"cmp"
	"slices"
)

// Menu is the persistent menu in one locale. The platform has had no menus in menus since August 2022. See
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/persistent-menu.
type Menu struct {
	ComposerInputDisabled bool       // the person cannot type; default: they can. Messenger only
	Items                 []MenuItem // 1 to 20; with ComposerInputDisabled none is possible
	Locale                string     // such as zh_TW; default: [DefaultLocale]
}

// MenuItem is a link if it has a URL, else a postback.
type MenuItem struct {
	// FallbackURL opens where Messenger extensions are not supported: a URL like that of URL. Links with MessengerExtensions
	// only.
	FallbackURL string
	// MessengerExtensions gives the page that the link opens the extensions SDK, for which its domain must be among the
	// page's whitelisted domains. Links in Messenger only.
	MessengerExtensions bool
	// Payload of the postback, at most 1000 characters. Default: PERSISTENT_MENU_ONE to PERSISTENT_MENU_FIVE, by the place
	// of the item in its menu, links counted. Postbacks only; the sixth and later ones have no default. A tap on an item
	// with a payload of its own is routed as POSTBACK.
	Payload string
	// Title is 1 to 30 characters.
	Title string
	// URL is what a link opens: an absolute http or https URL by RFC 3986, in which a space is written %20.
	URL string
	// WebviewHeightRatio is compact, tall or full. Links in Messenger only. Default: full.
	WebviewHeightRatio string
}

// MenuOf returns the persistent menu of a bot with one language.
func MenuOf(items ...MenuItem) []Menu {
	return []Menu{{Items: items, Locale: DefaultLocale}}
}

// menuPayloads are the default payloads of postbacks, by position.
var menuPayloads = []string{
	"PERSISTENT_MENU_ONE", "PERSISTENT_MENU_TWO", "PERSISTENT_MENU_THREE", "PERSISTENT_MENU_FOUR", "PERSISTENT_MENU_FIVE",
}

func menusWithDefaults(menus []Menu) []Menu {
	menus = slices.Clone(menus)
	for i := range menus {
		menu := &menus[i]
		menu.Locale = cmp.Or(menu.Locale, DefaultLocale)
		menu.Items = slices.Clone(menu.Items)
		for place := range menu.Items {
			item := &menu.Items[place]
			if item.URL == "" && item.Payload == "" && place < len(menuPayloads) {
				item.Payload = menuPayloads[place]
			}
			if item.WebviewHeightRatio == "full" {
				item.WebviewHeightRatio = ""
			}
		}
	}
	return menus
}

type wireMenu struct {
	Locale                string     `json:"locale"`
	ComposerInputDisabled *bool      `json:"composer_input_disabled,omitempty"` // Instagram has none
	CallToActions         []wireItem `json:"call_to_actions,omitempty"`
}

type wireItem struct {
	Type                string `json:"type"`
	Title               string `json:"title"`
	Payload             string `json:"payload,omitempty"`
	URL                 string `json:"url,omitempty"`
	WebviewHeightRatio  string `json:"webview_height_ratio,omitempty"`
	MessengerExtensions bool   `json:"messenger_extensions,omitempty"`
	FallbackURL         string `json:"fallback_url,omitempty"`
}

// encodeMenus returns menus in the platform's shape, the default one first.
func encodeMenus(menus []Menu, instagram bool) []wireMenu {
	encoded := make([]wireMenu, len(menus))
	for i, menu := range menus {
		encoded[i] = wireMenu{CallToActions: encodeItems(menu.Items), Locale: menu.Locale}
		if !instagram {
			encoded[i].ComposerInputDisabled = &menu.ComposerInputDisabled
		}
	}
	slices.SortStableFunc(encoded, func(a, b wireMenu) int { return byLocale(a.Locale, b.Locale) })
	return encoded
}

func encodeItems(items []MenuItem) []wireItem {
	encoded := make([]wireItem, len(items))
	for i, item := range items {
		encoded[i] = wireItem{
			FallbackURL: item.FallbackURL, MessengerExtensions: item.MessengerExtensions, Payload: item.Payload, Title: item.Title,
			Type: "postback", URL: item.URL, WebviewHeightRatio: item.WebviewHeightRatio,
		}
		if item.URL != "" {
			encoded[i].Type = "web_url"
		}
	}
	return encoded
}

// decodeMenus leaves out items of kinds that [MenuItem] cannot express, and names them.
func decodeMenus(wire []wireMenu) (menus []Menu, leftOut []string) {
	for _, w := range wire {
		menu := Menu{Locale: cmp.Or(w.Locale, DefaultLocale), ComposerInputDisabled: w.ComposerInputDisabled != nil && *w.ComposerInputDisabled}
		for _, item := range w.CallToActions {
			if item.Type != "postback" && item.Type != "web_url" {
				leftOut = append(leftOut, "the menu item "+quote(item.Title)+" ("+menu.Locale+") of the kind "+quote(item.Type))
				continue
			}
			decoded := MenuItem{
				FallbackURL: item.FallbackURL, MessengerExtensions: item.MessengerExtensions, Payload: item.Payload, Title: item.Title,
				URL: item.URL, WebviewHeightRatio: item.WebviewHeightRatio,
			}
			if item.WebviewHeightRatio == "full" {
				decoded.WebviewHeightRatio = ""
			}
			menu.Items = append(menu.Items, decoded)
		}
		menus = append(menus, menu)
	}
	return menus, leftOut
}
