package graphhosts

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// server is a proxy that serves on loopback. Its handler answers what it was asked.
type server struct {
	*Proxy
	kit  *Kit
	addr string

	mu     sync.Mutex
	warned []string
}

func serve(t *testing.T, cfg Config) *server {
	t.Helper()
	kit, err := Open(t.TempDir(), noEnv, time.Now)
	require.NoError(t, err)
	s := &server{kit: kit}
	cfg.TLS = kit.TLS()
	cfg.Warn = func(what, advice string) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.warned = append(s.warned, strings.TrimSpace(what+". "+advice))
	}
	cfg.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		_, _ = fmt.Fprintf(w, "%s %s %s tls=%t %s", r.Method, r.Host, r.URL, r.TLS != nil, body)
	})
	s.Proxy = New(cfg)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s.addr = listener.Addr().String()
	srv := &http.Server{Handler: s.Proxy, ConnContext: s.ConnContext, ReadHeaderTimeout: time.Minute}
	var served sync.WaitGroup
	served.Go(func() { _ = srv.Serve(s.Listen(listener)) })
	served.Go(func() { _ = srv.Serve(s.Inner()) })
	t.Cleanup(func() {
		_ = srv.Close()
		require.NoError(t, s.Close())
		served.Wait()
	})
	return s
}

func (s *server) warnings() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.warned...)
}

// raw sends bytes on a connection of its own.
func (s *server) raw(t *testing.T, text string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", s.addr)
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Close() })
	_, err = io.WriteString(c, text)
	require.NoError(t, err)
	return c
}

// answerTo reads one answer.
func answerTo(t *testing.T, c net.Conn, method string) (int, string) {
	t.Helper()
	resp, err := http.ReadResponse(bufio.NewReader(c), &http.Request{Method: method})
	require.NoError(t, err)
	defer resp.Body.Close()
	if method == http.MethodConnect && resp.StatusCode == http.StatusOK {
		return resp.StatusCode, ""
	}
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp.StatusCode, string(body)
}

// client is one as those of bots are, with a proxy or without.
func (s *server) client(t *testing.T, proxied bool) *http.Client {
	t.Helper()
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: s.kit.Roots(), MinVersion: tls.VersionTLS12}}
	if proxied {
		transport.Proxy = http.ProxyURL(&url.URL{Scheme: "http", Host: s.addr})
	}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func get(t *testing.T, client *http.Client, url string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader("hello"))
	require.NoError(t, err)
	resp, err := client.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp.StatusCode, string(body)
}

// TestOnePortTakesEverything: HTTP, HTTPS, CONNECT and absolute form, on one connection after the other.
func TestOnePortTakesEverything(t *testing.T) {
	t.Parallel()
	s := serve(t, Config{})
	direct, proxied := s.client(t, false), s.client(t, true)
	for range 2 { // the second uses a connection that is kept
		for url, want := range map[string]string{
			"http://" + s.addr + "/v27.0/me?x=1":  "POST " + s.addr + " /v27.0/me?x=1 tls=false hello",
			"https://" + s.addr + "/v27.0/me?x=1": "POST " + s.addr + " /v27.0/me?x=1 tls=true hello",
		} {
			status, body := get(t, direct, url)
			require.Equal(t, 200, status)
			require.Equal(t, want, body)
		}
		for _, host := range Names() {
			_, body := get(t, proxied, "https://"+host+"/v27.0/me?x=1") // CONNECT
			require.Equal(t, "POST "+host+" /v27.0/me?x=1 tls=true hello", body)
			_, body = get(t, proxied, "http://"+host+"/v27.0/me?x=1") // absolute form
			require.Equal(t, "POST "+host+" /v27.0/me?x=1 tls=false hello", body)
		}
	}
	for text, want := range map[string]string{
		"POST https://graph.facebook.com/me HTTP/1.1\r\nHost: graph.facebook.com\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi": "POST graph.facebook.com /me tls=false hi", // axios 0.21
		"GET https://GRAPH.facebook.com:443/me HTTP/1.1\r\nHost: other.example\r\nConnection: close\r\n\r\n":                          "GET GRAPH.facebook.com:443 /me tls=false ",
		"GET http://" + s.addr + "/me HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n":                                               "GET " + s.addr + " /me tls=false ",
	} {
		status, body := answerTo(t, s.raw(t, text), "POST")
		require.Equal(t, 200, status)
		require.Equal(t, want, body, text)
	}
	require.Empty(t, s.warnings())
}

