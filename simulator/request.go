package simulator

import (
	"net/http"
	"net/url"
	"slices"
	"time"
)

// Request is one Graph call as it came and how it was answered. It never holds the
// access token or a header's value.
type Request struct {
	Time    time.Time `json:"time"`
	PageID  string    `json:"page_id,omitempty"` // whose token it had; empty: no page's
	Method  string    `json:"method"`
	Path    string    `json:"path"`            // as sent, version included
	Query   string    `json:"query,omitempty"` // without access_token and appsecret_proof
	Headers []string  `json:"headers"`         // names, sorted
	Body    string    `json:"body,omitempty"`  // JSON as sent; forms without the token; of an upload its description
	Status  int       `json:"status"`          // 0: the connection was closed instead
	Answer  string    `json:"answer,omitempty"`
	Fault   bool      `json:"fault,omitempty"` // a Fault changed the call
}

// Requests returns every Graph call in the order of the answers. The result is a
// copy.
func (s *Simulator) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

func (s *Simulator) remember(rec Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = trim(append(s.requests, rec), s.cfg.History)
	s.publish("request", rec)
}

func recordOf(r *http.Request, at time.Time) Request {
	query := r.URL.Query()
	query.Del("access_token")
	query.Del("appsecret_proof")
	rec := Request{Time: at, Method: r.Method, Path: r.URL.Path, Query: query.Encode()}
	for name := range r.Header {
		rec.Headers = append(rec.Headers, name)
	}
	slices.Sort(rec.Headers)
	return rec
}

// baseOf is the address this request reached the simulator at, with the path it
// is mounted below, if any.
func baseOf(r *http.Request) string {
	base := url.URL{Scheme: "http", Host: r.Host}
	if r.TLS != nil {
		base.Scheme = "https"
	}
	if full, err := url.ParseRequestURI(r.RequestURI); err == nil {
		if n := len(full.Path) - len(r.URL.Path); n > 0 && full.Path[n:] == r.URL.Path {
			base.Path = full.Path[:n]
		}
	}
	return base.String()
}
