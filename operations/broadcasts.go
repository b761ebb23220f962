package operations

import (
	"bytes"
	"encoding/json"
	"iter"
	"time"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
)

// broadcast is how far a message to many people is.
type broadcast struct {
	Page      string    `json:"page"`
	Key       string    `json:"key"`
	State     string    `json:"state"`
	StartedAt time.Time `json:"started_at"`
	EndedAt   time.Time `json:"ended_at,omitzero"`
	Total     int       `json:"total"`
	Remaining int       `json:"remaining"`
	Queued    int       `json:"queued"`
	Sent      int       `json:"sent"`
	Refused   int       `json:"refused"`
	Skipped   int       `json:"skipped"`
	Unknown   int       `json:"unknown"`
	Uncertain int       `json:"uncertain"`
	Forgotten int       `json:"forgotten"`
	Cancelled int       `json:"cancelled"`
}

func broadcastOf(b store.Broadcast) broadcast {
	return broadcast{
		Page: b.PageID, Key: b.Key, State: b.State.String(), StartedAt: b.StartedAt, EndedAt: b.EndedAt, Total: b.Total,
		Remaining: b.Remaining(), Queued: b.Queued, Sent: b.Sent, Refused: b.Refused, Skipped: b.Skipped, Unknown: b.Unknown,
		Uncertain: b.Uncertain, Forgotten: b.Forgotten, Cancelled: b.Cancelled,
	}
}

// broadcastAfter is the cursor of broadcasts.
type broadcastAfter struct {
	ID        string
	StartedAt time.Time
}

func (s *server) listBroadcasts(c *call) (any, error) {
	limit, err := c.limit()
	if err != nil {
		return nil, err
	}
	var from broadcastAfter
	if _, err := c.after(&from); err != nil {
		return nil, err
	}
	query := store.BroadcastQuery{PageID: c.action.PageID, After: store.Broadcast{ID: from.ID, StartedAt: from.StartedAt}, Limit: limit + 1}
	switch open := c.query.Get("open"); open {
	case "", "false":
	case "true":
		query.Open = true
	default:
		return nil, badRequest("bad_parameter", "the parameter open is %q, and has to be true or false", open)
	}
	all, err := s.bot.Broadcasts(c.ctx, query)
	if err != nil {
		return nil, err
	}
	out := page[broadcast]{Items: []broadcast{}}
	for _, b := range all[:min(len(all), limit)] {
		out.Items = append(out.Items, broadcastOf(b))
	}
	if len(all) > limit {
		out.Next = cursor(broadcastAfter{all[limit-1].ID, all[limit-1].StartedAt})
	}
	return out, nil
}

func (s *server) showBroadcast(c *call) (any, error) {
	b, err := s.bot.FindBroadcast(c.ctx, c.PathValue("page"), c.PathValue("key"))
	return broadcastOf(b), err
}

// newBroadcast is the body that starts one.
type newBroadcast struct {
	Messages []json.RawMessage `json:"messages"`
	People   []string          `json:"people"`
	Everyone bool              `json:"everyone"`
	// ActiveWithin keeps, of everyone, those whose last act is no older: a duration such as "24h".
	ActiveWithin string `json:"active_within"`
}

func (s *server) startBroadcast(c *call) (any, error) {
	var body newBroadcast
	if err := c.body(&body); err != nil {
		return nil, err
	}
	if body.Everyone == (len(body.People) > 0) {
		return nil, badRequest("bad_body", `give either "people", a list of ids, or "everyone": true`)
	}
	messages := make([]sending.Message, len(body.Messages))
	for i, raw := range body.Messages {
		if err := strict(bytes.NewReader(raw), &messages[i]); err != nil {
			return nil, badRequest("bad_body", "messages[%d] is not a message: %v", i, err)
		}
	}
	people, err := s.recipients(c, body)
	if err != nil {
		return nil, err
	}
	b, err := s.bot.Broadcast(c.ctx, c.PathValue("page"), c.PathValue("key"), people, messages...)
	return broadcastOf(b), err
}

func (s *server) recipients(c *call, body newBroadcast) (iter.Seq2[string, error], error) {
	switch {
	case !body.Everyone && body.ActiveWithin != "":
		return nil, badRequest("bad_body", `"active_within" goes with "everyone"`)
	case !body.Everyone:
		return messenger.PSIDs(body.People...), nil
	case body.ActiveWithin == "":
		return s.bot.People(c.ctx, c.PathValue("page"), nil), nil
	}
	within, err := time.ParseDuration(body.ActiveWithin)
	if err != nil || within <= 0 {
		return nil, badRequest("bad_body", `"active_within" is %q, and has to be a duration such as "24h"`, body.ActiveWithin)
	}
	now, err := s.now(c.ctx)
	if err != nil {
		return nil, err
	}
	return s.bot.People(c.ctx, c.PathValue("page"), func(p store.Person) bool { return now.Sub(p.LastAct) <= within }), nil
}

func (s *server) cancelBroadcast(c *call) (any, error) {
	b, err := s.bot.CancelBroadcast(c.ctx, c.PathValue("page"), c.PathValue("key"))
	return broadcastOf(b), err
}
