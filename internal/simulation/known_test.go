package simulation_test

import (
	"errors"
	"slices"
	"time"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/sending"
)

// tellWithin is how long one that knows what a message came to has to tell the store, when that answers again.
const tellWithin = 5 * time.Second

// couldTell reports whether a process, if all was well for it since then, has had the time to tell the store.
func (w *world) couldTell(p *process, since time.Duration) bool {
	until := w.now()
	if p.gone > 0 { // its Run has returned
		until = p.gone
	} else if !p.moves() {
		return false
	}
	return p.alive() && until-max(since, p.troubled) > tellWithin && !w.storeAway(p, until-tellWithin, until)
}

// storeAway reports whether the store was away for a process at some time between the two. A process that makes no call then, since too
// many of them hang, is not otherwise troubled.
func (w *world) storeAway(p *process, from, until time.Duration) bool {
	return slices.ContainsFunc(w.troubles, func(t trouble) bool {
		return t.kind == troubleStore && !t.quiet() && t.began && (t.slot < 0 || t.slot == p.slot) && t.from < until && t.from+t.lasts > from
	})
}

// isKnown reports whether the platform has confirmed an attempt to a process that could tell.
func (w *world) isKnown(a *attempt) bool {
	return a.answer == answerOK && w.now() >= a.message.held && w.couldTell(a.process, max(a.answered, a.message.held))
}

// graceUsed is how long a process that is to stop waits for the store to take what it knows: its grace period without what it needs to
// give leases back.
const graceUsed = 16 * time.Second

// checkGone checks that a process that has stopped before its time was over had told the store what it knew. w.mu must be held.
func (w *world) checkGone(p *process) {
	if !p.alive() || p.gone-p.asks >= graceUsed {
		return
	}
	for _, m := range w.messages {
		if a := m.knownBy(p); a != nil && !m.finished && !m.echoed && w.now() >= m.held {
			w.violate("a process that stops tells what it knows", "%s has stopped after %v, and the store does not know of %s", p.name, p.gone-p.asks, m.name)
		}
	}
}

// checkFailure checks why a message will not be sent. w.mu must be held.
func (w *world) checkFailure(p *process, m *message, err error) {
	for _, a := range m.attempts {
		if a.process == p && a.answer == answerOK && w.now() >= m.held || w.isKnown(a) {
			w.violate("what was confirmed is not reported as failed", "%s: %v, after the platform confirmed it at %v to %s", m.name, err, a.at, a.process.name)
		}
		if w.isSettling(p, a) && errors.Is(err, sending.ErrUncertain) {
			w.violate("what another process may know is waited for", "%s is given up by %s at %v, and %s had it until %v", m.name, p.name, w.now(), a.process.name, a.takenOver)
		}
	}
	if len(m.attempts) > 0 {
		return
	}
	switch c := w.conv(m.conv); {
	case errors.Is(err, sending.ErrUncertain):
		for _, s := range m.starts {
			// A step may have ended the lease under which it could. And a process does not know of a start whose answer the store kept to itself.
			if !w.couldTell(s.process, s.at) || w.stepped >= s.at || w.storeAway(s.process, s.at, w.now()) {
				return
			}
		}
		w.violate("what was not sent has no unknown outcome", "%s: %v", m.name, err)
	case errors.Is(err, graph.ErrOutsideWindow) && !errors.Is(err, sending.ErrSetAside) && c.holder == p && c.until > w.now():
		person, readErr := w.store.Person(w.ctx(), m.conv.PageID, m.conv.PSID)
		if readErr == nil && time.Since(person.LastAct) < 23*time.Hour {
			w.violate("what answers a person is sent", "%s: %v, and they wrote at %v", m.name, err, person.LastAct)
		}
	}
}

// isSettling reports whether the process that made an attempt still has time to tell what came of it, when another one has the
// conversation since its lease ran out.
func (w *world) isSettling(p *process, a *attempt) bool {
	return a.process != p && a.takenOver > 0 && w.stepped < a.takenOver && a.answer != answerRefused && w.now()-a.takenOver < tellWithin
}

// takenOver notes that a lease has run out, and the conversation has another one.
func (w *world) takenOver(c *conversation) {
	for _, m := range w.messages {
		for _, a := range m.attempts {
			if w.conv(m.conv) == c && a.token == c.token && a.takenOver == 0 {
				a.takenOver = w.now()
			}
		}
	}
}
