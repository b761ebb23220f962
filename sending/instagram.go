package sending

import (
	"github.com/djmessenger/messenger/attachment"
	"github.com/djmessenger/messenger/receiving"
)

// LikeHeart makes a message with the heart sticker. Instagram only.
//
// https://developers.facebook.com/documentation/business-messaging/instagram-messaging/send-message
func LikeHeart() Message { return Message{Attachment: &Attachment{Type: attachment.LikeHeart}} }

// MediaShare makes a message with a post of the page's Instagram account, by its
// id. Instagram only.
//
// https://developers.facebook.com/documentation/business-messaging/instagram-messaging/send-message
func MediaShare(postID string) Message {
	return attach(attachment.MediaShare, mediaShare{ID: postID})
}

type mediaShare struct {
	ID string `json:"id"`
}

// instagram reports whether the message is for Instagram.
func (c *check) instagram() bool { return c.object == receiving.ObjectInstagram }

// messenger reports whether the message is for Messenger for sure.
func (c *check) messenger() bool { return c.object == receiving.ObjectPage }
