package receiving_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/receiving"
)

// deadlined is a ResponseWriter that takes a deadline, as those of net/http do.
type deadlined struct{ http.ResponseWriter }

func (deadlined) SetReadDeadline(time.Time) error { return nil }

// unwraps is a middleware's ResponseWriter as it should be, hides one as it often is, and lies one that only says that it can.
type (
	unwraps struct{ inner http.ResponseWriter }
	hides   struct{ http.ResponseWriter }
	lies    struct{ http.ResponseWriter }
)

func (u unwraps) Header() http.Header         { return u.inner.Header() }
func (u unwraps) Write(p []byte) (int, error) { return u.inner.Write(p) }
func (u unwraps) WriteHeader(status int)      { u.inner.WriteHeader(status) }
func (u unwraps) Unwrap() http.ResponseWriter { return u.inner }

func (lies) SetReadDeadline(time.Time) error { return http.ErrNotSupported }

// middlewares are what a webhook may stand behind.
var middlewares = map[string]func(http.Handler) http.Handler{
	"none":          func(next http.Handler) http.Handler { return next },
	"unwraps":       wrapping(func(w http.ResponseWriter) http.ResponseWriter { return unwraps{w} }),
	"hides":         wrapping(func(w http.ResponseWriter) http.ResponseWriter { return hides{w} }),
	"lies":          wrapping(func(w http.ResponseWriter) http.ResponseWriter { return lies{w} }),
	"limits bodies": func(next http.Handler) http.Handler { return http.MaxBytesHandler(next, 100*mib) },
	"limits time":   func(next http.Handler) http.Handler { return http.TimeoutHandler(next, time.Hour, "too late") },
	"is a mux": func(next http.Handler) http.Handler {
		mux := http.NewServeMux()
		mux.Handle("/", next)
		return mux
	},
}

// hidden are those behind which the connection cannot be reached.
var hidden = map[string]bool{"hides": true, "lies": true, "limits time": true}

func wrapping(wrap func(http.ResponseWriter) http.ResponseWriter) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { next.ServeHTTP(wrap(w), r) })
	}
}

// pipes are the connections to a server in a bubble, where time is not the machine's.
type pipes struct {
	conns  chan net.Conn
	closed context.Context //nolint:containedctx // as a channel that may be closed twice
	stop   context.CancelFunc
}

func newPipes() *pipes {
	p := &pipes{conns: make(chan net.Conn)}
	p.closed, p.stop = context.WithCancel(context.Background())
	return p
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case conn := <-p.conns:
		return conn, nil
	case <-p.closed.Done():
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.stop()
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "unix"} }

func (p *pipes) dial() net.Conn {
	client, server := net.Pipe()
	p.conns <- server
	return client
}

// served runs a server with the webhook behind a middleware while the test's function runs.
func served(t *testing.T, h http.Handler, change func(*http.Server), test func(*pipes)) {
	t.Helper()
	listener := newPipes()
	server := &http.Server{Handler: h}
	if change != nil {
		change(server)
	}
	ended := make(chan error)
	go func() { ended <- server.Serve(listener) }()
	test(listener)
	require.NoError(t, server.Close())
	require.ErrorIs(t, <-ended, http.ErrServerClosed)
	time.Sleep(time.Second) // net/http lets a client read its answer for half a second
}

// request is the head of a request with a signature, and with headers that say how its body comes.
func request(headers ...string) string {
	return "POST / HTTP/1.1\r\nHost: bot\r\nX-Hub-Signature-256: " + wellFormed + "\r\n" + strings.Join(headers, "\r\n") + "\r\n\r\n"
}

// TestBodyMustArriveInTime: over HTTP/1, behind any middleware, and however the body fails to end.
func TestBodyMustArriveInTime(t *testing.T) {
	t.Parallel()
	bodies := map[string]struct{ head, first, drip string }{
		"never begins":     {head: "Content-Length: 1000"},
		"a large one":      {head: "Content-Length: 4194304"},
		"is held":          {head: "Content-Length: 200000", first: strings.Repeat("x", 199_000)},
		"drips":            {head: "Content-Length: 1000", first: "{", drip: "x"},
		"is held, chunked": {head: "Transfer-Encoding: chunked", first: "400\r\n" + strings.Repeat("x", kib) + "\r\n"},
		"drips, chunked":   {head: "Transfer-Encoding: chunked", drip: "1\r\nx\r\n"},
		"chunk of a chunk": {head: "Transfer-Encoding: chunked", first: "ffffff\r\nx"},
	}
	for middleware, wrap := range middlewares {
		for name, body := range bodies {
			t.Run(middleware+" "+name, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					w := newWebhook(t, nil)
					served(t, wrap(w), nil, func(listener *pipes) {
						conn := listener.dial()
						defer func() { _ = conn.Close() }()
						start := time.Now()
						go func() {
							_, err := io.WriteString(conn, request(body.head)+body.first)
							for err == nil && body.drip != "" {
								time.Sleep(time.Second)
								_, err = io.WriteString(conn, body.drip)
							}
						}()
						answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
						require.NoError(t, err)
						require.NoError(t, answer.Body.Close())
						require.Equal(t, http.StatusRequestTimeout, answer.StatusCode)
						require.True(t, answer.Close)
						require.Equal(t, receiving.DefaultBodyTimeout, time.Since(start))
						synctest.Wait()
						require.Equal(t, receiving.Counts{TimedOut: 1}, w.Counts(), "its memory is free while the connection is still held")
					})
				})
			})
		}
	}
}

