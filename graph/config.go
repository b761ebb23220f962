package graph

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"time"

	"github.com/djmessenger/messenger/internal/nilcheck"
	"github.com/djmessenger/messenger/internal/weburl"
	"github.com/djmessenger/messenger/secret"
)

// What a [Config] means by its zero values.
const (
	DefaultBaseURL       = "https://graph.facebook.com"
	InstagramBaseURL     = "https://graph.instagram.com" // of accounts connected by Instagram Login
	DefaultRetries       = 2
	DefaultTimeout       = 10 * time.Second
	DefaultUploadTimeout = 2 * time.Minute
	DefaultVersion       = "v27.0"
)

// Config says how a [Client] reaches the Graph API. Only Tokens is required.
type Config struct {
	// AppSecret gives the secret of the app that serves a page. Calls are then signed with appsecret_proof, which the
	// platform demands of apps whose setting "Require App Secret" is on. It is called once per attempt, from any goroutine.
	// A zero value it returns leaves that page's calls unsigned. Default: no call is signed.
	AppSecret func(pageID string) secret.Value

	// BaseURL is where the Graph API lives, without the version. It may have a path, such as that of a proxy or a
	// simulator. Default: [DefaultBaseURL], https://graph.facebook.com.
	BaseURL string

	// BaseURLOf gives the base URL of a page's calls, such as [InstagramBaseURL], where it is not BaseURL. It follows the
	// rules of BaseURL; a call with one that breaks them fails with a [RequestError]. It is called once for each call,
	// from any goroutine. Default, and for a page for which it returns nothing: BaseURL.
	BaseURLOf func(ctx context.Context, pageID string) string

	// HTTPClient makes the calls, so that proxies, certificates, tracing and metrics are the user's. The client works on
	// a copy that follows no redirect, since a redirect would carry the token elsewhere. Default: a client of its own,
	// which keeps up to 256 idle connections.
	HTTPClient *http.Client

	// OnUsage is called with every answer that tells of a page's usage, refusals included, and gets what [Client.Usage]
	// then returns. It runs on the goroutine of the call, which waits for it, with no lock held. Default: none.
	OnUsage func(pageID string, usage Usage)

	// Retries is how many times at most a call that failed is made again, as [Client] says. Negative: never.
	// Default: [DefaultRetries], 2.
	Retries int

	// Timeout bounds one attempt at a call from the lookup of its token to the last byte of its answer; the context
	// bounds them all. Uploads have UploadTimeout instead. Default: [DefaultTimeout], 10 s.
	Timeout time.Duration

	// Tokens finds the access token of a page. Required.
	Tokens TokenSource

	// UploadTimeout bounds one [Client.Upload], the reading of the file included. Default: [DefaultUploadTimeout], 2 min.
	UploadTimeout time.Duration

	// Version is the version of the Graph API, such as v27.0. Default: [DefaultVersion].
	Version string
}

// WithDefaults returns a copy in which every field that has a default is set.
func (c Config) WithDefaults() Config {
	if c.AppSecret == nil {
		c.AppSecret = func(string) secret.Value { return secret.Value{} }
	}
	if c.BaseURL == "" {
		c.BaseURL = DefaultBaseURL
	}
	if c.HTTPClient == nil {
		c.HTTPClient = newHTTPClient()
	}
	if c.Retries == 0 {
		c.Retries = DefaultRetries
	}
	if c.Timeout == 0 {
		c.Timeout = DefaultTimeout
	}
	if c.UploadTimeout == 0 {
		c.UploadTimeout = DefaultUploadTimeout
	}
	if c.Version == "" {
		c.Version = DefaultVersion
	}
	return c
}

var versionPattern = regexp.MustCompile(`\Av[1-9][0-9]*\.[0-9]+\z`)

// validate reports every mistake of a Config that has its defaults, each named by its field. The values themselves are
// left out of the texts: a base URL may carry a password.
func (c Config) validate() error {
	var mistakes []error
	report := func(field, format string, args ...any) {
		mistakes = append(mistakes, fmt.Errorf("graph: Config.%s: %w", field, fmt.Errorf(format, args...)))
	}
	for _, err := range baseURLMistakes(c.BaseURL) {
		report("BaseURL", "%w", err)
	}
	if c.Timeout < 0 {
		report("Timeout", "must not be negative: %v", c.Timeout)
	}
	if c.Tokens == nil {
		report("Tokens", "is required")
	} else if nilcheck.IsNil(c.Tokens) {
		report("Tokens", "is a nil %T", c.Tokens)
	}
	if c.UploadTimeout < 0 {
		report("UploadTimeout", "must not be negative: %v", c.UploadTimeout)
	}
	if !versionPattern.MatchString(c.Version) {
		report("Version", "must look like %s", DefaultVersion)
	}
	return errors.Join(mistakes...)
}

// CheckBaseURL reports every mistake of a URL that is to be a Config.BaseURL or to be returned by Config.BaseURLOf. The
// error does not show the URL.
func CheckBaseURL(text string) error { return errors.Join(baseURLMistakes(text)...) }

func baseURLMistakes(text string) []error {
	base, err := url.Parse(text)
	if err != nil {
		return []error{errors.New("not an http or https URL")}
	}
	var mistakes []error
	report := func(text string) { mistakes = append(mistakes, errors.New(text)) }
	web := base.Scheme == "http" || base.Scheme == "https"
	if !web {
		report("scheme must be http or https")
	}
	if base.Host == "" {
		report("host is missing")
	}
	if base.User != nil {
		report("must not carry a user or a password")
	}
	if base.RawQuery != "" || base.ForceQuery || base.Fragment != "" {
		report("must not have a query or a fragment")
	}
	if web && base.Host != "" {
		if err := weburl.Check(text); err != nil {
			mistakes = append(mistakes, err)
		}
	}
	return mistakes
}

// idleConnections is how many calls at a time find a connection that is open already, where the host speaks HTTP/1.1 only.
const idleConnections = 256

// newHTTPClient returns the client that serves a Config which names none. It has no deadline of its own: every call has
// one in its context.
func newHTTPClient() *http.Client {
	transport, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		return &http.Client{Transport: http.DefaultTransport}
	}
	transport = transport.Clone()
	transport.MaxIdleConns, transport.MaxIdleConnsPerHost = idleConnections, idleConnections
	return &http.Client{Transport: transport}
}
