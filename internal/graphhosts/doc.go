// Package graphhosts lets a server stand for the platform's hosts, for bots that
// have https://graph.facebook.com compiled in: with certificates of a CA of its
// own, and as a proxy.
//
// One port takes everything. A [Kit] is the CA, and the files that make a client
// trust it; a [Proxy] tells TLS from HTTP by the first byte of a connection, takes
// CONNECT and requests in absolute form for the platform's hosts to its own
// handler, and refuses or tunnels those for others.
package graphhosts
