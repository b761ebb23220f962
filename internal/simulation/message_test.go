package simulation_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/djmessenger/messenger/store"
)

// message is one that was queued, by its name.
type message struct {
	name  string
	conv  store.Conversation
	key   string
	order int // in which it was queued
	delay time.Duration
	// outside reports that it was queued outside of turns, and so is background work.
	outside bool
	due     time.Duration

	starts   []start
	attempts []*attempt
	held     time.Duration // until when a middleware may keep its answer from the bot
	finished bool          // it has left the outbox by a result
	echoed   bool
	outcomes []store.SentOutcome // as recorded
	reported []string            // errors that OnSendFailed was called with
}

// start is a mark in the store: a request may be made from now on.
type start struct {
	process *process
	token   int64
	at      time.Duration
}

// attempt is one request that reached the platform, or may have.
type attempt struct {
	process  *process
	message  *message      // nil for what has no name
	token    int64         // of the lease
	marked   time.Duration // when it was marked as started
	at       time.Duration
	paused   time.Duration // for how long the process had stood still by then
	executed time.Duration // 0 if it was not
	late     bool          // executed when the lease was another's, or the process did not wait any more
	answer   string
	answered time.Duration
	// takenOver is when another process had the conversation first after the lease of this attempt ran out; 0 if it did not.
	takenOver time.Duration
}

// Answers, as they reached the process.
const (
	answerNone    = ""        // none, or not yet
	answerOK      = "ok"      // the message was sent
	answerRefused = "refused" // it surely was not
	answerUnclear = "unclear" // an answer that says neither
)

// nameOf is the name in a text: what is before the number of the run.
func nameOf(text string) string {
	name, _, _ := strings.Cut(text, "/")
	return name
}

// queued notes sends that the store has taken. Those whose key was seen before it leaves out.
func (w *world) queued(sends []store.Send, outside bool) {
	for _, s := range sends {
		name := nameOf(textOf(s.Body))
		if name == "" || w.byKey[s.Key] != nil {
			continue
		}
		if m := w.messages[name]; m != nil {
			w.violate("a turn takes effect once", "%s is queued again, as %s and as %s", name, m.key, s.Key)
			continue
		}
		w.orders++
		m := &message{name: name, conv: s.Conversation, key: s.Key, order: w.orders, delay: s.Delay, due: w.now() + s.Delay, outside: outside}
		for _, other := range w.messages { // those that were queued before a small step of the clock back go first
			if other.conv == m.conv && !other.finished && !other.echoed && other.delay <= 0 && m.delay <= 0 {
				m.due = max(m.due, other.due)
			}
		}
		w.messages[name], w.byKey[s.Key] = m, m
		w.say("%s is queued for %s", name, s.PSID)
		if name == "leaked" {
			w.violate("what runs on after its turn has no effect", "a reply of it was queued")
		}
	}
}

// begin notes a request. w.mu must not be held.
func (w *world) begin(p *process, text string) *attempt {
	w.mu.Lock()
	defer w.mu.Unlock()
	a := &attempt{process: p, at: w.now(), paused: p.paused}
	m := w.messages[nameOf(text)]
	if m == nil {
		return a
	}
	a.message = m
	for _, s := range m.starts {
		if s.process == p {
			a.token, a.marked = s.token, s.at
		}
	}
	w.say("%s: request for %s", p.name, text)
	if a.token == 0 {
		w.violate("a message is marked before its request", "%s is sent by %s", m.name, p.name)
	}
	w.checkAgain(m, a)
	m.attempts = append(m.attempts, a)
	w.happens(p, onRequest)
	return a
}

// executed notes what the platform did. w.mu must not be held.
func (w *world) executed(a *attempt, status int, body []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var answer struct {
		MessageID string `json:"message_id"`
	}
	if a.message == nil || status != http.StatusOK || json.Unmarshal(body, &answer) != nil || answer.MessageID == "" {
		return
	}
	c := w.conv(a.message.conv)
	a.executed = w.now()
	a.late = c.token != a.token || a.answered > 0 || !a.process.alive()
	w.say("%s arrives, from %s", a.message.name, a.process.name)
	w.happens(a.process, onExecution)
}

// answered notes what reached the process. w.mu must not be held.
func (w *world) answered(p *process, a *attempt, response *http.Response, err error, way string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if a.message == nil || !p.alive() {
		return
	}
	a.answered = w.now()
	switch {
	case err != nil:
	case response.StatusCode == http.StatusOK:
		a.answer = answerOK
	case unclear(way):
		a.answer = answerUnclear
	default:
		a.answer = answerRefused
	}
	w.say("%s: answer for %s: %q %v", p.name, a.message.name, a.answer, err)
}

// holdBack notes that a middleware does not return an answer. The bot takes it from there when
// the attempt has had its 10 seconds, and a second more. w.mu must not be held.
func (w *world) holdBack(text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if m := w.messages[nameOf(text)]; m != nil {
		m.held = w.now() + 11*time.Second
	}
}

// knownBy returns an attempt of a process that the platform has confirmed to it.
func (m *message) knownBy(p *process) *attempt {
	for _, a := range m.attempts {
		if a.process == p && a.answer == answerOK {
			return a
		}
	}
	return nil
}

// recorded notes the record of an attempt.
func (w *world) recorded(p *process, sent store.Sent) {
	if p.sends == nil {
		p.sends = map[store.SentOutcome]int64{}
	}
	p.sends[sent.Outcome]++
	m := w.byKey[sent.Key]
	if m == nil {
		return
	}
	m.outcomes = append(m.outcomes, sent.Outcome)
	w.say("%s: %s is recorded as %s", p.name, m.name, sent.Outcome)
	switch a := m.knownBy(p); {
	case sent.Outcome == store.OutcomeSent && a == nil:
		w.violate("what is recorded as sent was sent", "%s by %s", m.name, p.name)
	case sent.Outcome != store.OutcomeSent && a != nil && w.now() >= m.held:
		w.violate("what was confirmed is not reported as failed", "%s is recorded as %s, after the platform confirmed it at %v", m.name, sent.Outcome, a.at)
	}
}
