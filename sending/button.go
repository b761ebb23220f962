package sending

// Button is a button of a template.
//
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/buttons
type Button struct {
	Type ButtonType `json:"type"`
	// Title is at most 20 characters. The account kinds have none.
	Title string `json:"title,omitempty"`
	// URL is where the web_url and account_link kinds lead.
	URL string `json:"url,omitempty"`
	// Payload is what a postback sends back, at most 1000 characters; for the
	// phone_number kind the number, with its country code: "+15105551234".
	Payload string `json:"payload,omitempty"`
	// WebviewHeightRatio is "compact", "tall" or "full".
	WebviewHeightRatio string `json:"webview_height_ratio,omitempty"`
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
// program's login page.
func LinkButton(url string) Button { return Button{Type: ButtonAccountLink, URL: url} }

// UnlinkButton makes a button that unlinks the person's account.
func UnlinkButton() Button { return Button{Type: ButtonAccountUnlink} }
