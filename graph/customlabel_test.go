package graph_test

import (
	"context"
	"testing"

	"github.com/djmessenger/messenger/graph"
)

func TestCustomLabels(t *testing.T) {
	t.Parallel()
	runExchanges(t, map[string]exchange{
		"create": {
			call:   func(ctx context.Context, c *graph.Client) (any, error) { return c.CreateCustomLabel(ctx, page, "VIP") },
			answer: `{"id":1712444532121303}`,
			wire:   `POST me/custom_labels {"page_label_name":"VIP"}`,
			want:   "1712444532121303",
		},
		"list": {
			call:   func(ctx context.Context, c *graph.Client) (any, error) { return collect(c.CustomLabels(ctx, page)) },
			answer: `{"data":[{"id":"1","page_label_name":"VIP"},{"id":2,"name":"old"},{"page_label_name":{}}]}`,
			wire:   `GET me/custom_labels?fields=id%2Cpage_label_name`,
			want: []graph.CustomLabel{
				{ID: "1", Name: "VIP", Raw: []byte(`{"id":"1","page_label_name":"VIP"}`)},
				{ID: "2", Name: "old", Raw: []byte(`{"id":2,"name":"old"}`)},
				{Raw: []byte(`{"page_label_name":{}}`)},
			},
		},
		"of a person": {
			call: func(ctx context.Context, c *graph.Client) (any, error) {
				return collect(c.CustomLabelsOf(ctx, page, "9/x"))
			},
			answer: `{"data":[{"id":"1","page_label_name":"VIP"}]}`,
			wire:   `GET 9%2Fx/custom_labels?fields=id%2Cpage_label_name`,
			want:   []graph.CustomLabel{{ID: "1", Name: "VIP", Raw: []byte(`{"id":"1","page_label_name":"VIP"}`)}},
		},
		"assign": change(func(ctx context.Context, c *graph.Client) error { return c.AssignCustomLabel(ctx, page, "1", "9") }, `POST 1/label {"user":"9"}`),
		"remove": change(func(ctx context.Context, c *graph.Client) error { return c.RemoveCustomLabel(ctx, page, "1/", "9") }, `DELETE 1%2F/label?user=9`),
		"delete": change(func(ctx context.Context, c *graph.Client) error { return c.DeleteCustomLabel(ctx, page, "1") }, `DELETE 1`),
	})
}

func TestCustomLabelsThatAreNotAskedFor(t *testing.T) {
	t.Parallel()
	requireNotSent(t, map[string]func(context.Context, *graph.Client) error{
		"no name": func(ctx context.Context, c *graph.Client) error {
			_, err := c.CreateCustomLabel(ctx, page, "")
			return err
		},
		"of nobody":     func(ctx context.Context, c *graph.Client) error { return drain(c.CustomLabelsOf(ctx, page, "")) },
		"assign none":   func(ctx context.Context, c *graph.Client) error { return c.AssignCustomLabel(ctx, page, "", "9") },
		"assign nobody": func(ctx context.Context, c *graph.Client) error { return c.AssignCustomLabel(ctx, page, "1", "") },
		"remove none":   func(ctx context.Context, c *graph.Client) error { return c.RemoveCustomLabel(ctx, page, "", "9") },
		"remove nobody": func(ctx context.Context, c *graph.Client) error { return c.RemoveCustomLabel(ctx, page, "1", "") },
		"delete none":   func(ctx context.Context, c *graph.Client) error { return c.DeleteCustomLabel(ctx, page, "") },
	})
}
