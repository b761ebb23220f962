package graph_test

import (
	"context"
	"testing"

	"github.com/djmessenger/messenger/graph"
)

func TestMessagingFeatures(t *testing.T) {
	t.Parallel()
	status := func(ctx context.Context, c *graph.Client) (any, error) { return c.MessagingFeatureStatus(ctx, page) }
	runExchanges(t, map[string]exchange{
		"status": {
			call:   status,
			answer: `{"messaging_feature_status":{"hop_v2":true,"msgr_multi_app":"true","ig_multi_app":false},"id":"1"}`,
			wire:   `GET me?fields=messaging_feature_status`,
			want: graph.MessagingFeatureStatus{
				HopV2: true, MsgrMultiApp: true,
				Raw: []byte(`{"messaging_feature_status":{"hop_v2":true,"msgr_multi_app":"true","ig_multi_app":false},"id":"1"}`),
			},
			lenient: true,
		},
		"strange status": {
			call:    status,
			answer:  `{"messaging_feature_status":["hop_v2"],"id":"1"}`,
			wire:    `GET me?fields=messaging_feature_status`,
			want:    graph.MessagingFeatureStatus{Raw: []byte(`{"messaging_feature_status":["hop_v2"],"id":"1"}`)},
			lenient: true,
		},
		"reviews": {
			call:   func(ctx context.Context, c *graph.Client) (any, error) { return collect(c.FeatureReviews(ctx, page)) },
			answer: `{"data":[{"feature":"human_agent","status":"approved"},{"feature":[1]}]}`,
			wire:   `GET me/messaging_feature_review`,
			want: []graph.FeatureReview{
				{Feature: "human_agent", Status: "approved", Raw: []byte(`{"feature":"human_agent","status":"approved"}`)},
				{Raw: []byte(`{"feature":[1]}`)},
			},
		},
	})
}
