package postgres

import "github.com/djmessenger/messenger/store/internal/database"

// queries are the reads of package gormstore. An argument called now that is 0 stands for the database's time.
var queries = database.Queries{
	Schema:   createSchemaTable,
	Version:  readVersion,
	Migrated: addVersion,

	Person:     readPerson,
	Session:    readSession,
	Attachment: readAttachment,
	Sent:       readSent,

	Stats:   countAll,
	Blocked: readBlocked,
	Waiting: countWaiting,
	Timers:  readTimers,
	Peek:    readWaiting,
	Backlog: countBacklog, Snapshot: beginSnapshot, EndSnapshot: commit,
}

const (
	beginSnapshot = `BEGIN READ ONLY, ISOLATION LEVEL REPEATABLE READ`

	createSchemaTable = `CREATE TABLE IF NOT EXISTS messenger_schema (version BIGINT NOT NULL PRIMARY KEY, at BIGINT NOT NULL)`
	readClock         = `SELECT clock_timestamp()`
	readVersion       = `SELECT COALESCE(MAX(version), 0) FROM messenger_schema`
	addVersion        = `INSERT INTO messenger_schema (version, at) VALUES ($1, $2)`
	// migrating waits for all transactions that write, and keeps new ones out until its own ends.
	migrating = `SELECT pg_advisory_xact_lock(hashtext('messenger ' || current_schema()), 0)`
)

const (
	readPerson = `SELECT page_id, psid, first_name, last_name, name, username, profile_pic, locale, timezone, gender, profile_at,
			profile_refused, thumb_ups, first_seen, last_act, unavailable_since, human_at, thread_owner, thread_at, thread_standby,
			resumed_at, language
		FROM messenger_people WHERE page_id = $1 AND psid = $2`
	readSession = `SELECT data, version, expires FROM messenger_sessions
		WHERE page_id = $1 AND psid = $2 AND name = $3 AND (expires = 0
			OR expires > CASE $4::bigint WHEN 0 THEN (EXTRACT(EPOCH FROM clock_timestamp()) * 1000000)::bigint ELSE $4::bigint END)`
	readAttachment = `SELECT attachment_id FROM messenger_attachments
		WHERE page_id = $1 AND name = $2 AND (expires = 0
			OR expires > CASE $3::bigint WHEN 0 THEN (EXTRACT(EPOCH FROM clock_timestamp()) * 1000000)::bigint ELSE $3::bigint END)`
	readSent = `SELECT key, type, body, status, response, mid, outcome, error, at FROM messenger_sent
		WHERE page_id = $1 AND psid = $2 ORDER BY at DESC, id DESC LIMIT $3::bigint`
)

const (
	countAll = `WITH clock AS MATERIALIZED (SELECT CASE $1::bigint WHEN 0 THEN (EXTRACT(EPOCH FROM clock_timestamp()) * 1000000)::bigint ELSE $1::bigint END AS now)
		SELECT (SELECT COUNT(*) FROM messenger_inbox) + (SELECT COUNT(*) FROM messenger_raised WHERE due_at <= (SELECT now FROM clock)),
			(SELECT COUNT(*) FROM messenger_raised WHERE due_at > (SELECT now FROM clock)),
			(SELECT COUNT(*) FROM messenger_outbox),
			(SELECT COUNT(*) FROM messenger_conversations WHERE lease_until > (SELECT now FROM clock)),
			(SELECT COUNT(*) FROM messenger_dead),
			COALESCE(LEAST((SELECT received_at FROM messenger_inbox ORDER BY seq LIMIT 1),
				(SELECT MIN(due_at) FROM messenger_raised WHERE due_at <= (SELECT now FROM clock))), 0)`
	// readBlocked has the rules by which a raised event comes before those in the inbox.
	readBlocked = `WITH clock AS MATERIALIZED (SELECT CASE $2::bigint WHEN 0 THEN (EXTRACT(EPOCH FROM clock_timestamp()) * 1000000)::bigint ELSE $2::bigint END AS now)
		SELECT h.page_id, h.person_id, h.attempts, h.since, h.key, h.raised_key, h.body, h.failures,
			COALESCE(c.next_at, 0), COALESCE(c.lease_until, 0) FROM (
		SELECT i.page_id, i.person_id, i.attempts, i.received_at AS since, i.key, '' AS raised_key, i.body, i.failures FROM messenger_inbox i
		WHERE i.attempts > 0 AND NOT EXISTS (
			SELECT 1 FROM messenger_inbox j WHERE j.page_id = i.page_id AND j.person_id = i.person_id
			AND (j.order_at < i.order_at OR j.order_at = i.order_at AND j.seq < i.seq))
		AND NOT EXISTS (
			SELECT 1 FROM (SELECT t.order_at, t.due_at FROM messenger_raised t
				WHERE t.page_id = i.page_id AND t.person_id = i.person_id AND t.due_at <= (SELECT now FROM clock)
				ORDER BY t.due_at, t.id LIMIT 1) r
			WHERE r.order_at < i.order_at OR r.order_at = i.order_at AND r.due_at < i.received_at)
		UNION ALL
		SELECT t.page_id, t.person_id, t.attempts, t.due_at, '', t.key, t.body, t.failures FROM messenger_raised t
		WHERE t.attempts > 0 AND t.due_at <= (SELECT now FROM clock) AND NOT EXISTS (
			SELECT 1 FROM messenger_raised r WHERE r.page_id = t.page_id AND r.person_id = t.person_id
			AND (r.due_at < t.due_at OR r.due_at = t.due_at AND r.id < t.id))
		AND NOT EXISTS (
			SELECT 1 FROM messenger_inbox j WHERE j.page_id = t.page_id AND j.person_id = t.person_id
			AND (j.order_at < t.order_at
				OR j.order_at = t.order_at AND (j.received_at < t.due_at OR j.received_at = t.due_at AND j.attempts > 0)))
		ORDER BY since, page_id, person_id LIMIT $1::bigint) h
		LEFT JOIN messenger_conversations c ON c.page_id = h.page_id AND c.person_id = h.person_id
		ORDER BY h.since, h.page_id, h.person_id`
	countWaiting = `WITH clock AS MATERIALIZED (SELECT CASE $1::bigint WHEN 0 THEN (EXTRACT(EPOCH FROM clock_timestamp()) * 1000000)::bigint ELSE $1::bigint END AS now)
		SELECT g.page_id, g.n, 0, i.received_at, 0
		FROM (SELECT page_id, COUNT(*) AS n, MIN(seq) AS seq FROM messenger_inbox GROUP BY page_id) g
		JOIN messenger_inbox i ON i.seq = g.seq
		UNION ALL
		SELECT page_id, 0, COUNT(*), 0, MIN(not_before) FROM messenger_outbox GROUP BY page_id
		UNION ALL
		SELECT page_id, COUNT(*), 0, MIN(due_at), 0 FROM messenger_raised WHERE due_at <= (SELECT now FROM clock) GROUP BY page_id`
	countBacklog = `SELECT page_id, COUNT(*) FROM messenger_inbox GROUP BY page_id`
)
