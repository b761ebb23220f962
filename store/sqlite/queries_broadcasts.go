package sqlite

// Broadcasts. Their states are those of [store.BroadcastState], of which 0 is a draft.
const (
	readBroadcast = `SELECT b.id, b.page_id, b.key, b.state, b.body, b.time_window, b.content, b.people, b.touched_at, b.started_at, b.ended_at, b.total,
  b.sent, b.cancelled, b.skipped, b.uncertain, b.refused, b.unknown, b.forgotten
FROM messenger_broadcasts b WHERE b.id = ?1`
	broadcastNamed = `SELECT b.id, b.page_id, b.key, b.state, b.body, b.time_window, b.content, b.people, b.touched_at, b.started_at, b.ended_at, b.total,
  b.sent, b.cancelled, b.skipped, b.uncertain, b.refused, b.unknown, b.forgotten
FROM messenger_broadcasts b WHERE b.state <> 0 AND b.page_id = ?1 AND b.key = ?2`

	// These read the ?4 before the one that was started at ?1 with the id ?2, newest first: those of all pages, those of page ?3, and those
	// that have not ended.
	allBroadcasts = `SELECT b.id, b.page_id, b.key, b.state, b.body, b.time_window, b.content, b.people, b.touched_at, b.started_at, b.ended_at, b.total,
  b.sent, b.cancelled, b.skipped, b.uncertain, b.refused, b.unknown, b.forgotten
FROM messenger_broadcasts b WHERE b.state <> 0 AND (b.started_at, b.id) < (+?1, +?2)
ORDER BY b.started_at DESC, b.id DESC LIMIT +?4`
	pageBroadcasts = `SELECT b.id, b.page_id, b.key, b.state, b.body, b.time_window, b.content, b.people, b.touched_at, b.started_at, b.ended_at, b.total,
  b.sent, b.cancelled, b.skipped, b.uncertain, b.refused, b.unknown, b.forgotten
FROM messenger_broadcasts b WHERE b.state <> 0 AND b.page_id = +?3 AND (b.started_at, b.id) < (+?1, +?2)
ORDER BY b.started_at DESC, b.id DESC LIMIT +?4`
	openBroadcasts = `SELECT b.id, b.page_id, b.key, b.state, b.body, b.time_window, b.content, b.people, b.touched_at, b.started_at, b.ended_at, b.total,
  b.sent, b.cancelled, b.skipped, b.uncertain, b.refused, b.unknown, b.forgotten
FROM messenger_broadcasts b INDEXED BY messenger_broadcasts_open
WHERE b.state <> 0 AND b.ended_at = 0 AND (b.started_at, b.id) < (+?1, +?2) AND (+?3 = '' OR b.page_id = +?3)
ORDER BY b.started_at DESC, b.id DESC LIMIT +?4`

	saveBroadcast = `INSERT INTO messenger_broadcasts (id, page_id, key, state, body, time_window, content, people, touched_at, started_at, ended_at, total,
  sent, cancelled, skipped, uncertain, refused, unknown, forgotten)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)
ON CONFLICT (id) DO UPDATE SET
  page_id = excluded.page_id, key = excluded.key, state = excluded.state, body = excluded.body, time_window =
  excluded.time_window, content = excluded.content, people = excluded.people, touched_at = excluded.touched_at,
  started_at = excluded.started_at, ended_at = excluded.ended_at, total = excluded.total, sent = excluded.sent,
  cancelled = excluded.cancelled, skipped = excluded.skipped, uncertain = excluded.uncertain, refused =
  excluded.refused, unknown = excluded.unknown, forgotten = excluded.forgotten`
)

