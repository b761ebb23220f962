package graph

import (
	"context"
	"encoding/json"
	"iter"
	"net/http"
	"net/url"
	"strings"

	"github.com/djmessenger/messenger/internal/weburl"
	"github.com/djmessenger/messenger/secret"
)

// AppToken returns the access token by which an app calls for itself: its id and its secret, with a bar between them. It
// is as secret as the app's secret. It is the zero Value if either is missing. See
// https://developers.facebook.com/docs/facebook-login/guides/access-tokens.
func AppToken(appID string, appSecret secret.Value) secret.Value {
	if appID == "" || appSecret.IsZero() {
		return secret.Value{}
	}
	return secret.New(appID + "|" + appSecret.Reveal())
}

// AppSubscription is where the platform sends an app's events of one kind of object.
type AppSubscription struct {
	// Active says that events are sent. It is only read.
	Active bool
	// CallbackURL is the https address that the events go to.
	CallbackURL string
	// Fields are what the app wants to hear of, such as messages.
	Fields []string
	// Object is what the events are about: page or instagram.
	Object string
	// Raw is all of it, as the platform wrote it. It is only read.
	Raw json.RawMessage
	// VerifyToken is what the platform proves itself by when it verifies the address. It is only written.
	VerifyToken secret.Value
}

// SubscribeApp tells the platform where to send an app's events. Before it answers, the platform verifies the address with
// the verify token, so that the bot has to be up. The call bears the app's own token (see [AppToken]), and is signed if
// [Config.AppSecret] has a secret for the page "".
//
// Errors are those of [Client.Do], without the verify token, and a [ResponseError] for an answer that does not report
// success. See https://developers.facebook.com/docs/graph-api/reference/app/subscriptions.
func (c *Client) SubscribeApp(ctx context.Context, appToken secret.Value, appID string, subscription AppSubscription) error {
	if err := checkApp(appToken, appID); err != nil {
		return err
	}
	if err := checkFields(subscription.Fields); err != nil {
		return err
	}
	if subscription.Object == "" {
		return refuse("subscription: the object is empty")
	}
	if err := weburl.CheckHTTPS(subscription.CallbackURL); err != nil {
		return refuse("subscription: the callback URL " + err.Error())
	}
	if subscription.VerifyToken.IsZero() {
		return refuse("subscription: there is no verify token")
	}
	body := map[string]any{
		"callback_url":   subscription.CallbackURL,
		"fields":         strings.Join(subscription.Fields, ","),
		"include_values": true,
		"object":         subscription.Object,
		"verify_token":   subscription.VerifyToken.Reveal(),
	}
	err := c.change(ctx, Request{Body: body, Method: http.MethodPost, Path: edge(appID, "subscriptions"), Token: appToken})
	return hideIn(err, subscription.VerifyToken)
}

// AppSubscriptions lists the subscriptions of an app. The call bears the app's own token. Errors are those of [List].
func (c *Client) AppSubscriptions(ctx context.Context, appToken secret.Value, appID string) iter.Seq2[AppSubscription, error] {
	if err := checkApp(appToken, appID); err != nil {
		return noList[AppSubscription](err)
	}
	return listOf(ctx, c, Request{Path: edge(appID, "subscriptions"), Token: appToken}, func(members map[string]json.RawMessage, raw json.RawMessage) AppSubscription {
		return AppSubscription{
			Active:      decodeBool(members["active"]),
			CallbackURL: decodeText(members["callback_url"]),
			Fields:      decodeTexts(members["fields"]),
			Object:      decodeText(members["object"]),
			Raw:         raw,
		}
	})
}

// UnsubscribeApp ends an app's events about an object, page or instagram: those of the named fields, or else all. The call
// bears the app's own token. Errors are those of [Client.SubscribeApp].
func (c *Client) UnsubscribeApp(ctx context.Context, appToken secret.Value, appID, object string, fields ...string) error {
	if err := checkApp(appToken, appID); err != nil {
		return err
	}
	if object == "" {
		return refuse("subscription: the object is empty") // the platform would end them all
	}
	query := url.Values{"object": {object}}
	if len(fields) > 0 {
		if err := checkFields(fields); err != nil {
			return err
		}
		query.Set("fields", strings.Join(fields, ","))
	}
	return c.change(ctx, Request{Method: http.MethodDelete, Path: edge(appID, "subscriptions"), Query: query, Token: appToken})
}

func checkApp(appToken secret.Value, appID string) error {
	switch {
	case appToken.IsZero():
		return refuse("there is no app token")
	case appID == "":
		return refuse("the app's id is empty")
	}
	return nil
}
