package graphhosts

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	// FirstByteTimeout is how long a client may take, after CONNECT, for what it sends. A server that takes the
	// connections of [Proxy.Inner] has it as its ReadHeaderTimeout.
	FirstByteTimeout = 10 * time.Second
	maxTunnels       = 256
	maxWarned        = 1000 // hosts that are remembered
)

// Config says what a proxy does.
type Config struct {
	// Handler answers what is for the platform's hosts or for this server.
	Handler http.Handler
	// Hosts are further names of this server, without a port.
	Hosts []string
	// TLS is that of a [Kit]. Default: none, connections that speak TLS are closed.
	TLS *tls.Config
	// Tunnel lets requests for other hosts through, though never to this machine or a private network. Default: they are refused.
	Tunnel bool
	// Warn says in words what was refused and what to do, once for each host. Default: nothing is said.
	Warn func(what, advice string)

	allowed func(netip.Addr) bool // of tunnels; tests have no internet
}

// Proxy is the handler of a server that stands for the platform's hosts. Serve [Proxy.Listen] of each listener and
// [Proxy.Inner], with [Proxy.ConnContext], and close it after the server.
type Proxy struct {
	cfg     Config
	inner   *inner
	slots   chan struct{} // one for each open tunnel
	dialer  *net.Dialer
	forward *httputil.ReverseProxy

	mu      sync.Mutex
	closed  bool
	tunnels map[net.Conn]bool
	back    map[*conn]bool // came back after CONNECT
	work    sync.WaitGroup
	warned  map[string]bool
}

// New returns a proxy.
func New(config Config) *Proxy {
	p := &Proxy{cfg: config, inner: newInner(), slots: make(chan struct{}, maxTunnels), tunnels: map[net.Conn]bool{}, back: map[*conn]bool{}, warned: map[string]bool{}}
	if p.cfg.Warn == nil {
		p.cfg.Warn = func(string, string) {}
	}
	if p.cfg.allowed == nil {
		p.cfg.allowed = public
	}
	p.dialer = &net.Dialer{Timeout: FirstByteTimeout, Control: p.checkAddress}
	p.forward = &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) { r.Out.Host = r.In.Host },
		Transport: &http.Transport{
			DialContext: p.dialer.DialContext, ForceAttemptHTTP2: true, IdleConnTimeout: time.Minute, TLSHandshakeTimeout: FirstByteTimeout,
		},
		ErrorLog:     log.New(io.Discard, "", 0), // Warn says it
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) { p.failed(w, r.URL.Host, err) },
	}
	return p
}

// Listen returns a listener for HTTP and HTTPS.
func (p *Proxy) Listen(l net.Listener) net.Listener { return sniffing{l, p} }

func (p *Proxy) conn(c net.Conn, ended func()) *conn {
	return &conn{Conn: c, config: p.cfg.TLS, failed: p.distrusted, ended: ended}
}

// Inner is the listener of what clients send after CONNECT.
func (p *Proxy) Inner() net.Listener { return p.inner }

type connKey struct{}

// ConnContext is that of the server.
func (p *Proxy) ConnContext(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, connKey{}, c)
}

// ServeHTTP answers a request for the platform's hosts and for this server by the handler, whether it came here, in absolute form, or after CONNECT.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if c, ok := r.Context().Value(connKey{}).(*conn); ok {
		r.TLS = c.state()
	}
	switch {
	case r.Method == http.MethodConnect:
		p.connect(w, r)
	case r.URL.Host == "":
		p.cfg.Handler.ServeHTTP(w, r)
	case isGraph(r.URL.Hostname()) || p.isThis(r, r.URL.Host, r.URL.Scheme):
		here := r.Clone(r.Context())
		here.URL.Scheme, here.URL.Host = "", ""
		p.cfg.Handler.ServeHTTP(w, here)
	case p.cfg.Tunnel:
		p.tunnelRequest(w, r)
	default:
		p.refuse(w, r.URL.Host)
	}
}

