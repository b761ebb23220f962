package sqlite

import (
	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/store"
)

// An index of sent messages by person would change one of its pages, at a random place, for each message. Two things save that.
//
// It is a table that lags behind, messenger_sent_index: it gets indexEvery messages at a time, in its own order, in the transaction that
// adds the last of them. Messages beyond the id in messenger_sent_indexed are found by a walk through them; the view
// messenger_sent_by_person has both.
//
// And it consists of parts, each with the messages of 32,768 ids: however many messages there are, a batch changes a few pages of the
// last part only. A read looks into each part, of which messenger_sent_parts is the list.

// indexEvery is how many sent messages, about, are added to the index together. A read of a person's messages walks through as
// many at most. The transaction that adds them takes some milliseconds longer.
const indexEvery = 1024

// addSent adds sent messages.
func (t *tx) addSent(sent []store.Sent) error {
	if len(sent) == 0 {
		return nil
	}
	var err error
	each(t, &err, addSent, sent, queue.SentFields)
	if err != nil {
		return err
	}
	var lag int64
	if err := t.query(func(r *row) { lag = r.int(0) }, sentLag); err != nil {
		return err
	}
	if lag < indexEvery {
		return nil
	}
	return t.indexSent()
}

// indexSent brings the index up to date.
func (t *tx) indexSent() error {
	if err := t.exec(indexSent); err != nil {
		return err
	}
	if err := t.exec(addParts); err != nil {
		return err
	}
	return t.exec(markIndexed)
}

// purgeSent is PurgeOldest of sent messages.
func (t *tx) purgeSent(after, before int64, limit int) (last int64, older bool, err error) {
	type entry struct {
		page, person string
		at, id       int64
	}
	var old []entry
	err = t.query(func(r *row) {
		last = r.int(0)
		if at := r.int(1); at < before {
			old = append(old, entry{r.text(2), r.text(3), at, last})
		}
	}, oldestSent, after, int64(limit))
	if err != nil || len(old) == 0 {
		return last, false, err
	}
	each(t, &err, unindexSent, old, func(e *entry, to []any) []any { return append(to, e.page, e.person, e.at, e.id) })
	if err != nil {
		return last, true, err
	}
	if err := t.exec(purgeSent, after, last, before); err != nil {
		return last, true, err
	}
	if err := t.exec(lowerIndexed); err != nil {
		return last, true, err
	}
	return last, true, t.exec(dropParts)
}