// TestConnectThenWhatever: what follows CONNECT is taken as it comes: TLS, HTTP, TLS within TLS, also with the first bytes in one
// piece with CONNECT.
func TestConnectThenWhatever(t *testing.T) {
	t.Parallel()
	s := serve(t, Config{})
	const request = "GET /me HTTP/1.1\r\nHost: graph.facebook.com\r\nConnection: close\r\n\r\n"
	plain := s.raw(t, "CONNECT graph.facebook.com:443 HTTP/1.1\r\nHost: graph.facebook.com:443\r\n\r\n"+request)
	all, err := io.ReadAll(plain)
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(string(all), "HTTP/1.1 200 Connection established\r\n\r\nHTTP/1.1 200 OK\r\n"), "%s", all)
	require.Contains(t, string(all), "GET graph.facebook.com /me tls=false")

	outer := tls.Client(s.raw(t, ""), &tls.Config{RootCAs: s.kit.Roots(), ServerName: "localhost", MinVersion: tls.VersionTLS12})
	_, err = io.WriteString(outer, "CONNECT graph.instagram.com:443 HTTP/1.1\r\nHost: graph.instagram.com:443\r\n\r\n")
	require.NoError(t, err)
	status, _ := answerTo(t, outer, http.MethodConnect)
	require.Equal(t, 200, status)
	within := tls.Client(outer, &tls.Config{RootCAs: s.kit.Roots(), ServerName: "graph.instagram.com", MinVersion: tls.VersionTLS12})
	_, err = io.WriteString(within, request)
	require.NoError(t, err)
	_, body := answerTo(t, within, "GET")
	require.Equal(t, "GET graph.facebook.com /me tls=true ", body)
}

