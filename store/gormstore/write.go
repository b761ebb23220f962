package gormstore

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/djmessenger/messenger/store"
)

// Apply implements [store.Store].
func (s *Store) Apply(ctx context.Context, writes ...store.Write) error {
	if err := checkWrites(writes, false); err != nil {
		return err
	}
	writes = slices.Clone(writes)
	return s.do(ctx, func(t *txn) error {
		for _, w := range writes {
			if err := t.write(w); err != nil {
				return err
			}
		}
		return nil
	})
}

func isCall(w store.Write) bool {
	_, ok := w.(store.Call)
	return ok
}

func checkWrites(writes []store.Write, calls bool) error {
	for _, w := range writes {
		if err := store.CheckWrite(w); err != nil {
			return err
		}
		if call, ok := w.(store.Call); ok && (!calls || call.API != api) {
			return fmt.Errorf("store: a %s call cannot run here: %w", call.API, errors.ErrUnsupported)
		}
	}
	return nil
}

// write applies one write.
func (t *txn) write(w store.Write) error {
	switch w := w.(type) {
	case store.SaveProfile:
		row := personRow{PageID: w.PageID, PSID: w.PSID, ProfileAt: micros(w.At), ProfileRefused: w.Refused}
		changed := []string{"profile_at", "profile_refused"}
		if !w.Refused {
			row.setProfile(w.Profile)
			changed = append(changed, "first_name", "last_name", "name", "username", "profile_pic", "locale", "timezone", "gender")
		}
		return t.savePerson(row, clause.AssignmentColumns(changed), gorm.Expr("excluded.profile_at >= messenger_people.profile_at"))
	case store.TouchPerson:
		return t.savePerson(personRow{PageID: w.PageID, PSID: w.PSID, LastAct: micros(w.At)}, clause.Assignments(map[string]any{
			"last_act": gorm.Expr(`CASE WHEN excluded.last_act > messenger_people.last_act
				THEN excluded.last_act ELSE messenger_people.last_act END`),
			"unavailable_since": 0,
		}))
	case store.MarkUnavailable:
		return t.savePerson(personRow{PageID: w.PageID, PSID: w.PSID, UnavailableSince: micros(w.At)},
			clause.AssignmentColumns([]string{"unavailable_since"}))
	case store.AddThumbUp:
		return t.savePerson(personRow{PageID: w.PageID, PSID: w.PSID, ThumbUps: 1}, clause.Assignments(map[string]any{
			"thumb_ups": gorm.Expr("messenger_people.thumb_ups + 1"),
		}))
	case store.CancelSend:
		_, err := t.cancel(w)
		return err
	case store.AddLocation:
		l := w.Location
		return t.create(&locationRow{
			PageID: l.PageID, PSID: l.PSID, Latitude: l.Latitude, Longitude: l.Longitude,
			Title: l.Title, URL: l.URL, MID: l.MID, At: micros(l.At),
		})
	case store.SaveMessage:
		r := w.Received
		return t.create(&receivedRow{PageID: r.PageID, PSID: r.PSID, Key: r.Key, Type: r.Type, Body: r.Body, At: micros(r.At)},
			clause.OnConflict{DoNothing: true})
	case store.SaveSent:
		return t.saveSent(w.Sent)
	case store.SaveSession:
		return t.saveSession(w)
	case store.DeleteSession:
		return t.gorm(t.models.Delete(&sessionRow{PageID: w.PageID, PSID: w.PSID, Name: w.Name}))
	case store.SaveAttachment:
		return t.create(&attachmentRow{PageID: w.PageID, Name: w.Name, AttachmentID: w.AttachmentID, Expires: micros(w.Expires)},
			clause.OnConflict{UpdateAll: true})
	case store.Call:
		return t.call(w)
	}
	return fmt.Errorf("store: no way to apply a %T: %w", w, errors.ErrUnsupported)
}

func (t *txn) gorm(db *gorm.DB) error {
	if db.Error != nil {
		return fmt.Errorf("store: database: %w", db.Error)
	}
	return nil
}

func (t *txn) create(row any, clauses ...clause.Expression) error {
	return t.gorm(t.models.Clauses(clauses...).Create(row))
}

// savePerson adds a person, or changes the one there is, if the conditions
// hold.
func (t *txn) savePerson(row personRow, changes clause.Set, conditions ...clause.Expression) error {
	row.FirstSeen = micros(t.now)
	return t.create(&row, clause.OnConflict{
		Columns: []clause.Column{{Name: "page_id"}, {Name: "psid"}}, DoUpdates: changes,
		Where: clause.Where{Exprs: conditions},
	})
}

func (t *txn) saveSent(s store.Sent) error {
	return t.create(&sentRow{
		PageID: s.PageID, PSID: s.PSID, Key: s.Key, Type: s.Type, Body: s.Body, Status: s.Status,
		Response: s.Response, MID: s.MID, Outcome: string(s.Outcome), Error: s.Error, At: micros(s.At),
	})
}

// saveSession replaces the version of a session that it was made from, in one
// statement.
func (t *txn) saveSession(w store.SaveSession) error {
	row := sessionRow{PageID: w.PageID, PSID: w.PSID, Name: w.Name, Data: w.Data, Version: w.Version + 1, Expires: micros(w.Expires)}
	conflict := &store.ConflictError{PageID: w.PageID, PSID: w.PSID, Name: w.Name}
	const live = "(expires = 0 OR expires > ?)"
	of := t.models.Model(&sessionRow{}).Where("page_id = ? AND psid = ? AND name = ?", w.PageID, w.PSID, w.Name)
	if w.Version == 0 {
		if err := t.gorm(of.Where("NOT "+live, micros(t.now)).Delete(&sessionRow{})); err != nil {
			return err
		}
		db := t.models.Clauses(clause.OnConflict{DoNothing: true}).Create(&row)
		if db.Error == nil && db.RowsAffected == 0 {
			return conflict
		}
		return t.gorm(db)
	}
	db := of.Where("version = ? AND "+live, w.Version, micros(t.now)).
		Updates(map[string]any{"data": row.Data, "version": row.Version, "expires": row.Expires})
	if db.Error == nil && db.RowsAffected == 0 {
		return conflict
	}
	return t.gorm(db)
}
