package storetest

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/djmessenger/messenger/store"
)

// model is what a store ought to be, as simply as it can be said: lists that
// are looked through, and no schedule that could be wrong.
type model struct {
	now    time.Time
	serial int

	seenEvents, seenSends map[string]time.Time
	seenEdits             map[string]time.Time // by EditOf
	events                []*modelEvent
	sends                 []*modelSend
	boxes                 map[store.Conversation]*modelBox
	tokens                map[store.Conversation]int64 // the highest ever
	dead                  []*modelLetter
	people                map[store.Conversation]*modelPerson
	sessions              map[store.Conversation]int64
	sent                  map[store.Conversation]int
	kept                  map[store.Conversation][]string // the keys of received events
}

type modelEvent struct {
	store.QueuedEvent
	order   time.Time
	arrival int
}

type modelSend struct {
	store.QueuedSend
	notBefore, startedAt time.Time
}

type modelLetter struct {
	store.DeadLetter
	only []string
}

type modelPerson struct {
	thumbs      int
	first, last time.Time // seen, and acted
	human       time.Time
	owner       string
	standby     bool
	threadAt    time.Time
	resumed     time.Time
}

type modelBox struct {
	held  bool
	until time.Time // of the lease
	token int64
	begun int       // claims without a commit
	rest  time.Time // until when nobody may claim
}

func newModel() *model {
	return &model{
		now: start, seenEvents: map[string]time.Time{}, seenSends: map[string]time.Time{}, seenEdits: map[string]time.Time{},
		boxes: map[store.Conversation]*modelBox{}, tokens: map[store.Conversation]int64{},
		people: map[store.Conversation]*modelPerson{}, sessions: map[store.Conversation]int64{}, sent: map[store.Conversation]int{},
		kept: map[store.Conversation][]string{},
	}
}

func (m *model) box(conv store.Conversation) *modelBox {
	if m.boxes[conv] == nil {
		m.boxes[conv] = &modelBox{}
	}
	return m.boxes[conv]
}

func (m *model) put(events []store.Event) {
	fresh := m.fresh(events)
	for _, ev := range fresh {
		m.seenEvents[ev.Key] = m.now
		m.sends = slices.DeleteFunc(m.sends, func(s *modelSend) bool {
			settled := s.Started && s.Key == ev.EchoOf && s.PageID == ev.PageID
			if settled {
				m.sent[s.Conversation]++
				m.box(s.Conversation).rest = time.Time{}
			}
			return settled
		})
	}
	for _, ev := range fresh {
		if slices.ContainsFunc(fresh, func(by store.Event) bool { return unsends(by, ev) }) {
			continue
		}
		for _, key := range ev.Unsends.Keys {
			if _, seen := m.seenEvents[key]; !seen {
				m.seenEvents[key] = m.now
			}
		}
		if of := ev.Unsends.Edits; of != "" {
			if _, seen := m.seenEdits[of]; !seen {
				m.seenEdits[of] = m.now
			}
		}
		m.events = slices.DeleteFunc(m.events, func(x *modelEvent) bool { return unsends(ev, x.Event) })
		m.dead = slices.DeleteFunc(m.dead, func(x *modelLetter) bool { return unsends(ev, x.Event) })
		for conv, kept := range m.kept {
			m.kept[conv] = slices.DeleteFunc(kept, func(key string) bool {
				return unsends(ev, store.Event{Conversation: conv, Key: key})
			})
		}
		ev.EditOf, ev.Unsends = "", store.Unsent{}
		m.addEvent(ev, ev.Time, nil)
	}
}

// unsends reports whether an event erases another one.
func unsends(by, ev store.Event) bool {
	if by.Conversation != ev.Conversation || by.Key == ev.Key {
		return false
	}
	edits := by.Unsends.Edits
	return slices.Contains(by.Unsends.Keys, ev.Key) || edits != "" && strings.HasPrefix(ev.Key, edits)
}

// fresh leaves out what was seen or unsent before, and what comes twice.
func (m *model) fresh(events []store.Event) []store.Event {
	var out []store.Event
	for _, ev := range events {
		_, seen := m.seenEvents[ev.Key]
		_, unsent := m.seenEdits[ev.EditOf]
		if !seen && !unsent && !slices.ContainsFunc(out, func(x store.Event) bool { return x.Key == ev.Key }) {
			out = append(out, ev)
		}
	}
	return out
}

func (m *model) addEvent(ev store.Event, order time.Time, only []string) {
	m.serial++
	m.events = append(m.events, &modelEvent{
		QueuedEvent: store.QueuedEvent{Event: ev, Only: only, ReceivedAt: m.now}, order: order, arrival: m.serial,
	})
}

func (m *model) enqueue(sends []store.Send) {
	seen := map[string]bool{}
	for _, s := range sends {
		if _, before := m.seenSends[s.Key]; before && s.Key == s.Group {
			seen[s.Group] = true
		}
	}
	m.addSends(slices.DeleteFunc(slices.Clone(sends), func(s store.Send) bool { return seen[s.Group] }))
}

