package gormstore

import "github.com/djmessenger/messenger/store"

// Received is a row of messenger_received: an event that a handler kept with a [store.SaveMessage]. There are indexes of
// (page_id, psid, at, id), of (at), and a unique one of (page_id, psid, key).
type Received struct {
	readOnly

	// ID numbers the rows in the order of insertion. The number of a deleted row may be given again.
	ID     int64  `gorm:"column:id;primaryKey;-:migration"`
	PageID string `gorm:"column:page_id;-:migration"`
	PSID   string `gorm:"column:psid;-:migration"`
	// Key is the event's dedup key, and Type its receiving type.
	Key  string `gorm:"column:key;-:migration"`
	Type string `gorm:"column:type;-:migration"`
	// Body is the event as the platform sent it: JSON. At is when it happened, by the platform's clock.
	Body []byte `gorm:"column:body;-:migration"`
	At   Time   `gorm:"column:at;-:migration"`
	// Object is the product that the callback was for, and Standby whether the event came on standby. Events that were
	// kept before tables version 4 have neither.
	Object  string `gorm:"column:object;-:migration"`
	Standby bool   `gorm:"column:standby;-:migration"`
}

// TableName implements schema.Tabler.
func (Received) TableName() string { return "messenger_received" }

// SentByPerson is the view with the rows of [Sent] in which those of one person are found by an index of (page_id, psid, at,
// id):
//
//	db.Table(gormstore.SentByPerson).Where("page_id = ? AND psid = ?", pageID, psid).Order("at DESC, id DESC")
const SentByPerson = "messenger_sent_by_person"

// Sent is a row of messenger_sent: an attempt to send, or a send that its echo has settled. On SQLite the table has no index
// but its primary key; see [SentByPerson].
type Sent struct {
	readOnly

	// ID numbers the rows in the order of insertion. The number of a deleted row may be given again.
	ID     int64  `gorm:"column:id;primaryKey;-:migration"`
	PageID string `gorm:"column:page_id;-:migration"`
	PSID   string `gorm:"column:psid;-:migration"`
	// Key is the send's idempotency key, and Type what was sent: "text", "image", "template", …
	Key  string `gorm:"column:key;-:migration"`
	Type string `gorm:"column:type;-:migration"`
	// Body is the request: JSON. Status is the HTTP status of the answer, 0 if there was none, and Response its body.
	Body     []byte `gorm:"column:body;-:migration"`
	Status   int    `gorm:"column:status;-:migration"`
	Response string `gorm:"column:response;-:migration"`
	// MID is the id that the platform gave to the message.
	MID string `gorm:"column:mid;-:migration"`
	// Outcome is one of the constants of package store, and Error why it was not sent.
	Outcome store.SentOutcome `gorm:"column:outcome;-:migration"`
	Error   string            `gorm:"column:error;-:migration"`
	// At is when the attempt ended, by the store's clock.
	At Time `gorm:"column:at;-:migration"`
}

// TableName implements schema.Tabler.
func (Sent) TableName() string { return "messenger_sent" }
