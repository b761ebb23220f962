package gormstore

import "time"

// Where the process's clock counts it may be set back, while the process runs or
// before its next start. What was to be due by the old time would then wait for
// it to come again; it is brought forward by as much. A step of less than
// smallStep is waited for.
const smallStep = time.Second

// remember finds out what time it was when something was last stored.
func (w *lane) remember() error {
	var at int64
	_, err := w.session.row([]any{&at}, "SELECT at FROM messenger_seen WHERE id = (SELECT MAX(id) FROM messenger_seen)")
	w.latest = fromMicros(at)
	return err
}

// keepTime brings forward what waits for a time from before the clock was set back.
func (t *txn) keepTime() error {
	back := t.w.latest.Sub(t.now)
	if t.w.db.Cluster != nil || back < smallStep {
		return nil
	}
	by := back.Microseconds()
	for _, statement := range []string{
		"UPDATE messenger_mailbox SET next_at = next_at - ?1, hold_until = MAX(hold_until - ?1, 0), lease_until = lease_until - ?1",
		"UPDATE messenger_inbox SET received_at = received_at - ?1",
		"UPDATE messenger_outbox SET not_before = not_before - ?1, started_at = started_at - ?1",
	} {
		if _, err := t.exec(statement, by); err != nil {
			return err
		}
	}
	return nil
}
