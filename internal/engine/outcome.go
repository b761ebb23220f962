package engine

import (
	"errors"
	"slices"
	"time"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/store"
)

// outcome returns what to commit, and whether and when the event is tried again.
func (t *turn) outcome() (out store.Outcome, next retry) {
	next = t.retryOf()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.over = true
	result := &store.EventResult{Seq: t.queued.Seq, Attempts: t.queued.Attempts, Retry: next.again, Uncounted: next.uncounted}
	out = store.Outcome{Event: result}
	out.Writes = append(out.Writes, t.seen...)
	// A replayed event is an old act, which was recorded when it was new.
	if t.ev != nil && t.ev.Type.IsAct() && t.ev.PSID != "" && len(t.queued.Only) == 0 {
		out.Writes = append(out.Writes, store.TouchPerson{PageID: t.ev.PageID, PSID: t.ev.PSID, At: actedAt(t.queued)})
	}
	if next.again {
		result.Failures = t.failures()
		return out, next
	}
	refused := t.refused
	if errors.Is(t.failure, errNotStored) {
		refused = nil // they may be what the store refuses
	}
	for _, f := range refused {
		out.Writes = append(out.Writes, store.SaveSent{Sent: sentRecord(f.Delivery, graph.SendResult{}, f.Err, t.w.now())})
	}
	results := t.routes
	if t.failure != nil {
		results = nil
	}
	result.Failures = t.failures()
	for _, r := range slices.Concat(results, t.telling.results) {
		if r.err != nil {
			continue
		}
		out.Writes = append(out.Writes, r.writes...)
		out.Sends = append(out.Sends, r.sends...)
	}
	return out, next
}

// failures are why the turn has failed, if it has.
func (t *turn) failures() (all []store.Failure) {
	results := t.routes
	if t.failure != nil {
		all, results = append(all, store.Failure{Error: t.failure.Error()}), nil
	}
	for _, r := range slices.Concat(results, t.telling.results) {
		if r.err != nil {
			all = append(all, store.Failure{Route: r.name, Error: r.err.Error()})
		}
	}
	return all
}

// actedAt is when the person acted. The platform repeats a callback for at most
// 36 hours; a time before that, or none, or one to come, is not true, and the
// act is taken to have happened when it arrived. What the program raised arrives, and
// happens, when it becomes due.
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
func (t *turn) report(next retry, failures []store.Failure) {
	t.w.e.counts.turns.Add(1)
	if !next.again {
		t.reportRefused()
	}
	err := t.err()
	switch {
	case err == nil:
		t.warnUnhandled()
	case next.again:
		t.w.e.counts.retried.Add(1)
		log := t.w.log.With("event", t.queued.Key, "type", t.kind(), "attempt", t.queued.Attempts+1, "pause", next.pause.String(), "error", err)
		if next.uncounted {
			log.Info("an event waits, as a handler asked")
		} else {
			log.Warn("an event will be tried again")
		}
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
