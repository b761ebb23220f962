package graph

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"time"
)

// The apps by which people at work answer, as [Client.PassThreadControl] and the events of Conversation Routing name them.
const (
	InboxApp          = "263902037430900"  // of a Facebook page
	InstagramInboxApp = "1217981644879628" // of an Instagram account
)

// MaxThreadControl is how long thread control can be extended at a time.
const MaxThreadControl = 7 * 24 * time.Hour

// threadControl is the body of the calls of Conversation Routing.
type threadControl struct {
	Recipient   threadRecipient `json:"recipient"`
	TargetAppID string          `json:"target_app_id,omitempty"`
	Metadata    string          `json:"metadata,omitempty"`
	Duration    int64           `json:"duration,omitempty"` // seconds
}

type threadRecipient struct {
	ID string `json:"id"`
}

// PassThreadControl hands a person's conversation to another app, such as [InboxApp] for people at work. That app learns
// of it by a messaging_handovers event, with the metadata, which may be empty. Control lapses 24 hours after the person's
// last message.
//
// Errors are those of [Client.Do], such as [ErrNotThreadOwner], and a [ResponseError] for an answer that does not report
// success. See https://developers.facebook.com/documentation/business-messaging/messenger-platform/conversation-routing.
func (c *Client) PassThreadControl(ctx context.Context, pageID, psid, appID, metadata string) error {
	if appID == "" {
		return refuse("thread control: the app's id is empty")
	}
	return c.control(ctx, pageID, "pass_thread_control", threadControl{Recipient: threadRecipient{ID: psid}, TargetAppID: appID, Metadata: metadata})
}

// TakeThreadControl takes a conversation from the app that holds it. Only the page's default app may, and only if the page
// permits it. The metadata may be empty. Errors are those of [Client.PassThreadControl].
func (c *Client) TakeThreadControl(ctx context.Context, pageID, psid, metadata string) error {
	return c.control(ctx, pageID, "take_thread_control", threadControl{Recipient: threadRecipient{ID: psid}, Metadata: metadata})
}

// RequestThreadControl asks the app that holds a conversation for it, by an event in which the metadata stands. It works
// only on pages that have not set Conversation Routing up. Errors are those of [Client.PassThreadControl].
func (c *Client) RequestThreadControl(ctx context.Context, pageID, psid, metadata string) error {
	return c.control(ctx, pageID, "request_thread_control", threadControl{Recipient: threadRecipient{ID: psid}, Metadata: metadata})
}

// ReleaseThreadControl gives a conversation up; the default app has it next. The metadata may be empty. Errors are those
// of [Client.PassThreadControl].
func (c *Client) ReleaseThreadControl(ctx context.Context, pageID, psid, metadata string) error {
	return c.control(ctx, pageID, "release_thread_control", threadControl{Recipient: threadRecipient{ID: psid}, Metadata: metadata})
}

// ExtendThreadControl keeps a conversation for longer than 24 hours: from 1 s to [MaxThreadControl], in whole seconds, of
// which fractions are cut off. Errors are those of [Client.PassThreadControl].
func (c *Client) ExtendThreadControl(ctx context.Context, pageID, psid string, duration time.Duration) error {
	if duration < time.Second || duration > MaxThreadControl {
		return refuse("thread control: the duration is not from 1 s to 7 days")
	}
	return c.control(ctx, pageID, "extend_thread_control", threadControl{Recipient: threadRecipient{ID: psid}, Duration: int64(duration / time.Second)})
}

func (c *Client) control(ctx context.Context, pageID, name string, body threadControl) error {
	if body.Recipient.ID == "" {
		return refuse("thread control: the person's id is empty")
	}
	return c.change(ctx, Request{Body: body, Method: http.MethodPost, PageID: pageID, Path: Me + "/" + name})
}

// ThreadOwner is the app that controls a conversation.
type ThreadOwner struct {
	AppID   string          // empty: no app does, or the platform does not say
	Expires time.Time       // when control lapses; zero: not known
	Raw     json.RawMessage // the whole answer
}

// ThreadOwner asks which app controls a person's conversation. Errors are those of [Client.Do]; an answer that is no JSON
// object is a [ResponseError].
func (c *Client) ThreadOwner(ctx context.Context, pageID, psid string) (ThreadOwner, error) {
	if psid == "" {
		return ThreadOwner{}, refuse("thread owner: the person's id is empty")
	}
	members, raw, err := c.object(ctx, Request{PageID: pageID, Path: Me + "/thread_owner", Query: url.Values{"recipient": {psid}}})
	if err != nil {
		return ThreadOwner{}, err
	}
	owner := ThreadOwner{Raw: raw}
	if found := decodeArray(members["data"]); len(found) > 0 {
		inner := decodeObject(decodeObject(found[0])["thread_owner"])
		owner.AppID, owner.Expires = decodeText(inner["app_id"]), decodeTime(inner["expiration"])
	}
	return owner, nil
}
