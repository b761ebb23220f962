package graph

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
)

// SendResult is the platform's answer to a send.
type SendResult struct {
	// AttachmentID is the id of an attachment that was sent for reuse; else empty.
	AttachmentID string
	// MID is the id of the message. It is empty for sender actions and reactions.
	MID string
	// PSID is the person's id. It is empty for recipients that were named by user_ref or phone number.
	PSID string
	// Raw is the whole answer.
	Raw json.RawMessage
}

const sendPath = Me + "/messages"

// SendMessage posts body, which is JSON or is written as JSON, to /me/messages. The page picks the token, and the token
// picks the sender. There is one attempt, since what may have been sent must not be sent again unasked. Errors are those
// of [Client.Do]; an answer that is no JSON object is a [ResponseError]. See
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages.
func (c *Client) SendMessage(ctx context.Context, pageID string, body any) (SendResult, error) {
	if body == nil {
		body = json.RawMessage(nil) // which is refused
	}
	answer, err := c.do(ctx, Request{Body: body, Method: http.MethodPost, Once: true, PageID: pageID, Path: sendPath})
	if err != nil {
		return SendResult{}, err
	}
	object := answer.object
	if object == nil {
		return SendResult{}, answer.unusable("not a JSON object", nil)
	}
	result := SendResult{
		AttachmentID: decodeText(object["attachment_id"]),
		MID:          decodeText(object["message_id"]),
		Raw:          answer.body,
		PSID:         decodeText(object["recipient_id"]),
	}
	// Instagram's answer may have nothing but the mid, as id. Two of Meta's samples put the ids into an object of their own.
	if recipient := decodeObject(object["recipient"]); recipient != nil {
		result.PSID = cmp.Or(result.PSID, decodeText(recipient["id"]))
		result.MID = cmp.Or(result.MID, decodeText(recipient["message_id"]))
	}
	result.MID = cmp.Or(result.MID, decodeText(object["id"]))
	return result, nil
}
