package sqlite

// People, and what is kept about them.
const (
	readPerson = `SELECT p.first_name, p.last_name, p.name, p.username, p.profile_pic, p.locale, p.timezone, p.gender,
  p.profile_at, p.profile_refused, p.thumb_ups, p.first_seen, p.last_act, p.unavailable_since,
  p.human_at, p.thread_owner, p.thread_at, p.thread_standby, p.resumed_at, p.language
FROM messenger_people p WHERE p.page_id = ?1 AND p.psid = ?2`

	savePerson = `INSERT INTO messenger_people (page_id, psid, first_name, last_name, name, username, profile_pic, locale, timezone, gender,
  profile_at, profile_refused, thumb_ups, first_seen, last_act, unavailable_since,
  human_at, thread_owner, thread_at, thread_standby, resumed_at, language)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22)
ON CONFLICT (page_id, psid) DO UPDATE SET first_name = excluded.first_name, last_name = excluded.last_name,
  name = excluded.name, username = excluded.username, profile_pic = excluded.profile_pic, locale = excluded.locale,
  timezone = excluded.timezone, gender = excluded.gender, profile_at = excluded.profile_at,
  profile_refused = excluded.profile_refused, thumb_ups = excluded.thumb_ups, first_seen = excluded.first_seen,
  last_act = excluded.last_act, unavailable_since = excluded.unavailable_since, human_at = excluded.human_at,
  thread_owner = excluded.thread_owner, thread_at = excluded.thread_at, thread_standby = excluded.thread_standby,
  resumed_at = excluded.resumed_at, language = excluded.language`

	// saveActs is what most turns change of a person who is there.
	saveActs = `UPDATE messenger_people SET last_act = ?3, unavailable_since = ?4 WHERE page_id = ?1 AND psid = ?2`

	// peopleAfter reads the ?3 people after ?1, ?2.
	peopleAfter = `SELECT p.page_id, p.psid, p.first_seen, p.last_act
FROM messenger_people p WHERE (p.page_id, p.psid) > (?1, ?2) ORDER BY p.page_id, p.psid LIMIT +?3`

	addLocation = `INSERT INTO messenger_locations (page_id, psid, latitude, longitude, title, url, mid, at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)`

	addReceived = `INSERT INTO messenger_received (page_id, psid, key, type, body, at, object, standby)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING`

	addSent = `INSERT INTO messenger_sent (page_id, psid, key, type, body, status, response, mid, outcome, error, at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)`

	// sentLag is by how many ids messenger_sent_index lags behind messenger_sent. indexSent adds the rows after the highest
	// id that it has, in parts of 32,768 ids, addParts notes the parts, and markIndexed the highest id. When rows are deleted
	// lowerIndexed does, because the highest ids can then come again, and dropParts forgets the parts without rows.
	sentLag   = `SELECT COALESCE((SELECT MAX(s.id) FROM messenger_sent s), 0) - until FROM messenger_sent_indexed`
	indexSent = `INSERT OR IGNORE INTO messenger_sent_index (part, page_id, psid, at, id)
SELECT s.id >> 15, s.page_id, s.psid, s.at, s.id FROM messenger_sent s WHERE s.id > (SELECT until FROM messenger_sent_indexed)
ORDER BY s.id >> 15, s.page_id, s.psid, s.at, s.id`
	addParts = `INSERT OR IGNORE INTO messenger_sent_parts (part)
SELECT DISTINCT s.id >> 15 FROM messenger_sent s WHERE s.id > (SELECT until FROM messenger_sent_indexed)`
	markIndexed  = `UPDATE messenger_sent_indexed SET until = COALESCE((SELECT MAX(s.id) FROM messenger_sent s), 0)`
	lowerIndexed = `UPDATE messenger_sent_indexed SET until = MIN(until, COALESCE((SELECT MAX(s.id) FROM messenger_sent s), 0))`
	dropParts    = `DELETE FROM messenger_sent_parts WHERE part < (SELECT COALESCE(MIN(s.id), 0) >> 15 FROM messenger_sent s)`

	readSession = `SELECT s.version, s.expires FROM messenger_sessions s WHERE s.page_id = ?1 AND s.psid = ?2 AND s.name = ?3`

	saveSession = `INSERT INTO messenger_sessions (page_id, psid, name, data, version, expires) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT (page_id, psid, name) DO UPDATE SET data = excluded.data, version = excluded.version, expires = excluded.expires`

	deleteSession = `DELETE FROM messenger_sessions WHERE page_id = ?1 AND psid = ?2 AND name = ?3`

	saveAttachment = `INSERT INTO messenger_attachments (page_id, name, attachment_id, expires) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (page_id, name) DO UPDATE SET attachment_id = excluded.attachment_id, expires = excluded.expires`
)

// forgetPerson deletes all rows of person ?1, ?2 but their dedup keys, and their events, which are counted. The index of sent
// messages must be up to date.
var forgetPerson = []string{
	`DELETE FROM messenger_conversations WHERE page_id = ?1 AND person_id = ?2`,
	`DELETE FROM messenger_outbox WHERE page_id = ?1 AND person_id = ?2`,
	`DELETE FROM messenger_raised WHERE page_id = ?1 AND person_id = ?2`,
	`DELETE FROM messenger_dead WHERE page_id = ?1 AND person_id = ?2`,
	`DELETE FROM messenger_people WHERE page_id = ?1 AND psid = ?2`,
	`DELETE FROM messenger_locations WHERE page_id = ?1 AND psid = ?2`,
	`DELETE FROM messenger_received WHERE page_id = ?1 AND psid = ?2`,
	`DELETE FROM messenger_sent WHERE id IN (SELECT i.id FROM messenger_sent_index i
  WHERE i.part IN (SELECT part FROM messenger_sent_parts) AND i.page_id = ?1 AND i.psid = ?2)`,
	`DELETE FROM messenger_sent_index WHERE part IN (SELECT part FROM messenger_sent_parts) AND page_id = ?1 AND psid = ?2`,
	`DELETE FROM messenger_sessions WHERE page_id = ?1 AND psid = ?2`,
}

