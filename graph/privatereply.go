package graph

import (
	"context"
	"encoding/json"
)

// PublicPost is what a private reply answers: a comment or a post, of which the feed events carry the ids. Exactly one id
// is set.
type PublicPost struct {
	CommentID string `json:"comment_id,omitempty"`
	PostID    string `json:"post_id,omitempty"`
}

// PrivateReply sends a message to whoever wrote a comment or a visitor's post, without their having written to the page.
// message is the message alone, which is JSON or is written as JSON, such as {"text":"…"}. The platform allows one reply
// to each, within 7 days, none to another page, and 750 an hour for each page; the conversation goes on once the person
// answers.
//
// Errors are those of [Client.SendMessage]. See
// https://developers.facebook.com/docs/messenger-platform/discovery/private-replies.
func (c *Client) PrivateReply(ctx context.Context, pageID string, to PublicPost, message any) (SendResult, error) {
	if (to.CommentID == "") == (to.PostID == "") {
		return SendResult{}, refuse("private reply: exactly one of comment and post must be named")
	}
	content, err := encodePart("private reply: the message", message)
	if err != nil {
		return SendResult{}, err
	}
	if err := checkURLs("private reply: the message", content, nil); err != nil {
		return SendResult{}, err
	}
	return c.SendMessage(ctx, pageID, struct {
		Recipient     PublicPost      `json:"recipient"`
		MessagingType string          `json:"messaging_type"`
		Message       json.RawMessage `json:"message"`
	}{to, "RESPONSE", content})
}
