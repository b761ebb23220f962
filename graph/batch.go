package graph

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

const (
	// MaxBatchResponseBytes is how much of the answer to one call of [Client.Batch] is read, 8 MiB. A longer one is a
	// [ResponseError].
	MaxBatchResponseBytes = 8 << 20
	// maxBatch is how many requests the platform takes in one call.
	maxBatch = 50
)

// BatchAnswer is the answer to one request of a batch: either of the two is set.
type BatchAnswer struct {
	// Body is the JSON that Do would decode.
	Body json.RawMessage
	// Err is the error that Do would return.
	Err error
}

// Batch makes many reads in few calls, up to 50 in each, and returns their answers in the order of the requests. Each read
// still counts against the limits of the page: what a batch saves is time. Batch has no place for what changes something,
// such as sends, which would lose their order.
//
// All requests bear the token and the proof of page, are GETs without a body, and need not name the page again; anything
// else in one is a [RequestError], and nothing is called. The calls are made one after the other, and again as [Client]
// says of a GET, unless one of their requests has Once. When one fails as a whole, Batch makes no more and returns its
// error, along with the answers that it has; those that are missing carry the error too.
//
// A read that the platform refused has its own [Error], and does not make the batch fail. One that the platform left
// unanswered, for want of time, has a [ResponseError] that is [RetryUncertain]. See
// https://developers.facebook.com/docs/graph-api/batch-requests.
func (c *Client) Batch(ctx context.Context, pageID string, requests ...Request) ([]BatchAnswer, error) {
	endpoint, err := c.endpoint(ctx, pageID)
	if err != nil {
		return nil, &RequestError{Err: err}
	}
	parts := make([]batchPart, len(requests))
	for i, request := range requests {
		if parts[i], err = endpoint.batchPart(pageID, request); err != nil {
			return nil, &RequestError{Err: fmt.Errorf("batch: request %d: %w", i, err)}
		}
	}
	answers := make([]BatchAnswer, 0, len(requests))
	for some := range slices.Chunk(parts, maxBatch) {
		found, err := c.batch(ctx, endpoint, pageID, some)
		if err != nil {
			for len(answers) < len(requests) {
				answers = append(answers, BatchAnswer{Err: err})
			}
			return answers, err
		}
		answers = append(answers, found...)
	}
	return answers, nil
}

// batchPart is one request of a batch. Its fields with names are the platform's.
type batchPart struct {
	Method      string `json:"method"`
	RelativeURL string `json:"relative_url"`
	path        string
	once        bool
}

// batchPart checks a request of a batch.
func (e *endpoint) batchPart(pageID string, request Request) (batchPart, error) {
	switch {
	case cmp.Or(request.Method, http.MethodGet) != http.MethodGet:
		return batchPart{}, errors.New("not a GET")
	case request.Body != nil:
		return batchPart{}, errors.New("a GET with a body")
	case !request.Token.IsZero():
		return batchPart{}, errors.New("a token of its own")
	case request.PageID != "" && request.PageID != pageID:
		return batchPart{}, errors.New("a page of its own")
	}
	target, err := e.target(request)
	if err != nil {
		return batchPart{}, err
	}
	relative := strings.TrimPrefix(target.EscapedPath(), e.base.EscapedPath()+"/")
	if target.RawQuery != "" {
		relative += "?" + target.RawQuery
	}
	return batchPart{Method: http.MethodGet, RelativeURL: relative, once: request.Once, path: request.Path}, nil
}

// batch makes one call. The requests in it carry no credentials: those of the call count for them.
func (c *Client) batch(ctx context.Context, endpoint *endpoint, pageID string, parts []batchPart) ([]BatchAnswer, error) {
	list, err := json.Marshal(parts)
	if err != nil {
		return nil, &RequestError{Err: err}
	}
	answer, err := c.call(ctx, outgoing{
		Request: Request{
			Method: http.MethodPost,
			Once:   slices.ContainsFunc(parts, func(p batchPart) bool { return p.once }),
			PageID: pageID,
			Path:   "/",
		},
		content:     []byte(url.Values{"batch": {string(list)}, "include_headers": {"false"}}.Encode()),
		contentType: "application/x-www-form-urlencoded",
		limit:       MaxBatchResponseBytes,
		reads:       true,
		target:      endpoint.base.JoinPath("/"),
		timeout:     c.config.Timeout,
	})
	if err != nil {
		return nil, err
	}
	var found []json.RawMessage
	if json.Unmarshal(answer.body, &found) != nil || found == nil {
		return nil, answer.unusable("no list in it", nil)
	}
	answers := make([]BatchAnswer, len(parts))
	for i, part := range parts {
		var raw json.RawMessage // nil if there are fewer answers than requests
		if i < len(found) {
			raw = found[i]
		}
		answers[i] = answer.part(part, raw)
	}
	return answers, nil
}

// part reads what the answer to a batch has for one of its requests: an object with the status as code and the body as a
// string of JSON.
func (a *answer) part(part batchPart, raw json.RawMessage) BatchAnswer {
	own := &answer{credentials: a.credentials, method: part.Method, path: part.path, status: a.status}
	if len(raw) == 0 || string(raw) == "null" {
		return BatchAnswer{Err: own.unusable("the batch left it unanswered", nil)}
	}
	object := decodeObject(raw)
	if object == nil {
		return BatchAnswer{Err: own.unusable("not a JSON object in a batch", nil)}
	}
	own.status = cmp.Or(decodeInt(object["code"]), a.status)
	body := []byte(object["body"])
	var text string
	if json.Unmarshal(body, &text) == nil { // null too: no body
		body = []byte(text)
	}
	if err := own.decode(body, a.credentials); err != nil {
		return BatchAnswer{Err: err}
	}
	return BatchAnswer{Body: own.body}
}
