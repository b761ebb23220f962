package database

// Queries are the texts of reads, whole, with the database's own placeholders. The comment at each names its arguments
// and its columns, in order. Times are microseconds since 1970 UTC, 0 for none. An argument that is called now is 0 where
// the database's own clock is the store's; then the query takes that clock instead.
type Queries struct {
	// Schema makes the table of the applied migrations unless it is there. Version reads the highest of them, 0 for
	// none, and fails if the table is not there. Migrated adds one: version, time.
	Schema, Version, Migrated string

	// Person reads a person: page_id, psid. Columns: page_id, psid, first_name, last_name, name, username, profile_pic,
	// locale, timezone, gender, profile_at, profile_refused, thumb_ups, first_seen, last_act, unavailable_since,
	// human_at, thread_owner, thread_at, thread_standby, resumed_at, language.
	Person string
	// Session reads a session that has not expired: page_id, psid, name, now. Columns: data, version, expires.
	Session string
	// Attachment reads the id of an uploaded file that has not expired: page_id, name, now. Column: attachment_id.
	Attachment string
	// Sent reads the newest sends to a person, newest first by (at, id): page_id, psid, limit. Columns: key, type,
	// body, status, response, mid, outcome, error, at.
	Sent string

	// Timers reads the raised events of a conversation that were not replayed, ordered by (due_at, id): page_id, person_id, due_at and
	// id of the last one of the page before, limit. Columns: id, key, body, due_at, raised_at.
	Timers string

	// Peek reads the events of a conversation that wait, last first by (order_at, seq): page_id, person_id, limit. Columns: seq, key,
	// event_at, body, received_at.
	Peek string

	// Stats counts: now. Columns, of one row: waiting events, raised events that are not due, waiting sends, leased conversations (lease_until > now),
	// dead letters, and the earlier of received_at of the event with the lowest seq and the first due_at of a raised event, or 0.
	// Raised events that are due are waiting events, here and below.
	Stats string
	// Blocked reads the heads of conversations that were tried before, those first that were received first: limit,
	// now.
	// Columns: page_id, person_id, attempts, received_at.
	Blocked string
	// Waiting counts by page; now; a page may have several rows, whose numbers are added. Columns: page_id, waiting events,
	// waiting sends, received_at of the event with the lowest seq or 0, lowest not_before of a send or 0.
	Waiting string
	// Snapshot begins a transaction that only reads, in which all statements see the database as it is at the first of
	// them. EndSnapshot ends it.
	Snapshot, EndSnapshot string
	// Backlog counts waiting events by page. Columns: page_id, number.
	Backlog string
}
