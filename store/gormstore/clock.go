package gormstore

import (
	"context"
	"time"
)

// Now implements [store.Clock].
func (s *Store) Now(ctx context.Context) (time.Time, error) {
	db, err := s.read(ctx)
	if err != nil {
		return time.Time{}, err
	}
	now, known := s.moment().(int64)
	if !known {
		err = db.Raw("SELECT CAST(? AS BIGINT)", s.moment()).Scan(&now).Error
	}
	if err != nil {
		return time.Time{}, s.readError(ctx, err)
	}
	return fromMicros(now), nil
}

// Where the process's clock counts it may be set back, while the process runs or
// before its next start. What was stored by the old time would then wait for it to
// come again. A step of less than smallStep is waited for.
const smallStep = time.Second

// remember finds out what time it was when something was last stored.
func (w *lane) remember() error {
	var at int64
	_, err := w.session.row([]any{&at}, "SELECT at FROM messenger_seen WHERE id = (SELECT MAX(id) FROM messenger_seen)")
	w.latest = fromMicros(at)
	return err
}

// keepTime takes what was stored by a time that is yet to come, since the clock was
// set back, for stored now. A conversation's rest, of which nobody knows when it
// began, ends earlier. Leases are left as they are: who has one must be able to
// rely on it.
func (t *txn) keepTime() error {
	back := t.w.latest.Sub(t.now)
	if t.w.db.Cluster != nil || back < smallStep {
		return nil
	}
	now := micros(t.now)
	for _, s := range []struct {
		text string
		args []any
	}{
		{"UPDATE messenger_inbox SET received_at = ?1 WHERE received_at > ?1", []any{now}},
		{"UPDATE messenger_outbox SET started_at = ?1 WHERE started_at > ?1", []any{now}},
		{`UPDATE messenger_outbox SET not_before = ?1 + MAX(delay, 0) / 1000
			WHERE not_before - MAX(delay, 0) / 1000 > ?1`, []any{now}},
		{"UPDATE messenger_mailbox SET hold_until = MAX(hold_until - ?2, ?1) WHERE hold_until > ?1", []any{now, back.Microseconds()}},
		{`UPDATE messenger_mailbox SET next_at = MAX(hold_until, CASE WHEN EXISTS (
				SELECT 1 FROM messenger_inbox i WHERE i.page_id = messenger_mailbox.page_id AND i.person_id = messenger_mailbox.person_id)
			THEN ?1 ELSE (SELECT MIN(o.not_before) FROM messenger_outbox o
				WHERE o.page_id = messenger_mailbox.page_id AND o.person_id = messenger_mailbox.person_id) END)
			WHERE next_at > ?1`, []any{now}},
	} {
		if _, err := t.exec(s.text, s.args...); err != nil {
			return err
		}
	}
	return nil
}
