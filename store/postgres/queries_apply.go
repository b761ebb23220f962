package postgres

// Events and dead letters.
const (
	// buryEvents moves events to the dead letters.
	buryEvents = `WITH dead AS (DELETE FROM messenger_inbox WHERE seq = ANY($1::bigint[])
			RETURNING seq, page_id, person_id, key, event_at, body, echo_of, only_routes)
		INSERT INTO messenger_dead (page_id, person_id, key, event_at, body, echo_of, attempts, failures, only_routes, at)
		SELECT d.page_id, d.person_id, d.key, d.event_at, d.body, d.echo_of, r.attempts, r.failures, d.only_routes, r.at
		FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[]) WITH ORDINALITY AS r(seq, attempts, failures, at, n)
		JOIN dead d ON d.seq = r.seq ORDER BY r.n`
	// retryEvents finds each row by its number, as changeSends does.
	retryEvents = `UPDATE messenger_inbox i SET attempts = i.attempts + 1, failures = x.failures
		FROM (SELECT s.place, r.failures FROM unnest($1::bigint[], $2::text[]) AS r(seq, failures)
			CROSS JOIN LATERAL (SELECT s.ctid AS place FROM messenger_inbox s WHERE s.seq = r.seq OFFSET 0) s) x
		WHERE i.ctid = x.place`
	endEvents     = `DELETE FROM messenger_inbox WHERE seq = ANY($1::bigint[])`
	deleteLetters = `DELETE FROM messenger_dead WHERE id = ANY($1::bigint[])`
	addEvents     = `INSERT INTO messenger_inbox
			(page_id, person_id, key, order_at, event_at, body, echo_of, attempts, only_routes, received_at)
		SELECT r.page_id, r.person_id, r.key, r.order_at, r.event_at, r.body, r.echo_of, r.attempts, r.only_routes, r.received_at
		FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::bytea[], $7::text[], $8::bigint[], $9::text[],
				$10::bigint[])
			AS r(page_id, person_id, key, order_at, event_at, body, echo_of, attempts, only_routes, received_at)`
)

// What a person has unsent: rows of a conversation, $1 and $2, with one of the keys $3 or a key that begins with $4, unless
// that is empty. The conversation is what an index finds: a range of keys would depend on the database's collation.
const (
	unsendEvents = `DELETE FROM messenger_inbox WHERE page_id = $1 AND person_id = $2
		AND (key = ANY($3::text[]) OR $4::text <> '' AND starts_with(key, $4::text))`
	unsendLetters = `DELETE FROM messenger_dead WHERE page_id = $1 AND person_id = $2
		AND (key = ANY($3::text[]) OR $4::text <> '' AND starts_with(key, $4::text))`
	unsendReceived = `DELETE FROM messenger_received WHERE page_id = $1 AND psid = $2
		AND (key = ANY($3::text[]) OR $4::text <> '' AND starts_with(key, $4::text))`
	unsendLocations = `DELETE FROM messenger_locations WHERE page_id = $1 AND psid = $2 AND mid = $3`
)

// Sends.
const (
	deleteSends = `DELETE FROM messenger_outbox WHERE id = ANY($1::bigint[])`
	changeSends = `UPDATE messenger_outbox o SET started_at = x.started_at, attempts = x.attempts
		FROM (SELECT s.place, r.started_at, r.attempts
			FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS r(id, started_at, attempts)
			CROSS JOIN LATERAL (SELECT s.ctid AS place FROM messenger_outbox s WHERE s.id = r.id OFFSET 0) s) x
		WHERE o.ctid = x.place`
	addSends = `INSERT INTO messenger_outbox
			(page_id, person_id, key, group_key, body, delay, not_before, started_at, attempts)
		SELECT r.page_id, r.person_id, r.key, r.group_key, r.body, r.delay, r.not_before, r.started_at, r.attempts
		FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bytea[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[])
			AS r(page_id, person_id, key, group_key, body, delay, not_before, started_at, attempts)`
)

