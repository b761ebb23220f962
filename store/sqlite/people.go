package sqlite

import (
	"time"

	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/store"
)

// mostPeople is how many people a generation of [people] has.
const mostPeople = 2048

// people are the rows of those people who were read or written last, as the connection that writes sees them: a claim and the commit
// after it need the same one. That connection alone changes people, so that no row changes behind it. It forgets all when a transaction
// is rolled back.
type people struct {
	// Those in young are in use. When they are too many they become old, and those that are old are forgotten.
	young, old map[store.Conversation]*store.Person
}

// get returns a copy, or nil.
func (p *people) get(id store.Conversation) *store.Person {
	found := p.young[id]
	if found == nil {
		if found = p.old[id]; found == nil {
			return nil
		}
		p.keep(id, found)
	}
	return copyPerson(found)
}

// put keeps a copy of a row that was read or written.
func (p *people) put(row *store.Person) {
	kept := copyPerson(row)
	for _, at := range []*time.Time{
		&kept.ProfileAt, &kept.FirstSeen, &kept.LastAct, &kept.UnavailableSince, &kept.HumanAt, &kept.ThreadAt, &kept.ResumedAt,
	} {
		*at = queue.Time(queue.Micros(*at))
	}
	p.keep(store.Conversation{PageID: row.PageID, PSID: row.PSID}, kept)
}

func (p *people) keep(id store.Conversation, row *store.Person) {
	if p.young == nil || len(p.young) >= mostPeople {
		p.young, p.old = make(map[store.Conversation]*store.Person), p.young
	}
	p.young[id] = row
}

func (p *people) remove(id store.Conversation) {
	delete(p.young, id)
	delete(p.old, id)
}

func (p *people) clear() { *p = people{} }

// copyPerson returns a person that shares nothing with this one.
func copyPerson(p *store.Person) *store.Person {
	out := *p
	if p.Profile.Timezone != nil {
		zone := *p.Profile.Timezone
		out.Profile.Timezone = &zone
	}
	return &out
}
