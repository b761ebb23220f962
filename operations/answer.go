package operations

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/store"
)

// refusal is an answer that says why not, and what to do.
type refusal struct {
	status     int
	code, text string
}

func (r *refusal) Error() string { return r.text }

func badRequest(code, format string, args ...any) error {
	return &refusal{http.StatusBadRequest, code, fmt.Sprintf(format, args...)}
}

func notFound(code, format string, args ...any) error {
	return &refusal{http.StatusNotFound, code, fmt.Sprintf(format, args...)}
}

// refuse answers with what an error means to the caller. The texts of databases, which may name hosts and users, are for the log.
func (s *server) refuse(w http.ResponseWriter, c *call, err error) {
	refused, ok := errors.AsType[*refusal](err)
	if !ok {
		refused = s.meaning(w, c, err)
	}
	if some, ok := errors.AsType[*partly](err); ok {
		writeJSON(w, refused.status, partlyRefused{refusalBody{refused.text, refused.code, idOf(w)}, some.progress})
		return
	}
	if refused.status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="messenger operations"`)
	}
	writeRefusal(w, refused)
}

func (s *server) meaning(w http.ResponseWriter, c *call, err error) *refusal {
	conflict, isConflict := errors.AsType[*store.BroadcastConflictError](err)
	_, tooLarge := errors.AsType[*http.MaxBytesError](err)
	switch {
	case tooLarge:
		return &refusal{http.StatusRequestEntityTooLarge, "too_large", fmt.Sprintf("the body has more than %d bytes; split it over several requests", MaxBody)}
	case errors.Is(err, store.ErrNotFound):
		return &refusal{http.StatusNotFound, "not_found", "there is no such thing, or there is none any more; list what there is"}
	case errors.Is(err, store.ErrNoPerson):
		return &refusal{http.StatusNotFound, "no_such_person", "the store does not know this person of this page: they never wrote to it, they were forgotten, or the page is another one"}
	case errors.Is(err, messenger.ErrNoApp):
		return &refusal{http.StatusNotFound, "no_such_page", "this process does not serve the page; ask one that does, or check the id"}
	case errors.Is(err, errors.ErrUnsupported):
		return &refusal{http.StatusNotImplemented, "unsupported", err.Error()}
	case isConflict:
		return &refusal{http.StatusConflict, "conflict", conflict.Error() + "; choose another key"}
	case handling.IsPermanent(err):
		return &refusal{http.StatusBadRequest, "bad_request", err.Error()}
	}
	if c.Context().Err() == nil { // the caller waits
		s.config.Logger.Error("an operation failed", "action", c.action.Name, "page", c.action.PageID, "request", idOf(w), "error", err)
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return &refusal{http.StatusGatewayTimeout, "timeout", fmt.Sprintf("the store did not answer within %v; a change may have taken effect: look before you repeat it", Timeout)}
	}
	return &refusal{http.StatusServiceUnavailable, "store_failed", "the store failed; a change may have taken effect: look before you repeat it. The log of the service has the reason under the id of this request"}
}

func writeRefusal(w http.ResponseWriter, r *refusal) {
	writeJSON(w, r.status, refusalBody{r.text, r.code, idOf(w)})
}

// refusalBody is the answer of a refusal.
type refusalBody struct {
	Error     string `json:"error"`
	Code      string `json:"code"`
	RequestID string `json:"request_id"`
}

// partlyRefused is the answer of a request about several letters that failed in the middle.
type partlyRefused struct {
	refusalBody
	progress
}

// unhealthy is an answer with the status 503.
type unhealthy struct{ answer any }

func write(w http.ResponseWriter, answer any) {
	switch a := answer.(type) {
	case []byte:
		w.Header().Set("Content-Type", "application/yaml")
		_, _ = w.Write(a) // a caller that has gone away needs no file
	case unhealthy:
		writeJSON(w, http.StatusServiceUnavailable, a.answer)
	default:
		writeJSON(w, http.StatusOK, answer)
	}
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the same
}
