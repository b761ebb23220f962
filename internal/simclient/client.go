// Package simclient calls the control API of a simulator, in this process or another one.
package simclient

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// answerMost is how long an answer may be: a snapshot has uploads in it.
const answerMost = 512 << 20

// patience is how long a request without a deadline may take.
const patience = 30 * time.Second

var errSilent = fmt.Errorf("no answer within %v", patience)

// Client calls one simulator. A request whose context has no deadline ends after 30 seconds. It is safe for concurrent use.
type Client struct {
	base string
	http *http.Client
}

// At returns a client of the simulator at an address such as http://localhost:9090.
func At(base string) *Client {
	// Without a proxy: the simulator is one itself, and the environment may name it.
	return &Client{strings.TrimSuffix(base, "/"), &http.Client{Transport: &http.Transport{}}}
}

// In returns a client of a simulator in this process. There is no connection.
func In(handler http.Handler) *Client {
	return &Client{"http://localhost", &http.Client{Transport: inProcess{handler}}}
}

// Base is the address of the simulator.
func (c *Client) Base() string { return c.base }

// RefusedError is what the simulator answers to a request that it does not carry out.
type RefusedError struct {
	Status       int     `json:"-"`
	Text         string  `json:"error"`
	Code         string  `json:"code"`
	Offered      []Offer `json:"offered"`
	Conversation string  `json:"conversation"`
}

// Offer is something that a person could tap.
type Offer struct {
	Where   string `json:"where"`
	Type    string `json:"type"`
	Title   string `json:"title"`
	Payload string `json:"payload"`
	URL     string `json:"url"`
}

// Error is the simulator's own text, without its package's name.
func (r *RefusedError) Error() string { return strings.TrimPrefix(r.Text, "simulator: ") }

// UnreachableError is a request that had no answer.
type UnreachableError struct {
	base string
	err  error
}

// Error implements error.
func (e *UnreachableError) Error() string {
	return fmt.Sprintf("the simulator at %s does not answer: %v", e.base, e.err)
}

// Unwrap returns the reason.
func (e *UnreachableError) Unwrap() error { return e.err }

// Get reads JSON.
func (c *Client) Get(ctx context.Context, path string, query url.Values, answer any) error {
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	return c.Do(ctx, http.MethodGet, path, nil, answer)
}

// Do sends a value as JSON, or nothing if it is nil, and reads the answer, unless answer is nil. What the simulator refuses is a
// [RefusedError].
func (c *Client) Do(ctx context.Context, method, path string, body, answer any) error {
	var data []byte
	if body != nil {
		var err error
		if data, err = json.Marshal(body); err != nil {
			return err
		}
	}
	status, got, err := c.Raw(ctx, method, path, "application/json", data)
	if err != nil {
		return err
	}
	if status != http.StatusOK {
		refusal := &RefusedError{Status: status}
		if json.Unmarshal(got, refusal) != nil || refusal.Text == "" {
			refusal.Text = fmt.Sprintf("what answers at %s is no Messenger simulator: it answered %d", c.base, status)
		}
		return refusal
	}
	if answer == nil {
		return nil
	}
	if err := json.Unmarshal(got, answer); err != nil {
		return fmt.Errorf("what answers at %s is no Messenger simulator: %w", c.base, err)
	}
	return nil
}

// Raw sends bytes and returns the answer as it is. headers are pairs of a name and a value.
func (c *Client) Raw(ctx context.Context, method, path, contentType string, body []byte, headers ...string) (status int, answer []byte, err error) {
	if _, limited := ctx.Deadline(); !limited {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, patience, errSilent)
		defer cancel()
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	if body != nil {
		req.Header.Set("Content-Type", contentType)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return 0, nil, c.noAnswer(ctx, err)
	}
	defer resp.Body.Close()
	answer, err = io.ReadAll(io.LimitReader(resp.Body, answerMost))
	if err != nil {
		return 0, nil, c.noAnswer(ctx, err)
	}
	return resp.StatusCode, answer, nil
}

// noAnswer is why a request had no answer, or no whole one.
func (c *Client) noAnswer(ctx context.Context, err error) error {
	if errors.Is(context.Cause(ctx), errSilent) {
		return &UnreachableError{c.base, errSilent}
	}
	if ended := ctx.Err(); ended != nil {
		return ended
	}
	if inner, ok := errors.AsType[*url.Error](err); ok {
		err = inner.Err
	}
	return &UnreachableError{c.base, err}
}
