package sending

// Element is one card of a [GenericTemplate]. It has a title and at least one
// other field.
type Element struct {
	// Title is at most 80 characters.
	Title string `json:"title"`
	// Subtitle is at most 80 characters.
	Subtitle string `json:"subtitle,omitempty"`
	// ImageURL is the image at the top.
	ImageURL string `json:"image_url,omitempty"`
	// DefaultAction is what a tap on the card does: a web_url button without a
	// title.
	DefaultAction *Button `json:"default_action,omitempty"`
	// Buttons are at most 3.
	Buttons []Button `json:"buttons,omitempty"`
}

// WithTitle returns a copy with another title.
func (e Element) WithTitle(title string) Element {
	e.Title = title
	return e
}

// WithSubtitle returns a copy with another subtitle.
func (e Element) WithSubtitle(subtitle string) Element {
	e.Subtitle = subtitle
	return e
}

// WithImage returns a copy with the image at a URL.
func (e Element) WithImage(url string) Element {
	e.ImageURL = url
	return e
}

// WithDefaultAction returns a copy that opens a page when it is tapped.
func (e Element) WithDefaultAction(url string) Element {
	action := URLButton("", url)
	e.DefaultAction = &action
	return e
}

// WithURL returns a copy with one more button, that opens a page.
func (e Element) WithURL(title, url string) Element {
	e.Buttons = addButtons(e.Buttons, URLButton(title, url))
	return e
}

// WithPostback returns a copy with one more button, that sends the payload back
// to the bot.
func (e Element) WithPostback(title, payload string) Element {
	e.Buttons = addButtons(e.Buttons, PostbackButton(title, payload))
	return e
}

// WithButtons returns a copy with more buttons.
func (e Element) WithButtons(buttons ...Button) Element {
	e.Buttons = addButtons(e.Buttons, buttons...)
	return e
}

// maxCardText is the limit of a card's title, and of its subtitle.
const maxCardText = 80

// element expands a card.
func (e *expander) element(at string, card *Element) {
	e.text(at+".title", &card.Title, maxCardText)
	e.text(at+".subtitle", &card.Subtitle, maxCardText)
	e.url(at+".image_url", &card.ImageURL)
	if card.DefaultAction != nil {
		action := *card.DefaultAction
		e.button(at+".default_action", &action)
		card.DefaultAction = &action
	}
	card.Buttons = e.buttons(at+".buttons", card.Buttons)
}

func (n node) checkElement() {
	if !n.isObject() {
		return
	}
	n.get("title").needText(maxCardText)
	n.get("subtitle").text(maxCardText)
	n.get("image_url").url()
	action, buttons := n.get("default_action"), n.get("buttons")
	if action.present() {
		action.checkDefaultAction()
	}
	buttons.checkButtons(0)
	for _, other := range []node{n.get("subtitle"), n.get("image_url"), action, buttons} {
		if other.present() {
			return
		}
	}
	n.fail("has a title only; it needs a subtitle, an image, a default action or a button too")
}
