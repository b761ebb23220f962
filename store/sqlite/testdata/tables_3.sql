CREATE TABLE messenger_sweeps (owed INTEGER NOT NULL, wiped INTEGER NOT NULL);
CREATE TABLE messenger_schema (version BIGINT NOT NULL PRIMARY KEY, at BIGINT NOT NULL);
CREATE TABLE messenger_epochs(epoch);
CREATE TABLE messenger_holders (holder BIGINT NOT NULL PRIMARY KEY);
CREATE TABLE messenger_replicas (owner TEXT NOT NULL PRIMARY KEY, pages TEXT NOT NULL, busy TEXT NOT NULL,
		holder BIGINT NOT NULL, until BIGINT NOT NULL);
CREATE TABLE messenger_echoes (page_id TEXT NOT NULL PRIMARY KEY, at BIGINT NOT NULL);
CREATE TABLE messenger_seen (
		id INTEGER PRIMARY KEY,
		kind SMALLINT NOT NULL,
		key TEXT NOT NULL,
		at BIGINT NOT NULL,
		UNIQUE (kind, key));
CREATE TABLE messenger_inbox (
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
		received_at BIGINT NOT NULL);
CREATE TABLE sqlite_sequence(name,seq);
CREATE INDEX messenger_inbox_order ON messenger_inbox (page_id, person_id, order_at, seq);
CREATE INDEX messenger_inbox_tried ON messenger_inbox (received_at) WHERE attempts > 0;
CREATE TABLE messenger_mailbox (
		page_id TEXT NOT NULL,
		person_id TEXT NOT NULL,
		next_at BIGINT,
		hold_until BIGINT NOT NULL,
		lease_until BIGINT,
		owner TEXT NOT NULL,
		holder BIGINT NOT NULL,
		epoch BIGINT NOT NULL,
		starts BIGINT NOT NULL, alone BIGINT NOT NULL DEFAULT 0,
		PRIMARY KEY (page_id, person_id)) WITHOUT ROWID;
CREATE INDEX messenger_mailbox_due ON messenger_mailbox (next_at) WHERE next_at IS NOT NULL;
CREATE TABLE messenger_outbox (
		id INTEGER PRIMARY KEY,
		page_id TEXT NOT NULL,
		person_id TEXT NOT NULL,
		key TEXT NOT NULL UNIQUE,
		group_key TEXT NOT NULL,
		body BLOB,
		delay BIGINT NOT NULL,
		not_before BIGINT NOT NULL,
		started_at BIGINT,
		attempts BIGINT NOT NULL);
CREATE INDEX messenger_outbox_order ON messenger_outbox (page_id, person_id, id);
CREATE TABLE messenger_dead (
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
		at BIGINT NOT NULL);
CREATE INDEX messenger_dead_page ON messenger_dead (page_id, id);
CREATE TABLE messenger_people (
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
		unavailable_since BIGINT NOT NULL, human_at BIGINT NOT NULL DEFAULT 0, thread_owner TEXT NOT NULL DEFAULT '', thread_at BIGINT NOT NULL DEFAULT 0, thread_standby BOOLEAN NOT NULL DEFAULT FALSE, resumed_at BIGINT NOT NULL DEFAULT 0,
		PRIMARY KEY (page_id, psid)) WITHOUT ROWID;
CREATE TABLE messenger_locations (
		id INTEGER PRIMARY KEY,
		page_id TEXT NOT NULL,
		psid TEXT NOT NULL,
		latitude DOUBLE PRECISION NOT NULL,
		longitude DOUBLE PRECISION NOT NULL,
		title TEXT NOT NULL,
		url TEXT NOT NULL,
		mid TEXT NOT NULL,
		at BIGINT NOT NULL);
CREATE INDEX messenger_locations_person ON messenger_locations (page_id, psid, at, id);
CREATE TABLE messenger_received (
		id INTEGER PRIMARY KEY,
		page_id TEXT NOT NULL,
		psid TEXT NOT NULL,
		key TEXT NOT NULL,
		type TEXT NOT NULL,
		body BLOB,
		at BIGINT NOT NULL,
		UNIQUE (page_id, psid, key));
CREATE INDEX messenger_received_person ON messenger_received (page_id, psid, at, id);
CREATE INDEX messenger_received_at ON messenger_received (at);
CREATE TABLE messenger_sent (
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
		at BIGINT NOT NULL);
CREATE INDEX messenger_sent_person ON messenger_sent (page_id, psid, at, id);
CREATE TABLE messenger_sessions (
		page_id TEXT NOT NULL,
		psid TEXT NOT NULL,
		name TEXT NOT NULL,
		data BLOB,
		version BIGINT NOT NULL,
		expires BIGINT NOT NULL,
		PRIMARY KEY (page_id, psid, name)) WITHOUT ROWID;
CREATE TABLE messenger_attachments (
		page_id TEXT NOT NULL,
		name TEXT NOT NULL,
		attachment_id TEXT NOT NULL,
		expires BIGINT NOT NULL,
		PRIMARY KEY (page_id, name)) WITHOUT ROWID;
