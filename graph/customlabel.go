package graph

import (
	"cmp"
	"context"
	"encoding/json"
	"iter"
	"net/http"
	"net/url"
)

// CustomLabel is a mark that a page puts on people, such as VIP. Those who answer in the page's inbox see it.
type CustomLabel struct {
	ID   string
	Name string
	Raw  json.RawMessage // all of it
}

const customLabels = "custom_labels"

// CreateCustomLabel makes a label of the page and returns its id. The page must have accepted Meta's terms for contacts;
// until then the platform refuses with error 2/2018344.
//
// Errors are those of [Client.Do]; an answer without an id is a [ResponseError]. See
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/identity/custom-labels.
func (c *Client) CreateCustomLabel(ctx context.Context, pageID, name string) (id string, err error) {
	if name == "" {
		return "", refuse("custom label: the name is empty")
	}
	body := map[string]string{"page_label_name": name}
	return c.create(ctx, Request{Body: body, Method: http.MethodPost, PageID: pageID, Path: Me + "/" + customLabels})
}

// CustomLabels lists the labels of the page. Errors are those of [List].
func (c *Client) CustomLabels(ctx context.Context, pageID string) iter.Seq2[CustomLabel, error] {
	return c.labels(ctx, pageID, Me+"/"+customLabels)
}

// CustomLabelsOf lists the labels that a person has. Errors are those of [List].
func (c *Client) CustomLabelsOf(ctx context.Context, pageID, psid string) iter.Seq2[CustomLabel, error] {
	if psid == "" {
		return noList[CustomLabel](refuse("custom labels: the person's id is empty"))
	}
	return c.labels(ctx, pageID, edge(psid, customLabels))
}

func (c *Client) labels(ctx context.Context, pageID, path string) iter.Seq2[CustomLabel, error] {
	request := Request{PageID: pageID, Path: path, Query: url.Values{"fields": {"id,page_label_name"}}}
	return listOf(ctx, c, request, func(members map[string]json.RawMessage, raw json.RawMessage) CustomLabel {
		return CustomLabel{
			ID:   decodeText(members["id"]),
			Name: cmp.Or(decodeText(members["page_label_name"]), decodeText(members["name"])), // name: before version 12
			Raw:  raw,
		}
	})
}

// AssignCustomLabel puts a label on a person. Errors are those of [Client.Do], and a [ResponseError] for an answer that
// does not report success.
func (c *Client) AssignCustomLabel(ctx context.Context, pageID, labelID, psid string) error {
	if labelID == "" || psid == "" {
		return refuse("custom label: the label's id or the person's is empty")
	}
	body := map[string]string{"user": psid}
	return c.change(ctx, Request{Body: body, Method: http.MethodPost, PageID: pageID, Path: edge(labelID, "label")})
}

// RemoveCustomLabel takes a label off a person. Errors are those of [Client.AssignCustomLabel].
func (c *Client) RemoveCustomLabel(ctx context.Context, pageID, labelID, psid string) error {
	if labelID == "" || psid == "" {
		return refuse("custom label: the label's id or the person's is empty")
	}
	query := url.Values{"user": {psid}}
	return c.change(ctx, Request{Method: http.MethodDelete, PageID: pageID, Path: edge(labelID, "label"), Query: query})
}

// DeleteCustomLabel removes a label from the page and from everyone. Errors are those of [Client.AssignCustomLabel].
func (c *Client) DeleteCustomLabel(ctx context.Context, pageID, labelID string) error {
	if labelID == "" {
		return refuse("custom label: the id is empty")
	}
	return c.change(ctx, Request{Method: http.MethodDelete, PageID: pageID, Path: url.PathEscape(labelID)})
}
