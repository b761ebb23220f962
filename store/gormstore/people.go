package gormstore

import (
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/internal/database"
)

// peopleChanges are writes to people, in order.
type peopleChanges []store.Write

type personKey struct{ pageID, psid string }

const personColumns = `page_id, psid, first_name, last_name, name, username, profile_pic, locale, timezone, gender,
	profile_at, profile_refused, thumb_ups, first_seen, last_act, unavailable_since,
	human_at, thread_owner, thread_at, thread_standby, resumed_at`

// fields are what personColumns are scanned into.
func (r *personRow) fields() []any {
	return []any{
		&r.PageID, &r.PSID, &r.FirstName, &r.LastName, &r.Name, &r.Username, &r.ProfilePic, &r.Locale, &r.Timezone,
		&r.Gender, &r.ProfileAt, &r.ProfileRefused, &r.ThumbUps, &r.FirstSeen, &r.LastAct, &r.UnavailableSince,
		&r.HumanAt, &r.ThreadOwner, &r.ThreadAt, &r.ThreadStandby, &r.ResumedAt,
	}
}

var (
	findPeople = newSet("page_id TEXT, psid TEXT",
		`SELECT p.page_id, p.psid, p.first_name, p.last_name, p.name, p.username, p.profile_pic, p.locale, p.timezone, p.gender,
			p.profile_at, p.profile_refused, p.thumb_ups, p.first_seen, p.last_act, p.unavailable_since,
			p.human_at, p.thread_owner, p.thread_at, p.thread_standby, p.resumed_at
		FROM ROWS, messenger_people p WHERE p.page_id = r.page_id AND p.psid = r.psid`)
	savePeople = newSet("page_id TEXT, psid TEXT, first_name PROSE, last_name PROSE, name PROSE, username PROSE, profile_pic PROSE, "+
		"locale PROSE, timezone DOUBLE, gender PROSE, profile_at BIGINT, profile_refused BOOLEAN, thumb_ups BIGINT, "+
		"first_seen BIGINT, last_act BIGINT, unavailable_since BIGINT, human_at BIGINT, thread_owner PROSE, thread_at BIGINT, thread_standby BOOLEAN, resumed_at BIGINT",
		`INSERT INTO messenger_people (`+personColumns+`)
		SELECT r.page_id, r.psid, r.first_name, r.last_name, r.name, r.username, r.profile_pic, r.locale, r.timezone, r.gender,
			r.profile_at, r.profile_refused, r.thumb_ups, r.first_seen, r.last_act, r.unavailable_since,
			r.human_at, r.thread_owner, r.thread_at, r.thread_standby, r.resumed_at
		FROM ROWS WHERE TRUE
		ON CONFLICT (page_id, psid) DO UPDATE SET first_name = excluded.first_name, last_name = excluded.last_name,
			name = excluded.name, username = excluded.username, profile_pic = excluded.profile_pic, locale = excluded.locale,
			timezone = excluded.timezone, gender = excluded.gender, profile_at = excluded.profile_at,
			profile_refused = excluded.profile_refused, thumb_ups = excluded.thumb_ups, last_act = excluded.last_act,
			unavailable_since = excluded.unavailable_since, human_at = excluded.human_at,
			thread_owner = excluded.thread_owner, thread_at = excluded.thread_at, thread_standby = excluded.thread_standby,
			resumed_at = excluded.resumed_at`)
)

// touchPeople is what most turns write: that a person has acted.
var touchPeople = newSet("page_id TEXT, psid TEXT, at BIGINT, now BIGINT",
	`INSERT INTO messenger_people (`+personColumns+`)
	SELECT r.page_id, r.psid, '', '', '', '', '', '', NULL, '', 0, FALSE, 0, r.now, r.at, 0, 0, '', 0, FALSE, 0 FROM ROWS WHERE TRUE
	ON CONFLICT (page_id, psid) DO UPDATE SET unavailable_since = 0, last_act =
		CASE WHEN messenger_people.last_act > excluded.last_act THEN messenger_people.last_act ELSE excluded.last_act END`)

// savePeople stores what changes about people.
func (t *txn) savePeople(changes peopleChanges) error {
	of := map[personKey][]store.Write{}
	var order []personKey
	for _, w := range changes {
		key := personOf(w)
		if of[key] == nil {
			order = append(order, key)
		}
		of[key] = append(of[key], w)
	}
	var touched [][]any
	var changed []personKey
	for _, key := range order {
		if touch, ok := of[key][0].(store.TouchPerson); ok && len(of[key]) == 1 {
			touched = append(touched, []any{key.pageID, key.psid, micros(touch.At), micros(t.now)})
		} else {
			changed = append(changed, key)
		}
	}
	if err := t.change(touchPeople, touched); err != nil {
		return err
	}
	return t.changePeople(changed, of)
}

// changePeople reads people, changes them, and stores them: no other transaction changes a
// person while this one has locked their conversation.
func (t *txn) changePeople(which []personKey, changes map[personKey][]store.Write) error {
	people := map[personKey]*store.Person{}
	keys := make([][]any, 0, len(which))
	for _, key := range which {
		people[key] = &store.Person{PageID: key.pageID, PSID: key.psid, FirstSeen: t.now}
		keys = append(keys, []any{key.pageID, key.psid})
	}
	err := t.ask(findPeople, keys, func(found database.Row) error {
		var r personRow
		err := found.Scan(r.fields()...)
		p := r.person()
		people[personKey{r.PageID, r.PSID}] = &p
		return err
	})
	if err != nil {
		return err
	}
	rows := make([][]any, 0, len(people))
	for _, key := range which {
		p := people[key]
		for _, w := range changes[key] {
			p.Apply(store.TruncateTimes(w))
		}
		rows = append(rows, personValues(*p))
	}
	return t.change(savePeople, rows)
}

// personValues are the values of personColumns.
func personValues(p store.Person) []any {
	var timezone any
	if p.Profile.Timezone != nil {
		timezone = *p.Profile.Timezone
	}
	return []any{
		p.PageID, p.PSID, p.Profile.FirstName, p.Profile.LastName, p.Profile.Name, p.Profile.Username, p.Profile.ProfilePic,
		p.Profile.Locale, timezone, p.Profile.Gender, micros(p.ProfileAt), p.ProfileRefused, p.ThumbUps, micros(p.FirstSeen),
		micros(p.LastAct), micros(p.UnavailableSince), micros(p.HumanAt), p.ThreadOwner, micros(p.ThreadAt), p.ThreadStandby,
		micros(p.ResumedAt),
	}
}

func personOf(w store.Write) personKey {
	switch w := w.(type) {
	case store.SaveProfile:
		return personKey{w.PageID, w.PSID}
	case store.TouchPerson:
		return personKey{w.PageID, w.PSID}
	case store.MarkUnavailable:
		return personKey{w.PageID, w.PSID}
	case store.NoteHuman:
		return personKey{w.PageID, w.PSID}
	case store.NoteThread:
		return personKey{w.PageID, w.PSID}
	case store.EndSilence:
		return personKey{w.PageID, w.PSID}
	case store.AddThumbUp:
		return personKey{w.PageID, w.PSID}
	}
	return personKey{}
}