const forgetEvents = `DELETE FROM messenger_inbox WHERE page_id = ?1 AND person_id = ?2`

// What has expired at ?1: at most ?2 rows.
const (
	expireSessions = `DELETE FROM messenger_sessions WHERE (page_id, psid, name) IN (
  SELECT s.page_id, s.psid, s.name FROM messenger_sessions s WHERE s.expires <> 0 AND s.expires <= ?1 LIMIT +?2)`

	expireAttachments = `DELETE FROM messenger_attachments WHERE (page_id, name) IN (
  SELECT a.page_id, a.name FROM messenger_attachments a WHERE a.expires <> 0 AND a.expires <= ?1 LIMIT +?2)`

	expireConversations = `DELETE FROM messenger_conversations WHERE (page_id, person_id) IN (
  SELECT c.page_id, c.person_id FROM messenger_conversations c WHERE c.next_at = 0 AND c.lease_until <= ?1 AND c.hold_until <= ?1 LIMIT +?2)`

	expireReceived = `DELETE FROM messenger_received WHERE id IN (
  SELECT r.id FROM messenger_received r WHERE r.at < ?1 ORDER BY r.at LIMIT +?2)`
)

// The oldest rows: the ?2 after ?1, and the deletion of those after ?1 up to ?2 that are older than ?3.
const (
	oldestSent = `SELECT s.id, s.at, s.page_id, s.psid FROM messenger_sent s WHERE s.id > ?1 ORDER BY s.id LIMIT +?2`
	oldestKeys = `SELECT d.id, d.at FROM messenger_dedup d WHERE d.id > ?1 ORDER BY d.id LIMIT +?2`

	unindexSent = `DELETE FROM messenger_sent_index WHERE part = ?4 >> 15 AND page_id = ?1 AND psid = ?2 AND at = ?3 AND id = ?4`
	purgeSent   = `DELETE FROM messenger_sent WHERE id > ?1 AND id <= ?2 AND at < ?3`

	// Keys of kind 3 are those of events with eight digits in front.
	purgeKeys = `DELETE FROM messenger_dedup WHERE id > ?1 AND id <= ?2 AND at < ?3
  AND NOT (kind = 0 AND key IN (SELECT i.key FROM messenger_inbox i UNION ALL SELECT d.key FROM messenger_dead d))
  AND NOT (kind = 3 AND (CAST(SUBSTR(CAST(key AS BLOB), 9) AS TEXT) IN (SELECT i.key FROM messenger_inbox i UNION ALL SELECT d.key FROM messenger_dead d)))
  AND NOT (kind = 1 AND key IN (SELECT o.key FROM messenger_outbox o))`
)

// After a backward clock step: what was stored by a time after ?1, which is now, counts as stored now. ?2 is how far the
// clock was set back. A pause, of which it is unknown when it began, ends that much earlier, and so do the lease of work that is
// done once and the life of an uploaded file, which is then uploaded again. Leases of conversations stay as they are: who has one must be able
// to rely on it. So do sessions: after a start with a clock that is far behind, all dialogs would be lost.
const (
	// latestStored is when the last dedup key was stored, or the last event raised: timers have no such key.
	latestStored = `SELECT MAX(IFNULL((SELECT d.at FROM messenger_dedup d WHERE d.id = (SELECT MAX(id) FROM messenger_dedup)), 0),
  IFNULL((SELECT t.raised_at FROM messenger_raised t WHERE t.id = (SELECT MAX(id) FROM messenger_raised)), 0))`

	clampEvents  = `UPDATE messenger_inbox SET received_at = ?1 WHERE received_at > ?1`
	clampStarted = `UPDATE messenger_outbox SET started_at = ?1 WHERE started_at > ?1`
	clampSends   = `UPDATE messenger_outbox SET not_before = ?1 + MAX(delay, 0) / 1000 WHERE not_before - MAX(delay, 0) / 1000 > ?1`
	clampPauses  = `UPDATE messenger_conversations SET hold_until = MAX(hold_until - ?2, ?1) WHERE hold_until > ?1`
	clampOnce    = `UPDATE messenger_once SET lease_until = MAX(lease_until - ?2, ?1) WHERE lease_until > ?1`
	clampFiles   = `UPDATE messenger_attachments SET expires = MAX(expires - ?2, ?1) WHERE expires > ?1`
	clampDue     = `UPDATE messenger_conversations AS c SET next_at = COALESCE(MAX(c.hold_until, CASE
  WHEN EXISTS (SELECT 1 FROM messenger_inbox i WHERE i.page_id = c.page_id AND i.person_id = c.person_id) THEN ?1
  ELSE (SELECT MIN(w.at) FROM (
    SELECT MIN(o.not_before) AS at FROM messenger_outbox o WHERE o.page_id = c.page_id AND o.person_id = c.person_id
    UNION ALL
    SELECT MIN(t.due_at) FROM messenger_raised t WHERE t.page_id = c.page_id AND t.person_id = c.person_id) w) END)
  + CASE WHEN c.next_at >= 1152921504606846976 THEN 1152921504606846976 ELSE 0 END, 0)
WHERE c.next_at <> 0 AND c.next_at > ?1 AND (c.next_at < 1152921504606846976 OR c.next_at > 1152921504606846976 + ?1)`
)
