package graph_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/secret"
)

const (
	page      = "1234567890"
	token     = "EAAGm0PX4ZCpsBAKtoken|of-the-page"
	appSecret = "0123456789abcdef0123456789abcdef"
	proof     = "5f7acbbb9255a4f764c5cb20ca1ac380a1ad13f53e6ad3badd6d6c6d9852dcec" // HMAC-SHA256(appSecret, token)
)

// call is a request that the platform received.
type call struct {
	body   string
	header http.Header
	method string
	uri    string
}

// platform is a Graph API on loopback below a path of its own, so that a call which ignores the base path fails.
type platform struct {
	*httptest.Server
	mutex sync.Mutex
	calls []call
}

// newPlatform answers every call with handle, or with {} if handle is nil.
func newPlatform(t *testing.T, handle http.HandlerFunc) *platform {
	t.Helper()
	p := &platform{}
	mux := http.NewServeMux()
	mux.HandleFunc("/prefix/", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return // the caller broke off
		}
		p.mutex.Lock()
		p.calls = append(p.calls, call{body: string(body), header: r.Header.Clone(), method: r.Method, uri: r.RequestURI})
		p.mutex.Unlock()
		if handle == nil {
			_, _ = io.WriteString(w, `{}`)
			return
		}
		handle(w, r)
	})
	p.Server = httptest.NewServer(mux)
	t.Cleanup(p.Close)
	return p
}

// answering returns a handler that gives one answer.
func answering(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func (p *platform) received(t *testing.T) []call {
	t.Helper()
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return append([]call(nil), p.calls...)
}

func (p *platform) only(t *testing.T) call {
	t.Helper()
	calls := p.received(t)
	require.Len(t, calls, 1)
	return calls[0]
}

func (p *platform) config() graph.Config {
	return graph.Config{
		AppSecret:  func(string) secret.Value { return secret.New(appSecret) },
		BaseURL:    p.URL + "/prefix",
		HTTPClient: p.Client(),
		Timeout:    time.Minute, // a busy machine is slow
		Tokens:     graph.PageToken(token),
	}
}

func (p *platform) client(t *testing.T, changes ...func(*graph.Config)) *graph.Client {
	t.Helper()
	config := p.config()
	for _, change := range changes {
		change(&config)
	}
	client, err := graph.New(config)
	require.NoError(t, err)
	return client
}
