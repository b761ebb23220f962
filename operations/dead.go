package operations

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/djmessenger/messenger/internal/nearest"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/store"
)

// deadFilters are the parameters that select dead letters.
var deadFilters = []string{"page", "person", "type", "route", "reason", "since", "until"}

const (
	deadStep = 200  // how many letters are read at a time
	deadMost = 4000 // how many letters one request looks at
)

// letter is a dead letter.
type letter struct {
	ID       int64           `json:"id"`
	Page     string          `json:"page"`
	Person   string          `json:"person"`
	Key      string          `json:"key"`
	Type     receiving.Type  `json:"type,omitempty"`
	At       time.Time       `json:"at"`
	EventAt  time.Time       `json:"event_at,omitzero"`
	Attempts int             `json:"attempts"`
	Failures []store.Failure `json:"failures"`
	Text     string          `json:"text,omitempty"`
	Payload  string          `json:"payload,omitempty"`
	Signal   string          `json:"signal,omitempty"`
	Problem  string          `json:"problem,omitempty"`
	Event    json.RawMessage `json:"event,omitempty"`
	// Raw is what the store has of an event that cannot be decoded.
	Raw []byte `json:"raw,omitempty"`
}

func letterOf(d store.DeadLetter) letter {
	l := letter{
		ID: d.ID, Page: d.PageID, Person: d.PSID, Key: d.Key, At: d.At, EventAt: d.Time, Attempts: d.Attempts,
		Failures: append([]store.Failure{}, d.Failures...), Signal: d.Raised.Key,
	}
	ev, err := decode(d.Body)
	if err != nil {
		l.Problem = "the event cannot be decoded: it may be of another version of the library"
		return l
	}
	l.Type, l.Text, l.Payload, l.Event = ev.Type, ev.Text(), ev.PayloadText(), ev.Raw
	return l
}

// withRaw adds the stored form of an event that cannot be decoded.
func (l letter) withRaw(d store.DeadLetter) letter {
	if l.Event == nil {
		l.Raw = d.Body
	}
	return l
}

// decode opens the event of a queue.
func decode(body []byte) (*receiving.Event, error) {
	var e receiving.Envelope
	if err := e.UnmarshalBinary(body); err != nil {
		return nil, err
	}
	ev, _ := e.Event()
	return ev, nil
}

// deadFilter selects dead letters.
type deadFilter struct {
	query         store.DeadQuery
	kind          receiving.Type
	route, reason string
	since, until  time.Time
}

func (c *call) deadFilter() (f deadFilter, err error) {
	q := c.query
	f = deadFilter{
		query: store.DeadQuery{PageID: q.Get("page"), PSID: q.Get("person"), Limit: deadStep},
		kind:  receiving.Type(strings.ToUpper(q.Get("type"))), route: q.Get("route"), reason: strings.ToLower(q.Get("reason")),
	}
	if f.query.PSID != "" && f.query.PageID == "" {
		return f, badRequest("bad_parameter", "the parameter person needs the parameter page: an id is that of a person with one page")
	}
	if f.kind != "" && !slices.Contains(receiving.Types(), f.kind) {
		return f, badRequest("bad_parameter", "there is no type %q; the nearest is %s", f.kind, nearestType(f.kind))
	}
	if f.since, err = c.time("since"); err == nil {
		f.until, err = c.time("until")
	}
	return f, err
}

func nearestType(kind receiving.Type) string {
	var known []string
	for _, one := range receiving.Types() {
		known = append(known, string(one))
	}
	return nearest.Name(string(kind), known)
}

func (f deadFilter) takes(d store.DeadLetter, l letter) bool {
	if f.kind != "" && l.Type != f.kind || !f.since.IsZero() && d.At.Before(f.since) || !f.until.IsZero() && !d.At.Before(f.until) {
		return false
	}
	if f.route == "" && f.reason == "" {
		return true
	}
	for _, failure := range d.Failures {
		if (f.route == "" || failure.Route == f.route) && strings.Contains(strings.ToLower(failure.Error), f.reason) {
			return true
		}
	}
	return false
}

// find looks for letters behind an id, at most limit. Next is where to go on, or 0 at the end.
func (f deadFilter) find(ctx context.Context, dead store.DeadLetters, after int64, limit int) (found []letter, next int64, err error) {
	f.query.After = after
	for seen := 0; ; {
		letters, err := dead.Dead(ctx, f.query)
		if err != nil {
			return nil, 0, err
		}
		for _, d := range letters {
			l := letterOf(d)
			if f.takes(d, l) {
				if len(found) == limit {
					return found, f.query.After, nil
				}
				found = append(found, l)
			}
			f.query.After = d.ID
		}
		if len(letters) < deadStep {
			return found, 0, nil
		}
		if seen += len(letters); seen >= deadMost {
			return found, f.query.After, nil
		}
	}
}

