package gormstore

import (
	"database/sql"

	"github.com/djmessenger/messenger/store"
)

// peopleChanges are writes to people, in order.
type peopleChanges []store.Write

type personKey struct{ pageID, psid string }

const personColumns = `page_id, psid, first_name, last_name, name, username, profile_pic, locale, timezone, gender,
	profile_at, profile_refused, thumb_ups, first_seen, last_act, unavailable_since`

var (
	findPeople = newSet("page_id TEXT, psid TEXT",
		`SELECT p.page_id, p.psid, p.first_name, p.last_name, p.name, p.username, p.profile_pic, p.locale, p.timezone, p.gender,
			p.profile_at, p.profile_refused, p.thumb_ups, p.first_seen, p.last_act, p.unavailable_since
		FROM ROWS, messenger_people p WHERE p.page_id = r.page_id AND p.psid = r.psid`)
	savePeople = newSet("page_id TEXT, psid TEXT, first_name PROSE, last_name PROSE, name PROSE, username PROSE, profile_pic PROSE, "+
		"locale PROSE, timezone DOUBLE, gender PROSE, profile_at BIGINT, profile_refused BOOLEAN, thumb_ups BIGINT, "+
		"first_seen BIGINT, last_act BIGINT, unavailable_since BIGINT",
		`INSERT INTO messenger_people (`+personColumns+`)
		SELECT r.page_id, r.psid, r.first_name, r.last_name, r.name, r.username, r.profile_pic, r.locale, r.timezone, r.gender,
			r.profile_at, r.profile_refused, r.thumb_ups, r.first_seen, r.last_act, r.unavailable_since
		FROM ROWS WHERE TRUE
		ON CONFLICT (page_id, psid) DO UPDATE SET first_name = excluded.first_name, last_name = excluded.last_name,
			name = excluded.name, username = excluded.username, profile_pic = excluded.profile_pic, locale = excluded.locale,
			timezone = excluded.timezone, gender = excluded.gender, profile_at = excluded.profile_at,
			profile_refused = excluded.profile_refused, thumb_ups = excluded.thumb_ups, last_act = excluded.last_act,
			unavailable_since = excluded.unavailable_since`)
)

// savePeople reads the people that writes are about, changes them, and stores
// them: nobody else changes a person whose mailbox the transaction has.
func (t *txn) savePeople(changes peopleChanges) error {
	if len(changes) == 0 {
		return nil
	}
	people := map[personKey]*personRow{}
	var which [][]any
	var order []personKey
	for _, w := range changes {
		key := personOf(w)
		if people[key] == nil {
			people[key] = &personRow{PageID: key.pageID, PSID: key.psid, FirstSeen: micros(t.now)}
			which = append(which, []any{key.pageID, key.psid})
			order = append(order, key)
		}
	}
	err := t.ask(findPeople, which, func(found *sql.Rows) error {
		var r personRow
		err := found.Scan(&r.PageID, &r.PSID, &r.FirstName, &r.LastName, &r.Name, &r.Username, &r.ProfilePic, &r.Locale, &r.Timezone,
			&r.Gender, &r.ProfileAt, &r.ProfileRefused, &r.ThumbUps, &r.FirstSeen, &r.LastAct, &r.UnavailableSince)
		people[personKey{r.PageID, r.PSID}] = &r
		return err
	})
	if err != nil {
		return err
	}
	for _, w := range changes {
		people[personOf(w)].change(w)
	}
	rows := make([][]any, 0, len(people))
	for _, key := range order {
		r := people[key]
		var timezone any
		if r.Timezone != nil {
			timezone = *r.Timezone
		}
		rows = append(rows, []any{
			r.PageID, r.PSID, r.FirstName, r.LastName, r.Name, r.Username, r.ProfilePic, r.Locale, timezone,
			r.Gender, r.ProfileAt, r.ProfileRefused, r.ThumbUps, r.FirstSeen, r.LastAct, r.UnavailableSince,
		})
	}
	return t.change(savePeople, rows)
}

func personOf(w store.Write) personKey {
	switch w := w.(type) {
	case store.SaveProfile:
		return personKey{w.PageID, w.PSID}
	case store.TouchPerson:
		return personKey{w.PageID, w.PSID}
	case store.MarkUnavailable:
		return personKey{w.PageID, w.PSID}
	case store.AddThumbUp:
		return personKey{w.PageID, w.PSID}
	}
	return personKey{}
}

// change applies one write to a person.
func (r *personRow) change(w store.Write) {
	switch w := w.(type) {
	case store.SaveProfile:
		if micros(w.At) < r.ProfileAt {
			return
		}
		r.ProfileAt, r.ProfileRefused = micros(w.At), w.Refused
		if !w.Refused {
			r.setProfile(w.Profile)
		}
	case store.TouchPerson:
		r.LastAct = max(r.LastAct, micros(w.At))
		r.UnavailableSince = 0
	case store.MarkUnavailable:
		r.UnavailableSince = micros(w.At)
	case store.AddThumbUp:
		r.ThumbUps++
	}
}
