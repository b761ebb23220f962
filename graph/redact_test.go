package graph_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/secret"
)

const (
	ownToken = "1357|" + appSecret                                                // as the platform makes them
	ownProof = "26140420e5893633957862de06016d8456d509f0a5024a6ed1b66bbe31d82b61" // HMAC-SHA256(appSecret, ownToken)
)

// hiddenTexts are what nothing may print.
func hiddenTexts() []string {
	return []string{token, url.QueryEscape(token), proof, appSecret, url.QueryEscape(ownToken), ownProof}
}

// requireNothingHidden prints a value in every way that Go has.
func requireNothingHidden(t *testing.T, value any) {
	t.Helper()
	texts := map[string]string{}
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		texts[format] = fmt.Sprintf(format, value)
	}
	if content, err := json.Marshal(value); err == nil {
		texts["json"] = string(content)
	}
	var text, object bytes.Buffer
	slog.New(slog.NewTextHandler(&text, nil)).Info("printed", "value", value, "group", []any{value})
	slog.New(slog.NewJSONHandler(&object, nil)).Info("printed", "value", value, "group", []any{value})
	texts["slog text"], texts["slog json"] = text.String(), object.String()
	for way, text := range texts {
		for _, hidden := range hiddenTexts() {
			require.NotContains(t, text, hidden, way)
			require.NotContains(t, text, fmt.Sprintf("%x", hidden), way)
		}
	}
}

// requireNoCredentials looks into every error of a tree, and into every way of printing them.
func requireNoCredentials(t *testing.T, err error) {
	t.Helper()
	requireNothingHidden(t, err)
	switch err := err.(type) { //nolint:errorlint // this walks the tree itself, error by error
	case interface{ Unwrap() error }:
		if inner := err.Unwrap(); inner != nil {
			requireNoCredentials(t, inner)
		}
	case interface{ Unwrap() []error }:
		for _, inner := range err.Unwrap() {
			requireNoCredentials(t, inner)
		}
	}
}

// quiet is an error whose text says less than the one below it.
type quiet struct{ err error }

func (q quiet) Error() string { return "quiet" }
func (q quiet) Unwrap() error { return q.err }

// loud is an error whose fields say more than its text.
type loud struct {
	Header http.Header
	URL    string
}

func (l loud) Error() string { return "loud" }

// louder is one that a pointer leads to.
type louder struct {
	Inner *loud
}

func (l *louder) Error() string { return "louder" }

// angry is an error that cannot be written as JSON.
type angry struct{ loud }

func (angry) MarshalJSON() ([]byte, error) { panic("angry") }

var errMarker = errors.New("marker")

// faults are errors of a transport that repeat what they were given.
var faults = map[string]func(*http.Request) error{
	"plain": func(*http.Request) error { return errMarker },
	"url":   func(r *http.Request) error { return fmt.Errorf("proxy refused %s with %v", r.URL, r.Header) },
	"url.Error": func(r *http.Request) error {
		return &url.Error{Op: "Post", URL: r.URL.String(), Err: io.ErrUnexpectedEOF}
	},
	"wrapped": func(r *http.Request) error {
		return fmt.Errorf("middleware: %w", &url.Error{Op: "Post", URL: r.URL.String(), Err: context.DeadlineExceeded})
	},
	"hidden below": func(r *http.Request) error {
		return quiet{fmt.Errorf("%w with %s", io.ErrUnexpectedEOF, r.Header.Get("Authorization"))}
	},
	"joined":  func(r *http.Request) error { return errors.Join(errMarker, quiet{errors.New(r.URL.RawQuery)}) },
	"escaped": func(r *http.Request) error { return errors.New(url.QueryEscape(r.Header.Get("Authorization"))) },
	"no text": func(r *http.Request) error { return &url.Error{Op: "Post", URL: r.URL.String(), Err: errors.New("")} },
	"fields":  func(r *http.Request) error { return loud{Header: r.Header, URL: r.URL.String()} },
	"fields behind a pointer": func(r *http.Request) error {
		return fmt.Errorf("round trip: %w", &louder{Inner: &loud{Header: r.Header, URL: r.URL.String()}})
	},
	"fields and a panic": func(r *http.Request) error { return angry{loud{Header: r.Header, URL: r.URL.String()}} },
}