// TestOtherHostsAreRefusedInWords: clients' libraries show the status alone, so the warning says it.
func TestOtherHostsAreRefusedInWords(t *testing.T) {
	t.Parallel()
	for _, tunnel := range []bool{false, true} {
		s := serve(t, Config{Tunnel: tunnel, Hosts: []string{"sim"}})
		_, port, err := net.SplitHostPort(s.addr)
		require.NoError(t, err)
		long := strings.Repeat("a", 5000) + ".example"
		for request, want := range map[string]struct {
			status int
			words  string // with --others tunnel, if it is another
			tunnel string
		}{
			"CONNECT api.example.com:443 HTTP/1.1\r\nHost: x\r\n\r\n":                 {403, `refused "api.example.com:443", which is not the platform's host. Start the simulator with --others tunnel to`, "-"},
			"CONNECT facebook.com:443 HTTP/1.1\r\nHost: x\r\n\r\n":                    {403, "--others tunnel", "-"},
			"GET http://api.example.com/ HTTP/1.1\r\nHost: x\r\n\r\n":                 {403, "NO_PROXY=api.example.com", "-"},
			"GET https://api.example.com:8443/ HTTP/1.1\r\nHost: x\r\n\r\n":           {403, "NO_PROXY=api.example.com", "-"},
			"CONNECT graph.facebook.com:80 HTTP/1.1\r\nHost: x\r\n\r\n":               {403, "on port 443 alone", ""},
			"CONNECT graph.facebook.com:22 HTTP/1.1\r\nHost: x\r\n\r\n":               {403, "on port 443 alone", ""},
			"CONNECT graph.facebook.com HTTP/1.1\r\nHost: x\r\n\r\n":                  {400, "a host and a port", ""},
			"CONNECT :443 HTTP/1.1\r\nHost: x\r\n\r\n":                                {400, "a host and a port", ""},
			"CONNECT /simulator/people HTTP/1.1\r\nHost: x\r\n\r\n":                   {400, "a host and a port", ""},
			"CONNECT 127.0.0.1:1 HTTP/1.1\r\nHost: x\r\n\r\n":                         {403, "--others tunnel", "NO_PROXY=127.0.0.1"},
			"CONNECT localhost:1 HTTP/1.1\r\nHost: x\r\n\r\n":                         {403, "--others tunnel", "address of this machine"},
			"CONNECT [::1]:1 HTTP/1.1\r\nHost: x\r\n\r\n":                             {403, "--others tunnel", "address of this machine"},
			"CONNECT [::ffff:127.0.0.1]:" + port + " HTTP/1.1\r\nHost: x\r\n\r\n":     {200, "", ""},
			"CONNECT SIM:" + port + " HTTP/1.1\r\nHost: x\r\n\r\n":                    {200, "", ""},
			"CONNECT sim:1 HTTP/1.1\r\nHost: x\r\n\r\n":                               {403, "--others tunnel", "-"},
			"CONNECT evil.example:" + port + " HTTP/1.1\r\nHost: x\r\n\r\n":           {403, "--others tunnel", "-"},
			"CONNECT 10.0.0.1:443 HTTP/1.1\r\nHost: x\r\n\r\n":                        {403, "--others tunnel", "private network"},
			"CONNECT 169.254.169.254:80 HTTP/1.1\r\nHost: x\r\n\r\n":                  {403, "--others tunnel", "private network"},
			"GET http://127.0.0.1:1/ HTTP/1.1\r\nHost: x\r\n\r\n":                     {403, "--others tunnel", "address of this machine"},
			"GET http://localhost/ HTTP/1.1\r\nHost: x\r\n\r\n":                       {403, "--others tunnel", "address of this machine"},
			"GET http://169.254.169.254/latest/meta-data HTTP/1.1\r\nHost: x\r\n\r\n": {403, "--others tunnel", "private network"},
			"CONNECT " + long + ":443 HTTP/1.1\r\nHost: x\r\n\r\n":                    {403, "aaa…\"", "-"},
		} {
			words := want.words
			if tunnel && want.tunnel != "" {
				words = want.tunnel
			}
			if words == "-" {
				continue // it would leave this machine
			}
			method, _, _ := strings.Cut(request, " ")
			before := len(s.warnings())
			status, body := answerTo(t, s.raw(t, request), method)
			require.Equal(t, want.status, status, request)
			require.Contains(t, body, words, request)
			require.NotContains(t, body, "\x1b")
			if status == 403 && before < len(s.warnings()) {
				require.Equal(t, strings.TrimSpace(body), s.warnings()[before])
				require.Less(t, len(body), 500, "what a client sends does not fill the terminal")
			}
		}
		said := len(s.warnings())
		for range 3 {
			answerTo(t, s.raw(t, "CONNECT 10.0.0.1:443 HTTP/1.1\r\nHost: x\r\n\r\n"), http.MethodConnect)
		}
		require.Len(t, s.warnings(), said, "once for each host")
	}
}

// TestATunnelNeverGoesInside: a bot's own machine and network are no part of the internet.
func TestATunnelNeverGoesInside(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"127.0.0.1", "127.1.2.3", "::1", "::ffff:127.0.0.1", "0.0.0.0", "::", "0.1.2.3", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1",
		"169.254.169.254", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "fec0::1", "100.64.0.1", "192.0.0.8", "198.18.0.1", "240.0.0.1", "255.255.255.255",
		"224.0.0.1", "ff02::1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::1", "2002:7f00:1::", "2002:a00:1::1", "2001::1",
	} {
		require.False(t, public(netip.MustParseAddr(text)), text)
	}
	for _, text := range []string{"1.1.1.1", "8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "64:ff9b::808:808", "2002:808:808::1", "::ffff:8.8.8.8"} {
		require.True(t, public(netip.MustParseAddr(text)), text)
	}
	own, err := net.InterfaceAddrs()
	require.NoError(t, err)
	for _, a := range own {
		ip, _ := netip.AddrFromSlice(a.(*net.IPNet).IP)
		require.False(t, public(ip), "%s is this machine's", a)
	}
}

