package simulator

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// controlError is a refusal of the control API with more than its words.
type controlError struct {
	err          error
	status       int     // 0: as the place says where it is answered
	code         string  // for programs; empty: by the status
	field        string  // of the request, which is wrong
	offered      []Offer // what could be tapped instead; nil: it was no tap
	conversation string  // for a reader
}

// Error implements error.
func (e *controlError) Error() string { return e.err.Error() }

// Unwrap returns what happened.
func (e *controlError) Unwrap() error { return e.err }

// refusalAnswer is what a refusal of the control API looks like.
type refusalAnswer struct {
	Error        string  `json:"error"`
	Code         string  `json:"code"`
	Field        string  `json:"field,omitempty"`
	Offered      []Offer `json:"offered,omitzero"`
	Conversation string  `json:"conversation,omitempty"`
}

// codeOfStatus is the code of a refusal that has no other.
var codeOfStatus = map[int]string{
	http.StatusBadRequest: "bad_request", http.StatusNotFound: "not_found",
	http.StatusMethodNotAllowed: "method_not_allowed", http.StatusConflict: "conflict", http.StatusRequestEntityTooLarge: "too_large",
	http.StatusUnsupportedMediaType: "not_json", http.StatusBadGateway: "bot_failed", http.StatusServiceUnavailable: "closed",
}

// refusalOf is the status and the code of an error.
func refusalOf(err error) (status int, code string) {
	switch {
	case errors.Is(err, ErrNoPerson):
		return http.StatusNotFound, "no_such_person"
	case errors.Is(err, ErrNoPage):
		return http.StatusNotFound, "no_such_page"
	case errors.Is(err, ErrBusy):
		return http.StatusConflict, "busy"
	case errors.Is(err, ErrNoKind):
		return http.StatusNotFound, "no_such_kind"
	case errors.Is(err, ErrNoEntry):
		return http.StatusNotFound, "no_such_entry"
	case errors.Is(err, ErrNotThreadOwner):
		return http.StatusConflict, "not_owner"
	case errors.Is(err, errTaken):
		return http.StatusConflict, "taken"
	case errors.Is(err, ErrClosed):
		return http.StatusServiceUnavailable, "closed"
	case errors.Is(err, ErrAmbiguous):
		return http.StatusBadRequest, "ambiguous"
	case errors.Is(err, ErrOpensLink):
		return http.StatusBadRequest, "opens_link"
	case errors.Is(err, ErrBarred):
		return http.StatusConflict, "barred"
	case errors.Is(err, ErrNotOnInstagram):
		return http.StatusBadRequest, "not_on_instagram"
	}
	if _, ok := errors.AsType[*VerifyError](err); ok {
		return http.StatusBadGateway, "bot_failed"
	}
	return http.StatusBadRequest, ""
}

// refuseControl answers a request of the control API with what an error says.
func refuseControl(w http.ResponseWriter, err error) {
	status, _ := refusalOf(err)
	if control, ok := errors.AsType[*controlError](err); ok && control.status != 0 {
		status = control.status
	}
	complain(w, status, err)
}

// complain answers a request of the control API with a refusal.
func complain(w http.ResponseWriter, status int, err error) {
	_, code := refusalOf(err)
	answer := refusalAnswer{Error: err.Error(), Code: cmp.Or(code, codeOfStatus[status], "refused")}
	if control, ok := errors.AsType[*controlError](err); ok {
		answer.Code = cmp.Or(control.code, answer.Code)
		answer.Field, answer.Offered, answer.Conversation = control.field, control.offered, control.conversation
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(answer) // a caller that has gone away needs no answer
}

var unknownField = regexp.MustCompile(`^json: unknown field "(.*)"$`)

// bodyError says what is wrong with the JSON of a value, in words of JSON.
func bodyError(err error, in any) error {
	const text = "simulator: the body does not fit: "
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return &controlError{err: fmt.Errorf(text+"the field %q cannot be a JSON %s", wrong.Field, wrong.Value), field: wrong.Field}
	}
	if large, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return &controlError{err: fmt.Errorf(text+"it can have %d KiB at most", large.Limit>>10), status: http.StatusRequestEntityTooLarge}
	}
	if unknown := unknownField.FindStringSubmatch(err.Error()); unknown != nil {
		return &controlError{err: fmt.Errorf(text+"there is no field %q%s", unknown[1], fieldHint(unknown[1], in)), code: "unknown_field", field: unknown[1]}
	}
	return fmt.Errorf(text+"%s", strings.TrimPrefix(err.Error(), "json: "))
}

// fieldHint names the field of a value, or of what is in it, that was probably meant; if there is none, all that the value itself has.
func fieldHint(name string, in any) string {
	own, all := jsonFields(reflect.TypeOf(in), nil)
	if near := nearestHint(name, all); near != "" || len(own) == 0 {
		return near
	}
	return "; there are " + strings.Join(own, ", ")
}

// jsonFields are the fields of a type in JSON: its own ones, and those with all that is in them. seen are types that it is part of.
func jsonFields(t reflect.Type, seen []reflect.Type) (own, all []string) {
	for slices.Contains([]reflect.Kind{reflect.Pointer, reflect.Slice, reflect.Map}, t.Kind()) {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || slices.Contains(seen, t) {
		return nil, nil
	}
	seen = append(slices.Clone(seen), t)
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		inner, innerAll := jsonFields(f.Type, seen)
		switch {
		case f.Anonymous && name == "":
			own, all = append(own, inner...), append(all, innerAll...)
		case f.IsExported() && name != "-":
			name = cmp.Or(name, strings.ToLower(f.Name))
			own, all = append(own, name), append(append(all, name), innerAll...)
		}
	}
	return own, all
}
