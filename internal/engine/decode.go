package engine

import (
	"fmt"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
)

// decodeFunc decodes the body of a stored event.
type decodeFunc func(body []byte) (*receiving.Event, []receiving.Problem, error)

// decode decodes the event. It returns false if there is nothing to run. An event
// that cannot be decoded fails permanently: it came from outside, so a fault in the
// decoder must not end the process.
func (t *turn) decode(stored decodeFunc) bool {
	var problems []receiving.Problem
	err := recovered(t.w.log, "the decoder of an event", func() (err error) {
		t.ev, problems, err = stored(t.queued.Body)
		if err == nil {
			err = setRaised(t.ev, t.queued.Event)
		}
		return err
	}, t.about...)
	if err != nil {
		t.fail(handling.Permanent(fmt.Errorf("stored event: %w", err)))
		return false
	}
	for _, p := range problems {
		t.w.log.Warn("a part of an event was left out", "event", t.ev.Key, "problem", p)
	}
	t.own = t.w.e.owns(t.ev)
	return true
}

func decodeStored(body []byte) (*receiving.Event, []receiving.Problem, error) {
	var envelope receiving.Envelope
	if err := envelope.UnmarshalBinary(body); err != nil {
		return nil, nil, err
	}
	ev, problems := envelope.Event()
	return ev, problems, nil
}
