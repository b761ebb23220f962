package graphhosts

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
)

// recordHandshake is the first byte of TLS, and of no HTTP request.
const recordHandshake = 0x16

var errNoTLS = errors.New("graphhosts: the client speaks TLS, and there is no certificate")

// conn is HTTP or HTTPS, as its first byte says. That byte is awaited by the first Read, in the goroutine and within the deadline
// of the server that reads; Accept does not wait for it.
type conn struct {
	net.Conn
	config *tls.Config // nil: no TLS
	once   sync.Once
	tls    atomic.Pointer[tls.Conn]
	read   io.Reader // the connection with the byte before it; TLS reads through it
	err    error
	got    bool                             // what came first is there
	failed func(serverName string, _ error) // called when a client ends TLS before it says anything
	ended  func()                           // called once when it is closed; may be nil
	end    sync.Once
}

func (c *conn) Read(p []byte) (int, error) {
	c.once.Do(c.sniff)
	if c.err != nil {
		return 0, c.err
	}
	n, err := c.read.Read(p)
	if secure := c.tls.Load(); err != nil && !c.got && secure != nil && !errors.Is(err, os.ErrDeadlineExceeded) && !errors.Is(err, net.ErrClosed) {
		c.failed(secure.ConnectionState().ServerName, err)
	}
	c.got = c.got || n > 0 || err != nil
	return n, err
}

func (c *conn) sniff() {
	var first [1]byte
	if _, c.err = io.ReadFull(c.Conn, first[:]); c.err != nil {
		return
	}
	before := &prefixed{Conn: c.Conn, before: first[:]}
	c.read = before
	if first[0] != recordHandshake {
		return
	}
	if c.config == nil {
		c.err = errNoTLS
		return
	}
	secure := tls.Server(before, c.config)
	c.tls.Store(secure)
	c.read = secure
}

func (c *conn) Write(p []byte) (int, error) {
	if secure := c.tls.Load(); secure != nil {
		return secure.Write(p)
	}
	return c.Conn.Write(p)
}

// Close may be called while another goroutine reads.
func (c *conn) Close() error {
	if c.ended != nil {
		defer c.end.Do(c.ended)
	}
	if secure := c.tls.Load(); secure != nil {
		return secure.Close()
	}
	return c.Conn.Close()
}

// CloseWrite says to the other side that no more comes.
func (c *conn) CloseWrite() error {
	if secure := c.tls.Load(); secure != nil {
		return secure.CloseWrite()
	}
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// state is that of TLS; nil for HTTP.
func (c *conn) state() *tls.ConnectionState {
	secure := c.tls.Load()
	if secure == nil {
		return nil
	}
	state := secure.ConnectionState()
	return &state
}

// prefixed is a connection of which some bytes were read already.
type prefixed struct {
	net.Conn
	before []byte
}

func (p *prefixed) Read(b []byte) (int, error) {
	if len(p.before) > 0 {
		n := copy(b, p.before)
		p.before = p.before[n:]
		return n, nil
	}
	return p.Conn.Read(b)
}

func (p *prefixed) CloseWrite() error {
	if half, ok := p.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}