func (m *model) addSends(sends []store.Send) {
	for _, s := range sends {
		if _, seen := m.seenSends[s.Key]; !seen {
			if !s.Fresh {
				m.seenSends[s.Key] = m.now
			}
			s.Fresh = false
			m.sends = append(m.sends, &modelSend{QueuedSend: store.QueuedSend{Send: s, AddedAt: m.now}, notBefore: m.now.Add(s.Delay)})
		}
	}
}

func (m *model) cancel(conv store.Conversation, key string) (found bool) {
	m.sends = slices.DeleteFunc(m.sends, func(s *modelSend) bool {
		if s.Conversation != conv || s.Key != key && s.Group != key || s.Started ||
			m.box(conv).held && !s.notBefore.After(m.now) {
			return false
		}
		delete(m.seenSends, s.Key)
		found = true
		return true
	})
	return found
}

// eventsOf returns a conversation's events in the order to handle them.
func (m *model) eventsOf(conv store.Conversation) []*modelEvent {
	var out []*modelEvent
	for _, ev := range m.events {
		if ev.Conversation == conv {
			out = append(out, ev)
		}
	}
	slices.SortFunc(out, func(a, b *modelEvent) int {
		return cmp.Or(a.order.Compare(b.order), cmp.Compare(a.arrival, b.arrival))
	})
	return out
}

// dueOf returns the sends of a conversation that are due.
func (m *model) dueOf(conv store.Conversation) []*modelSend {
	var out []*modelSend
	for _, s := range m.sends {
		if s.Conversation == conv && !s.notBefore.After(m.now) {
			out = append(out, s)
		}
	}
	return out
}

// claimable returns the conversations that may be claimed now, by their level of
// isolation.
func (m *model) claimable(convs []store.Conversation) (levels [store.IsolationLevels + 1][]store.Conversation) {
	for _, conv := range convs {
		box := m.box(conv)
		if box.held && box.until.After(m.now) || box.rest.After(m.now) || len(m.eventsOf(conv))+len(m.dueOf(conv)) == 0 {
			continue
		}
		level := isolated(box.begun)
		levels[level] = append(levels[level], conv)
	}
	return levels
}

// isolated is the level of isolation after so many interruptions, as the contract
// says it.
func isolated(interruptions int) int {
	switch interruptions {
	case 0, 1:
		return 0
	case 2:
		return 1
	case 3:
		return 2
	default:
		return 3
	}
}

func (m *model) holds(id store.LeaseID) bool {
	box := m.box(id.Conversation)
	return box.held && box.token == id.Token
}

// commit returns the error that the store must return.
func (m *model) commit(o store.Outcome) error {
	if !m.holds(o.Lease) {
		return store.ErrFenced
	}
	conv := o.Lease.Conversation
	var ev *modelEvent
	if o.Event != nil {
		i := slices.IndexFunc(m.events, func(ev *modelEvent) bool {
			return ev.Seq == o.Event.Seq && ev.Attempts == o.Event.Attempts && ev.Conversation == conv
		})
		if i < 0 {
			return store.ErrNotFound
		}
		ev = m.events[i]
	}
	for _, w := range o.Writes {
		if w, ok := w.(store.SaveSession); ok && m.sessions[conv] != w.Version {
			return store.ErrConflict
		}
	}

	if ev != nil {
		m.endEvent(ev, *o.Event)
	}
	for _, r := range o.Results {
		m.result(conv, r)
	}
	m.apply(o.Writes)
	m.addSends(o.Sends)
	if due := m.dueOf(conv); len(due) > 0 && due[0].Key == o.Start {
		due[0].Started, due[0].startedAt = true, m.now
	}
	box := m.box(conv)
	box.begun = 0
	if o.Release {
		box.held = false
		box.rest = m.now.Add(o.After)
		if o.Awaits != "" && !slices.ContainsFunc(m.sends, func(s *modelSend) bool { return s.Key == o.Awaits }) {
			box.rest = m.now
		}
	}
	return nil
}

func (m *model) endEvent(ev *modelEvent, result store.EventResult) {
	if result.Retry {
		ev.Attempts++
		return
	}
	m.events = slices.DeleteFunc(m.events, func(x *modelEvent) bool { return x == ev })
	if len(result.Failures) > 0 {
		m.dead = append(m.dead, &modelLetter{
			DeadLetter: store.DeadLetter{Event: ev.Event, Attempts: ev.Attempts + 1, Failures: result.Failures, At: m.now}, only: ev.Only,
		})
	}
}

func (m *model) sendOf(conv store.Conversation, key string) *modelSend {
	for _, s := range m.sends {
		if s.Conversation == conv && s.Key == key {
			return s
		}
	}
	return nil
}

func (m *model) result(conv store.Conversation, r store.SendResult) {
	s := m.sendOf(conv, r.Key)
	switch {
	case s == nil:
	case r.State == store.SendAgain:
		s.Started, s.Attempts = false, s.Attempts+1
	case r.State == store.SendUnknown:
		s.Attempts++
	case r.State == store.SendFinished:
		m.sends = slices.DeleteFunc(m.sends, func(x *modelSend) bool { return x == s })
	}
}

