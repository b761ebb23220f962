package engine

import (
	"context"

	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/store"
)

// DeadLetter is an event that has become one.
type DeadLetter struct {
	Letter store.DeadLetter
	Event  *receiving.Event // nil if it could not be decoded
	Err    error
}

// deadLetter tells the program that the event has become a dead letter, once that is
// durable. The store is asked for the letter, for its id, if it has dead letters to list.
func (t *turn) deadLetter(failures []store.Failure, err error) {
	tell := t.w.e.cfg.OnDeadLetter
	if tell == nil {
		return
	}
	letter := store.DeadLetter{Event: t.queued.Event, Attempts: t.queued.Attempts + 1, Failures: failures, At: t.w.now()}
	var found []store.DeadLetter
	var readErr error
	if dead, ok := store.As[store.DeadLetters](t.w.e.cfg.Store); ok {
		read := func() error {
			readErr = recovered(t.w.log, "the store's Dead", func() (err error) {
				found, err = dead.Dead(t.w.e.reading(), store.DeadQuery{PageID: letter.PageID, Key: letter.Key, Limit: 1})
				return err
			})
			return readErr
		}
		if t.w.gone { // then the answer decides more than the id
			t.w.read(read)
		} else {
			_ = read()
		}
	}
	switch {
	case len(found) > 0:
		letter = found[0]
	case t.w.gone && readErr != nil:
		t.w.log.Error("it is unknown whether an event became a dead letter or took effect; OnDeadLetter is not called",
			"event", letter.Key, "error", readErr)
		return
	case t.w.gone: // and it was no letter that an earlier try has made
		return
	case readErr != nil:
		t.w.log.Warn("cannot read a dead letter; OnDeadLetter does not get its id", "event", letter.Key, "error", readErr)
	}
	t.w.e.hook(t.w.hookContext(), t.w.log, "OnDeadLetter", func(ctx context.Context) {
		tell(ctx, DeadLetter{Letter: letter, Event: t.ev, Err: err})
	})
}
