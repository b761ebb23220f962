package postgres_test

import (
	"encoding/binary"
	"net"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/testpostgres"
)

// proxy stands between a store and its server, and can be cut.
type proxy struct {
	listener net.Listener
	target   string
	network  string

	// cancels, if set, gets the connections of requests to cancel. They are not
	// passed on; who takes them closes them.
	cancels chan net.Conn

	// frozen, if set before that, gets a value for each message that freezes.
	frozen chan struct{}

	mu    sync.Mutex
	state proxyState
	thaw  chan struct{}
	conns map[net.Conn]bool
	parts sync.WaitGroup
}

type proxyState int

const (
	passing proxyState = iota
	refusing
	frozen // half-open: nothing passes, nothing ends
)

// newProxy returns a proxy and the DSN of a schema behind it.
func newProxy(t *testing.T) (*proxy, string) {
	t.Helper()
	dsn := testpostgres.DSN(t)
	config, err := pgx.ParseConfig(dsn)
	require.NoError(t, err)
	p := &proxy{thaw: make(chan struct{}), conns: map[net.Conn]bool{}}
	p.network, p.target = pgconn.NetworkAddress(config.Host, config.Port)
	p.listener, err = net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	p.parts.Go(p.accept)
	t.Cleanup(func() {
		p.set(refusing)
		require.NoError(t, p.listener.Close())
		p.parts.Wait()
	})
	host, port, err := net.SplitHostPort(p.listener.Addr().String())
	require.NoError(t, err)
	return p, testpostgres.With(t, testpostgres.With(t, testpostgres.With(t, dsn, "host", host), "port", port), "sslmode", "disable")
}

func (p *proxy) accept() {
	for {
		in, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.mu.Lock()
		state := p.state
		p.mu.Unlock()
		if state == refusing {
			reset(in)
			continue
		}
		out, err := net.Dial(p.network, p.target)
		if err != nil {
			reset(in)
			continue
		}
		p.mu.Lock()
		if p.state == refusing { // since it was accepted
			p.mu.Unlock()
			reset(in)
			reset(out)
			continue
		}
		p.conns[in], p.conns[out] = true, true
		p.mu.Unlock()
		p.parts.Go(func() { p.copy(out, in) })
		p.parts.Go(func() { p.copy(in, out) })
	}
}

func (p *proxy) copy(to, from net.Conn) {
	defer func() {
		_, _ = to.Close(), from.Close()
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.conns, to)
		delete(p.conns, from)
	}()
	buffer := make([]byte, 16<<10)
	for {
		n, err := from.Read(buffer)
		p.mu.Lock()
		state, thaw := p.state, p.thaw
		p.mu.Unlock()
		if state == frozen {
			select {
			case p.frozen <- struct{}{}:
			default:
			}
			<-thaw
		}
		if err != nil || state == refusing {
			return
		}
		if p.cancels != nil && isCancel(buffer[:n]) {
			p.cancels <- from
			<-thaw
			return
		}
		if _, err := to.Write(buffer[:n]); err != nil {
			return
		}
	}
}

// isCancel reports whether a message is a request to cancel.
func isCancel(message []byte) bool {
	return len(message) >= 8 && binary.BigEndian.Uint32(message[4:]) == 80877102
}

// set changes what the proxy does. Refusing resets all connections; what was
// frozen is lost.
func (p *proxy) set(state proxyState) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.state == frozen || state == refusing {
		for conn := range p.conns {
			reset(conn)
		}
		close(p.thaw)
		p.thaw = make(chan struct{})
	}
	p.state = state
}

// reset ends a connection without a goodbye.
func reset(conn net.Conn) {
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}
