package graph

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
)

// refuse returns the error of a call that is not made because the platform's documentation says that it would fail.
func refuse(reason string) error {
	return &RequestError{Err: errors.New(reason)}
}

// edge returns the path of an edge of an object whose id comes from outside.
func edge(id, name string) string {
	return url.PathEscape(id) + "/" + name
}

// encodePart encodes a part of a body as JSON, and leaves bytes unchanged, as encodeBody does for a whole body. A nil
// part is refused, with the given name.
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

// object makes a call that returns a JSON object, and returns its members and the whole object.
func (c *Client) object(ctx context.Context, request Request) (members map[string]json.RawMessage, raw json.RawMessage, err error) {
	if err := c.Do(ctx, request, &raw); err != nil {
		return nil, nil, err
	}
	if members = decodeObject(raw); members == nil {
		return nil, nil, request.unusable("not a JSON object")
	}
	return members, raw, nil
}

// node makes a call that returns an object with an id.
func (c *Client) node(ctx context.Context, request Request) (members map[string]json.RawMessage, raw json.RawMessage, err error) {
	members, raw, err = c.object(ctx, request)
	if err == nil && decodeText(members["id"]) == "" {
		return nil, nil, request.unusable("without an id")
	}
	return members, raw, err
}

// create makes a call that returns the id of a new object.
func (c *Client) create(ctx context.Context, request Request) (id string, err error) {
	members, _, err := c.node(ctx, request)
	return decodeText(members["id"]), err
}

// unusable is the error of an answer with status 200 that lacks what the request needs.
func (r Request) unusable(reason string) error {
	a := &answer{status: http.StatusOK, method: cmp.Or(r.Method, http.MethodGet), path: r.Path}
	return a.unusable(reason, nil)
}
