package operations

import (
	"cmp"
	"context"
	"crypto/rand"
	_ "embed"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"path"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/store"
)

//go:embed openapi.yaml
var openapi []byte

// server is the handler.
type server struct {
	bot     *messenger.Bot
	store   store.Store
	config  Config
	mux     *http.ServeMux
	origins *http.CrossOriginProtection
}

// route is one operation.
type route struct {
	name    string // its operationId
	pattern string
	query   []string // the parameters that the query may have
	body    bool     // whether it takes JSON
	serve   func(c *call) (any, error)
}

// changes reports whether the operation changes something.
func (rt route) changes() bool { return !strings.HasPrefix(rt.pattern, http.MethodGet+" ") }

// routes are all operations. What is new gets a line here, and its place in openapi.yaml and docs/operations.md.
func (s *server) routes() []route {
	const person = "/pages/{page}/people/{person}"
	return []route{
		{name: "about", pattern: "GET /{$}", serve: about},
		{name: "openapi", pattern: "GET /openapi.yaml", serve: func(*call) (any, error) { return openapi, nil }},
		{name: "health", pattern: "GET /health", serve: s.health},
		{name: "stats", pattern: "GET /stats", serve: s.stats},
		{name: "replicas", pattern: "GET /replicas", serve: s.replicas},
		{name: "held", pattern: "GET /held", serve: s.held},
		{name: "listPaused", pattern: "GET /paused", query: []string{"page"}, serve: s.listPaused},
		{name: "pauseAll", pattern: "PUT /pause", body: true, serve: s.pauseAll},
		{name: "resumeAll", pattern: "DELETE /pause", serve: s.resumeAll},
		{name: "pausePage", pattern: "PUT /pages/{page}/pause", body: true, serve: s.pausePage},
		{name: "resumePage", pattern: "DELETE /pages/{page}/pause", serve: s.resumePage},
		{name: "blocked", pattern: "GET /blocked", query: []string{"page", "after", "limit"}, serve: s.blocked},

		{name: "listDead", pattern: "GET /dead", query: slices.Concat(deadFilters, []string{"after", "limit"}), serve: s.listDead},
		{name: "showDead", pattern: "GET /dead/{id}", query: []string{"page"}, serve: s.showDead},
		{name: "explainDead", pattern: "GET /dead/{id}/explanation", query: []string{"page"}, serve: s.explainDead},
		{name: "replayDead", pattern: "POST /dead/{id}/replay", query: []string{"page"}, serve: s.replayDead},
		{name: "dropDead", pattern: "DELETE /dead/{id}", query: []string{"page"}, serve: s.dropDead},
		{name: "replayMany", pattern: "POST /dead/replay", query: deadFilters, body: true, serve: s.replayMany},
		{name: "dropMany", pattern: "POST /dead/drop", query: deadFilters, body: true, serve: s.dropMany},

		{name: "showPerson", pattern: "GET " + person, serve: s.showPerson},
		{name: "forgetPerson", pattern: "DELETE " + person, serve: s.forgetPerson},
		{name: "exportPerson", pattern: "GET " + person + "/export", serve: s.exportPerson},
		{name: "conversation", pattern: "GET " + person + "/conversation", query: []string{"after", "limit"}, serve: s.conversation},
		{name: "sendMessage", pattern: "PUT " + person + "/messages/{key}", body: true, serve: s.sendMessage},
		{name: "showMessage", pattern: "GET " + person + "/messages/{key}", serve: s.showMessage},
		{name: "waiting", pattern: "GET " + person + "/waiting", query: []string{"limit"}, serve: s.waiting},
		{name: "explainWaiting", pattern: "GET " + person + "/waiting/{key}/explanation", serve: s.explainWaiting},
		{name: "explainEvent", pattern: "GET " + person + "/events/{key}/explanation", serve: s.explainEvent},
		{name: "listTimers", pattern: "GET " + person + "/timers", query: []string{"after", "limit"}, serve: s.listTimers},
		{name: "cancelTimer", pattern: "DELETE " + person + "/timers/{key}", serve: s.cancelTimer},
		{name: "showDialog", pattern: "GET " + person + "/dialog", serve: s.showDialog},
		{name: "endDialog", pattern: "DELETE " + person + "/dialog", serve: s.endDialog},

		{name: "listBroadcasts", pattern: "GET /broadcasts", query: []string{"page", "open", "after", "limit"}, serve: s.listBroadcasts},
		{name: "showBroadcast", pattern: "GET /pages/{page}/broadcasts/{key}", serve: s.showBroadcast},
		{name: "startBroadcast", pattern: "PUT /pages/{page}/broadcasts/{key}", body: true, serve: s.startBroadcast},
		{name: "cancelBroadcast", pattern: "POST /pages/{page}/broadcasts/{key}/cancel", serve: s.cancelBroadcast},
	}
}

func about(*call) (any, error) { return map[string]any{"name": "messenger operations", "api": 1}, nil }

// call is a request that is being answered.
type call struct {
	*http.Request

	route  route
	action Action
	ctx    context.Context
	query  url.Values
	served bool // whether the operation has begun
}

// conv is the conversation of the path.
func (c *call) conv() store.Conversation {
	return store.Conversation{PageID: c.PathValue("page"), PSID: c.PathValue("person")}
}

