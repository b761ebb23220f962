package graph

import (
	"context"
	"net/http/httptrace"
	"sync/atomic"
)

// progress knows how far a request came, from what the transport reports to httptrace. A transport that reports nothing,
// such as one that hands requests on to another process, leaves everything possible.
type progress struct {
	asked     atomic.Bool // for a connection
	connected atomic.Bool
	headers   atomic.Bool // written, with all that comes before a body
}

func (p *progress) watch(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn:      func(string) { p.asked.Store(true) },
		GotConn:      func(httptrace.GotConnInfo) { p.connected.Store(true) },
		WroteHeaders: func() { p.headers.Store(true) },
		WroteRequest: func(httptrace.WroteRequestInfo) { p.headers.Store(true) },
	})
}

// maybe reports whether the platform may have the request. Without a connection it surely does not. With one, a request
// with a body is not there before its headers are; one without a body may be complete before the transport says so.
func (p *progress) maybe(hasBody bool) bool {
	switch {
	case !p.asked.Load():
		return true
	case !p.connected.Load():
		return false
	}
	return p.headers.Load() || !hasBody
}
