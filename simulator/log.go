package simulator

import (
	"context"
	"iter"
	"slices"
	"time"
)

// Kinds of an [Entry].
const (
	EntryCallback = "callback" // a POST to the bot; each attempt is an entry
	EntryCall     = "call"     // a Graph call
	EntryWarning  = "warning"  // something to know: Error says what happened, Advice what to do
)

// Entry is one exchange with the bot, or a warning, in the order in which they began.
type Entry struct {
	Seq        int       `json:"seq"` // counts from 1, in the order of the beginnings
	Time       time.Time `json:"time"`
	Kind       string    `json:"kind"`
	Name       string    `json:"name"` // of a callback its webhook field, of a call method and edge: "POST messages"
	PageID     string    `json:"page_id,omitempty"`
	PSID       string    `json:"person_id,omitempty"`
	Person     string    `json:"person,omitempty"`  // first name, if it is one of the simulator's people
	Preview    string    `json:"preview,omitempty"` // what it says, at most 80 characters
	Status     int       `json:"status,omitempty"`  // 0: the connection ended without an answer
	DurationMS int64     `json:"duration_ms"`
	Error      string    `json:"error,omitempty"`       // why it failed, or was refused
	Advice     string    `json:"advice,omitempty"`      // what may be wrong with the bot, in words
	DeliveryID int       `json:"delivery_id,omitempty"` // of a callback
	Fault      bool      `json:"fault,omitempty"`       // of a call: a [Fault] was asked for
	Final      bool      `json:"final,omitempty"`       // a callback that failed is not posted again
	Batch      int       `json:"batch,omitempty"`       // how many callbacks went out together, if several
	Again      int       `json:"again,omitempty"`       // the entry that was repeated ([Simulator.Again])

	// AnswersDelivery is the callback that a call probably answers: the one that the call names in its header
	// X-Simulator-Delivery, or the last one to that person that began before it, within a minute. Echoes and receipts are not
	// counted. The platform has no such link.
	AnswersDelivery int `json:"answers_delivery,omitempty"`

	// MIDs are the messages that it tells of or made.
	MIDs []string `json:"message_ids,omitempty"`

	body string // what was posted
}

// wireLog is the log: entries in the order of their ends.
type wireLog struct {
	begun   int // sequence numbers that were given
	first   int // how many entries were forgotten
	entries []Entry
}

// begin gives the next sequence number. s.mu must be held.
func (s *Simulator) begin() int {
	s.wire.begun++
	return s.wire.begun
}

// end adds an entry that is complete, and returns it. s.mu must be held.
func (s *Simulator) end(e Entry) Entry {
	if pg := s.home[e.PSID]; pg != nil {
		e.Person = pg.people[e.PSID].FirstName
	}
	before := len(s.wire.entries) + 1
	s.wire.entries = trim(append(s.wire.entries, e), s.cfg.History)
	s.wire.first += before - len(s.wire.entries)
	s.publish("log", e)
	return e
}

// warn adds a warning. s.mu must be held.
func (s *Simulator) warn(pg *page, name, what, advice string) {
	e := Entry{Seq: s.begin(), Time: s.now(), Kind: EntryWarning, Name: name, Error: what, Advice: advice}
	if pg != nil {
		e.PageID = pg.id
	}
	s.end(e)
}

// Log returns what went over the wire between the platform and the bot, callbacks and Graph calls, and warnings, in the order in which
// they began. What is under way is not among it. The result is a copy; [Config.History] bounds it.
func (s *Simulator) Log() []Entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	entries := slices.Clone(s.wire.entries)
	slices.SortFunc(entries, func(a, b Entry) int { return a.Seq - b.Seq })
	return entries
}

// Follow yields each entry of the log from now on, when it is complete, until ctx ends or the simulator is closed. One
// that falls behind by more than [Config.History] misses entries.
func (s *Simulator) Follow(ctx context.Context) iter.Seq[Entry] {
	s.mu.Lock()
	next := s.wire.first + len(s.wire.entries)
	s.mu.Unlock()
	return func(yield func(Entry) bool) {
		for {
			var fresh []Entry
			err := s.until(ctx, func() bool {
				fresh = slices.Clone(s.wire.entries[max(0, next-s.wire.first):])
				next = s.wire.first + len(s.wire.entries)
				return len(fresh) > 0
			})
			if err != nil {
				return
			}
			for _, e := range fresh {
				if !yield(e) {
					return
				}
			}
		}
	}
}
