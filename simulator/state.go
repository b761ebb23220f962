package simulator

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"
)

type stateOf struct {
	Page          map[string]string             `json:"page"`  // the one of Config.PageID
	Pages         []pageState                   `json:"pages"` // all
	Webhook       string                        `json:"webhook"`
	WebhookError  string                        `json:"webhook_error"`  // why the last callback was not taken
	WebhookAdvice string                        `json:"webhook_advice"` // what to do about it
	People        []Person                      `json:"people"`
	Conversations map[string]*conversationState `json:"conversations"`
	Deliveries    []Delivery                    `json:"deliveries"`    // the latest
	Requests      []Request                     `json:"requests"`      // the latest
	Log           []Entry                       `json:"log,omitempty"` // the latest, in their order, if it was asked for
	Cursor        string                        `json:"cursor"`        // where the events continue
	Now           time.Time                     `json:"now"`
	Frozen        bool                          `json:"frozen,omitempty"` // the clock
}

type pageState struct {
	ID       string                     `json:"id"`
	Name     string                     `json:"name"`
	Platform string                     `json:"platform"`
	AppID    string                     `json:"app_id"` // of the bot
	Inbox    string                     `json:"inbox"`  // app id of the people at work
	Profile  map[string]json.RawMessage `json:"profile"`

	Fields       []string `json:"fields"`                 // webhook fields
	Lenient      bool     `json:"lenient,omitempty"`      // see [Page.Lenient]
	Unsubscribed bool     `json:"unsubscribed,omitempty"` // the bot failed for an hour
}

type conversationState struct {
	conversationInfo

	Messages []Message       `json:"messages"`
	Total    int             `json:"total,omitempty"` // messages, if Messages has the latest only
	Seen     time.Time       `json:"seen,omitzero"`
	Typing   bool            `json:"typing,omitempty"`
	Menu     json.RawMessage `json:"menu,omitempty"` // of this person alone
	Thread   *Thread         `json:"thread,omitempty"`
}

// conversationInfo is what decides whether the page may write to a person.
type conversationInfo struct {
	PSID    string    `json:"person_id"`
	Blocked bool      `json:"blocked,omitempty"` // by the person
	LastAct time.Time `json:"last_act,omitzero"` // opened the 24-hour window
}

func (c *conversation) info(psid string) conversationInfo {
	return conversationInfo{PSID: psid, Blocked: c.blocked, LastAct: c.lastAct}
}

const (
	// stateKeep is how many deliveries and requests a page that loads gets to see.
	stateKeep = 200
	// logKeep is how many entries of the log it gets, and talkKeep how many messages of each conversation.
	logKeep  = 1000
	talkKeep = 200
)

// serveState answers with all that the chat page shows. The parameter record chooses what of the record: wire for deliveries
// and requests with their bodies, log for the log without.
func (s *Simulator) serveState(w http.ResponseWriter, r *http.Request) {
	switch record := cmp.Or(r.URL.Query().Get("record"), "wire"); record {
	case "wire":
		respond(w, s.state())
	case "log":
		respond(w, s.stateWithLog())
	default:
		complain(w, http.StatusBadRequest, &controlError{err: fmt.Errorf("simulator: record is wire or log, not %q", record), field: "record"})
	}
}

func (s *Simulator) state() stateOf {
	now := s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	st := s.stateAt(now, feedKeep)
	st.Requests = latest(s.requests, stateKeep)
	for _, d := range latest(s.deliveries, stateKeep) {
		st.Deliveries = append(st.Deliveries, d.brief())
	}
	return st
}

func (s *Simulator) stateWithLog() stateOf {
	now := s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	st := s.stateAt(now, talkKeep)
	st.Log = latest(s.wire.entries, logKeep)
	slices.SortFunc(st.Log, func(a, b Entry) int { return a.Seq - b.Seq })
	return st
}

// stateAt is the state without the record, with so many messages of each conversation. s.mu must be held.
func (s *Simulator) stateAt(now time.Time, talk int) stateOf {
	st := stateOf{
		Page: map[string]string{"id": s.main.id, "name": s.main.name}, Pages: []pageState{},
		Webhook: s.webhook, WebhookError: s.problem.err, WebhookAdvice: s.problem.advice, People: s.peopleInOrder(), Conversations: map[string]*conversationState{},
		Deliveries: []Delivery{}, Requests: []Request{}, Cursor: s.feed.cursor(), Now: now, Frozen: s.clockState().Frozen,
	}
	for _, pg := range s.pages {
		st.Pages = append(st.Pages, pageState{
			ID: pg.id, Name: pg.name, Platform: pg.platform(), AppID: pg.appID, Inbox: pg.inbox(), Profile: maps.Clone(pg.profile),
			Fields: append([]string{}, pg.fields...), Lenient: pg.lenient, Unsubscribed: pg.unsubscribed,
		})
		for id, c := range pg.conversations {
			st.Conversations[id] = pg.conversationState(id, c, now, talk)
		}
	}
	return st
}

func (p *page) conversationState(id string, c *conversation, now time.Time, talk int) *conversationState {
	cs := &conversationState{conversationInfo: c.info(id), Messages: []Message{}, Seen: c.seen, Typing: c.typing, Menu: c.settings.menu}
	for _, m := range latest(c.messages, talk) {
		cs.Messages = append(cs.Messages, *m)
	}
	if len(cs.Messages) < len(c.messages) {
		cs.Total = len(c.messages)
	}
	if c.thread.owner != "" || p.defaultApp != "" {
		thread := p.threadOf(id, now)
		cs.Thread = &thread
	}
	return cs
}

func latest[T any](list []T, n int) []T {
	return append([]T{}, list[max(0, len(list)-n):]...)
}
