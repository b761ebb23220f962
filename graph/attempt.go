package graph

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/djmessenger/messenger/internal/jitter"
)

// The pause before a call is made again doubles from the first to the longest, each give or take a quarter, so that
// clients which failed together do not come back together.
const (
	firstPause   = 200 * time.Millisecond
	longestPause = 10 * time.Second
)

// outgoing is a request whose body is ready to be written, as often as need be.
type outgoing struct {
	Request
	content     []byte // the body; nil: none, or stream
	contentType string
	limit       int       // of the answer, in bytes
	reads       bool      // the call changes nothing, so that it cannot be made too often
	stream      io.Reader // a body that can be read once, for a Request with Once
	target      *url.URL  // without credentials; nil: that of the Request
	timeout     time.Duration
}

// call makes a call until an attempt succeeds or the next would be useless or dangerous, and returns the last attempt's
// answer, which is JSON and no refusal, or its error.
func (c *Client) call(ctx context.Context, out outgoing) (*answer, error) {
	if out.target == nil {
		endpoint, err := c.endpoint(ctx, out.PageID)
		if err == nil {
			out.target, err = endpoint.target(out.Request)
		}
		if err != nil {
			return nil, &RequestError{Err: err}
		}
	}
	for retry := 0; ; retry++ {
		answer, err := c.attempt(ctx, out)
		if err == nil || out.Once || retry >= c.config.Retries || !worthAnother(err, out.reads) || !wait(ctx, pauseBefore(retry)) {
			return answer, err
		}
	}
}

// worthAnother reports whether a call that failed like this may be made again at once. One that changes something is
// made again only if it was surely not executed.
func worthAnother(err error, reads bool) bool {
	switch Classify(err) {
	case RetrySafe:
		return true
	case RetryUncertain:
		return reads
	case RetryLater:
		refused, ok := errors.AsType[*Error](err)
		if !ok || errors.Is(err, ErrRateLimited) || refused.HTTPStatus == http.StatusTooManyRequests {
			return false
		}
		return refused.Code == 2 || reads && (refused.Transient || refused.HTTPStatus >= 500)
	case RetryNever, RetryNewToken:
	}
	return false
}

// pauseBefore returns how long to wait before a retry, of which the first is number 0.
func pauseBefore(retry int) time.Duration {
	pause := longestPause
	if doubled := firstPause << min(retry, 16); doubled < longestPause {
		pause = doubled
	}
	return pause - pause/4 + jitter.Below(pause/2+1)
}

// wait waits and reports whether the context still lives. It does not begin a wait that the context would not outlive.
func wait(ctx context.Context, pause time.Duration) bool {
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= pause {
		return false
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}

// attempt makes one attempt at a call.
func (c *Client) attempt(ctx context.Context, out outgoing) (*answer, error) {
	ctx, cancel := withTimeout(ctx, out.timeout)
	defer cancel()
	credentials, err := c.credentials(ctx, out.Request)
	if err != nil {
		if errors.Is(err, ErrTokenInvalid) {
			return nil, err
		}
		return nil, &TransportError{Err: fmt.Errorf("access token: %w", err), Method: out.Method, Path: out.Path}
	}
	body := out.stream
	if out.content != nil {
		body = bytes.NewReader(out.content)
	}
	written := new(progress)
	request, err := http.NewRequestWithContext(written.watch(ctx), out.Method, "", body)
	if err != nil {
		return nil, &RequestError{Err: errors.New("malformed method")}
	}
	target := *out.target
	request.URL, request.Host = &target, target.Host
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
		return nil, &TransportError{Err: credentials.clean(err), Method: out.Method, Path: out.Path, Written: written.maybe(body != nil)}
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := readAnswer(response, out.Request, credentials, out.limit)
	c.noteUsage(out.PageID, response.Header)
	return answer, err
}

// withTimeout is context.WithTimeout, except that a context which ends before that is returned as it is.
func withTimeout(ctx context.Context, timeout time.Duration) (context.Context, context.CancelFunc) {
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= timeout {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, timeout)
}
