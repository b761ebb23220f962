package graph_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/graph"
)

// pipes are the connections to a server in a bubble, where time stands still while anyone works.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case conn := <-p.conns:
		return conn, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "unix"} }

// withPipedPlatform runs a test with a client of an HTTP server, in a bubble: a timeout ends only what waits, however slow the
// machine is.
func withPipedPlatform(t *testing.T, handle http.HandlerFunc, change func(*graph.Config), test func(t *testing.T, client *graph.Client)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		listener := &pipes{conns: make(chan net.Conn), closed: make(chan struct{})}
		server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if _, err := io.Copy(io.Discard, r.Body); err == nil { // net/http then notices that the client has gone
				handle(w, r)
			}
		})}
		ended := make(chan error)
		go func() { ended <- server.Serve(listener) }()
		transport := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
			client, server := net.Pipe()
			listener.conns <- server
			return client, nil
		}}
		config := graph.Config{
			BaseURL: "http://platform.test/prefix", HTTPClient: &http.Client{Transport: transport}, Tokens: graph.PageToken(token),
		}
		change(&config)
		client, err := graph.New(config)
		require.NoError(t, err)
		test(t, client)
		transport.CloseIdleConnections()
		require.NoError(t, server.Close())
		require.ErrorIs(t, <-ended, http.ErrServerClosed)
		time.Sleep(time.Second) // net/http lets a client read its answer for half a second
	})
}