func (m *model) apply(writes []store.Write) {
	for _, w := range writes {
		switch w := w.(type) {
		case store.AddThumbUp:
			m.person(w.PageID, w.PSID).thumbs++
		case store.TouchPerson:
			if p := m.person(w.PageID, w.PSID); w.At.After(p.last) {
				p.last = w.At
			}
		case store.NoteHuman:
			if p := m.person(w.PageID, w.PSID); w.At.After(p.human) {
				p.human = w.At
			}
		case store.NoteThread:
			if p := m.person(w.PageID, w.PSID); !w.At.Before(p.threadAt) {
				p.owner, p.threadAt, p.standby = w.Owner, w.At, w.Standby
			}
		case store.EndSilence:
			if p := m.person(w.PageID, w.PSID); w.At.After(p.resumed) {
				p.resumed = w.At
			}
		case store.SaveMessage:
			of := w.Received
			if conv := (store.Conversation{PageID: of.PageID, PersonID: of.PSID}); !slices.Contains(m.kept[conv], of.Key) {
				m.kept[conv] = append(m.kept[conv], of.Key)
			}
		case store.SaveSession:
			m.sessions[store.Conversation{PageID: w.PageID, PersonID: w.PSID}] = w.Version + 1
		}
	}
}

func (m *model) person(page, psid string) *modelPerson {
	conv := store.Conversation{PageID: page, PersonID: psid}
	if m.people[conv] == nil {
		m.people[conv] = &modelPerson{first: m.now}
	}
	return m.people[conv]
}

func (m *model) replay(letter *modelLetter) {
	m.dead = slices.DeleteFunc(m.dead, func(x *modelLetter) bool { return x == letter })
	order := letter.Time
	for _, ev := range m.eventsOf(letter.Conversation) {
		if ev.order.After(order) {
			order = ev.order
		}
	}
	var only []string
	for _, f := range letter.Failures {
		if f.Route == "" {
			only = letter.only
			break
		}
		only = append(only, f.Route)
	}
	m.addEvent(letter.Event, order, only)
}

func (m *model) forget(conv store.Conversation) {
	m.events = slices.DeleteFunc(m.events, func(ev *modelEvent) bool { return ev.Conversation == conv })
	m.sends = slices.DeleteFunc(m.sends, func(s *modelSend) bool { return s.Conversation == conv })
	m.dead = slices.DeleteFunc(m.dead, func(l *modelLetter) bool { return l.Conversation == conv })
	delete(m.boxes, conv)
	delete(m.people, conv)
	delete(m.sessions, conv)
	delete(m.sent, conv)
	delete(m.kept, conv)
}

func (m *model) purgeSilent(before time.Time) {
	for conv, p := range m.people {
		box := m.box(conv)
		since := p.last
		if since.IsZero() {
			since = p.first
		}
		if since.Before(before) && len(m.eventsOf(conv)) == 0 && (!box.held || !box.until.After(m.now)) &&
			!slices.ContainsFunc(m.sends, func(s *modelSend) bool { return s.Conversation == conv }) &&
			!slices.ContainsFunc(m.dead, func(l *modelLetter) bool { return l.Conversation == conv }) {
			m.forget(conv)
		}
	}
}

func (m *model) purgeSeen(before time.Time) {
	for key, at := range m.seenEvents {
		if at.Before(before) && !slices.ContainsFunc(m.events, func(ev *modelEvent) bool { return ev.Key == key }) &&
			!slices.ContainsFunc(m.dead, func(l *modelLetter) bool { return l.Key == key }) {
			delete(m.seenEvents, key)
		}
	}
	for key, at := range m.seenSends {
		if at.Before(before) && !slices.ContainsFunc(m.sends, func(s *modelSend) bool { return s.Key == key }) {
			delete(m.seenSends, key)
		}
	}
	maps.DeleteFunc(m.seenEdits, func(_ string, at time.Time) bool { return at.Before(before) })
}

func (m *model) stats() store.Stats {
	stats := store.Stats{Events: len(m.events), Sends: len(m.sends), Dead: len(m.dead)}
	for _, box := range m.boxes {
		if box.held && box.until.After(m.now) {
			stats.InFlight++
		}
	}
	for _, ev := range m.events {
		if stats.Oldest.IsZero() || ev.ReceivedAt.Before(stats.Oldest) {
			stats.Oldest = ev.ReceivedAt
		}
	}
	for conv := range m.boxes {
		if waiting := m.eventsOf(conv); len(waiting) > 0 && waiting[0].Attempts > 0 {
			stats.Blocked = append(stats.Blocked, store.Blocked{
				Conversation: conv, Attempts: waiting[0].Attempts, Since: waiting[0].ReceivedAt,
			})
		}
	}
	slices.SortFunc(stats.Blocked, func(a, b store.Blocked) int {
		return cmp.Or(a.Since.Compare(b.Since), cmp.Compare(a.PageID, b.PageID), cmp.Compare(a.PersonID, b.PersonID))
	})
	return stats
}
