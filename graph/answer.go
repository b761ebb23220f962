package graph

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
)

// MaxResponseBytes is how much of an answer is read, 1 MiB. A longer one is a [ResponseError]. [Client.Batch] reads up to
// [MaxBatchResponseBytes] instead.
const MaxResponseBytes = 1 << 20

// answer is the JSON by which the platform granted a call.
type answer struct {
	body        json.RawMessage
	credentials credentials // of the call
	method      string
	object      map[string]json.RawMessage // the body's members; nil if it is no object
	path        string
	status      int
}

// readAnswer reads at most limit bytes of an answer and returns it, or the refusal that it is.
func readAnswer(response *http.Response, request Request, credentials credentials, limit int) (*answer, error) {
	a := &answer{credentials: credentials, method: request.Method, path: request.Path, status: response.StatusCode}
	body, err := io.ReadAll(io.LimitReader(response.Body, int64(limit)+1))
	if err != nil {
		return nil, a.unusable("it broke off", credentials.clean(err))
	}
	if len(body) > limit {
		return nil, a.unusable("over "+strconv.Itoa(limit)+" bytes", nil)
	}
	if err := a.decode(body, credentials); err != nil {
		return nil, err
	}
	return a, nil
}

// decode tells a granted call from a refused one and from what is no answer of the Graph API. A refusal may come with
// status 200.
func (a *answer) decode(body []byte, credentials credentials) error {
	body = bytes.TrimSpace(body)
	if len(body) == 0 {
		return a.unusable("no body", nil)
	}
	if a.object = decodeObject(body); a.object == nil && !json.Valid(body) {
		if body[0] == '{' || body[0] == '[' {
			return a.unusable("half of a JSON text, or a broken one", io.ErrUnexpectedEOF)
		}
		return a.unusable("not JSON", nil)
	}
	if refusal, ok := a.object["error"]; ok && string(refusal) != "null" {
		return a.refusal(decodeObject(refusal), credentials)
	}
	if a.status < 200 || a.status > 299 {
		return a.unusable("JSON without an error in it", nil)
	}
	a.body = body
	return nil
}

func (a *answer) refusal(object map[string]json.RawMessage, credentials credentials) error {
	text := func(key string) string { return credentials.hide(decodeText(object[key])) }
	refused := &Error{
		Code:        decodeInt(object["code"]),
		Subcode:     decodeInt(object["error_subcode"]),
		Type:        text("type"),
		Message:     text("message"),
		UserTitle:   text("error_user_title"),
		UserMessage: text("error_user_msg"),
		TraceID:     text("fbtrace_id"),
		HTTPStatus:  a.status,
		Transient:   decodeBool(object["is_transient"]),
	}
	if refused.Code == 0 && refused.Message == "" {
		return a.unusable("an error of an unknown shape", nil)
	}
	return refused
}

func (a *answer) unusable(reason string, cause error) error {
	return &ResponseError{Err: cause, HTTPStatus: a.status, Method: a.method, Path: a.path, Reason: reason}
}