// TestATunnel: with --others tunnel other hosts are reached, by CONNECT and in absolute form. Loopback stands for the internet.
func TestATunnel(t *testing.T) {
	t.Parallel()
	far := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		_, _ = fmt.Fprintf(w, "far %s %s %d %s", r.Host, r.URL, len(body), r.Header.Get("Proxy-Authorization"))
	}))
	t.Cleanup(far.Close)
	s := serve(t, Config{Tunnel: true, allowed: func(netip.Addr) bool { return true }})
	host := strings.TrimPrefix(far.URL, "https://")

	transport := far.Client().Transport.(*http.Transport).Clone()
	transport.Proxy = http.ProxyURL(&url.URL{Scheme: "http", Host: s.addr, User: url.UserPassword("a", "b")})
	t.Cleanup(transport.CloseIdleConnections)
	megabyte := strings.Repeat("x", 1<<20)
	resp, err := (&http.Client{Transport: transport}).Post(far.URL+"/path", "text/plain", strings.NewReader(megabyte))
	require.NoError(t, err)
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, "far "+host+" /path 1048576 ", string(body))

	plain := httptest.NewServer(far.Config.Handler)
	t.Cleanup(plain.Close)
	status, text := answerTo(t, s.raw(t, "GET "+plain.URL+"/x HTTP/1.1\r\nHost: other\r\nProxy-Authorization: secret\r\nConnection: close\r\n\r\n"), "GET")
	require.Equal(t, 200, status)
	require.Equal(t, "far "+strings.TrimPrefix(plain.URL, "http://")+" /x 0 ", text)

	gone, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, gone.Close())
	for _, request := range []string{"CONNECT " + gone.Addr().String(), "GET http://" + gone.Addr().String() + "/"} {
		method, _, _ := strings.Cut(request, " ")
		status, text = answerTo(t, s.raw(t, request+" HTTP/1.1\r\nHost: x\r\n\r\n"), method)
		require.Equal(t, 502, status)
		require.Contains(t, text, "connection refused")
	}
}

// TestTunnelsEndWithTheProxy: also those on which nothing is said.
func TestTunnelsEndWithTheProxy(t *testing.T) {
	t.Parallel()
	far, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = far.Close() })
	s := serve(t, Config{Tunnel: true, allowed: func(netip.Addr) bool { return true }})
	silent := s.raw(t, "CONNECT "+far.Addr().String()+" HTTP/1.1\r\nHost: x\r\n\r\n")
	answerTo(t, silent, http.MethodConnect)
	busy := s.raw(t, "CONNECT "+far.Addr().String()+" HTTP/1.1\r\nHost: x\r\n\r\nx")
	answerTo(t, busy, http.MethodConnect)
	require.NoError(t, s.Close())
	for _, c := range []net.Conn{silent, busy} {
		_, err := io.ReadAll(c)
		if err != nil {
			require.ErrorContains(t, err, "reset")
		}
	}
	for range maxTunnels { // waits until each has given back its place
		s.slots <- struct{}{}
	}
	for range maxTunnels {
		<-s.slots
	}
	status, _ := answerTo(t, s.raw(t, "CONNECT "+far.Addr().String()+" HTTP/1.1\r\nHost: x\r\n\r\n"), http.MethodConnect)
	require.Equal(t, 200, status, "and one that comes then is closed")
}

// TestOpenConnectionsOfTheProxyAreBounded: a client that never closes does not take the machine with it.
func TestOpenConnectionsOfTheProxyAreBounded(t *testing.T) {
	t.Parallel()
	s := serve(t, Config{})
	const request = "CONNECT graph.facebook.com:443 HTTP/1.1\r\nHost: x\r\n\r\n"
	conns := make([]net.Conn, 0, maxTunnels)
	for range maxTunnels {
		c := s.raw(t, request)
		status, _ := answerTo(t, c, http.MethodConnect)
		require.Equal(t, 200, status)
		conns = append(conns, c)
	}
	status, body := answerTo(t, s.raw(t, request), http.MethodConnect)
	require.Equal(t, 503, status)
	require.Contains(t, body, "256 open connections")
	status, _ = answerTo(t, s.raw(t, "GET https://graph.facebook.com/me HTTP/1.1\r\nHost: x\r\n\r\n"), "GET")
	require.Equal(t, 200, status, "they are no tunnels")

	require.NoError(t, conns[0].Close())
	for status = 503; status == 503; {
		status, _ = answerTo(t, s.raw(t, request), http.MethodConnect)
	}
	require.Equal(t, 200, status)
}

