package operations

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"

	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
)

// entry is something that was said in a conversation, or an attempt to say it.
type entry struct {
	At        time.Time       `json:"at"`
	Direction string          `json:"direction"` // received or sent
	Type      string          `json:"type,omitempty"`
	Key       string          `json:"key"`
	MID       string          `json:"mid,omitempty"`
	Text      string          `json:"text,omitempty"`
	Standby   bool            `json:"standby,omitempty"`
	Outcome   string          `json:"outcome,omitempty"` // of what was sent
	Status    int             `json:"status,omitempty"`  // HTTP
	Error     string          `json:"error,omitempty"`
	Response  string          `json:"response,omitempty"`
	Body      json.RawMessage `json:"body,omitempty"`
	Raw       []byte          `json:"raw,omitempty"` // of an export: what is no JSON
}

func received(r store.Received) entry {
	e := entry{At: r.At, Direction: "received", Type: r.Type, Key: r.Key, Standby: r.Standby, Body: validJSON(r.Body)}
	var body struct {
		Message  struct{ MID, Text string }
		Postback struct{ MID, Title string }
	}
	if json.Unmarshal(r.Body, &body) == nil {
		e.MID = cmp.Or(body.Message.MID, body.Postback.MID)
		e.Text = cmp.Or(body.Message.Text, body.Postback.Title)
	}
	return e
}

func sent(r store.Sent) entry {
	e := entry{
		At: r.At, Direction: "sent", Type: r.Type, Key: r.Key, MID: r.MID, Outcome: string(r.Outcome), Status: r.Status, Error: r.Error,
		Response: r.Response, Body: withoutTokens(r.Body),
	}
	var body struct{ Message struct{ Text string } }
	if json.Unmarshal(r.Body, &body) == nil {
		e.Text = body.Message.Text
	}
	return e
}

// validJSON returns what can stand in an answer.
func validJSON(data []byte) json.RawMessage {
	if !json.Valid(data) {
		return nil
	}
	return data
}

// withoutTokens takes out of a request what lets whoever has it write to the person.
func withoutTokens(data []byte) json.RawMessage {
	var body map[string]json.RawMessage
	var to map[string]json.RawMessage
	if json.Unmarshal(data, &body) != nil {
		return nil
	}
	if json.Unmarshal(body["recipient"], &to) != nil {
		return data
	}
	changed := false
	for _, name := range []string{"notification_messages_token", "one_time_notif_token"} {
		if _, ok := to[name]; ok {
			to[name], changed = json.RawMessage(`"[redacted]"`), true
		}
	}
	if !changed {
		return data
	}
	body["recipient"], _ = json.Marshal(to) // what was just decoded
	out, _ := json.Marshal(body)
	return out
}

// saidBefore is the cursor of a conversation: the time of the last entry, and how many of that time were given.
type saidBefore struct {
	At             time.Time
	Received, Sent int
}

// recordsMost is how many records of a conversation are read to find those behind a cursor.
const recordsMost = MaxExport

// conversation lists what was said, both ways, the newest first.
func (s *server) conversation(c *call) (any, error) {
	limit, err := c.limit()
	if err != nil {
		return nil, err
	}
	var from saidBefore
	begun, err := c.after(&from)
	if err != nil {
		return nil, err
	}
	conv := c.conv()
	in, err := before(begun, from.At, from.Received, limit+1, func(n int) ([]store.Received, error) { return s.store.Received(c.ctx, conv.PageID, conv.PSID, n) },
		func(r store.Received) time.Time { return r.At })
	if err != nil {
		return nil, err
	}
	out, err := before(begun, from.At, from.Sent, limit+1, func(n int) ([]store.Sent, error) { return s.store.Sent(c.ctx, conv.PageID, conv.PSID, n) },
		func(r store.Sent) time.Time { return r.At })
	if err != nil {
		return nil, err
	}
	all := make([]entry, 0, len(in)+len(out))
	for _, r := range out {
		all = append(all, sent(r))
	}
	for _, r := range in {
		all = append(all, received(r))
	}
	slices.SortStableFunc(all, func(a, b entry) int { return b.At.Compare(a.At) })
	answer := page[entry]{Items: all}
	if len(all) > limit {
		answer.Items = all[:limit]
		answer.Next = cursor(from.behind(begun, answer.Items))
	}
	return answer, nil
}

// behind is the cursor behind those entries.
func (f saidBefore) behind(begun bool, items []entry) saidBefore {
	next := saidBefore{At: items[len(items)-1].At}
	if begun && next.At.Equal(f.At) {
		next.Received, next.Sent = f.Received, f.Sent
	}
	for _, e := range items {
		switch {
		case !e.At.Equal(next.At):
		case e.Direction == "received":
			next.Received++
		default:
			next.Sent++
		}
	}
	return next
}

