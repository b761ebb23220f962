package graph

import (
	"context"
	"net/http/httptrace"
	"sync/atomic"
)

// progress records how much of a request was written, as the transport reports it to httptrace. If a transport reports
// nothing, such as one that passes requests to another process, every outcome is possible.
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

// maybe reports whether the platform may have received the request. Without a connection it has not. With one, a request
// with a body is incomplete until its headers are written; one without a body may be complete before the transport
// reports it.
func (p *progress) maybe(hasBody bool) bool {
	switch {
	case !p.asked.Load():
		return true
	case !p.connected.Load():
		return false
	}
	return p.headers.Load() || !hasBody
}
