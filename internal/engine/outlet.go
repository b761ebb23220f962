package engine

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
)

// outlet takes what a route's handler and senders answer.
type outlet struct {
	turn    *turn
	route   string
	answers bool
	silence *handling.Silence // why the route does not answer; nil if it may

	mu       sync.Mutex
	over     bool
	messages []sending.Message
	cancels  []string
	refused  []sending.Failure
}

// Queue addresses the messages; if one of them
// cannot be an answer to the event, all are refused.
func (o *outlet) Queue(_ context.Context, messages []sending.Message) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.over {
		return o.late(messages...)
	}
	addressed, err := o.address(messages)
	if err != nil {
		o.refuse(err, messages...)
		return err
	}
	if o.messages == nil { // as with most routes, which answer with one call
		o.messages = addressed
	} else {
		o.messages = append(o.messages, addressed...)
	}
	return nil
}

// address addresses messages to what the event is about. o.mu must be held.
func (o *outlet) address(messages []sending.Message) ([]sending.Message, error) {
	if !o.answers {
		return nil, sending.ErrNotAnswerable
	}
	if o.silence != nil {
		return nil, fmt.Errorf("%w: %s", sending.ErrSilent, o.silence)
	}
	addressed := make([]sending.Message, len(messages))
	replied := map[string]bool{} // by these messages
	for i, m := range messages {
		m, err := sending.Address(o.turn.ev, m)
		if err != nil {
			return nil, err
		}
		if to := privateReplyTo(m); to != "" {
			if replied[to] || o.turn.replied[to] || slices.ContainsFunc(o.messages, func(m sending.Message) bool { return privateReplyTo(m) == to }) {
				return nil, sending.ErrAlreadyReplied
			}
			replied[to] = true
		}
		addressed[i] = m
	}
	return addressed, nil
}

// Refused notes what the Replier refuses itself; see package replier.
func (o *outlet) Refused(_ context.Context, messages []sending.Message, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.over {
		_ = o.late(messages...)
		return
	}
	o.refuse(err, messages...)
}

// late logs what came after the route had ended, and returns why it is refused.
func (o *outlet) late(messages ...sending.Message) error {
	for _, m := range messages {
		o.turn.w.log.Error("a reply was not sent: its route had ended",
			"event", o.turn.queued.Key, "type", o.turn.kind(), "route", o.route, "kind", m.Kind())
	}
	return store.ErrTurnOver
}

// refuse keeps messages that will not be sent, to be reported when the turn ends.
// o.mu must be held.
func (o *outlet) refuse(err error, messages ...sending.Message) {
	t := o.turn
	for _, m := range messages {
		o.refused = append(o.refused, sending.Failure{Err: err, Delivery: sending.Delivery{
			PageID:    t.ev.PageID,
			PSID:      t.ev.PSID,
			Object:    t.ev.Object,
			Attempt:   1,
			CreatedAt: t.w.now(),
			Message:   m,
		}})
	}
}

// Cancel takes back the messages of a key; see package replier.
func (o *outlet) Cancel(_ context.Context, key string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.over {
		return store.ErrTurnOver
	}
	o.cancels = append(o.cancels, key)
	return nil
}

// Now sends an action; see package replier.
func (o *outlet) Now(ctx context.Context, action sending.Action) error {
	t := o.turn
	message, err := o.addressAction(action)
	if err != nil {
		return err
	}
	if t.w.e.pauses.paused(t.ev.PageID) {
		t.w.log.Debug("sending is paused: an action is left out", "event", t.queued.Key, "route", o.route, "action", action)
		return nil
	}
	d := sending.Delivery{
		PageID:    t.ev.PageID,
		PSID:      t.ev.PSID,
		Object:    t.ev.Object,
		Attempt:   1,
		CreatedAt: t.w.now(),
		Message:   message,
	}
	result, err := t.w.e.send(ctx, &d)
	record := sentRecord(d, result, err, t.w.now())
	t.w.e.counts.sent(record.Outcome)
	if err != nil {
		t.w.log.With(meaningOf(err)...).Error("a message was not sent",
			"event", t.queued.Key, "type", t.kind(), "route", o.route, "kind", message.Kind(), "outcome", record.Outcome, "error", err)
		t.w.e.failed(ctx, sending.Failure{Delivery: d, Err: err})
	}
	save := store.SaveSent{Sent: record, Known: true} // the person may have been forgotten since the turn began
	if recordErr := t.w.e.unsaved.apply(save); recordErr != nil {
		t.w.log.Error("cannot save the record of a message; it is kept until the store takes it", "error", recordErr)
		t.w.e.unsaved.keepRecord(save)
	}
	return err
}

func (o *outlet) addressAction(action sending.Action) (sending.Message, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.over {
		return sending.Message{}, o.late(action.Message())
	}
	addressed, err := o.address([]sending.Message{action.Message()})
	if err != nil {
		o.refuse(err, action.Message())
		return sending.Message{}, err
	}
	return addressed[0], nil
}

// ended reports whether the outlet was closed: its route was abandoned.
func (o *outlet) ended() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.over
}

// end closes the outlet and returns what it took and what it refused, to which nothing is added any
// more.
func (o *outlet) end() (messages []sending.Message, cancels []string, refused []sending.Failure) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.over = true
	return o.messages, o.cancels, o.refused
}
