package gormstore

import (
	"time"

	"github.com/djmessenger/messenger/store"
)

// micros is the form in which times are kept: microseconds since 1970 UTC, and
// 0 for no time.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func fromMicros(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

type personRow struct {
	PageID           string
	PSID             string
	FirstName        string
	LastName         string
	Name             string
	Username         string
	ProfilePic       string
	Locale           string
	Timezone         *float64
	Gender           string
	ProfileAt        int64
	ProfileRefused   bool
	ThumbUps         int
	FirstSeen        int64
	LastAct          int64
	UnavailableSince int64
	HumanAt          int64
	ThreadOwner      string
	ThreadAt         int64
	ThreadStandby    bool
	ResumedAt        int64
}

func (r *personRow) person() store.Person {
	return store.Person{
		PageID: r.PageID, PSID: r.PSID,
		Profile: store.Profile{
			FirstName: r.FirstName, LastName: r.LastName, Name: r.Name, Username: r.Username,
			ProfilePic: r.ProfilePic, Locale: r.Locale, Timezone: r.Timezone, Gender: r.Gender,
		},
		ProfileAt: fromMicros(r.ProfileAt), ProfileRefused: r.ProfileRefused, ThumbUps: r.ThumbUps,
		FirstSeen: fromMicros(r.FirstSeen), LastAct: fromMicros(r.LastAct),
		UnavailableSince: fromMicros(r.UnavailableSince), HumanAt: fromMicros(r.HumanAt),
		ThreadOwner: r.ThreadOwner, ThreadAt: fromMicros(r.ThreadAt), ThreadStandby: r.ThreadStandby,
		ResumedAt: fromMicros(r.ResumedAt),
	}
}

type locationRow struct {
	ID        int64
	PageID    string
	PSID      string `gorm:"column:psid"`
	Latitude  float64
	Longitude float64
	Title     string
	URL       string `gorm:"column:url"`
	MID       string `gorm:"column:mid"`
	At        int64
}

func (locationRow) TableName() string { return "messenger_locations" }

type receivedRow struct {
	ID     int64
	PageID string
	PSID   string `gorm:"column:psid"`
	Key    string
	Type   string
	Body   []byte
	At     int64
}

func (receivedRow) TableName() string { return "messenger_received" }

type sentRow struct {
	ID       int64
	PageID   string
	PSID     string `gorm:"column:psid"`
	Key      string
	Type     string
	Body     []byte
	Status   int
	Response string
	MID      string `gorm:"column:mid"`
	Outcome  string
	Error    string
	At       int64
}

func (sentRow) TableName() string { return "messenger_sent" }

type sessionRow struct {
	PageID  string `gorm:"primaryKey"`
	PSID    string `gorm:"column:psid;primaryKey"`
	Name    string `gorm:"primaryKey"`
	Data    []byte
	Version int64
	Expires int64
}

func (sessionRow) TableName() string { return "messenger_sessions" }

type attachmentRow struct {
	PageID       string `gorm:"primaryKey"`
	Name         string `gorm:"primaryKey"`
	AttachmentID string
	Expires      int64
}

func (attachmentRow) TableName() string { return "messenger_attachments" }
