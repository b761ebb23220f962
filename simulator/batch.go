package simulator

import (
	"encoding/json"
	"fmt"
	"slices"
)

// maxBatch is how many calls can come in one.
const maxBatch = 50

// batchPart is one call of a batch. See https://developers.facebook.com/docs/graph-api/batch-requests
type batchPart struct {
	Method      string          `json:"method"`
	RelativeURL string          `json:"relative_url"`
	Body        json.RawMessage `json:"body"` // as a form has it
	Name        string          `json:"name"`
	DependsOn   json.RawMessage `json:"depends_on"` // a name, or several in commas or in a list
	Omit        *bool           `json:"omit_response_on_success"`
	Token       string          `json:"access_token"`
	Files       string          `json:"attached_files"` // names of parts of the multipart body, in commas
	Headers     json.RawMessage `json:"headers"`

	needs []int // places of the parts that must come first
	done  bool
	omit  bool
	body  []byte
	ok    bool // it was answered with success
}

// partAnswer is how a batch answers one of its calls.
type partAnswer struct {
	Code    int           `json:"code"`
	Headers []batchHeader `json:"headers,omitempty"`
	Body    string        `json:"body"`
}

type batchHeader struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// callBatch makes the calls of a batch, one after the other: first those on which a call depends, else in their order. A
// call whose connection a fault cuts, and one that depends on a call that failed, is answered null.
func (s *Simulator) callBatch(c *call) (any, *GraphError) {
	if c.part {
		return nil, errBatch("A batch in a batch is not allowed")
	}
	c.secret = true  // the calls can have tokens of their own
	c.outliveReset() // each call is one of its own
	parts, err := c.readBatch()
	if err != nil {
		return nil, err
	}
	withHeaders := true
	if v := c.get("include_headers"); v.present() {
		var ck check
		if withHeaders = ck.boolean(v); ck.err != nil {
			return nil, ck.err
		}
	}
	answers := make([]*partAnswer, len(parts))
	for i := range parts {
		s.makeParts(c, parts, i, answers, withHeaders)
	}
	for i, p := range parts {
		if p.ok && p.omit {
			answers[i] = nil
		}
	}
	return answers, nil
}

func errBatch(format string, args ...any) *GraphError {
	return &GraphError{Message: fmt.Sprintf(format, args...), Type: "GraphBatchException", Code: codeParameter}
}

// readBatch reads the parts and finds on which others each depends: by depends_on, or since it refers to a result.
func (c *call) readBatch() ([]*batchPart, *GraphError) {
	var raws []json.RawMessage
	if json.Unmarshal(c.get("batch").unquoted().raw, &raws) != nil {
		return nil, errBatch("Param batch must be an array.")
	}
	switch {
	case len(raws) == 0:
		return nil, errBatch("Param batch must have at least one request.")
	case len(raws) > maxBatch:
		return nil, errBatch("Too many requests in batch message. Maximum batch size is %d", maxBatch)
	}
	parts, names := make([]*batchPart, len(raws)), map[string]int{}
	for i, raw := range raws {
		var p *batchPart
		if json.Unmarshal(raw, &p) != nil || p == nil {
			return nil, errBatch("Param batch[%d] must be a request with the strings method and relative_url.", i)
		}
		parts[i] = p
		if _, taken := names[p.Name]; taken && p.Name != "" {
			return nil, errBatch("Param batch has the name %s twice.", shortened(p.Name))
		}
		names[p.Name] = i
	}
	for i, p := range parts {
		needed := append(fieldNames(value{raw: p.DependsOn}), references(p.RelativeURL+" "+p.text())...)
		for _, name := range needed {
			at, ok := names[name]
			if !ok || name == "" {
				return nil, errBatch("Param batch[%d] depends on %s, which is no name in the batch.", i, shortened(name))
			}
			if !slices.Contains(p.needs, at) {
				p.needs = append(p.needs, at)
			}
			parts[at].omit = true
		}
	}
	if circular(parts) {
		return nil, errBatch("Param batch has requests that depend on each other in a circle.")
	}
	for _, p := range parts {
		if p.Omit != nil {
			p.omit = *p.Omit
		}
	}
	return parts, nil
}

// circular reports whether parts depend on each other in a circle.
func circular(parts []*batchPart) bool {
	state := make([]int, len(parts)) // 1: under way, 2: fine
	var visit func(int) bool
	visit = func(i int) bool {
		if state[i] != 0 {
			return state[i] == 1
		}
		state[i] = 1
		if slices.ContainsFunc(parts[i].needs, visit) {
			return true
		}
		state[i] = 2
		return false
	}
	for i := range parts {
		if visit(i) {
			return true
		}
	}
	return false
}
