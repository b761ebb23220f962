package graph

import (
	"context"
	"encoding/json"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

const subscribedAppsPath = Me + "/subscribed_apps"

// SubscribedApp is the app of a token, and what it gets of a page's events.
type SubscribedApp struct {
	Fields []string // that the app has subscribed to, such as messages
	ID     string
	Name   string
	Raw    json.RawMessage // all of it
}

// Subscribe has the page's events of the named fields sent to the app of the page's token, such as messages and
// messaging_postbacks. They replace the fields named before. Besides, the app itself must be subscribed, on Meta's
// dashboard or by [Client.SubscribeApp].
//
// Errors are those of [Client.Do], and a [ResponseError] for an answer that does not report success. See
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks.
func (c *Client) Subscribe(ctx context.Context, pageID string, fields ...string) error {
	if err := checkFields(fields); err != nil {
		return err
	}
	query := url.Values{"subscribed_fields": {strings.Join(fields, ",")}}
	return c.change(ctx, Request{Method: http.MethodPost, PageID: pageID, Path: subscribedAppsPath, Query: query})
}

// Subscriptions returns what the app of the page's token gets of the page's events: one [SubscribedApp], or none if it is not
// subscribed. The platform says nothing about other apps. Errors are those of [List]. See
// https://developers.facebook.com/docs/graph-api/reference/page/subscribed_apps.
func (c *Client) Subscriptions(ctx context.Context, pageID string) iter.Seq2[SubscribedApp, error] {
	return listOf(ctx, c, Request{PageID: pageID, Path: subscribedAppsPath}, func(members map[string]json.RawMessage, raw json.RawMessage) SubscribedApp {
		return SubscribedApp{
			Fields: decodeTexts(members["subscribed_fields"]),
			ID:     decodeText(members["id"]),
			Name:   decodeText(members["name"]),
			Raw:    raw,
		}
	})
}

// Unsubscribe ends all events of the page for the app of the page's token. Errors are those of [Client.Subscribe].
func (c *Client) Unsubscribe(ctx context.Context, pageID string) error {
	return c.change(ctx, Request{Method: http.MethodDelete, PageID: pageID, Path: subscribedAppsPath})
}

// checkFields refuses no fields, and those that would read as several.
func checkFields(fields []string) error {
	if len(fields) == 0 {
		return refuse("subscription: no field named")
	}
	if slices.ContainsFunc(fields, func(field string) bool { return field == "" || strings.Contains(field, ",") }) {
		return refuse("subscription: a field is empty or has a comma")
	}
	return nil
}
