package postgres

// Broadcasts. Their states are those of [store.BroadcastState], of which 0 is a draft.
const (
	readBroadcast = `SELECT id, page_id, key, state, body, time_window, content, people, touched_at, started_at, ended_at, total, sent,
			cancelled, skipped, uncertain, refused, unknown, forgotten
		FROM messenger_broadcasts WHERE id = $1`
	shareBroadcast = `SELECT id, page_id, key, state, body, time_window, content, people, touched_at, started_at, ended_at, total, sent,
			cancelled, skipped, uncertain, refused, unknown, forgotten
		FROM messenger_broadcasts WHERE id = $1 FOR SHARE`
	lockBroadcast = `SELECT id, page_id, key, state, body, time_window, content, people, touched_at, started_at, ended_at, total, sent,
			cancelled, skipped, uncertain, refused, unknown, forgotten
		FROM messenger_broadcasts WHERE id = $1 FOR UPDATE`
	broadcastNamed = `SELECT id, page_id, key, state, body, time_window, content, people, touched_at, started_at, ended_at, total, sent,
			cancelled, skipped, uncertain, refused, unknown, forgotten
		FROM messenger_broadcasts WHERE state <> 0 AND page_id = $1 AND key = $2`

	// These read the $3 before the one that was started at $1 with the id $2, newest first: those of all pages, those of page $4, and
	// those that have not ended. The first looks at a row for each broadcast.
	allBroadcasts = `SELECT id, page_id, key, state, body, time_window, content, people, touched_at, started_at, ended_at, total, sent,
			cancelled, skipped, uncertain, refused, unknown, forgotten
		FROM messenger_broadcasts WHERE state <> 0 AND (started_at, id) < ($1::bigint, $2::text)
		ORDER BY started_at DESC, id DESC LIMIT $3::bigint`
	pageBroadcasts = `SELECT id, page_id, key, state, body, time_window, content, people, touched_at, started_at, ended_at, total, sent,
			cancelled, skipped, uncertain, refused, unknown, forgotten
		FROM messenger_broadcasts WHERE state <> 0 AND page_id = $4 AND (started_at, id) < ($1::bigint, $2::text)
		ORDER BY started_at DESC, id DESC LIMIT $3::bigint`
	openBroadcasts = `SELECT id, page_id, key, state, body, time_window, content, people, touched_at, started_at, ended_at, total, sent,
			cancelled, skipped, uncertain, refused, unknown, forgotten
		FROM messenger_broadcasts WHERE state <> 0 AND ended_at = 0 AND (started_at, id) < ($1::bigint, $2::text)
			AND ($4::text = '' OR page_id = $4::text)
		ORDER BY started_at DESC, id DESC LIMIT $3::bigint`

	saveBroadcasts = `INSERT INTO messenger_broadcasts (id, page_id, key, state, body, time_window, content, people, touched_at, started_at, ended_at, total, sent,
			cancelled, skipped, uncertain, refused, unknown, forgotten)
		SELECT r.id, r.page_id, r.key, r.state, r.body, r.time_window, r.content, r.people, r.touched_at, r.started_at,
			r.ended_at, r.total, r.sent, r.cancelled, r.skipped, r.uncertain, r.refused, r.unknown, r.forgotten
		FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bytea[], $6::bigint[], $7::text[], $8::text[],
				$9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[], $14::bigint[], $15::bigint[],
				$16::bigint[], $17::bigint[], $18::bigint[], $19::bigint[])
			AS r(id, page_id, key, state, body, time_window, content, people, touched_at, started_at, ended_at, total, sent,
				cancelled, skipped, uncertain, refused, unknown, forgotten)
		ON CONFLICT (id) DO UPDATE SET page_id = excluded.page_id, key = excluded.key, state = excluded.state, body = excluded.body, time_window =
			excluded.time_window, content = excluded.content, people = excluded.people, touched_at = excluded.touched_at,
			started_at = excluded.started_at, ended_at = excluded.ended_at, total = excluded.total, sent = excluded.sent,
			cancelled = excluded.cancelled, skipped = excluded.skipped, uncertain = excluded.uncertain, refused =
			excluded.refused, unknown = excluded.unknown, forgotten = excluded.forgotten`
)

