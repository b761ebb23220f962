package simulator

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// ErrNoEntry is returned, wrapped with the number, for an [Entry] that is not in the log, or not any more.
var ErrNoEntry = errors.New("simulator: no such entry in the log")

// routeLog adds what tests in other languages need of the log.
func (s *Simulator) routeLog(mux *routes) {
	mux.HandleFunc("GET /simulator/log", s.serveLog, "after", "q", "person", "page", "kind")
	mux.HandleFunc("GET /simulator/log/{seq}", s.serveEntry, "as")
	mux.HandleFunc("POST /simulator/log/{seq}/again", answering(func(r *http.Request, in Repetition) (any, error) {
		seq, err := strconv.Atoi(r.PathValue("seq"))
		if err != nil {
			return nil, fmt.Errorf("%w: %s", ErrNoEntry, r.PathValue("seq"))
		}
		return s.Again(r.Context(), seq, in)
	}))
}

// serveLog answers with the entries that fit all parameters, in the order of their beginnings.
func (s *Simulator) serveLog(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	after := 0
	if text := query.Get("after"); query.Has("after") {
		var err error
		if after, err = strconv.Atoi(text); err != nil {
			complain(w, http.StatusBadRequest, &controlError{err: fmt.Errorf("simulator: after is the seq of an entry, not %q", text), field: "after"})
			return
		}
	}
	kinds := []string{EntryCallback, EntryCall, EntryWarning}
	if kind := query.Get("kind"); query.Has("kind") {
		if !slices.Contains(kinds, kind) {
			complain(w, http.StatusBadRequest, &controlError{err: fmt.Errorf("simulator: kind is %s, not %q", strings.Join(kinds, ", "), kind), field: "kind"})
			return
		}
		kinds = []string{kind}
	}
	words := strings.ToLower(query.Get("q"))
	list := []Entry{}
	for _, e := range s.Log() {
		if e.Seq > after && slices.Contains(kinds, e.Kind) && e.has(words) &&
			cmp.Or(query.Get("person"), e.PSID) == e.PSID && cmp.Or(query.Get("page"), e.PageID) == e.PageID {
			list = append(list, e)
		}
	}
	respond(w, list)
}

// has reports whether one of an entry's texts has a text in lower case.
func (e *Entry) has(words string) bool {
	for _, text := range []string{e.Name, e.Person, e.Preview, e.Error, e.Advice, strconv.Itoa(e.Status), e.body} {
		if containsFold(text, words) {
			return true
		}
	}
	return false
}

// containsFold reports whether a text has words, which are in lower case. Of ASCII, the usual case, it makes no copy: the
// bodies of a whole log are megabytes.
func containsFold(text, words string) bool {
	if strings.ContainsFunc(words, func(r rune) bool { return r >= utf8.RuneSelf }) {
		return strings.Contains(strings.ToLower(text), words)
	}
	for i := 0; i+len(words) <= len(text); i++ {
		if sameFold(text[i:i+len(words)], words) {
			return true
		}
	}
	return false
}

// sameFold reports whether a text of the same length is the same but for the case of ASCII letters.
func sameFold(text, lower string) bool {
	for i := range len(lower) {
		c := text[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}

// entryDetail is an entry with all that is known of it.
type entryDetail struct {
	Entry    Entry     `json:"entry"`
	Body     string    `json:"body,omitempty"`     // what was posted: of several callbacks that went out together, all of them
	Delivery *Delivery `json:"delivery,omitempty"` // of a callback
	Request  *Request  `json:"request,omitempty"`  // of a call
}

func (s *Simulator) serveEntry(w http.ResponseWriter, r *http.Request) {
	seq, err := strconv.Atoi(r.PathValue("seq"))
	if err != nil {
		seq = -1
	}
	if form := r.URL.Query().Get("as"); form != "" && form != "json" {
		text, err := s.Snippet(seq, form)
		if err != nil {
			refuseControl(w, err)
			return
		}
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		_, _ = w.Write([]byte(text)) // a caller that has gone away needs no text
		return
	}
	detail, err := s.entry(seq)
	if err != nil {
		refuseControl(w, err)
		return
	}
	respond(w, detail)
}

// entry finds an entry and what belongs to it.
func (s *Simulator) entry(seq int) (entryDetail, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.wire.entries, func(e Entry) bool { return e.Seq == seq })
	if i < 0 {
		return entryDetail{}, fmt.Errorf("%w: %d", ErrNoEntry, seq)
	}
	detail := entryDetail{Entry: s.wire.entries[i], Body: s.wire.entries[i].body}
	if i := slices.IndexFunc(s.requests, func(r Request) bool { return r.Seq == seq }); i >= 0 {
		request := s.requests[i]
		detail.Request = &request
	}
	if i := slices.IndexFunc(s.deliveries, func(d *Delivery) bool { return d.ID == detail.Entry.DeliveryID }); i >= 0 {
		delivery := *s.deliveries[i]
		detail.Delivery = &delivery
	}
	return detail, nil
}
