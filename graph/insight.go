package graph

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// InsightQuery asks for a page's figures.
type InsightQuery struct {
	// Metrics are what to count, by the platform's names, such as page_messages_new_conversations_unique. Required.
	Metrics []string
	// Period is what each value is about: day, week, days_28, month or total_over_range. Default: the platform's.
	Period string
	// Since and Until bound the time. Default: the platform's.
	Since, Until time.Time
}

// Insight is one metric of a page, over one kind of period.
type Insight struct {
	Description string
	Name        string
	Period      string
	Raw         json.RawMessage // all of it
	Title       string
	Values      []InsightValue
}

// InsightValue is a figure of one period.
type InsightValue struct {
	End    time.Time       // of the period; zero: not known
	Number *float64        // nil: it is none, such as a breakdown
	Raw    json.RawMessage // the figure as the platform wrote it
}

// Insights asks for figures of the page. The platform drops metrics now and then, and refuses a call for one that it does
// not have; see
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/analytics/messaging-insights.
//
// What is asked for comes by one call: the links to earlier and later times that the platform puts beside it are not
// followed. Errors are those of [Client.Do]; an answer without a list is a [ResponseError].
func (c *Client) Insights(ctx context.Context, pageID string, query InsightQuery) ([]Insight, error) {
	switch {
	case len(query.Metrics) == 0 || slices.Contains(query.Metrics, ""):
		return nil, refuse("insights: no metric named, or an empty one")
	case !query.Since.IsZero() && !query.Until.IsZero() && query.Until.Before(query.Since):
		return nil, refuse("insights: the time ends before it begins")
	}
	values := url.Values{"metric": {strings.Join(query.Metrics, ",")}}
	if query.Period != "" {
		values.Set("period", query.Period)
	}
	if !query.Since.IsZero() {
		values.Set("since", strconv.FormatInt(query.Since.Unix(), 10))
	}
	if !query.Until.IsZero() {
		values.Set("until", strconv.FormatInt(query.Until.Unix(), 10))
	}
	request := Request{PageID: pageID, Path: Me + "/insights", Query: values}
	_, raw, err := c.object(ctx, request)
	if err != nil {
		return nil, err
	}
	part, fault := decodePart(raw)
	if fault != "" {
		return nil, request.unusable(fault)
	}
	var insights []Insight
	for _, element := range part.elements {
		if members := decodeObject(element); members != nil {
			insights = append(insights, decodeInsight(members, element))
		}
	}
	return insights, nil
}

func decodeInsight(members map[string]json.RawMessage, raw json.RawMessage) Insight {
	insight := Insight{
		Description: decodeText(members["description"]),
		Name:        decodeText(members["name"]),
		Period:      decodeText(members["period"]),
		Raw:         raw,
		Title:       decodeText(members["title"]),
	}
	for _, element := range decodeArray(members["values"]) {
		if value := decodeObject(element); value != nil {
			insight.Values = append(insight.Values, InsightValue{
				End:    decodeTime(value["end_time"]),
				Number: decodeFloat(value["value"]),
				Raw:    value["value"],
			})
		}
	}
	return insight
}
