package sending

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/djmessenger/messenger/attachment"
)

// contents names the contents that are set. A message has one.
func (m Message) contents() []string {
	var set []string
	for _, content := range []struct {
		name string
		set  bool
	}{
		{"text", m.Text != ""},
		{"attachment", m.Attachment != nil},
		{"attachments", len(m.Attachments) > 0},
		{"sticker_id", m.StickerID != ""},
		{"utility", m.Utility != nil},
	} {
		if content.set {
			set = append(set, content.name)
		}
	}
	return set
}

func (m Message) checkContent(c *check) {
	if m.Reaction != nil {
		c.fail("reaction", "goes with the sender actions react and unreact only")
	}
	switch set := m.contents(); len(set) {
	case 0:
		c.fail("text", "a message needs a text, an attachment, images, a sticker, a utility template or a sender action")
	case 1:
	default:
		c.fail(set[0], "a message has one content, and this one also has "+strings.Join(set[1:], ", "))
	}
	m.checkText(c)
	c.length("metadata", m.Metadata, MaxMetadata)
	if m.Attachment != nil {
		m.Attachment.check(c, "attachment")
	}
	m.checkImages(c)
	m.checkSticker(c)
	m.checkUtilityType(c)
	if m.Utility != nil {
		m.checkUtility(c)
	}
	m.checkQuickReplies(c)
	if m.Tag == TagCustomerFeedback && m.templateType() != "customer_feedback" {
		c.fail("tag", TagCustomerFeedback+" goes with a customer_feedback template only")
	}
}

func (m Message) checkText(c *check) {
	if !c.instagram() {
		c.length("text", m.Text, MaxText)
	} else if len(m.Text) > MaxTextInstagram {
		c.fail("text", fmt.Sprintf("%d bytes, Instagram's limit is %d", len(m.Text), MaxTextInstagram))
	}
}

func (m Message) checkImages(c *check) {
	limit, whose := MaxImages, "limit"
	if c.instagram() {
		limit, whose = MaxImagesInstagram, "Instagram's limit is"
	}
	if n := len(m.Attachments); n > limit {
		c.fail("attachments", fmt.Sprintf("%d of them, %s %d", n, whose, limit))
	}
	for i := range m.Attachments {
		at := fmt.Sprintf("attachments[%d]", i)
		if kind := m.Attachments[i].Type; kind != attachment.Image {
			c.fail(at+".type", fmt.Sprintf("%q is not image, the one kind that goes with others", kind))
			continue
		}
		m.Attachments[i].check(c, at)
	}
}

// stickerNumber is empty for a text that is not a number in JSON.
var stickerNumber = regexp.MustCompile(`^[1-9][0-9]{0,19}$`)

func (m Message) checkSticker(c *check) {
	if m.StickerID != "" && !stickerNumber.MatchString(m.StickerID) {
		c.fail("sticker_id", "is not a number of at most 20 digits")
	}
}

func (m Message) checkUtility(c *check) {
	if c.instagram() {
		c.fail("utility", "is not for Instagram")
	}
	if n, ok := c.decode("utility", encode(m.Utility)); ok {
		n.checkUtility()
	}
}
