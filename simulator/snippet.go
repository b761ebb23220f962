package simulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// The forms of [Simulator.Snippet].
const (
	SnippetCurl  = "curl"  // a command that posts the callback to the webhook, or makes the call
	SnippetGo    = "go"    // lines of a test that do the same
	SnippetEvent = "event" // of a callback with one event: the body of POST /simulator/callbacks
)

// Snippet writes an entry of the log as text to paste elsewhere. A call has $MESSENGER_GRAPH_URL and $MESSENGER_PAGE_TOKEN in
// the place of the address and the token. It is [ErrNoEntry] if the log does not have the entry, and another error if the entry has no
// such form.
func (s *Simulator) Snippet(seq int, form string) (string, error) {
	detail, err := s.entry(seq)
	if err != nil {
		return "", err
	}
	callback, known := detail.Entry.Kind == EntryCallback, detail.Body != "" || detail.Request != nil
	switch {
	case detail.Entry.Kind == EntryWarning || !known:
		return "", fmt.Errorf("simulator: entry %d has nothing that was posted", seq)
	case form == SnippetCurl && callback:
		return s.callbackAsCurl(detail), nil
	case form == SnippetGo && callback:
		return fmt.Sprintf("\tstatus, err := sim.PostRaw(t.Context(), []byte(%s))\n\trequire.NoError(t, err)\n\trequire.Equal(t, 200, status)\n",
			quotedGo(detail.Body)), nil
	case form == SnippetEvent && callback:
		return eventOrder(detail.Body)
	case form == SnippetCurl:
		return callAsCurl(detail.Request)
	case form == SnippetGo:
		return callAsGo(detail.Request)
	case form == SnippetEvent:
		return "", errors.New("simulator: a call is no event")
	}
	return "", &controlError{err: fmt.Errorf("simulator: as is json, %s, %s or %s, not %q", SnippetCurl, SnippetGo, SnippetEvent, form), field: "as"}
}

// quotedShell is a text as one word of a POSIX shell.
func quotedShell(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }

// quotedGo is a text as a literal of Go.
func quotedGo(text string) string {
	if strconv.CanBackquote(text) {
		return "`" + text + "`"
	}
	return strconv.Quote(text)
}

func (s *Simulator) callbackAsCurl(detail entryDetail) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	appID, body := s.cfg.AppID, []byte(detail.Body)
	if pg := s.pageByID(detail.Entry.PageID); pg != nil {
		appID = pg.appID
	}
	return fmt.Sprintf("curl %s \\\n  -H 'Content-Type: application/json' \\\n  -H 'X-Hub-Signature: %s' \\\n  -H 'X-Hub-Signature-256: %s' \\\n  --data-binary %s\n",
		quotedShell(s.webhook), signSHA1(s.apps[appID], body), sign(s.apps[appID], body), quotedShell(detail.Body))
}

var errUploadSnippet = errors.New("simulator: the bytes of an upload, or of calls that were too long, were not kept")

// target is the path and the query of a call.
func (r Request) target() string {
	if r.Query == "" {
		return r.Path
	}
	return r.Path + "?" + r.Query
}

// contentType is that of the body, which is JSON or a form.
func (r Request) contentType() string {
	if json.Valid([]byte(r.Body)) {
		return "application/json"
	}
	return "application/x-www-form-urlencoded"
}

func callAsCurl(r *Request) (string, error) {
	if r.upload || r.lost {
		return "", errUploadSnippet
	}
	text := fmt.Sprintf("curl -X %s \"$MESSENGER_GRAPH_URL\"%s \\\n  -H \"Authorization: Bearer $MESSENGER_PAGE_TOKEN\"", r.Method, quotedShell(r.target()))
	if r.Body != "" {
		text += fmt.Sprintf(" \\\n  -H 'Content-Type: %s' \\\n  --data-binary %s", r.contentType(), quotedShell(r.Body))
	}
	return text + "\n", nil
}

func callAsGo(r *Request) (string, error) {
	if r.upload || r.lost {
		return "", errUploadSnippet
	}
	body := "nil"
	if r.Body != "" {
		body = "strings.NewReader(" + quotedGo(r.Body) + ")"
	}
	return fmt.Sprintf("\treq, err := http.NewRequestWithContext(t.Context(), %q, os.Getenv(\"MESSENGER_GRAPH_URL\")+%s, %s)\n"+
		"\trequire.NoError(t, err)\n\treq.Header.Set(\"Authorization\", \"Bearer \"+os.Getenv(\"MESSENGER_PAGE_TOKEN\"))\n"+
		"\treq.Header.Set(\"Content-Type\", %q)\n\tresp, err := http.DefaultClient.Do(req)\n\trequire.NoError(t, err)\n\tdefer resp.Body.Close()\n"+
		"\trequire.Equal(t, %d, resp.StatusCode)\n", r.Method, quotedGo(r.target()), body, r.contentType(), r.Status), nil
}

// eventOrder is what POST /simulator/callbacks takes for the one event of a callback.
func eventOrder(body string) (string, error) {
	var cb callback
	if err := json.Unmarshal([]byte(body), &cb); err != nil || len(cb.Entry) != 1 {
		return "", errors.New("simulator: the callback does not have one event")
	}
	e := cb.Entry[0]
	order := map[string]any{}
	switch {
	case len(e.Messaging) == 1 && len(e.Standby)+len(e.Changes) == 0:
		order["event"] = e.Messaging[0]
	case len(e.Standby) == 1 && len(e.Messaging)+len(e.Changes) == 0:
		order["standby"] = e.Standby[0]
	case len(e.Changes) == 1 && len(e.Messaging)+len(e.Standby) == 0:
		order["change"], order["page_id"] = e.Changes[0], e.ID
	default:
		return "", errors.New("simulator: the callback does not have one event")
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(order); err != nil {
		return "", fmt.Errorf("simulator: %w", err)
	}
	return out.String(), nil
}
