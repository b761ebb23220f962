package sqlite

import (
	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/store"
)

// readPeople adds the people that exist.
func (t *tx) readPeople(wants []store.Conversation, people map[store.Conversation]*store.Person) error {
	for _, id := range wants {
		p, err := t.readPerson(id)
		if err != nil {
			return err
		}
		if p != nil {
			people[id] = p
		}
	}
	return nil
}

// readPerson returns nil if the person is unknown.
func (t *tx) readPerson(id store.Conversation) (p *store.Person, err error) {
	if p := t.people.get(id); p != nil {
		return p, nil
	}
	err = t.query(func(r *row) {
		p = &store.Person{PageID: id.PageID, PSID: id.PSID}
		r.scan(0, queue.PersonFields(p, t.list[:0])[2:]...)
	}, readPerson, id.PageID, id.PSID)
	if err == nil && p != nil {
		t.people.put(p)
	}
	return p, err
}

// PeopleAfter implements queue.Tx.
func (t *tx) PeopleAfter(after store.Conversation, limit int) (people []store.Person, err error) {
	err = t.query(func(r *row) {
		people = append(people, store.Person{})
		r.scan(0, queue.SeenFields(&people[len(people)-1], t.list[:0])...)
	}, peopleAfter, after.PageID, after.PSID, int64(limit))
	return people, err
}
