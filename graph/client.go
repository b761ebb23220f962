package graph

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Client calls the Graph API. It makes every call once, in a time that its [Config] bounds, and may be used from many
// goroutines at once.
type Client struct {
	base   *url.URL // with the version
	config Config
	http   *http.Client
}

// New returns a client, or every mistake of the config at once, each named by its field.
func New(config Config) (*Client, error) {
	config = config.WithDefaults()
	if err := config.validate(); err != nil {
		return nil, err
	}
	base, err := url.Parse(config.BaseURL)
	if err != nil {
		return nil, errors.New("graph: Config.BaseURL: not a URL")
	}
	client := *config.HTTPClient
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Client{base: base.JoinPath(config.Version), config: config, http: &client}, nil
}

// Request is one call of the Graph API.
type Request struct {
	// Body is sent as JSON. A json.RawMessage or a []byte goes as it is, if it is JSON. nil: no body.
	Body any
	// Method is the HTTP method. Default: GET.
	Method string
	// Page is the id of the page whose token and secret the call bears. It is no part of the URL.
	Page string
	// Path is what follows the version: "me/messages", with or without a slash before it. Ids from outside go through
	// url.PathEscape.
	Path string
	// Query is what follows the path. The token and the proof are never among it. Default: none.
	Query url.Values
}

// Do makes a call that this package knows nothing about, and decodes the answer's JSON into out, as json.Unmarshal does;
// a *json.RawMessage receives it whole, nil discards it.
//
// Its errors are of the types [Error], [RequestError], [TransportError] and [ResponseError], or match [ErrNoToken];
// [Classify] says of each whether the call may be made again.
func (c *Client) Do(ctx context.Context, request Request, out any) error {
	content, err := encodeBody(request.Body)
	if err != nil {
		return &RequestError{Err: err}
	}
	outgoing := outgoing{Request: request, timeout: c.config.Timeout}
	if content != nil {
		outgoing.body, outgoing.contentType = bytes.NewReader(content), "application/json"
	}
	answer, err := c.call(ctx, outgoing)
	if err != nil || out == nil {
		return err
	}
	if err := json.Unmarshal(answer.body, out); err != nil {
		return answer.unusable("JSON of another shape than asked for", nil)
	}
	return nil
}

// outgoing is a request whose body is ready to be written.
type outgoing struct {
	Request
	body        io.Reader // nil: none
	contentType string
	timeout     time.Duration
}

// call makes one call and returns its answer, which is JSON and no refusal.
func (c *Client) call(ctx context.Context, out outgoing) (*answer, error) {
	if out.Method == "" {
		out.Method = http.MethodGet
	}
	target, err := c.target(out.Request)
	if err != nil {
		return nil, &RequestError{Err: err}
	}
	ctx, cancel := context.WithTimeout(ctx, out.timeout)
	defer cancel()
	credentials, err := c.credentials(ctx, out.Page)
	if err != nil {
		if errors.Is(err, ErrTokenInvalid) {
			return nil, err
		}
		return nil, &TransportError{Err: fmt.Errorf("access token: %w", err), Method: out.Method, Path: out.Path}
	}
	written := new(progress)
	request, err := http.NewRequestWithContext(written.watch(ctx), out.Method, target.String(), out.body)
	if err != nil {
		return nil, &RequestError{Err: errors.New("malformed method or URL")}
	}
	credentials.sign(request)
	request.Header.Set("Accept", "application/json")
	if out.contentType != "" {
		request.Header.Set("Content-Type", out.contentType)
	}
	if err := ctx.Err(); err != nil {
		return nil, &TransportError{Err: err, Method: out.Method, Path: out.Path}
	}
	response, err := c.http.Do(request)
	if err != nil {
		if ended := ctx.Err(); ended != nil && !errors.Is(err, ended) {
			err = errors.Join(ended, credentials.clean(err)) // what broke first is not always what net/http reports
		}
		return nil, &TransportError{Err: credentials.clean(err), Method: out.Method, Path: out.Path, Written: written.maybe(out.body != nil)}
	}
	defer func() { _ = response.Body.Close() }()
	return readAnswer(response, out.Request, credentials)
}

// target returns the URL of a request, without credentials.
func (c *Client) target(request Request) (*url.URL, error) {
	path := strings.TrimPrefix(request.Path, "/")
	segments := strings.Split(path, "/")
	if strings.ContainsAny(path, "?#") || slices.Contains(segments, "") || slices.ContainsFunc(segments, isDots) {
		return nil, fmt.Errorf("path %q is not one below the version", request.Path)
	}
	if request.Query.Has("access_token") || request.Query.Has(proofParameter) {
		return nil, errors.New("the query must not carry credentials")
	}
	target := c.base.JoinPath(path)
	target.RawQuery = request.Query.Encode()
	return target, nil
}

// isDots reports whether a segment, as the server may read it, leads out of its folder.
func isDots(segment string) bool {
	plain, err := url.PathUnescape(segment)
	return err != nil || plain == "." || plain == ".."
}

func encodeBody(body any) ([]byte, error) {
	switch body := body.(type) {
	case nil:
		return nil, nil
	case json.RawMessage:
		return checkJSON(body)
	case []byte:
		return checkJSON(body)
	}
	content, err := json.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("body cannot be written as JSON: %w", err)
	}
	return content, nil
}

func checkJSON(body []byte) ([]byte, error) {
	if !json.Valid(body) {
		return nil, errors.New("body is not JSON")
	}
	return body, nil
}