// TestBodyMustArriveInTimeOverHTTP2: a slow body costs its stream and not the connection, which others share.
func TestBodyMustArriveInTimeOverHTTP2(t *testing.T) {
	t.Parallel()
	for middleware, wrap := range middlewares {
		t.Run(middleware, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newWebhook(t, nil)
				protocols := new(http.Protocols)
				protocols.SetUnencryptedHTTP2(true)
				served(t, wrap(w), func(s *http.Server) { s.Protocols = protocols }, func(listener *pipes) {
					dials := 0
					transport := &http.Transport{Protocols: protocols, DialContext: func(context.Context, string, string) (net.Conn, error) {
						dials++
						return listener.dial(), nil
					}}
					defer transport.CloseIdleConnections()
					post := func(body io.Reader, signature string) int {
						r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://bot/", body)
						require.NoError(t, err)
						r.Header.Set("X-Hub-Signature-256", signature)
						answer, err := transport.RoundTrip(r)
						require.NoError(t, err)
						require.NoError(t, answer.Body.Close())
						require.Equal(t, 2, answer.ProtoMajor)
						return answer.StatusCode
					}
					body, in := io.Pipe()
					go func() { _, _ = in.Write(make([]byte, 10*kib)) }()
					start := time.Now()
					require.Equal(t, http.StatusRequestTimeout, post(body, wellFormed))
					require.Equal(t, receiving.DefaultBodyTimeout, time.Since(start))
					synctest.Wait()
					require.Equal(t, receiving.Counts{TimedOut: 1}, w.Counts())

					good := callback(`{"message":{"mid":"m"}}`)
					require.Equal(t, http.StatusOK, post(strings.NewReader(good), sign(appSecret, []byte(good))))
					require.Equal(t, 1, dials)
				})
			})
		})
	}
}

// TestAcceptMayTakeLongerThanTheBody: the deadline ends with the body, for this request and for the next on its connection.
func TestAcceptMayTakeLongerThanTheBody(t *testing.T) {
	t.Parallel()
	all := maps.Clone(middlewares)
	all["has read the body"] = func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			r.Body = io.NopCloser(bytes.NewReader(body))
			next.ServeHTTP(w, r)
		})
	}
	for middleware, wrap := range all {
		t.Run(middleware, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newWebhook(t, func(c *receiving.WebhookConfig) {
					c.Accept = func(ctx context.Context, _ []receiving.Envelope) error {
						select {
						case <-ctx.Done():
							return ctx.Err()
						case <-time.After(time.Minute):
							return nil
						}
					}
				})
				served(t, wrap(w), nil, func(listener *pipes) {
					conn := listener.dial()
					defer func() { _ = conn.Close() }()
					answers := bufio.NewReader(conn)
					body := callback(`{"message":{"mid":"m"}}`)
					for range 3 {
						_, err := fmt.Fprintf(conn, "POST / HTTP/1.1\r\nHost: bot\r\nX-Hub-Signature-256: %s\r\nContent-Length: %d\r\n\r\n%s",
							sign(appSecret, []byte(body)), len(body), body)
						require.NoError(t, err)
						answer, err := http.ReadResponse(answers, nil)
						require.NoError(t, err)
						_, err = io.Copy(io.Discard, answer.Body)
						require.NoError(t, err)
						require.NoError(t, answer.Body.Close())
						require.Equal(t, http.StatusOK, answer.StatusCode)
						require.False(t, answer.Close)
						time.Sleep(time.Minute)
					}
				})
			})
		})
	}
}

