package graph

import (
	"context"
	"encoding/json"
)

// PublicPost is what a private reply answers: a comment or a post, whose id is in the feed events. Set exactly one id.
type PublicPost struct {
	CommentID string `json:"comment_id,omitempty"`
	PostID    string `json:"post_id,omitempty"`
}

// PrivateReply sends a message to the author of a comment or of a visitor's post, who need not have written to the page.
// message is the message alone, as JSON or as a value that is encoded as JSON, such as {"text":"…"}. The platform allows
// one reply to each, within 7 days, none to another page, and 750 an hour for each page; the conversation continues once
// the person answers.
//
// Errors are those of [Client.SendMessage]. [ErrAlreadyDone] says that the comment or the post has its reply: after a
// call of unknown outcome ([RetryUncertain]) that is success. See
// https://developers.facebook.com/docs/messenger-platform/discovery/private-replies.
func (c *Client) PrivateReply(ctx context.Context, page string, to PublicPost, message any) (SendResult, error) {
	if (to.CommentID == "") == (to.PostID == "") {
		return SendResult{}, refuse("private reply: set exactly one of comment and post")
	}
	content, err := encodePart("private reply: the message", message)
	if err != nil {
		return SendResult{}, err
	}
	if err := checkURLs("private reply: the message", content, nil); err != nil {
		return SendResult{}, err
	}
	return c.SendMessage(ctx, page, struct {
		Recipient     PublicPost      `json:"recipient"`
		MessagingType string          `json:"messaging_type"`
		Message       json.RawMessage `json:"message"`
	}{to, "RESPONSE", content})
}