// TestClientsThatDoNotTrustGetAdvice: the server sees only that they go.
func TestClientsThatDoNotTrustGetAdvice(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		config *tls.Config
		want   string
	}{
		"no CA":        {&tls.Config{ServerName: "graph.facebook.com"}, `"messenger simulate env --shell node"`},
		"another name": {&tls.Config{ServerName: "simulator"}, `A client asked by TLS for "simulator"`},
		"goes":         {&tls.Config{ServerName: "graph.facebook.com", InsecureSkipVerify: true}, `"messenger simulate env --shell node"`},
		"old":          {&tls.Config{ServerName: "graph.facebook.com", MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}, "TLS with a client failed"},
	} {
		s := serve(t, Config{})
		for range 2 {
			secure := tls.Client(s.raw(t, ""), c.config)
			_ = secure.Handshake() // as it goes
			require.NoError(t, secure.NetConn().(*net.TCPConn).CloseWrite())
			_, err := io.ReadAll(secure.NetConn())
			if err != nil {
				require.ErrorContains(t, err, "reset", name)
			}
		}
		require.Len(t, s.warnings(), 1, name)
		require.Contains(t, s.warnings()[0], c.want, name)
	}
	s := serve(t, Config{})
	status, _ := get(t, s.client(t, false), "https://"+s.addr+"/")
	require.Equal(t, 200, status)
	require.Empty(t, s.warnings())
}

// TestBytesThatAreNothing: neither TLS nor HTTP.
func TestBytesThatAreNothing(t *testing.T) {
	t.Parallel()
	s := serve(t, Config{})
	for _, text := range []string{"\x16", "\x16\x03\x01\xff\xff" + strings.Repeat("\x00", 70000), "\x16\x03\x01\x00\x05hello", "\x00\x01\x02\r\n\r\n", "SSH-2.0-x\r\n\r\n", ""} {
		c, err := net.Dial("tcp", s.addr)
		require.NoError(t, err)
		_, _ = io.WriteString(c, text) // it may be closed in between
		_ = c.(*net.TCPConn).CloseWrite()
		got, _ := io.ReadAll(c)
		require.NotContains(t, string(got), "200 OK", "%q", text)
		require.NoError(t, c.Close())
	}
	status, _ := get(t, s.client(t, true), "https://graph.facebook.com/")
	require.Equal(t, 200, status)
}

// TestASilentClientIsLeft: the server's limit to the first byte holds before and after CONNECT, in TLS and outside.
func TestASilentClientIsLeft(t *testing.T) {
	t.Parallel()
	p := New(Config{Handler: http.NotFoundHandler()})
	near, far := net.Pipe()
	t.Cleanup(func() { _ = far.Close() })
	ended := 0
	c := p.conn(near, func() { ended++ })
	require.NoError(t, c.SetReadDeadline(time.Now().Add(-time.Second)))
	_, err := c.Read(make([]byte, 1))
	require.ErrorIs(t, err, os.ErrDeadlineExceeded)
	require.NoError(t, c.Close())
	_ = c.Close() // as a server does
	require.Equal(t, 1, ended)
}

// TestWithoutACertificateTLSIsClosed, and HTTP goes on.
func TestWithoutACertificateTLSIsClosed(t *testing.T) {
	t.Parallel()
	p := New(Config{Handler: http.NotFoundHandler()})
	near, far := net.Pipe()
	t.Cleanup(func() { _ = far.Close() })
	go func() { _, _ = far.Write([]byte{recordHandshake}) }()
	_, err := p.conn(near, nil).Read(make([]byte, 10))
	require.ErrorIs(t, err, errNoTLS)
}

// TestCloseEndsWhatCameBack: a connection that CONNECT brought back to the server does not outlive the proxy.
func TestCloseEndsWhatCameBack(t *testing.T) {
	t.Parallel()
	s := serve(t, Config{})
	c := s.raw(t, "CONNECT graph.facebook.com:443 HTTP/1.1\r\nHost: graph.facebook.com:443\r\n\r\n")
	reader := bufio.NewReader(c)
	answer, err := http.ReadResponse(reader, &http.Request{Method: http.MethodConnect})
	require.NoError(t, err)
	require.Equal(t, 200, answer.StatusCode)
	require.NoError(t, answer.Body.Close())
	_, err = io.WriteString(c, "GET /me HTTP/1.1\r\nHost: graph.facebook.com\r\n\r\n")
	require.NoError(t, err)
	answer, err = http.ReadResponse(reader, nil)
	require.NoError(t, err)
	_, _ = io.Copy(io.Discard, answer.Body)
	require.NoError(t, answer.Body.Close())
	require.NoError(t, s.Close())
	_, err = reader.ReadByte()
	require.ErrorIs(t, err, io.EOF)
}
