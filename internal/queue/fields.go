package queue

import (
	"github.com/djmessenger/messenger/store"
)

// The functions of this file are the columns of each kind of row, for all databases: they append pointers to the fields
// of a row to a list, in the order of the columns. An adapter binds the fields to the parameters of a statement that
// writes the row, and scans them from one that reads it. Many statements read a row without the ids that it begins with;
// they scan the rest of the list.
//
// A field is a *string, *int64, *int, *bool, *float64, *[]byte (NULL is nil), **float64 (NULL is nil), a *[Prose], or a
// *time.Time, whose column is a number; see [Micros].

// Prose is a text by which no row is found. A database may replace in it what it cannot keep.
type Prose string

func prose(s *string) *Prose { return (*Prose)(s) }

// ConversationFields are the columns of a pair of ids.
func ConversationFields(c *store.Conversation, to []any) []any {
	return append(to, &c.PageID, &c.PSID)
}

// Fields are page_id, person_id, next_at, hold_until, lease_until, owner, holder, token, deliveries, alone.
func (r *ConversationRow) Fields(to []any) []any {
	return append(to, &r.PageID, &r.PSID, &r.NextAt, &r.HoldUntil, &r.LeaseUntil, prose(&r.Owner), &r.Holder, &r.Token,
		&r.Deliveries, &r.Alone)
}

// Fields are page_id, person_id, key, order_at, event_at, body, echo_of, attempts, only_routes, received_at.
func (r *EventRow) Fields(to []any) []any {
	return append(to, &r.PageID, &r.PSID, &r.Key, &r.OrderAt, &r.EventAt, &r.Body, &r.EchoOf, &r.Attempts, &r.Only,
		&r.ReceivedAt)
}

// Fields are page_id, person_id, key, group_key, body, delay, not_before, started_at, attempts.
func (r *SendRow) Fields(to []any) []any {
	return append(to, &r.PageID, &r.PSID, &r.Key, &r.Group, &r.Body, &r.Delay, &r.NotBefore, &r.StartedAt, &r.Attempts)
}

// Changes are what [Changes.SendsChanged] changes of a send: id, started_at, attempts.
func (r *SendRow) Changes(to []any) []any { return append(to, &r.ID, &r.StartedAt, &r.Attempts) }

// Fields are page_id, person_id, key, event_at, body, echo_of, attempts, failures, only_routes, at, raised_key, raised_at.
func (r *DeadRow) Fields(to []any) []any {
	return append(to, &r.PageID, &r.PSID, &r.Key, &r.EventAt, &r.Body, &r.EchoOf, &r.Attempts, &r.Failures, &r.Only, &r.At,
		&r.RaisedKey, &r.RaisedAt)
}

// Burial is what makes an event a dead letter: seq, attempts, failures, at.
func (r *DeadRow) Burial(to []any) []any { return append(to, &r.Seq, &r.Attempts, &r.Failures, &r.At) }

// Fields are page_id, person_id, key, event_key, due_at, order_at, event_at, raised_at, body, once, attempts, only_routes.
func (r *RaisedRow) Fields(to []any) []any {
	return append(to, &r.PageID, &r.PSID, &r.RaisedKey, &r.Key, &r.ReceivedAt, &r.OrderAt, &r.EventAt, &r.RaisedAt, &r.Body, &r.Once,
		&r.Attempts, &r.Only)
}

// Burial is what makes a raised event a dead letter: id, key, attempts, failures, at.
func (r *RaisedDead) Burial(to []any) []any {
	return append(to, &r.ID, &r.Key, &r.Attempts, &r.Failures, &r.At)
}

// Fields are the number of the event, and failures.
func (r *Retried) Fields(to []any) []any { return append(to, &r.ID, prose(&r.Failures)) }

// Fields are kind, key.
func (k *Key) Fields(to []any) []any { return append(to, (*int64)(&k.Kind), &k.Text) }

// Fields are page_id, psid, name.
func (k *SessionKey) Fields(to []any) []any { return append(to, &k.PageID, &k.PSID, &k.Name) }

// Fields are page_id, at.
func (p *PageTime) Fields(to []any) []any { return append(to, &p.PageID, &p.At) }

// Fields are name, version, done_at, lease_until, token.
func (r *OnceRow) Fields(to []any) []any {
	return append(to, &r.Name, &r.Version, &r.DoneAt, &r.LeaseUntil, &r.Token)
}

// PersonFields are page_id, psid, first_name, last_name, name, username, profile_pic, locale, timezone, gender,
// profile_at, profile_refused, thumb_ups, first_seen, last_act, unavailable_since, human_at, thread_owner, thread_at,
// thread_standby, resumed_at, language.
func PersonFields(p *store.Person, to []any) []any {
	profile := &p.Profile
	return append(to, &p.PageID, &p.PSID, prose(&profile.FirstName), prose(&profile.LastName), prose(&profile.Name),
		prose(&profile.Username), prose(&profile.ProfilePic), prose(&profile.Locale), &profile.Timezone, prose(&profile.Gender),
		&p.ProfileAt, &p.ProfileRefused, &p.ThumbUps, &p.FirstSeen, &p.LastAct, &p.UnavailableSince,
		&p.HumanAt, prose(&p.ThreadOwner), &p.ThreadAt, &p.ThreadStandby, &p.ResumedAt, prose(&p.Language))
}

// ActFields are what [Changes.Acts] changes of a person: page_id, psid, last_act, unavailable_since.
func ActFields(p *store.Person, to []any) []any {
	return append(to, &p.PageID, &p.PSID, &p.LastAct, &p.UnavailableSince)
}

// SeenFields are what [Tx.PeopleAfter] reads of a person: page_id, psid, first_seen, last_act.
func SeenFields(p *store.Person, to []any) []any {
	return append(to, &p.PageID, &p.PSID, &p.FirstSeen, &p.LastAct)
}

// SessionFields are page_id, psid, name, data, version, expires.
func SessionFields(s *store.Session, to []any) []any {
	return append(to, &s.PageID, &s.PSID, &s.Name, (*[]byte)(&s.Data), &s.Version, &s.Expires)
}

// LocationFields are page_id, psid, latitude, longitude, title, url, mid, at.
func LocationFields(l *store.Location, to []any) []any {
	return append(to, &l.PageID, &l.PSID, &l.Latitude, &l.Longitude, prose(&l.Title), prose(&l.URL), prose(&l.MID), &l.At)
}

// ReceivedFields are page_id, psid, key, type, body, at, object, standby.
func ReceivedFields(r *store.Received, to []any) []any {
	return append(to, &r.PageID, &r.PSID, &r.Key, prose(&r.Type), (*[]byte)(&r.Body), &r.At, prose(&r.Object), &r.Standby)
}

// SentFields are page_id, psid, key, type, body, status, response, mid, outcome, error, at.
func SentFields(s *store.Sent, to []any) []any {
	return append(to, &s.PageID, &s.PSID, &s.Key, prose(&s.Type), (*[]byte)(&s.Body), &s.Status, prose(&s.Response),
		prose(&s.MID), (*Prose)(&s.Outcome), prose(&s.Error), &s.At)
}

// AttachmentFields are page_id, name, attachment_id, expires.
func AttachmentFields(a *store.SaveAttachment, to []any) []any {
	return append(to, &a.PageID, &a.Name, prose(&a.AttachmentID), &a.Expires)
}
