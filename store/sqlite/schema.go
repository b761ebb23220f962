package sqlite

// migrations are the steps from nothing to today's tables. A step that was released is never changed; a change is a new
// step. Step 4 gives tables and columns the names that the statements have.
var migrations = [][]string{
	{
		`CREATE TABLE messenger_epochs AS SELECT 0 AS epoch`,
		// Where several processes share the tables, those whose end the others can see; unused here.
		`CREATE TABLE messenger_holders (holder BIGINT NOT NULL PRIMARY KEY)`,
		// What replicas announce, and when pages had an echo.
		`CREATE TABLE messenger_replicas (owner TEXT NOT NULL PRIMARY KEY, pages TEXT NOT NULL, busy TEXT NOT NULL,
		holder BIGINT NOT NULL, until BIGINT NOT NULL)`,
		`CREATE TABLE messenger_echoes (page_id TEXT NOT NULL PRIMARY KEY, at BIGINT NOT NULL)`,
		// The rows of keys and of sent messages are numbered in the order of arrival, which is nearly that of time, so that a
		// purge finds the oldest without an index.
		`CREATE TABLE messenger_seen (
		id INTEGER PRIMARY KEY,
		kind SMALLINT NOT NULL,
		key TEXT NOT NULL,
		at BIGINT NOT NULL,
		UNIQUE (kind, key))`,
		`CREATE TABLE messenger_inbox (
		seq INTEGER PRIMARY KEY AUTOINCREMENT,
		page_id TEXT NOT NULL,
		person_id TEXT NOT NULL,
		key TEXT NOT NULL,
		order_at BIGINT NOT NULL,
		event_at BIGINT NOT NULL,
		body BLOB,
		confirms TEXT NOT NULL,
		attempts BIGINT NOT NULL,
		only_routes TEXT NOT NULL,
		received_at BIGINT NOT NULL)`,
		`CREATE INDEX messenger_inbox_order ON messenger_inbox (page_id, person_id, order_at, seq)`,
		`CREATE INDEX messenger_inbox_tried ON messenger_inbox (received_at) WHERE attempts > 0`,
		`CREATE TABLE messenger_mailbox (
		page_id TEXT NOT NULL,
		person_id TEXT NOT NULL,
		next_at BIGINT,
		hold_until BIGINT NOT NULL,
		lease_until BIGINT,
		owner TEXT NOT NULL,
		holder BIGINT NOT NULL,
		epoch BIGINT NOT NULL,
		starts BIGINT NOT NULL,
		PRIMARY KEY (page_id, person_id)) WITHOUT ROWID`,
		`CREATE INDEX messenger_mailbox_due ON messenger_mailbox (next_at) WHERE next_at IS NOT NULL`,
		`CREATE TABLE messenger_outbox (
		id INTEGER PRIMARY KEY,
		page_id TEXT NOT NULL,
		person_id TEXT NOT NULL,
		key TEXT NOT NULL UNIQUE,
		group_key TEXT NOT NULL,
		body BLOB,
		delay BIGINT NOT NULL,
		not_before BIGINT NOT NULL,
		started_at BIGINT,
		attempts BIGINT NOT NULL)`,
		`CREATE INDEX messenger_outbox_order ON messenger_outbox (page_id, person_id, id)`,
		`CREATE TABLE messenger_dead (
		id INTEGER PRIMARY KEY AUTOINCREMENT,
		page_id TEXT NOT NULL,
		person_id TEXT NOT NULL,
		key TEXT NOT NULL,
		event_at BIGINT NOT NULL,
		body BLOB,
		confirms TEXT NOT NULL,
		attempts BIGINT NOT NULL,
		failures TEXT NOT NULL,
		only_routes TEXT NOT NULL,
		at BIGINT NOT NULL)`,
		`CREATE INDEX messenger_dead_page ON messenger_dead (page_id, id)`,
		`CREATE TABLE messenger_people (
		page_id TEXT NOT NULL,
		psid TEXT NOT NULL,
		first_name TEXT NOT NULL,
		last_name TEXT NOT NULL,
		name TEXT NOT NULL,
		username TEXT NOT NULL,
		profile_pic TEXT NOT NULL,
		locale TEXT NOT NULL,
		timezone DOUBLE PRECISION,
		gender TEXT NOT NULL,
		profile_at BIGINT NOT NULL,
		profile_refused BOOLEAN NOT NULL,
		thumb_ups BIGINT NOT NULL,
		first_seen BIGINT NOT NULL,
		last_act BIGINT NOT NULL,
		unavailable_since BIGINT NOT NULL,
		PRIMARY KEY (page_id, psid)) WITHOUT ROWID`,
		`CREATE TABLE messenger_locations (
		id INTEGER PRIMARY KEY,
		page_id TEXT NOT NULL,
		psid TEXT NOT NULL,
		latitude DOUBLE PRECISION NOT NULL,
		longitude DOUBLE PRECISION NOT NULL,
		title TEXT NOT NULL,
		url TEXT NOT NULL,
		mid TEXT NOT NULL,
		at BIGINT NOT NULL)`,
		`CREATE INDEX messenger_locations_person ON messenger_locations (page_id, psid, at, id)`,
		`CREATE TABLE messenger_received (
		id INTEGER PRIMARY KEY,
		page_id TEXT NOT NULL,
		psid TEXT NOT NULL,
		key TEXT NOT NULL,
		type TEXT NOT NULL,
		body BLOB,
		at BIGINT NOT NULL,
		UNIQUE (page_id, psid, key))`,
		`CREATE INDEX messenger_received_person ON messenger_received (page_id, psid, at, id)`,
		`CREATE INDEX messenger_received_at ON messenger_received (at)`,
		`CREATE TABLE messenger_sent (
		id INTEGER PRIMARY KEY,
		page_id TEXT NOT NULL,
		psid TEXT NOT NULL,
		key TEXT NOT NULL,
		type TEXT NOT NULL,
		body BLOB,
		status BIGINT NOT NULL,
		response TEXT NOT NULL,
		mid TEXT NOT NULL,
		outcome TEXT NOT NULL,
		error TEXT NOT NULL,
		at BIGINT NOT NULL)`,
		`CREATE INDEX messenger_sent_person ON messenger_sent (page_id, psid, at, id)`,
		`CREATE TABLE messenger_sessions (
		page_id TEXT NOT NULL,
		psid TEXT NOT NULL,
		name TEXT NOT NULL,
		data BLOB,
		version BIGINT NOT NULL,
		expires BIGINT NOT NULL,
		PRIMARY KEY (page_id, psid, name)) WITHOUT ROWID`,
		`CREATE TABLE messenger_attachments (
		page_id TEXT NOT NULL,
		name TEXT NOT NULL,
		attachment_id TEXT NOT NULL,
		expires BIGINT NOT NULL,
		PRIMARY KEY (page_id, name)) WITHOUT ROWID`,
	},
	{
		`ALTER TABLE messenger_mailbox ADD COLUMN alone BIGINT NOT NULL DEFAULT 0`,
	},
	{
		`ALTER TABLE messenger_people ADD COLUMN human_at BIGINT NOT NULL DEFAULT 0`,
		`ALTER TABLE messenger_people ADD COLUMN thread_owner TEXT NOT NULL DEFAULT ''`,
		`ALTER TABLE messenger_people ADD COLUMN thread_at BIGINT NOT NULL DEFAULT 0`,
		`ALTER TABLE messenger_people ADD COLUMN thread_standby BOOLEAN NOT NULL DEFAULT FALSE`,
		`ALTER TABLE messenger_people ADD COLUMN resumed_at BIGINT NOT NULL DEFAULT 0`,
	},
	plainNames,
	sentParts,
	raisedEvents,
	broadcasts,
	{
		`ALTER TABLE messenger_people ADD COLUMN language TEXT NOT NULL DEFAULT ''`,
	},
	{
		`ALTER TABLE messenger_inbox ADD COLUMN failures TEXT NOT NULL DEFAULT ''`,
		`ALTER TABLE messenger_raised ADD COLUMN failures TEXT NOT NULL DEFAULT ''`,
		`CREATE INDEX messenger_dead_person ON messenger_dead (page_id, person_id)`,
	},
}

