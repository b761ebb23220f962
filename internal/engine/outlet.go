package engine

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
)

// outlet takes what a route's handler and senders answer.
type outlet struct {
	turn    *turn
	answers bool

	mu       sync.Mutex
	over     bool
	messages []sending.Message
	cancels  []string
}

// Queue implements [sending.Outlet].
func (o *outlet) Queue(_ context.Context, messages []sending.Message) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case o.over:
		return store.ErrTurnOver
	case !o.answers:
		return sending.ErrNotAnswerable
	}
	o.messages = append(o.messages, messages...)
	return nil
}

// Cancel implements [sending.Outlet].
func (o *outlet) Cancel(_ context.Context, key string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.over {
		return store.ErrTurnOver
	}
	o.cancels = append(o.cancels, key)
	return nil
}

// Now implements [sending.Outlet].
func (o *outlet) Now(ctx context.Context, action sending.Action) error {
	o.mu.Lock()
	over := o.over
	o.mu.Unlock()
	switch {
	case over:
		return store.ErrTurnOver
	case !o.answers:
		return sending.ErrNotAnswerable
	}
	t := o.turn
	d := sending.Delivery{
		PageID:    t.ev.PageID,
		PersonID:  t.ev.PersonID,
		Object:    t.ev.Object,
		Attempt:   1,
		CreatedAt: time.Now(),
		Message:   withRecipient(action.Message(), t.ev.PersonID, t.ev.UserRef),
	}
	result, err := t.w.e.send(ctx, d)
	record := sentRecord(d, result, err)
	if recordErr := t.w.e.cfg.Store.Apply(context.WithoutCancel(ctx), store.SaveSent{Sent: record}); recordErr != nil {
		t.w.log.Error("cannot record a send", "error", recordErr)
	}
	return err
}

// end closes the outlet and returns what it took.
func (o *outlet) end() (messages []sending.Message, cancels []string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.over = true
	return slices.Clone(o.messages), slices.Clone(o.cancels)
}
