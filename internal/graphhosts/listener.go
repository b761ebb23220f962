package graphhosts

import (
	"net"
	"sync"
)

// sniffing is a listener whose connections may speak HTTP or HTTPS.
type sniffing struct {
	net.Listener
	proxy *Proxy
}

func (l sniffing) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return l.proxy.conn(c, nil), nil
}

// inner is a listener of connections that clients asked the proxy for: what follows CONNECT on them is for this server.
type inner struct {
	conns  chan net.Conn
	closed chan struct{}
	close  sync.Once
}

func newInner() *inner { return &inner{conns: make(chan net.Conn), closed: make(chan struct{})} }

// take hands a connection to the server; it closes it if the server has ended.
func (l *inner) take(c net.Conn) {
	select {
	case l.conns <- c:
	case <-l.closed:
		_ = c.Close()
	}
}

func (l *inner) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *inner) Close() error {
	l.close.Do(func() { close(l.closed) })
	return nil
}

func (l *inner) Addr() net.Addr { return innerAddr{} }

type innerAddr struct{}

func (innerAddr) Network() string { return "tcp" }

func (innerAddr) String() string { return "CONNECT" }