// before reads records that are not newer than a time, without the first ones of that time. A store lists the newest first, so it
// reads more of them until there are enough.
func before[T any](begun bool, at time.Time, skip, want int, read func(limit int) ([]T, error), when func(T) time.Time) ([]T, error) {
	for limit := want; ; limit *= 4 {
		limit = min(limit, recordsMost)
		all, err := read(limit)
		if err != nil {
			return nil, err
		}
		more := len(all) == limit && limit < recordsMost
		if begun {
			i := slices.IndexFunc(all, func(r T) bool { return !when(r).After(at) })
			if i < 0 {
				i = len(all)
			}
			for seen := 0; i < len(all) && seen < skip && when(all[i]).Equal(at); seen++ {
				i++
			}
			all = all[i:]
		}
		if len(all) >= want || !more {
			return all[:min(len(all), want)], nil
		}
	}
}

// inQueue is what waits in a conversation.
type inQueue struct {
	Events []waitingEvent `json:"events"`
	Sends  []waitingSend  `json:"sends"`
}

type waitingEvent struct {
	Key        string    `json:"key"`
	Type       string    `json:"type,omitempty"`
	At         time.Time `json:"at,omitzero"`
	ReceivedAt time.Time `json:"received_at"`
	Text       string    `json:"text,omitempty"`
	// Event is the event as the platform sent it, and Raw what the store has of one that cannot be decoded; both only in an export.
	Event json.RawMessage `json:"event,omitempty"`
	Raw   []byte          `json:"raw,omitempty"`
}

type waitingSend struct {
	Key      string    `json:"key"`
	Type     string    `json:"type,omitempty"`
	AddedAt  time.Time `json:"added_at,omitzero"`
	DueAt    time.Time `json:"due_at,omitzero"`
	Attempts int       `json:"attempts"`
	// Started: a request may have been made, and its outcome is not known.
	Started   bool   `json:"started,omitempty"`
	Broadcast bool   `json:"broadcast,omitempty"`
	Text      string `json:"text,omitempty"`
	// Message is the whole message as package sending has it, without tokens, and Raw what the store has of one that cannot be
	// decoded; both only in an export.
	Message json.RawMessage `json:"message,omitempty"`
	Raw     []byte          `json:"raw,omitempty"`
}

// detail is how much of what waits is shown.
type detail bool

const (
	texts detail = false
	whole detail = true // for an export
)

// waiting lists what waits in a conversation, in the order in which it is worked.
func (s *server) waiting(c *call) (any, error) {
	limit, err := c.limit()
	if err != nil {
		return nil, err
	}
	return s.waitingOf(c, limit, texts)
}

// waitingOf reads what waits, as far as the store shows it.
func (s *server) waitingOf(c *call, limit int, show detail) (inQueue, error) {
	out := inQueue{Events: []waitingEvent{}, Sends: []waitingSend{}}
	if peeker, ok := store.As[store.Peeker](s.store); ok {
		events, err := peeker.Peek(c.ctx, c.conv(), limit)
		if err != nil {
			return out, err
		}
		for _, e := range slices.Backward(events) {
			out.Events = append(out.Events, waitingEventOf(e, show))
		}
	}
	if viewer, ok := store.As[store.Viewer](s.store); ok {
		sends, err := viewer.Outbox(c.ctx, c.conv(), limit)
		if err != nil {
			return out, err
		}
		for _, send := range sends {
			w := waitingSendOf(send)
			if show == whole {
				w.Message, w.Raw = messageOf(send.Body)
			}
			out.Sends = append(out.Sends, w)
		}
	}
	return out, nil
}

func waitingEventOf(e store.QueuedEvent, show detail) waitingEvent {
	w := waitingEvent{Key: e.Key, At: e.Time, ReceivedAt: e.ReceivedAt}
	ev, err := decode(e.Body)
	if err == nil {
		w.Type, w.Text = string(ev.Type), ev.Text()
	}
	switch {
	case show != whole:
	case err == nil && ev.Raw != nil:
		w.Event = ev.Raw
	default:
		w.Raw = e.Body
	}
	return w
}

// messageOf is the message of a send, without tokens, or its stored form if it has none that can be read.
func messageOf(body []byte) (message json.RawMessage, raw []byte) {
	var stored struct{ Message json.RawMessage }
	if json.Unmarshal(body, &stored) == nil {
		message = withoutTokens(stored.Message)
	}
	if message == nil {
		raw = body
	}
	return message, raw
}

func waitingSendOf(s store.QueuedSend) waitingSend {
	_, broadcast := store.BroadcastOf(s.Group)
	w := waitingSend{Key: s.Key, AddedAt: s.AddedAt, Attempts: s.Attempts, Started: s.Started, Broadcast: broadcast}
	if !s.AddedAt.IsZero() {
		w.DueAt = s.AddedAt.Add(max(s.Delay, 0))
	}
	var body struct{ Message sending.Message }
	if json.Unmarshal(s.Body, &body) == nil {
		w.Type, w.Text = body.Message.Kind(), body.Message.Text
	}
	return w
}
