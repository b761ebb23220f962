package simulator

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
)

const (
	// waitDefault and waitMost are how long a request waits for a message.
	waitDefault = 10 * time.Second
	waitMost    = 5 * time.Minute
	// rawMost is how large a callback of raw bytes may be.
	rawMost = 16 << 20
)

// routeControls adds what tests in other languages need: to wait for answers, to post callbacks of any kind, and to change a page.
func (s *Simulator) routeControls(mux *routes) {
	mux.HandleFunc("GET /simulator/people/{psid}/wait", s.serveWait, "after", "contains", "timeout")
	mux.HandleFunc("POST /simulator/callbacks", answering(func(r *http.Request, in callbackOrder) (any, error) {
		return struct{}{}, s.orderCallback(r.Context(), in)
	}))
	mux.HandleFunc("POST /simulator/callbacks/raw", s.serveRaw, "signature")
	mux.HandleFunc("GET /simulator/callbacks/kinds", func(w http.ResponseWriter, _ *http.Request) { respond(w, Kinds()) })
	mux.HandleFunc("POST /simulator/callbacks/kinds/{kind}", answering(func(r *http.Request, in Trigger) (any, error) {
		return s.Trigger(r.Context(), r.PathValue("kind"), in)
	}))
	mux.HandleFunc("PUT /simulator/usage", answering(func(_ *http.Request, in struct{ Header string }) (any, error) {
		s.SetUsage(in.Header)
		return struct{}{}, nil
	}))
	mux.HandleFunc("PATCH /simulator/pages/{page}", answering(func(r *http.Request, in pageChange) (any, error) {
		return struct{}{}, s.changePage(r.PathValue("page"), in)
	}))
}

// serveWait answers with the first message from the page to a person that comes after another message and has a text in it.
func (s *Simulator) serveWait(w http.ResponseWriter, r *http.Request) {
	psid, query := r.PathValue("psid"), r.URL.Query()
	if query.Has("after") && query.Get("after") == "" {
		complain(w, http.StatusBadRequest, &controlError{err: errors.New("simulator: after is empty; it is the mid of an act or of a message"), field: "after"})
		return
	}
	timeout := waitDefault
	if text := query.Get("timeout"); text != "" {
		d, err := time.ParseDuration(text)
		if err != nil || d < 0 || d > waitMost {
			complain(w, http.StatusBadRequest, &controlError{err: fmt.Errorf("simulator: timeout is a duration up to %v, not %q", waitMost, text), field: "timeout"})
			return
		}
		timeout = d
	}
	after := query.Get("after")
	since := s.timeOf(psid, after)
	if problem := s.knowsMessage(psid, after); problem != nil {
		complain(w, http.StatusNotFound, problem)
		return
	}
	outliveFor(w, timeout)
	ctx, cancel := context.WithTimeout(r.Context(), timeout)
	defer cancel()
	m, err := s.Wait(ctx, psid, func(m Message) bool {
		return s.isAfter(psid, m.ID, after) && strings.Contains(m.words(), query.Get("contains"))
	})
	switch {
	case err == nil:
		respond(w, m)
	case errors.Is(err, ErrClosed):
		complain(w, http.StatusServiceUnavailable, ErrClosed)
	default:
		said := s.readable(psid)
		complain(w, http.StatusNotFound, &controlError{
			err:  fmt.Errorf("simulator: no such message from the page within %v. The conversation:\n%s%s", timeout, said, s.troubles(psid, since)),
			code: "timeout", conversation: said,
		})
	}
}

// timeOf is when a message was written; the beginning of time for none.
func (s *Simulator) timeOf(psid, mid string) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.pageWith(psid).conversations[psid]; c != nil {
		if m := c.find(mid); m != nil {
			return m.Time
		}
	}
	return time.Time{}
}

// troubles is what went wrong since a time with one person, or without a person: the last few of it, a line each.
func (s *Simulator) troubles(psid string, since time.Time) string {
	var lines []string
	for _, e := range s.Log() {
		if e.Error == "" || e.Time.Before(since) || e.PSID != "" && e.PSID != psid {
			continue
		}
		line := fmt.Sprintf("  %s %s: %s", e.Kind, strings.TrimSpace(e.Name+" "+e.Preview), strings.TrimSuffix(e.Error, "."))
		if e.Advice != "" {
			line += ". " + e.Advice
		}
		lines = append(lines, line)
	}
	if len(lines) == 0 {
		return ""
	}
	return "\nWhat went wrong:\n" + strings.Join(lines[max(0, len(lines)-5):], "\n")
}

// knowsMessage reports what is wrong with the place after which a message is waited for.
func (s *Simulator) knowsMessage(psid, mid string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	pg := s.pageWith(psid)
	c := pg.conversations[psid]
	switch {
	case c == nil && pg.people[psid] == nil:
		return fmt.Errorf("%w: %s", ErrNoPerson, psid)
	case mid != "" && (c == nil || c.find(mid) == nil):
		return &controlError{err: fmt.Errorf("simulator: after: there is no message %q in this conversation", mid), code: "no_such_message", field: "after"}
	}
	return nil
}

