package messenger

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/internal/raise"
	"github.com/djmessenger/messenger/store"
)

// Signal raises a signal for a conversation, from any goroutine of the program: "order 4711
// was paid". It becomes an event of type receiving.TypeSignal, which the routes of the policy
// under that type handle as any event: in order with the conversation's others, once, with
// the person and a Replier, retried, dead-lettered and replayed. A nil error means that it is
// durable. In a handler use [handling.Signal], which commits with the turn.
//
// The payload is as a rule that of a kind, which [handling.OnPayload] reads:
//
//	var paid = payload.New[Paid]("order.paid")
//
//	text, err := paid.EncodeSignal(Paid{Order: 4711})
//	…
//	err = bot.Signal(ctx, pageID, psid, "order-4711-paid", text)
//
// Of all signals with the same page, person and key one takes effect, also after a restart
// and across replicas, for as long as Config.Retention.DedupKeys: call it again when the
// program does not know whether it did. A key has 1 to 200 bytes of UTF-8, without control
// characters; those that begin with "messenger." are the library's own. A payload has at most
// payload.MaxSignal bytes, counted as a JSON string if it is no JSON object.
//
// A signal is no act of the person: it opens no 24-hour window, and an answer is sent within
// 24 hours of their last act. It may be for a page that this process does not serve: it waits
// for a process that does.
//
// It returns an error that handling.IsPermanent reports for a key or a payload that breaks
// its limit (a payload.ErrTooLong) and for an empty or wrong id; [store.ErrNoPerson] for a
// person whom the store does not know, because they never wrote to the page
// or were forgotten, and so for every person of an
// unknown page; a [store.RaiseLimitError] if 1,000
// raised events of the conversation wait; and [errors.ErrUnsupported] if the store takes none.
// After an error of the context or of the connection it may have been raised.
func (b *Bot) Signal(ctx context.Context, pageID, psid, key, payload string) error {
	return b.raise(ctx, store.Raise{Conversation: store.Conversation{PageID: pageID, PSID: psid}, Key: key}, payload)
}

// SignalAfter sets a timer: a [Bot.Signal] that is raised after the delay, counted by the
// store's clock from this call. It is handled within a second after that, also if the bot was
// restarted, once across replicas, and never before. A negative delay is due at once; one
// above 366 days is an error that handling.IsPermanent reports. In a handler use
// [handling.After].
//
// It replaces the timer of that key that waits, its time and its payload; a signal of that key
// it does not affect. The key is free
// again once the timer's turn has begun. If the conversation is being worked for at that
// moment, a timer that is due already may be running: then it stays, and this is one more.
// After an error of the context or of the connection the timer may have been set; if it may
// have fired since, setting it again is one more.
func (b *Bot) SignalAfter(ctx context.Context, pageID, psid string, delay time.Duration, key, payload string) error {
	return b.raise(ctx, store.Raise{Conversation: store.Conversation{PageID: pageID, PSID: psid}, Key: key, Delay: delay, Replace: true}, payload)
}

func (b *Bot) raise(ctx context.Context, r store.Raise, payload string) error {
	if b == nil {
		return ErrNoBot
	}
	r.Known = true
	r, err := raise.Of(r, "", payload)
	if err != nil {
		err = handling.Permanent(fmt.Errorf("messenger: %w", err))
	}
	if err := errors.Join(checkConversation(r.Conversation), err); err != nil {
		return err
	}
	if err := b.cfg.Store.Apply(ctx, r); err != nil {
		return fmt.Errorf("messenger: %q for person %s of page %s: %w", r.Key, r.PSID, r.PageID, err)
	}
	b.engine.HintAfter(r.Delay)
	return nil
}

// checkConversation returns an error for ids that no conversation has.
func checkConversation(conv store.Conversation) error {
	errs := []error{checkPageArgument(conv.PageID)}
	if conv.PSID == "" {
		errs = append(errs, errors.New("messenger: the person's id is empty"))
	}
	return handling.Permanent(errors.Join(errs...))
}

// CancelSignal takes back what was raised for a conversation by that key: the timer, and the
// signal, if their turns have not begun. It reports whether anything was taken back: false says that
// none waits, or that its turn may be running. The key is free again. In a handler use
// [handling.CancelTimer]. It returns an error that handling.IsPermanent reports for a key that
// breaks its limit and for an empty or wrong id, and [errors.ErrUnsupported] if the store is no [store.Timers].
func (b *Bot) CancelSignal(ctx context.Context, pageID, psid, key string) (bool, error) {
	if b == nil {
		return false, ErrNoBot
	}
	conv := store.Conversation{PageID: pageID, PSID: psid}
	err := store.CheckRaise(key, 0)
	if err != nil {
		err = handling.Permanent(fmt.Errorf("messenger: %w", err))
	}
	if err := errors.Join(checkConversation(conv), err); err != nil {
		return false, err
	}
	timers, err := capability[store.Timers](b, "Timers")
	if err != nil {
		return false, err
	}
	return timers.CancelRaised(ctx, conv, key)
}

// Timer is a timer, or a signal that was not handled yet, as [Bot.Timers] lists it.
type Timer struct {
	// Timer is what the store has: the key, when it is due and when it was raised.
	store.Timer
	// Payload is its payload; "" also if this version of the library cannot read it.
	Payload string
}

// Timers lists what was raised for a conversation and waits, what is due first first, those
// included that are due and not handled. It reads what is durable: in a handler it does not
// show what the turn has queued. For a page of more give the last one as query.After:
//
//	more, err := bot.Timers(ctx, pageID, psid, store.TimerQuery{After: last.Timer, Limit: 100})
//
// It returns an error that handling.IsPermanent reports for an empty or wrong id, and
// [errors.ErrUnsupported] if the store is no [store.Timers]. Stats counts the timers of all
// conversations.
func (b *Bot) Timers(ctx context.Context, pageID, psid string, query store.TimerQuery) ([]Timer, error) {
	if b == nil {
		return nil, ErrNoBot
	}
	conv := store.Conversation{PageID: pageID, PSID: psid}
	if err := checkConversation(conv); err != nil {
		return nil, err
	}
	stored, err := capability[store.Timers](b, "Timers")
	if err != nil {
		return nil, err
	}
	waiting, err := stored.Timers(ctx, conv, query)
	if err != nil {
		return nil, err
	}
	timers := make([]Timer, len(waiting))
	for i, t := range waiting {
		timers[i] = Timer{Timer: t}
		if timers[i].Payload, err = raise.Payload(t.Body); err != nil {
			b.cfg.Logger.Warn("the payload of a timer cannot be read", "page", pageID, "person", psid, "key", t.Key, "error", err)
		}
	}
	return timers, nil
}
