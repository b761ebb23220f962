package graphhosts

import (
	"slices"
	"strings"
)

// names are the platform's hosts.
var names = []string{"graph.facebook.com", "graph.instagram.com", "graph-video.facebook.com"}

// Names returns the platform's hosts.
func Names() []string { return slices.Clone(names) }

// isGraph reports whether a host without a port is one of the platform's.
func isGraph(host string) bool {
	return slices.Contains(names, strings.ToLower(strings.TrimSuffix(host, ".")))
}
