package simulator

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

// graphVersion is the version of the Graph API that the simulator follows. Calls may name any version.
const graphVersion = "v27.0"

var graphVersions = regexp.MustCompile(`^v[0-9]{1,4}\.[0-9]{1,4}$`)

// call is one Graph call, its path and parameters taken apart.
type call struct {
	*params
	ctx      context.Context // of the request
	page     *page           // whose token it has; of a user's token the page that it names
	app      string          // whose token it has, if it is that of an app or of a user
	user     bool            // whether the token is a user's
	issued   issuedToken     // the token, if it is a page's
	method   string
	path     string // without the version
	node     string // me, the page's id, a person's id
	edge     string // messages, messenger_profile, …; empty for the node itself
	base     string // where the simulator was reached
	host     string // of the Graph API, if it was named: hostFacebook or hostInstagram
	version  string // as in the path; empty if it has none
	at       time.Time
	part     bool // of a batch
	proved   bool // it had a right appsecret_proof, or the batch that it is part of had one
	secret   bool // the answer, or the body, has tokens: they are kept from the record
	warnings []string
	waited   *sync.RWMutex // read-locked while a reset waits for the call; nil: none does
}

// outliveReset lets resets go on during the rest of the call.
func (c *call) outliveReset() {
	if c.waited != nil {
		c.waited.RUnlock()
		c.waited = nil
	}
}

// warn notes what the platform may do otherwise, or what the bot's author should know.
func (c *call) warn(format string, args ...any) {
	c.warnings = append(c.warnings, fmt.Sprintf(format, args...))
}

// serveGraph answers a Graph call, or fails it as a Fault says.
func (s *Simulator) serveGraph(w http.ResponseWriter, r *http.Request) {
	version, path := splitPath(r.URL.Path)
	rec := recordOf(r, s.now())
	s.mu.Lock()
	rec.Seq = s.begin()
	s.mu.Unlock()
	method := r.Method
	if other := overridden(r.URL.Query().Get("method")); other != "" {
		method = other
	}
	f := s.faultFor(method, "/"+strings.Join(path, "/"))
	if f == nil {
		f = &Fault{}
	} else {
		rec.Fault = true
		outliveFor(w, f.Delay)
		s.wait(r.Context(), f.Delay)
	}
	if f.Drop == DropBefore {
		s.remember(rec)
		panic(http.ErrAbortHandler)
	}
	p, problem := readParams(w, r)
	rec.psid, rec.preview = previewCall(path, p)
	rec.PageID = s.pageIDOf(p.token) // also of a call that a fault answers
	c := &call{params: p, ctx: r.Context(), method: r.Method, base: rec.base, host: rec.host, version: version, at: s.now()}
	if problem == nil {
		problem = c.override()
	}
	if p.broken && problem == nil {
		c.warn("The multipart body has no closing boundary: its last part ends with the body. The platform may refuse it.")
	}
	status, answer := s.outcome(c, f, path, problem)
	s.complete(&rec, c, status, answer)
	if f.Drop == DropAfter {
		rec.Status, rec.Answer = 0, ""
		s.remember(rec)
		panic(http.ErrAbortHandler)
	}
	s.remember(rec)
	s.writeGraph(w, c, f, status, answer)
}

// splitPath takes the version off a path, and the path apart.
func splitPath(path string) (version string, parts []string) {
	parts = strings.Split(strings.Trim(path, "/"), "/")
	if graphVersions.MatchString(parts[0]) {
		version, parts = parts[0], parts[1:]
	}
	if len(parts) == 1 && parts[0] == "" {
		parts = nil
	}
	return version, parts
}

// outcome is what a call is answered with: what is right, unless the fault says otherwise.
func (s *Simulator) outcome(c *call, f *Fault, path []string, problem *GraphError) (int, []byte) {
	status, answer := f.Status, []byte(f.Body)
	if f.effect() {
		s.effects.RLock()
		c.waited = &s.effects
		rightStatus, right := s.answer(c, path, problem)
		c.outliveReset()
		if !f.answers() {
			status, answer = rightStatus, right
		}
	}
	if f.Error != nil && f.Body == "" {
		answer = errorBody(f.Error)
	}
	return status, answer
}

// complete puts into the record of a call how it went.
func (s *Simulator) complete(rec *Request, c *call, status int, answer []byte) {
	rec.Body, rec.Status, rec.Answer, rec.Warnings = c.body, status, string(answer), c.warnings
	if c.secret {
		rec.Query, rec.Body, rec.Answer = s.withoutSecrets(rec.Query), s.withoutSecrets(rec.Body), s.withoutSecrets(rec.Answer)
	}
	if c.page != nil {
		rec.PageID = c.page.id
	}
	for _, warning := range c.warnings {
		s.cfg.Logger.Warn("call with a warning", "method", c.method, "path", c.path, "warning", warning)
	}
}

func (s *Simulator) writeGraph(w http.ResponseWriter, c *call, f *Fault, status int, answer []byte) {
	h := w.Header()
	for name, value := range s.headersOf(c) {
		h.Set(name, value)
	}
	h.Set("X-Fb-Trace-Id", newTrace())
	for name, values := range f.Header {
		h[http.CanonicalHeaderKey(name)] = values
	}
	h.Set("Content-Length", strconv.Itoa(len(answer)))
	w.WriteHeader(status)
	if f.Drop == DropHalf {
		_, _ = w.Write(answer[:len(answer)/2])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
	_, _ = w.Write(answer) // a caller that has gone away needs no answer
}

// headersOf are the headers of the answer to a call: of a page's, its use of what the platform allows.
func (s *Simulator) headersOf(c *call) map[string]string {
	h := map[string]string{
		"Content-Type": "application/json; charset=UTF-8", "Cache-Control": "no-store", "Facebook-Api-Version": cmp.Or(c.version, graphVersion),
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	usage := s.usage
	if c.page != nil {
		usage = cmp.Or(c.page.usage, usage)
	}
	if usage != "" {
		h["X-Business-Use-Case-Usage"] = usage
	}
	return h
}

// answer carries the call out.
func (s *Simulator) answer(c *call, path []string, problem *GraphError) (int, []byte) {
	result, err := s.dispatch(c, path, problem)
	if err != nil {
		s.cfg.Logger.Info("call refused", "method", c.method, "code", err.Code, "subcode", err.Subcode, "message", err.Message)
		return err.filled().status, errorBody(err)
	}
	body, encodeErr := json.Marshal(result)
	if encodeErr != nil { // cannot happen: results are our own plain values
		return http.StatusInternalServerError, errorBody(known("unknown error"))
	}
	return http.StatusOK, body
}

func errorBody(err *GraphError) []byte {
	body, _ := json.Marshal(map[string]GraphError{"error": err.filled()}) // plain values
	return body
}
