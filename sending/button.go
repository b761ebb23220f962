package sending

import "slices"

// Button is a button of a template. The comments say which fields each kind
// takes; Validate refuses others.
//
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/buttons
type Button struct {
	Type ButtonType `json:"type"`
	// Title is at most 20 characters. The account kinds have none, nor has the
	// default action of an [Element].
	Title string `json:"title,omitempty"`
	// URL is where the web_url and account_link kinds lead; the latter's is
	// https.
	URL string `json:"url,omitempty"`
	// Payload is what a postback sends back, at most 1000 characters, and what
	// a game_play starts with; for the phone_number kind the number, with its
	// country code: "+15105551234".
	Payload string `json:"payload,omitempty"`
	// WebviewHeightRatio is how much of the screen a web_url takes:
	// WebviewCompact, WebviewTall or WebviewFull, which is the default.
	WebviewHeightRatio string `json:"webview_height_ratio,omitempty"`
	// MessengerExtensions gives the page of a web_url Messenger's JavaScript.
	// Its domain must be among the page's whitelisted domains.
	MessengerExtensions bool `json:"messenger_extensions,omitempty"`
	// FallbackURL is opened where there are no Messenger extensions. It goes
	// with them only.
	FallbackURL string `json:"fallback_url,omitempty"`
	// WebviewShareButton is WebviewShareHide to hide the share button of a
	// web_url. Default: it is shown.
	WebviewShareButton string `json:"webview_share_button,omitempty"`
	// GameMetadata says with whom a game_play is played.
	GameMetadata *GameMetadata `json:"game_metadata,omitempty"`
	// ExpiresInDays is how long an audio_call can be tapped, 1 to 7 days.
	// Default: 7.
	ExpiresInDays int `json:"expires_in_days,omitempty"`
}

// GameMetadata says with whom a game is played: in one of the two ways.
type GameMetadata struct {
	// PlayerID is an opponent.
	PlayerID string `json:"player_id,omitempty"`
	// ContextID is a conversation or group.
	ContextID string `json:"context_id,omitempty"`
}

// ButtonType is what a button does.
type ButtonType string

// The kinds of button.
const (
	ButtonURL           ButtonType = "web_url"
	ButtonPostback      ButtonType = "postback"
	ButtonPhone         ButtonType = "phone_number"
	ButtonAccountLink   ButtonType = "account_link"
	ButtonAccountUnlink ButtonType = "account_unlink"
	ButtonGame          ButtonType = "game_play"
	ButtonAudioCall     ButtonType = "audio_call"
)

// What the fields about the webview of a web_url can be.
const (
	WebviewCompact   = "compact"
	WebviewTall      = "tall"
	WebviewFull      = "full"
	WebviewShareHide = "hide"
)

// URLButton makes a button that opens a page.
func URLButton(title, url string) Button {
	return Button{Type: ButtonURL, Title: title, URL: url}
}

// PostbackButton makes a button that sends the payload back to the bot.
func PostbackButton(title, payload string) Button {
	return Button{Type: ButtonPostback, Title: title, Payload: payload}
}

// PhoneButton makes a button that calls a number such as "+15105551234".
func PhoneButton(title, number string) Button {
	return Button{Type: ButtonPhone, Title: title, Payload: number}
}

// LinkButton makes a button that links the person's account; url is the
// program's login page, over https.
func LinkButton(url string) Button { return Button{Type: ButtonAccountLink, URL: url} }

// UnlinkButton makes a button that unlinks the person's account.
func UnlinkButton() Button { return Button{Type: ButtonAccountUnlink} }

// GameButton makes a button that starts the page's instant game.
func GameButton(title string) Button { return Button{Type: ButtonGame, Title: title} }

// CallButton makes a button that calls the page, by Messenger.
//
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/calling
func CallButton(title string) Button { return Button{Type: ButtonAudioCall, Title: title} }

// WithWebview returns a copy that opens its page over a part of the screen.
func (b Button) WithWebview(heightRatio string) Button {
	b.WebviewHeightRatio = heightRatio
	return b
}

// WithExtensions returns a copy whose page has Messenger's JavaScript, and that
// opens another page where there is none. An empty fallbackURL leaves that out.
func (b Button) WithExtensions(fallbackURL string) Button {
	b.MessengerExtensions, b.FallbackURL = true, fallbackURL
	return b
}

// WithoutShare returns a copy whose page has no share button.
func (b Button) WithoutShare() Button {
	b.WebviewShareButton = WebviewShareHide
	return b
}

// WithGame returns a copy that starts its game with a payload, which may be
// empty, and an opponent or a group.
func (b Button) WithGame(payload string, with GameMetadata) Button {
	b.Payload, b.GameMetadata = payload, &with
	return b
}

// WithExpiry returns a copy that can be tapped for that many days, 1 to 7.
func (b Button) WithExpiry(days int) Button {
	b.ExpiresInDays = days
	return b
}

// addButtons returns a list of its own, so that two made from one share nothing.
func addButtons(buttons []Button, more ...Button) []Button { return slices.Concat(buttons, more) }
