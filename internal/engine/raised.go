package engine

import (
	"errors"

	"github.com/djmessenger/messenger/receiving"
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
