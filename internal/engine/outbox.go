package engine

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"strings"

	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
)

// outgoing is the body of a send in the outbox.
type outgoing struct {
	Object    receiving.Object `json:"object,omitempty"`
	CreatedAt time.Time        `json:"created_at"`
	Message   sending.Message  `json:"message"`
}

// sendKey makes an idempotency key that a retried event makes again.
func sendKey(parts ...string) string {
	var named []byte // each part with its length before it
	for _, p := range parts {
		named = append(append(strconv.AppendInt(named, int64(len(p)), 10), ':'), p...)
	}
	sum := sha256.Sum256(named)
	return base64.RawURLEncoding.EncodeToString(sum[:18])
}

// encode makes the outbox rows of what a route composed until that time.
func (t *turn) encode(route string, messages []sending.Message, at time.Time) ([]store.Send, error) {
	sends := make([]store.Send, len(messages))
	conv := t.w.lease.Conversation
	for i, m := range messages {
		key, fresh := t.sendKey(route, i, m)
		send := store.Send{Conversation: conv, Key: key, Fresh: fresh, Group: t.queued.Key, Delay: m.Delay}
		var err error
		if sends[i], err = encodeSend(send, t.ev.Object, m, at); err != nil {
			return nil, err
		}
	}
	return sends, nil
}

// sendKey is the idempotency key of a route's message, and whether no other send can
// have it. An event's route takes effect once, and so are its keys used once. An
// answer to a comment, a post or a mention is keyed by that and not by the event:
// the platform may notify of it more than once.
func (t *turn) sendKey(route string, i int, m sending.Message) (key string, fresh bool) {
	conv := t.w.lease.Conversation
	switch to := privateReplyTo(m); {
	case m.Key != "":
		return NamedKey(conv, m.Key), false
	case to != "":
		return sendKey("private reply", conv.PageID, to), false
	case m.Public != nil && !slices.Contains(sending.TypeWays(t.ev.Type), sending.ByMessage):
		p := m.Public
		return sendKey("public reply", conv.PageID, p.CommentID, p.PostID, p.MediaID, route, strconv.Itoa(i)), false
	}
	if t.tells { // the turn may have used the key for what it drops
		return sendKey("turn", t.queued.Key, route, strconv.Itoa(i), "failed"), true
	}
	return sendKey("turn", t.queued.Key, route, strconv.Itoa(i)), true
}

// cancel makes the writes that take messages back.
func (t *turn) cancel(keys []string) []store.Write {
	writes := make([]store.Write, len(keys))
	conv := t.w.lease.Conversation
	for i, key := range keys {
		writes[i] = store.CancelSend{Conversation: conv, Key: NamedKey(conv, key)}
	}
	return writes
}

// NamedKey is the idempotency key of a message that the program has named, and
// the group of what it has named together.
func NamedKey(conv store.Conversation, key string) string {
	return sendKey("named", conv.PageID, conv.PSID, key)
}

// PartKey is the idempotency key of a further message of a group.
func PartKey(group string, i int) string { return sendKey("part", group, strconv.Itoa(i)) }

// NewKey is an idempotency key that no other send has.
func NewKey() string { return rand.Text() }

// EncodeSend fills in the body of a send from outside of a turn, where the
// product is not known.
func EncodeSend(s store.Send, m sending.Message) (store.Send, error) {
	return encodeSend(s, "", withRecipient(m, s.PSID, ""), time.Now())
}

func encodeSend(s store.Send, object receiving.Object, m sending.Message, at time.Time) (store.Send, error) {
	body, err := json.Marshal(outgoing{Object: object, CreatedAt: at, Message: m})
	if err != nil {
		return s, fmt.Errorf("encode message: %w", err)
	}
	s.Body = body
	return s, nil
}

// withRecipient addresses a message that names no recipient itself.
func withRecipient(m sending.Message, personID, userRef string) sending.Message {
	switch {
	case m.Recipient != nil, m.Public != nil:
		return m
	case personID != "":
		return m.To(sending.Recipient{ID: personID})
	default:
		return m.To(sending.Recipient{UserRef: userRef})
	}
}

func decodeSend(s store.QueuedSend) (sending.Delivery, error) {
	var o outgoing
	err := json.Unmarshal(s.Body, &o)
	if !s.AddedAt.IsZero() {
		o.CreatedAt = s.AddedAt // the process that queued it may have another time
	}
	return delivery(&s, &o), err
}

// delivery is the next attempt at a send.
func delivery(s *store.QueuedSend, o *outgoing) sending.Delivery {
	return sending.Delivery{
		PageID:    s.PageID,
		PSID:      personID(s.Conversation),
		Object:    o.Object,
		Key:       s.Key,
		Attempt:   s.Attempts + 1,
		CreatedAt: o.CreatedAt,
		Message:   o.Message,
	}
}

// personID is the person of a conversation, or "" if it has none.
func personID(conv store.Conversation) string {
	if strings.Contains(conv.PSID, "/") {
		return ""
	}
	return conv.PSID
}
