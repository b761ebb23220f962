package simulation_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"strings"
	"time"

	"github.com/djmessenger/messenger/simulator"
)

// How calls of the platform fail.
const (
	cutUnwritten = "cut unwritten" // no connection
	cutBefore    = "cut before"    // written, and not executed
	cutAfter     = "cut after"     // executed, and the answer lost
	cutHang      = "hangs"         // no answer; executed or not
	cutSlow      = "slow"          // 3 to 15 s before it is executed
	cutRefuse    = "refuses"       // one of the platform's errors
)

// transport is the platform as one process reaches it.
type transport struct{ p *process }

// call is one request as the seed treats it.
type graphCall struct {
	dice   dice
	body   []byte
	way    string
	wait   time.Duration // before it is executed
	answer time.Duration // until its answer arrives
}

func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	p, w := t.p, t.p.w
	if err := p.gate(); err != nil {
		return nil, err
	}
	trace := httptrace.ContextClientTrace(r.Context())
	trace.GetConn(r.URL.Host)
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	c := &graphCall{}
	if r.Body != nil {
		c.body, _ = io.ReadAll(r.Body)
	}
	page := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer token-")
	text := textOf(c.body)
	c.dice = w.dice.at("call "+text+" "+page+" "+r.URL.Path, w.next("call "+text+" "+page))
	w.platformTrouble(c, page)
	if c.way == cutUnwritten {
		w.note("%s: no connection for %s", p.name, text)
		return nil, errCut
	}
	trace.GotConn(httptrace.GotConnInfo{})
	trace.WroteHeaders()
	a := w.begin(p, text)
	answered := make(chan *http.Response, 1)
	w.spawn(func() {
		w.rest(c.wait)
		answered <- t.execute(r, c, a) //nolint:bodyclose // who gets it closes it
	})
	var response *http.Response
	select {
	case response = <-answered:
	case <-r.Context().Done():
	case <-p.died:
	}
	if response != nil {
		w.rest(c.answer, r.Context().Done())
		w.mu.Lock()
		w.happens(p, onAnswer)
		w.mu.Unlock()
	}
	if err := p.gate(); err != nil {
		return nil, err
	}
	err := r.Context().Err()
	if err == nil && response == nil {
		err = errCut
	}
	w.answered(p, a, response, err, c.way)
	if err != nil {
		return nil, err
	}
	return response, nil
}

// platformTrouble decides how the platform treats a call.
func (w *world) platformTrouble(c *graphCall, page string) {
	d := c.dice
	c.wait, c.answer = d.at("wait").between(0, 100*time.Millisecond), d.at("answer").between(0, 100*time.Millisecond)
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := range w.troubles {
		t := &w.troubles[i]
		if t.kind == troubleToken && t.way == tokenRefused && t.page == page && t.covers(w.now()) {
			c.way = "token expired"
			return
		}
		if t.kind != troublePlatform || !t.covers(w.now()) || t.page != "" && t.page != page || !d.at("part", i).chance(t.part) {
			continue
		}
		switch c.way = t.way; t.way {
		case cutSlow:
			c.wait = d.at("slow").between(3*time.Second, 15*time.Second)
		case cutHang:
			c.answer = time.Minute
		case cutRefuse:
			c.way = pick(d.at("refusal"), weighted[string]{4, "unavailable"}, weighted[string]{2, "send failure"}, weighted[string]{2, "internal error"},
				weighted[string]{2, "page limit"}, weighted[string]{1, "token expired"}, weighted[string]{1, "person unavailable"},
				weighted[string]{1, "invalid parameter"}, weighted[string]{1, "outside window"}, weighted[string]{1, "blocked"}, weighted[string]{1, "html"})
		}
		return
	}
}

// unclear reports whether an answer does not say whether the request was executed.
func unclear(way string) bool { return way == "internal error" || way == "html" }

// execute gives a request to the simulator, or not, and returns the answer; nil if the
// connection is cut.
func (t *transport) execute(r *http.Request, c *graphCall, a *attempt) *http.Response {
	w := t.p.w
	executes := true
	switch c.way {
	case "", cutAfter, cutSlow:
	case cutBefore:
		return nil
	case cutHang, "internal error", "html":
		executes = c.dice.at("executed").chance(0.5)
	default:
		executes = false
	}
	answer := httptest.NewRecorder()
	if executes {
		again := r.Clone(w.ctx())
		again.Body = io.NopCloser(bytes.NewReader(c.body))
		w.platform.ServeHTTP(answer, again)
		w.executed(a, answer.Code, answer.Body.Bytes())
	}
	switch c.way {
	case cutAfter:
		return nil
	case "", cutSlow, cutHang:
	case "html":
		answer = httptest.NewRecorder()
		answer.WriteHeader(http.StatusBadGateway)
		_, _ = answer.WriteString("<html>Bad Gateway</html>")
	default:
		refusal := simulator.RefusalNamed(c.way)
		answer = httptest.NewRecorder()
		answer.Header().Set("Content-Type", "application/json")
		answer.WriteHeader(max(refusal.Status, http.StatusBadRequest))
		_ = json.NewEncoder(answer).Encode(map[string]any{"error": refusal.GraphError()})
	}
	if !executes && (c.way == cutHang) {
		return nil
	}
	return answer.Result()
}
