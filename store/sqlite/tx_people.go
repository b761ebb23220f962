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
		p = &store.Person{
			PageID: id.PageID, PSID: id.PSID,
			Profile: store.Profile{
				FirstName: r.text(0), LastName: r.text(1), Name: r.text(2), Username: r.text(3), ProfilePic: r.text(4),
				Locale: r.text(5), Timezone: r.float(6), Gender: r.text(7),
			},
			ProfileAt: queue.Time(r.int(8)), ProfileRefused: r.bool(9), ThumbUps: int(r.int(10)), FirstSeen: queue.Time(r.int(11)),
			LastAct: queue.Time(r.int(12)), UnavailableSince: queue.Time(r.int(13)), HumanAt: queue.Time(r.int(14)),
			ThreadOwner: r.text(15), ThreadAt: queue.Time(r.int(16)), ThreadStandby: r.bool(17), ResumedAt: queue.Time(r.int(18)),
		}
	}, readPerson, id.PageID, id.PSID)
	if err == nil && p != nil {
		t.people.put(p)
	}
	return p, err
}

func (t *tx) savePerson(p *store.Person) error {
	var timezone any
	if p.Profile.Timezone != nil {
		timezone = *p.Profile.Timezone
	}
	err := t.exec(savePerson, p.PageID, p.PSID, p.Profile.FirstName, p.Profile.LastName, p.Profile.Name, p.Profile.Username,
		p.Profile.ProfilePic, p.Profile.Locale, timezone, p.Profile.Gender, queue.Micros(p.ProfileAt), p.ProfileRefused,
		int64(p.ThumbUps), queue.Micros(p.FirstSeen), queue.Micros(p.LastAct), queue.Micros(p.UnavailableSince),
		queue.Micros(p.HumanAt), p.ThreadOwner, queue.Micros(p.ThreadAt), p.ThreadStandby, queue.Micros(p.ResumedAt))
	t.people.put(p)
	return err
}

// PeopleAfter implements queue.Tx.
func (t *tx) PeopleAfter(after store.Conversation, limit int) (people []store.Person, err error) {
	err = t.query(func(r *row) {
		people = append(people, store.Person{
			PageID: r.text(0), PSID: r.text(1), FirstSeen: queue.Time(r.int(2)), LastAct: queue.Time(r.int(3)),
		})
	}, peopleAfter, after.PageID, after.PSID, int64(limit))
	return people, err
}
