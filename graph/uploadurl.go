package graph

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/djmessenger/messenger/attachment"
	"github.com/djmessenger/messenger/internal/weburl"
)

// UploadURL has the platform fetch a file from a URL of the web, and returns the attachment id by which this page's
// messages can show it, for 90 days. The platform takes images up to 8 MB and other files up to 25 MB, and gives up on a
// video after 75 s and on anything else after 10 s; the call may take up to [Config.UploadTimeout].
//
// Errors are those of [Client.Do]; an answer without an id is a [ResponseError]. See
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/saving-assets.
func (c *Client) UploadURL(ctx context.Context, pageID string, kind attachment.Type, url string) (attachmentID string, err error) {
	if kind == "" {
		return "", refuse("upload: the kind of attachment is empty")
	}
	if err := weburl.Check(url); err != nil {
		return "", refuse("upload: the URL " + err.Error())
	}
	type payload struct {
		IsReusable bool   `json:"is_reusable"`
		URL        string `json:"url"`
	}
	type reusable struct {
		Payload payload         `json:"payload"`
		Type    attachment.Type `json:"type"`
	}
	content, err := json.Marshal(map[string]any{
		"message": map[string]any{"attachment": reusable{Payload: payload{IsReusable: true, URL: url}, Type: kind}},
	})
	if err != nil {
		return "", &RequestError{Err: err}
	}
	answer, err := c.call(ctx, outgoing{
		Request:     Request{Method: http.MethodPost, PageID: pageID, Path: Me + "/message_attachments"},
		content:     content,
		contentType: "application/json",
		limit:       MaxResponseBytes,
		timeout:     c.config.UploadTimeout,
	})
	if err != nil {
		return "", err
	}
	id := decodeText(answer.object["attachment_id"])
	if id == "" {
		return "", answer.unusable("no attachment_id in it", nil)
	}
	return id, nil
}