// isThis reports whether host and port are this server's own.
func (p *Proxy) isThis(r *http.Request, hostport, scheme string) bool {
	local, ok := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr)
	host, port, err := net.SplitHostPort(hostport)
	if err != nil {
		host, port = strings.Trim(hostport, "[]"), map[string]string{"http": "80", "https": "443"}[scheme]
	}
	if !ok || port != fmt.Sprint(local.Port) {
		return false
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.Unmap().IsLoopback() || ip.Unmap() == local.AddrPort().Addr().Unmap()
	}
	return host == "localhost" || strings.HasSuffix(host, ".localhost") ||
		slices.ContainsFunc(p.cfg.Hosts, func(name string) bool { return strings.EqualFold(name, host) })
}

// refuse refuses another host.
func (p *Proxy) refuse(w http.ResponseWriter, host string) {
	p.answer(w, http.StatusForbidden, host, "The proxy refused "+quoted(host)+", which is not the platform's host",
		"Start the simulator with --others tunnel to let other hosts through, or keep the bot from the proxy for this one: NO_PROXY="+nameOf(host))
}

// failed says why another host was not reached.
func (p *Proxy) failed(w http.ResponseWriter, host string, err error) {
	if errors.Is(err, errPrivate) {
		p.answer(w, http.StatusForbidden, host, "The proxy refused "+quoted(host)+": "+errPrivate.Error(), "Keep the bot from the proxy for it: NO_PROXY="+nameOf(host))
		return
	}
	p.answer(w, http.StatusBadGateway, host, "The proxy did not reach "+quoted(host)+": "+reason(err), "")
}

// full refuses one connection too many.
func (p *Proxy) full(w http.ResponseWriter) {
	p.answer(w, http.StatusServiceUnavailable, "", fmt.Sprintf("The proxy has %d open connections and takes no more", maxTunnels), "A client may not close its own.")
}

// reason is an error of the network without addresses that clients know.
func reason(err error) string {
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Err != nil {
		return op.Err.Error()
	}
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err.Error()
	}
	return err.Error()
}

// answer answers in words, and says them here once for each host: clients' libraries show the status alone.
func (p *Proxy) answer(w http.ResponseWriter, status int, host, what, advice string) {
	p.warn(host, what, advice)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	http.Error(w, strings.TrimSpace(what+". "+advice), status)
}

// warn says something once for each key.
func (p *Proxy) warn(key, what, advice string) {
	p.mu.Lock()
	known := p.warned[key] || len(p.warned) >= maxWarned
	if !known {
		p.warned[key] = true
	}
	p.mu.Unlock()
	if !known {
		p.cfg.Warn(what, advice)
	}
}

// distrusted says why a client may have ended TLS. Some send an alert, and some just go, such as Node.
func (p *Proxy) distrusted(serverName string, err error) {
	switch {
	case serverName != "" && serverName != "localhost" && !isGraph(serverName):
		p.warn("tls "+serverName, "A client asked by TLS for "+quoted(serverName)+", for which there is no certificate",
			"Call that name with http, or one of the platform's hosts with https.")
	case errors.Is(err, io.EOF), strings.Contains(err.Error(), "certificate"), errors.Is(err, syscall.ECONNRESET):
		p.warn("tls", "A client closed its TLS connection before a request: it seems not to trust the simulator's certificate",
			`"messenger simulate env --shell node" (python, ruby, php, go, curl) prints what it needs.`)
	default:
		p.warn("tls "+err.Error(), "TLS with a client failed: "+reason(err), "")
	}
}

// quoted is a host as it is shown: a client may send anything.
func quoted(host string) string {
	const most = 100
	if len(host) > most {
		host = host[:most] + "…"
	}
	return fmt.Sprintf("%q", host)
}

func nameOf(hostport string) string {
	if host, _, err := net.SplitHostPort(hostport); err == nil {
		hostport = host
	}
	if strings.Trim(strings.ToLower(hostport), "abcdefghijklmnopqrstuvwxyz0123456789.-_:") != "" || len(hostport) > 100 {
		return "…"
	}
	return hostport
}
