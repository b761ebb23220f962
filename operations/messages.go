package operations

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
)

const (
	// maxMessageKey is the length of a message's key in bytes.
	maxMessageKey = 200
	// operatorKeys begin the keys of messages of operators, so that they are none of the program's own.
	operatorKeys = "messenger.operations/"
	// humanAgentWindow is how long after a person's last act a human may answer.
	humanAgentWindow = 7 * 24 * time.Hour
)

// newMessage is the body that sends a message.
type newMessage struct {
	// Text is a text, in place of Message.
	Text string `json:"text"`
	// Message is as package sending has it in JSON.
	Message json.RawMessage `json:"message"`
	Type    string          `json:"type"`
	Tag     string          `json:"tag"`
}

// sentMessage is a message of an operator, and how far it is.
type sentMessage struct {
	Page     string    `json:"page"`
	Person   string    `json:"person"`
	Key      string    `json:"key"`
	State    string    `json:"state"` // waiting, or the outcome of the last attempt
	Attempts int       `json:"attempts"`
	DueAt    time.Time `json:"due_at,omitzero"`
	Started  bool      `json:"started,omitempty"`
	At       time.Time `json:"at,omitzero"` // of the last attempt
	MID      string    `json:"mid,omitempty"`
	Status   int       `json:"status,omitempty"`
	Error    string    `json:"error,omitempty"`
	Type     string    `json:"type,omitempty"`
	Text     string    `json:"text,omitempty"`
}

func sentMessageOf(c *call, found messenger.KeyedSend) sentMessage {
	out := sentMessage{Page: c.PathValue("page"), Person: c.PathValue("person"), Key: c.PathValue("key"), State: "waiting", Attempts: len(found.Attempts)}
	if len(found.Attempts) > 0 {
		last := sent(found.Attempts[0])
		out.State, out.At, out.MID, out.Status, out.Error = last.Outcome, last.At, last.MID, last.Status, last.Error
		out.Type, out.Text = last.Type, last.Text
	}
	if found.Queued != nil {
		w := waitingSendOf(*found.Queued)
		out.State, out.DueAt, out.Started, out.Attempts, out.Type, out.Text = "waiting", w.DueAt, w.Started, w.Attempts, w.Type, w.Text
	}
	return out
}

// sendMessage queues a message of an operator, once for each key. What was queued before under the key is answered with before anything is
// refused, so that a repetition gets the answer that the first request would have got.
func (s *server) sendMessage(c *call) (any, error) {
	var body newMessage
	if err := c.body(&body); err != nil {
		return nil, err
	}
	key := c.PathValue("key")
	if len(key) > maxMessageKey || !utf8.ValidString(key) || strings.ContainsFunc(key, unicode.IsControl) || strings.TrimSpace(key) == "" {
		return nil, badRequest("bad_parameter", "the key of a message has 1 to %d bytes of UTF-8 without control characters", maxMessageKey)
	}
	message, err := body.message()
	if err != nil {
		return nil, err
	}
	if refused := s.mayReach(c, message); refused != nil {
		if found, err := s.findMessage(c); err == nil {
			return repeated(c, found, message)
		}
		return nil, refused
	}
	conv := c.conv()
	if err := s.bot.SendOnce(c.ctx, conv.PageID, conv.PSID, operatorKeys+key, message); err != nil {
		return nil, err
	}
	found, err := s.findMessage(c)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil, &refusal{http.StatusConflict, "conflict", "a message had this key before and is gone: it was cancelled, or its record was purged; choose another key"}
	case errors.Is(err, errors.ErrUnsupported): // it is queued, and the store does not show it
		return sentMessage{Page: conv.PageID, Person: conv.PSID, Key: key, State: "waiting", Type: message.Kind(), Text: message.Text}, nil
	case err != nil:
		return nil, err
	}
	return repeated(c, found, message)
}

// showMessage says how far a message of an operator is.
func (s *server) showMessage(c *call) (any, error) {
	found, err := s.findMessage(c)
	if errors.Is(err, store.ErrNotFound) {
		return nil, notFound("no_such_message", "no message was sent to the person under this key, or it was cancelled, or its record was purged")
	}
	return sentMessageOf(c, found), err
}

func (s *server) findMessage(c *call) (messenger.KeyedSend, error) {
	conv := c.conv()
	return s.bot.FindSend(c.ctx, conv.PageID, conv.PSID, operatorKeys+c.PathValue("key"))
}

