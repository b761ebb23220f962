package graphhosts

import (
	"io"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"syscall"
	"time"
)

// connect answers CONNECT: the connection to one of the platform's hosts comes back to this server, one to another host is
// a tunnel, if there are tunnels.
func (p *Proxy) connect(w http.ResponseWriter, r *http.Request) {
	host, port, err := net.SplitHostPort(r.Host)
	switch here := err == nil && p.isThis(r, r.Host, ""); {
	case err != nil || host == "" || r.URL.Path != "":
		http.Error(w, "CONNECT needs a host and a port.", http.StatusBadRequest)
	case isGraph(host) && port != "443":
		p.answer(w, http.StatusForbidden, r.Host, "The proxy refused "+quoted(r.Host), "The platform's hosts are simulated on port 443 alone.")
	case !isGraph(host) && !here && !p.cfg.Tunnel:
		p.refuse(w, r.Host)
	case !p.enter():
		p.full(w)
	case isGraph(host) || here:
		p.comeBack(w)
	default:
		p.tunnel(w, r)
	}
}

// enter takes a slot, which leave gives back.
func (p *Proxy) enter() bool {
	select {
	case p.slots <- struct{}{}:
		return true
	default:
		return false
	}
}

func (p *Proxy) leave() { <-p.slots }

// hijack answers 200 and takes the connection from the server. The bytes that were read already stand before the others.
func hijack(w http.ResponseWriter) (net.Conn, error) {
	c, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return nil, err
	}
	before, _ := buffered.Reader.Peek(buffered.Reader.Buffered()) // what is there is there
	_ = c.SetDeadline(time.Time{})
	if _, err := io.WriteString(c, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
		_ = c.Close()
		return nil, err
	}
	return &prefixed{Conn: c, before: before}, nil
}

// comeBack serves a connection here.
func (p *Proxy) comeBack(w http.ResponseWriter) {
	c, err := hijack(w)
	if err != nil {
		p.leave()
		return
	}
	var back *conn
	back = p.conn(c, func() {
		p.forget(back)
		p.leave()
	})
	if p.remember(back) {
		p.inner.take(back)
	}
}

// remember keeps a connection that came back, for Close. It closes it if that was before.
func (p *Proxy) remember(c *conn) bool {
	p.mu.Lock()
	closed := p.closed
	if !closed {
		p.back[c] = true
	}
	p.mu.Unlock()
	if closed {
		_ = c.Close()
	}
	return !closed
}

func (p *Proxy) forget(c *conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.back, c)
}

// tunnel joins a connection with one to another host, blindly.
func (p *Proxy) tunnel(w http.ResponseWriter, r *http.Request) {
	defer p.leave()
	far, err := p.dialer.DialContext(r.Context(), "tcp", r.Host)
	if err != nil {
		p.failed(w, r.Host, err)
		return
	}
	near, err := hijack(w)
	if err != nil {
		_ = far.Close()
		return
	}
	if !p.track(near, far) {
		return
	}
	defer p.untrack(near, far)
	_ = near.SetReadDeadline(time.Now().Add(FirstByteTimeout))
	first := make([]byte, 1)
	if _, err := io.ReadFull(near, first); err != nil {
		return
	}
	_ = near.SetReadDeadline(time.Time{})
	if _, err := far.Write(first); err != nil {
		return
	}
	back := make(chan struct{})
	go func() {
		defer close(back)
		pass(near, far)
	}()
	pass(far, near)
	<-back
}

// pass copies until the end of from, and says so to to.
func pass(to, from net.Conn) {
	if _, err := io.Copy(to, from); err != nil {
		_ = to.Close() // and with it the other direction
		_ = from.Close()
		return
	}
	if half, ok := to.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite()
	}
}

// track remembers the connections of a tunnel, for Close. It closes them if that was before.
func (p *Proxy) track(conns ...net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range conns {
		if p.closed {
			_ = c.Close()
			continue
		}
		p.tunnels[c] = true
	}
	if !p.closed {
		p.work.Add(1)
	}
	return !p.closed
}

func (p *Proxy) untrack(conns ...net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range conns {
		delete(p.tunnels, c)
		_ = c.Close()
	}
	p.work.Done()
}

// Close ends all tunnels and waits for them, and ends the connections that came back after CONNECT.
func (p *Proxy) Close() error {
	p.mu.Lock()
	p.closed = true
	for c := range p.tunnels {
		_ = c.Close()
	}
	back := slices.Collect(maps.Keys(p.back))
	p.mu.Unlock()
	for _, c := range back { // each forgets itself, under the lock
		_ = c.Close()
	}
	p.work.Wait()
	_ = p.inner.Close()
	if t, ok := p.forward.Transport.(*http.Transport); ok {
		t.CloseIdleConnections()
	}
	return nil
}

// tunnelRequest passes on a request in absolute form, which some clients send for https addresses too.
func (p *Proxy) tunnelRequest(w http.ResponseWriter, r *http.Request) {
	if !p.enter() {
		p.full(w)
		return
	}
	defer p.leave()
	p.forward.ServeHTTP(w, r)
}

// checkAddress refuses a connection of a tunnel to what is not of the internet, after names were resolved.
func (p *Proxy) checkAddress(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil || !p.cfg.allowed(at.Addr()) {
		return errPrivate
	}
	return nil
}