// plainNames copies the rows of conversations and of sends that wait. Tables that can be large keep their rows where they
// are. A time of 0 is none, so that no column of the queue is NULL.
var plainNames = []string{
	`ALTER TABLE messenger_seen RENAME TO messenger_dedup`,
	`ALTER TABLE messenger_inbox RENAME COLUMN confirms TO echo_of`,
	`ALTER TABLE messenger_dead RENAME COLUMN confirms TO echo_of`,
	`ALTER TABLE messenger_epochs RENAME TO messenger_tokens`,
	`ALTER TABLE messenger_tokens RENAME COLUMN epoch TO token`,
	`ALTER TABLE messenger_received ADD COLUMN object TEXT NOT NULL DEFAULT ''`,
	`ALTER TABLE messenger_received ADD COLUMN standby BOOLEAN NOT NULL DEFAULT FALSE`,

	`CREATE TABLE messenger_conversations (
		page_id TEXT NOT NULL,
		person_id TEXT NOT NULL,
		next_at BIGINT NOT NULL DEFAULT 0,
		hold_until BIGINT NOT NULL DEFAULT 0,
		lease_until BIGINT NOT NULL DEFAULT 0,
		owner TEXT NOT NULL,
		holder BIGINT NOT NULL,
		token BIGINT NOT NULL,
		deliveries BIGINT NOT NULL,
		alone BIGINT NOT NULL DEFAULT 0,
		PRIMARY KEY (page_id, person_id)) WITHOUT ROWID`,
	`INSERT INTO messenger_conversations
		SELECT page_id, person_id, COALESCE(next_at, 0), hold_until, COALESCE(lease_until, 0), owner, holder, epoch, starts, alone
		FROM messenger_mailbox`,
	`DROP TABLE messenger_mailbox`,
	`CREATE INDEX messenger_conversations_due ON messenger_conversations (next_at) WHERE next_at <> 0`,

	// Renamed, a table would take the views of the program along.
	`CREATE TABLE messenger_outbox_3 AS SELECT * FROM messenger_outbox`,
	`DROP TABLE messenger_outbox`,
	`CREATE TABLE messenger_outbox (
		id INTEGER PRIMARY KEY,
		page_id TEXT NOT NULL,
		person_id TEXT NOT NULL,
		key TEXT NOT NULL UNIQUE,
		group_key TEXT NOT NULL,
		body BLOB,
		delay BIGINT NOT NULL,
		not_before BIGINT NOT NULL,
		started_at BIGINT NOT NULL DEFAULT 0,
		attempts BIGINT NOT NULL)`,
	`INSERT INTO messenger_outbox
		SELECT id, page_id, person_id, key, group_key, body, delay, not_before, COALESCE(started_at, 0), attempts
		FROM messenger_outbox_3`,
	`DROP TABLE messenger_outbox_3`,
	`CREATE INDEX messenger_outbox_order ON messenger_outbox (page_id, person_id, id)`,

	// An index of messenger_sent that lags behind; see sent.go.
	`CREATE TABLE messenger_sent_people (
		page_id TEXT NOT NULL,
		psid TEXT NOT NULL,
		at BIGINT NOT NULL,
		id BIGINT NOT NULL,
		PRIMARY KEY (page_id, psid, at, id)) WITHOUT ROWID`,
	`INSERT INTO messenger_sent_people SELECT page_id, psid, at, id FROM messenger_sent ORDER BY page_id, psid, at, id`,
	`DROP INDEX messenger_sent_person`,
	`CREATE TABLE messenger_sent_indexed (until BIGINT NOT NULL)`,
	`INSERT INTO messenger_sent_indexed SELECT COALESCE(MAX(id), 0) FROM messenger_sent`,
	`CREATE VIEW messenger_sent_by_person AS
		SELECT p.page_id, p.psid, p.at, p.id, s.key, s.type, s.body, s.status, s.response, s.mid, s.outcome, s.error
		FROM messenger_sent_people p JOIN messenger_sent s ON s.id = p.id AND s.page_id = p.page_id AND s.psid = p.psid
		UNION ALL
		SELECT s.page_id, s.psid, s.at, s.id, s.key, s.type, s.body, s.status, s.response, s.mid, s.outcome, s.error
		FROM messenger_sent s WHERE s.id > (SELECT until FROM messenger_sent_indexed)`,

	`CREATE TABLE messenger_once (
		name TEXT NOT NULL PRIMARY KEY,
		version TEXT NOT NULL,
		done_at BIGINT NOT NULL,
		lease_until BIGINT NOT NULL,
		token BIGINT NOT NULL)`,
}