// repeating is a client whose transport ends every attempt in the fault.
func repeating(t *testing.T, fault func(*http.Request) error) *graph.Client {
	t.Helper()
	return newPlatform(t, nil).client(t, func(c *graph.Config) {
		c.HTTPClient = &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) { return nil, fault(r) })}
		c.Retries = -1
	})
}

// everyCall makes every kind of call, and calls look with what comes of it.
func everyCall(t *testing.T, client *graph.Client, look func(err error)) {
	t.Helper()
	ctx := t.Context()
	_, err := client.SendMessage(ctx, page, []byte(`{}`))
	look(err)
	look(client.Do(ctx, graph.Request{PageID: page, Path: "me"}, nil))
	look(client.Do(ctx, graph.Request{PageID: page, Path: "me", Token: secret.New(ownToken)}, nil))
	_, err = client.Profile(ctx, page, "9")
	look(err)
	_, err = upload(ctx, client, strings.NewReader("x"))
	look(err)
	look(client.SetMessengerProfile(ctx, page, "", graph.MessengerProfile{"greeting": []byte(`[]`)}))
	answers, err := client.Batch(ctx, page, graph.Request{Path: "me"})
	for _, answer := range answers {
		requireNothingHidden(t, answer)
		if answer.Err != nil {
			look(answer.Err)
		}
	}
	if err != nil {
		look(err)
	}
}

func TestTransportErrorsCarryNoCredentials(t *testing.T) {
	t.Parallel()
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			everyCall(t, repeating(t, fault), func(err error) {
				require.Error(t, err)
				requireNoCredentials(t, err)
				switch name {
				case "plain":
					require.ErrorIs(t, err, errMarker, "a harmless cause stays")
				case "url.Error", "hidden below":
					require.ErrorIs(t, err, io.ErrUnexpectedEOF, "what callers branch on stays")
				}
			})
		})
	}
}

func TestAnswersThatBreakOffCarryNoCredentials(t *testing.T) {
	t.Parallel()
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := newPlatform(t, nil).client(t, func(c *graph.Config) {
				c.HTTPClient = &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
					return &http.Response{StatusCode: 200, Body: io.NopCloser(failing(`{"a":`, fault(r)))}, nil
				})}
				c.Retries = -1
			})
			everyCall(t, client, func(err error) {
				var unusable *graph.ResponseError
				require.ErrorAs(t, err, &unusable)
				requireNoCredentials(t, err)
			})
		})
	}
}

// repeat is a platform's refusal that repeats the credentials of the call wherever it can.
func repeat(r *http.Request) string {
	text := r.Header.Get("Authorization") + r.URL.RawQuery + strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer 1357|") + r.URL.String()
	content, _ := json.Marshal(map[string]map[string]any{"error": { // which cannot fail
		"code": 100, "error_subcode": 33, "message": text, "type": text, "error_user_title": text, "error_user_msg": text, "fbtrace_id": text, "error_data": text,
	}})
	return string(content)
}

