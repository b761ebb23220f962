-- Tables version 6: messages to many people. Replicas of version 5 go on beside those of this one. They send what such a message has
-- in the outbox, as all else.

-- The counts have the recipients whose rows are gone. A state of 0 is a draft.
CREATE TABLE messenger_broadcasts (
	id TEXT NOT NULL PRIMARY KEY,
	page_id TEXT NOT NULL,
	key TEXT NOT NULL,
	state BIGINT NOT NULL,
	body BYTEA,
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
	forgotten BIGINT NOT NULL
);
CREATE UNIQUE INDEX messenger_broadcasts_key ON messenger_broadcasts (page_id, key) WHERE state <> 0;
CREATE INDEX messenger_broadcasts_page ON messenger_broadcasts (page_id, started_at, id) WHERE state <> 0;
CREATE INDEX messenger_broadcasts_open ON messenger_broadcasts (started_at, id) WHERE state <> 0 AND ended_at = 0;

-- A stage of 0 waits, 1 is queued, 2 has ended and is not counted yet.
CREATE TABLE messenger_recipients (
	broadcast_id TEXT NOT NULL,
	page_id TEXT NOT NULL,
	person_id TEXT NOT NULL,
	stage BIGINT NOT NULL,
	left_over BIGINT NOT NULL,
	result BIGINT NOT NULL,
	PRIMARY KEY (broadcast_id, person_id)
);
CREATE INDEX messenger_recipients_stage ON messenger_recipients (broadcast_id, stage, result);
CREATE INDEX messenger_recipients_person ON messenger_recipients (page_id, person_id);

-- A replica of version 5 that forgets a person leaves them in no broadcast. Those of this version have done so before.
CREATE FUNCTION messenger_forget_recipients() RETURNS trigger LANGUAGE plpgsql AS $$
	BEGIN
		IF NOT EXISTS (SELECT 1 FROM messenger_recipients WHERE page_id = OLD.page_id AND person_id = OLD.psid) THEN
			RETURN NULL;
		END IF;
		PERFORM 1 FROM messenger_broadcasts WHERE id IN (
			SELECT broadcast_id FROM messenger_recipients WHERE page_id = OLD.page_id AND person_id = OLD.psid) ORDER BY id FOR UPDATE;
		UPDATE messenger_broadcasts b SET
			forgotten = b.forgotten + (r.stage <> 2)::int,
			sent = b.sent + (r.stage = 2 AND r.result = 1)::int,
			cancelled = b.cancelled + (r.stage = 2 AND r.result = 2)::int,
			skipped = b.skipped + (r.stage = 2 AND r.result = 3)::int,
			uncertain = b.uncertain + (r.stage = 2 AND r.result = 4)::int,
			refused = b.refused + (r.stage = 2 AND r.result = 5)::int,
			unknown = b.unknown + (r.stage = 2 AND r.result = 6)::int
		FROM messenger_recipients r WHERE r.broadcast_id = b.id AND r.page_id = OLD.page_id AND r.person_id = OLD.psid;
		DELETE FROM messenger_recipients WHERE page_id = OLD.page_id AND person_id = OLD.psid;
		RETURN NULL;
	END
$$;
CREATE TRIGGER messenger_forget_recipients AFTER DELETE ON messenger_people FOR EACH ROW EXECUTE FUNCTION messenger_forget_recipients();
