package simulator

import (
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
)

// Routes are the patterns of the chat page and the control API.
func (s *Simulator) Routes() []string { return s.api.patterns }

// Endpoints are the paths of the Graph calls that are simulated, with {node} where an id or me stands.
func (s *Simulator) Endpoints() []string {
	var paths []string
	for edge := range s.rootEdges() {
		paths = append(paths, "/"+edge)
	}
	for edge := range s.pageEdges() {
		paths = append(paths, "/{node}/"+edge)
	}
	for edge := range s.objectEdges() {
		paths = append(paths, "/{node}/"+edge)
	}
	return paths
}

// StateFields are the fields of the types that hold what the platform knows.
func StateFields() map[string][]string {
	all := map[string][]string{}
	for _, t := range []reflect.Type{
		reflect.TypeFor[Simulator](), reflect.TypeFor[page](), reflect.TypeFor[conversation](), reflect.TypeFor[thread](), reflect.TypeFor[moderated](),
		reflect.TypeFor[userSettings](), reflect.TypeFor[attachment](), reflect.TypeFor[author](), reflect.TypeFor[persona](), reflect.TypeFor[label](),
		reflect.TypeFor[utilityTemplate](), reflect.TypeFor[linkToken](), reflect.TypeFor[issuedToken](), reflect.TypeFor[optIn](), reflect.TypeFor[appSubscription](), reflect.TypeFor[file](),
	} {
		for f := range t.Fields() {
			all[t.Name()] = append(all[t.Name()], f.Name)
		}
	}
	return all
}

// SendMeanwhile makes a call of the Send API for the page with a token, and does something between the check of the token and the
// rest of the call.
func (s *Simulator) SendMeanwhile(token, body string, meanwhile func()) *GraphError {
	r := httptest.NewRequest(http.MethodPost, "/v27.0/me/messages", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+token)
	p, problem := readParams(httptest.NewRecorder(), r)
	if problem != nil {
		return problem
	}
	c := &call{params: p, ctx: r.Context(), method: r.Method, node: "me", edge: "messages", at: s.now()}
	if err := s.authorize(c, pageToken); err != nil {
		return err
	}
	meanwhile()
	_, err := s.callMessages(c)
	return err
}

// FeedBytes is how much the live stream remembers.
func (s *Simulator) FeedBytes() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, e := range s.feed.events {
		n += len(e.data)
	}
	return n
}

// Published is how many events of a kind the live stream remembers.
func (s *Simulator) Published(kind string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, e := range s.feed.events {
		if e.kind == kind {
			n++
		}
	}
	return n
}

// ContainsFold is what searches the log.
var ContainsFold = containsFold
