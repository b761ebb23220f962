package graph_test

import (
	"context"
	"testing"
	"time"

	"github.com/djmessenger/messenger/graph"
)

func TestInsights(t *testing.T) {
	t.Parallel()
	const metric = "page_messages_new_conversations_unique"
	since := time.Unix(1657627200, 0)
	insights := func(query graph.InsightQuery) func(ctx context.Context, c *graph.Client) (any, error) {
		return func(ctx context.Context, c *graph.Client) (any, error) { return c.Insights(ctx, page, query) }
	}
	runExchanges(t, map[string]exchange{
		"figures": {
			call: insights(graph.InsightQuery{Metrics: []string{metric, "other"}, Period: "day", Since: since, Until: since.Add(time.Hour)}),
			answer: `{"data":[{"name":"n","period":"day","title":"T","description":"D","values":[{"value":"42","end_time":"1657627200"},` +
				`{"value":0.5,"end_time":"2022-07-12T12:00:00+0000"},{"value":{"a":1}},7,{}]},{"values":{}},"x"],"paging":{"next":"https://x/?since=1"}}`,
			wire: `GET me/insights?metric=page_messages_new_conversations_unique%2Cother&period=day&since=1657627200&until=1657630800`,
			want: []graph.Insight{
				{
					Description: "D", Name: "n", Period: "day", Title: "T",
					Raw: []byte(`{"name":"n","period":"day","title":"T","description":"D","values":[{"value":"42","end_time":"1657627200"},` +
						`{"value":0.5,"end_time":"2022-07-12T12:00:00+0000"},{"value":{"a":1}},7,{}]}`),
					Values: []graph.InsightValue{
						{End: since.UTC(), Number: new(42.0), Raw: []byte(`"42"`)},
						{End: since.UTC(), Number: new(0.5), Raw: []byte(`0.5`)},
						{Raw: []byte(`{"a":1}`)},
						{},
					},
				},
				{Raw: []byte(`{"values":{}}`)},
			},
		},
		"as it comes": {
			call:   insights(graph.InsightQuery{Metrics: []string{metric}}),
			answer: `{"data":[]}`,
			wire:   `GET me/insights?metric=page_messages_new_conversations_unique`,
			want:   []graph.Insight(nil),
		},
	})
}

func TestInsightsThatAreNotAskedFor(t *testing.T) {
	t.Parallel()
	insights := func(query graph.InsightQuery) func(context.Context, *graph.Client) error {
		return func(ctx context.Context, c *graph.Client) error {
			_, err := c.Insights(ctx, page, query)
			return err
		}
	}
	requireNotSent(t, map[string]func(context.Context, *graph.Client) error{
		"no metric":    insights(graph.InsightQuery{}),
		"empty metric": insights(graph.InsightQuery{Metrics: []string{"a", ""}}),
		"backwards":    insights(graph.InsightQuery{Metrics: []string{"a"}, Since: time.Unix(2, 0), Until: time.Unix(1, 0)}),
	})
}
