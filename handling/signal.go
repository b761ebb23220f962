package handling

import (
	"context"
	"fmt"
	"time"

	"github.com/djmessenger/messenger/internal/raise"
	"github.com/djmessenger/messenger/internal/turnctx"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/receiving/payload"
	"github.com/djmessenger/messenger/store"
)

// Signal raises a signal for the conversation of the turn, an event of type
// [receiving.TypeSignal] that carries v:
//
//	var paid = payload.New[Paid]("order.paid")
//
//	err := handling.Signal(ctx, "order-4711-paid", paid, Paid{Order: 4711})
//
//	policy := routing.Policy{receiving.TypeSignal: {{Handler: handling.OnPayload(paid, thank)}}}
//
// The signal is handled after the turn, in a turn of its own: in order with the
// conversation's other events, once, with the person and a Replier, retried and
// dead-lettered as any event. It is no act of the person: it opens no 24-hour window, and an
// answer is sent within 24 hours of the person's last act, as by messenger.Bot.Send.
//
// Signals with a key that waits, or was raised by Signal within the time that dedup keys are
// kept (messenger.Config.Retention, at least seven days), have no effect. Timers have keys of
// their own: a signal and a timer of one key do not affect each other. A key is of the
// conversation: 1 to 200 bytes of UTF-8 without control characters. Keys that begin with
// "messenger." are the library's own.
//
// Like every write it takes effect when the turn commits, and is dropped if its route fails
// or returns [Skip]; so also in a route under DEFAULT, on standby, and while the bot keeps
// silent. It returns store.ErrNoTurn outside of a turn, as in a middleware of sends, and
// store.ErrTurnOver after its route has ended and in a middleware of turns: messenger.Bot.Signal
// works there, and for other conversations. For a key or a payload that breaks a limit (a
// payload of more than [payload.MaxSignal] bytes is a payload.ErrTooLong) it returns an error
// that [IsPermanent] reports. If 1,000 raised events of the conversation wait when the turn
// commits, the route fails with a store.RaiseLimitError, and is retried.
func Signal[T any](ctx context.Context, key string, kind payload.Kind[T], v T) error {
	return raiseKind(ctx, store.Raise{Key: key}, kind, v)
}

// After sets a timer: a [Signal] that is raised after the delay, counted by the store's clock
// from the commit of the turn. It is handled within a second after that, also if the bot was
// restarted, and never before.
//
//	err := handling.After(ctx, 30*time.Minute, "abandoned-cart", cart, c)
//
// It replaces the timer of that key that waits, its time and its payload, also one that is
// due and whose turn has not begun. Of two calls in a turn the later one counts. The key is
// free again when the timer's turn begins, so that a timer can set itself anew.
//
// A negative delay, or none, is due at once; one above 366 days is an error that
// [IsPermanent] reports. All else is as for [Signal].
func After[T any](ctx context.Context, delay time.Duration, key string, kind payload.Kind[T], v T) error {
	return raiseKind(ctx, store.Raise{Key: key, Delay: delay, Replace: true}, kind, v)
}

// CancelTimer takes back the timer of that key of the turn's conversation, unless its turn has
// begun. A signal of that key stays. It is no error if there is none. It takes effect when the turn
// commits: CancelTimer and then [After] moves a timer, After and then CancelTimer sets none.
// Errors are those of [Signal].
//
// Whether a timer waits, a turn keeps in a session; from outside of turns
// messenger.Bot.Timers lists them.
func CancelTimer(ctx context.Context, key string) error {
	if err := store.CheckRaise(key, 0); err != nil {
		return Permanent(fmt.Errorf("handling: CancelTimer: %w", err))
	}
	conv, err := conversationOf(ctx, "CancelTimer", "CancelSignal")
	if err != nil {
		return err
	}
	return store.Queue(ctx, store.CancelRaise{Conversation: conv, Key: key, Replaceable: true})
}

func raiseKind[T any](ctx context.Context, r store.Raise, kind payload.Kind[T], v T) error {
	text, err := kind.EncodeSignal(v)
	if err != nil {
		return Permanent(err)
	}
	name, outside := "Signal", "Signal"
	if r.Replace {
		name, outside = "After", "SignalAfter"
	}
	if r.Conversation, err = conversationOf(ctx, name, outside); err != nil {
		return err
	}
	r, err = raise.Of(r, receiving.Object(turnctx.ObjectFrom(ctx)), text)
	if err != nil {
		return Permanent(fmt.Errorf("handling: %s: %w", name, err))
	}
	return store.Queue(ctx, r)
}

// conversationOf returns the conversation of the context's turn. Its errors name the function, and
// the method of messenger.Bot that does the same outside of turns.
func conversationOf(ctx context.Context, name, outside string) (store.Conversation, error) {
	if err := store.Queue(ctx); err != nil {
		return store.Conversation{}, fmt.Errorf("handling: %s outside of a turn (use Bot.%s there): %w", name, outside, err)
	}
	who := store.PersonFrom(ctx)
	return store.Conversation{PageID: who.PageID, PSID: who.PSID}, nil
}
