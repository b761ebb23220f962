package postgres

// Dead letters.
const (
	readLetter = `SELECT page_id, person_id, key, event_at, body, echo_of, attempts, failures, only_routes, at, raised_key, raised_at
		FROM messenger_dead WHERE id = $1::bigint`
	// conversationsWithLetters reads those of some pages.
	conversationsWithLetters = `SELECT DISTINCT d.page_id, d.person_id FROM messenger_dead d WHERE d.page_id = ANY($1::text[])`
	// lastOrder is where the tail of a conversation is.
	lastOrder = `SELECT i.order_at FROM messenger_inbox i WHERE i.page_id = $1 AND i.person_id = $2
		ORDER BY i.order_at DESC, i.seq DESC LIMIT 1`
)

// Everything about a person, but for dedup keys. A statement for each person is what the planner cannot get wrong.
const (
	forgetConversation = `DELETE FROM messenger_conversations WHERE page_id = $1 AND person_id = $2`
	forgetSends        = `DELETE FROM messenger_outbox WHERE page_id = $1 AND person_id = $2`
	forgetLetters      = `DELETE FROM messenger_dead WHERE page_id = $1 AND person_id = $2`
	forgetPerson       = `DELETE FROM messenger_people WHERE page_id = $1 AND psid = $2`
	forgetLocations    = `DELETE FROM messenger_locations WHERE page_id = $1 AND psid = $2`
	forgetReceived     = `DELETE FROM messenger_received WHERE page_id = $1 AND psid = $2`
	forgetSent         = `DELETE FROM messenger_sent WHERE page_id = $1 AND psid = $2`
	forgetSessions     = `DELETE FROM messenger_sessions WHERE page_id = $1 AND psid = $2`
	forgetEvents       = `DELETE FROM messenger_inbox WHERE page_id = $1 AND person_id = $2`
)

const (
	peopleAfter = `SELECT page_id, psid, first_seen, last_act FROM messenger_people
		WHERE (page_id, psid) > ($1, $2) ORDER BY page_id, psid LIMIT $3::bigint`
)

// Purges. They pass over rows that are locked; the next one finds them. These walk through a table: an index would have to be
// changed by each write.
const (
	expireSessions = `DELETE FROM messenger_sessions WHERE ctid = ANY(ARRAY(
		SELECT ctid FROM messenger_sessions WHERE expires <> 0 AND expires <= $1::bigint
		LIMIT $2::bigint FOR UPDATE SKIP LOCKED))`
	expireAttachments = `DELETE FROM messenger_attachments WHERE ctid = ANY(ARRAY(
		SELECT ctid FROM messenger_attachments WHERE expires <> 0 AND expires <= $1::bigint
		LIMIT $2::bigint FOR UPDATE SKIP LOCKED))`
	expireConversations = `DELETE FROM messenger_conversations WHERE ctid = ANY(ARRAY(
		SELECT ctid FROM messenger_conversations WHERE next_at = 0 AND lease_until <= $1::bigint AND hold_until <= $1::bigint
		LIMIT $2::bigint FOR UPDATE SKIP LOCKED))`
)

// These find their rows by an index.
const (
	expireReceived = `DELETE FROM messenger_received WHERE id = ANY(ARRAY(
		SELECT id FROM messenger_received WHERE at < $1::bigint LIMIT $2::bigint FOR UPDATE SKIP LOCKED))`
	// oldestSent reads the next rows in the order of arrival, which is nearly that of time.
	oldestSent = `SELECT id, at FROM messenger_sent WHERE id > $1::bigint ORDER BY id LIMIT $2::bigint`
	oldestKeys = `SELECT id, at FROM messenger_dedup WHERE id > $1::bigint ORDER BY id LIMIT $2::bigint`
	purgeSent  = `DELETE FROM messenger_sent WHERE id = ANY(ARRAY(
		SELECT id FROM messenger_sent WHERE id > $1::bigint AND id <= $2::bigint AND at < $3::bigint FOR UPDATE SKIP LOCKED))`
	// hashKeys lets purgeKeys hash the keys that wait, however many there are. With less memory the planner takes a walk through all of
	// them for each key that is looked at. The server takes what they need, some 100 bytes each, until the end of the transaction.
	hashKeys = `SELECT set_config('work_mem', '1GB', TRUE)`
	// purgeKeys leaves the keys of events and sends that wait, and of dead letters, so that none of them is there twice. Kind
	// 0 is the key of an event, 3 the same behind a time of 8 characters, 1 the key of a send.
	purgeKeys = `DELETE FROM messenger_dedup WHERE id = ANY(ARRAY(
		SELECT id FROM messenger_dedup WHERE id > $1::bigint AND id <= $2::bigint AND at < $3::bigint
			AND NOT (kind IN (0, 3) AND (
				CASE kind WHEN 0 THEN key ELSE substr(key, 9) END IN (SELECT key FROM messenger_inbox)
				OR CASE kind WHEN 0 THEN key ELSE substr(key, 9) END IN (SELECT key FROM messenger_dead)))
			AND NOT (kind = 1 AND key IN (SELECT key FROM messenger_outbox))
		FOR UPDATE SKIP LOCKED))`
)

// Replicas, and what they do once.
const (
	saveReplica = `INSERT INTO messenger_replicas (owner, pages, busy, holder, until) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (owner) DO UPDATE SET pages = excluded.pages, busy = excluded.busy, holder = excluded.holder, until = excluded.until`
	expireReplicas = `DELETE FROM messenger_replicas WHERE ctid = ANY(ARRAY(
		SELECT ctid FROM messenger_replicas WHERE until <= $1::bigint FOR UPDATE SKIP LOCKED))`
	readReplicas = `SELECT owner, pages, busy FROM messenger_replicas WHERE until > $1::bigint ORDER BY owner COLLATE "C"`

	// lockOnce locks the row of a name, and makes it if it is missing.
	lockOnce = `INSERT INTO messenger_once (name) VALUES ($1)
		ON CONFLICT (name) DO UPDATE SET version = messenger_once.version WHERE FALSE`
	readOnce = `SELECT name, version, done_at, lease_until, token FROM messenger_once WHERE name = $1`
)

// Processes.
const (
	notify = `SELECT pg_notify('messenger', current_schema() || ' ' || $1)`
	listen = `LISTEN messenger`
	// currentSchema has the tables.
	currentSchema = `SELECT current_schema()`

	// absentHolders are those that hold no lock. A lock that is tried for belongs to the statement and is gone with it.
	absentHolders = `SELECT holder FROM messenger_holders
		WHERE pg_try_advisory_xact_lock(hashtext('messenger ' || current_schema()), (holder % 2147483647)::int + 1)`
	tryHolder = `SELECT pg_try_advisory_xact_lock(hashtext('messenger ' || current_schema()), $1)`
	// voidLeases ends leases of a holder. It passes over locked conversations; the next look finds them.
	voidLeases = `UPDATE messenger_conversations SET lease_until = 0, owner = '', holder = 0
		WHERE ctid = ANY(ARRAY(SELECT ctid FROM messenger_conversations
			WHERE holder = $1 AND lease_until <> 0 LIMIT 1000 FOR UPDATE SKIP LOCKED))`
	voidReplicas = `DELETE FROM messenger_replicas WHERE holder = $1`
	deleteHolder = `DELETE FROM messenger_holders WHERE holder = $1
		AND NOT EXISTS (SELECT 1 FROM messenger_conversations m WHERE m.holder = $1 AND m.lease_until <> 0)`
)
