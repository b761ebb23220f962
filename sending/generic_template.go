package sending

import (
	"context"
	"slices"

	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/receiving"
)

// GenericTemplate is a card, or up to ten side by side: a carousel.
//
//	sending.GenericTemplate{}.WithElements(
//		sending.Element{Title: "Shirt"}.WithImage(shirt).WithPostback("Buy", "buy:shirt"),
//		sending.Element{Title: "Shoes"}.WithImage(shoes).WithPostback("Buy", "buy:shoes"),
//	)
//
// As a sender it translates the titles and subtitles. A custom sender embeds it
// and adds to it; see [QuickReplies].
//
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/template/generic
type GenericTemplate struct {
	// Elements are the cards, one to ten.
	Elements []Element `json:"elements"`
	// ImageAspectRatio is AspectHorizontal, which is the default, or
	// AspectSquare.
	ImageAspectRatio string `json:"image_aspect_ratio,omitempty"`
	// Sharable lets the person share the message. Default: false.
	Sharable bool `json:"sharable,omitempty"`
}

// The shapes of the images of a [GenericTemplate].
const (
	AspectHorizontal = "horizontal"
	AspectSquare     = "square"
)

// WithElements returns a copy with more cards.
func (t GenericTemplate) WithElements(elements ...Element) GenericTemplate {
	t.Elements = slices.Concat(t.Elements, elements)
	return t
}

// WithImageAspectRatio returns a copy with images of another shape.
func (t GenericTemplate) WithImageAspectRatio(ratio string) GenericTemplate {
	t.ImageAspectRatio = ratio
	return t
}

// WithSharable returns a copy that the person may share, or may not.
func (t GenericTemplate) WithSharable(sharable bool) GenericTemplate {
	t.Sharable = sharable
	return t
}

// Message makes the message as it is, without translation.
func (t GenericTemplate) Message() Message { return t.message() }

// Compose makes the message.
func (t GenericTemplate) Compose(ctx context.Context, _ *receiving.Event) ([]Message, error) {
	e := expander{ctx: ctx}
	return e.composed(t.expand(&e).message())
}

// TextRefs returns the texts that it translates.
func (t GenericTemplate) TextRefs() []i18n.TextRef {
	return textRefs(func(e *expander) { t.expand(e) })
}

func (t GenericTemplate) expand(e *expander) GenericTemplate {
	t.Elements = slices.Clone(t.Elements)
	for i := range t.Elements {
		e.element(entry("elements", i), &t.Elements[i])
	}
	return t
}

// Validate reports what exceeds a limit before translation. Missing parts are
// allowed: an embedding sender may add them.
func (t GenericTemplate) Validate() error { return validateDraft(t, node.checkGeneric) }

func (t GenericTemplate) message() Message { return template("generic", t) }

func (n node) checkGeneric() {
	for _, element := range n.get("elements").list(1, 10) {
		element.checkElement()
	}
	n.get("image_aspect_ratio").oneOf(AspectHorizontal, AspectSquare)
}
