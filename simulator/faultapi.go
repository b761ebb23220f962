package simulator

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"
)

// routeFaults adds what bots in other languages need of [Fault].
func (s *Simulator) routeFaults(mux *routes) {
	mux.HandleFunc("GET /simulator/refusals", func(w http.ResponseWriter, _ *http.Request) { respond(w, refusalList()) })
	mux.HandleFunc("GET /simulator/faults", func(w http.ResponseWriter, _ *http.Request) { respond(w, s.faultList()) })
	mux.HandleFunc("POST /simulator/faults", answering(func(_ *http.Request, in faultOrder) (any, error) { return s.orderFault(in) }))
	mux.HandleFunc("DELETE /simulator/faults", func(w http.ResponseWriter, _ *http.Request) {
		s.ClearFaults()
		respond(w, struct{}{})
	})
}

// faultOrder is a [Fault] in JSON.
type faultOrder struct {
	Preset  string      `json:"preset,omitempty"`  // one of [FaultPresets]
	Refusal string      `json:"refusal,omitempty"` // the name of one of [Refusals]
	Error   *GraphError `json:"error,omitempty"`
	Status  int         `json:"status,omitempty"`
	Body    string      `json:"body,omitempty"`
	Code    int         `json:"code,omitempty"` // of one of them: the first that has it, without a subcode if there is one
	Header  headers     `json:"header,omitempty"`
	Delay   string      `json:"delay,omitempty"` // as 1.5s
	Drop    DropKind    `json:"drop,omitempty"`
	Effect  bool        `json:"effect,omitempty"`
	Times   int         `json:"times,omitempty"`  // 1 if it is left out, negative: all calls
	Method  string      `json:"method,omitempty"` // POST if it and path are left out
	Path    string      `json:"path,omitempty"`   // without version, * for one part: /*/messages
}

// fault makes a fault of it.
func (in faultOrder) fault() (Fault, error) {
	in, err := in.expanded()
	if err != nil {
		return Fault{}, err
	}
	f := Fault{Times: in.Times, Status: in.Status, Error: in.Error, Body: in.Body, Header: http.Header(in.Header), Drop: in.Drop, Effect: in.Effect}
	if in.Refusal != "" || in.Code != 0 {
		if in.Error != nil || in.Refusal != "" && in.Code != 0 {
			return f, errors.New("simulator: a fault has a refusal, a code or an error, not several of them")
		}
		at := slices.IndexFunc(refusals, func(r Refusal) bool {
			return r.Name == in.Refusal || in.Code != 0 && r.Code == in.Code && r.Subcode == 0
		})
		if at < 0 && in.Code != 0 {
			at = slices.IndexFunc(refusals, func(r Refusal) bool { return r.Code == in.Code })
		}
		switch {
		case at < 0 && in.Code != 0:
			return f, &controlError{err: fmt.Errorf("simulator: no refusal has the code %d; GET /simulator/refusals lists them", in.Code), field: "code"}
		case at < 0:
			return f, &controlError{err: fmt.Errorf("simulator: no refusal is named %q%s; GET /simulator/refusals lists them",
				in.Refusal, nearestHint(in.Refusal, refusalNames())), field: "refusal"}
		}
		f.Error = refusals[at].GraphError()
	}
	if in.Delay != "" {
		delay, err := time.ParseDuration(in.Delay)
		if err != nil {
			return f, fmt.Errorf("simulator: the delay %q is no duration such as 1.5s", in.Delay)
		}
		f.Delay = delay
	}
	if in.Method != "" || in.Path != "" {
		method, pattern := strings.ToUpper(in.Method), cmp.Or(in.Path, "/*")
		if err := checkCalls(method, pattern); err != nil {
			return f, err
		}
		f.Match = func(m, p string) bool {
			matched, _ := path.Match(pattern, p) // the pattern was checked
			return (method == "" || m == method) && (in.Path == "" || matched)
		}
	}
	if !f.answers() && f.Delay == 0 && f.Drop == DropNone {
		return f, errors.New("simulator: a fault needs a refusal, an error, a status, a body, a delay or a drop")
	}
	if err := f.check(); err != nil {
		return f, fmt.Errorf("simulator: %w", err)
	}
	return f, nil
}

// checkCalls refuses a choice of calls that no call fits.
func checkCalls(method, pattern string) error {
	version, _ := splitPath(pattern)
	_, err := path.Match(pattern, "")
	switch {
	case method != "" && !slices.Contains(graphMethods, method):
		return &controlError{err: fmt.Errorf("simulator: the method is %s, not %q", strings.Join(graphMethods, ", "), method), field: "method"}
	case !strings.HasPrefix(pattern, "/"):
		return &controlError{err: fmt.Errorf("simulator: the path %q has to begin with /", pattern), field: "path"}
	case version != "":
		return &controlError{err: fmt.Errorf("simulator: the path %q has to be without the version", pattern), field: "path"}
	case err != nil:
		return &controlError{err: fmt.Errorf("simulator: the path %q is no pattern", pattern), field: "path"}
	}
	return nil
}

// graphMethods are those of the Graph API.
var graphMethods = []string{http.MethodGet, http.MethodPost, http.MethodDelete}

func (s *Simulator) orderFault(in faultOrder) (any, error) {
	f, err := in.fault()
	if err != nil {
		return nil, err
	}
	s.Fault(f)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults[len(s.faults)-1].order, s.faults[len(s.faults)-1].code = in, false
	return struct{}{}, nil
}

// headers are those of an answer; a value is a text or a list of texts.
type headers http.Header

// UnmarshalJSON implements json.Unmarshaler.
func (h *headers) UnmarshalJSON(data []byte) error {
	var values map[string]any
	if err := json.Unmarshal(data, &values); err != nil {
		return errors.New("header is an object of texts, or of lists of texts")
	}
	all := http.Header{}
	for name, value := range values {
		list, ok := value.([]any)
		if !ok {
			list = []any{value}
		}
		for _, one := range list {
			text, ok := one.(string)
			if !ok {
				return errors.New("header is an object of texts, or of lists of texts")
			}
			all.Add(name, text)
		}
	}
	*h = headers(all)
	return nil
}

// waitingFault is a fault that has calls left.
type waitingFault struct {
	faultOrder
	Hits int `json:"hits"` // so far
}

func (s *Simulator) faultList() []waitingFault {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := []waitingFault{}
	for _, f := range s.faults {
		if f.spent() {
			continue
		}
		f.mu.Lock()
		list = append(list, waitingFault{f.order, f.hits})
		f.mu.Unlock()
	}
	return list
}

// refusalInfo is a [Refusal] in JSON.
type refusalInfo struct {
	Name    string `json:"name"`
	Meaning string `json:"meaning"`
	Code    int    `json:"code"`
	Subcode int    `json:"error_subcode,omitempty"`
	Message string `json:"message"`
	Status  int    `json:"status"`
}

func refusalList() []refusalInfo {
	var list []refusalInfo
	for _, r := range refusals {
		list = append(list, refusalInfo{r.Name, r.Meaning, r.Code, r.Subcode, r.Message, cmp.Or(r.Status, http.StatusBadRequest)})
	}
	return list
}
