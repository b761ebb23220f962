package simulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
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
	body   string // for the record, without the token
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
	p.form(r.URL.Query())
	if scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok && strings.EqualFold(scheme, "Bearer") {
		p.token = strings.TrimSpace(token)
	}
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return p, known("attachment too large")
		}
		return p, refuse(0, "The body could not be read")
	}
	if len(data) == 0 {
		return p, nil
	}
	kind, options, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case err != nil:
		return p, refuse(0, "The body has no Content-Type")
	case kind == "application/json":
		return p, p.json(data)
	case kind == "application/x-www-form-urlencoded":
		form, err := url.ParseQuery(string(data))
		if err != nil {
			return p, refuse(0, "The body is not form-encoded")
		}
		p.form(form)
		form.Del("access_token")
		p.body = form.Encode()
		return p, nil
	case kind == "multipart/form-data":
		return p, p.multipart(data, options["boundary"])
	}
	return p, refuse(0, "A body of type %s is not understood", kind)
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
	return nil
}

func (p *params) form(form url.Values) {
	for name := range form {
		if name == "access_token" {
			p.token = form.Get(name)
			continue
		}
		p.values[name] = quote(form.Get(name))
	}
}

func (p *params) multipart(data []byte, boundary string) *GraphError {
	shown := map[string]json.RawMessage{}
	for reader := multipart.NewReader(bytes.NewReader(data), boundary); ; {
		part, err := reader.NextPart()
		if errors.Is(err, io.EOF) {
			p.body = p.marshal(shown)
			return nil
		}
		if err != nil {
			return refuse(0, "The multipart body is broken")
		}
		content, err := io.ReadAll(part)
		if err != nil {
			return refuse(0, "The multipart body is broken")
		}
		name := part.FormName()
		switch {
		case name == "filedata" && p.upload != nil:
			return refuse(0, "There is more than one filedata")
		case name == "filedata":
			p.upload = &upload{name: part.FileName(), contentType: part.Header.Get("Content-Type"), data: content}
			description, _ := json.Marshal(map[string]any{ // plain values
				"filename": p.upload.name, "type": p.upload.contentType, "bytes": len(content),
			})
			shown[name] = description
		case name == "access_token":
			p.token = string(content)
		default:
			p.values[name] = quote(string(content))
			shown[name] = value{raw: p.values[name]}.unquoted().raw
		}
	}
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

func quote(s string) json.RawMessage {
	data, _ := json.Marshal(s) // a string always encodes
	return data
}
