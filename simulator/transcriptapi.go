package simulator

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// Forms of a transcript over HTTP.
const (
	transcriptJSON     = "json"     // [Transcript.Encode]
	transcriptText     = "text"     // for a reader
	transcriptScenario = "scenario" // [Transcript.Scenario]
	transcriptGo       = "go"       // [Transcript.GoTest]
)

// serveTranscript answers with the conversation of a person, to be played again.
func (s *Simulator) serveTranscript(w http.ResponseWriter, r *http.Request) {
	forms := []string{transcriptJSON, transcriptText, transcriptScenario, transcriptGo}
	form, psid := transcriptJSON, r.PathValue("psid")
	if query := r.URL.Query(); query.Has("format") {
		form = query.Get("format")
	}
	if !slices.Contains(forms, form) {
		complain(w, http.StatusBadRequest, &controlError{err: fmt.Errorf("simulator: format is %s, not %q", strings.Join(forms, ", "), form), field: "format"})
		return
	}
	t, err := s.Transcript(psid)
	if errors.Is(err, ErrForgotten) {
		err = &controlError{err: err, status: http.StatusConflict, code: "forgotten"}
	}
	if err != nil {
		refuseControl(w, err)
		return
	}
	kind, text := "application/json", t.Encode()
	switch form {
	case transcriptText:
		kind, text = "text/plain; charset=utf-8", []byte(s.readable(psid)+"\n")
	case transcriptScenario:
		kind, text = "application/yaml", []byte(t.Scenario())
	}
	if form == transcriptGo {
		test, err := t.GoTest()
		if err != nil {
			complain(w, http.StatusBadRequest, &controlError{err: err, field: "format"})
			return
		}
		kind, text = "text/plain; charset=utf-8", []byte(test)
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(text) // a caller that has gone away needs no transcript
}
