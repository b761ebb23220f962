package simulator

import (
	"crypto/subtle"
	"encoding/json"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// graphVersion is the version of the Graph API that the simulator follows. Calls may name any version.
const graphVersion = "v27.0"

var version = regexp.MustCompile(`^v[0-9]+\.[0-9]+$`)

// call is one Graph call, its path and parameters taken apart.
type call struct {
	*params
	page   *page // whose token it has
	method string
	path   string // without the version
	node   string // me, the page's id, a person's id
	edge   string // messages, messenger_profile, …; empty for the node itself
	base   string // where the simulator was reached
	at     time.Time
}

// removedParameters are refused to apps that are new with version 26.0 or 27.0: a bot under development is one. See
// https://developers.facebook.com/docs/graph-api/changelog
var removedParameters = []string{"pretty", "debug", "date_format", "ids", "method", "callback"}

// edges are what can be called on a page, and comments on a comment or a post.
func (s *Simulator) edges() map[string]func(*call) (any, *GraphError) {
	return map[string]func(*call) (any, *GraphError){
		"":                    s.readNode,
		"comments":            s.callComments,
		"replies":             s.callComments,
		"messages":            s.callMessages,
		"message_attachments": s.callAttachments,
		"messenger_profile":   s.callProfile,
		"subscribed_apps":     s.callSubscriptions,

		"extend_thread_control":  s.callControl(s.callExtend),
		"pass_thread_control":    s.callControl(s.callPass),
		"release_thread_control": s.callControl(s.callRelease),
		"request_thread_control": s.callControl(s.callRequest),
		"take_thread_control":    s.callControl(s.callTake),
		"thread_owner":           s.callThreadOwner,
	}
}

// serveGraph answers a Graph call, or fails it as a Fault says.
func (s *Simulator) serveGraph(w http.ResponseWriter, r *http.Request) {
	path := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	if version.MatchString(path[0]) {
		path = path[1:]
	}
	rec := recordOf(r, s.now())
	s.mu.Lock()
	rec.Seq = s.begin()
	s.mu.Unlock()
	f := s.faultFor(r.Method, "/"+strings.Join(path, "/"))
	if f == nil {
		f = &Fault{}
	} else {
		rec.Fault = true
		s.wait(r, f.Delay)
	}
	if f.Drop == DropBefore {
		s.remember(rec)
		panic(http.ErrAbortHandler)
	}
	p, problem := readParams(w, r)
	rec.Body = p.body
	rec.psid, rec.preview = previewCall(path, p)
	c := &call{params: p, method: r.Method, base: baseOf(r), at: s.now()}
	status, answer := f.Status, []byte(f.Body)
	if f.effect() {
		rightStatus, right := s.answer(c, path, problem)
		if !f.answers() {
			status, answer = rightStatus, right
		}
	}
	if f.Error != nil && f.Body == "" {
		answer = errorBody(f.Error)
	}
	if f.Drop == DropAfter {
		s.remember(rec)
		panic(http.ErrAbortHandler)
	}
	rec.Status, rec.Answer = status, string(answer)
	if c.page != nil {
		rec.PageID = c.page.id
	}
	s.remember(rec)
	s.writeGraph(w, f, status, answer)
}

func (s *Simulator) writeGraph(w http.ResponseWriter, f *Fault, status int, answer []byte) {
	s.mu.Lock()
	usage := s.usage
	s.mu.Unlock()
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=UTF-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Facebook-Api-Version", graphVersion)
	h.Set("X-Fb-Trace-Id", newTrace())
	if usage != "" {
		h.Set("X-Business-Use-Case-Usage", usage)
	}
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

func (s *Simulator) dispatch(c *call, path []string, problem *GraphError) (any, *GraphError) {
	c.path = "/" + strings.Join(path, "/")
	if len(path) == 0 || path[0] == "" {
		if _, ok := c.values["ids"]; ok {
			return nil, refuse(0, "The parameter ids is not supported any more")
		}
		return nil, errNotSimulated(c.method, c.path)
	}
	c.node = path[0]
	if len(path) > 1 {
		c.edge = strings.Join(path[1:], "/")
	}
	serve, ok := s.edges()[c.edge]
	if !ok {
		return nil, errNotSimulated(c.method, c.path)
	}
	if problem != nil {
		return nil, problem
	}
	for _, name := range removedParameters {
		if _, ok := c.values[name]; ok {
			return nil, refuse(0, "The parameter %s is not supported any more", name)
		}
	}
	if err := s.authorize(c); err != nil {
		return nil, err
	}
	if err := s.aim(c); err != nil {
		return nil, err
	}
	if c.edge == "comments" || c.edge == "replies" {
		return s.callComments(c)
	}
	if c.edge != "" && c.node != c.page.id {
		if c.edge == "messages" && c.method == http.MethodGet { // of a conversation
			return nil, errNotSimulated(c.method, c.path)
		}
		return nil, errObject(c.method, c.node)
	}
	return serve(c)
}

// authorize checks token and appsecret_proof, see
// https://developers.facebook.com/docs/graph-api/guides/secure-requests
func (s *Simulator) authorize(c *call) *GraphError {
	s.mu.Lock()
	pg := s.pageByToken(c.token)
	var revoked *GraphError
	var secret string
	if pg != nil {
		revoked, secret = pg.tokenError, s.apps[pg.appID]
	}
	s.mu.Unlock()
	switch {
	case c.token == "" && c.node == "me":
		return known("token inactive")
	case c.token == "":
		return known("token missing")
	case pg == nil:
		return known("token invalid")
	case revoked != nil:
		return revoked
	}
	c.page = pg
	proof, message := c.get("appsecret_proof"), c.token
	if !proof.present() {
		if s.cfg.RequireProof {
			return known("proof missing")
		}
		return nil
	}
	fresh := true
	if stamp := c.get("appsecret_time"); stamp.present() {
		message += "|" + stamp.string()
		unix, err := strconv.ParseInt(stamp.string(), 10, 64)
		fresh = err == nil && c.at.Sub(time.Unix(unix, 0)).Abs() <= 5*time.Minute
	}
	if !fresh || subtle.ConstantTimeCompare([]byte(proof.string()), []byte(mac(secret, []byte(message)))) == 0 {
		return known("proof invalid")
	}
	return nil
}
