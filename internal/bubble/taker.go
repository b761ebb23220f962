package bubble

import (
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync"

	"github.com/djmessenger/messenger/sending"
)

// Taker is a platform that takes every call, of whatever page, and notes in which way each one
// answers.
type Taker struct {
	mu   sync.Mutex
	ways []sending.Way
}

// RoundTrip takes the call.
func (p *Taker) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	way := sending.Way("unknown: " + r.Method + " " + r.URL.Path)
	edge := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
	switch {
	case edge == "comments", edge == "replies", edge == "mentions":
		way = sending.ByPublicReply
	case edge == "messages" && regexp.MustCompile(`"recipient":{"(comment|post)_id":"[^"]+"}`).Match(body):
		way = sending.ByPrivateReply
	case edge == "messages" && regexp.MustCompile(`"recipient":{"(id|user_ref)":"[^"]+"}`).Match(body):
		way = sending.ByMessage
	}
	p.mu.Lock()
	p.ways = append(p.ways, way)
	p.mu.Unlock()
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{}, Request: r,
		Body: io.NopCloser(strings.NewReader(`{"recipient_id":"7","message_id":"m_1","id":"9_1"}`)),
	}, nil
}

// Taken returns the ways of the calls since it was last called.
func (p *Taker) Taken() []sending.Way {
	p.mu.Lock()
	defer p.mu.Unlock()
	ways := p.ways
	p.ways = nil
	return ways
}
