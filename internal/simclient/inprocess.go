package simclient

import (
	"bytes"
	"errors"
	"io"
	"net/http"
)

// inProcess is a transport that calls a handler.
type inProcess struct{ handler http.Handler }

var errCut = errors.New("the connection was cut")

// RoundTrip implements http.RoundTripper.
func (t inProcess) RoundTrip(r *http.Request) (resp *http.Response, err error) {
	if r.Body == nil {
		r.Body = http.NoBody
	}
	defer r.Body.Close()
	defer func() {
		switch cut := recover(); cut {
		case nil:
		case http.ErrAbortHandler:
			resp, err = nil, errCut
		default:
			panic(cut)
		}
	}()
	r = r.Clone(r.Context())
	r.RequestURI, r.Host, r.RemoteAddr = r.URL.RequestURI(), r.URL.Host, "127.0.0.1:1"
	w := &answer{header: http.Header{}, status: http.StatusOK}
	t.handler.ServeHTTP(w, r)
	return &http.Response{
		Status: http.StatusText(w.status), StatusCode: w.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: w.header, Body: io.NopCloser(&w.body), ContentLength: int64(w.body.Len()), Request: r,
	}, nil
}

// answer keeps what a handler answers.
type answer struct {
	header http.Header
	body   bytes.Buffer
	status int
	begun  bool
}

func (a *answer) Header() http.Header { return a.header }

func (a *answer) WriteHeader(status int) {
	if !a.begun {
		a.begun, a.status = true, status
	}
}

func (a *answer) Write(data []byte) (int, error) {
	a.begun = true
	return a.body.Write(data)
}
