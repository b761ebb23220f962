package graph

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/djmessenger/messenger/secret"
)

// Client calls the Graph API, each attempt in a time that its [Config] bounds, and may be used from many goroutines at
// once.
//
// A call that failed is made again, up to Config.Retries times after pauses of some 200 ms, 400 ms and so on, if that can
// neither double its effect nor be in vain. A GET is made again when it was surely not executed ([RetrySafe]), when its
// outcome is unknown ([RetryUncertain]), and when the platform refused it for a fault of its own that passes (code 2, or
// what it calls transient or answers with a server error). Any other method is made again only when it was surely not
// executed: RetrySafe, and code 2. A throttle lasts minutes and is never waited out: see [ErrRateLimited] and
// [Client.Usage]. [Client.SendMessage], [Client.Upload], [Client.Profile] and the calls of the Messenger Profile, of which
// the platform takes ten in ten minutes, make one attempt, as does every [Request] with Once.
type Client struct {
	base   *endpoint
	config Config
	http   *http.Client
	proof  func(key, token secret.Value) secret.Value
	usage  *usageBook
}

// New returns a client, or every mistake of the config at once, each named by its field.
func New(config Config) (*Client, error) {
	config = config.WithDefaults()
	if err := config.validate(); err != nil {
		return nil, err
	}
	base, err := newEndpoint(config.BaseURL, config.Version)
	if err != nil {
		return nil, fmt.Errorf("graph: Config.BaseURL: %w", err)
	}
	client := *config.HTTPClient
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Client{base: base, config: config, http: &client, proof: newProofs(), usage: newUsageBook()}, nil
}

// Request is one call of the Graph API.
type Request struct {
	// Body is sent as JSON. A json.RawMessage or a []byte goes as it is, if it is JSON. nil: no body.
	Body any
	// Method is the HTTP method. Default: GET.
	Method string
	// Once turns off the client's retries: the caller decides whether to retry. Default: the call is retried as [Client]
	// says.
	Once bool
	// PageID is the id of the page whose token and secret the call bears. It is no part of the URL.
	PageID string
	// Path is what follows the version: "me/messages", with or without a slash before it. Ids from outside go through
	// url.PathEscape.
	Path string
	// Query is what follows the path. The token and the proof are never among it. Default: none.
	Query url.Values
	// Token is what the call bears instead of the page's token, such as an app's own or a person's; the [TokenSource] is
	// then not asked. The call is signed with appsecret_proof all the same, made of this token and of the secret that
	// Config.AppSecret gives for Page: the platform takes a proof for every kind of token, if the secret is that of the
	// token's app. Default: the token of Page.
	Token secret.Value
}

// Do makes a call that this package knows nothing about, and decodes the answer's JSON into out, as json.Unmarshal does;
// a *json.RawMessage receives it whole, nil discards it. A call that failed may be made again, as [Client] says, unless
// request.Once forbids it; if ctx ends before it can be, the last attempt's error is returned at once.
//
// Its errors are of the types [Error], [RequestError], [TransportError] and [ResponseError], or match [ErrNoToken];
// [Classify] says of each whether the call may be made again. The error of a call that was made again is that of its last
// attempt.
func (c *Client) Do(ctx context.Context, request Request, out any) error {
	answer, err := c.do(ctx, request)
	if err != nil || out == nil {
		return err
	}
	if err := json.Unmarshal(answer.body, out); err != nil {
		return answer.unusable("JSON of another shape than asked for", nil)
	}
	return nil
}

func (c *Client) do(ctx context.Context, request Request) (*answer, error) {
	content, err := encodeBody(request.Body)
	if err != nil {
		return nil, &RequestError{Err: err}
	}
	request.Method = cmp.Or(request.Method, http.MethodGet)
	outgoing := outgoing{
		Request: request,
		content: content,
		limit:   MaxResponseBytes,
		reads:   request.Method == http.MethodGet,
		timeout: c.config.Timeout,
	}
	if content != nil {
		outgoing.contentType = "application/json"
	}
	return c.call(ctx, outgoing)
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
