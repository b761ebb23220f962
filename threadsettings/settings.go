package threadsettings

import "cmp"

// The defaults of [Settings].
const (
	// DefaultLocale marks the block for all locales without a block of their own.
	DefaultLocale = "default"
	// GetStartedPayload is the default payload of a get-started button.
	GetStartedPayload = "GET_STARTED_BUTTON"
)

// Settings are a page's settings, wanted or current. A nil or empty field means that the property is not mentioned; to
// remove one, see [Delete].
type Settings struct {
	// GetStarted is the button that opens a conversation. The persistent menu needs it.
	GetStarted *GetStarted
	// Greeting is what a person reads before the conversation, one block for each locale, the default one among them. From
	// version 25.0 on the platform may refuse or ignore it.
	Greeting []Greeting
	// IceBreakers are the questions on the welcome screen, one block for each locale, the default one among them.
	IceBreakers []IceBreakers
	// PersistentMenu is the menu beside the composer, one block for each locale, the default one among them.
	PersistentMenu []Menu
}

// GetStarted is the get-started button.
type GetStarted struct {
	// Payload of the postback, at most 1000 characters. Default: GET_STARTED_BUTTON. With another one a tap is routed as
	// POSTBACK.
	Payload string
}

// Greeting is the greeting in one locale.
type Greeting struct {
	Locale string // such as zh_TW; default: [DefaultLocale]
	Text   string // 1 to 160 characters; {{user_first_name}}, {{user_last_name}}, {{user_full_name}} become the person's
}

// Menu is the persistent menu in one locale.
type Menu struct {
	ComposerInputDisabled bool       // the person cannot type; default: they can
	Items                 []MenuItem // 1 to 20
	Locale                string     // such as zh_TW; default: [DefaultLocale]
}

// MenuItem is a link if it has a URL, else a postback.
type MenuItem struct {
	// FallbackURL opens where Messenger extensions are not supported: a URL like that of URL. Links with MessengerExtensions
	// only.
	FallbackURL string
	// MessengerExtensions gives the page that the link opens the extensions SDK. Links only.
	MessengerExtensions bool
	// Payload of the postback, at most 1000 characters. Default: PERSISTENT_MENU_ONE to PERSISTENT_MENU_FIVE, by the place
	// of the item in its menu, links counted. Postbacks only; the sixth and later ones have no default. A tap on an item
	// with a payload of its own is routed as POSTBACK.
	Payload string
	// Title is 1 to 30 characters.
	Title string
	// URL is what a link opens: an absolute http or https URL by RFC 3986, in which a space is written %20.
	URL string
	// WebviewHeightRatio is compact, tall or full. Links only. Default: full.
	WebviewHeightRatio string
}

// Greet returns the greeting of a bot with one language.
func Greet(text string) []Greeting {
	return []Greeting{{Locale: DefaultLocale, Text: text}}
}

// MenuOf returns the persistent menu of a bot with one language.
func MenuOf(items ...MenuItem) []Menu {
	return []Menu{{Items: items, Locale: DefaultLocale}}
}

// menuPayloads are the default payloads of postbacks, by position.
var menuPayloads = []string{
	"PERSISTENT_MENU_ONE", "PERSISTENT_MENU_TWO", "PERSISTENT_MENU_THREE", "PERSISTENT_MENU_FOUR", "PERSISTENT_MENU_FIVE",
}

// withDefaults returns a copy in which every field that has a default is set, down to the last menu item.
func (s Settings) withDefaults() Settings {
	out := Settings{}
	if s.GetStarted != nil {
		out.GetStarted = &GetStarted{Payload: cmp.Or(s.GetStarted.Payload, GetStartedPayload)}
	}
	for _, greeting := range s.Greeting {
		greeting.Locale = cmp.Or(greeting.Locale, DefaultLocale)
		out.Greeting = append(out.Greeting, greeting)
	}
	out.IceBreakers = iceBreakersWithDefaults(s.IceBreakers)
	for _, menu := range s.PersistentMenu {
		menu.Locale = cmp.Or(menu.Locale, DefaultLocale)
		items := make([]MenuItem, len(menu.Items))
		for place, item := range menu.Items {
			if item.URL == "" && item.Payload == "" && place < len(menuPayloads) {
				item.Payload = menuPayloads[place]
			}
			if item.WebviewHeightRatio == "full" {
				item.WebviewHeightRatio = ""
			}
			items[place] = item
		}
		menu.Items = items
		out.PersistentMenu = append(out.PersistentMenu, menu)
	}
	return out
}
