package scenario

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/djmessenger/messenger/simulator"
)

var version = regexp.MustCompile(`^/v\d+\.\d+(/|$)`)

// graphMethods are those of the Graph API.
var graphMethods = []string{http.MethodGet, http.MethodPost, http.MethodDelete}

// callsTo is which calls a step counts: those of a method to a path, whose parts can be *. What is left out can be anything.
type callsTo struct{ method, pattern string }

// callsOf reads "POST /me/messages".
func callsOf(text string) (callsTo, error) {
	method, pattern, found := strings.Cut(text, " ")
	if !found {
		method, pattern = "", text
	}
	to := callsTo{strings.ToUpper(method), strings.TrimSpace(pattern)}
	return to, to.check()
}

// check refuses what no call fits, and a test would take for none having been made.
func (to callsTo) check() error {
	_, err := path.Match(to.pattern, "")
	switch {
	case to.method != "" && !slices.Contains(graphMethods, to.method):
		return fmt.Errorf("%q is no method of the Graph API%s; there are %s", to.method, nearestHint(to.method, graphMethods), strings.Join(graphMethods, ", "))
	case to.pattern != "" && !strings.HasPrefix(to.pattern, "/"):
		return fmt.Errorf("the path %q has to begin with /", to.pattern)
	case version.MatchString(to.pattern):
		return fmt.Errorf("the path %q has to be without the version", to.pattern)
	case err != nil:
		return fmt.Errorf("%q is no pattern of a path", to.pattern)
	}
	return nil
}

func (to callsTo) has(r simulator.Request) bool {
	matched, _ := path.Match(to.pattern, withoutVersion(r.Path))
	return (to.method == "" || to.method == r.Method) && (to.pattern == "" || matched)
}

func withoutVersion(where string) string {
	return "/" + strings.TrimPrefix(version.ReplaceAllString(where, "/"), "/")
}

// checkCallsTo checks what a step says of calls, as far as it has no references.
func (r *reader) checkCallsTo(line int, text string) {
	if _, err := callsOf(text); err != nil && text != "" && !strings.Contains(text, "{{") {
		r.fail(line, "%v", err)
	}
}

func checkCalls(r *reader, s *step) {
	checkKeys("to", "of", "body", "status", "count")(r, s)
	r.checkCallsTo(s.line, s.value.string("to"))
	r.checkStatus(s)
}

// checkStatus asks for a number, as text would fit no status.
func (r *reader) checkStatus(s *step) {
	for _, key := range []string{"status", "count"} {
		if v := s.value.get(key); v != nil && v.scalar() && v.kind != number && !strings.Contains(v.text, "{{") {
			r.fail(v.line, "%s of %s is a number, not %v", key, s.title(), v)
		}
	}
}

func checkCallbacks(r *reader, s *step) {
	checkKeys("field", "of", "status", "count")(r, s)
	r.checkStatus(s)
	known := slices.Concat(simulator.AllFields(), simulator.AllInstagramFields(), []string{"event", "standby", "raw"})
	if v := s.value.get("field"); v != nil && v.scalar() && !strings.Contains(v.text, "{{") && !slices.Contains(known, v.text) {
		r.fail(v.line, "there is no webhook field %q%s", v.text, nearestHint(v.text, known))
	}
}

// doCalls counts calls of the bot since the scenario began.
func doCalls(ctx context.Context, p *play, s *step) error {
	to, err := callsOf(s.value.string("to"))
	if err != nil {
		return failed("%v", err)
	}
	psid := ""
	if a := p.people[strings.ToLower(s.value.string("of"))]; a != nil {
		psid = a.ID
	}
	return p.count(ctx, s, "calls", func() (int, error) {
		var calls []simulator.Request
		if err := p.c.Get(ctx, "/simulator/requests", nil, &calls); err != nil {
			return 0, err
		}
		n := 0
		for _, r := range calls {
			if r.Seq > p.seq && to.has(r) && (psid == "" || recipientOf(r) == psid) &&
				fits(s, "body", bodyOf(r)) && fits(s, "status", json.Number(strconv.Itoa(r.Status))) {
				n++
			}
		}
		return n, nil
	})
}

// recipientOf is whom a call is about: the recipient of its body, or the first part of its path.
func recipientOf(r simulator.Request) string {
	body, _ := bodyOf(r).(map[string]any)
	recipient, _ := body["recipient"].(map[string]any)
	if id, ok := recipient["id"].(string); ok {
		return id
	}
	first, _, _ := strings.Cut(strings.TrimPrefix(withoutVersion(r.Path), "/"), "/")
	return first
}
