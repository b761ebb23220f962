package sqlite

// Events that the program raises.
const (
	// readRaised reads the first ?3 raised events of conversation ?1, ?2, with the bodies of those that are due at ?4, and raisedEvent the
	// one with the id ?3, without its body.
	readRaised = `SELECT t.id, t.key, t.event_key, t.due_at, t.order_at, t.event_at, t.raised_at,
  CASE WHEN t.due_at <= ?4 THEN t.body END, t.once, t.attempts, t.only_routes
FROM messenger_raised t WHERE t.page_id = +?1 AND t.person_id = +?2 ORDER BY t.due_at, t.id LIMIT +?3`
	raisedEvent = `SELECT t.id, t.key, t.event_key, t.due_at, t.order_at, t.event_at, t.raised_at, NULL, t.once, t.attempts, t.only_routes
FROM messenger_raised t WHERE t.page_id = ?1 AND t.person_id = ?2 AND t.id = ?3`

	// dueRaised reads the first two that are due at ?3.
	dueRaised = `SELECT t.id, t.key, t.event_key, t.due_at, t.order_at, t.event_at, t.raised_at, t.body, t.once, t.attempts, t.only_routes
FROM messenger_raised t WHERE t.page_id = +?1 AND t.person_id = +?2 AND t.due_at <= +?3 ORDER BY t.due_at, t.id LIMIT 2`

	// raisedDue names the conversations of the first ?2 raised events that are due at ?1.
	raisedDue = `SELECT t.page_id, t.person_id FROM messenger_raised t WHERE t.due_at <= +?1 ORDER BY t.due_at LIMIT +?2`

	// wakeConversations makes the rows of conversations that have none and of which a timer became due after ?1 and up to ?2: those
	// of the first such timers.
	wakeConversations = `INSERT INTO messenger_conversations
  (page_id, person_id, next_at, hold_until, lease_until, owner, holder, token, deliveries, alone)
SELECT t.page_id, t.person_id, t.due_at + 1152921504606846976, 0, 0, '', 0, 0, 0, 0
FROM messenger_raised t WHERE t.due_at > ?1 AND t.due_at <= ?2 ORDER BY t.due_at
ON CONFLICT (page_id, person_id) DO NOTHING`
	// firstRaised is when the first raised event of conversation ?1, ?2 is due, as next_at.
	firstRaised = `SELECT CASE WHEN t.due_at > t.raised_at THEN t.due_at + 1152921504606846976 ELSE t.due_at END FROM messenger_raised t
WHERE t.page_id = +?1 AND t.person_id = +?2 ORDER BY t.due_at, t.id LIMIT 1`

	addRaised = `INSERT INTO messenger_raised
  (page_id, person_id, key, event_key, due_at, order_at, event_at, raised_at, body, once, attempts, only_routes)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)`

	retryRaised  = `UPDATE messenger_raised SET attempts = attempts + 1, failures = ?2 WHERE id = ?1`
	deleteRaised = `DELETE FROM messenger_raised WHERE id = ?1`

	// addRaisedLetter makes a dead letter of raised event ?1, with the event's key, attempts, failures and time.
	addRaisedLetter = `INSERT INTO messenger_dead
  (page_id, person_id, key, event_at, body, echo_of, attempts, failures, only_routes, at, raised_key, raised_at)
SELECT t.page_id, t.person_id, ?2, t.event_at, t.body, '', ?3, ?4, t.only_routes, ?5, t.key, t.raised_at
FROM messenger_raised t WHERE t.id = ?1`
)

// After a backward clock step: what was raised by a time after ?1, which is now, counts as raised now. What was replayed by such a time
// is due now.
const (
	clampRaised = `UPDATE messenger_raised SET due_at = due_at - raised_at + ?1, order_at = order_at - raised_at + ?1,
  event_at = event_at - raised_at + ?1, raised_at = ?1 WHERE raised_at > ?1 AND event_key = ''`
	clampReplayed = `UPDATE messenger_raised SET due_at = ?1 WHERE event_key <> '' AND due_at > ?1`
)