// sentParts divides the index of messenger_sent into parts; see sent.go.
var sentParts = []string{
	`DROP VIEW messenger_sent_by_person`,
	`CREATE TABLE messenger_sent_parts (part INTEGER PRIMARY KEY)`,
	`CREATE TABLE messenger_sent_index (
		part BIGINT NOT NULL,
		page_id TEXT NOT NULL,
		psid TEXT NOT NULL,
		at BIGINT NOT NULL,
		id BIGINT NOT NULL,
		PRIMARY KEY (part, page_id, psid, at, id)) WITHOUT ROWID`,
	`INSERT INTO messenger_sent_index SELECT id >> 15, page_id, psid, at, id FROM messenger_sent_people
		ORDER BY id >> 15, page_id, psid, at, id`,
	`INSERT INTO messenger_sent_parts SELECT DISTINCT part FROM messenger_sent_index`,
	`DROP TABLE messenger_sent_people`,
	`CREATE VIEW messenger_sent_by_person AS
		SELECT i.page_id, i.psid, i.at, i.id, s.key, s.type, s.body, s.status, s.response, s.mid, s.outcome, s.error
		FROM messenger_sent_index i JOIN messenger_sent s ON s.id = i.id AND s.page_id = i.page_id AND s.psid = i.psid
		WHERE i.part IN (SELECT part FROM messenger_sent_parts)
		UNION ALL
		SELECT s.page_id, s.psid, s.at, s.id, s.key, s.type, s.body, s.status, s.response, s.mid, s.outcome, s.error
		FROM messenger_sent s WHERE s.id > (SELECT until FROM messenger_sent_indexed)`,
}

