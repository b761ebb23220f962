package graphhosts

import (
	"errors"
	"net"
	"net/netip"
)

// errPrivate says that a host is this machine or one of a private network.
var errPrivate = errors.New("it is an address of this machine or of a private network, and the proxy never goes there")

// special are networks that are neither private by name nor public. See https://www.iana.org/assignments/iana-ipv4-special-registry
// and its sister for IPv6.
var special = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),
	netip.MustParsePrefix("100.64.0.0/10"), // shared by customers of a provider
	netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"),
	netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("64:ff9b:1::/48"),
	netip.MustParsePrefix("fec0::/10"),
	netip.MustParsePrefix("2001::/32"), // Teredo
}

var (
	translated = netip.MustParsePrefix("64:ff9b::/96") // an IPv4 address at its end
	sixToFour  = netip.MustParsePrefix("2002::/16")    // one behind its prefix
)

// public reports whether an address is one of the internet and none of this machine.
func public(ip netip.Addr) bool {
	ip = ip.Unmap().WithZone("")
	b := ip.As16()
	switch {
	case translated.Contains(ip):
		return public(netip.AddrFrom4([4]byte(b[12:])))
	case sixToFour.Contains(ip):
		return public(netip.AddrFrom4([4]byte(b[2:6])))
	case !ip.IsGlobalUnicast(), ip.IsPrivate():
		return false
	}
	for _, network := range special {
		if network.Contains(ip) {
			return false
		}
	}
	own, err := net.InterfaceAddrs()
	if err != nil {
		return false
	}
	for _, a := range own {
		if n, ok := a.(*net.IPNet); ok && n.IP.Equal(net.IP(ip.AsSlice())) {
			return false
		}
	}
	return true
}
