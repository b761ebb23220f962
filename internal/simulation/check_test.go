package simulation_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/store"
)

// claimBound is how long after it has something to do a conversation is claimed: the poll of a
// second, and a moment for the call. What is due by a timer has a hint.
const claimBound = 1100 * time.Millisecond

// checkClaim checks that a conversation did not wait for its claim, if nothing has gone wrong
// since and a worker was free. Those that were interrupted more than once wait for each other.
func (w *world) checkClaim(p *process, lease *store.Lease, c *conversation) {
	due, timer := w.dueOf(lease)
	if c.holder != nil {
		c.free = max(c.free, c.until)
	}
	due = max(due, c.free, c.rests)
	if lease.Deliveries > 2 || w.isolates() || due > w.now() || w.troubled >= due {
		return
	}
	if slices.ContainsFunc(w.troubles, func(t trouble) bool { return t.kind == troubleStore && !t.quiet() && t.covers(w.now()) }) {
		return
	}
	waited := w.now() - due
	w.checkHint(lease, c, due, waited)
	w.checkTimerHint(timer, c, due, waited)
	if waited <= claimBound+2*w.latency {
		return
	}
	page := shareOf(lease.PageID, lease.Background)
	if slices.ContainsFunc(w.slots, func(p *process) bool {
		return w.now()-p.claims(due) > claimBound+2*w.latency && p.hasHadRoom(page, p.claims(due))
	}) {
		w.violate("what is due is claimed within a second", "%s was due at %v, and %s claimed it after %v", lease.PSID, due, p.name, waited)
	}
	// In a crowd the first of two pages is busy, and the other one must not wait for it.
	if w.crowd && w.workers > 2 && page == w.pages[1] && p.busy[page] == 0 {
		w.violate("a page cannot take all workers", "%s was due at %v, and %s claimed it after %v", lease.PSID, due, p.name, waited)
	}
	if w.crowd && page == background && waited > starveBound && slices.ContainsFunc(w.slots, func(p *process) bool { return p.works() && p.began < due }) {
		w.violate("people do not starve background work", "%s was due at %v, and %s claimed it after %v", lease.PSID, due, p.name, waited)
	}
	if w.flood && page != background && p.free() == w.workers-p.busy[background] {
		w.violate("timers delay no person", "%s was due at %v, and %s claimed it after %v", lease.PSID, due, p.name, waited)
	}
}

// starveBound is how long a timer of a crowd may wait when people need all workers: for its turn among few, and the end of another's.
const starveBound = 20 * time.Second

// dueOf returns when the first of what a lease has became due, and the timer if it is one. What is background work by itself counts only
// if all of it is.
func (w *world) dueOf(lease *store.Lease) (due time.Duration, timer *event) {
	due = never
	for _, e := range lease.Events {
		ev := w.taken[e.Key]
		if ev == nil || ev.isTimer() && !lease.Background || ev.put >= due {
			continue
		}
		if due, timer = ev.put, nil; ev.raising != nil {
			timer = ev
		}
		if timer != nil && timer.unsure {
			return never, nil
		}
		if timer != nil && timer.stepped { // its delay counts from when the store has noticed the step
			due += claimBound + w.latency
		}
	}
	for _, s := range lease.Sends {
		if m := w.byKey[s.Key]; m != nil && (lease.Background || !m.outside) && m.due < due {
			due, timer = m.due, nil
		}
	}
	return due, timer
}

// checkTimerHint checks that what was raised for up to a minute later is claimed when it is due, if the process that has raised it has had
// room and no claim of it hung.
func (w *world) checkTimerHint(timer *event, c *conversation, due, waited time.Duration) {
	if timer == nil || due != timer.put || due <= max(c.free, c.rests) || timer.delay > hintWithin {
		return
	}
	share := shareOf(timer.PageID, timer.isTimer())
	p := timer.process
	if max(w.stepped, p.troubled) < timer.at-claimBound-w.latency && p.claims(due) == due && waited > hintBound+3*w.latency && p.hasHadRoom(share, due) {
		w.violate("what was raised is not waited for with the poll", "%s was due at %v, and claimed after %v", timer.text, due, waited)
	}
}