// raisedEvents are the events that programs raise.
var raisedEvents = []string{
	`CREATE TABLE messenger_raised (
		id INTEGER PRIMARY KEY AUTOINCREMENT,
		page_id TEXT NOT NULL,
		person_id TEXT NOT NULL,
		key TEXT NOT NULL,
		event_key TEXT NOT NULL,
		due_at BIGINT NOT NULL,
		order_at BIGINT NOT NULL,
		event_at BIGINT NOT NULL,
		raised_at BIGINT NOT NULL,
		body BLOB,
		once BOOLEAN NOT NULL,
		attempts BIGINT NOT NULL,
		only_routes TEXT NOT NULL)`,
	`CREATE INDEX messenger_raised_order ON messenger_raised (page_id, person_id, due_at, id)`,
	`CREATE INDEX messenger_raised_due ON messenger_raised (due_at)`,
	`CREATE INDEX messenger_raised_tried ON messenger_raised (due_at) WHERE attempts > 0`,
	`ALTER TABLE messenger_dead ADD COLUMN raised_key TEXT NOT NULL DEFAULT ''`,
	`ALTER TABLE messenger_dead ADD COLUMN raised_at BIGINT NOT NULL DEFAULT 0`,
}

// broadcasts are messages to many people, and the people who have not been counted. The counts of a broadcast have those whose rows
// are gone.
var broadcasts = []string{
	`CREATE TABLE messenger_broadcasts (
		id TEXT NOT NULL PRIMARY KEY,
		page_id TEXT NOT NULL,
		key TEXT NOT NULL,
		state BIGINT NOT NULL,
		body BLOB,
		time_window BIGINT NOT NULL,
		content TEXT NOT NULL,
		people TEXT NOT NULL,
		touched_at BIGINT NOT NULL,
		started_at BIGINT NOT NULL,
		ended_at BIGINT NOT NULL,
		total BIGINT NOT NULL,
		sent BIGINT NOT NULL,
		cancelled BIGINT NOT NULL,
		skipped BIGINT NOT NULL,
		uncertain BIGINT NOT NULL,
		refused BIGINT NOT NULL,
		unknown BIGINT NOT NULL,
		forgotten BIGINT NOT NULL) WITHOUT ROWID`,
	`CREATE UNIQUE INDEX messenger_broadcasts_key ON messenger_broadcasts (page_id, key) WHERE state <> 0`,
	`CREATE INDEX messenger_broadcasts_page ON messenger_broadcasts (page_id, started_at, id) WHERE state <> 0`,
	`CREATE INDEX messenger_broadcasts_started ON messenger_broadcasts (started_at, id) WHERE state <> 0`,
	`CREATE INDEX messenger_broadcasts_open ON messenger_broadcasts (started_at, id) WHERE state <> 0 AND ended_at = 0`,
	`CREATE TABLE messenger_recipients (
		broadcast_id TEXT NOT NULL,
		page_id TEXT NOT NULL,
		person_id TEXT NOT NULL,
		stage BIGINT NOT NULL,
		left_over BIGINT NOT NULL,
		result BIGINT NOT NULL,
		PRIMARY KEY (broadcast_id, person_id)) WITHOUT ROWID`,
	`CREATE INDEX messenger_recipients_stage ON messenger_recipients (broadcast_id, stage, result)`,
	`CREATE INDEX messenger_recipients_person ON messenger_recipients (page_id, person_id)`,
}
