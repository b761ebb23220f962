package queue

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"

	"github.com/djmessenger/messenger/store"
)

// WithRaised returns the events to hand out: a raised event as the first, if it comes before those in the inbox, and then what comes
// before the next raised event. Each turn before that one can still take it back.
func WithRaised(events []EventRow, raised []RaisedRow) []EventRow {
	if len(raised) == 0 {
		return events
	}
	if n := before(events, &raised[0]); n > 0 {
		return events[:n]
	}
	if len(raised) > 1 {
		events = events[:before(events, &raised[1])]
	}
	return append([]EventRow{raised[0].handedOut()}, events...)
}

// before is how many of some events come before a raised one: in the order of their times, and then of their arrival. Of two that are
// equal in both, one that was tried before stays first, and one that is replayed comes last.
func before(events []EventRow, raised *RaisedRow) int {
	for i := range events {
		ev := &events[i]
		arrival := cmp.Or(cmp.Compare(ev.OrderAt, raised.OrderAt), cmp.Compare(ev.ReceivedAt, raised.ReceivedAt))
		if arrival > 0 || arrival == 0 && ev.Attempts == 0 && (raised.Key == "" || raised.Attempts > 0) {
			return i
		}
	}
	return len(events)
}

// handedOut is the raised event with its Seq and its key.
func (r *RaisedRow) handedOut() EventRow {
	row := r.EventRow
	row.Seq, row.Key = -r.ID, r.eventKey()
	return row
}

// eventKey is the key of the event: another one for each raise, and the same in each retry and replay.
func (r *RaisedRow) eventKey() string {
	if r.Key != "" {
		return r.Key
	}
	return "signal-" + digest(r.Conversation, r.RaisedKey, r.ID)
}

// raiseKey is the dedup key of an event that is raised once.
func raiseKey(conv store.Conversation, key string) Key {
	return Key{KeyRaise, digest(conv, key, 0)}
}

// digest names a raised event without saying whose it is.
func digest(conv store.Conversation, key string, id int64) string {
	var text []byte
	for _, part := range [...]string{conv.PageID, conv.PSID, key} {
		text = binary.AppendUvarint(text, uint64(len(part)))
		text = append(text, part...)
	}
	text = binary.AppendVarint(text, id)
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:16])
}

// Timer is a raised event as it is listed.
func (r *RaisedRow) Timer() store.Timer {
	return store.Timer{ID: r.ID, Key: r.RaisedKey, Body: r.Body, Due: Time(r.ReceivedAt), Raised: Time(r.RaisedAt)}
}
