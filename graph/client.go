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

	"github.com/djmessenger/messenger/secret"
)

// Client calls the Graph API. Each attempt has the timeout of its [Config]. A Client is safe for concurrent use.
//
// A failed call is retried up to Config.Retries times, after pauses of about 200 ms, 400 ms and so on, if a retry can
// help and cannot take effect twice. A GET is retried when it was certainly not executed ([RetrySafe]), when its outcome
// is unknown ([RetryUncertain]), and when the platform reports a temporary fault (code 2, is_transient or a server
// error). Any other method is retried only when it was certainly not executed: RetrySafe and code 2. A rate limit lasts
// minutes and is not waited for: see [ErrRateLimited] and [Client.Usage]. [Client.SendMessage], [Client.Upload],
// [Client.Profile] and the calls of the Messenger Profile API, which the platform limits to 10 in 10 minutes, make one
// attempt, as does every [Request] with Once.
type Client struct {
	base   *url.URL // with the version
	config Config
	http   *http.Client
	usage  *usageBook
}

// New returns a client, or all mistakes of the config at once, each with the name of its field.
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
	return &Client{base: base.JoinPath(config.Version), config: config, http: &client, usage: newUsageBook()}, nil
}

// Request is one call of the Graph API.
type Request struct {
	// Body is sent as JSON. A json.RawMessage or a []byte is sent unchanged if it is JSON. nil: no body.
	Body any
	// Method is the HTTP method. Default: GET.
	Method string
	// Once disables retries: the caller decides after any failure. Default: the call is retried as [Client] describes.
	Once bool
	// Page is the id of the page whose token and secret the call uses. It does not appear in the URL.
	Page string
	// Path is the path below the version: "me/messages", with or without a leading slash. Escape ids from outside with
	// url.PathEscape.
	Path string
	// Query is the query of the URL, without token and proof, which the client adds. Default: none.
	Query url.Values
	// Token replaces the page's token, for example with an app's or a person's; the [TokenSource] is then not asked. The
	// call is signed with appsecret_proof all the same, made of this token and of the secret that Config.AppSecret
	// returns for Page: the platform accepts a proof for every kind of token if the secret is that of the token's app.
	// Default: the token of Page.
	Token secret.Value
}

// Do makes any call of the Graph API, and decodes the answer's JSON into out, as json.Unmarshal does; a *json.RawMessage
// receives it unchanged, nil discards it. A failed call may be retried, as [Client] describes, unless request.Once is
// set; if ctx would end before the retry, the last attempt's error is returned at once.
//
// Its errors are of the types [Error], [RequestError], [TransportError] and [ResponseError], or match [ErrNoToken];
// [Classify] returns for each whether the call may be made again. After retries, the error is that of the last attempt.
func (c *Client) Do(ctx context.Context, request Request, out any) error {
	content, err := encodeBody(request.Body)
	if err != nil {
		return &RequestError{Err: err}
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
	answer, err := c.call(ctx, outgoing)
	if err != nil || out == nil {
		return err
	}
	if err := json.Unmarshal(answer.body, out); err != nil {
		return answer.unusable("JSON that does not fit the type of the result", nil)
	}
	return nil
}

// target returns the URL of a request, without credentials.
func (c *Client) target(request Request) (*url.URL, error) {
	path := strings.TrimPrefix(request.Path, "/")
	segments := strings.Split(path, "/")
	if strings.ContainsAny(path, "?#") || slices.Contains(segments, "") || slices.ContainsFunc(segments, isDots) {
		if at := strings.IndexAny(path, "?#"); at >= 0 {
			path = path[:at] // the rest may contain a token
		}
		return nil, fmt.Errorf("path %q is not a path below the version", path)
	}
	if request.Query.Has("access_token") || request.Query.Has(proofParameter) {
		return nil, errors.New("the query must not contain credentials")
	}
	target := c.base.JoinPath(path)
	if strings.Contains(path, "%") && target.RawPath != "" && target.EscapedPath() != target.RawPath {
		return nil, fmt.Errorf("path %q is only partly escaped", path) // and would be escaped again, as another path
	}
	target.RawQuery = request.Query.Encode()
	return target, nil
}

// isDots reports whether a segment, as the server may read it, leaves its folder.
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
		return nil, fmt.Errorf("body cannot be encoded as JSON: %w", err)
	}
	return content, nil
}

func checkJSON(body []byte) ([]byte, error) {
	if !json.Valid(body) {
		return nil, errors.New("body is not JSON")
	}
	return body, nil
}