func TestRefusalsCarryNoCredentials(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]func(http.ResponseWriter, *http.Request){
		"refusal": func(w http.ResponseWriter, r *http.Request) { answering(400, repeat(r))(w, r) },
		"in a batch": func(w http.ResponseWriter, r *http.Request) {
			content, _ := json.Marshal([]map[string]any{{"code": 400, "body": repeat(r)}})
			answering(200, string(content))(w, r)
		},
		"page of a gateway": func(w http.ResponseWriter, r *http.Request) { answering(502, "<html>"+repeat(r))(w, r) },
		"usage": func(w http.ResponseWriter, r *http.Request) {
			telling(400, repeat(r), appUsage, repeat(r), businessUsage, `{"`+r.URL.RawQuery+`":[{"type":"messenger","call_count":1,"x":`+repeat(r)+`}]}`)(w, r)
		},
		"redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/elsewhere?"+repeat(r), http.StatusFound)
		},
		"redirect to nowhere": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "http://[::1/?"+r.URL.RawQuery+r.Header.Get("Authorization"))
			w.WriteHeader(http.StatusFound)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := newPlatform(t, answer).client(t, func(c *graph.Config) {
				c.OnUsage = func(of string, u graph.Usage) { requireNothingHidden(t, u) }
				c.Retries = -1
			})
			everyCall(t, client, func(err error) {
				if err != nil { // "in a batch" is no refusal for the other calls
					requireNoCredentials(t, err)
				}
			})
		})
	}
}

func TestRequestsThatAreNotMadeCarryNoCredentials(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, nil)
	client := platform.client(t)
	for name, request := range map[string]graph.Request{
		"token in path":     {Path: "me?access_token=" + token},
		"token in fragment": {Path: "me#access_token=" + token},
		"token in query":    {Path: "me", Query: url.Values{"access_token": {token}}},
		"proof in query":    {Path: "me", Query: url.Values{"appsecret_proof": {proof}}},
		"line break":        {Path: "me", Token: secret.New(token + "\n")},
		"method":            {Path: "me", Method: "GET ME", Token: secret.New(token)},
		"body":              {Path: "me", Method: "POST", Body: []byte(token)},
	} {
		err := client.Do(t.Context(), request, nil)
		require.Error(t, err, name)
		requireNoCredentials(t, err)
		_, err = client.Batch(t.Context(), page, request)
		require.Error(t, err, name)
		requireNoCredentials(t, err)
	}
	require.Empty(t, platform.received(t))
	broken := platform.client(t, func(c *graph.Config) { c.Tokens = graph.PageToken(token + "\n") })
	everyCall(t, broken, func(err error) {
		if err != nil { // the call with a token of its own is made
			require.ErrorIs(t, err, graph.ErrTokenInvalid)
			requireNoCredentials(t, err)
		}
	})
	require.Len(t, platform.received(t), 1)
}

func TestNothingPrintsCredentials(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, telling(200, `{}`, appUsage, `{"call_count":7}`))
	config := platform.config()
	client := platform.client(t)
	request := graph.Request{PageID: page, Path: "me", Token: secret.New(ownToken)}
	require.NoError(t, client.Do(t.Context(), request, nil))
	for _, value := range []any{
		config, &config, config.WithDefaults(), client, *client, config.Tokens, graph.TokenMap{page: config.AppSecret(page)},
		graph.With(t.Context(), client), request, &request, client.Usage(page),
	} {
		requireNothingHidden(t, value)
	}
}

func TestCallWithATokenOfItsOwn(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, nil)
	client := platform.client(t, func(c *graph.Config) {
		c.AppSecret = func(of string) secret.Value {
			if of == page {
				return secret.New(appSecret)
			}
			return secret.Value{}
		}
		c.Tokens = graph.TokenFunc(func(context.Context, string) (secret.Value, error) { panic("asked") })
	})
	own := secret.New(ownToken)
	require.NoError(t, client.Do(t.Context(), graph.Request{PageID: page, Path: "app", Token: own}, nil))
	require.NoError(t, client.Do(t.Context(), graph.Request{Path: "app", Token: own}, nil))
	calls := platform.received(t)
	require.Equal(t, "/prefix/v27.0/app?appsecret_proof="+ownProof, calls[0].uri, "made of the token that the call bears")
	require.Equal(t, "/prefix/v27.0/app", calls[1].uri, "no secret for this page")
	for _, call := range calls {
		require.Equal(t, "Bearer "+ownToken, call.header.Get("Authorization"))
	}
}