// TestShorterReadTimeoutStaysInForce: the webhook's limit does not lift the server's.
func TestShorterReadTimeoutStaysInForce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		served(t, newWebhook(t, nil), func(s *http.Server) { s.ReadTimeout = 2 * time.Second }, func(listener *pipes) {
			conn := listener.dial()
			defer func() { _ = conn.Close() }()
			start := time.Now()
			_, err := io.WriteString(conn, request("Content-Length: 10"))
			require.NoError(t, err)
			answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
			require.NoError(t, err)
			require.NoError(t, answer.Body.Close())
			require.Equal(t, http.StatusRequestTimeout, answer.StatusCode)
			require.Equal(t, 2*time.Second, time.Since(start))
		})
	})
}

// TestRefusedAtOnce: what can be refused by its head is, though its body never comes, and the connection is closed soon.
func TestRefusedAtOnce(t *testing.T) {
	t.Parallel()
	const length = "Content-Length: 1000"
	for name, test := range map[string]struct {
		head   string
		status int
	}{
		"no signature":    {"POST / HTTP/1.1\r\nHost: bot\r\n" + length + "\r\n\r\n", http.StatusUnauthorized},
		"SHA-1":           {"POST / HTTP/1.1\r\nHost: bot\r\nX-Hub-Signature: sha1=" + strings.Repeat("0", 40) + "\r\n" + length + "\r\n\r\n", http.StatusUnauthorized},
		"too large":       {request("Content-Length: 4194305"), http.StatusRequestEntityTooLarge},
		"another method":  {"PUT / HTTP/1.1\r\nHost: bot\r\n" + length + "\r\n\r\n", http.StatusMethodNotAllowed},
		"unknown method":  {"SUBSCRIBE / HTTP/1.1\r\nHost: bot\r\nTransfer-Encoding: chunked\r\n\r\n", http.StatusMethodNotAllowed},
		"GET with a body": {"GET /?hub.mode=subscribe&hub.verify_token=x&hub.challenge=1 HTTP/1.1\r\nHost: bot\r\n" + length + "\r\n\r\n", http.StatusForbidden},
		"GET, chunked":    {"GET / HTTP/1.1\r\nHost: bot\r\nTransfer-Encoding: chunked\r\n\r\n", http.StatusBadRequest},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newWebhook(t, nil)
				served(t, w, nil, func(listener *pipes) {
					conn := listener.dial()
					defer func() { _ = conn.Close() }()
					start := time.Now()
					_, err := io.WriteString(conn, test.head)
					require.NoError(t, err)
					answers := bufio.NewReader(conn)
					answer, err := http.ReadResponse(answers, nil)
					require.NoError(t, err)
					require.Equal(t, test.status, answer.StatusCode)
					require.True(t, answer.Close)
					require.Zero(t, time.Since(start))
					require.Zero(t, w.Counts().BodyBytes)
					require.NoError(t, answer.Body.Close())
					_, err = io.Copy(io.Discard, answers)
					require.NoError(t, err)
					require.LessOrEqual(t, time.Since(start), receiving.DefaultBodyTimeout+time.Second, "the connection was closed")
				})
			})
		})
	}
}

// TestPeerThatGoesAway: a body that breaks off gives its memory back at once, whether the client or the server ends.
func TestPeerThatGoesAway(t *testing.T) {
	t.Parallel()
	for middleware, wrap := range middlewares {
		for name, goAway := range map[string]func(*http.Server, net.Conn) error{
			"the client": func(_ *http.Server, conn net.Conn) error { return conn.Close() },
			"the server": func(server *http.Server, _ net.Conn) error { return server.Close() },
			"a clean stop": func(server *http.Server, _ net.Conn) error {
				ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
				defer cancel()
				err := server.Shutdown(ctx)
				if errors.Is(err, context.DeadlineExceeded) && hidden[middleware] {
					return nil // net/http itself waits for the rest of the body, and nothing can tell it not to
				}
				return err
			},
		} {
			t.Run(middleware+" "+name, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					w := newWebhook(t, nil)
					var server *http.Server
					served(t, wrap(w), func(s *http.Server) { server = s }, func(listener *pipes) {
						conn := listener.dial()
						defer func() { _ = conn.Close() }()
						go func() { _, _ = io.Copy(io.Discard, conn) }()
						_, err := io.WriteString(conn, request("Content-Length: 100000")+strings.Repeat("x", 10*kib))
						require.NoError(t, err)
						synctest.Wait()
						require.EqualValues(t, 16*kib, w.Counts().BodyBytes)
						require.NoError(t, goAway(server, conn))
						synctest.Wait()
						require.Zero(t, w.Counts().BodyBytes)
					})
				})
			})
		}
	}
}
