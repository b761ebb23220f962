package sending

import (
	"context"
	"slices"

	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/receiving"
)

// ImageGridTemplate is two to six images in a grid, each of which may do
// something when it is tapped. The platform has it since 2026-06-30. Messenger
// only.
//
// As a sender it translates the texts. A custom sender embeds it and adds to
// it; see [QuickReplies].
//
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/templates
type ImageGridTemplate struct {
	// Images are two to six.
	Images []GridImage `json:"images"`
	// Title is at most 45 characters. Default: none.
	Title string `json:"title,omitempty"`
	// Subtitle is at most 80 characters. Default: none.
	Subtitle string `json:"subtitle,omitempty"`
	// Buttons are at most 3, of the kinds web_url and postback.
	Buttons []Button `json:"buttons,omitempty"`
}

// GridImage is an image of an [ImageGridTemplate].
type GridImage struct {
	URL string `json:"url"`
	// IsHeroImage makes it the large one. At most one is.
	IsHeroImage bool `json:"is_hero_image,omitempty"`
	// Action is what a tap does. Default: nothing.
	Action *GridAction `json:"action,omitempty"`
}

// GridAction is what a tap on a [GridImage] does: the web_url kind opens a URL,
// the postback kind sends the payload back to the bot and lets the person say
// the text.
type GridAction struct {
	Type    ButtonType `json:"type"`
	URL     string     `json:"url,omitempty"`
	Payload string     `json:"payload,omitempty"`
	Text    string     `json:"text,omitempty"`
}

// AsHero returns a copy that is the large one.
func (i GridImage) AsHero() GridImage {
	i.IsHeroImage = true
	return i
}

// WithURL returns a copy that opens a page when it is tapped.
func (i GridImage) WithURL(url string) GridImage {
	i.Action = &GridAction{Type: ButtonURL, URL: url}
	return i
}

// WithPostback returns a copy that sends the payload back to the bot when it is
// tapped, as if the person had said the text.
func (i GridImage) WithPostback(text, payload string) GridImage {
	i.Action = &GridAction{Type: ButtonPostback, Text: text, Payload: payload}
	return i
}

// WithImages returns a copy with more images.
func (t ImageGridTemplate) WithImages(images ...GridImage) ImageGridTemplate {
	t.Images = slices.Concat(t.Images, images)
	return t
}

// WithTitle returns a copy with another title.
func (t ImageGridTemplate) WithTitle(title string) ImageGridTemplate {
	t.Title = title
	return t
}

// WithSubtitle returns a copy with another subtitle.
func (t ImageGridTemplate) WithSubtitle(subtitle string) ImageGridTemplate {
	t.Subtitle = subtitle
	return t
}

// WithURL returns a copy with one more button, that opens a page.
func (t ImageGridTemplate) WithURL(title, url string) ImageGridTemplate {
	t.Buttons = addButtons(t.Buttons, URLButton(title, url))
	return t
}

// WithPostback returns a copy with one more button, that sends the payload back
// to the bot.
func (t ImageGridTemplate) WithPostback(title, payload string) ImageGridTemplate {
	t.Buttons = addButtons(t.Buttons, PostbackButton(title, payload))
	return t
}

// WithButtons returns a copy with more buttons.
func (t ImageGridTemplate) WithButtons(buttons ...Button) ImageGridTemplate {
	t.Buttons = addButtons(t.Buttons, buttons...)
	return t
}

// Message makes the message as it is, without translation.
func (t ImageGridTemplate) Message() Message { return t.message() }

// Compose makes the message.
func (t ImageGridTemplate) Compose(ctx context.Context, _ *receiving.Event) ([]Message, error) {
	e := expander{ctx: ctx}
	return e.composed(t.expand(&e).message())
}

// TextRefs returns the texts that it translates.
func (t ImageGridTemplate) TextRefs() []i18n.TextRef {
	return textRefs(func(e *expander) { t.expand(e) })
}

// maxGridTitle is the limit of an image grid's title.
const maxGridTitle = 45

func (t ImageGridTemplate) expand(e *expander) ImageGridTemplate {
	e.text("title", &t.Title, maxGridTitle)
	e.text("subtitle", &t.Subtitle, maxCardText)
	t.Buttons = e.buttons("buttons", t.Buttons)
	t.Images = slices.Clone(t.Images)
	for i := range t.Images {
		e.gridImage(entry("images", i), &t.Images[i])
	}
	return t
}

func (e *expander) gridImage(at string, image *GridImage) {
	e.url(at+".url", &image.URL)
	if image.Action != nil {
		action := *image.Action
		e.text(at+".action.text", &action.Text, 0)
		e.url(at+".action.url", &action.URL)
		image.Action = &action
	}
}

// Validate reports what exceeds a limit before translation. Missing parts are
// allowed: an embedding sender may add them.
func (t ImageGridTemplate) Validate() error { return validateDraft(t, node.checkGrid) }

func (t ImageGridTemplate) message() Message {
	return template("image_grid", struct {
		Elements []ImageGridTemplate `json:"elements"`
	}{[]ImageGridTemplate{t}})
}

func (n node) checkImageGrid() {
	for _, element := range n.get("elements").list(1, 1) {
		if element.isObject() {
			element.checkGrid()
		}
	}
}

func (n node) checkGrid() {
	n.get("title").text(maxGridTitle)
	n.get("subtitle").text(maxCardText)
	n.get("buttons").checkButtons(0, ButtonURL, ButtonPostback)
	heroes := 0
	for _, image := range n.get("images").list(2, 6) {
		if !image.isObject() {
			continue
		}
		image.get("url").needURL()
		if image.get("is_hero_image").value == true {
			heroes++
		}
		if action := image.get("action"); action.present() && action.isObject() {
			action.checkGridAction()
		}
	}
	if heroes > 1 {
		n.get("images").failf("%d of them are hero images, limit 1", heroes)
	}
}

func (n node) checkGridAction() {
	kind := n.get("type")
	if !kind.need() {
		return
	}
	switch kind.value {
	case string(ButtonURL):
		n.get("url").needURL()
	case string(ButtonPostback):
		n.get("payload").needText(MaxPayload)
		n.get("text").text(0)
	default:
		kind.fail("is neither web_url nor postback")
	}
}
