package engine

import (
	"errors"
	"sync"

	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/receiving/payload"
	"github.com/djmessenger/messenger/store"
)

var (
	errNotRaised = errors.New("its body is a signal, and the program did not raise it")
	errNoSignal  = errors.New("the program raised it, and its body is no signal")
)

// setRaised gives a signal what the store decides: its key, when it became due, and when it was
// raised. The store alone says what the program raised: the body of any other event that claims to
// be a signal is an error.
func setRaised(ev *receiving.Event, stored store.Event) error {
	signal, ok := ev.Payload.(*receiving.Signal)
	switch {
	case ok && !stored.Raised.Is():
		return errNotRaised
	case !ok && stored.Raised.Is():
		return errNoSignal
	case !ok:
		return nil
	}
	ev.Key, ev.Time, signal.Key, signal.Raised = stored.Key, stored.Time, stored.Raised.Key, stored.Raised.At
	return nil
}

// hintRaised wakes the claims of this process when what a committed outcome raised becomes due.
// What is due already is the store's to hint at.
func (e *Engine) hintRaised(writes []store.Write) {
	for _, w := range writes {
		if raised, ok := w.(store.Raise); ok {
			e.HintAfter(raised.Delay)
		}
	}
}

// maxUnhandledKinds bounds the kinds that unhandledKinds remembers: a program that makes up a kind for each
// signal fills neither the memory nor the log.
const maxUnhandledKinds = 100

// unhandledKinds are the kinds of signals that no route has handled, as far as the log has a line about them.
// The zero value has none.
type unhandledKinds struct {
	mu   sync.Mutex
	seen map[string]bool
}

// first reports whether a kind is new.
func (u *unhandledKinds) first(kind string) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.seen[kind] || len(u.seen) >= maxUnhandledKinds {
		return false
	}
	if u.seen == nil {
		u.seen = map[string]bool{}
	}
	u.seen[kind] = true
	return true
}

// warnUnhandled warns of a signal that no route has handled, once for each kind of payload: its key stays taken, so
// that raising it again has no effect. A middleware that has ended the turn is the program's own decision.
func (t *turn) warnUnhandled() {
	if t.ev == nil || t.ev.Type != receiving.TypeSignal {
		return
	}
	t.mu.Lock()
	unhandled := t.called && len(t.routes) == 0
	t.mu.Unlock()
	kind, _ := payload.KindOf(t.ev.PayloadText())
	if unhandled && t.w.e.unhandled.first(kind) {
		t.w.log.Warn("no route has handled a signal: add a route under SIGNAL that reads its kind, such as handling.OnPayload,"+
			" to the policy of the page; further signals of the kind are not logged", "event", t.queued.Key, "kind", kind)
	}
}
