package engine

import (
	"errors"
	"slices"
	"time"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
)

// willRetry reports whether the event will be tried again as a whole.
func (t *turn) willRetry() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.queued.Attempts >= len(t.w.e.cfg.Pauses) {
		return false
	}
	if retryable(t.failure) {
		return true
	}
	return slices.ContainsFunc(t.routes, func(r routeResult) bool { return retryable(r.err) })
}

// retryable reports whether trying again may mend an error.
func retryable(err error) bool {
	var field *sending.FieldError
	return err != nil && !errors.Is(err, errFatal) && !handling.IsPermanent(err) &&
		!errors.As(err, &field) && !errors.Is(err, graph.ErrOutsideWindow)
}

// outcome returns what to commit, and whether the event is to be tried again.
func (t *turn) outcome() (out store.Outcome, again bool) {
	again = t.willRetry()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.over = true
	result := &store.EventResult{Seq: t.queued.Seq, Attempts: t.queued.Attempts, Retry: again}
	out = store.Outcome{Event: result}
	out.Writes = append(out.Writes, t.seen...)
	// A replayed event is an old act, which was recorded when it was new.
	if t.ev != nil && t.ev.Type.IsAct() && t.ev.PSID != "" && len(t.queued.Only) == 0 {
		out.Writes = append(out.Writes, store.TouchPerson{PageID: t.ev.PageID, PSID: t.ev.PSID, At: actedAt(t.queued)})
	}
	if again {
		return out, true
	}
	refused := t.refused
	if errors.Is(t.failure, errNotStored) {
		refused = nil // they may be what the store refuses
	}
	for _, f := range refused {
		out.Writes = append(out.Writes, store.SaveSent{Sent: sentRecord(f.Delivery, graph.SendResult{}, f.Err, t.w.now())})
	}
	if t.failure != nil {
		result.Failures = []store.Failure{{Error: t.failure.Error()}}
		return out, false
	}
	for _, r := range t.routes {
		if r.err != nil {
			result.Failures = append(result.Failures, store.Failure{Route: r.name, Error: r.err.Error()})
			continue
		}
		out.Writes = append(out.Writes, r.writes...)
		out.Sends = append(out.Sends, r.sends...)
	}
	return out, false
}

// actedAt is when the person acted. The platform repeats a callback for at most
// 36 hours; a time before that, or none, or one to come, is not true, and the
// act is taken to have happened when it arrived.
func actedAt(queued store.QueuedEvent) time.Time {
	age := queued.ReceivedAt.Sub(queued.Time)
	if queued.Time.IsZero() || age < 0 || age > repeatedFor {
		return queued.ReceivedAt
	}
	return queued.Time
}

// happened is when the event happened; one that is replayed happens now.
func (t *turn) happened() time.Time {
	if len(t.queued.Only) > 0 {
		return t.w.now()
	}
	return actedAt(t.queued)
}

// report logs and counts how the turn ended, and tells the program of a dead letter with
// the failures that were committed.
func (t *turn) report(again bool, failures []store.Failure) {
	t.w.e.counts.turns.Add(1)
	if !again {
		t.reportRefused()
	}
	err := t.err()
	switch {
	case err == nil:
	case again:
		t.w.e.counts.retried.Add(1)
		t.w.log.Warn("an event will be tried again", "event", t.queued.Key, "type", t.kind(), "attempt", t.queued.Attempts+1, "error", err)
	default:
		t.w.e.counts.dead.Add(1)
		t.w.log.Error("an event became a dead letter", "event", t.queued.Key, "type", t.kind(), "attempt", t.queued.Attempts+1, "error", err)
		t.deadLetter(failures, err)
	}
}

// kind is the event's type, or empty if it could not be decoded.
func (t *turn) kind() receiving.Type {
	if t.ev == nil {
		return ""
	}
	return t.ev.Type
}