// People and what is kept of them.
const (
	// touchPeople is what most turns change of people who are there: when they acted last, and that they can be reached.
	touchPeople = `UPDATE messenger_people p SET last_act = x.last_act, unavailable_since = x.unavailable_since
		FROM (SELECT s.place, r.last_act, r.unavailable_since
			FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[]) AS r(page_id, psid, last_act, unavailable_since)
			CROSS JOIN LATERAL (SELECT s.ctid AS place FROM messenger_people s
				WHERE s.page_id = r.page_id AND s.psid = r.psid OFFSET 0) s) x
		WHERE p.ctid = x.place`
	savePeople = `INSERT INTO messenger_people (page_id, psid, first_name, last_name, name, username, profile_pic, locale, timezone,
			gender, profile_at, profile_refused, thumb_ups, first_seen, last_act, unavailable_since, human_at, thread_owner,
			thread_at, thread_standby, resumed_at, language)
		SELECT r.page_id, r.psid, r.first_name, r.last_name, r.name, r.username, r.profile_pic, r.locale, r.timezone,
			r.gender, r.profile_at, r.profile_refused, r.thumb_ups, r.first_seen, r.last_act, r.unavailable_since, r.human_at,
			r.thread_owner, r.thread_at, r.thread_standby, r.resumed_at, r.language
		FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
				$9::double precision[], $10::text[], $11::bigint[], $12::boolean[], $13::bigint[], $14::bigint[], $15::bigint[],
				$16::bigint[], $17::bigint[], $18::text[], $19::bigint[], $20::boolean[], $21::bigint[], $22::text[])
			AS r(page_id, psid, first_name, last_name, name, username, profile_pic, locale, timezone, gender, profile_at,
				profile_refused, thumb_ups, first_seen, last_act, unavailable_since, human_at, thread_owner, thread_at,
				thread_standby, resumed_at, language)
		ON CONFLICT (page_id, psid) DO UPDATE SET first_name = excluded.first_name, last_name = excluded.last_name,
			name = excluded.name, username = excluded.username, profile_pic = excluded.profile_pic, locale = excluded.locale,
			timezone = excluded.timezone, gender = excluded.gender, profile_at = excluded.profile_at,
			profile_refused = excluded.profile_refused, thumb_ups = excluded.thumb_ups, first_seen = excluded.first_seen,
			last_act = excluded.last_act, unavailable_since = excluded.unavailable_since, human_at = excluded.human_at,
			thread_owner = excluded.thread_owner, thread_at = excluded.thread_at, thread_standby = excluded.thread_standby,
			resumed_at = excluded.resumed_at, language = excluded.language`
	saveSessions = `INSERT INTO messenger_sessions (page_id, psid, name, data, version, expires)
		SELECT r.page_id, r.psid, r.name, r.data, r.version, r.expires
		FROM unnest($1::text[], $2::text[], $3::text[], $4::bytea[], $5::bigint[], $6::bigint[])
			AS r(page_id, psid, name, data, version, expires)
		ON CONFLICT (page_id, psid, name) DO UPDATE SET data = excluded.data, version = excluded.version, expires = excluded.expires`
	deleteSessions = `DELETE FROM messenger_sessions WHERE ctid = ANY(ARRAY(
		SELECT x.place FROM unnest($1::text[], $2::text[], $3::text[]) AS r(page_id, psid, name)
		CROSS JOIN LATERAL (SELECT t.ctid AS place FROM messenger_sessions t
			WHERE t.page_id = r.page_id AND t.psid = r.psid AND t.name = r.name OFFSET 0) x))`
	addLocations = `INSERT INTO messenger_locations (page_id, psid, latitude, longitude, title, url, mid, at)
		SELECT r.page_id, r.psid, r.latitude, r.longitude, r.title, r.url, r.mid, r.at
		FROM unnest($1::text[], $2::text[], $3::double precision[], $4::double precision[], $5::text[], $6::text[], $7::text[], $8::bigint[])
			AS r(page_id, psid, latitude, longitude, title, url, mid, at)`
	// addReceived leaves events that are there as they are.
	addReceived = `INSERT INTO messenger_received (page_id, psid, key, type, body, at, object, standby)
		SELECT r.page_id, r.psid, r.key, r.type, r.body, r.at, r.object, r.standby
		FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bytea[], $6::bigint[], $7::text[], $8::boolean[])
			AS r(page_id, psid, key, type, body, at, object, standby)
		ON CONFLICT DO NOTHING`
	addSent = `INSERT INTO messenger_sent (page_id, psid, key, type, body, status, response, mid, outcome, error, at)
		SELECT r.page_id, r.psid, r.key, r.type, r.body, r.status, r.response, r.mid, r.outcome, r.error, r.at
		FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bytea[], $6::bigint[], $7::text[], $8::text[], $9::text[],
				$10::text[], $11::bigint[])
			AS r(page_id, psid, key, type, body, status, response, mid, outcome, error, at)`
)

