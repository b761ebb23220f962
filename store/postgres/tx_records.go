package postgres

import (
	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/store"
)

// saveActs stores when people acted last, and that they can be reached.
func (t *tx) saveActs(people []*store.Person) {
	if len(people) == 0 {
		return
	}
	t.change(touchPeople,
		column(people, func(p **store.Person) string { return (*p).PageID }),
		column(people, func(p **store.Person) string { return (*p).PSID }),
		column(people, func(p **store.Person) int64 { return queue.Micros((*p).LastAct) }),
		column(people, func(p **store.Person) int64 { return queue.Micros((*p).UnavailableSince) }))
}

func (t *tx) savePeople(people []*store.Person) {
	if len(people) == 0 {
		return
	}
	t.change(savePeople,
		column(people, func(p **store.Person) string { return (*p).PageID }),
		column(people, func(p **store.Person) string { return (*p).PSID }),
		proseColumn(people, func(p **store.Person) string { return (*p).Profile.FirstName }),
		proseColumn(people, func(p **store.Person) string { return (*p).Profile.LastName }),
		proseColumn(people, func(p **store.Person) string { return (*p).Profile.Name }),
		proseColumn(people, func(p **store.Person) string { return (*p).Profile.Username }),
		proseColumn(people, func(p **store.Person) string { return (*p).Profile.ProfilePic }),
		proseColumn(people, func(p **store.Person) string { return (*p).Profile.Locale }),
		column(people, func(p **store.Person) *float64 { return (*p).Profile.Timezone }),
		proseColumn(people, func(p **store.Person) string { return (*p).Profile.Gender }),
		column(people, func(p **store.Person) int64 { return queue.Micros((*p).ProfileAt) }),
		column(people, func(p **store.Person) bool { return (*p).ProfileRefused }),
		column(people, func(p **store.Person) int64 { return int64((*p).ThumbUps) }),
		column(people, func(p **store.Person) int64 { return queue.Micros((*p).FirstSeen) }),
		column(people, func(p **store.Person) int64 { return queue.Micros((*p).LastAct) }),
		column(people, func(p **store.Person) int64 { return queue.Micros((*p).UnavailableSince) }),
		column(people, func(p **store.Person) int64 { return queue.Micros((*p).HumanAt) }),
		proseColumn(people, func(p **store.Person) string { return (*p).ThreadOwner }),
		column(people, func(p **store.Person) int64 { return queue.Micros((*p).ThreadAt) }),
		column(people, func(p **store.Person) bool { return (*p).ThreadStandby }),
		column(people, func(p **store.Person) int64 { return queue.Micros((*p).ResumedAt) }))
}

func (t *tx) applySessions(c *queue.Changes) {
	if rows := c.Sessions; len(rows) > 0 {
		t.change(saveSessions,
			column(rows, func(r *store.Session) string { return r.PageID }),
			column(rows, func(r *store.Session) string { return r.PSID }),
			column(rows, func(r *store.Session) string { return r.Name }),
			column(rows, func(r *store.Session) []byte { return r.Data }),
			column(rows, func(r *store.Session) int64 { return r.Version }),
			column(rows, func(r *store.Session) int64 { return queue.Micros(r.Expires) }))
	}
	if len(c.SessionsGone) > 0 {
		pageIDs, psids, names := sessionColumns(c.SessionsGone)
		t.change(deleteSessions, pageIDs, psids, names)
	}
}

// addRecords adds locations, kept events and records of sends.
func (t *tx) addRecords(c *queue.Changes) {
	if rows := c.Locations; len(rows) > 0 {
		t.change(addLocations,
			column(rows, func(r *store.Location) string { return r.PageID }),
			column(rows, func(r *store.Location) string { return r.PSID }),
			column(rows, func(r *store.Location) float64 { return r.Latitude }),
			column(rows, func(r *store.Location) float64 { return r.Longitude }),
			proseColumn(rows, func(r *store.Location) string { return r.Title }),
			proseColumn(rows, func(r *store.Location) string { return r.URL }),
			proseColumn(rows, func(r *store.Location) string { return r.MID }),
			column(rows, func(r *store.Location) int64 { return queue.Micros(r.At) }))
	}
	if rows := c.Received; len(rows) > 0 {
		t.change(addReceived,
			column(rows, func(r *store.Received) string { return r.PageID }),
			column(rows, func(r *store.Received) string { return r.PSID }),
			column(rows, func(r *store.Received) string { return r.Key }),
			proseColumn(rows, func(r *store.Received) string { return r.Type }),
			column(rows, func(r *store.Received) []byte { return r.Body }),
			column(rows, func(r *store.Received) int64 { return queue.Micros(r.At) }),
			proseColumn(rows, func(r *store.Received) string { return r.Object }),
			column(rows, func(r *store.Received) bool { return r.Standby }))
	}
	if rows := c.Sent; len(rows) > 0 {
		t.change(addSent,
			column(rows, func(r *store.Sent) string { return r.PageID }),
			column(rows, func(r *store.Sent) string { return r.PSID }),
			column(rows, func(r *store.Sent) string { return r.Key }),
			proseColumn(rows, func(r *store.Sent) string { return r.Type }),
			column(rows, func(r *store.Sent) []byte { return r.Body }),
			column(rows, func(r *store.Sent) int64 { return int64(r.Status) }),
			proseColumn(rows, func(r *store.Sent) string { return r.Response }),
			proseColumn(rows, func(r *store.Sent) string { return r.MID }),
			proseColumn(rows, func(r *store.Sent) string { return string(r.Outcome) }),
			proseColumn(rows, func(r *store.Sent) string { return r.Error }),
			column(rows, func(r *store.Sent) int64 { return queue.Micros(r.At) }))
	}
}
