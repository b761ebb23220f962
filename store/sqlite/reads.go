package sqlite

import "github.com/djmessenger/messenger/store/internal/database"

// reads run beside the connection that writes.
var reads = database.Queries{
	Schema:   `CREATE TABLE IF NOT EXISTS messenger_schema (version BIGINT NOT NULL PRIMARY KEY, at BIGINT NOT NULL)`,
	Version:  `SELECT COALESCE(MAX(version), 0) FROM messenger_schema`,
	Migrated: `INSERT INTO messenger_schema (version, at) VALUES (?1, ?2)`,

	Person: `SELECT p.page_id, p.psid, p.first_name, p.last_name, p.name, p.username, p.profile_pic, p.locale, p.timezone, p.gender,
  p.profile_at, p.profile_refused, p.thumb_ups, p.first_seen, p.last_act, p.unavailable_since,
  p.human_at, p.thread_owner, p.thread_at, p.thread_standby, p.resumed_at, p.language
FROM messenger_people p WHERE p.page_id = ?1 AND p.psid = ?2`,

	Session: `SELECT s.data, s.version, s.expires FROM messenger_sessions s
WHERE s.page_id = ?1 AND s.psid = ?2 AND s.name = ?3 AND (s.expires = 0 OR s.expires > ?4)`,

	Attachment: `SELECT a.attachment_id FROM messenger_attachments a
WHERE a.page_id = ?1 AND a.name = ?2 AND (a.expires = 0 OR a.expires > ?3)`,

	// It finds the person's messages in each part of the index, and those that the index lacks.
	Sent: `SELECT s.key, s.type, s.body, s.status, s.response, s.mid, s.outcome, s.error, s.at FROM (
  SELECT i.at AS at, i.id AS id FROM messenger_sent_index i
  WHERE i.part IN (SELECT part FROM messenger_sent_parts) AND i.page_id = +?1 AND i.psid = +?2
  UNION ALL
  SELECT n.at, n.id FROM messenger_sent n
  WHERE n.id > (SELECT until FROM messenger_sent_indexed) AND n.page_id = +?1 AND n.psid = +?2
  ORDER BY at DESC, id DESC LIMIT +?3) newest
JOIN messenger_sent s ON s.id = newest.id AND s.page_id = +?1 AND s.psid = +?2 ORDER BY newest.at DESC, newest.id DESC`,

	Stats: `SELECT
  (SELECT COUNT(*) FROM messenger_inbox) + (SELECT COUNT(*) FROM messenger_raised WHERE due_at <= ?1),
  (SELECT COUNT(*) FROM messenger_raised WHERE due_at > ?1),
  (SELECT COUNT(*) FROM messenger_outbox),
  (SELECT COUNT(*) FROM messenger_conversations WHERE lease_until > ?1),
  (SELECT COUNT(*) FROM messenger_dead),
  COALESCE((SELECT MIN(w.at) FROM (
    SELECT (SELECT i.received_at FROM messenger_inbox i ORDER BY i.seq LIMIT 1) AS at
    UNION ALL
    SELECT MIN(t.due_at) FROM messenger_raised t WHERE t.due_at <= ?1) w), 0)`,

	Blocked: `SELECT h.page_id, h.person_id, h.attempts, h.since, h.key, h.raised_key, h.body, h.failures,
  COALESCE(c.next_at, 0), COALESCE(c.lease_until, 0) FROM (
SELECT i.page_id, i.person_id, i.attempts, i.received_at AS since, i.key, '' AS raised_key, i.body, i.failures FROM messenger_inbox i
WHERE i.attempts > 0 AND NOT EXISTS (
  SELECT 1 FROM messenger_inbox j WHERE j.page_id = i.page_id AND j.person_id = i.person_id
  AND (j.order_at < i.order_at OR j.order_at = i.order_at AND j.seq < i.seq))
AND NOT EXISTS (
  SELECT 1 FROM (SELECT t.order_at, t.due_at FROM messenger_raised t
    WHERE t.page_id = i.page_id AND t.person_id = i.person_id AND t.due_at <= +?2 ORDER BY t.due_at, t.id LIMIT 1) r
  WHERE r.order_at < i.order_at OR r.order_at = i.order_at AND r.due_at < i.received_at)
UNION ALL
SELECT t.page_id, t.person_id, t.attempts, t.due_at, '', t.key, t.body, t.failures FROM messenger_raised t
WHERE t.attempts > 0 AND t.due_at <= +?2 AND NOT EXISTS (
  SELECT 1 FROM messenger_raised r WHERE r.page_id = t.page_id AND r.person_id = t.person_id
  AND (r.due_at < t.due_at OR r.due_at = t.due_at AND r.id < t.id))
AND NOT EXISTS (
  SELECT 1 FROM messenger_inbox j WHERE j.page_id = t.page_id AND j.person_id = t.person_id
  AND (j.order_at < t.order_at
    OR j.order_at = t.order_at AND (j.received_at < t.due_at OR j.received_at = t.due_at AND j.attempts > 0)))
ORDER BY since, page_id, person_id LIMIT +?1) h
LEFT JOIN messenger_conversations c ON c.page_id = h.page_id AND c.person_id = h.person_id
ORDER BY h.since, h.page_id, h.person_id`,

	Waiting: `SELECT g.page_id, g.n, 0, i.received_at, 0
FROM (SELECT page_id, COUNT(*) AS n, MIN(seq) AS seq FROM messenger_inbox GROUP BY page_id) g JOIN messenger_inbox i ON i.seq = g.seq
UNION ALL
SELECT o.page_id, 0, COUNT(*), 0, MIN(o.not_before) FROM messenger_outbox o GROUP BY o.page_id
UNION ALL
SELECT t.page_id, COUNT(*), 0, MIN(t.due_at), 0 FROM messenger_raised t WHERE t.due_at <= +?1 GROUP BY t.page_id`,

	Timers: `SELECT t.id, t.key, t.body, t.due_at, t.raised_at FROM messenger_raised t
WHERE t.page_id = +?1 AND t.person_id = +?2 AND t.event_key = '' AND (t.due_at, t.id) > (+?3, +?4)
ORDER BY t.due_at, t.id LIMIT +?5`,

	Peek: `SELECT i.seq, i.key, i.event_at, i.body, i.received_at FROM messenger_inbox i
WHERE i.page_id = +?1 AND i.person_id = +?2 ORDER BY i.order_at DESC, i.seq DESC LIMIT +?3`,

	Snapshot: `BEGIN DEFERRED`, EndSnapshot: `COMMIT`,
	Backlog: `SELECT i.page_id, COUNT(*) FROM messenger_inbox i GROUP BY i.page_id`,
}

// opened runs when a process opens the file: leases and replicas of the one before it are void, and work that it did not finish can
// begin anew. That an event of it ran alone stays known.
var opened = []string{
	`UPDATE messenger_conversations SET lease_until = 0, owner = '' WHERE lease_until <> 0`,
	`DELETE FROM messenger_replicas`,
	`UPDATE messenger_once SET lease_until = 0 WHERE lease_until <> 0`,
	lowerIndexed,
}