// message is the message of the body.
func (b newMessage) message() (m sending.Message, err error) {
	switch given := len(b.Message) > 0 && string(b.Message) != "null"; {
	case given == (b.Text != ""):
		return m, badRequest("bad_body", `give either "text", or "message": a message as package sending has it in JSON`)
	case given:
		if err := strict(bytes.NewReader(b.Message), &m); err != nil {
			return m, badRequest("bad_body", `"message" is not a message: %s`, strings.TrimPrefix(err.Error(), "json: "))
		}
	default:
		m = sending.Text(b.Text)
	}
	kinds := []sending.MessagingType{"", sending.MessagingResponse, sending.MessagingUpdate}
	switch {
	case m.Recipient != nil || m.Public != nil || m.Key != "":
		return m, badRequest("bad_body", `"message" has a recipient, a public target or a key; the path has the person and the key`)
	case !slices.Contains(kinds, sending.MessagingType(b.Type)):
		return m, badRequest("bad_body", `"type" is %q, and has to be %s or %s; "tag" is for a message after the 24 hours`, b.Type, sending.MessagingResponse, sending.MessagingUpdate)
	case b.Type != "" && b.Tag != "":
		return m, badRequest("bad_body", `give either "type" or "tag"`)
	case b.Type != "" && m.MessagingType != "" && string(m.MessagingType) != b.Type || b.Tag != "" && m.Tag != "" && m.Tag != b.Tag:
		return m, badRequest("bad_body", `"message" has another messaging_type or tag than "type" or "tag" say`)
	}
	if b.Type != "" {
		m = m.WithMessagingType(sending.MessagingType(b.Type))
	}
	if b.Tag != "" {
		m = m.WithTag(b.Tag)
	}
	if m.MessagingType == "" && m.Tag == "" && m.Utility == nil && m.SenderAction == "" {
		m = m.WithMessagingType(sending.MessagingResponse)
	}
	if err := m.Validate(""); err != nil { // the platform checks Instagram's limits
		return m, &refusal{http.StatusBadRequest, "bad_message", "the message is not sent: " + err.Error()}
	}
	return m, nil
}

// mayReach returns why a message would wait without end in sight, or be refused for sure.
func (s *server) mayReach(c *call, message sending.Message) error {
	conv := c.conv()
	person, err := s.store.Person(c.ctx, conv.PageID, conv.PSID)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return store.ErrNoPerson
	case err != nil:
		return err
	case !person.UnavailableSince.IsZero():
		return &refusal{http.StatusConflict, "unavailable", "the platform said at " + person.UnavailableSince.UTC().Format(time.RFC3339) +
			" that the person cannot be reached: they have blocked the page or are gone. They have to write first"}
	}
	if err := s.notPaused(c.ctx, conv.PageID); err != nil {
		return err
	}
	now, err := s.now(c.ctx)
	if err != nil {
		return err
	}
	return windowOpen(person, message, now)
}

// windowOpen refuses what the platform would refuse for its age.
func windowOpen(person store.Person, message sending.Message, now time.Time) error {
	if person.LastAct.IsZero() { // the platform knows more
		return nil
	}
	due, last := now.Add(message.Delay), person.LastAct.UTC().Format(time.RFC3339)
	switch {
	case !message.WindowFree() && due.Sub(person.LastAct) > window:
		return &refusal{http.StatusConflict, "window_closed", "the person's last act was at " + last + ", more than 24 hours before the message; a human may answer within 7 days with the tag " +
			sending.TagHumanAgent + ", and an approved utility template may go out at any time"}
	case message.Tag == sending.TagHumanAgent && due.Sub(person.LastAct) > humanAgentWindow:
		return &refusal{http.StatusConflict, "window_closed", "the person's last act was at " + last + ", more than 7 days before the message; the person has to write first"}
	}
	return nil
}

// notPaused refuses to send for a page that is paused, since nothing says when the message would go out.
func (s *server) notPaused(ctx context.Context, pageID string) error {
	paused, err := s.bot.Paused(ctx)
	if err != nil {
		return err
	}
	for _, p := range paused {
		if p.PageID != pageID && p.PageID != messenger.AllPages {
			continue
		}
		of, note := "the page", ""
		if p.PageID == messenger.AllPages {
			of = "all pages"
		}
		if p.Reason != "" {
			note = " (" + p.Reason + ")"
		}
		return &refusal{http.StatusConflict, "paused", "sending is paused for " + of + " since " + p.Since.UTC().Format(time.RFC3339) + note + "; resume it first"}
	}
	return nil
}

// repeated answers with a message that is queued under the key of a request, or was, if it is the one of the request.
func repeated(c *call, found messenger.KeyedSend, message sending.Message) (any, error) {
	if !isMessage(found, message, c.PathValue("person")) {
		return nil, &refusal{http.StatusConflict, "conflict", "another message to the person has this key, or the program changed this one when it sent it; GET the same path shows it. For a new message choose another key"}
	}
	return sentMessageOf(c, found), nil
}

// isMessage reports whether a message that was queued is that message, as far as the store shows it: the record of an echo has no content.
func isMessage(found messenger.KeyedSend, message sending.Message, psid string) bool {
	to := sending.Recipient{ID: psid}
	want, err := message.Request(to, "")
	if err != nil {
		return false
	}
	if found.Queued != nil {
		var body struct{ Message sending.Message }
		if json.Unmarshal(found.Queued.Body, &body) != nil {
			return false
		}
		got, err := body.Message.Request(to, "")
		return err == nil && sameRequest(got, want)
	}
	for _, attempt := range found.Attempts {
		if len(attempt.Body) > 0 {
			return sameRequest(attempt.Body, want)
		}
	}
	return true
}

// sameRequest compares two requests without their metadata, to which the bot adds its own.
func sameRequest(a, b []byte) bool {
	var first, second map[string]any
	if json.Unmarshal(a, &first) != nil || json.Unmarshal(b, &second) != nil {
		return false
	}
	for _, one := range []map[string]any{first, second} {
		if message, ok := one["message"].(map[string]any); ok {
			delete(message, "metadata")
		}
	}
	return reflect.DeepEqual(first, second)
}