// deadAfter is the cursor of dead letters. Until bounds what many are taken of, so that letters which a replay leaves again are not.
type deadAfter struct {
	ID    int64
	Until time.Time `json:",omitzero"`
}

func (s *server) listDead(c *call) (any, error) {
	limit, err := c.limit()
	if err != nil {
		return nil, err
	}
	filter, err := c.deadFilter()
	if err != nil {
		return nil, err
	}
	var from deadAfter
	if _, err := c.after(&from); err != nil {
		return nil, err
	}
	dead, err := capability[store.DeadLetters](s, "DeadLetters")
	if err != nil {
		return nil, err
	}
	found, next, err := filter.find(c.ctx, dead, from.ID, limit)
	if err != nil {
		return nil, err
	}
	out := page[letter]{Items: append([]letter{}, found...)}
	for i := range out.Items {
		out.Items[i].Event = nil // showDead has it
	}
	if next != 0 {
		out.Next = cursor(deadAfter{ID: next})
	}
	return out, nil
}

// letter finds the dead letter of the path, of the page that the call is limited to.
func (s *server) letter(c *call) (store.DeadLetters, store.DeadLetter, error) {
	var none store.DeadLetter
	id, err := strconv.ParseInt(c.PathValue("id"), 10, 64)
	if err != nil || id < 1 {
		return nil, none, badRequest("bad_parameter", "the id of a dead letter is a number, not %q", c.PathValue("id"))
	}
	dead, err := capability[store.DeadLetters](s, "DeadLetters")
	if err != nil {
		return nil, none, err
	}
	found, err := findLetter(c.ctx, dead, id, c.action.PageID)
	return dead, found, err
}

func findLetter(ctx context.Context, dead store.DeadLetters, id int64, pageID string) (store.DeadLetter, error) {
	letters, err := dead.Dead(ctx, store.DeadQuery{PageID: pageID, After: id - 1, Limit: 1})
	switch {
	case err != nil:
		return store.DeadLetter{}, err
	case len(letters) == 0 || letters[0].ID != id:
		return store.DeadLetter{}, noLetter(id)
	}
	return letters[0], nil
}

func noLetter(id int64) error {
	return notFound("no_such_letter", "there is no dead letter %d: it was replayed or dropped, its person was forgotten, or it is of another page", id)
}

// gone names the letter in the error of one that another operator was faster with.
func gone(id int64, err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return noLetter(id)
	}
	return err
}

func (s *server) showDead(c *call) (any, error) {
	_, d, err := s.letter(c)
	if err != nil {
		return nil, err
	}
	return letterOf(d).withRaw(d), nil
}

func (s *server) replayDead(c *call) (any, error) {
	dead, d, err := s.letter(c)
	if err == nil {
		err = gone(d.ID, dead.Replay(c.ctx, d.ID))
	}
	return map[string]any{"id": d.ID, "replayed": true}, err
}

func (s *server) dropDead(c *call) (any, error) {
	dead, d, err := s.letter(c)
	if err == nil {
		err = gone(d.ID, dead.Drop(c.ctx, d.ID))
	}
	return map[string]any{"id": d.ID, "dropped": true}, err
}

// explanation is what a route would do.
type explanation struct {
	Route   string   `json:"route"`
	Fires   bool     `json:"fires"`
	Answers bool     `json:"answers"`
	Ways    []string `json:"ways,omitempty"`
	Why     string   `json:"why"`
	Dialog  string   `json:"dialog,omitempty"`
	Step    string   `json:"step,omitempty"`
}

func explained(all []routing.Explanation, err error) (any, error) {
	out := page[explanation]{Items: make([]explanation, len(all))}
	for i, e := range all {
		out.Items[i] = explanation{Route: e.Route, Fires: e.Fires, Answers: e.Answers, Why: e.Why, Dialog: e.Dialog, Step: e.Step}
		for _, way := range e.Ways {
			out.Items[i].Ways = append(out.Items[i].Ways, string(way))
		}
	}
	return out, err
}

func (s *server) explainDead(c *call) (any, error) {
	_, d, err := s.letter(c)
	if err != nil {
		return nil, err
	}
	if _, err := decode(d.Body); err != nil {
		return nil, &refusal{http.StatusUnprocessableEntity, "not_decoded", "the event cannot be decoded: it may be of another version of the library"}
	}
	return explained(s.bot.ExplainDead(c.ctx, d.ID))
}
