package receiving

import (
	"context"
	"errors"
	"net/http"
	"time"
)

// hasBody reports whether a request has a body, or may have one.
func hasBody(r *http.Request) bool { return r.Body != nil && r.Body != http.NoBody }

// deadline is when a request's body must have been received.
type deadline struct {
	at time.Time
	// set reports that the connection has this deadline: a read that blocks fails then.
	set bool
}

// limitReading sets the deadline for a request's body. It also holds for what net/http reads itself of a body that is left
// unread.
func (w *Webhook) limitReading(rw http.ResponseWriter, r *http.Request) deadline {
	timeout := w.config.BodyTimeout
	if server, _ := r.Context().Value(http.ServerContextKey).(*http.Server); server != nil && server.ReadTimeout > 0 {
		timeout = min(timeout, server.ReadTimeout) // a stricter limit of the program's own stays in force
	}
	at := time.Now().Add(timeout)
	return deadline{at: at, set: http.NewResponseController(rw).SetReadDeadline(at) == nil}
}

// readBody reads the body of a request. The caller releases it.
func (w *Webhook) readBody(rw http.ResponseWriter, r *http.Request, until deadline) (*body, error) {
	b := newBody(&w.budget)
	if !hasBody(r) {
		return b, nil
	}
	if !until.set {
		return w.readAside(r, b, until.at)
	}
	whole := false
	defer func() {
		if !whole { // or a middleware's reader panicked
			b.release()
		}
	}()
	if err := b.read(r.Body, w.config.MaxBody, until.at); err != nil {
		return nil, err
	}
	whole = true
	// Accept may take longer than the body was allowed to. net/http lifts the deadline when a body ends, but a middleware may
	// have read it before the deadline was set.
	_ = http.NewResponseController(rw).SetReadDeadline(time.Time{})
	return b, nil
}

// errReaderGone is what a body comes to that ended the goroutine which read it.
var errReaderGone = errors.New("receiving: reading the body ended its goroutine")

// readAside reads the body in a goroutine of its own, since nothing can interrupt a read behind a middleware that hides the
// connection. If the time is over first, that goroutine keeps the body's memory until the read returns: net/http interrupts
// it when the request has been answered.
func (w *Webhook) readAside(r *http.Request, b *body, expires time.Time) (*body, error) {
	type outcome struct {
		err      error
		panicked any
	}
	done, abandoned := make(chan outcome), make(chan struct{})
	go func() {
		out := outcome{err: errReaderGone}
		defer func() {
			out.panicked = recover()
			select {
			case done <- out:
			case <-abandoned:
				b.release()
			}
		}()
		out.err = b.read(r.Body, w.config.MaxBody, expires)
	}()
	timer := time.NewTimer(time.Until(expires))
	defer timer.Stop()
	select {
	case out := <-done:
		if out.err != nil { // as it is after a panic
			b.release()
		}
		if out.panicked != nil {
			panic(out.panicked) // in the goroutine of the request, where net/http recovers it
		}
		if out.err != nil {
			return nil, out.err
		}
		return b, nil
	case <-timer.C:
		close(abandoned)
		return nil, errTooSlow
	case <-r.Context().Done():
		close(abandoned)
		return nil, context.Cause(r.Context())
	}
}
