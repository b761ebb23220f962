package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
)

// record notes what an attempt means. It returns how long the conversation must rest.
func (w *worker) record(p *plan, result graph.SendResult, err error, used *usedCredentials) (pause time.Duration) {
	s, d := p.send, p.delivery
	if err == nil || isDelivered(s, err) {
		w.recordFinal(p, result, nil, store.OutcomeSent)
		return 0
	}
	class := graph.Classify(err)
	if r := rules[class]; r.again(w, d, err) {
		if class == graph.RetryNewToken {
			pause = w.e.pages.pause(w.held.ctx, d.PageID, used.get(), err)
		} else {
			pause = backoff(d.Attempt, r.first)
		}
		w.recordAgain(s, d, result, err, r.outcome)
		return pause
	}
	outcome := store.OutcomeRefused
	if class == graph.RetryUncertain || mayBeDelivered(s, err) {
		outcome, err = store.OutcomeUncertain, fmt.Errorf("%w: %w", sending.ErrUncertain, err)
	}
	w.recordFinal(p, result, err, outcome)
	if endsGroup(err) && toPerson(&d) {
		w.markUnavailable(d, err)
		w.skipGroup(p, err)
	}
	return 0
}

// recordRefusal notes a send that is refused without a request.
func (w *worker) recordRefusal(p *plan) {
	if endsGroup(p.refusal) {
		w.skipGroup(p, p.refusal)
	}
	w.recordFinal(p, graph.SendResult{}, p.refusal, p.outcome)
}

// endsGroup reports whether a refusal implies that what follows in the group will be
// refused too.
func endsGroup(err error) bool {
	return errors.Is(err, graph.ErrOutsideWindow) || errors.Is(err, graph.ErrPersonUnavailable)
}

// skipGroup notes that what follows in the group would be refused, too. The refusal of a
// sender action says nothing about messages.
func (w *worker) skipGroup(p *plan, err error) {
	if p.delivery.Message.SenderAction != "" || errors.Is(err, sending.ErrSetAside) {
		return
	}
	if w.skippedGroups == nil {
		w.skippedGroups = map[string]error{}
	}
	w.skippedGroups[p.send.Group] = err
}

// markUnavailable adds to the last result what the platform said of the person.
func (w *worker) markUnavailable(d sending.Delivery, err error) {
	if errors.Is(err, graph.ErrPersonUnavailable) {
		mark := store.MarkUnavailable{PageID: d.PageID, PSID: d.PSID, At: w.now()}
		w.results[len(w.results)-1].unavailable = &mark
		w.lease.Person = withWrites(w.lease.Person, []store.Write{mark})
	}
}

// recordAgain notes an attempt that will be made again. If an earlier one may have
// arrived, that is still so, and its echo may settle it yet, whatever this one was
// refused for.
func (w *worker) recordAgain(s store.QueuedSend, d sending.Delivery, result graph.SendResult, err error, outcome store.SentOutcome) {
	w.e.counts.sent(outcome)
	w.log.With(meaningOf(err)...).Warn("a message will be sent again", "send", d.Key, "attempt", d.Attempt, "outcome", outcome, "error", err)
	state := store.SendAgain
	if outcome == store.OutcomeUncertain || s.Started {
		state = store.SendUnknown
	}
	w.note(d, state, result, err, outcome)
}

// recordFinal notes the final outcome of a message. Of a broadcast those whose window has closed are counted, and no error.
func (w *worker) recordFinal(p *plan, result graph.SendResult, err error, outcome store.SentOutcome) {
	d := p.delivery
	w.e.counts.sent(outcome)
	w.note(d, store.SendFinished, result, err, outcome)
	recipient := recipientResult(err, outcome)
	w.results[len(w.results)-1].Recipient = recipient
	if err == nil || recipient == store.RecipientSkipped && ofBroadcast(p.send) {
		return
	}
	level := slog.LevelError
	if ofBroadcast(p.send) && errors.Is(err, graph.ErrPersonUnavailable) {
		level = slog.LevelDebug // there may be thousands; they are counted, and logged together at the end
	}
	w.log.With(meaningOf(err)...).Log(w.held.ctx, level, "a message was not sent", "send", d.Key, "kind", d.Message.Kind(), "outcome", outcome, "error", err)
	w.e.failed(w.held.ctx, sending.Failure{Delivery: d, Err: err})
}

// meaningOf is what the log says of a refusal of the platform: its name in
// docs/errors.md. It is empty for other errors.
func meaningOf(err error) []any {
	if refused, ok := errors.AsType[*graph.Error](err); ok {
		return []any{"meaning", refused.Meaning().String()}
	}
	return nil
}

// note keeps a result to be committed with what comes next.
func (w *worker) note(d sending.Delivery, state store.SendState, result graph.SendResult, err error, outcome store.SentOutcome) {
	record := sentRecord(d, result, err, w.now())
	record.Outcome = outcome
	w.results = append(w.results, sendResult{
		SendResult: store.SendResult{Key: d.Key, State: state}, attempts: d.Attempt - 1, record: &record,
	})
}

// failed tells the program about a message that will not be sent.
func (e *Engine) failed(ctx context.Context, f sending.Failure) {
	e.hook(ctx, e.cfg.Logger, "OnSendFailed", func(ctx context.Context) { e.cfg.OnSendFailed(ctx, f) })
}