// Conversations, and what belongs to none.
const (
	// saveConversations writes whole rows. An update that leaves next_at as it is changes no index.
	saveConversations = `INSERT INTO messenger_conversations
			(page_id, person_id, next_at, hold_until, lease_until, owner, holder, token, deliveries, alone)
		SELECT r.page_id, r.person_id, r.next_at, r.hold_until, r.lease_until, r.owner, r.holder, r.token, r.deliveries, r.alone
		FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[], $7::bigint[], $8::bigint[],
				$9::bigint[], $10::bigint[])
			AS r(page_id, person_id, next_at, hold_until, lease_until, owner, holder, token, deliveries, alone)
		ON CONFLICT (page_id, person_id) DO UPDATE SET next_at = excluded.next_at, hold_until = excluded.hold_until,
			lease_until = excluded.lease_until, owner = excluded.owner, holder = excluded.holder, token = excluded.token,
			deliveries = excluded.deliveries, alone = excluded.alone`
	deleteConversations = `DELETE FROM messenger_conversations WHERE ctid = ANY(ARRAY(
		SELECT x.place FROM unnest($1::text[], $2::text[]) AS r(page_id, person_id)
		CROSS JOIN LATERAL (SELECT t.ctid AS place FROM messenger_conversations t
			WHERE t.page_id = r.page_id AND t.person_id = r.person_id OFFSET 0) x))`
	saveAttachments = `INSERT INTO messenger_attachments (page_id, name, attachment_id, expires)
		SELECT r.page_id, r.name, r.attachment_id, r.expires
		FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[]) AS r(page_id, name, attachment_id, expires)
		ON CONFLICT (page_id, name) DO UPDATE SET attachment_id = excluded.attachment_id, expires = excluded.expires`
	saveEchoes = `INSERT INTO messenger_echoes (page_id, at)
		SELECT r.page_id, r.at FROM unnest($1::text[], $2::bigint[]) AS r(page_id, at)
		ON CONFLICT (page_id) DO UPDATE SET at = excluded.at`
	saveOnce = `INSERT INTO messenger_once (name, version, done_at, lease_until, token)
		SELECT r.name, r.version, r.done_at, r.lease_until, r.token
		FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[]) AS r(name, version, done_at, lease_until, token)
		ON CONFLICT (name) DO UPDATE SET version = excluded.version, done_at = excluded.done_at,
			lease_until = excluded.lease_until, token = excluded.token`
	deleteKeys = `DELETE FROM messenger_dedup WHERE ctid = ANY(ARRAY(
		SELECT x.place FROM unnest($1::bigint[], $2::text[]) AS r(kind, key)
		CROSS JOIN LATERAL (SELECT t.ctid AS place FROM messenger_dedup t WHERE t.kind = r.kind AND t.key = r.key OFFSET 0) x))`
)
