package simulator

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Request is one Graph call as it came and how it was answered. It never holds the
// access token or a header's value.
type Request struct {
	Seq     int       `json:"seq"` // of its [Entry] in the log
	Time    time.Time `json:"time"`
	PageID  string    `json:"page_id,omitempty"` // whose token it had; empty: no page's
	Method  string    `json:"method"`
	Path    string    `json:"path"`            // as sent, version included
	Query   string    `json:"query,omitempty"` // without tokens, secrets and appsecret_proof
	Headers []string  `json:"headers"`         // names, sorted
	Body    string    `json:"body,omitempty"`  // JSON as sent; forms without the token; of an upload its description
	Status  int       `json:"status"`          // 0: the connection was closed instead
	Answer  string    `json:"answer,omitempty"`
	Fault   bool      `json:"fault,omitempty"` // a Fault changed the call
	Via     string    `json:"via,omitempty"`   // [ViaBatch]: part of a batch, which is a call of its own

	// Warnings are what the platform may do otherwise, and what the bot's author should know.
	Warnings []string `json:"warnings,omitempty"`

	DurationMS int64 `json:"duration_ms"` // of the wall clock

	// AnswersDelivery is that of its [Entry].
	AnswersDelivery int `json:"answers_delivery,omitempty"`

	start   time.Time // of the wall clock
	upload  bool      // the body is multipart, of which the bytes are not kept
	lost    bool      // body and answer are forgotten, as there was too much
	says    string    // its header X-Simulator-Delivery
	again   *repeatedCall
	host    string // of the Graph API, if the call named it
	base    string // where the simulator was reached
	psid    string // whom it is about, if known
	preview string
}

// requestsKeep is how many bytes of the bodies and answers of Graph calls are kept in all.
const requestsKeep = 64 << 20

// size is how many bytes of it count for requestsKeep.
func (r Request) size() int { return len(r.Query) + len(r.Body) + len(r.Answer) }

// keepRequest adds a call to those that are remembered. When there is too much, the oldest calls lose what they said. s.mu
// must be held.
func (s *Simulator) keepRequest(rec Request) {
	before := append(s.requests, rec) //nolint:gocritic // what falls off is looked at
	s.requests = trim(before, s.cfg.History)
	s.requestBytes += rec.size()
	for i := range before[:len(before)-len(s.requests)] {
		s.requestBytes -= before[i].size()
	}
	for i := 0; s.requestBytes > requestsKeep && i < len(s.requests)-1; i++ {
		old := &s.requests[i]
		if old.size() == 0 {
			continue
		}
		s.requestBytes -= old.size()
		old.Query, old.Body, old.Answer, old.lost = "", "", "", true
		if at := slices.IndexFunc(s.wire.entries, func(e Entry) bool { return e.Seq == old.Seq }); at >= 0 {
			s.wire.entries[at].body = ""
		}
	}
}

// ViaBatch is the [Request.Via] of the calls that came together in one.
const ViaBatch = "batch"

// Requests returns every Graph call in the order of the answers. The result is a
// copy.
func (s *Simulator) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

func (s *Simulator) remember(rec Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	rec.DurationMS = time.Since(rec.start).Milliseconds()
	refusal := rec.answered()
	rec.AnswersDelivery = s.answersDelivery(rec)
	s.keepRequest(rec)
	s.publish("request", rec)
	e := Entry{
		Seq: rec.Seq, Time: rec.Time, Kind: EntryCall, Name: rec.Method + " " + edgeOf(rec.Path), PageID: rec.PageID, PSID: rec.psid,
		Preview: rec.preview, Status: rec.Status, DurationMS: rec.DurationMS, Error: rec.problem(refusal), Fault: rec.Fault,
		Advice: sentences(append([]string{s.adviceOn(rec, refusal)}, rec.Warnings...)), AnswersDelivery: rec.AnswersDelivery, body: rec.Body,
		MIDs: rec.mids(),
	}
	if rec.again != nil {
		e.Again = rec.again.of
		rec.again.entry = s.end(e)
		return
	}
	s.end(e)
}

// mids are the messages that the call made.
func (r Request) mids() []string {
	var answer sent
	if r.Status != http.StatusOK || json.Unmarshal([]byte(r.Answer), &answer) != nil || answer.MessageID == "" {
		return nil
	}
	return []string{answer.MessageID}
}

