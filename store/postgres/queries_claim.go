package postgres

// Claims.
const (
	// dueConversations walks along the index of due times, from $2 to $3. It passes over what is leased at $1, over the pages
	// $4, and over the levels of isolation without room, $5 to $7, and locks at most $8. It also returns whether the process
	// of a lease that has expired has ended, if it ran an event alone, and whether sends are due. A process has ended if it
	// shares no lock on its number. It only looks and takes no lock, so that it sees the process's own, too. Behind a pooler
	// processes have no number, and an expired lease is all there is to go by.
	dueConversations = `SELECT m.page_id, m.person_id, m.next_at, m.hold_until, m.lease_until, m.owner, m.holder, m.token,
			m.deliveries, m.alone,
			m.alone <> 0 AND (m.lease_until = 0 OR m.holder = 0 OR NOT EXISTS (SELECT 1 FROM pg_locks l
				WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 2
				AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
				AND l.classid::bigint = (hashtext('messenger ' || current_schema())::bigint + 4294967296) % 4294967296
				AND l.objid::bigint = m.holder % 2147483647 + 1)),
			EXISTS (SELECT 1 FROM messenger_outbox o
				WHERE o.page_id = m.page_id AND o.person_id = m.person_id AND o.not_before <= $1::bigint)
		FROM messenger_conversations m
		WHERE m.next_at <> 0 AND m.next_at >= $2::bigint AND m.next_at <= $3::bigint AND m.lease_until <= $1::bigint
			AND m.page_id NOT IN (SELECT unnest($4::text[]))
			AND (m.deliveries < 2 OR CASE m.deliveries WHEN 2 THEN $5::bigint WHEN 3 THEN $6::bigint ELSE $7::bigint END > 0)
		ORDER BY m.next_at LIMIT $8::bigint FOR UPDATE OF m SKIP LOCKED`
	// firstDue finds when the first conversation of another page than $3 is due, leased or not, from $1 to before $2.
	firstDue = `SELECT m.next_at FROM messenger_conversations m
		WHERE m.next_at <> 0 AND m.next_at >= $1::bigint AND m.next_at < $2::bigint AND m.page_id NOT IN (SELECT unnest($3::text[]))
		ORDER BY m.next_at LIMIT 1`

	// headEvents reads the first $3 events of each conversation, and headSends the first $3 sends that are due at $4, with the
	// number of the conversation from 1 on.
	headEvents = `SELECT r.n, x.seq, x.key, x.order_at, x.event_at, x.body, x.echo_of, x.attempts, x.only_routes, x.received_at
		FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS r(page_id, person_id, n)
		CROSS JOIN LATERAL (
			SELECT i.seq, i.key, i.order_at, i.event_at, i.body, i.echo_of, i.attempts, i.only_routes, i.received_at
			FROM messenger_inbox i WHERE i.page_id = r.page_id AND i.person_id = r.person_id
			ORDER BY i.order_at, i.seq LIMIT $3::bigint) x`
	headSends = `SELECT r.n, x.id, x.key, x.group_key, x.body, x.delay, x.not_before, x.started_at, x.attempts
		FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS r(page_id, person_id, n)
		CROSS JOIN LATERAL (
			SELECT o.id, o.key, o.group_key, o.body, o.delay, o.not_before, o.started_at, o.attempts
			FROM messenger_outbox o WHERE o.page_id = r.page_id AND o.person_id = r.person_id AND o.not_before <= $4::bigint
			ORDER BY o.id LIMIT $3::bigint) x`
)