// Recipients. Their stages are those of [store.RecipientStage]: 0 waits, 1 is queued, 2 has ended.
const (
	addRecipient = `INSERT INTO messenger_recipients (broadcast_id, page_id, person_id, stage, left_over, result)
VALUES (?1, ?2, ?3, 0, 0, 0) ON CONFLICT DO NOTHING`

	recipientsIn = `SELECT r.person_id FROM messenger_recipients r WHERE r.broadcast_id = +?1 AND r.stage = +?2 LIMIT +?3`
	// recipientsLost are those that are queued and have no sends of group ?2.
	recipientsLost = `SELECT r.person_id FROM messenger_recipients r WHERE r.broadcast_id = +?1 AND r.stage = 1 AND NOT EXISTS (
  SELECT 1 FROM messenger_outbox o WHERE o.page_id = r.page_id AND o.person_id = r.person_id AND o.group_key = +?2) LIMIT +?3`

	readRecipient   = `SELECT r.person_id, r.stage, r.left_over, r.result FROM messenger_recipients r WHERE r.broadcast_id = ?1 AND r.person_id = ?2`
	countRecipients = `SELECT r.stage, r.result, COUNT(*) FROM messenger_recipients r
WHERE r.broadcast_id = +?1 AND r.stage > 0 GROUP BY r.stage, r.result`
	endedRecipients = `SELECT r.person_id, r.result FROM messenger_recipients r WHERE r.broadcast_id = +?1 AND r.stage = 2 LIMIT +?2`
	pageRecipient   = `SELECT r.stage, r.result FROM messenger_recipients r WHERE r.broadcast_id = ?1 AND r.person_id = ?2 AND r.page_id = ?3`
	broadcastsOf    = `SELECT r.broadcast_id FROM messenger_recipients r WHERE r.page_id = ?1 AND r.person_id = ?2`

	saveRecipient = `UPDATE messenger_recipients SET stage = ?4, left_over = ?5, result = ?6
WHERE broadcast_id = ?1 AND page_id = ?2 AND person_id = ?3`
	// endRecipient counts that one send of a queued recipient has left the outbox.
	endRecipient = `UPDATE messenger_recipients SET left_over = left_over - 1, result = MAX(result, ?3),
  stage = CASE WHEN left_over <= 1 THEN 2 ELSE stage END
WHERE broadcast_id = ?1 AND person_id = ?2 AND stage = 1`
	deleteRecipient = `DELETE FROM messenger_recipients WHERE broadcast_id = ?1 AND person_id = ?2`

	// peopleOf reads the ?3 people of page ?1 after ?2.
	peopleOf = `SELECT p.page_id, p.psid, p.first_name, p.last_name, p.name, p.username, p.profile_pic, p.locale, p.timezone, p.gender,
  p.profile_at, p.profile_refused, p.thumb_ups, p.first_seen, p.last_act, p.unavailable_since,
  p.human_at, p.thread_owner, p.thread_at, p.thread_standby, p.resumed_at, p.language
FROM messenger_people p WHERE p.page_id = +?1 AND p.psid > +?2 ORDER BY p.psid LIMIT +?3`
)

// What has expired at ?1: at most ?2 rows.
const (
	expireBroadcasts = `DELETE FROM messenger_broadcasts WHERE id IN (
  SELECT b.id FROM messenger_broadcasts b WHERE b.ended_at <> 0 AND b.ended_at < ?1 LIMIT +?2)`
	expireRecipients = `DELETE FROM messenger_recipients WHERE (broadcast_id, person_id) IN (
  SELECT r.broadcast_id, r.person_id FROM messenger_broadcasts b JOIN messenger_recipients r ON r.broadcast_id = b.id
  WHERE b.state = 0 AND b.touched_at < ?1 LIMIT +?2)`
	expireDrafts = `DELETE FROM messenger_broadcasts WHERE id IN (
  SELECT b.id FROM messenger_broadcasts b WHERE b.state = 0 AND b.touched_at < ?1
  AND NOT EXISTS (SELECT 1 FROM messenger_recipients r WHERE r.broadcast_id = b.id) LIMIT +?2)`
)
