package graph

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
)

// refuse returns the error of a call that is not made, since the platform's own documents say that it would fail.
func refuse(reason string) error {
	return &RequestError{Err: errors.New(reason)}
}

// edge returns the path of what hangs on an object whose id comes from outside.
func edge(id, name string) string {
	return url.PathEscape(id) + "/" + name
}

// encodePart writes a part of a body as JSON, bytes as they are, like encodeBody does with the whole. A part that is nil
// is refused, under the name of what it is.
func encodePart(name string, part any) (json.RawMessage, error) {
	content, err := encodeBody(part)
	if err != nil {
		return nil, &RequestError{Err: err}
	}
	if content == nil {
		return nil, refuse(name + " is missing")
	}
	return content, nil
}

// object makes a call that is answered by a JSON object, and returns its members beside the whole.
func (c *Client) object(ctx context.Context, request Request) (members map[string]json.RawMessage, raw json.RawMessage, err error) {
	if err := c.Do(ctx, request, &raw); err != nil {
		return nil, nil, err
	}
	if members = decodeObject(raw); members == nil {
		return nil, nil, request.unusable("not a JSON object")
	}
	return members, raw, nil
}

// node makes a call that is answered by an object with an id, as everything on the platform has one.
func (c *Client) node(ctx context.Context, request Request) (members map[string]json.RawMessage, raw json.RawMessage, err error) {
	members, raw, err = c.object(ctx, request)
	if err == nil && decodeText(members["id"]) == "" {
		return nil, nil, request.unusable("no id in it")
	}
	return members, raw, err
}

// create makes a call that is answered by the id of what it made.
func (c *Client) create(ctx context.Context, request Request) (id string, err error) {
	members, _, err := c.node(ctx, request)
	return decodeText(members["id"]), err
}

// unusable is the error of an answer with status 200 that does not hold what the request asks for.
func (r Request) unusable(reason string) error {
	a := &answer{status: http.StatusOK, method: cmp.Or(r.Method, http.MethodGet), path: r.Path}
	return a.unusable(reason, nil)
}
