package simulator

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// guarded lets a request through if the site that the browser shows is this
// simulator. Two attacks would make another site's page act as a person: a
// request across origins, which [http.CrossOriginProtection] refuses by its
// Origin, and DNS rebinding, where the other site's name resolves to this
// machine and the request is of one origin. The name is in its Host then.
func (s *Simulator) guarded(next http.Handler) http.Handler {
	next = s.guard.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.knowsHost(r) {
			complain(w, http.StatusForbidden, fmt.Errorf("simulator: the host %q is unknown; Config.Hosts takes names besides localhost", r.Host))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// fromBrowser reports whether a web page made the request. Browsers say so with
// every request that changes something; bots have no reason to.
func fromBrowser(r *http.Request) bool {
	return r.Header.Get("Origin") != "" || r.Header.Get("Sec-Fetch-Site") != ""
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