// hintBound is how long after the end of its rest a conversation is claimed by the process that has let it rest, which need not
// wait for its poll: by a timer, and for the last of the claims that it makes anyhow.
const hintBound = 200 * time.Millisecond

// A process whose claims have failed heeds no hints until one succeeds, which can be seconds after the trouble. So a rest counts that began later.

// hintWithin is the longest rest whose end a process knows by a timer. The poll finds the end of longer ones.
const hintWithin = time.Minute

// checkHint checks that a conversation that rested was claimed when its rest was over.
func (w *world) checkHint(lease *store.Lease, c *conversation, due, waited time.Duration) {
	if p := c.rester; p != nil && due == c.rests && c.rests > c.free && c.rests-c.free <= hintWithin && max(w.stepped, p.troubled) < c.free-claimBound-w.latency && p.claims(due) == due &&
		!lease.Background && waited > hintBound+3*w.latency && p.hasHadRoom(lease.PageID, due) {
		w.violate("the end of a rest is not waited for with the poll", "%s was due at %v, and claimed after %v", lease.PSID, due, waited)
	}
}

// isolates reports whether a conversation runs that was interrupted more than once. Others may
// wait for it.
func (w *world) isolates() bool {
	for _, c := range w.convs {
		if c.holder != nil && c.level > 0 {
			return true
		}
	}
	return false
}

// leaseTTL is how long a lease lasts. What goes wrong within one can end it.
const leaseTTL = 15 * time.Second

// echoWait is how long a message of unknown outcome waits for its echo, but for a moment.
const echoWait = 29 * time.Second

// checkAgain checks that a message may be sent again.
func (w *world) checkAgain(m *message, now *attempt) {
	for _, a := range m.attempts {
		again := func(promise, why string) {
			w.violate(promise, "%s was sent by %s at %v and is sent again by %s at %v, %s", m.name, a.process.name, a.at, now.process.name, w.now(), why)
		}
		echoed, echoes := w.echoed[m.conv.PageID]
		switch {
		case a.answer == answerRefused:
		case w.isSettling(now.process, a):
			again("what another process may know is waited for", fmt.Sprintf("which has the conversation since %v", a.takenOver))
		case w.isKnown(a):
			again("what was confirmed is never sent again", "although the first could tell the store")
		case echoes && echoed < a.at && w.stepped < a.marked && w.now()-a.marked < echoWait:
			again("an unknown outcome waits for its echo", "although the page gets echoes")
		case w.atMostOnce:
			again("with AtMostOnce nothing is sent twice", "after the answer "+cmp.Or(a.answer, "was lost"))
		case a.answer == answerOK && w.now() < m.held && a.process.alive():
			// Only a middleware has the answer.
		case a.answer == answerOK && a.process == now.process:
			again("what was confirmed is never sent again", "by the process that knows")
		case a.answer == answerOK && a.process.alive() && a.process.troubled < a.at-leaseTTL:
			again("what was confirmed is never sent again", "although nothing kept the first from telling")
		case a.answer == answerNone && a.answered == 0 && a.process == now.process:
			again("one process acts for a conversation", "while that process itself still waits for its answer")
		case a.answer == answerNone && a.answered == 0 && a.process.alive() && a.process.troubled < a.at-leaseTTL && now.token != a.token:
			again("one process acts for a conversation", "while the first still waits for its answer")
		}
	}
}

// waiting says what waits, for a report.
func (w *world) waiting() string {
	var parts []string
	for conv, c := range w.convs {
		for _, e := range c.events {
			if !e.done {
				parts = append(parts, fmt.Sprintf("%s of %s (attempts %d)", cmp.Or(e.text, "an echo"), conv.PSID, e.attempts))
			}
		}
	}
	for _, m := range w.messages {
		if !m.finished && !m.echoed {
			parts = append(parts, m.name)
		}
	}
	slices.Sort(parts)
	return strings.Join(parts, ", ")
}

