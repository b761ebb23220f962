package simulator

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

const (
	maxUpload = 25 << 20              // what the platform takes as an attachment
	maxBody   = maxUpload + (1 << 20) // attachment and fields
)

// params are the parameters of a Graph call, wherever they stood: query, JSON
// body, form or multipart fields. The access token is kept apart.
type params struct {
	values map[string]json.RawMessage
	token  string
	upload *upload
	files  map[string]*upload // parts of other names that are files: a batch's calls can have them
	body   string             // for the record, without the token
	broken bool               // a multipart body without its closing boundary
}

// secretParams are parameters that stand for a token or a secret: the record has none of them.
var secretParams = []string{
	"access_token", "account_linking_token", "appsecret_proof", "client_secret", "code", "custom_token", "fb_exchange_token",
	"input_token", "verify_token",
}

// upload is the filedata part of a multipart body.
type upload struct {
	name, contentType string
	data              []byte
}

// readParams takes a request apart. The error is the platform's answer; params
// are never nil.
func readParams(w http.ResponseWriter, r *http.Request) (*params, *GraphError) {
	p := &params{values: map[string]json.RawMessage{}}
	query := p.form(r.URL.Query())
	if scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok && (strings.EqualFold(scheme, "Bearer") || strings.EqualFold(scheme, "OAuth")) {
		p.token = strings.TrimSpace(token)
	}
	body := p.readBody(w, r)
	if query != nil {
		return p, query
	}
	return p, body
}

func (p *params) readBody(w http.ResponseWriter, r *http.Request) *GraphError {
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return known("attachment too large")
		}
		return refuse(0, "The body could not be read")
	}
	if len(data) == 0 {
		return nil
	}
	kind, options, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case err != nil:
		return refuse(0, "The body has no Content-Type")
	case kind == "application/json":
		return p.json(data)
	case kind == "application/x-www-form-urlencoded":
		form, err := url.ParseQuery(string(data))
		if err != nil {
			return refuse(0, "The body is not form-encoded")
		}
		problem := p.form(form)
		for _, name := range secretParams {
			form.Del(name)
		}
		p.body = form.Encode()
		return problem
	case kind == "multipart/form-data":
		return p.multipart(data, options["boundary"])
	}
	return refuse(0, "A body of type %s is not understood", kind)
}

func (p *params) json(data []byte) *GraphError {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(data, &fields); err != nil || fields == nil {
		return refuse(0, "The body is not a JSON object")
	}
	p.body = string(data)
	if raw, ok := fields["access_token"]; ok {
		p.token = value{raw: raw}.string()
		delete(fields, "access_token")
		p.body = p.marshal(fields)
	}
	maps.Copy(p.values, fields)
	if slices.ContainsFunc(secretParams, func(name string) bool { return fields[name] != nil }) {
		shown := maps.Clone(fields)
		for _, name := range secretParams {
			delete(shown, name)
		}
		p.body = p.marshal(shown)
	}
	return nil
}

func (p *params) marshal(fields map[string]json.RawMessage) string {
	data, err := json.Marshal(fields)
	if err != nil { // cannot happen: the values were parsed
		return ""
	}
	return string(data)
}

func (p *params) get(name string) value { return value{name, p.values[name]} }

// raw is the call as one JSON object, for the conversation's record.
func (p *params) raw() json.RawMessage {
	fields := map[string]json.RawMessage{}
	for name := range p.values {
		if name != "appsecret_proof" && name != "appsecret_time" {
			fields[name] = p.get(name).unquoted().raw
		}
	}
	return json.RawMessage(p.marshal(fields))
}

// isSecret reports whether a record leaves out the parameter.
func isSecret(name string) bool { return slices.Contains(secretParams, name) }

func quote(s string) json.RawMessage {
	data, _ := json.Marshal(s) // a string always encodes
	return data
}
