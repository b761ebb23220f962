package engine

import (
	"slices"

	"github.com/djmessenger/messenger/store"
)

// sendResult is what is known of one send, until the store has it.
type sendResult struct {
	store.SendResult
	// attempts counts those that failed before; a send with another count was tried since.
	attempts int
	// record is that of the attempt, or nil if there was none.
	record *store.Sent
	// bare is what is left of the record of a message that the platform has confirmed, when
	// the store refuses the record.
	bare *store.Sent
	// unavailable is what the platform said of the person, or nil.
	unavailable *store.MarkUnavailable
	// settle says that the message was delivered under an earlier lease: see [store.SettleSend].
	settle bool
}

// delivered reports whether the platform has confirmed the message.
func (r *sendResult) delivered() bool {
	return r.bare != nil || r.record != nil && r.record.Outcome == store.OutcomeSent
}

// sendResults are those of one conversation, in the order of the attempts.
type sendResults []sendResult

// addTo puts results before the rest of an outcome.
func (rs sendResults) addTo(out *store.Outcome) {
	if len(rs) == 0 {
		return
	}
	var own store.Outcome
	for i := range rs {
		if rs[i].settle {
			own.Writes = append(own.Writes, settlement(out.Lease.Conversation, &rs[i]))
			continue
		}
		own.Results = append(own.Results, rs[i].SendResult)
		if rs[i].record != nil {
			own.Writes = append(own.Writes, store.SaveSent{Sent: *rs[i].record})
		}
		if rs[i].unavailable != nil {
			own.Writes = append(own.Writes, *rs[i].unavailable)
		}
	}
	out.Results = append(own.Results, out.Results...)
	out.Writes = append(own.Writes, out.Writes...)
}

// settlements are the writes that say of a conversation, without a lease on it, what was
// delivered.
func (rs sendResults) settlements(conv store.Conversation) (writes []store.Write) {
	for i := range rs {
		if rs[i].delivered() {
			writes = append(writes, settlement(conv, &rs[i]))
		}
	}
	return writes
}

func settlement(conv store.Conversation, r *sendResult) store.Write {
	record := r.record
	if record == nil {
		record = r.bare
	}
	return store.SettleSend{Conversation: conv, Key: r.Key, Sent: *record}
}

// undelivered are the results that count only until another worker has worked on the
// conversation.
func (rs sendResults) undelivered() sendResults {
	return slices.DeleteFunc(slices.Clone(rs), func(r sendResult) bool { return r.delivered() })
}

// recordless are the results without records, for a store that refuses those. That a message
// was delivered stays known: a store that was away for a time only may be told of it later.
func (rs sendResults) recordless() sendResults {
	bare := slices.Clone(rs)
	for i := range bare {
		if r := bare[i].record; r != nil && bare[i].delivered() {
			bare[i].bare = &store.Sent{PageID: r.PageID, PSID: r.PSID, Key: r.Key, Type: r.Type, Outcome: r.Outcome, At: r.At}
		}
		bare[i].record, bare[i].unavailable, bare[i].settle = nil, nil, false
	}
	return bare
}

// keepResults hands over what the worker knows and could not commit.
func (w *worker) keepResults(rest rest) {
	if len(w.results) > 0 {
		w.e.unsaved.keep(&kept{lease: w.lease.LeaseID, results: w.results, rest: rest})
		w.results = nil
	}
}

// noteNotMade notes that the send which was started, or may have been, was not made. What
// an earlier attempt at it came to is as unknown as before.
func (w *worker) noteNotMade() {
	p := w.starting
	w.starting = nil
	if p != nil && !p.send.Started {
		w.results = append(w.results, sendResult{
			SendResult: store.SendResult{Key: p.send.Key, State: store.SendNotMade}, attempts: p.send.Attempts,
		})
	}
}

// recall takes over what earlier workers of this process know of the conversation and
// could not commit. It commits that, and reads anew what is due, before anything is
// decided about a send. It returns false if that fails.
func (w *worker) recall() bool {
	all := w.e.unsaved.take(w.held.ctx, w.lease.Conversation)
	for _, k := range all {
		last := k.lease.Token == w.lease.Previous
		if last {
			w.lease.Expired = false // nothing else can be known of that lease
		}
		for _, r := range k.results {
			at := slices.IndexFunc(w.lease.Sends, func(s store.QueuedSend) bool { return s.Key == r.Key })
			switch {
			case r.delivered():
				r.settle = true
			case !last || at < 0 || w.lease.Sends[at].Attempts != r.attempts:
				continue // it was tried since, or the result was stored
			}
			w.results = append(w.results, r)
		}
	}
	return len(all) == 0 || w.commit(store.Outcome{Due: eventsPerLease}) == nil
}
