package simulator

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

const (
	// againMost is how often an entry can be repeated at a time.
	againMost = 100
	// bodyKeep is how many bytes of a callback are kept with its entry in the log.
	bodyKeep = 1 << 20
)

// Repetition says how a callback or a call of the log is done again. Its zero value does it once, as it was.
type Repetition struct {
	// Body replaces what was posted. Default: the same bytes.
	Body string `json:"body,omitempty"`

	// Signature of a callback is "good", "bad", or "none". Default: good.
	Signature string `json:"signature,omitempty"`

	// Times is how often, one after the other, at most 100. Default: 1.
	Times int `json:"times,omitempty"`
}

// Again does what an entry of the log tells of once more, and returns the new entries, whose Again names it. A callback is
// posted at once and past the queues. A call is made in the place of the bot, with the token that its page has now; it is
// [ErrNoEntry] if the log does not have the entry, and another error for a warning, and for an upload whose bytes were not kept.
func (s *Simulator) Again(ctx context.Context, seq int, how Repetition) ([]Entry, error) {
	times := how.Times
	if times == 0 {
		times = 1
	}
	if times < 0 || times > againMost {
		return nil, &controlError{err: fmt.Errorf("simulator: times is from 1 to %d, not %d", againMost, times), field: "times"}
	}
	if !slices.Contains([]string{"", "good", signatureBad, signatureNone}, how.Signature) {
		return nil, &controlError{err: fmt.Errorf("simulator: the signature is good, %s or %s, not %q", signatureBad, signatureNone, how.Signature), field: "signature"}
	}
	detail, err := s.entry(seq)
	if err != nil {
		return nil, err
	}
	do := s.postAgain
	switch {
	case detail.Entry.Kind == EntryWarning:
		return nil, errors.New("simulator: a warning cannot be repeated")
	case detail.Entry.Kind == EntryCall && detail.Request == nil, detail.Entry.Kind == EntryCallback && detail.Body == "" && how.Body == "":
		return nil, errors.New("simulator: the log does not have what was posted any more, or it was longer than 1 MiB")
	case detail.Entry.Kind == EntryCall && detail.Request.lost && how.Body == "":
		return nil, errors.New("simulator: the call cannot be repeated: its body was too long to be kept")
	case detail.Entry.Kind == EntryCall && detail.Request.upload && how.Body == "":
		return nil, errors.New("simulator: an upload cannot be repeated: its bytes were not kept")
	case detail.Entry.Kind == EntryCall && how.Signature != "":
		return nil, &controlError{err: errors.New("simulator: a call has no signature"), field: "signature"}
	case detail.Entry.Kind == EntryCall:
		do = s.callAgain
	}
	list := []Entry{}
	for range times {
		if s.ctx.Err() != nil {
			return list, ErrClosed
		}
		if err := ctx.Err(); err != nil {
			return list, err
		}
		e, err := do(ctx, detail, how)
		if err != nil {
			return list, err
		}
		list = append(list, e)
	}
	return list, nil
}

// postAgain posts a callback past the queues.
func (s *Simulator) postAgain(ctx context.Context, detail entryDetail, how Repetition) (Entry, error) {
	head := callbackHead{delivery: detail.Entry.DeliveryID}
	if how.Signature != "good" {
		head.signature = signature(how.Signature)
	}
	body := how.Body
	if body == "" {
		body = detail.Body
	}
	e, _ := s.postLogged(ctx, Entry{
		Name: detail.Entry.Name, PageID: detail.Entry.PageID, PSID: detail.Entry.PSID, DeliveryID: detail.Entry.DeliveryID, Again: detail.Entry.Seq,
		MIDs: detail.Entry.MIDs,
	}, []byte(body), head)
	return e, nil
}

// postLogged posts a callback once, past the queues, and adds it to the log.
func (s *Simulator) postLogged(ctx context.Context, e Entry, body []byte, head callbackHead) (Entry, exchanged) {
	at := s.now()
	s.mu.Lock()
	e.Seq = s.begin()
	appID, webhook := s.cfg.AppID, s.webhook
	if pg := s.pageByID(e.PageID); pg != nil {
		appID = pg.appID
	}
	s.mu.Unlock()
	got := s.postSigned(ctx, appID, body, head)
	attempt := got.attempt(at)
	e.Time, e.Kind, e.Preview, e.Final = at, EntryCallback, previewCallback(string(body)), attempt.Error != ""
	e.Status, e.DurationMS, e.Error, e.Advice = attempt.Status, attempt.DurationMS, attempt.Error, s.advise(got, webhook, appID)
	e.keep(string(body))
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.end(e), got
}

// keep keeps what was posted, unless it is large.
func (e *Entry) keep(body string) {
	if len(body) <= bodyKeep {
		e.body = body
	}
}

// repeatedCall is a call that is made again, as its record has it.
type repeatedCall struct {
	of         int    // its entry
	host, base string // as they were: graph.instagram.com and graph.facebook.com take different tokens
	entry      Entry  // the new one
}

type repeatedCallKey struct{}

// callAgain makes a call in the place of the bot.
func (s *Simulator) callAgain(ctx context.Context, detail entryDetail, how Repetition) (Entry, error) {
	old := detail.Request
	body := how.Body
	if body == "" {
		body = old.Body
	}
	call := &repeatedCall{of: detail.Entry.Seq, host: old.host, base: old.base}
	r, err := http.NewRequestWithContext(context.WithValue(ctx, repeatedCallKey{}, call), old.Method, "http://localhost/", strings.NewReader(body))
	if err != nil {
		return Entry{}, errors.New("simulator: the call cannot be made again")
	}
	target := r.URL
	target.Path, target.RawQuery = old.Path, old.Query
	r.RequestURI = target.RequestURI()
	if body != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if strings.HasPrefix(strings.TrimSpace(body), "{") || strings.HasPrefix(strings.TrimSpace(body), "[") {
			r.Header.Set("Content-Type", "application/json")
		}
	}
	s.mu.Lock()
	if pg := s.pageByID(old.PageID); pg != nil {
		r.Header.Set("Authorization", "Bearer "+pg.tokenOwner().newestToken())
	}
	s.mu.Unlock()
	s.callSelf(r)
	return call.entry, nil
}

// callSelf makes a Graph call without a connection; a fault may cut it off.
func (s *Simulator) callSelf(r *http.Request) {
	defer func() {
		if cut := recover(); cut != nil && cut != http.ErrAbortHandler { //nolint:errorlint // what net/http compares
			panic(cut)
		}
	}()
	s.serveGraph(&answerBuffer{header: http.Header{}}, r)
}

// answerBuffer keeps an answer.
type answerBuffer struct {
	header http.Header
	body   bytes.Buffer
}

func (b *answerBuffer) Header() http.Header { return b.header }

func (b *answerBuffer) Write(data []byte) (int, error) { return b.body.Write(data) }

func (b *answerBuffer) WriteHeader(int) {}
