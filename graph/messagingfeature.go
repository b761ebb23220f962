package graph

import (
	"context"
	"encoding/json"
	"iter"
	"net/url"
)

// MessagingFeatureStatus says which ways of sharing conversations between apps a page has.
type MessagingFeatureStatus struct {
	HopV2        bool            // Conversation Routing, with a default app
	IGMultiApp   bool            // several apps may answer on Instagram
	MsgrMultiApp bool            // several apps may answer on Messenger
	Raw          json.RawMessage // the whole answer
}

// MessagingFeatureStatus asks how the page shares conversations between apps. What the platform does not tell is false.
// Errors are those of [Client.Do]; an answer that is no JSON object is a [ResponseError]. See
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/conversation-routing.
func (c *Client) MessagingFeatureStatus(ctx context.Context, pageID string) (MessagingFeatureStatus, error) {
	const field = "messaging_feature_status"
	members, raw, err := c.object(ctx, Request{PageID: pageID, Path: Me, Query: url.Values{"fields": {field}}})
	if err != nil {
		return MessagingFeatureStatus{}, err
	}
	status := decodeObject(members[field])
	return MessagingFeatureStatus{
		HopV2:        decodeBool(status["hop_v2"]),
		IGMultiApp:   decodeBool(status["ig_multi_app"]),
		MsgrMultiApp: decodeBool(status["msgr_multi_app"]),
		Raw:          raw,
	}, nil
}

// FeatureReview is how far Meta's review of a feature for a page has come.
type FeatureReview struct {
	Feature string          // such as human_agent
	Raw     json.RawMessage // all of it
	Status  string          // such as approved, pending or rejected
}

// FeatureReviews lists the features that need Meta's review, and what came of it for this page. Errors are those of [List].
// See https://developers.facebook.com/docs/messenger-platform/reference/messaging-feature-review-api.
func (c *Client) FeatureReviews(ctx context.Context, pageID string) iter.Seq2[FeatureReview, error] {
	return listOf(ctx, c, Request{PageID: pageID, Path: Me + "/messaging_feature_review"}, func(members map[string]json.RawMessage, raw json.RawMessage) FeatureReview {
		return FeatureReview{Feature: decodeText(members["feature"]), Raw: raw, Status: decodeText(members["status"])}
	})
}
