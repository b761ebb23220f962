package sqlite

// These are all the statements that the store runs, with those of queries_people.go, queries_raised.go, reads.go and schema.go. Each can
// be pasted into the sqlite3 shell. A statement works on one row of arguments: without a server, a statement that works
// on many rows is not faster than many that work on one.
//
// A plus in front of a parameter keeps SQLite from looking at its value when it plans the statement. Where the statement
// has an order or a limit, SQLite would plan it again for each new value.

const (
	beginTransaction    = "BEGIN IMMEDIATE"
	commitTransaction   = "COMMIT"
	rollbackTransaction = "ROLLBACK"
	savepoint           = "SAVEPOINT messenger_undo"
	undoToSavepoint     = "ROLLBACK TO SAVEPOINT messenger_undo"

	// touchDatabase changes the row of no replica, which has expired long ago. SQLite writes nothing at the commit of a
	// transaction that has changed nothing.
	touchDatabase = `INSERT INTO messenger_replicas (owner, pages, busy, holder, until) VALUES ('', '[]', '[]', 0, 0)
ON CONFLICT (owner) DO UPDATE SET until = messenger_replicas.until - 1`
)

// Conversations: what waits for whom, and who works on it.
const (
	// readConversation reads the row of conversation ?1, ?2, the attempts of its event ?3 (-1 if it does not wait), and
	// whether it has other events, and sends. Neither waits without a row.
	readConversation = `SELECT c.next_at, c.hold_until, c.lease_until, c.owner, c.holder, c.token, c.deliveries, c.alone,
  IFNULL((SELECT i.attempts FROM messenger_inbox i WHERE i.seq = ?3 AND i.page_id = ?1 AND i.person_id = ?2), -1),
  EXISTS (SELECT 1 FROM messenger_inbox i WHERE i.page_id = ?1 AND i.person_id = ?2 AND i.seq <> ?3),
  EXISTS (SELECT 1 FROM messenger_outbox o WHERE o.page_id = ?1 AND o.person_id = ?2),
  COALESCE((SELECT CASE WHEN t.due_at > t.raised_at THEN t.due_at + 1152921504606846976 ELSE t.due_at END FROM messenger_raised t
    WHERE t.page_id = +?1 AND t.person_id = +?2 ORDER BY t.due_at, t.id LIMIT 1), 0)
FROM messenger_conversations c WHERE c.page_id = ?1 AND c.person_id = ?2`

	addConversation = `INSERT INTO messenger_conversations
  (page_id, person_id, next_at, hold_until, lease_until, owner, holder, token, deliveries, alone)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)`

	saveConversation = `UPDATE messenger_conversations SET next_at = ?3, hold_until = ?4, lease_until = ?5, owner = ?6, holder = ?7,
  token = ?8, deliveries = ?9, alone = ?10
WHERE page_id = ?1 AND person_id = ?2`

	deleteConversation = `DELETE FROM messenger_conversations WHERE page_id = ?1 AND person_id = ?2`

	// dueConversations walks along the index of due times from ?2 to ?3, past what is leased at ?1, past the pages of the JSON
	// array ?4, and past levels of isolation without room: ?5 to ?7 are the room of conversations that were delivered
	// twice, three times and more often without a commit, ?8 is the limit. The last column says whether sends are due.
	dueConversations = `SELECT c.page_id, c.person_id, c.next_at, c.hold_until, c.lease_until, c.owner, c.holder, c.token, c.deliveries, c.alone,
  EXISTS (SELECT 1 FROM messenger_outbox o WHERE o.page_id = c.page_id AND o.person_id = c.person_id AND o.not_before <= ?1)
FROM messenger_conversations c
WHERE c.next_at <> 0 AND c.next_at >= ?2 AND c.next_at <= ?3 AND c.lease_until <= ?1
  AND c.page_id NOT IN (SELECT value FROM json_each(?4))
  AND (c.deliveries < 2 OR CASE c.deliveries WHEN 2 THEN ?5 WHEN 3 THEN ?6 ELSE ?7 END > 0)
ORDER BY c.next_at LIMIT +?8`

	// firstDue is the first due time from ?1 to before ?2 of a conversation of no page in the JSON array ?3.
	firstDue = `SELECT c.next_at FROM messenger_conversations c
WHERE c.next_at <> 0 AND c.next_at >= ?1 AND c.next_at < ?2 AND c.page_id NOT IN (SELECT value FROM json_each(?3))
ORDER BY c.next_at LIMIT 1`

	// nextToken and readToken draw a fencing token. UPDATE … RETURNING costs ten times as much: what it returns passes
	// through a table of its own.
	nextToken = `UPDATE messenger_tokens SET token = token + 1`
	readToken = `SELECT token FROM messenger_tokens` //nolint:gosec // a fencing token is no secret
)