// checkEnd checks what must be true when all is done.
func (w *world) checkEnd() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.checkEvents()
	for _, m := range w.messages {
		w.checkMessage(m)
	}
	w.checkOrder()
	w.checkRecords()
}

func (w *world) checkEvents() {
	letters, err := w.store.Dead(w.ctx(), store.DeadQuery{})
	if err != nil {
		panic(err)
	}
	dead := map[string]store.DeadLetter{}
	for _, l := range letters {
		dead[l.Key] = l
		if len(l.Failures) == 0 || l.Failures[0].Error == "" {
			w.violate("a dead letter has a reason", "%s has none", l.Key)
		}
	}
	for _, e := range w.events {
		if ev := w.said[e.text()]; ev == nil || !ev.acked && !ev.done {
			w.violate("every callback is stored in the end", "%s", e.text())
		} else {
			w.checkEvent(e, ev, dead[ev.Key])
		}
	}
	for _, ev := range w.signals {
		switch {
		case ev.gone && ev.done:
			w.violate("what was taken back is not handled", "%s was", ev.text)
		case !ev.gone && (ev.done || !ev.maybe):
			w.checkEvent(w.plan(ev.text), ev, dead[ev.Key])
		}
	}
}

func (w *world) checkEvent(e *eventPlan, ev *event, letter store.DeadLetter) {
	switch {
	case !ev.done:
		w.violate("what was acknowledged is handled or a dead letter", "%s is neither", ev.text)
	case len(ev.failures) > 0 != (letter.Key != ""):
		w.violate("what was acknowledged is handled or a dead letter", "%s: failures %v, letter %v", ev.text, ev.failures, letter)
	case len(ev.failures) > 0 && !ev.told && ev.by.alive() && !ev.by.stumbled:
		w.violate("OnDeadLetter is called once for each letter, when it is durable", "not for %s", ev.text)
	default:
		w.checkVerdict(e, ev)
	}
}

// checkVerdict checks that what misbehaves every time is dead, and that what never does is
// not.
func (w *world) checkVerdict(e *eventPlan, ev *event) {
	died := len(ev.failures) > 0
	bad := e.misbehaves == always || e.misbehaves > 0 && e.way == misPermanent
	switch {
	case bad && !died && e.misbehaves >= ev.runs:
		w.violate("what fails each time is a dead letter", "%s took effect", ev.text)
	case ev.killed: // by others, while it ran alone: that cannot be told from its own doing
	case e.misbehaves == 0 && died && w.calm:
		w.violate("what does not fail is handled", "%s is dead: %v", ev.text, ev.failures)
	case e.misbehaves == 0 && died && !excused(ev.failures):
		w.violate("what does not fail is handled", "%s is dead: %v", ev.text, ev.failures)
	}
}

// excused reports whether an event is dead for something around it: the store refused its
// outcome for longer than a lease, or was too slow to read for a turn.
func excused(failures []store.Failure) bool {
	return slices.ContainsFunc(failures, func(f store.Failure) bool {
		return strings.Contains(f.Error, "the store refused the outcome") ||
			strings.Contains(f.Error, "connection to the store is broken") || strings.Contains(f.Error, "context deadline exceeded") ||
			strings.Contains(f.Error, "did not return after its context had ended")
	})
}