// answered is the error of an answer; nil if there is none.
func (r Request) answered() *GraphError {
	var answer struct{ Error *GraphError }
	if r.Status < http.StatusBadRequest || json.Unmarshal([]byte(r.Answer), &answer) != nil {
		answer.Error = nil // a fault may have answered anything
	}
	return answer.Error
}

// problem is why a call was refused, with the error of its answer or nil.
func (r Request) problem(err *GraphError) string {
	switch {
	case r.Status == 0:
		return "the connection was cut"
	case err == nil:
		return ""
	case err.Subcode != 0:
		return fmt.Sprintf("%d/%d: %s", err.Code, err.Subcode, err.Message)
	default:
		return fmt.Sprintf("%d: %s", err.Code, err.Message)
	}
}

// sentences joins texts, of which some may be empty.
func sentences(texts []string) string {
	return strings.Join(slices.DeleteFunc(texts, func(text string) bool { return text == "" }), " ")
}

// neverWritten is the advice on a closed window that was never open.
const neverWritten = "The person has never written to the page. A page can write to a person only after the person has written first."

// adviceOn is what a bot can do about the refusal of a call. s.mu must be held.
func (s *Simulator) adviceOn(rec Request, err *GraphError) string {
	advice := adviceFor(err)
	if advice != adviceByMeaning["window closed"] || rec.psid == "" {
		return advice
	}
	if c := s.pageWith(rec.psid).conversations[rec.psid]; s.home[rec.psid] != nil && (c == nil || c.lastAct.IsZero()) {
		return neverWritten
	}
	return advice
}

// adviceByMeaning says for each meaning of a refusal what a bot can do about it.
var adviceByMeaning = map[string]string{
	"token":                "The access token is not that of the simulated page, or it was revoked. The bot's page token is MESSENGER_PAGE_TOKEN.",
	"rate limit (app)":     "Wait and send again, later each time.",
	"rate limit (page)":    "Wait and send again, later each time.",
	"rate limit (account)": "Wait and send again, later each time.",
	"window closed":        "The person's last act is more than 24 hours old. Only a message with a tag that is allowed, or a template, can be sent now.",
	"transient":            "Send again: the fault passes.",
}

// adviceFor is what a bot can do about a refusal, empty if its own text says enough.
func adviceFor(err *GraphError) string {
	if err == nil {
		return ""
	}
	for _, known := range refusals {
		if known.Code == err.Code && known.Message == err.Message {
			return adviceByMeaning[known.Meaning]
		}
	}
	if err.Code == codeToken {
		return adviceByMeaning["token"]
	}
	return ""
}

// edgeOf is the last part of a Graph path, which says what the call does; of a node itself its id, or me. A call without a
// path is a batch.
func edgeOf(path string) string {
	_, parts := splitPath(path)
	if len(parts) == 0 {
		return "batch"
	}
	return parts[len(parts)-1]
}

func recordOf(r *http.Request, at time.Time) Request {
	query := r.URL.Query()
	for _, name := range secretParams {
		query.Del(name)
	}
	rec := Request{Time: at, start: time.Now(), Method: r.Method, Path: r.URL.Path, Query: query.Encode(), says: r.Header.Get(deliveryHeader)}
	rec.host, rec.base = graphHost(r.Host), baseOf(r)
	if rec.again, _ = r.Context().Value(repeatedCallKey{}).(*repeatedCall); rec.again != nil {
		rec.host, rec.base = rec.again.host, rec.again.base
	}
	rec.upload = strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/")
	for name := range r.Header {
		rec.Headers = append(rec.Headers, name)
	}
	slices.Sort(rec.Headers)
	return rec
}

// baseOf is the address this request reached the simulator at, with the path it
// is mounted below, if any. Under one of the platform's hosts it is the address
// that the server listens on, which browsers reach too.
func baseOf(r *http.Request) string {
	base := url.URL{Scheme: "http", Host: r.Host}
	if r.TLS != nil {
		base.Scheme = "https"
	}
	if local, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr); ok && toGraphHost(r) {
		base = url.URL{Scheme: "http", Host: local.String()}
	}
	if full, err := url.ParseRequestURI(r.RequestURI); err == nil {
		if n := len(full.Path) - len(r.URL.Path); n > 0 && full.Path[n:] == r.URL.Path {
			base.Path = full.Path[:n]
		}
	}
	return base.String()
}