// Events that wait, and dead letters.
const (
	// headEvents reads the first ?3 events of conversation ?1, ?2.
	headEvents = `SELECT i.seq, i.key, i.order_at, i.event_at, i.body, i.echo_of, i.attempts, i.only_routes, i.received_at
FROM messenger_inbox i WHERE i.page_id = +?1 AND i.person_id = +?2 ORDER BY i.order_at, i.seq LIMIT +?3`

	lastOrder = `SELECT i.order_at FROM messenger_inbox i WHERE i.page_id = +?1 AND i.person_id = +?2
ORDER BY i.order_at DESC, i.seq DESC LIMIT 1`

	addEvent = `INSERT INTO messenger_inbox
  (page_id, person_id, key, order_at, event_at, body, echo_of, attempts, only_routes, received_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)`

	retryEvent  = `UPDATE messenger_inbox SET attempts = attempts + 1, failures = ?2 WHERE seq = ?1`
	deleteEvent = `DELETE FROM messenger_inbox WHERE seq = ?1`

	// addDeadLetter makes a dead letter of event ?1, with its attempts, failures and time.
	addDeadLetter = `INSERT INTO messenger_dead (page_id, person_id, key, event_at, body, echo_of, attempts, failures, only_routes, at)
SELECT i.page_id, i.person_id, i.key, i.event_at, i.body, i.echo_of, ?2, ?3, i.only_routes, ?4 FROM messenger_inbox i WHERE i.seq = ?1`

	readDeadLetter = `SELECT d.page_id, d.person_id, d.key, d.event_at, d.body, d.echo_of, d.attempts, d.failures, d.only_routes, d.at,
  d.raised_key, d.raised_at
FROM messenger_dead d WHERE d.id = ?1`

	deleteDeadLetter = `DELETE FROM messenger_dead WHERE id = ?1`

	// deadLettersOf names the people of page ?1 who have dead letters.
	deadLettersOf = `SELECT d.person_id FROM messenger_dead d WHERE d.page_id = ?1`

	// Of a message that was unsent: the event with its key ?3, and those whose keys begin with the ?4 bytes of ?3.
	// A range of keys would not be exact, because the key may be any bytes.
	unsendEvent        = `DELETE FROM messenger_inbox WHERE page_id = ?1 AND person_id = ?2 AND key = ?3`
	unsendEdits        = `DELETE FROM messenger_inbox WHERE page_id = ?1 AND person_id = ?2 AND SUBSTR(CAST(key AS BLOB), 1, ?4) = CAST(?3 AS BLOB)`
	unsendDeadLetter   = `DELETE FROM messenger_dead WHERE page_id = ?1 AND person_id = ?2 AND key = ?3`
	unsendDeadEdits    = `DELETE FROM messenger_dead WHERE page_id = ?1 AND person_id = ?2 AND SUBSTR(CAST(key AS BLOB), 1, ?4) = CAST(?3 AS BLOB)`
	unsendReceived     = `DELETE FROM messenger_received WHERE page_id = ?1 AND psid = ?2 AND key = ?3`
	unsendReceivedEdit = `DELETE FROM messenger_received WHERE page_id = ?1 AND psid = ?2 AND SUBSTR(CAST(key AS BLOB), 1, ?4) = CAST(?3 AS BLOB)`
	unsendLocations    = `DELETE FROM messenger_locations WHERE page_id = ?1 AND psid = ?2 AND mid = ?3`
)