// Recipients. Their stages are those of [store.RecipientStage]: 0 waits, 1 is queued, 2 has ended.
const (
	addRecipients = `INSERT INTO messenger_recipients (broadcast_id, page_id, person_id, stage, left_over, result)
		SELECT $1, $2, r.person_id, 0, 0, 0 FROM unnest($3::text[]) AS r(person_id) ON CONFLICT DO NOTHING`

	recipientsIn = `SELECT person_id FROM messenger_recipients WHERE broadcast_id = $1 AND stage = $2::bigint LIMIT $3::bigint`
	// recipientsLost are those that are queued and have no sends of group $2.
	recipientsLost = `SELECT r.person_id FROM messenger_recipients r
		LEFT JOIN LATERAL (SELECT o.id FROM messenger_outbox o
			WHERE o.page_id = r.page_id AND o.person_id = r.person_id AND o.group_key = $2 LIMIT 1) o ON TRUE
		WHERE r.broadcast_id = $1 AND r.stage = 1 AND o.id IS NULL LIMIT $3::bigint`

	readRecipients = `SELECT x.person_id, x.stage, x.left_over, x.result FROM unnest($2::text[]) AS r(person_id)
		CROSS JOIN LATERAL (SELECT t.person_id, t.stage, t.left_over, t.result FROM messenger_recipients t
			WHERE t.broadcast_id = $1 AND t.person_id = r.person_id OFFSET 0) x`
	countRecipients = `SELECT stage, result, COUNT(*) FROM messenger_recipients WHERE broadcast_id = $1 AND stage > 0 GROUP BY stage, result`

	// takeEnded passes over rows that are locked; the next one finds them.
	takeEnded = `WITH gone AS (DELETE FROM messenger_recipients WHERE ctid = ANY(ARRAY(
			SELECT ctid FROM messenger_recipients WHERE broadcast_id = $1 AND stage = 2 LIMIT $2::bigint FOR UPDATE SKIP LOCKED))
			RETURNING stage, result)
		SELECT stage, result, COUNT(*) FROM gone GROUP BY stage, result`
	takeRecipients = `WITH gone AS (DELETE FROM messenger_recipients WHERE ctid = ANY(ARRAY(
			SELECT x.place FROM unnest($2::text[], $3::text[]) AS r(page_id, person_id)
			CROSS JOIN LATERAL (SELECT t.ctid AS place FROM messenger_recipients t
				WHERE t.broadcast_id = $1 AND t.person_id = r.person_id AND t.page_id = r.page_id OFFSET 0) x))
			RETURNING stage, result)
		SELECT stage, result, COUNT(*) FROM gone GROUP BY stage, result`
	broadcastsOf = `SELECT x.broadcast_id FROM unnest($1::text[], $2::text[]) AS r(page_id, person_id)
		CROSS JOIN LATERAL (SELECT t.broadcast_id FROM messenger_recipients t
			WHERE t.page_id = r.page_id AND t.person_id = r.person_id OFFSET 0) x`

	saveRecipients = `UPDATE messenger_recipients o SET stage = x.stage, left_over = x.left_over, result = x.result
		FROM (SELECT s.place, r.stage, r.left_over, r.result
			FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[])
				AS r(broadcast_id, page_id, person_id, stage, left_over, result)
			CROSS JOIN LATERAL (SELECT s.ctid AS place FROM messenger_recipients s
				WHERE s.broadcast_id = r.broadcast_id AND s.person_id = r.person_id OFFSET 0) s) x
		WHERE o.ctid = x.place`
	// endRecipients counts sends of queued recipients that have left the outbox.
	endRecipients = `UPDATE messenger_recipients o SET left_over = o.left_over - x.n, result = GREATEST(o.result, x.result),
			stage = CASE WHEN o.left_over <= x.n THEN 2 ELSE o.stage END
		FROM (SELECT s.place, COUNT(*) AS n, MAX(r.result) AS result
			FROM unnest($1::text[], $2::text[], $3::bigint[]) AS r(broadcast_id, person_id, result)
			CROSS JOIN LATERAL (SELECT s.ctid AS place FROM messenger_recipients s
				WHERE s.broadcast_id = r.broadcast_id AND s.person_id = r.person_id AND s.stage = 1 OFFSET 0) s
			GROUP BY s.place) x
		WHERE o.ctid = x.place`

	// peopleOf reads the $3 people of page $1 after $2.
	peopleOf = `SELECT page_id, psid, first_name, last_name, name, username, profile_pic, locale, timezone, gender, profile_at,
			profile_refused, thumb_ups, first_seen, last_act, unavailable_since, human_at, thread_owner, thread_at, thread_standby,
			resumed_at, language
		FROM messenger_people WHERE page_id = $1 AND psid > $2 ORDER BY psid LIMIT $3::bigint`
)

// What has expired at $1: at most $2 rows.
const (
	expireBroadcasts = `DELETE FROM messenger_broadcasts WHERE ctid = ANY(ARRAY(
		SELECT ctid FROM messenger_broadcasts WHERE ended_at <> 0 AND ended_at < $1::bigint
		LIMIT $2::bigint FOR UPDATE SKIP LOCKED))`
	expireRecipients = `DELETE FROM messenger_recipients WHERE ctid = ANY(ARRAY(
		SELECT r.ctid FROM messenger_broadcasts b JOIN messenger_recipients r ON r.broadcast_id = b.id
		WHERE b.state = 0 AND b.touched_at < $1::bigint LIMIT $2::bigint FOR UPDATE OF r SKIP LOCKED))`
	expireDrafts = `DELETE FROM messenger_broadcasts WHERE ctid = ANY(ARRAY(
		SELECT b.ctid FROM messenger_broadcasts b WHERE b.state = 0 AND b.touched_at < $1::bigint
			AND NOT EXISTS (SELECT 1 FROM messenger_recipients r WHERE r.broadcast_id = b.id)
		LIMIT $2::bigint FOR UPDATE SKIP LOCKED))`
)
