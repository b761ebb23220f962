package postgres

// This file and the other queries_*.go have every statement that the package runs, whole: each can be pasted into psql with
// values for $1 and so on. A statement that works on many rows gets one array for each column; unnest makes them a table, r,
// whose rows come in the order of the arrays.
//
// A queue is empty at one time and long at another, and a plan is kept. So no statement leaves it to the planner to join r with
// a table: where it took the table for empty, it would walk through it for each row of r. LATERAL with OFFSET 0 makes it look
// up each row by an index. What is deleted or changed is then named by its place, ctid, which cannot change: its rows belong
// to conversations that the transaction has locked, or are locked by the statement itself.

// Connections.
const (
	// inspectServer reads what a server must be fit for.
	inspectServer = `SELECT current_setting('fsync'), current_setting('server_encoding'), current_setting('server_version_num')::int`
	// backendPID is the number of the server's process, which a pooler hides.
	backendPID = `SELECT pg_backend_pid()`

	// nextNumber draws a fencing token, or the number of a process: one that is higher than any before, whether the
	// transaction commits or not.
	nextNumber = `SELECT nextval('messenger_tokens')`
	// lockHolder shares the lock on a holder's number until the connection ends.
	lockHolder = `SELECT pg_advisory_lock_shared(hashtext('messenger ' || current_schema()), $1)`
	// addHolder makes a holder known to other processes.
	addHolder = `INSERT INTO messenger_holders (holder) VALUES ($1) ON CONFLICT DO NOTHING`
)

// The life of a transaction.
const (
	// beginWrite begins one whose statements see what was committed before the statement began, whatever the default is.
	beginWrite = `BEGIN ISOLATION LEVEL READ COMMITTED`
	commit     = `COMMIT`
	rollback   = `ROLLBACK`

	// settings makes the settings of one transaction and reads them back, with the database's time. They are made in each
	// anew, because behind a pooler the next may be on another connection. $1 is how long a statement may take and how
	// long the process may be silent between two. The planner is kept to indexes, whatever it last knew about a queue's
	// size, and to one plan for each statement. The lock keeps migrations out.
	settings = `SELECT concat(
			CASE WHEN current_setting('synchronous_commit') = 'off' THEN set_config('synchronous_commit', 'on', TRUE)
				ELSE current_setting('synchronous_commit') END,
			' ', current_setting('transaction_read_only'),
			left(concat(
				set_config('lock_timeout', '5s', TRUE), set_config('statement_timeout', $1, TRUE),
				set_config('idle_in_transaction_session_timeout', $1, TRUE),
				set_config('enable_seqscan', 'off', TRUE), set_config('enable_hashjoin', 'off', TRUE),
				set_config('enable_mergejoin', 'off', TRUE), set_config('plan_cache_mode', 'force_generic_plan', TRUE),
				set_config('jit', 'off', TRUE),
				pg_advisory_xact_lock_shared(hashtext('messenger ' || current_schema()), 0)), 0)),
		(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000)::bigint`

	// ownersOfSends finds the conversations of sends.
	ownersOfSends = `SELECT o.key, o.page_id, o.person_id FROM messenger_outbox o WHERE o.key = ANY($1::text[])`

	savepoint = `SAVEPOINT messenger_probe`
	undo      = `ROLLBACK TO SAVEPOINT messenger_probe`
)