// Sends that wait.
const (
	// readSends reads the sends of conversation ?1, ?2, and the bodies of those that are due at ?3.
	readSends = `SELECT o.id, o.key, o.group_key, CASE WHEN o.not_before <= +?3 THEN o.body END, o.delay, o.not_before, o.started_at, o.attempts
FROM messenger_outbox o WHERE o.page_id = +?1 AND o.person_id = +?2 ORDER BY o.id`

	// dueSends reads the first ?4 that are due at ?3.
	dueSends = `SELECT o.id, o.key, o.group_key, o.body, o.delay, o.not_before, o.started_at, o.attempts
FROM messenger_outbox o WHERE o.page_id = +?1 AND o.person_id = +?2 AND o.not_before <= +?3 ORDER BY o.id LIMIT +?4`

	sendOwner    = `SELECT o.page_id, o.person_id FROM messenger_outbox o WHERE o.key = ?1`
	startedOwner = `SELECT o.page_id, o.person_id FROM messenger_outbox o WHERE o.key = ?1 AND o.started_at <> 0`

	addSend = `INSERT INTO messenger_outbox (page_id, person_id, key, group_key, body, delay, not_before, started_at, attempts)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)`

	changeSend = `UPDATE messenger_outbox SET started_at = ?2, attempts = ?3 WHERE id = ?1`
	deleteSend = `DELETE FROM messenger_outbox WHERE id = ?1`
)

// Dedup keys, echoes of pages, replicas, and work that is done once.
const (
	findKey   = `SELECT 1 FROM messenger_dedup d WHERE d.kind = ?1 AND d.key = ?2`
	addKey    = `INSERT INTO messenger_dedup (kind, key, at) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING`
	deleteKey = `DELETE FROM messenger_dedup WHERE kind = ?1 AND key = ?2`

	echoedAt   = `SELECT e.at FROM messenger_echoes e WHERE e.page_id = ?1`
	saveEchoed = `INSERT INTO messenger_echoes (page_id, at) VALUES (?1, ?2) ON CONFLICT (page_id) DO UPDATE SET at = excluded.at`

	saveReplica = `INSERT INTO messenger_replicas (owner, pages, busy, holder, until) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (owner) DO UPDATE SET pages = excluded.pages, busy = excluded.busy, holder = excluded.holder, until = excluded.until`
	expireReplicas = `DELETE FROM messenger_replicas WHERE until <= ?1`
	readReplicas   = `SELECT r.owner, r.pages, r.busy FROM messenger_replicas r WHERE r.until > ?1 ORDER BY r.owner`

	readOnce = `SELECT o.version, o.done_at, o.lease_until, o.token FROM messenger_once o WHERE o.name = ?1`
	saveOnce = `INSERT INTO messenger_once (name, version, done_at, lease_until, token) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (name) DO UPDATE SET version = excluded.version, done_at = excluded.done_at, lease_until = excluded.lease_until, token = excluded.token`
)

// What the keeper has to do after people were forgotten. oweSweep counts it in the transaction that forgets them, so that it
// outlives a crash.
const (
	createSweeps = `CREATE TABLE IF NOT EXISTS messenger_sweeps (owed INTEGER NOT NULL, wiped INTEGER NOT NULL)`
	addSweeps    = `INSERT INTO messenger_sweeps SELECT 0, 0 WHERE NOT EXISTS (SELECT 1 FROM messenger_sweeps)`

	oweSweep       = `UPDATE messenger_sweeps SET owed = owed + 1`
	sweepsOwed     = `SELECT owed FROM messenger_sweeps`
	sweepDone      = `UPDATE messenger_sweeps SET owed = owed - ?1`
	notePagesWiped = `UPDATE messenger_sweeps SET wiped = wiped + ?1`

	checkpointPassive  = `PRAGMA wal_checkpoint(PASSIVE)` //nolint:gosec // no password
	checkpointTruncate = `PRAGMA wal_checkpoint(TRUNCATE)`
)
