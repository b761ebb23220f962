package graph_test

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/graph"
)

// The outcome of a call decides whether a person gets a message twice.

func send(ctx context.Context, client *graph.Client) error {
	_, err := client.SendMessage(ctx, page, []byte(`{"recipient":{"id":"9"}}`))
	return err
}

func TestNoConnectionIsSafe(t *testing.T) {
	t.Parallel()
	// Nothing listens on port 1, nor is it given to a server that another test starts meanwhile.
	client, err := graph.New(graph.Config{BaseURL: "http://127.0.0.1:1/prefix", Tokens: graph.PageToken(token)})
	require.NoError(t, err)

	err = send(t.Context(), client)
	var broken *graph.TransportError
	require.ErrorAs(t, err, &broken)
	require.False(t, broken.Written)
	require.ErrorIs(t, err, syscall.ECONNREFUSED)
	require.Equal(t, graph.RetrySafe, graph.Classify(err))
}

func TestUntrustedCertificateIsSafe(t *testing.T) {
	t.Parallel()
	secure := httptest.NewUnstartedServer(answering(200, `{}`))
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	t.Cleanup(secure.Close)
	client, err := graph.New(graph.Config{BaseURL: secure.URL, Tokens: graph.PageToken(token)})
	require.NoError(t, err)
	err = send(t.Context(), client)
	require.Equal(t, graph.RetrySafe, graph.Classify(err), "%v", err)
}

func TestDeadlineWhileConnectingIsSafe(t *testing.T) {
	t.Parallel()
	client := newPlatform(t, nil).client(t, func(c *graph.Config) {
		c.Timeout = time.Millisecond
		c.HTTPClient = &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}}}
	})
	err := send(t.Context(), client)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.Equal(t, graph.RetrySafe, graph.Classify(err))
}

func TestEndedContextIsSafe(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := send(ctx, platform.client(t))
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, graph.RetrySafe, graph.Classify(err))
	require.Empty(t, platform.received(t))
}

func TestStallingPlatformIsUncertain(t *testing.T) {
	t.Parallel()
	stall := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	withPipedPlatform(t, stall, func(c *graph.Config) { c.Timeout = time.Second }, func(t *testing.T, client *graph.Client) {
		start := time.Now()
		err := send(t.Context(), client)
		require.Equal(t, time.Second, time.Since(start))
		require.ErrorIs(t, err, context.DeadlineExceeded)
		var broken *graph.TransportError
		require.ErrorAs(t, err, &broken)
		require.True(t, broken.Written)
		require.Equal(t, graph.RetryUncertain, graph.Classify(err))
	})
}

func TestStallWithinTheBodyIsUncertain(t *testing.T) {
	t.Parallel()
	stall := func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, `{"recipient_id":`)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}
	withPipedPlatform(t, stall, func(c *graph.Config) { c.Timeout = time.Second }, func(t *testing.T, client *graph.Client) {
		start := time.Now()
		err := send(t.Context(), client)
		require.Equal(t, time.Second, time.Since(start))
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Equal(t, graph.RetryUncertain, graph.Classify(err))
	})
}

func TestCancelWhileThePlatformWorksIsUncertain(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	platform := newPlatform(t, func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	})
	err := send(ctx, platform.client(t))
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, graph.RetryUncertain, graph.Classify(err))
}

func TestTimeoutBoundsACallByDefault(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, err := graph.New(graph.Config{Tokens: graph.PageToken(token), HTTPClient: &http.Client{Transport: roundTripper(
			func(r *http.Request) (*http.Response, error) {
				<-r.Context().Done()
				return nil, r.Context().Err()
			})}})
		require.NoError(t, err)
		start := time.Now()
		require.ErrorIs(t, send(t.Context(), client), context.DeadlineExceeded)
		require.Equal(t, graph.DefaultTimeout, time.Since(start))
	})
}

// hijack ends a connection after a request was read, having written what it is told to.
func hijack(t *testing.T, answer string, reset bool) http.HandlerFunc {
	t.Helper()
	return func(w http.ResponseWriter, _ *http.Request) {
		connection, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		_, _ = io.WriteString(connection, answer)
		if reset {
			_ = connection.(*net.TCPConn).SetLinger(0)
		}
		_ = connection.Close()
	}
}

func TestBrokenConnectionIsUncertain(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		answer string
		reset  bool
	}{
		"reset":                    {"", true},
		"closed":                   {"", false},
		"half a status line":       {"HTTP/1.1 20", false},
		"half a header":            {"HTTP/1.1 200 OK\r\nContent-Le", false},
		"half a body":              {"HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n{\"recipient_id\":\"9\"", false},
		"half a chunked body":      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n28\r\n{\"recipient", false},
		"half a body, no length":   {"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"recipient_id\":\"9\"", false},
		"half a refusal":           {"HTTP/1.1 400 Bad Request\r\nContent-Length: 90\r\n\r\n{\"error\":{\"code\":1", false},
		"half a refusal, unlength": {"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n{\"error\":{\"code\":1", false},
		"no HTTP":                  {"SSH-2.0-OpenSSH\r\n", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			platform := newPlatform(t, hijack(t, test.answer, test.reset))
			err := send(t.Context(), platform.client(t))
			require.Error(t, err)
			require.Equal(t, graph.RetryUncertain, graph.Classify(err), "%v", err)
			require.Len(t, platform.received(t), 1, "a call is made once")
		})
	}
}

func TestIdleConnectionThatWasClosedIsNeverTakenForSafe(t *testing.T) {
	t.Parallel()
	first := true
	platform := newPlatform(t, nil)
	closing := newPlatform(t, func(w http.ResponseWriter, r *http.Request) {
		if first {
			first = false
			answering(200, `{}`)(w, r)
			return
		}
		hijack(t, "", true)(w, r)
	})
	client := platform.client(t, func(c *graph.Config) { c.BaseURL = closing.URL + "/prefix" })
	require.NoError(t, send(t.Context(), client))
	require.Equal(t, graph.RetryUncertain, graph.Classify(send(t.Context(), client)))
	require.Len(t, closing.received(t), 2, "net/http itself must not repeat a POST")
}

func TestTransportThatReportsNothingIsUncertain(t *testing.T) {
	t.Parallel()
	client := newPlatform(t, nil).client(t, func(c *graph.Config) {
		c.HTTPClient = &http.Client{Transport: roundTripper(func(*http.Request) (*http.Response, error) { return nil, errors.New("lost") })}
	})
	require.Equal(t, graph.RetryUncertain, graph.Classify(send(t.Context(), client)))
}