// Reading under locks.
const (
	// lockConversations locks conversations in the order of the arrays, and makes the rows that are missing. Rows that are
	// there are not changed.
	lockConversations = `INSERT INTO messenger_conversations (page_id, person_id)
		SELECT r.page_id, r.person_id FROM unnest($1::text[], $2::text[]) AS r(page_id, person_id)
		ON CONFLICT (page_id, person_id) DO UPDATE SET deliveries = messenger_conversations.deliveries WHERE FALSE`
	// lockFree locks those that no other transaction has locked, and returns them.
	lockFree = `SELECT m.page_id, m.person_id FROM unnest($1::text[], $2::text[]) AS r(page_id, person_id)
		CROSS JOIN LATERAL (SELECT c.page_id, c.person_id FROM messenger_conversations c
			WHERE c.page_id = r.page_id AND c.person_id = r.person_id OFFSET 0 FOR UPDATE SKIP LOCKED) m`
	// readConversations reads them, with the attempts of the event $3 (-1 if it does not wait), and, where $4 says so, whether
	// other events wait, when the first raised event is due, and the sends in order: a conversation has a row for each send, or one, with the id 0. Where $5 says
	// so, the bodies of sends that are due at $6, or at the database's time, are wanted; a minute more is for clocks that are
	// set back.
	readConversations = `SELECT r.page_id, r.person_id, m.next_at, m.hold_until, m.lease_until, m.owner, m.holder, m.token,
			m.deliveries, m.alone,
			COALESCE(CASE WHEN r.ends <> 0 THEN (SELECT i.attempts FROM messenger_inbox i
				WHERE i.seq = r.ends AND i.page_id = r.page_id AND i.person_id = r.person_id) END, -1),
			CASE WHEN r.sends THEN (SELECT TRUE FROM messenger_inbox i
				WHERE i.page_id = r.page_id AND i.person_id = r.person_id AND i.seq <> r.ends LIMIT 1) END IS NOT NULL,
			COALESCE(CASE WHEN r.sends THEN (SELECT t.due_at + CASE WHEN t.due_at > t.raised_at THEN 1152921504606846976 ELSE 0 END
				FROM messenger_raised t WHERE t.page_id = r.page_id AND t.person_id = r.person_id
				ORDER BY t.due_at, t.id LIMIT 1) END, 0),
			COALESCE(o.id, 0), COALESCE(o.key, ''), COALESCE(o.group_key, ''),
			CASE WHEN r.bodies AND o.not_before <= COALESCE($6::bigint, (EXTRACT(EPOCH FROM statement_timestamp()) * 1000000)::bigint) + 60000000
				THEN o.body END,
			COALESCE(o.delay, 0), COALESCE(o.not_before, 0), COALESCE(o.started_at, 0), COALESCE(o.attempts, 0)
		FROM unnest($1::text[], $2::text[], $3::bigint[], $4::boolean[], $5::boolean[]) AS r(page_id, person_id, ends, sends, bodies)
		CROSS JOIN LATERAL (
			SELECT c.next_at, c.hold_until, c.lease_until, c.owner, c.holder, c.token, c.deliveries, c.alone
			FROM messenger_conversations c WHERE c.page_id = r.page_id AND c.person_id = r.person_id OFFSET 0) m
		LEFT JOIN LATERAL (
			SELECT s.id, s.key, s.group_key, s.body, s.delay, s.not_before, s.started_at, s.attempts
			FROM messenger_outbox s WHERE r.sends AND s.page_id = r.page_id AND s.person_id = r.person_id ORDER BY s.id) o ON TRUE`
	readPeople = `SELECT r.page_id, r.psid, p.first_name, p.last_name, p.name, p.username, p.profile_pic, p.locale, p.timezone,
			p.gender, p.profile_at, p.profile_refused, p.thumb_ups, p.first_seen, p.last_act, p.unavailable_since, p.human_at,
			p.thread_owner, p.thread_at, p.thread_standby, p.resumed_at, p.language
		FROM unnest($1::text[], $2::text[]) AS r(page_id, psid)
		CROSS JOIN LATERAL (
			SELECT t.first_name, t.last_name, t.name, t.username, t.profile_pic, t.locale, t.timezone, t.gender, t.profile_at,
				t.profile_refused, t.thumb_ups, t.first_seen, t.last_act, t.unavailable_since, t.human_at, t.thread_owner,
				t.thread_at, t.thread_standby, t.resumed_at, t.language
			FROM messenger_people t WHERE t.page_id = r.page_id AND t.psid = r.psid OFFSET 0) p`
	readSessions = `SELECT r.page_id, r.psid, r.name, s.version, s.expires
		FROM unnest($1::text[], $2::text[], $3::text[]) AS r(page_id, psid, name)
		CROSS JOIN LATERAL (SELECT t.version, t.expires FROM messenger_sessions t
			WHERE t.page_id = r.page_id AND t.psid = r.psid AND t.name = r.name OFFSET 0) s`
	readEchoes  = `SELECT e.page_id, e.at FROM messenger_echoes e WHERE e.page_id = ANY($1::text[])`
	readStarted = `SELECT o.key, o.page_id, o.person_id FROM messenger_outbox o WHERE o.key = ANY($1::text[]) AND o.started_at <> 0`

	lookUpKeys = `SELECT r.kind, r.key FROM unnest($1::bigint[], $2::text[]) AS r(kind, key)
		CROSS JOIN LATERAL (SELECT d.id FROM messenger_dedup d WHERE d.kind = r.kind AND d.key = r.key OFFSET 0) d`
	// insertKeys adds the keys that are missing, at $3 or the database's time, and returns those.
	insertKeys = `INSERT INTO messenger_dedup (kind, key, at)
		SELECT r.kind, r.key, COALESCE($3::bigint, (EXTRACT(EPOCH FROM statement_timestamp()) * 1000000)::bigint)
		FROM unnest($1::bigint[], $2::text[]) AS r(kind, key)
		ON CONFLICT DO NOTHING RETURNING kind, key`
)
