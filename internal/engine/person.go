package engine

import (
	"context"
	"errors"
	"fmt"

	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/internal/replier"
	"github.com/djmessenger/messenger/sending"
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

// Speak returns a context in which texts are in a person's language and find
// what is known of them, at the time of each use.
func Speak(ctx context.Context, catalog *i18n.Catalog, texts sending.Texts, person func() store.Person) context.Context {
	ctx = sending.WithTexts(ctx, texts)
	ctx = replier.WithLookup(ctx, func(name string) (string, bool) { return personValue(person(), name) })
	return i18n.WithFunc(ctx, func() *i18n.Localizer { return catalog.For(person().Profile.Locale) })
}

// personValue gives texts what is known of the person.
func personValue(p store.Person, name string) (string, bool) {
	switch name {
	case "first_name":
		return p.Profile.FirstName, true
	case "last_name":
		return p.Profile.LastName, true
	case "name":
		if p.Profile.Name != "" {
			return p.Profile.Name, true
		}
		return joinNames(p.Profile.FirstName, p.Profile.LastName), true
	case "thumb_ups":
		return fmt.Sprint(p.ThumbUps), true
	}
	return "", false
}

func joinNames(first, last string) string {
	if first == "" || last == "" {
		return first + last
	}
	return first + " " + last
}
