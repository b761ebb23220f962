package simulator

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// guarded lets a request through if the site that the browser shows is this
// simulator. Two attacks would make another site's page act as a person: a
// request across origins, which its Origin and its Sec-Fetch-Site name, and DNS
// rebinding, where the other site's name resolves to this machine and the
// request is of one origin. The name is in its Host then. Reads are guarded
// too: another site may not even embed a picture.
func (s *Simulator) guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cross-Origin-Resource-Policy", "same-origin") // for browsers that send neither header
		w.Header().Set("X-Content-Type-Options", "nosniff")
		switch {
		case !s.knowsHost(r):
			complain(w, http.StatusForbidden, &controlError{code: "forbidden_host", err: fmt.Errorf("simulator: the host %q is unknown; Config.Hosts takes names besides localhost", r.Host)})
		case !ofThisSite(r):
			complain(w, http.StatusForbidden, &controlError{code: "forbidden_origin", err: errors.New("simulator: requests of other sites' pages are refused; use the simulator's own page, or a program that is no browser")})
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// fromBrowser reports whether a web page made the request. Browsers say so with
// every request that changes something; bots have no reason to.
func fromBrowser(r *http.Request) bool {
	return namesItsSite(r) || !trustworthy(r) && strings.HasPrefix(r.UserAgent(), "Mozilla/") && !strings.Contains(r.UserAgent(), "PowerShell")
}

// trustworthy reports whether a browser sends Sec-Fetch-Site with such a request: one by https, or to this machine.
func trustworthy(r *http.Request) bool {
	name := hostname(r.Host)
	address, err := netip.ParseAddr(name)
	return r.TLS != nil || name == "localhost" || strings.HasSuffix(name, ".localhost") || err == nil && address.Unmap().IsLoopback()
}

// namesItsSite reports whether a request says which site it is of. What a browser
// asks of an address of the network by http does not: neither Sec-Fetch-Site nor, of
// an image or a frame, an Origin.
func namesItsSite(r *http.Request) bool {
	return r.Header["Origin"] != nil || r.Header["Sec-Fetch-Site"] != nil
}

// ofThisSite reports whether a request is of no web page, of one of this origin,
// or opens the chat page in a tab of its own, which a link on any page may do. A
// page of another port of this machine is another site's.
func ofThisSite(r *http.Request) bool {
	for _, origin := range r.Header["Origin"] {
		o, err := url.Parse(origin)
		if err != nil || o.Host == "" || !strings.EqualFold(o.Host, r.Host) {
			return false
		}
	}
	for _, site := range r.Header["Sec-Fetch-Site"] {
		if site != "same-origin" && site != "none" && !opensThePage(r) {
			return false
		}
	}
	return namesItsSite(r) || !fromBrowser(r) || referredByThisSite(r) || reads(r)
}

// referredByThisSite reports whether the request is of the chat page: it tells its own site alone where a request comes from.
func referredByThisSite(r *http.Request) bool {
	from, err := url.Parse(r.Referer())
	return err == nil && from.Host != "" && strings.EqualFold(from.Host, r.Host)
}

// reads reports whether someone opens the chat page, or a path of its API, in a browser. What another site embeds in this
// way it cannot read, and nothing changes by it. A Graph call could (?method=).
func reads(r *http.Request) bool {
	own := r.URL.Path == "/" || strings.HasPrefix(r.URL.Path, "/simulator/")
	return own && r.Method == http.MethodGet && strings.Contains(r.Header.Get("Accept"), "text/html")
}

func opensThePage(r *http.Request) bool {
	return r.Method == http.MethodGet && r.URL.Path == "/" &&
		r.Header.Get("Sec-Fetch-Mode") == "navigate" && r.Header.Get("Sec-Fetch-Dest") == "document"
}

// graphHosts are the platform's own hosts. A bot with one of them compiled in
// reaches the simulator by a proxy, or by an entry in its hosts file.
var graphHosts = []string{"graph.facebook.com", "graph.instagram.com", "graph-video.facebook.com"}

// toGraphHost reports whether a request names one of the platform's hosts. Below
// them there is nothing but the Graph API.
func toGraphHost(r *http.Request) bool { return slices.Contains(graphHosts, hostname(r.Host)) }

// takesBotsBy reports whether a bot may call the Graph API by the host that a
// request names: one that is known, an address, or a name that no web site can
// have, such as a container's. A page whose own name resolves to this machine
// sends GET, which can change things (?method=), with none of a browser's headers.
func (s *Simulator) takesBotsBy(r *http.Request) bool {
	name := hostname(r.Host)
	if _, err := netip.ParseAddr(name); err == nil || !strings.Contains(name, ".") {
		return true
	}
	reserved := slices.Contains([]string{"example", "internal", "invalid", "test"}, name[strings.LastIndexByte(name, '.')+1:])
	return reserved || toGraphHost(r) || s.knowsHost(r)
}

// refuseHost answers a bot that calls by a name which a web site may have.
func (s *Simulator) refuseHost(w http.ResponseWriter, r *http.Request) {
	err := &GraphError{Type: "ForbiddenHost", Message: fmt.Sprintf(
		"The host %q is unknown to the simulator. Name it in Config.Hosts, or with --allow-host. This is not what the platform answers.", hostname(r.Host))}
	s.cfg.Logger.Warn("a bot called by a name that the simulator does not know: give it with --allow-host (Config.Hosts)", "host", hostname(r.Host))
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.WriteHeader(http.StatusForbidden)
	_, _ = w.Write(errorBody(err)) // a caller that has gone away needs no answer
}

// knowsHost reports whether a request names the simulator by a loopback name or
// address, by the address that the server listens on, or by one of Config.Hosts.
func (s *Simulator) knowsHost(r *http.Request) bool {
	name := hostname(r.Host)
	if name == "localhost" || strings.HasSuffix(name, ".localhost") {
		return true
	}
	for _, host := range s.cfg.Hosts {
		if name == hostname(host) {
			return true
		}
	}
	address, err := netip.ParseAddr(name)
	if err != nil {
		return false
	}
	if address.Unmap().IsLoopback() {
		return true
	}
	local, ok := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr)
	return ok && local.AddrPort().Addr().Unmap() == address.Unmap()
}

// hostname is a host without its port, brackets and final dot, in lower case.
func hostname(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	return strings.ToLower(strings.TrimSuffix(host, "."))
}