// isAfter reports whether a message comes after another one; after none each does.
func (s *Simulator) isAfter(psid, mid, after string) bool {
	if after == "" {
		return true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.pageWith(psid).conversations[psid]
	if c == nil { // a reset came while it was waited for
		return false
	}
	at := func(id string) int { return slices.IndexFunc(c.messages, func(m *Message) bool { return m.ID == id }) }
	return at(mid) > at(after)
}

// words are the texts of a message that a person reads.
func (m *Message) words() string {
	parts := []string{m.Text}
	for _, a := range m.Attachments {
		parts = append(parts, a.Title)
		if a.Template != nil {
			parts = append(parts, string(a.Template.Raw))
		}
	}
	for _, q := range m.QuickReplies {
		parts = append(parts, q.Title)
	}
	return strings.Join(parts, "\n")
}

// readable is a conversation for a reader, a line for each of its last messages.
func (s *Simulator) readable(psid string) string {
	var lines []string
	for _, m := range s.Messages(psid) {
		who := "person"
		if m.From == FromPage {
			who = "page  "
		}
		parts := []string{m.Text}
		for _, a := range m.Attachments {
			parts = append(parts, "["+a.Type+"]")
		}
		lines = append(lines, fmt.Sprintf("  %s %s  %s", m.Time.Format(time.TimeOnly), who, shortened(strings.TrimSpace(strings.Join(parts, " ")))))
	}
	if len(lines) == 0 {
		return "  (nothing yet)"
	}
	return strings.Join(lines[max(0, len(lines)-20):], "\n")
}

// callbackOrder is one of these.
type callbackOrder struct {
	Event   json.RawMessage `json:"event"`   // [Simulator.Post]
	Standby json.RawMessage `json:"standby"` // [Simulator.PostStandby]
	Change  *change         `json:"change"`  // [PageControl.PostChange]
	PageID  string          `json:"page_id"` // of a change; the main page if it is left out
}

func (s *Simulator) orderCallback(ctx context.Context, in callbackOrder) error {
	given := 0
	for _, is := range []bool{in.Event != nil, in.Standby != nil, in.Change != nil} {
		if is {
			given++
		}
	}
	switch {
	case given != 1:
		return errors.New("simulator: a callback has an event, a standby or a change")
	case in.Event != nil:
		return s.Post(ctx, in.Event)
	case in.Standby != nil:
		return s.PostStandby(ctx, in.Standby)
	case in.PageID == "":
		return s.PostChange(ctx, in.Change.Field, in.Change.Value)
	}
	page, err := s.page(in.PageID)
	if err != nil {
		return err
	}
	return page.PostChange(ctx, in.Change.Field, in.Change.Value)
}

// page is the control of a page that may not be there.
func (s *Simulator) page(id string) (PageControl, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if pg := s.pageByID(id); pg != nil {
		return PageControl{s, pg}, nil
	}
	return PageControl{}, fmt.Errorf("%w: %s", ErrNoPage, id)
}

// serveRaw posts bytes as they are, with a signature that is good, bad or not there, and answers with the attempt.
func (s *Simulator) serveRaw(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, rawMost))
	if err != nil {
		complain(w, http.StatusRequestEntityTooLarge, fmt.Errorf("simulator: a callback can have %d MiB at most", rawMost>>20))
		return
	}
	signature := signature(r.URL.Query().Get("signature"))
	if !slices.Contains([]string{"", signatureBad, signatureNone}, string(signature)) {
		complain(w, http.StatusBadRequest, fmt.Errorf("simulator: the signature is %s, %s, or left out for a good one, not %q", signatureBad, signatureNone, signature))
		return
	}
	e, got := s.postLogged(r.Context(), Entry{Name: rawName}, body, callbackHead{signature: signature})
	attempt := got.attempt(e.Time)
	attempt.Advice = e.Advice
	respond(w, attempt)
}

// pageChange is what can be changed of a page; what is left out stays.
type pageChange struct {
	Token   *string  `json:"token"`   // [PageControl.SetToken]
	Revoked *int     `json:"revoked"` // [PageControl.RevokeToken]
	Fields  []string `json:"fields"`  // [PageControl.SetFields]
	Lenient *bool    `json:"lenient"` // [PageControl.SetLenient]
	Usage   *string  `json:"usage"`   // [PageControl.SetUsage]
}

func (s *Simulator) changePage(id string, in pageChange) error {
	page, err := s.page(id)
	if err != nil {
		return err
	}
	if in.Fields != nil {
		if err := page.SetFields(in.Fields...); err != nil {
			return err
		}
	}
	if in.Token != nil {
		page.SetToken(*in.Token)
	}
	if in.Lenient != nil {
		page.SetLenient(*in.Lenient)
	}
	if in.Usage != nil {
		page.SetUsage(*in.Usage)
	}
	if in.Revoked != nil {
		page.RevokeToken(*in.Revoked)
	}
	return nil
}
