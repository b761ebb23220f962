-- Tables version 4: the field's names, no NULL in the queue, what replicas do once, and the guard of OnCommit functions. Large
-- tables are renamed and extended without being copied.

ALTER SEQUENCE messenger_epochs RENAME TO messenger_tokens;

ALTER TABLE messenger_seen RENAME TO messenger_dedup;
ALTER SEQUENCE messenger_seen_id_seq RENAME TO messenger_dedup_id_seq;
ALTER INDEX messenger_seen_pkey RENAME TO messenger_dedup_pkey;
ALTER INDEX messenger_seen_kind_key_key RENAME TO messenger_dedup_kind_key_key;

ALTER TABLE messenger_inbox RENAME COLUMN confirms TO echo_of;
ALTER TABLE messenger_dead RENAME COLUMN confirms TO echo_of;
CREATE INDEX messenger_dead_person ON messenger_dead (page_id, person_id);

ALTER TABLE messenger_received ADD COLUMN object TEXT NOT NULL DEFAULT '';
ALTER TABLE messenger_received ADD COLUMN standby BOOLEAN NOT NULL DEFAULT FALSE;

-- started_at is 0 until a request may have been made.
UPDATE messenger_outbox SET started_at = 0 WHERE started_at IS NULL;
ALTER TABLE messenger_outbox ALTER COLUMN started_at SET DEFAULT 0;
ALTER TABLE messenger_outbox ALTER COLUMN started_at SET NOT NULL;

-- next_at is when the waiting work became due, or will; 0 is idle. lease_until is 0 without a lease.
CREATE TABLE messenger_conversations (
	page_id TEXT NOT NULL,
	person_id TEXT NOT NULL,
	next_at BIGINT NOT NULL DEFAULT 0,
	hold_until BIGINT NOT NULL DEFAULT 0,
	lease_until BIGINT NOT NULL DEFAULT 0,
	owner TEXT NOT NULL DEFAULT '',
	holder BIGINT NOT NULL DEFAULT 0,
	token BIGINT NOT NULL DEFAULT 0,
	deliveries BIGINT NOT NULL DEFAULT 0,
	alone BIGINT NOT NULL DEFAULT 0,
	PRIMARY KEY (page_id, person_id)
);
INSERT INTO messenger_conversations
	(page_id, person_id, next_at, hold_until, lease_until, owner, holder, token, deliveries, alone)
SELECT page_id, person_id, COALESCE(next_at, 0), hold_until, COALESCE(lease_until, 0), owner, holder, epoch, starts, alone
FROM messenger_mailbox;
DROP TABLE messenger_mailbox;
CREATE INDEX messenger_conversations_due ON messenger_conversations (next_at) WHERE next_at <> 0;

-- For queries of programs: on SQLite the rows of a person are found by this view.
CREATE VIEW messenger_sent_by_person AS
SELECT page_id, psid, at, id, key, type, body, status, response, mid, outcome, error FROM messenger_sent;

-- What replicas do once, and which of them does it now.
CREATE TABLE messenger_once (
	name TEXT NOT NULL PRIMARY KEY,
	version TEXT NOT NULL DEFAULT '',
	done_at BIGINT NOT NULL DEFAULT 0,
	lease_until BIGINT NOT NULL DEFAULT 0,
	token BIGINT NOT NULL DEFAULT 0
);

-- The guard refuses a COMMIT by an OnCommit function. Its trigger runs at COMMIT, and at SET CONSTRAINTS ALL IMMEDIATE, for
-- each row that was inserted in the transaction, also if the row was deleted since. A row holds the digest of a key that
-- only the store knows, and that it makes a setting of the transaction before it commits. No row is ever committed, so that
-- the table needs no log.
CREATE UNLOGGED TABLE messenger_guard (lock BYTEA NOT NULL PRIMARY KEY);
CREATE FUNCTION messenger_guard() RETURNS trigger LANGUAGE plpgsql AS $$
	BEGIN
		IF sha256(convert_to(current_setting('messenger.guard', TRUE), 'UTF8')) IS DISTINCT FROM NEW.lock THEN
			RAISE EXCEPTION 'an OnCommit function cannot end the transaction of its turn' USING ERRCODE = 'invalid_transaction_termination';
		END IF;
		RETURN NULL;
	END
$$;
CREATE CONSTRAINT TRIGGER messenger_guard AFTER INSERT ON messenger_guard DEFERRABLE INITIALLY DEFERRED
	FOR EACH ROW EXECUTE FUNCTION messenger_guard();
