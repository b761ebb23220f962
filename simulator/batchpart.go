package simulator

import (
	"cmp"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// makeParts makes a call of the batch, after those that it depends on.
func (s *Simulator) makeParts(c *call, parts []*batchPart, i int, answers []*partAnswer, withHeaders bool) {
	p := parts[i]
	if p.done {
		return
	}
	p.done = true
	for _, need := range p.needs {
		s.makeParts(c, parts, need, answers, withHeaders)
	}
	for _, need := range p.needs {
		if !parts[need].ok {
			return // null
		}
	}
	results := func(name string) ([]byte, bool) {
		at := slices.IndexFunc(parts, func(other *batchPart) bool { return other.Name == name })
		if at < 0 {
			return nil, false
		}
		return parts[at].body, true
	}
	sub, path, problem := c.subCall(p, results)
	sub.proved = c.proved && sub.token == c.token
	status, answer, cut := s.makePart(sub, path, problem)
	if cut {
		return
	}
	p.body, p.ok = answer, status == http.StatusOK
	one := &partAnswer{Code: status, Body: string(answer)}
	if withHeaders {
		headers := s.headersOf(sub)
		for _, name := range slices.Sorted(maps.Keys(headers)) {
			one.Headers = append(one.Headers, batchHeader{name, headers[name]})
		}
	}
	answers[i] = one
}

// makePart makes one call, with its fault if there is one, and records it. cut says that it is answered null.
func (s *Simulator) makePart(c *call, path []string, problem *GraphError) (status int, answer []byte, cut bool) {
	whole := "/" + strings.Join(path, "/")
	rec := Request{Time: c.at, start: time.Now(), Method: c.method, Path: whole, Via: ViaBatch, Headers: []string{}, host: c.host, base: c.base}
	if c.version != "" {
		rec.Path = "/" + c.version + whole
	}
	s.mu.Lock()
	rec.Seq = s.begin()
	s.mu.Unlock()
	rec.psid, rec.preview = previewCall(path, c.params)
	f := s.faultFor(c.method, whole)
	if f == nil {
		f = &Fault{}
	} else {
		rec.Fault = true
		s.wait(c.ctx, f.Delay)
	}
	cut = f.Drop != DropNone
	if f.Drop != DropBefore {
		status, answer = s.outcome(c, f, path, problem)
		c.body = c.marshal(map[string]json.RawMessage{})
		if raw := c.raw(); len(c.values) > 0 {
			c.body = string(raw)
		}
		s.complete(&rec, c, status, answer)
	}
	if cut {
		rec.Status, rec.Answer = 0, ""
	}
	s.remember(rec)
	return status, answer, cut
}

// subCall is one part as a call of its own.
func (c *call) subCall(p *batchPart, results func(string) ([]byte, bool)) (*call, []string, *GraphError) {
	own := &params{values: map[string]json.RawMessage{}, token: cmp.Or(p.Token, c.token)}
	sub := &call{
		params: own, ctx: c.ctx, method: overridden(p.Method), base: c.base, host: c.host, version: c.version, at: c.at, part: true, secret: true,
	}
	relative, err := url.Parse("/" + strings.TrimPrefix(p.RelativeURL, "/"))
	if err != nil || relative.Host != "" || strings.Contains(relative.Path, "://") {
		return sub, nil, refuse(0, "Param relative_url must be a path below the host, such as me/messages.")
	}
	version, path := splitPath(relative.Path)
	if version != "" {
		sub.version = version
	}
	if err := expandAll(path, results); err != nil {
		return sub, path, err
	}
	if sub.method == "" {
		sub.method = http.MethodGet
		return sub, path, refuse(0, "Param method must be one of {GET, POST, DELETE}.")
	}
	if problem := own.expanded(relative.Query(), results); problem != nil {
		return sub, path, problem
	}
	if problem := sub.readPartBody(p, results); problem != nil {
		return sub, path, problem
	}
	for name := range strings.SplitSeq(p.Files, ",") {
		if up := c.files[strings.TrimSpace(name)]; up != nil && own.upload == nil {
			own.upload = up
		} else if strings.TrimSpace(name) != "" {
			return sub, path, refuse(0, "Param attached_files: the body has no file %s for it.", shortened(name))
		}
	}
	return sub, path, sub.override()
}

// readPartBody reads the body of a part: a form, in a string.
func (c *call) readPartBody(p *batchPart, results func(string) ([]byte, bool)) *GraphError {
	text := p.text()
	if text == "" {
		if len(p.Body) > 0 && string(p.Body) != "null" && string(p.Body) != `""` {
			return errPartBody()
		}
		return nil
	}
	form, err := url.ParseQuery(text)
	if err != nil || strings.HasPrefix(strings.TrimSpace(text), "{") {
		return errPartBody()
	}
	return c.expanded(form, results)
}

// expanded reads a form with the results of other calls in it.
func (p *params) expanded(form url.Values, results func(string) ([]byte, bool)) *GraphError {
	for _, list := range form {
		if err := expandAll(list, results); err != nil {
			return err
		}
	}
	return p.form(form)
}

func expandAll(texts []string, results func(string) ([]byte, bool)) *GraphError {
	for i := range texts {
		var err *GraphError
		if texts[i], err = expand(texts[i], results); err != nil {
			return err
		}
	}
	return nil
}

func errPartBody() *GraphError {
	return refuse(0, "Param body must be a string in the form name=value&name=value.")
}

// text is the body, empty if it is no string.
func (p *batchPart) text() string {
	var text string
	if json.Unmarshal(p.Body, &text) != nil {
		return ""
	}
	return text
}
