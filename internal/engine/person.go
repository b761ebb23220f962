package engine

import (
	"errors"

	"github.com/djmessenger/messenger/store"
)

// person reads the conversation's person for a turn. It returns false when the
// lease is over.
func (w *worker) person() (store.Person, bool) {
	if !w.aged {
		w.aged = true
		return w.lease.Person, true
	}
	ok := w.read(func() error {
		person, err := w.e.cfg.Store.Person(w.e.reading(), w.lease.PageID, w.lease.PSID)
		if errors.Is(err, store.ErrNotFound) {
			person, err = store.Person{PageID: w.lease.PageID, PSID: w.lease.PSID}, nil
		}
		if err == nil {
			w.lease.Person = person
		}
		return err
	})
	return w.lease.Person, ok
}

// withWrites returns a person as writes leave it, as far as it decides whether they can be
// written to. While the lease lasts, only this worker writes that.
func withWrites(person store.Person, writes []store.Write) store.Person {
	for _, write := range writes {
		switch write.(type) {
		case store.TouchPerson, store.MarkUnavailable:
			person.Apply(write)
		}
	}
	return person
}
