package operations

import (
	"context"
	"errors"
	"time"

	"github.com/djmessenger/messenger/store"
)

// many is the body of a request about several dead letters.
type many struct {
	IDs   []int64 `json:"ids"`
	All   bool    `json:"all"`
	After string  `json:"after"`
	Limit int     `json:"limit"`
}

// progress is how far such a request came.
type progress struct {
	// Done were replayed, or dropped.
	Done int `json:"done"`
	// Gone were not there any more, or are of another page.
	Gone []int64 `json:"gone"`
	// Next is the cursor for what remains; empty at the end.
	Next string `json:"next,omitempty"`
}

func (s *server) replayMany(c *call) (any, error) {
	return s.many(c, func(dead store.DeadLetters) func(context.Context, int64) error { return dead.Replay })
}

func (s *server) dropMany(c *call) (any, error) {
	return s.many(c, func(dead store.DeadLetters) func(context.Context, int64) error { return dead.Drop })
}

// many does something with several letters, each in a transaction of its own. What is done when it fails stays done, and a repetition
// passes over it.
func (s *server) many(c *call, of func(store.DeadLetters) func(context.Context, int64) error) (any, error) {
	var body many
	if err := c.body(&body); err != nil {
		return nil, err
	}
	filter, err := c.deadFilter()
	if err != nil {
		return nil, err
	}
	if err := body.check(); err != nil {
		return nil, err
	}
	for name := range c.query {
		if !body.All && name != "page" {
			return nil, badRequest("bad_parameter", `the parameter %q goes with "all"; with "ids" only the parameter page does`, name)
		}
	}
	dead, err := capability[store.DeadLetters](s, "DeadLetters")
	if err != nil {
		return nil, err
	}
	selection := selection{ids: body.IDs}
	if body.All {
		if selection, err = s.selected(c.ctx, dead, filter, body); err != nil {
			return nil, err
		}
	}
	out := progress{Gone: []int64{}, Next: selection.next}
	do := of(dead)
	for i, id := range selection.ids {
		err := error(nil)
		if !body.All {
			_, err = findLetter(c.ctx, dead, id, c.action.PageID)
		}
		if err == nil {
			err = gone(id, do(c.ctx, id))
		}
		refused, isRefused := errors.AsType[*refusal](err)
		switch {
		case err == nil:
			out.Done++
		case isRefused && refused.code == "no_such_letter":
			out.Gone = append(out.Gone, id)
		default:
			out.Next = selection.cursorBefore(i)
			return nil, &partly{out, err}
		}
	}
	return out, nil
}

// partly is the error of a request that failed after it had changed something, perhaps.
type partly struct {
	progress

	err error
}

func (p *partly) Error() string { return p.err.Error() }
func (p *partly) Unwrap() error { return p.err }

func (m many) check() error {
	switch {
	case m.All == (len(m.IDs) > 0):
		return badRequest("bad_body", `give either "ids", or "all": true for all letters that the parameters of the query select`)
	case !m.All && m.After != "":
		return badRequest("bad_body", `"after" goes with "all"`)
	case len(m.IDs) > MaxMany || m.Limit > MaxMany:
		return badRequest("too_many", "one request is about at most %d dead letters; repeat it with the cursor next of its answer", MaxMany)
	case m.Limit < 0:
		return badRequest("bad_body", `"limit" is negative`)
	}
	return nil
}

// selection are the letters of a request.
type selection struct {
	ids   []int64
	next  string    // the cursor behind them
	until time.Time // of the cursor; zero if the letters were named
}

// cursorBefore is where to go on after a failure at one of the letters: with that one. It is empty if the letters were named.
func (s selection) cursorBefore(i int) string {
	if s.until.IsZero() {
		return ""
	}
	return cursor(deadAfter{s.ids[i] - 1, s.until})
}

// selected finds the letters that a filter selects, of those that there were at the first request: a letter that a replay leaves
// again must not be replayed without end.
func (s *server) selected(ctx context.Context, dead store.DeadLetters, filter deadFilter, body many) (out selection, err error) {
	from := deadAfter{}
	if _, err := readCursor(body.After, &from); err != nil {
		return out, err
	}
	if from.Until.IsZero() {
		if from.Until, err = s.now(ctx); err != nil {
			return out, err
		}
	}
	if filter.until.IsZero() || from.Until.Before(filter.until) {
		filter.until = from.Until
	}
	limit := body.Limit
	if limit == 0 {
		limit = MaxMany
	}
	found, after, err := filter.find(ctx, dead, from.ID, limit)
	if err != nil {
		return out, err
	}
	out.until = from.Until
	for _, l := range found {
		out.ids = append(out.ids, l.ID)
	}
	if after != 0 {
		out.next = cursor(deadAfter{after, from.Until})
	}
	return out, nil
}

// now is the store's time, just behind what it has written until now.
func (s *server) now(ctx context.Context) (time.Time, error) {
	clock, ok := store.As[store.Clock](s.store)
	if !ok {
		return time.Now(), nil
	}
	at, err := clock.Now(ctx)
	return at.Add(time.Microsecond), err
}
