package graph

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// endpoint is where the calls of a page go.
type endpoint struct {
	base *url.URL // with the version
	send *url.URL // of sendPath, which most calls have
}

func newEndpoint(baseURL, version string) (*endpoint, error) {
	base, err := url.Parse(baseURL)
	if err != nil {
		return nil, errors.New("not an http or https URL")
	}
	base.Path = "/" + strings.TrimPrefix(base.Path, "/") // as it is in requests, which JoinPath does not see to
	base = base.JoinPath(version)
	return &endpoint{base: base, send: base.JoinPath(sendPath)}, nil
}

// endpoint returns where the calls of a page go.
func (c *Client) endpoint(ctx context.Context, pageID string) (*endpoint, error) {
	if c.config.BaseURLOf == nil {
		return c.base, nil
	}
	baseURL := c.config.BaseURLOf(ctx, pageID)
	if baseURL == "" || baseURL == c.config.BaseURL {
		return c.base, nil
	}
	if err := CheckBaseURL(baseURL); err != nil {
		return nil, fmt.Errorf("Config.BaseURLOf: %w", err)
	}
	return newEndpoint(baseURL, c.config.Version)
}

// target returns the URL of a request, without credentials.
func (e *endpoint) target(request Request) (*url.URL, error) {
	if request.Path == sendPath && len(request.Query) == 0 {
		return e.send, nil
	}
	path := strings.TrimPrefix(request.Path, "/")
	segments := strings.Split(path, "/")
	if strings.ContainsAny(path, "?#") || slices.Contains(segments, "") || slices.ContainsFunc(segments, isDots) {
		if at := strings.IndexAny(path, "?#"); at >= 0 {
			path = path[:at] // what follows may carry a token
		}
		return nil, fmt.Errorf("path %q is not one below the version", path)
	}
	if request.Query.Has("access_token") || request.Query.Has(proofParameter) {
		return nil, errors.New("the query must not carry credentials")
	}
	target := e.base.JoinPath(path)
	if strings.Contains(path, "%") && target.RawPath != "" && target.EscapedPath() != target.RawPath {
		return nil, fmt.Errorf("path %q is escaped in part", path) // and would be escaped anew, as another path
	}
	target.RawQuery = request.Query.Encode()
	return target, nil
}

// isDots reports whether a segment, as the server may read it, leads out of its folder.
func isDots(segment string) bool {
	plain, err := url.PathUnescape(segment)
	return err != nil || plain == "." || plain == ".."
}
