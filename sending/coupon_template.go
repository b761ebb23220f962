package sending

import (
	"context"

	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/receiving"
)

// CouponTemplate is a discount: a code that the person reveals, or a link.
// Messenger only.
//
// As a sender it translates the texts. A custom sender embeds it and adds to
// it; see [QuickReplies].
//
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/template/coupon
type CouponTemplate struct {
	// Title is at most 80 characters.
	Title string `json:"title"`
	// Subtitle is at most 80 characters.
	Subtitle string `json:"subtitle,omitempty"`
	// Code is what the person reveals and copies. It has no spaces.
	Code string `json:"coupon_code,omitempty"`
	// URL is where the coupon is used. One of the two is needed.
	URL string `json:"coupon_url,omitempty"`
	// URLButtonTitle is the title of the button that opens the URL.
	URLButtonTitle string `json:"coupon_url_button_title,omitempty"`
	// PreMessage is a text before the coupon.
	PreMessage string `json:"coupon_pre_message,omitempty"`
	// ImageURL is the image at the top.
	ImageURL string `json:"image_url,omitempty"`
	// Payload comes back when the person reveals the code.
	Payload string `json:"payload,omitempty"`
}

// WithTitle returns a copy with another title.
func (t CouponTemplate) WithTitle(title string) CouponTemplate {
	t.Title = title
	return t
}

// WithSubtitle returns a copy with another subtitle.
func (t CouponTemplate) WithSubtitle(subtitle string) CouponTemplate {
	t.Subtitle = subtitle
	return t
}

// WithCode returns a copy with a code to reveal, and the payload that comes back
// then, which may be empty.
func (t CouponTemplate) WithCode(code, payload string) CouponTemplate {
	t.Code, t.Payload = code, payload
	return t
}

// WithURL returns a copy with a button that opens a page.
func (t CouponTemplate) WithURL(buttonTitle, url string) CouponTemplate {
	t.URLButtonTitle, t.URL = buttonTitle, url
	return t
}

// WithPreMessage returns a copy with a text before the coupon.
func (t CouponTemplate) WithPreMessage(text string) CouponTemplate {
	t.PreMessage = text
	return t
}

// WithImage returns a copy with the image at a URL.
func (t CouponTemplate) WithImage(url string) CouponTemplate {
	t.ImageURL = url
	return t
}

// Message makes the message as it is, without translation.
func (t CouponTemplate) Message() Message { return t.message() }

// Compose makes the message.
func (t CouponTemplate) Compose(ctx context.Context, _ *receiving.Event) ([]Message, error) {
	e := expander{ctx: ctx}
	return e.composed(t.expand(&e).message())
}

// TextRefs returns the texts that it translates.
func (t CouponTemplate) TextRefs() []i18n.TextRef { return textRefs(func(e *expander) { t.expand(e) }) }

func (t CouponTemplate) expand(e *expander) CouponTemplate {
	e.text("title", &t.Title, maxCardText)
	e.text("subtitle", &t.Subtitle, maxCardText)
	e.text("coupon_url_button_title", &t.URLButtonTitle, 0)
	e.text("coupon_pre_message", &t.PreMessage, 0)
	e.url("coupon_url", &t.URL)
	e.url("image_url", &t.ImageURL)
	return t
}

// Validate reports what exceeds a limit before translation. Missing parts are
// allowed: an embedding sender may add them.
func (t CouponTemplate) Validate() error { return validateDraft(t, node.checkCoupon) }

func (t CouponTemplate) message() Message { return template("coupon", t) }

func (n node) checkCoupon() {
	n.get("title").needText(maxCardText)
	n.get("subtitle").text(maxCardText)
	n.get("coupon_url_button_title").text(0)
	n.get("coupon_pre_message").text(0)
	n.get("image_url").url()
	n.get("payload").text(0)
	code, link := n.get("coupon_code"), n.get("coupon_url")
	if !code.present() && !link.present() {
		code.missing("is missing, and so is coupon_url; one of them is needed")
	}
	code.word()
	link.url()
}