// checkMessage checks the end of a message.
func (w *world) checkMessage(m *message) {
	executed, confirmed := 0, false
	for _, a := range m.attempts {
		if a.executed > 0 {
			executed++
		}
		confirmed = confirmed || a.answer == answerOK && a.process.alive()
	}
	last := store.SentOutcome("")
	if len(m.outcomes) > 0 {
		last = m.outcomes[len(m.outcomes)-1]
	}
	switch {
	case !m.finished && !m.echoed:
		w.violate("every message is sent or reported", "%s is neither", m.name)
	case executed == 0 && last == store.OutcomeSent:
		w.violate("what is recorded as sent was sent", "%s", m.name)
	case executed == 0 && len(m.reported) == 0 && !m.echoed && !w.someDied(m):
		w.violate("every message is sent or reported", "%s is recorded as %v, and nothing was reported", m.name, m.outcomes)
	case executed > 1 && w.atMostOnce:
		w.violate("with AtMostOnce nothing is sent twice", "%s arrived %d times", m.name, executed)
	}
}

// someDied reports whether a process that was to send a message died, perhaps before it could
// report.
func (w *world) someDied(m *message) bool {
	return slices.ContainsFunc(w.started, func(p *process) bool { return !p.alive() })
}

// checkOrder checks that the messages of each conversation arrived in order: their first
// arrivals, without those that were delayed and those of a process that had lost its lease.
func (w *world) checkOrder() {
	type arrival struct {
		at      time.Duration
		message *message
	}
	arrivals := map[store.Conversation][]arrival{}
	for _, m := range w.messages {
		for _, a := range m.attempts {
			if a.executed > 0 && !a.late && a.process.paused == a.paused && m.delay == 0 {
				arrivals[m.conv] = append(arrivals[m.conv], arrival{a.executed, m})
				break
			}
		}
	}
	for conv, list := range arrivals {
		slices.SortFunc(list, func(a, b arrival) int { return cmp.Compare(a.at, b.at) })
		for i := range len(list) - 1 {
			if a, b := list[i], list[i+1]; a.message.order > b.message.order {
				w.violate("replies arrive in order", "%s at %v before %s at %v, for %s", a.message.name, a.at, b.message.name, b.at, conv.PSID)
			}
		}
	}
}

// checkRecords checks what the store has of each conversation.
func (w *world) checkRecords() {
	for conv, c := range w.convs {
		person, err := w.store.Person(w.ctx(), conv.PageID, conv.PSID)
		if err == nil && person.ThumbUps != c.thumbs {
			w.violate("writes are exactly those of the events applied", "%s has %d, not %d", conv.PSID, person.ThumbUps, c.thumbs)
		}
		var journal []string
		if session, err := w.store.Session(w.ctx(), conv.PageID, conv.PSID, "journal"); err == nil {
			if err := json.Unmarshal(session.Data, &journal); err != nil {
				panic(err)
			}
		}
		if !slices.Equal(journal, c.journal) || len(journal) != c.thumbs {
			w.violate("sessions have exactly the events applied", "%s has %q, not %q", conv.PSID, journal, c.journal)
		}
	}
}

// checkHealth checks that each process says that it is well when all is over, at the latest when
// the program's code that was stuck has returned.
func (w *world) checkHealth() {
	for _, p := range w.slots {
		var err error
		for range 2 * 60 {
			if err = p.bot.Healthy(w.ctx()); err == nil || !p.works() {
				break
			}
			w.rest(time.Second)
		}
		if err != nil && p.works() {
			w.mu.Lock()
			w.violate("Healthy succeeds when all is well", "%s: %v", p.name, err)
			w.mu.Unlock()
		}
	}
}

// checkStats checks what a process says of itself. w.mu must be held.
func (w *world) checkStats(p *process, stats messenger.Stats) {
	if p.stumbled {
		return // what it did not hear of it does not count
	}
	if stats.Turns != int64(p.turns) || stats.Retried != int64(p.retried) || stats.Dead != int64(p.letters) {
		w.violate("Stats adds up", "%s has %d turns, %d retried and %d dead, not %d, %d and %d",
			p.name, stats.Turns, stats.Retried, stats.Dead, p.turns, p.retried, p.letters)
	}
	if !maps.Equal(stats.Sends, p.sends) {
		w.violate("Stats adds up", "%s has the sends %v, not %v", p.name, stats.Sends, p.sends)
	}
}
