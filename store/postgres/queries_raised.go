package postgres

// Events that the program raises.
const (
	// readRaised reads raised events of conversations, without their bodies: all where $4 says so, and otherwise the first two to be
	// due, and the one with the id $3 if it is another one. Where $5 says so, the first two have their bodies.
	readRaised = `SELECT x.id, r.page_id, r.person_id, x.key, x.event_key, x.due_at, x.order_at, x.event_at, x.raised_at,
			CASE WHEN r.next AND x.n <= 2 THEN x.body END, x.once, x.attempts, x.only_routes
		FROM unnest($1::text[], $2::text[], $3::bigint[], $4::boolean[], $5::boolean[]) AS r(page_id, person_id, id, whole, next)
		CROSS JOIN LATERAL (
			(SELECT t.id, t.key, t.event_key, t.due_at, t.order_at, t.event_at, t.raised_at, t.body, t.once, t.attempts, t.only_routes,
				row_number() OVER (ORDER BY t.due_at, t.id) AS n
			FROM messenger_raised t WHERE t.page_id = r.page_id AND t.person_id = r.person_id
			ORDER BY t.due_at, t.id LIMIT CASE WHEN r.whole THEN NULL ELSE 2 END)
			UNION ALL
			SELECT t.id, t.key, t.event_key, t.due_at, t.order_at, t.event_at, t.raised_at, NULL::bytea, t.once, t.attempts, t.only_routes, 3
			FROM messenger_raised t WHERE NOT r.whole AND t.id = r.id AND t.page_id = r.page_id AND t.person_id = r.person_id
				AND t.id <> ALL(ARRAY(SELECT f.id FROM messenger_raised f WHERE f.page_id = r.page_id AND f.person_id = r.person_id
					ORDER BY f.due_at, f.id LIMIT 2))) x`
	// headRaised reads the first two raised events of each conversation that are due at $3, with the number of the conversation from 1 on.
	headRaised = `SELECT r.n, x.id, x.key, x.event_key, x.due_at, x.order_at, x.event_at, x.raised_at, x.body, x.once, x.attempts, x.only_routes
		FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS r(page_id, person_id, n)
		CROSS JOIN LATERAL (
			SELECT t.id, t.key, t.event_key, t.due_at, t.order_at, t.event_at, t.raised_at, t.body, t.once, t.attempts, t.only_routes
			FROM messenger_raised t WHERE t.page_id = r.page_id AND t.person_id = r.person_id AND t.due_at <= $3::bigint
			ORDER BY t.due_at, t.id LIMIT 2) x`
	// unscheduled looks, among the first 10,000 raised events that are due at $1, for conversations that are due never, or later than $1
	// and than the end of their pause. Background work is due 2^60 earlier than its next_at says.
	unscheduled = `SELECT x.page_id, x.person_id FROM (
			SELECT t.page_id, t.person_id, t.due_at FROM messenger_raised t WHERE t.due_at <= $1::bigint ORDER BY t.due_at LIMIT 10000) x
		LEFT JOIN LATERAL (SELECT c.next_at, c.hold_until FROM messenger_conversations c
			WHERE c.page_id = x.page_id AND c.person_id = x.person_id OFFSET 0) m ON TRUE
		WHERE COALESCE(m.next_at, 0) = 0
			OR m.next_at - CASE WHEN m.next_at >= 1152921504606846976 THEN 1152921504606846976 ELSE 0 END > GREATEST($1::bigint, m.hold_until)
		ORDER BY x.due_at LIMIT $2::bigint`

	addRaised = `INSERT INTO messenger_raised
			(page_id, person_id, key, event_key, due_at, order_at, event_at, raised_at, body, once, attempts, only_routes)
		SELECT r.page_id, r.person_id, r.key, r.event_key, r.due_at, r.order_at, r.event_at, r.raised_at, r.body, r.once, r.attempts, r.only_routes
		FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bytea[],
				$10::boolean[], $11::bigint[], $12::text[])
			AS r(page_id, person_id, key, event_key, due_at, order_at, event_at, raised_at, body, once, attempts, only_routes)`
	// retryRaised finds each row by its number, as changeSends does.
	retryRaised = `UPDATE messenger_raised t SET attempts = t.attempts + 1, failures = x.failures
		FROM (SELECT s.place, r.failures FROM unnest($1::bigint[], $2::text[]) AS r(id, failures)
			CROSS JOIN LATERAL (SELECT s.ctid AS place FROM messenger_raised s WHERE s.id = r.id OFFSET 0) s) x
		WHERE t.ctid = x.place`
	deleteRaised = `DELETE FROM messenger_raised WHERE id = ANY($1::bigint[])`
	// buryRaised makes dead letters of raised events, which are then deleted.
	buryRaised = `INSERT INTO messenger_dead
			(page_id, person_id, key, event_at, body, echo_of, attempts, failures, only_routes, at, raised_key, raised_at)
		SELECT t.page_id, t.person_id, r.key, t.event_at, t.body, '', r.attempts, r.failures, t.only_routes, r.at, t.key, t.raised_at
		FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::text[], $5::bigint[]) WITH ORDINALITY AS r(id, key, attempts, failures, at, n)
		CROSS JOIN LATERAL (SELECT s.page_id, s.person_id, s.event_at, s.body, s.only_routes, s.key, s.raised_at
			FROM messenger_raised s WHERE s.id = r.id OFFSET 0) t ORDER BY r.n`

	forgetRaised = `DELETE FROM messenger_raised WHERE page_id = $1 AND person_id = $2`

	// readWaiting reads the events of a conversation that wait, last first.
	readWaiting = `SELECT seq, key, event_at, body, received_at FROM messenger_inbox
		WHERE page_id = $1 AND person_id = $2 ORDER BY order_at DESC, seq DESC LIMIT $3::bigint`

	// readTimers reads those that were not replayed, after the due time $3 and the id $4.
	readTimers = `SELECT id, key, body, due_at, raised_at FROM messenger_raised
		WHERE page_id = $1 AND person_id = $2 AND event_key = '' AND (due_at, id) > ($3::bigint, $4::bigint)
		ORDER BY due_at, id LIMIT $5::bigint`
)