func (s *server) add(rt route) {
	s.mux.HandleFunc(rt.pattern, func(w http.ResponseWriter, r *http.Request) {
		c := &call{Request: r, route: rt, action: Action{Name: rt.name, Changes: rt.changes(), PageID: r.PathValue("page"), PSID: r.PathValue("person")}}
		query, malformed := url.ParseQuery(r.URL.RawQuery)
		if malformed == nil { // otherwise the action is about all pages, which is the most that can be meant
			c.query = query
			c.action.PageID = cmp.Or(c.action.PageID, query.Get("page"))
			c.action.PSID = cmp.Or(c.action.PSID, query.Get("person"))
		}
		answer, err := s.answer(w, c, malformed)
		if rt.changes() && c.served {
			s.logChange(w, c, answer, err)
		}
		if err != nil {
			s.refuse(w, c, err)
			return
		}
		write(w, answer)
	})
}

// logChange logs a change that was tried, whether or not its caller hears of it.
func (s *server) logChange(w http.ResponseWriter, c *call, answer any, err error) {
	log := s.config.Logger.With("action", c.route.name, "page", c.action.PageID, "person", c.action.PSID,
		"path", c.URL.Path, "request", idOf(w), "from", c.RemoteAddr)
	if some, ok := errors.AsType[*partly](err); ok {
		log = log.With("done", some.Done)
	}
	if all, ok := answer.(progress); ok {
		log = log.With("done", all.Done)
	}
	if err != nil {
		log.Info("an operator's change failed", "error", err)
		return
	}
	log.Info("an operator's change")
}

// answer checks a call, in the order in which it costs least, and serves it.
func (s *server) answer(w http.ResponseWriter, c *call, malformed error) (any, error) {
	if err := s.allow(c); err != nil {
		return nil, err
	}
	if malformed != nil {
		return nil, badRequest("bad_parameter", "the query is malformed: write special characters as %%XX, and separate parameters with &")
	}
	for name, values := range c.query {
		if !slices.Contains(c.route.query, name) {
			return nil, badRequest("unknown_parameter", "there is no parameter %q; openapi.yaml lists those of this route", name)
		}
		if len(values) > 1 {
			return nil, badRequest("bad_parameter", "the parameter %q is given %d times; give it once", name, len(values))
		}
	}
	if c.route.changes() {
		if kind, _, err := mime.ParseMediaType(c.Header.Get("Content-Type")); err != nil || kind != "application/json" {
			return nil, &refusal{http.StatusUnsupportedMediaType, "not_json", "a change needs the header Content-Type: application/json, also without a body"}
		}
	}
	c.Body = http.MaxBytesReader(w, c.Body, MaxBody)
	ctx, cancel := context.WithTimeout(c.Context(), Timeout)
	defer cancel()
	c.ctx = ctx
	// A connection that does not support deadlines has those of its own.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(Timeout))
	c.served = true
	return c.route.serve(c)
}

// ServeHTTP answers a request. See openapi.yaml.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("X-Request-ID", requestID(r.Header.Get("X-Request-ID")))
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	defer func() {
		switch p := recover(); p {
		case nil:
		case http.ErrAbortHandler:
			panic(p)
		default:
			s.config.Logger.Error("an operation panicked", "request", idOf(w), "path", r.URL.Path, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			writeRefusal(w, &refusal{http.StatusInternalServerError, "internal", "the request failed; the log has it under its id"})
		}
	}()
	if p := s.config.Prefix; p != "" && (r.URL.Path == p || strings.HasPrefix(r.URL.Path, p+"/")) {
		r = stripped(r, p)
	}
	if _, pattern := s.mux.Handler(r); pattern != "" && path.Clean(r.URL.Path) == r.URL.Path { // other paths would be redirected
		s.mux.ServeHTTP(w, r)
		return
	}
	c := &call{Request: r, action: Action{Name: "unknown"}}
	if err := s.allow(c); err != nil { // whoever may use nothing is not told what there is
		s.refuse(w, c, err)
		return
	}
	if allowed := s.methodsOf(r); len(allowed) > 0 && path.Clean(r.URL.Path) == r.URL.Path {
		h.Set("Allow", strings.Join(allowed, ", "))
		s.refuse(w, c, &refusal{http.StatusMethodNotAllowed, "method_not_allowed", "the method of this path is " + strings.Join(allowed, " or ")})
		return
	}
	s.refuse(w, c, &refusal{http.StatusNotFound, "no_such_route", "there is no such path; openapi.yaml lists what there is"})
}

// stripped returns the request without the prefix in its path.
func stripped(r *http.Request, prefix string) *http.Request {
	r = r.Clone(r.Context())
	r.URL.Path = strings.TrimPrefix(r.URL.Path, prefix)
	r.URL.RawPath = strings.TrimPrefix(r.URL.RawPath, prefix)
	if r.URL.Path == "" {
		r.URL.Path, r.URL.RawPath = "/", ""
	}
	return r
}

// methodsOf are the methods by which the path of a request is routed.
func (s *server) methodsOf(r *http.Request) (allowed []string) {
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete} {
		other := r.Clone(r.Context())
		other.Method = method
		if _, pattern := s.mux.Handler(other); pattern != "" {
			allowed = append(allowed, method)
		}
	}
	return allowed
}

// requestID returns the id that the caller has given, if it is one, or a new one.
func requestID(given string) string {
	const most = 64
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_.", r)
	}
	if given == "" || len(given) > most || strings.ContainsFunc(given, func(r rune) bool { return !plain(r) }) {
		return rand.Text()
	}
	return given
}

func idOf(w http.ResponseWriter) string { return w.Header().Get("X-Request-ID") }

// capability returns a capability of the store, or the error of one that lacks it.
func capability[T any](s *server, name string) (T, error) {
	found, ok := store.As[T](s.store)
	if !ok {
		return found, fmt.Errorf("the store has no capability store.%s: %w", name, errors.ErrUnsupported)
	}
	return found, nil
}
