package gormstore

import (
	"errors"

	"gorm.io/gorm"
)

// The models are read-only views of tables of the bot, for the queries and joins of a program; see docs/database.md. Each
// has the columns of its table: a later version adds columns, and removes none that a model has. A program must not write
// the tables, since the store would not notice. GORM refuses to create, save, update and delete a model with
// [ErrReadOnly], and AutoMigrate changes nothing about it.

// ErrReadOnly is returned by GORM when a program writes a model of this package.
var ErrReadOnly = errors.New("gormstore: the tables of the bot are read-only; use store.Queue in a handler or Store.Apply")

// readOnly makes GORM refuse to write a model.
type readOnly struct{}

// BeforeSave is called by GORM before it creates, saves or updates.
func (readOnly) BeforeSave(*gorm.DB) error { return ErrReadOnly }

// BeforeDelete is called by GORM before it deletes.
func (readOnly) BeforeDelete(*gorm.DB) error { return ErrReadOnly }

// Person is a row of messenger_people: someone who has written to a page, as [store.Person]. The primary key is (page_id,
// psid); there is no other index.
type Person struct {
	readOnly

	PageID string `gorm:"column:page_id;primaryKey;-:migration"`
	PSID   string `gorm:"column:psid;primaryKey;-:migration"`

	FirstName  string `gorm:"column:first_name;-:migration"`
	LastName   string `gorm:"column:last_name;-:migration"`
	Name       string `gorm:"column:name;-:migration"`
	Username   string `gorm:"column:username;-:migration"`
	ProfilePic string `gorm:"column:profile_pic;-:migration"`
	Locale     string `gorm:"column:locale;-:migration"`
	// Timezone is the offset from UTC in hours; NULL if unknown.
	Timezone *float64 `gorm:"column:timezone;-:migration"`
	Gender   string   `gorm:"column:gender;-:migration"`
	// ProfileAt is when the platform was last asked for the profile, and ProfileRefused whether it refused.
	ProfileAt      Time `gorm:"column:profile_at;-:migration"`
	ProfileRefused bool `gorm:"column:profile_refused;-:migration"`

	ThumbUps int `gorm:"column:thumb_ups;-:migration"`
	// FirstSeen is when the store first heard of the person, LastAct the time of their last act that opens the 24-hour
	// window, and UnavailableSince when the platform said that they cannot be reached.
	FirstSeen        Time `gorm:"column:first_seen;-:migration"`
	LastAct          Time `gorm:"column:last_act;-:migration"`
	UnavailableSince Time `gorm:"column:unavailable_since;-:migration"`
	// HumanAt is when a human last wrote to the person for the page. The next three say which other app controls the
	// conversation, and ResumedAt is when the program last said that the bot may answer again.
	HumanAt       Time   `gorm:"column:human_at;-:migration"`
	ThreadOwner   string `gorm:"column:thread_owner;-:migration"`
	ThreadAt      Time   `gorm:"column:thread_at;-:migration"`
	ThreadStandby bool   `gorm:"column:thread_standby;-:migration"`
	ResumedAt     Time   `gorm:"column:resumed_at;-:migration"`
	// Language is the one that was chosen for the person, in place of the profile's.
	Language string `gorm:"column:language;-:migration"`
}

// TableName implements schema.Tabler.
func (Person) TableName() string { return "messenger_people" }

// Location is a row of messenger_locations: a place that a person sent. There is an index of (page_id, psid, at, id).
type Location struct {
	readOnly

	// ID numbers the rows in the order of insertion. The number of a deleted row may be given again.
	ID     int64  `gorm:"column:id;primaryKey;-:migration"`
	PageID string `gorm:"column:page_id;-:migration"`
	PSID   string `gorm:"column:psid;-:migration"`
	// Latitude and Longitude are degrees.
	Latitude  float64 `gorm:"column:latitude;-:migration"`
	Longitude float64 `gorm:"column:longitude;-:migration"`
	Title     string  `gorm:"column:title;-:migration"`
	URL       string  `gorm:"column:url;-:migration"`
	// MID is the message that had the location, and At when it was sent, by the platform's clock.
	MID string `gorm:"column:mid;-:migration"`
	At  Time   `gorm:"column:at;-:migration"`
}

// TableName implements schema.Tabler.
func (Location) TableName() string { return "messenger_locations" }

// Session is a row of messenger_sessions: what a dialog keeps between turns. The primary key is (page_id, psid, name).
type Session struct {
	readOnly

	PageID string `gorm:"column:page_id;primaryKey;-:migration"`
	PSID   string `gorm:"column:psid;primaryKey;-:migration"`
	Name   string `gorm:"column:name;primaryKey;-:migration"`
	// Data is JSON.
	Data []byte `gorm:"column:data;-:migration"`
	// Version is raised by each change.
	Version int64 `gorm:"column:version;-:migration"`
	// Expires is when the session is forgotten; 0 is never. An expired session is there until the next purge.
	Expires Time `gorm:"column:expires;-:migration"`
}

// TableName implements schema.Tabler.
func (Session) TableName() string { return "messenger_sessions" }
